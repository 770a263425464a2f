// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who waits for news of a VM: its VMM by poll, and netlink for a power that is
 * crossed.
 */
#include "vmsr.h"

/* VMs with a threshold; under vmsr_lock. */
static LIST_HEAD(vmsr_watched);

/**
 * vmsr_vm_told - the VMM knows a VM's figures
 * @vm: the VM
 * @updated_ns: their grid point
 */
void vmsr_vm_told(struct vmsr_vm *vm, u64 updated_ns)
{
	spin_lock(&vm->lock);
	vm->told_ns = max(vm->told_ns, updated_ns);
	spin_unlock(&vm->lock);
}

/**
 * vmsr_vm_has_news - whether there are figures that the VMM does not know
 * @vm: the VM
 *
 * Return: that.
 */
bool vmsr_vm_has_news(struct vmsr_vm *vm)
{
	bool news;

	spin_lock(&vm->lock);
	news = vm->figures.updated_ns > vm->told_ns;
	spin_unlock(&vm->lock);
	return news;
}

/**
 * vmsr_vm_set_threshold - choose a power whose crossing is an event
 * @vm: the VM
 * @threshold_uw: microwatts, or 0 for none
 *
 * The VM counts as below it until the next grid point.
 */
void vmsr_vm_set_threshold(struct vmsr_vm *vm, u64 threshold_uw)
{
	lockdep_assert_held(&vmsr_lock);
	vm->threshold_uw = threshold_uw;
	vm->above = false;
	list_del_init(&vm->watched);
	if (threshold_uw)
		list_add_tail(&vm->watched, &vmsr_watched);
}

/**
 * vmsr_vms_watch - tell of VMs whose power has crossed their threshold
 * @grid_ns: the grid point; a VM without figures of it used nothing
 */
void vmsr_vms_watch(u64 grid_ns)
{
	const struct vmsr_figures *f;
	struct vmsr_vm *vm;
	bool above;
	u64 power;

	lockdep_assert_held(&vmsr_lock);
	list_for_each_entry(vm, &vmsr_watched, watched) {
		f = &vm->figures;
		power = f->updated_ns == grid_ns ?
			vmsr_power_uw(f->window_energy, f->window_ns) : 0;
		above = power >= vm->threshold_uw;
		if (vm->above == above)
			continue;
		vm->above = above;
		vmsr_netlink_tell(vm, VMSR_CMD_POWER_CROSSED, power);
	}
}
