// SPDX-License-Identifier: GPL-2.0-only
/*
 * With debug=1: after each window all sums are made anew, from the smallest
 * figures that there are. Whatever energy a package counted must be found there
 * again, to the unit. Costs time by how much exists, not by how much ran.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "vmsr.h"

static bool debug;
module_param(debug, bool, 0444);
MODULE_PARM_DESC(debug, "check after each period that all sums agree (default N)");

/* Under vmsr_lock. */
static u64 vmsr_checks;
static u64 vmsr_check_errors;

__printf(4, 5)
static void expect_same(s64 a, s64 b, const char *what, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list ap;

	if (a == b)
		return;
	vmsr_check_errors++;
	va_start(ap, fmt);
	vaf.va = &ap;
	pr_err("%pV: %s: %lld is not %lld\n", &vaf, what, a, b);
	va_end(ap);
	WARN_ON_ONCE(1);
}

static void check_account(const struct vmsr_account *account)
{
	u32 id = account->vm->id;
	u64 energy = 0;
	s64 ns = 0;
	unsigned int i;

	for (i = 0; i < vmsr_nr_slots; i++) {
		energy += account->slots[i].energy;
		ns += account->slots[i].ns;
	}
	expect_same(account->energy, energy, "energy of all packages",
		    "an account of VM %u", id);
	expect_same(account->ns, ns, "time on all packages",
		    "an account of VM %u", id);
}

static void check_vm(struct vmsr_vm *vm)
{
	u64 energy = 0, shown = 0;
	struct vmsr_vcpu *vcpu;
	unsigned long id;
	s64 ns = 0;
	u32 i;

	xa_for_each(&vm->vcpus, id, vcpu) {
		check_account(vcpu->account);
		energy += vcpu->account->energy;
		ns += vcpu->account->ns;
	}
	expect_same(vm->totals.vcpu_energy, energy, "energy of all vCPUs",
		    "VM %u", vm->id);
	expect_same(vm->totals.vcpu_ns, ns, "time of all vCPUs", "VM %u",
		    vm->id);
	if (vm->overhead) {
		check_account(vm->overhead);
		expect_same(vm->totals.overhead_energy, vm->overhead->energy,
			    "energy of the overhead", "VM %u", vm->id);
		expect_same(vm->totals.overhead_ns, vm->overhead->ns,
			    "time of the overhead", "VM %u", vm->id);
	}
	if (!vm->packages)
		return;
	for (i = 0; i < vm->nr_packages; i++)
		shown += vm->packages[i];
	expect_same(vm->totals.vcpu_energy + vm->lifted, shown,
		    "energy of all virtual packages", "VM %u", vm->id);
}

static u64 energy_on(struct vmsr_vm *vm, const struct vmsr_package *package)
{
	struct vmsr_vcpu *vcpu;
	unsigned long id;
	u64 energy = 0;

	xa_for_each(&vm->vcpus, id, vcpu)
		energy += vcpu->account->slots[package->index].energy;
	if (vm->overhead)
		energy += vm->overhead->slots[package->index].energy;
	return energy;
}

static void check_package(const struct vmsr_package *package)
{
	u64 energy = package->departed_energy;
	struct vmsr_vm *vm;
	unsigned long id;

	for (id = 0; (vm = vmsr_vm_next(&id)); id++)
		energy += energy_on(vm, package);
	expect_same(package->vms_energy, energy, "energy of all VMs",
		    "package %u", package->index);
	expect_same(package->energy, package->vms_energy +
		    package->rest_energy + package->idle_energy,
		    "VMs, rest and idle", "package %u", package->index);
}

/**
 * vmsr_check - see whether all sums agree
 *
 * At the end of a window; does nothing without debug=1. What does not agree is
 * logged, with a warning, and counted.
 */
void vmsr_check(void)
{
	struct vmsr_package *package;
	struct vmsr_vm *vm;
	unsigned long id;

	lockdep_assert_held(&vmsr_lock);
	if (!debug)
		return;
	for (id = 0; (vm = vmsr_vm_next(&id)); id++)
		check_vm(vm);
	cpus_read_lock();
	list_for_each_entry(package, &vmsr_packages, node)
		check_package(package);
	cpus_read_unlock();
	vmsr_checks++;
}

/**
 * vmsr_check_results - what vmsr_check() has found up to now
 * @errors: gets how many sums were wrong
 *
 * Return: how many windows were checked.
 */
u64 vmsr_check_results(u64 *errors)
{
	lockdep_assert_held(&vmsr_lock);
	*errors = vmsr_check_errors;
	return vmsr_checks;
}
