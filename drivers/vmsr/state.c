// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's counters as its VMM carries them to another host, or to a file.
 *
 * What comes back may be anybody's: it is read once, checked completely, and can
 * change nothing but what this VM's own guest sees.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vmsr.h"

static u32 state_entries(const struct vmsr_vm *vm)
{
	return vm->nr_packages + vm->nr_cores;
}

/**
 * vmsr_state_length - how long a VM's state is
 * @vm: the VM
 *
 * Return: bytes.
 */
u32 vmsr_state_length(const struct vmsr_vm *vm)
{
	return sizeof(struct vmsr_state) + state_entries(vm) * sizeof(u64);
}

/**
 * vmsr_state_save - what a VM's guest sees, for vmsr_state_restore()
 * @vm: the VM
 * @user: room for vmsr_state_length() bytes
 *
 * Return: 0 or a negative errno.
 */
int vmsr_state_save(struct vmsr_vm *vm, void __user *user)
{
	u32 i, length = vmsr_state_length(vm);
	struct vmsr_state *state = kvzalloc(length, GFP_KERNEL_ACCOUNT);
	int err;

	if (!state)
		return -ENOMEM;
	state->magic = VMSR_STATE_MAGIC;
	state->version = VMSR_STATE_VERSION;
	state->length = length;
	state->shift = VMSR_UNIT_SHIFT;
	state->interface = vm->interface;
	state->nr_packages = vm->nr_packages;
	state->nr_cores = vm->nr_cores;
	mutex_lock(&vmsr_lock);
	for (i = 0; i < vm->nr_packages; i++)
		state->energy[i] = vm->packages[i];
	for (i = 0; i < vm->nr_cores; i++)
		state->energy[vm->nr_packages + i] = vm->cores[i].energy;
	mutex_unlock(&vmsr_lock);
	err = copy_to_user(user, state, length) ? -EFAULT : 0;
	kvfree(state);
	return err;
}

static int check_head(const struct vmsr_vm *vm, const struct vmsr_state *head,
		      u32 length)
{
	if (head->magic != VMSR_STATE_MAGIC)
		return -EBADMSG;
	if (head->version != VMSR_STATE_VERSION)
		return -EOPNOTSUPP;
	if (head->length != length || head->shift != VMSR_UNIT_SHIFT ||
	    head->reserved)
		return -EBADMSG;
	if (head->interface != vm->interface ||
	    head->nr_packages != vm->nr_packages ||
	    head->nr_cores != vm->nr_cores)
		return -EINVAL;
	return length == vmsr_state_length(vm) ? 0 : -EBADMSG;
}

/* A counter goes on from the larger of both; returns by how much it leapt. */
static u64 lift(u64 *counter, u64 saved)
{
	u64 by = saved > *counter ? saved - *counter : 0;

	*counter += by;
	return by;
}

static void state_apply(struct vmsr_vm *vm, const u64 *energy)
{
	u32 i;

	mutex_lock(&vmsr_lock);
	for (i = 0; i < vm->nr_packages; i++)
		vm->lifted += lift(&vm->packages[i], energy[i]);
	for (i = 0; i < vm->nr_cores; i++)
		lift(&vm->cores[i].energy, energy[vm->nr_packages + i]);
	/* Not at a grid point, but it tells the guest nothing of the host. */
	vmsr_guest_page_publish(vm, vmsr_sampler_grid_ns(NULL));
	mutex_unlock(&vmsr_lock);
}

/**
 * vmsr_state_restore - a VM's guest goes on with what it saw elsewhere
 * @vm: the VM
 * @user: a struct vmsr_state
 * @length: bytes there
 *
 * Return: 0; -EBADMSG when it is no state, -EOPNOTSUPP when of another version,
 * -EINVAL when of a VM of another shape; -EFAULT, -ENOMEM.
 */
int vmsr_state_restore(struct vmsr_vm *vm, const void __user *user, u32 length)
{
	u32 i, entries = state_entries(vm);
	struct vmsr_state head;
	u64 *energy;
	int err;

	if (length < sizeof(head))
		return -EBADMSG;
	if (copy_from_user(&head, user, sizeof(head)))
		return -EFAULT;
	err = check_head(vm, &head, length);
	if (err)
		return err;
	energy = kvmalloc_array(entries, sizeof(*energy), GFP_KERNEL_ACCOUNT);
	if (!energy)
		return -ENOMEM;
	if (copy_from_user(energy, user + sizeof(head),
			   entries * sizeof(*energy)))
		err = -EFAULT;
	for (i = 0; !err && i < entries; i++)
		if (energy[i] > VMSR_STATE_ENERGY_MAX)
			err = -EBADMSG;
	if (!err)
		state_apply(vm, energy);
	kvfree(energy);
	return err;
}
