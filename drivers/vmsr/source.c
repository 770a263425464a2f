// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where energy is read. Both vendors have a register with the units and a
 * counter of 32 bits; they differ in the numbers of the registers and in what
 * one counter covers.
 *
 * Numbers, fields and scopes: Intel SDM volume 4, tables of RAPL MSRs; AMD PPR
 * of family 17h and later, "RAPL" registers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <asm/msr.h>
#include <asm/processor.h>

#include "vmsr.h"

#define INTEL_RAPL_POWER_UNIT		0x606
#define INTEL_PKG_ENERGY_STATUS		0x611
#define AMD_RAPL_PWR_UNIT		0xC0010299
#define AMD_CORE_ENERGY_STAT		0xC001029A
#define AMD_PKG_ENERGY_STAT		0xC001029B

#define RAPL_ENERGY_UNIT		GENMASK_ULL(12, 8)

/*
 * Any of the CPUs will do, this one when it is among them. Another one is waited
 * for asleep: it may be long in coming out of a deep idle state. The caller
 * keeps CPUs from going offline.
 */
static int msr_read(const struct cpumask *cpus, u32 index, u64 *value)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!cpumask_test_cpu(cpu, cpus))
		cpu = cpumask_any_and(cpus, cpu_online_mask);
	if (cpu >= nr_cpu_ids)
		return -ENXIO;
	return rdmsrq_safe_on_cpu(cpu, index, value);
}

static int msr_read_shift(const struct vmsr_source *source,
			  const struct cpumask *cpus, unsigned int *shift)
{
	u64 value;
	int err = msr_read(cpus, source->unit_msr, &value);

	if (err)
		return err;
	/*
	 * No hardware has all its units at 1; hypervisors that know nothing of
	 * RAPL read as zero instead of faulting.
	 */
	if (!value)
		return -ENODATA;
	if (value == U64_MAX)
		return -EBADMSG;
	*shift = FIELD_GET(RAPL_ENERGY_UNIT, value);
	return 0;
}

/*
 * Registers that are not there, or not there at the moment, read as zero or as all
 * ones. A counter passes both once in all its 2^32 values, and what it counts then is
 * told by the next read.
 */
static int counter_value(u64 value, u32 *raw)
{
	*raw = (u32)value;
	if (!*raw)
		return -ENODATA;
	return *raw == U32_MAX ? -EBADMSG : 0;
}

static int msr_read_counter(u32 msr, const struct cpumask *cpus, u32 *raw)
{
	u64 value;
	int err = msr_read(cpus, msr, &value);

	return err ?: counter_value(value, raw);
}

static int msr_read_here(u32 msr, u32 *raw)
{
	u64 value;
	int err = rdmsrq_safe(msr, &value);

	return err ?: counter_value(value, raw);
}

static bool intel_usable(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_INTEL;
}

static bool amd_usable(void)
{
	/* Hygon's family 18h is the first Zen under another name. */
	return (boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
		boot_cpu_data.x86_vendor == X86_VENDOR_HYGON) &&
	       boot_cpu_data.x86 >= 0x17;
}

static const struct vmsr_source sources[] = {
	{
		.name = "intel-msr",
		.unit_msr = INTEL_RAPL_POWER_UNIT,
		.package_msr = INTEL_PKG_ENERGY_STATUS,
		.die_scope = true,
		.usable = intel_usable,
		.read_shift = msr_read_shift,
		.read_counter = msr_read_counter,
		.read_here = msr_read_here,
	},
	{
		.name = "amd-msr",
		.unit_msr = AMD_RAPL_PWR_UNIT,
		.package_msr = AMD_PKG_ENERGY_STAT,
		.core_msr = AMD_CORE_ENERGY_STAT,
		.usable = amd_usable,
		.read_shift = msr_read_shift,
		.read_counter = msr_read_counter,
		.read_here = msr_read_here,
	},
};

/**
 * vmsr_source_find - choose where energy is read
 * @name: a source's name, or "auto" for the one of this machine's vendor
 *
 * Return: the source, or NULL after a message.
 */
const struct vmsr_source *vmsr_source_find(const char *name)
{
	bool any = !strcmp(name, "auto"), known = any;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!any && strcmp(name, sources[i].name))
			continue;
		known = true;
		if (sources[i].usable())
			return &sources[i];
	}
	if (!known)
		pr_err("source=%s is not known; choose auto, intel-msr or amd-msr\n",
		       name);
	else if (any)
		pr_err("no energy counters are known for this processor (vendor %s, family 0x%x)\n",
		       boot_cpu_data.x86_vendor_id, boot_cpu_data.x86);
	else
		pr_err("source=%s does not suit this processor (vendor %s, family 0x%x)\n",
		       name, boot_cpu_data.x86_vendor_id, boot_cpu_data.x86);
	return NULL;
}
