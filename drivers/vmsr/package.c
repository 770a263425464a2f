// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's energy counters. A package is found by its ids and not by its
 * place, so that ids may have gaps and CPUs may come and go.
 *
 * The list and the CPUs' places in it change only under the CPU hotplug lock
 * held for writing, or before anybody else runs; who reads them holds it for
 * reading. Packages stay until the module goes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "vmsr.h"

/*
 * Some counters are renewed once a second only, and a counter is judged some time
 * after it was read.
 */
#define RENEWAL_NS	NSEC_PER_SEC
/* A core draws no more than this part of what a package may. */
#define CORE_PART	8
/* After so long, and so many reads, that a counter is the same is no accident. */
#define STILL_NS	(10 * NSEC_PER_SEC)
#define STILL_READS	10

static const struct vmsr_source *vmsr_source;
static DEFINE_PER_CPU(struct vmsr_package *, vmsr_cpu_package);
static unsigned int vmsr_nr_packages;

/* All packages, ordered by when they were found. */
LIST_HEAD(vmsr_packages);
/* How many packages there can be. */
unsigned int vmsr_nr_slots;

static const char *why(int err)
{
	switch (err) {
	case -ENODATA:
		return "it reads as zero, as under a hypervisor that does not offer it";
	case -EBADMSG:
		return "it reads as all ones";
	case -ERANGE:
		return "it shows more than can have been drawn since the last read";
	case -EIO:
		return "reading it faults";
	default:
		return "reading it failed";
	}
}

static u32 die_of(unsigned int cpu)
{
	return vmsr_source->die_scope ? topology_die_id(cpu) : 0;
}

static struct vmsr_package *package_find(unsigned int cpu)
{
	struct vmsr_package *package;

	list_for_each_entry(package, &vmsr_packages, node)
		if (package->id == topology_physical_package_id(cpu) &&
		    package->die == die_of(cpu))
			return package;
	return NULL;
}

/* The first values decide: what cannot be read now is not a counter. */
static int package_probe(struct vmsr_package *package)
{
	u32 raw;
	int err = vmsr_source->read_shift(vmsr_source, &package->cpus,
					  &package->shift);

	if (err) {
		pr_err("package %u die %u: unit register MSR 0x%x: %s (%d)\n",
		       package->id, package->die, vmsr_source->unit_msr,
		       why(err), err);
		return err;
	}
	err = vmsr_source->read_counter(vmsr_source->package_msr,
					&package->cpus, &raw);
	if (err)
		pr_err("package %u die %u: energy counter MSR 0x%x: %s (%d)\n",
		       package->id, package->die, vmsr_source->package_msr,
		       why(err), err);
	return err;
}

/* SMT siblings are one core. */
static int package_add_core(struct vmsr_package *package, unsigned int cpu)
{
	struct vmsr_pcore *core;

	list_for_each_entry(core, &package->cores, node) {
		if (cpumask_test_cpu(cpu, &core->cpus))
			return 0;
		if (cpumask_intersects(topology_sibling_cpumask(cpu),
				       &core->cpus)) {
			cpumask_set_cpu(cpu, &core->cpus);
			return 0;
		}
	}
	core = kzalloc(sizeof(*core), GFP_KERNEL);
	if (!core)
		return -ENOMEM;
	cpumask_set_cpu(cpu, &core->cpus);
	core->turn.cpus = &core->cpus;
	core->turn.msr = vmsr_source->core_msr;
	core->turn.along = vmsr_source->package_msr;
	list_add_tail(&core->node, &package->cores);
	return 0;
}

static void package_free(struct vmsr_package *package)
{
	struct vmsr_pcore *core, *next;

	list_for_each_entry_safe(core, next, &package->cores, node)
		kfree(core);
	kfree(package);
}

/**
 * vmsr_package_add_cpu - a CPU is there
 * @cpu: the CPU, online
 *
 * The caller keeps everybody else from the list of packages.
 *
 * Return: 0 or a negative errno after a message; energy of the CPU's package, or
 * without memory that of its core, is not accounted then.
 */
