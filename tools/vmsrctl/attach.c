// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl attach PID, helper VM PID, detach VM */
#include <limits.h>
#include <string.h>

#include "vmsrctl.h"

static const char *attach_name;

const struct cvm_option attach_options[] = {
	{ .name = "name", .letter = 'n', .kind = CVM_OPT_STRING,
	  .argument = "NAME", .value = &attach_name,
	  .help = "what to call the VM; the process's own name otherwise" },
	{ }
};

int cmd_attach(int argc, char **argv)
{
	struct cvm_genl *nl;
	uint32_t id = 0;
	uint64_t pid;
	int ret;

	(void)argc;
	ret = cvm_parse_u64("PID", argv[0], 1, INT_MAX, &pid);
	if (ret)
		return ret;
	if (attach_name && strlen(attach_name) >= VMSR_NAME_SIZE)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("the name '%s' is too long", attach_name),
				 NULL, cvm_fmt("at most %d bytes",
					       VMSR_NAME_SIZE - 1));
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = vm_attach(nl, pid, attach_name, &id);
	if (!ret)
		cvm_out_u64("id", "VM", id);
	cvm_genl_close(nl);
	return ret;
}

int cmd_helper(int argc, char **argv)
{
	struct cvm_genl *nl;
	struct nl_msg *msg;
	uint64_t pid;
	uint32_t id;
	int ret;

	(void)argc;
	ret = cvm_parse_u64("PID", argv[1], 1, INT_MAX, &pid);
	if (ret)
		return ret;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = vm_resolve(nl, argv[0], &id);
	if (!ret) {
		msg = cvm_genl_msg(nl, VMSR_CMD_HELPER_ADD, 0);
		nla_put_u32(msg, VMSR_A_VM_ID, id);
		nla_put_u32(msg, VMSR_A_VM_PID, pid);
		ret = cvm_genl_do(nl, msg,
				  cvm_fmt("making the process %s a helper of the VM '%s'",
					  argv[1], argv[0]), NULL, NULL);
	}
	cvm_genl_close(nl);
	return ret;
}

int cmd_detach(int argc, char **argv)
{
	struct cvm_genl *nl;
	struct nl_msg *msg;
	uint32_t id;
	int ret;

	(void)argc;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = vm_resolve(nl, argv[0], &id);
	if (!ret) {
		msg = cvm_genl_msg(nl, VMSR_CMD_DETACH, 0);
		nla_put_u32(msg, VMSR_A_VM_ID, id);
		ret = cvm_genl_do(nl, msg,
				  cvm_fmt("detaching the VM '%s'", argv[0]),
				  NULL, NULL);
	}
	cvm_genl_close(nl);
	return ret;
}
