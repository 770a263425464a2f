// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts, with a slot for each package: how they come and go.
 */
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "vmsr.h"

/**
 * vmsr_account_alloc - an account
 * @vm: whose it is
 * @vcpu: its vCPU, or NULL for the VM's other threads
 *
 * Return: the account, or NULL without memory.
 */
struct vmsr_account *vmsr_account_alloc(struct vmsr_vm *vm,
					struct vmsr_vcpu *vcpu)
{
	struct vmsr_account *account;
	unsigned int i, cpu;

	account = kzalloc(struct_size(account, slots, vmsr_nr_slots),
			  GFP_KERNEL_ACCOUNT);
	if (!account)
		return NULL;
	account->cells = alloc_percpu_gfp(struct vmsr_cell, GFP_KERNEL_ACCOUNT);
	if (!account->cells) {
		kfree(account);
		return NULL;
	}
	account->vm = vm;
	account->vcpu = vcpu;
	INIT_LIST_HEAD(&account->processes);
	for_each_possible_cpu(cpu)
		per_cpu_ptr(account->cells, cpu)->account = account;
	for (i = 0; i < vmsr_nr_slots; i++) {
		account->slots[i].account = account;
		INIT_LIST_HEAD(&account->slots[i].pending);
	}
	return account;
}

/**
 * vmsr_account_end - an account's VM has ended
 * @account: the account, in no hash table any more
 *
 * Its energy is now that of VMs that are gone.
 */
void vmsr_account_end(struct vmsr_account *account)
{
	struct vmsr_package *package;

	lockdep_assert_held(&vmsr_lock);
	account->dead = true;
	list_for_each_entry(package, &vmsr_packages, node)
		package->departed_energy +=
			account->slots[package->index].energy;
}

/**
 * vmsr_account_settle - an account is about to be freed
 * @account: the account, dead and collected
 *
 * What it ran since the last good read of a package stays in the package, so
 * that the energy of that time goes to the VMs and not to the rest.
 */
void vmsr_account_settle(struct vmsr_account *account)
{
	struct vmsr_package *package;
	struct vmsr_slot *slot;

	lockdep_assert_held(&vmsr_lock);
	list_for_each_entry(package, &vmsr_packages, node) {
		slot = &account->slots[package->index];
		if (list_empty(&slot->pending))
			continue;
		list_del_init(&slot->pending);
		package->departed_ns += slot->pending_ns + slot->debt_ns;
		package->cores_departed += slot->pending_core;
	}
}

/**
 * vmsr_account_free - free an account
 * @account: the account, settled or never used, or NULL
 */
void vmsr_account_free(struct vmsr_account *account)
{
	if (!account)
		return;
	free_percpu(account->cells);
	kfree(account);
}
