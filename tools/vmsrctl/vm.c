// SPDX-License-Identifier: GPL-2.0-only
/* VMs, once the kernel has told them. */
#include "vm.h"

const struct vm *vm_find(const struct vm *vms, size_t nr, uint32_t id)
{
	size_t low = 0, high = nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (vms[middle].id == id)
			return &vms[middle];
		if (vms[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint64_t vm_mean_uw(uint64_t before_uj, uint64_t now_uj, uint64_t ns)
{
	/* A module that was loaded anew begins at nothing. */
	if (!ns || now_uj < before_uj)
		return 0;
	return (__uint128_t)(now_uj - before_uj) * 1000000000 / ns;
}

const char *vm_owner(const struct vm *vm)
{
	switch (vm->owner) {
	case VMSR_OWNER_FD:
		return "vmm";
	case VMSR_OWNER_ATTACHED:
		return "attached";
	}
	return "unknown";
}

const char *vm_interface(const struct vm *vm)
{
	/* Nothing is shown to the guest of a VMM that knows nothing of it. */
	if (vm->owner == VMSR_OWNER_ATTACHED)
		return "none";
	switch (vm->interface) {
	case VMSR_INTERFACE_INTEL:
		return "intel";
	case VMSR_INTERFACE_AMD:
		return "amd";
	}
	return "unknown";
}