int vmsr_package_add_cpu(unsigned int cpu)
{
	struct vmsr_package *package = package_find(cpu);
	int err;

	if (!package) {
		if (vmsr_nr_packages >= vmsr_nr_slots) {
			pr_err("package %d of CPU %u is one more than the kernel foresaw (%u)\n",
			       topology_physical_package_id(cpu), cpu,
			       vmsr_nr_slots);
			return -ENOSPC;
		}
		package = kzalloc(sizeof(*package), GFP_KERNEL);
		if (!package)
			return -ENOMEM;
		package->id = topology_physical_package_id(cpu);
		package->die = die_of(cpu);
		INIT_LIST_HEAD(&package->pending);
		INIT_LIST_HEAD(&package->cores);
		package->turn.cpus = &package->cpus;
		package->turn.msr = vmsr_source->package_msr;
		cpumask_set_cpu(cpu, &package->cpus);
		err = package_probe(package);
		/* With policy core, one without any core would never be read. */
		if (!err && vmsr_source->core_msr)
			err = package_add_core(package, cpu);
		if (err) {
			package_free(package);
			return err;
		}
		package->index = vmsr_nr_packages++;
		list_add_tail(&package->node, &vmsr_packages);
	}
	cpumask_set_cpu(cpu, &package->cpus);
	per_cpu(vmsr_cpu_package, cpu) = package;
	return vmsr_source->core_msr ? package_add_core(package, cpu) : 0;
}

/**
 * vmsr_packages_init - find the packages of all CPUs that are online
 * @source: where their energy is read
 *
 * Return: 0, or a negative errno after a message: with a counter that cannot be
 * read the sums would be wrong from the start.
 */
int vmsr_packages_init(const struct vmsr_source *source)
{
	unsigned int cpu;
	int err = 0;

	vmsr_source = source;
	vmsr_nr_slots = topology_max_packages();
	if (source->die_scope)
		vmsr_nr_slots *= topology_max_dies_per_package();

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		err = vmsr_package_add_cpu(cpu);
		if (err)
			break;
	}
	cpus_read_unlock();
	if (err)
		vmsr_packages_exit();
	return err;
}

/**
 * vmsr_packages_exit - forget all packages
 */
void vmsr_packages_exit(void)
{
	struct vmsr_package *package, *next;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(vmsr_cpu_package, cpu) = NULL;
	list_for_each_entry_safe(package, next, &vmsr_packages, node) {
		list_del(&package->node);
		package_free(package);
	}
	vmsr_nr_packages = 0;
}

/**
 * vmsr_packages_source - where energy is read
 *
 * Return: the source.
 */
const struct vmsr_source *vmsr_packages_source(void)
{
	return vmsr_source;
}

/**
 * vmsr_packages_count - how many packages there are
 *
 * Return: their number.
 */
unsigned int vmsr_packages_count(void)
{
	return READ_ONCE(vmsr_nr_packages);
}

/**
 * vmsr_package_of - the package of a CPU
 * @cpu: the CPU
 *
 * Return: its package; NULL when the CPU was never online or its package's
 * counter could not be read.
 */
struct vmsr_package *vmsr_package_of(unsigned int cpu)
{
	return per_cpu(vmsr_cpu_package, cpu);
}

static void package_failed(struct vmsr_package *package, int err)
{
	/* A package without CPUs that are online is not there. */
	if (err == -ENXIO)
		return;
	package->reads++;
	package->read_errors++;
	if (package->failing)
		return;
	/* Once each time, and seldom when it comes and goes. */
	package->failing = true;
	pr_warn_ratelimited("package %u die %u: energy counter MSR 0x%x: %s (%d); energy is shared out when it can be read again\n",
			    package->id, package->die,
			    vmsr_source->package_msr, why(err), err);
}

static void package_begin(struct vmsr_package *package, u64 now)
{
	vmsr_counter_start(&package->counter, package->turn.raw);
	package->started = true;
	package->moved_ns = now;
	package->same = 0;
	package->still = false;
}

/* Whether what has just been read can be: else -ERANGE, or -EAGAIN to begin anew. */
static int package_judge(struct vmsr_package *package, u64 now)
{
	u64 ns = now - package->read_ns;

	/* Who stands still for long is not renewed at all. */
	if (!package->still)
		ns += RENEWAL_NS;
	switch (vmsr_counter_judge(&package->counter, package->turn.raw,
				   vmsr_counter_most(vmsr_max_watts, ns,
						     package->shift))) {
	case VMSR_READING_GOOD:
		return 0;
	case VMSR_READING_MOVED:
		pr_warn_ratelimited("package %u die %u: energy counter goes on from another value; energy since its last good read is in no figure\n",
				    package->id, package->die);
		return -EAGAIN;
	default:
		return -ERANGE;
	}
}

/* No package draws nothing, but nothing else is known of one that says so. */
static void package_watch(struct vmsr_package *package, u64 now)
{
	if (package->turn.raw != package->counter.last) {
		if (package->still)
			pr_info("package %u die %u: energy counter moves again\n",
				package->id, package->die);
		package->still = false;
		package->moved_ns = now;
		package->same = 0;
		return;
	}
	if (package->same < STILL_READS)
		package->same++;
	if (package->same < STILL_READS || now - package->moved_ns < STILL_NS)
		return;
	package->read_errors++;
	if (!package->still)
		pr_warn("package %u die %u: energy counter MSR 0x%x: it stands still; there is no energy to share out until it moves\n",
			package->id, package->die, vmsr_source->package_msr);
	package->still = true;
}

