// SPDX-License-Identifier: GPL-2.0-only
/* VMs as the netlink family tells them, and how a user names one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmsrctl.h"

int vmsr_open(struct cvm_genl **nl)
{
	return cvm_genl_open(nl, VMSR_GENL_NAME, "vmsr");
}

uint64_t attr_u64(struct nlattr *const *attrs, int type)
{
	return attrs[type] ? nla_get_u64(attrs[type]) : 0;
}

uint32_t attr_u32(struct nlattr *const *attrs, int type)
{
	return attrs[type] ? nla_get_u32(attrs[type]) : 0;
}

/* @attrs has room for VMSR_A_VM_MAX + 1; false for what is no VM. */
bool vm_parse(struct nlmsghdr *hdr, struct vm *vm, struct nlattr **attrs)
{
	if (genlmsg_parse(hdr, 0, attrs, VMSR_A_VM_MAX, NULL) ||
	    !attrs[VMSR_A_VM_ID])
		return false;
	memset(vm, 0, sizeof(*vm));
	vm->id = attr_u32(attrs, VMSR_A_VM_ID);
	vm->owner = attr_u32(attrs, VMSR_A_VM_OWNER);
	vm->pid = attr_u32(attrs, VMSR_A_VM_PID);
	vm->interface = attr_u32(attrs, VMSR_A_VM_INTERFACE);
	vm->vcpus = attr_u32(attrs, VMSR_A_VM_VCPUS);
	if (attrs[VMSR_A_VM_NAME])
		nla_strlcpy(vm->name, attrs[VMSR_A_VM_NAME], sizeof(vm->name));
	vm->vcpu_uj = attr_u64(attrs, VMSR_A_VM_VCPU_UJ);
	vm->overhead_uj = attr_u64(attrs, VMSR_A_VM_OVERHEAD_UJ);
	vm->vcpu_ns = attr_u64(attrs, VMSR_A_VM_VCPU_NS);
	vm->overhead_ns = attr_u64(attrs, VMSR_A_VM_OVERHEAD_NS);
	vm->power_uw = attr_u64(attrs, VMSR_A_VM_POWER_UW);
	return true;
}

static int list_add(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VM_MAX + 1];
	struct vm_list *list = arg;
	struct vm vm;

	if (!vm_parse(hdr, &vm, attrs))
		return CVM_OK;
	if (list->nr == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct vm *vms = cvm_alloc(room, sizeof(*vms));

		if (list->nr)
			memcpy(vms, list->vms, list->nr * sizeof(*vms));
		free(list->vms);
		list->vms = vms;
		list->room = room;
	}
	list->vms[list->nr++] = vm;
	return CVM_OK;
}

/* All VMs, by number; the caller frees list->vms in any case. */
int vm_list_get(struct cvm_genl *nl, struct vm_list *list)
{
	memset(list, 0, sizeof(*list));
	return cvm_genl_do(nl, cvm_genl_msg(nl, VMSR_CMD_VM_GET, NLM_F_DUMP),
			   "listing the VMs", list_add, list);
}

/* The number of the VM that @word names; a name must be that of one VM only. */
int vm_resolve(struct cvm_genl *nl, const char *word, uint32_t *id)
{
	size_t found = 0, i;
	struct vm_list list;
	uint64_t number;
	int ret;

	if (!cvm_number(word, &number) && number <= UINT32_MAX) {
		*id = number;
		return CVM_OK;
	}
	ret = vm_list_get(nl, &list);
	for (i = 0; !ret && i < list.nr; i++) {
		if (strcmp(list.vms[i].name, word))
			continue;
		*id = list.vms[i].id;
		found++;
	}
	free(list.vms);
	if (ret)
		return ret;
	if (!found)
		return cvm_error(CVM_ABSENT, cvm_fmt("looking for the VM '%s'", word),
				 "there is no VM of this name",
				 "vmsrctl list shows the VMs there are");
	if (found > 1)
		return cvm_error(CVM_FAIL, cvm_fmt("looking for the VM '%s'", word),
				 cvm_fmt("%zu VMs have this name", found),
				 "give its number, which vmsrctl list shows");
	return CVM_OK;
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
