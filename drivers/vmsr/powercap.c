// SPDX-License-Identifier: GPL-2.0-only
/*
 * The powercap control type "vmsr", for the host's tools that read powercap: a
 * zone for each VM, below it one for each vCPU and one for the VMM's other
 * threads.
 *
 * A zone is a device, whose making and removing takes long and waits for its
 * readers. So nobody does it who holds vmsr_lock or whom a guest waits for: VMs
 * put wishes on a list, and one worker fulfils them in that order. A zone has
 * its own copy of the figure, so reading needs no lock, never fails, and may
 * outlast the VM.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/powercap.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "vmsr.h"

/* The largest figure: that of all units there can be. */
#define ENERGY_MAX	vmsr_units_to_uj(U64_MAX)

/**
 * struct vmsr_zone - a zone of the control type
 * @zone: as powercap knows it
 * @node: in vmsr_wishes
 * @parent: the zone that it is below, or NULL
 * @name: its name
 * @energy: units, as told at the last grid point
 * @registered: @zone is a device
 * @ended: its VM or vCPU is gone
 */
struct vmsr_zone {
	struct powercap_zone zone;
	struct list_head node;
	struct vmsr_zone *parent;
	char name[24];
	u64 energy;
	bool registered;
	bool ended;
};

static bool powercap = true;
module_param(powercap, bool, 0444);
MODULE_PARM_DESC(powercap, "show VMs as powercap zones (default Y)");

static struct powercap_control_type *vmsr_control_type;
static struct workqueue_struct *vmsr_zones_queue;

/* Zones to be made, or removed when they have ended; under vmsr_lock. */
static LIST_HEAD(vmsr_wishes);

/* Devices that exist: somebody may hold one after it was removed. */
static atomic_t vmsr_nr_zones = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(vmsr_zones_gone);

static struct vmsr_zone *zone_of(struct powercap_zone *zone)
{
	return container_of(zone, struct vmsr_zone, zone);
}

static int zone_get_energy(struct powercap_zone *zone, u64 *uj)
{
	*uj = vmsr_units_to_uj(READ_ONCE(zone_of(zone)->energy));
	return 0;
}

static int zone_get_energy_range(struct powercap_zone *zone, u64 *uj)
{
	*uj = ENERGY_MAX;
	return 0;
}

static int zone_release(struct powercap_zone *zone)
{
	/* When it could not be made it is still its VM's. */
	if (!zone_of(zone)->registered)
		return 0;
	kfree(zone_of(zone));
	if (atomic_dec_and_test(&vmsr_nr_zones))
		wake_up_all(&vmsr_zones_gone);
	return 0;
}

/* Without a way to reset it powercap makes energy_uj readable by root alone. */
static const struct powercap_zone_ops zone_ops = {
	.get_energy_uj = zone_get_energy,
	.get_max_energy_range_uj = zone_get_energy_range,
	.release = zone_release,
};

/* Powercap wants these even of zones without constraints. */
static int no_limit_get(struct powercap_zone *zone, int id, u64 *value)
{
	return -EOPNOTSUPP;
}

static int no_limit_set(struct powercap_zone *zone, int id, u64 value)
{
	return -EOPNOTSUPP;
}

static const struct powercap_zone_constraint_ops no_constraints = {
	.get_power_limit_uw = no_limit_get,
	.set_power_limit_uw = no_limit_set,
	.get_time_window_us = no_limit_get,
	.set_time_window_us = no_limit_set,
};

static void zone_register(struct vmsr_zone *zone)
{
	struct powercap_zone *parent = NULL, *made;

	if (zone->parent) {
		/* Without it this one would look like another VM. */
		if (!zone->parent->registered)
			return;
		parent = &zone->parent->zone;
	}
	/* It clears its part of the struct first. */
	made = powercap_register_zone(&zone->zone, vmsr_control_type,
				      zone->name, parent, &zone_ops, 0,
				      &no_constraints);
	if (IS_ERR(made)) {
		pr_warn_ratelimited("the powercap zone %s cannot be made (%pe)\n",
				    zone->name, made);
		return;
	}
	atomic_inc(&vmsr_nr_zones);
	zone->registered = true;
}

static void zone_remove(struct vmsr_zone *zone)
{
	if (zone->registered)
		powercap_unregister_zone(vmsr_control_type, &zone->zone);
	else
		kfree(zone);
}

static struct vmsr_zone *next_wish(bool *ended)
{
	struct vmsr_zone *zone;

