// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest sees: a few MSRs, whose values are in a page that its VMM maps.
 *
 * Nothing here is the host's: units, limits and TDP are the same on every
 * host, and energy is the VM's own, quantised, and changes only at the grid's
 * points. What a guest expects of each register is in Documentation/vmsr.md.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "vmsr.h"

#define MSR_RAPL_POWER_UNIT_		0x606
#define MSR_PKG_POWER_LIMIT_		0x610
#define MSR_PKG_ENERGY_STATUS_		0x611
#define MSR_PKG_PERF_STATUS_		0x613
#define MSR_PKG_POWER_INFO_		0x614
#define MSR_DRAM_ENERGY_STATUS_		0x619
#define MSR_PP0_ENERGY_STATUS_		0x639
#define MSR_PP1_ENERGY_STATUS_		0x641
#define MSR_PLATFORM_ENERGY_STATUS_	0x64D
#define MSR_AMD_RAPL_PWR_UNIT_		0xC0010299
#define MSR_AMD_CORE_ENERGY_STAT_	0xC001029A
#define MSR_AMD_PKG_ENERGY_STAT_	0xC001029B

/* Power in 1/8 W, energy in 2^-14 J, time in 2^-10 s: as most hardware has it. */
#define GUEST_POWER_SHIFT	3
#define GUEST_TIME_SHIFT	10
#define GUEST_UNITS		((u64)GUEST_TIME_SHIFT << 16 | \
				 VMSR_GUEST_ENERGY_SHIFT << 8 | \
				 GUEST_POWER_SHIFT)
/* PKG_POWER_LIMIT: locked, so that a guest neither sets one nor believes in it. */
#define GUEST_LIMIT_LOCK	BIT_ULL(63)

/* Where a value comes from, and so where it is in the page. */
enum guest_value {
	VALUE_ZERO,
	VALUE_UNITS,
	VALUE_LIMIT,
	VALUE_INFO,
	NR_CONSTANTS,
	VALUE_PACKAGE,
	VALUE_CORE,
};

struct guest_msr {
	u32 index;
	u32 access;
	enum guest_value value;
};

/*
 * An energy counter that reads as zero is one that is not there; some models'
 * drivers read 0x64D without asking first, so it must not fault.
 */
static const struct guest_msr intel_msrs[] = {
	{ MSR_RAPL_POWER_UNIT_, VMSR_MSR_READ, VALUE_UNITS },
	{ MSR_PKG_POWER_LIMIT_, VMSR_MSR_READ | VMSR_MSR_WRITE, VALUE_LIMIT },
	{ MSR_PKG_ENERGY_STATUS_, VMSR_MSR_READ, VALUE_PACKAGE },
	{ MSR_PKG_PERF_STATUS_, VMSR_MSR_READ, VALUE_ZERO },
	{ MSR_PKG_POWER_INFO_, VMSR_MSR_READ, VALUE_INFO },
	{ MSR_DRAM_ENERGY_STATUS_, VMSR_MSR_READ, VALUE_ZERO },
	{ MSR_PP0_ENERGY_STATUS_, VMSR_MSR_READ, VALUE_ZERO },
	{ MSR_PP1_ENERGY_STATUS_, VMSR_MSR_READ, VALUE_ZERO },
	{ MSR_PLATFORM_ENERGY_STATUS_, VMSR_MSR_READ, VALUE_ZERO },
};

static const struct guest_msr amd_msrs[] = {
	{ MSR_AMD_RAPL_PWR_UNIT_, VMSR_MSR_READ, VALUE_UNITS },
	{ MSR_AMD_CORE_ENERGY_STAT_, VMSR_MSR_READ, VALUE_CORE },
	{ MSR_AMD_PKG_ENERGY_STAT_, VMSR_MSR_READ, VALUE_PACKAGE },
};