/**
 * vmsr_package_restart - count from what the counter shows now
 * @package: the package
 *
 * For the time before, nothing is known. When the counter cannot be read, the
 * next read that succeeds is what is counted from.
 */
void vmsr_package_restart(struct vmsr_package *package)
{
	package->started = false;
	package->turn.err = vmsr_source->read_counter(package->turn.msr,
						      &package->cpus,
						      &package->turn.raw);
	vmsr_package_count(package);
}

/**
 * vmsr_package_count - how much energy a package used since the last good read
 * @package: the package, which has just been read; @err and @amount tell the
 *	outcome
 *
 * @err is 0 and @amount what was used; or -EAGAIN when there was nothing to count
 * from until now, and the energy of the time before is not known; or the read's
 * error: that is counted and said once, and the next good read tells the energy of
 * the whole time. -ERANGE: what was read cannot be.
 */
void vmsr_package_count(struct vmsr_package *package)
{
	u64 now = ktime_get_ns();

	package->amount = 0;
	package->err = package->turn.err;
	if (!package->err)
		package->err = package->started ? package_judge(package, now) :
						  -EAGAIN;
	if (package->err && package->err != -EAGAIN) {
		package_failed(package, package->err);
		return;
	}
	package->reads++;
	if (package->failing) {
		package->failing = false;
		pr_info_ratelimited("package %u die %u: energy counter can be read again\n",
				    package->id, package->die);
	}
	package->read_ns = now;
	if (package->err) {
		package_begin(package, now);
		return;
	}
	package_watch(package, now);
	package->amount = vmsr_counter_advance(&package->counter,
					       package->turn.raw,
					       package->shift);
}

/**
 * vmsr_cores_restart - count from what the cores show at the next read
 * @package: the package
 */
void vmsr_cores_restart(struct vmsr_package *package)
{
	struct vmsr_pcore *core;

	list_for_each_entry(core, &package->cores, node) {
		core->started = false;
		core->amount = 0;
	}
}

static void core_judge(struct vmsr_package *package, struct vmsr_pcore *core,
		       u64 now)
{
	u32 most = vmsr_counter_most(vmsr_max_watts / CORE_PART,
				     now - core->read_ns + RENEWAL_NS,
				     package->shift);

	if (core->started && core->turn.raw - core->counter.last > most)
		core->turn.err = -ERANGE;
}

static void core_count(struct vmsr_package *package, struct vmsr_pcore *core)
{
	u64 now = ktime_get_ns();

	core->amount = 0;
	if (!core->turn.err)
		core_judge(package, core, now);
	if (core->turn.err) {
		core->started = false;
		return;
	}
	core->read_ns = now;
	if (core->started)
		core->amount = vmsr_counter_advance(&core->counter, core->turn.raw,
						    package->shift);
	else
		vmsr_counter_start(&core->counter, core->turn.raw);
	core->started = true;
}

/*
 * Each core has read its package just before itself. The earliest counts: what any
 * core shows beyond that is in the package's next amount, and none shows less.
 */
static void package_read_along(struct vmsr_package *package)
{
	struct vmsr_turn *turn = &package->turn;
	struct vmsr_pcore *core;

	turn->err = -ENXIO;
	list_for_each_entry(core, &package->cores, node) {
		if (core->turn.along_err == -ENXIO)
			continue;
		if (core->turn.along_err) {
			turn->err = core->turn.along_err;
			return;
		}
		if (turn->err || (s32)(core->turn.along_raw - turn->raw) < 0)
			turn->raw = core->turn.along_raw;
		turn->err = 0;
	}
}

/**
 * vmsr_cores_count - how much energy each core used in the window that has ended
 * @package: the package, each of whose cores has just been read, and with it the
 *	package
 *
 * What a core used while it could not be read is in the package's counter all
 * the same, and is shared out with the rest of that.
 */
void vmsr_cores_count(struct vmsr_package *package)
{
	struct vmsr_pcore *core;
	bool begins = false;
	int failed = 0;

	package_read_along(package);
	list_for_each_entry(core, &package->cores, node) {
		begins |= !core->started;
		core_count(package, core);
		/* A core whose CPUs are all offline is at rest. */
		if (core->turn.err && core->turn.err != -ENXIO) {
			package->read_errors++;
			failed = core->turn.err;
		}
	}
	if (failed && !package->cores_failing)
		pr_warn("package %u die %u: core counter MSR 0x%x: %s (%d); such a core's energy is shared out by time\n",
			package->id, package->die, vmsr_source->core_msr,
			why(failed), failed);
	/* What it shows after a failure is not known to be right until the next. */
	package->cores_failing = failed || (package->cores_failing && begins);
}
