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

bool vm_watts(const char *text, uint64_t *uw)
{
	unsigned int decimals = 0;
	uint64_t v = 0;
	bool point = false, digits = false;

	for (; *text; text++) {
		if (*text == '.' && digits && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || (point && ++decimals > 6) ||
		    __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *text - '0', &v))
			return false;
		digits = true;
	}
	if (!v || (point && !decimals))
		return false;
	for (; decimals < 6; decimals++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	*uw = v;
	return true;
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
