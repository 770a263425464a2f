/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs and packages as the kernel tells them, for what needs no kernel. */
#ifndef VMSRCTL_VM_H
#define VMSRCTL_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/vmsr.h>

/*
 * struct vm - a VM
 * @pid: the VMM's process
 * @vcpus: how many have a thread
 * @updated_ns: the grid point of all figures, CLOCK_MONOTONIC
 * @threshold_uw: power whose crossing is an event; 0 for none
 * @above: power was not below that in the last period
 */
struct vm {
	uint32_t id;
	uint32_t owner;
	uint32_t pid;
	uint32_t interface;
	uint32_t vcpus;
	char name[VMSR_NAME_SIZE];
	uint64_t vcpu_uj;
	uint64_t overhead_uj;
	uint64_t vcpu_ns;
	uint64_t overhead_ns;
	uint64_t power_uw;
	uint64_t updated_ns;
	uint64_t threshold_uw;
	bool above;
};

/*
 * struct package - an energy counter of the host
 * @index: the module's number for it
 * @id: physical package
 * @active: whether anything is counted now
 */
struct package {
	uint32_t index;
	uint32_t id;
	uint32_t die;
	uint32_t cpus;
	bool active;
	char source[32];
	uint64_t uj;
	uint64_t vms_uj;
	uint64_t rest_uj;
	uint64_t idle_uj;
	uint64_t units;
	uint64_t vms_units;
	uint64_t departed_units;
	uint64_t rest_units;
	uint64_t idle_units;
	uint64_t reads;
	uint64_t read_errors;
};

/* vm_find - the VM of this number among @nr that are sorted by it, or NULL */
const struct vm *vm_find(const struct vm *vms, size_t nr, uint32_t id);

/* vm_mean_uw - mean power of @uj more within @ns */
uint64_t vm_mean_uw(uint64_t before_uj, uint64_t now_uj, uint64_t ns);

/*
 * vm_watts - a power as people type it, "12.5"
 * @uw: result in microwatts
 *
 * Return: false for no number, one with more than six digits behind the point, 0,
 * and what has no room.
 */
bool vm_watts(const char *text, uint64_t *uw);

const char *vm_owner(const struct vm *vm);
const char *vm_interface(const struct vm *vm);

#endif