static const struct guest_msr *guest_msrs(const struct vmsr_vm *vm,
					  unsigned int *nr)
{
	if (vm->interface == VMSR_INTERFACE_AMD) {
		*nr = ARRAY_SIZE(amd_msrs);
		return amd_msrs;
	}
	*nr = ARRAY_SIZE(intel_msrs);
	return intel_msrs;
}

/* Places in the page: constants, then packages, then cores, a u64 each. */
#define PAGE_CONSTANTS	sizeof(struct vmsr_page)
#define PAGE_PACKAGES	(PAGE_CONSTANTS + NR_CONSTANTS * sizeof(u64))
#define PAGE_STRIDE	sizeof(u64)

static u32 page_cores(u32 nr_packages)
{
	return PAGE_PACKAGES + nr_packages * PAGE_STRIDE;
}

static u32 page_used(u32 nr_packages, u32 nr_cores)
{
	return page_cores(nr_packages) + nr_cores * PAGE_STRIDE;
}

/**
 * vmsr_guest_page_size - how large the mapping is
 * @nr_packages: virtual packages
 * @nr_cores: virtual cores
 *
 * Return: bytes, whole pages.
 */
size_t vmsr_guest_page_size(u32 nr_packages, u32 nr_cores)
{
	return PAGE_ALIGN(page_used(nr_packages, nr_cores));
}

static u64 *page_at(const struct vmsr_vm *vm, u32 offset)
{
	return (void *)vm->page + offset;
}

static void page_energy(struct vmsr_vm *vm)
{
	u64 *packages = page_at(vm, PAGE_PACKAGES);
	u64 *cores = page_at(vm, page_cores(vm->nr_packages));
	unsigned int i;

	/* 32 bits, as the hardware's register has them. */
	for (i = 0; i < vm->nr_packages; i++)
		WRITE_ONCE(packages[i],
			   (u32)vmsr_units_to_guest(vm->packages[i]));
	for (i = 0; i < vm->nr_cores; i++)
		WRITE_ONCE(cores[i],
			   (u32)vmsr_units_to_guest(vm->cores[i].energy));
}

/**
 * vmsr_guest_page_init - fill a VM's page for the first time
 * @vm: the VM
 * @now_ns: the grid point
 *
 * From here on every counter reads as something, as it must at a guest's first
 * look.
 */
void vmsr_guest_page_init(struct vmsr_vm *vm, u64 now_ns)
{
	struct vmsr_page *page = vm->page;
	u64 *constants, tdp = (u64)vmsr_tdp_watts << GUEST_POWER_SHIFT;

	BUILD_BUG_ON(sizeof(*page) != 128);
	page->magic = VMSR_PAGE_MAGIC;
	page->version = VMSR_PAGE_VERSION;
	page->size = page_used(vm->nr_packages, vm->nr_cores);
	page->updated_ns = now_ns;
	page->period_ns = vmsr_sampler_period_ns();
	page->nr_packages = vm->nr_packages;
	page->nr_cores = vm->nr_cores;
	page->constants = PAGE_CONSTANTS;
	page->packages = PAGE_PACKAGES;
	page->package_stride = PAGE_STRIDE;
	page->cores = page_cores(vm->nr_packages);
	page->core_stride = PAGE_STRIDE;

	constants = page_at(vm, PAGE_CONSTANTS);
	constants[VALUE_ZERO] = 0;
	constants[VALUE_UNITS] = GUEST_UNITS;
	constants[VALUE_LIMIT] = GUEST_LIMIT_LOCK | tdp;
	constants[VALUE_INFO] = tdp;
	page_energy(vm);
}

/**
 * vmsr_guest_page_period - show that the grid has changed
 * @vm: the VM
 */
void vmsr_guest_page_period(struct vmsr_vm *vm)
{
	struct vmsr_page *page = vm->page;

	lockdep_assert_held(&vmsr_lock);
	if (page)
		WRITE_ONCE(page->period_ns, vmsr_sampler_period_ns());
}