	mutex_lock(&vmsr_lock);
	zone = list_first_entry_or_null(&vmsr_wishes, struct vmsr_zone, node);
	if (zone) {
		list_del_init(&zone->node);
		*ended = zone->ended;
	}
	mutex_unlock(&vmsr_lock);
	return zone;
}

static void vmsr_zones_work(struct work_struct *work)
{
	struct vmsr_zone *zone;
	bool ended;

	while ((zone = next_wish(&ended))) {
		if (ended)
			zone_remove(zone);
		else
			zone_register(zone);
		cond_resched();
	}
}

static DECLARE_WORK(vmsr_zones, vmsr_zones_work);

static struct vmsr_zone *zone_wish(struct vmsr_zone *parent, const char *what,
				   u32 id)
{
	struct vmsr_zone *zone;

	lockdep_assert_held(&vmsr_lock);
	if (!vmsr_control_type)
		return NULL;
	zone = kzalloc(sizeof(*zone), GFP_KERNEL_ACCOUNT);
	if (!zone)
		return NULL;
	zone->parent = parent;
	snprintf(zone->name, sizeof(zone->name), "%s-%u", what, id);
	list_add_tail(&zone->node, &vmsr_wishes);
	queue_work(vmsr_zones_queue, &vmsr_zones);
	return zone;
}

/**
 * vmsr_zone_add_vm - a VM shall have a zone
 * @id: its number
 *
 * The zone appears soon, but not yet.
 *
 * Return: the zone; NULL without powercap, or without memory: the VM does not
 * need it.
 */
struct vmsr_zone *vmsr_zone_add_vm(u32 id)
{
	return zone_wish(NULL, "vm", id);
}

/**
 * vmsr_zone_add_vcpu - a vCPU shall have a zone
 * @vm: zone of its VM, or NULL: it gets none
 * @id: the vCPU
 *
 * Return: the zone or NULL.
 */
struct vmsr_zone *vmsr_zone_add_vcpu(struct vmsr_zone *vm, u32 id)
{
	return vm ? zone_wish(vm, "vcpu", id) : NULL;
}

/**
 * vmsr_zone_add_overhead - what a VMM's other threads use shall have a zone
 * @vm: zone of its VM, or NULL: it gets none
 * @id: number of the VM
 *
 * Return: the zone or NULL.
 */
struct vmsr_zone *vmsr_zone_add_overhead(struct vmsr_zone *vm, u32 id)
{
	return vm ? zone_wish(vm, "overhead", id) : NULL;
}

/**
 * vmsr_zone_publish - tell what was used
 * @zone: the zone or NULL
 * @energy: units
 */
void vmsr_zone_publish(struct vmsr_zone *zone, u64 energy)
{
	if (zone)
		WRITE_ONCE(zone->energy, energy);
}

/**
 * vmsr_zone_end - what the zone is of has ended
 * @zone: the zone or NULL, not to be used any more; those below it end before it
 */
void vmsr_zone_end(struct vmsr_zone *zone)
{
	lockdep_assert_held(&vmsr_lock);
	if (!zone)
		return;
	zone->ended = true;
	/* If it was not made yet, it is not going to be. */
	list_del(&zone->node);
	list_add_tail(&zone->node, &vmsr_wishes);
	queue_work(vmsr_zones_queue, &vmsr_zones);
}

/**
 * vmsr_powercap_init - make the control type
 *
 * Return: 0 or a negative errno after a message.
 */
int vmsr_powercap_init(void)
{
	struct powercap_control_type *type;

	if (!powercap)
		return 0;
	vmsr_zones_queue = alloc_workqueue("vmsr_zones", WQ_UNBOUND, 1);
	if (!vmsr_zones_queue) {
		pr_err("the powercap zones have no queue of work\n");
		return -ENOMEM;
	}
	type = powercap_register_control_type(NULL, "vmsr", NULL);
	if (IS_ERR(type)) {
		pr_err("the powercap control type vmsr cannot be made (%pe)\n",
		       type);
		destroy_workqueue(vmsr_zones_queue);
		return PTR_ERR(type);
	}
	vmsr_control_type = type;
	return 0;
}

/**
 * vmsr_powercap_exit - remove the control type
 *
 * There must be no VM any more. A zone that somebody still holds is waited for.
 */
void vmsr_powercap_exit(void)
{
	if (!vmsr_control_type)
		return;
	flush_workqueue(vmsr_zones_queue);
	destroy_workqueue(vmsr_zones_queue);
	wait_event(vmsr_zones_gone, !atomic_read(&vmsr_nr_zones));
	powercap_unregister_control_type(vmsr_control_type);
	vmsr_control_type = NULL;
}
