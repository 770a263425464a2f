/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands of vmsrctl share. */
#ifndef VMSRCTL_H
#define VMSRCTL_H

#include <linux/netlink.h>

#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/vmsr.h>

#include "cvmtool.h"

/* The family's unit of energy: 2^-24 J. */
#define UNITS_PER_JOULE (1 << 24)

/*
 * struct vm - a VM as the kernel tells it
 * @pid: the VMM's process
 * @vcpus: how many have a thread
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
};

struct vm_list {
	struct vm *vms;
	size_t nr;
	size_t room;
};

int vmsr_open(struct cvm_genl **nl);
bool vm_parse(struct nlmsghdr *hdr, struct vm *vm, struct nlattr **attrs);
int vm_list_get(struct cvm_genl *nl, struct vm_list *list);
int vm_resolve(struct cvm_genl *nl, const char *word, uint32_t *id);
const char *vm_owner(const struct vm *vm);
const char *vm_interface(const struct vm *vm);
uint64_t attr_u64(struct nlattr *const *attrs, int type);
uint32_t attr_u32(struct nlattr *const *attrs, int type);

int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_packages(int argc, char **argv);
int cmd_show(int argc, char **argv);

extern const struct cvm_option attach_options[];

#endif
