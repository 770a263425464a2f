// SPDX-License-Identifier: GPL-2.0-only
/* VMs and packages as the netlink family tells them, and how a user names a VM. */
#include <errno.h>
#include <inttypes.h>
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
	vm->updated_ns = attr_u64(attrs, VMSR_A_VM_UPDATED_NS);
	vm->threshold_uw = attr_u64(attrs, VMSR_A_VM_THRESHOLD_UW);
	vm->above = attr_u32(attrs, VMSR_A_VM_ABOVE);
	return true;
}

static int list_add(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VM_MAX + 1];
	struct vm_list *list = arg;
	struct vm vm;

	if (!vm_parse(hdr, &vm, attrs))
		return CVM_OK;
	list->vms = cvm_grow(list->vms, list->nr, &list->room, sizeof(*list->vms));
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

static int package_add(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_PACKAGE_MAX + 1];
	struct package_list *list = arg;
	struct package *p;

	if (genlmsg_parse(hdr, 0, attrs, VMSR_A_PACKAGE_MAX, NULL) ||
	    !attrs[VMSR_A_PACKAGE_INDEX])
		return CVM_OK;
	list->packages = cvm_grow(list->packages, list->nr, &list->room,
				  sizeof(*list->packages));
	p = &list->packages[list->nr++];
	memset(p, 0, sizeof(*p));
	p->index = attr_u32(attrs, VMSR_A_PACKAGE_INDEX);
	p->id = attr_u32(attrs, VMSR_A_PACKAGE_ID);
	p->die = attr_u32(attrs, VMSR_A_PACKAGE_DIE);
	p->cpus = attr_u32(attrs, VMSR_A_PACKAGE_CPUS);
	if (attrs[VMSR_A_PACKAGE_SOURCE])
		nla_strlcpy(p->source, attrs[VMSR_A_PACKAGE_SOURCE],
			    sizeof(p->source));
	p->active = attr_u32(attrs, VMSR_A_PACKAGE_ACTIVE);
	p->uj = attr_u64(attrs, VMSR_A_PACKAGE_UJ);
	p->vms_uj = attr_u64(attrs, VMSR_A_PACKAGE_VMS_UJ);
	p->rest_uj = attr_u64(attrs, VMSR_A_PACKAGE_REST_UJ);
	p->idle_uj = attr_u64(attrs, VMSR_A_PACKAGE_IDLE_UJ);
	p->units = attr_u64(attrs, VMSR_A_PACKAGE_UNITS);
	p->vms_units = attr_u64(attrs, VMSR_A_PACKAGE_VMS_UNITS);
	p->departed_units = attr_u64(attrs, VMSR_A_PACKAGE_DEPARTED_UNITS);
	p->rest_units = attr_u64(attrs, VMSR_A_PACKAGE_REST_UNITS);
	p->idle_units = attr_u64(attrs, VMSR_A_PACKAGE_IDLE_UNITS);
	p->reads = attr_u64(attrs, VMSR_A_PACKAGE_READS);
	p->read_errors = attr_u64(attrs, VMSR_A_PACKAGE_READ_ERRORS);
	return CVM_OK;
}

int package_list_get(struct cvm_genl *nl, struct package_list *list)
{
	memset(list, 0, sizeof(*list));
	return cvm_genl_do(nl, cvm_genl_msg(nl, VMSR_CMD_PACKAGE_GET, NLM_F_DUMP),
			   "listing the packages", package_add, list);
}

static int config_take(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_CONFIG_MAX + 1];
	struct config *c = arg;

	if (genlmsg_parse(hdr, 0, attrs, VMSR_A_CONFIG_MAX, NULL) ||
	    !attrs[VMSR_A_CONFIG_PERIOD_MS])
		return CVM_OK;
	c->period_ms = attr_u32(attrs, VMSR_A_CONFIG_PERIOD_MS);
	c->policy = attr_u32(attrs, VMSR_A_CONFIG_POLICY);
	if (attrs[VMSR_A_CONFIG_SOURCE])
		nla_strlcpy(c->source, attrs[VMSR_A_CONFIG_SOURCE], sizeof(c->source));
	c->tdp_watts = attr_u32(attrs, VMSR_A_CONFIG_TDP_WATTS);
	c->max_vms = attr_u32(attrs, VMSR_A_CONFIG_MAX_VMS);
	c->checks = attr_u64(attrs, VMSR_A_CONFIG_CHECKS);
	c->check_errors = attr_u64(attrs, VMSR_A_CONFIG_CHECK_ERRORS);
	return CVM_OK;
}

int config_get(struct cvm_genl *nl, struct config *c)
{
	static const char tried[] = "reading the configuration";
	int ret;

	memset(c, 0, sizeof(*c));
	ret = cvm_genl_do(nl, cvm_genl_msg(nl, VMSR_CMD_CONFIG_GET, 0), tried, config_take, c);
	if (!ret && !c->period_ms)
		return cvm_error(CVM_FAIL, tried, "the kernel told no period", NULL);
	return ret;
}

static int attached(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VM_MAX + 1];
	uint32_t *id = arg;

	if (!genlmsg_parse(hdr, 0, attrs, VMSR_A_VM_MAX, NULL))
		*id = attr_u32(attrs, VMSR_A_VM_ID);
	return CVM_OK;
}

static struct nl_msg *attach_msg(struct cvm_genl *nl, uint32_t pid, const char *name)
{
	struct nl_msg *msg = cvm_genl_msg(nl, VMSR_CMD_ATTACH, 0);

	nla_put_u32(msg, VMSR_A_VM_PID, pid);
	if (name)
		nla_put_string(msg, VMSR_A_VM_NAME, name);
	return msg;
}

int vm_attach(struct cvm_genl *nl, uint32_t pid, const char *name, uint32_t *id)
{
	return cvm_genl_do(nl, attach_msg(nl, pid, name),
			   cvm_fmt("attaching the process %" PRIu32, pid), attached, id);
}

int vm_attach_quiet(struct cvm_genl *nl, uint32_t pid, const char *name, const char **words)
{
	uint32_t id = 0;
	int err = cvm_genl_do_quiet(nl, attach_msg(nl, pid, name), words, attached, &id);

	return err ? err : (int)id;
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