/**
 * vmsr_guest_page_publish - show what a VM used
 * @vm: the VM
 * @now_ns: the grid point
 */
void vmsr_guest_page_publish(struct vmsr_vm *vm, u64 now_ns)
{
	struct vmsr_page *page = vm->page;

	lockdep_assert_held(&vmsr_lock);
	WRITE_ONCE(page->sequence, page->sequence + 1);
	smp_wmb(); /* odd before any value changes */
	WRITE_ONCE(page->updated_ns, now_ns);
	page_energy(vm);
	smp_wmb(); /* even after all values have */
	WRITE_ONCE(page->sequence, page->sequence + 1);
}

/**
 * vmsr_guest_msrs - how many MSRs a VM's guest has
 * @vm: the VM
 *
 * Return: their number.
 */
unsigned int vmsr_guest_msrs(const struct vmsr_vm *vm)
{
	unsigned int nr;

	guest_msrs(vm, &nr);
	return nr;
}

/**
 * vmsr_guest_msr - describe one of them
 * @vm: the VM
 * @i: which, less than vmsr_guest_msrs()
 * @msr: the description
 */
void vmsr_guest_msr(const struct vmsr_vm *vm, unsigned int i,
		    struct vmsr_msr *msr)
{
	unsigned int nr;
	const struct guest_msr *g = &guest_msrs(vm, &nr)[i];

	*msr = (struct vmsr_msr){ .index = g->index, .access = g->access };
	switch (g->value) {
	case VALUE_PACKAGE:
		msr->offset = PAGE_PACKAGES;
		msr->package_stride = PAGE_STRIDE;
		break;
	case VALUE_CORE:
		msr->offset = page_cores(vm->nr_packages);
		msr->core_stride = PAGE_STRIDE;
		break;
	default:
		msr->offset = PAGE_CONSTANTS + g->value * sizeof(u64);
		break;
	}
}

static int guest_find(struct vmsr_vm *vm, u32 vcpu, u32 index, u32 access,
		      struct vmsr_msr *msr, struct vmsr_vcpu **found)
{
	unsigned int i, nr = vmsr_guest_msrs(vm);

	/* A vCPU that was added once stays as long as the VM. */
	*found = xa_load(&vm->vcpus, vcpu);
	if (!*found)
		return -ENOENT;
	for (i = 0; i < nr; i++) {
		vmsr_guest_msr(vm, i, msr);
		if (msr->index == index)
			return msr->access & access ? 0 : -ENXIO;
	}
	return -ENXIO;
}

/**
 * vmsr_guest_read - a guest's RDMSR
 * @vm: the VM
 * @vcpu: the vCPU
 * @index: the MSR
 * @value: its value
 *
 * Return: 0; -ENOENT when the vCPU was never added; -ENXIO for #GP.
 */
int vmsr_guest_read(struct vmsr_vm *vm, u32 vcpu, u32 index, u64 *value)
{
	struct vmsr_vcpu *v;
	struct vmsr_msr msr;
	int err = guest_find(vm, vcpu, index, VMSR_MSR_READ, &msr, &v);

	if (err)
		return err;
	*value = READ_ONCE(*page_at(vm, msr.offset +
				    v->package * msr.package_stride +
				    v->core * msr.core_stride));
	return 0;
}

/**
 * vmsr_guest_write - a guest's WRMSR
 * @vm: the VM
 * @vcpu: the vCPU
 * @index: the MSR
 *
 * The only register that takes writes is locked, and ignores them.
 *
 * Return: 0; -ENOENT when the vCPU was never added; -ENXIO for #GP.
 */
int vmsr_guest_write(struct vmsr_vm *vm, u32 vcpu, u32 index)
{
	struct vmsr_vcpu *v;
	struct vmsr_msr msr;

	return guest_find(vm, vcpu, index, VMSR_MSR_WRITE, &msr, &v);
}
