// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl show VM */
#include "vmsrctl.h"

static void show_shares(struct nlmsghdr *hdr)
{
	int rest = genlmsg_attrlen(genlmsg_hdr(hdr), 0);
	struct nlattr *attr = genlmsg_attrdata(genlmsg_hdr(hdr), 0);

	cvm_out_table("packages", "Packages it ran on", "none yet");
	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest)) {
		struct nlattr *share[VMSR_A_SHARE_MAX + 1];
		int64_t ns;

		if (nla_type(attr) != VMSR_A_VM_SHARE ||
		    nla_parse_nested(share, VMSR_A_SHARE_MAX, attr, NULL))
			continue;
		/* Less than nothing can only be a correction of what was told. */
		ns = attr_u64(share, VMSR_A_SHARE_NS);
		cvm_out_row();
		cvm_out_u64("package", "PACKAGE",
			    attr_u32(share, VMSR_A_SHARE_PACKAGE));
		cvm_out_quantity("time_ns", "TIME", ns > 0 ? ns : 0,
				 CVM_NANOSECOND);
		cvm_out_quantity("energy_uj", "ENERGY",
				 (__uint128_t)1000000 *
				 attr_u64(share, VMSR_A_SHARE_UNITS) /
				 UNITS_PER_JOULE, CVM_MICROJOULE);
		cvm_out_end();
	}
	cvm_out_end();
}

static int show_vm(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VM_MAX + 1];
	struct vm vm;

	(void)arg;
	if (!vm_parse(hdr, &vm, attrs))
		return CVM_OK;
	cvm_out_u64("id", "VM", vm.id);
	cvm_out_string("name", "Name", vm.name);
	cvm_out_u64("pid", "Process", vm.pid);
	cvm_out_string("owner", "Ends with", vm.owner == VMSR_OWNER_ATTACHED ?
		       "its process, or detach" : "the VMM's descriptor");
	cvm_out_string("interface", "Guest sees", vm_interface(&vm));
	cvm_out_quantity("power_uw", "Power", vm.power_uw, CVM_MICROWATT);
	if (vm.threshold_uw) {
		cvm_out_quantity("threshold_uw", "Threshold", vm.threshold_uw, CVM_MICROWATT);
		cvm_out_bool("above", "Reached", vm.above);
	} else {
		cvm_out_none("threshold_uw", "Threshold", "none");
		cvm_out_none("above", NULL, NULL);
	}
	cvm_out_quantity("vcpu_uj", "vCPU energy", vm.vcpu_uj, CVM_MICROJOULE);
	cvm_out_quantity("overhead_uj", "Overhead energy", vm.overhead_uj,
			 CVM_MICROJOULE);
	cvm_out_quantity("vcpu_ns", "vCPU time", vm.vcpu_ns, CVM_NANOSECOND);
	cvm_out_quantity("overhead_ns", "Overhead time", vm.overhead_ns,
			 CVM_NANOSECOND);
	cvm_out_u64("updated_ns", cvm_verbose() ? "Updated at" : NULL,
		    attr_u64(attrs, VMSR_A_VM_UPDATED_NS));
	cvm_out_u64("updates", cvm_verbose() ? "Updates" : NULL,
		    attr_u64(attrs, VMSR_A_VM_UPDATES));
	show_shares(hdr);
	return CVM_OK;
}

static int show_vcpu(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VCPU_MAX + 1];
	uint32_t tid;

	(void)arg;
	if (genlmsg_parse(hdr, 0, attrs, VMSR_A_VCPU_MAX, NULL) ||
	    !attrs[VMSR_A_VCPU_ID])
		return CVM_OK;
	tid = attr_u32(attrs, VMSR_A_VCPU_TID);
	cvm_out_row();
	cvm_out_u64("vcpu", "VCPU", attr_u32(attrs, VMSR_A_VCPU_ID));
	if (tid)
		cvm_out_u64("tid", "THREAD", tid);
	else
		cvm_out_none("tid", "THREAD", "none");
	cvm_out_u64("package", "PACKAGE", attr_u32(attrs, VMSR_A_VCPU_PACKAGE));
	cvm_out_u64("core", "CORE", attr_u32(attrs, VMSR_A_VCPU_CORE));
	cvm_out_quantity("time_ns", "TIME", attr_u64(attrs, VMSR_A_VCPU_NS),
			 CVM_NANOSECOND);
	cvm_out_quantity("energy_uj", "ENERGY",
			 attr_u64(attrs, VMSR_A_VCPU_UJ), CVM_MICROJOULE);
	cvm_out_end();
	return CVM_OK;
}

static int show(struct cvm_genl *nl, const char *word)
{
	struct nl_msg *msg;
	uint32_t id;
	int ret = vm_resolve(nl, word, &id);

	if (ret)
		return ret;
	msg = cvm_genl_msg(nl, VMSR_CMD_VM_GET, 0);
	nla_put_u32(msg, VMSR_A_VM_ID, id);
	ret = cvm_genl_do(nl, msg, cvm_fmt("showing the VM '%s'", word),
			  show_vm, NULL);
	if (ret)
		return ret;
	msg = cvm_genl_msg(nl, VMSR_CMD_VCPU_GET, NLM_F_DUMP);
	nla_put_u32(msg, VMSR_A_VCPU_VM, id);
	cvm_out_table("vcpus", "vCPUs", "none");
	ret = cvm_genl_do(nl, msg, cvm_fmt("showing the vCPUs of the VM '%s'",
					   word), show_vcpu, NULL);
	cvm_out_end();
	return ret;
}

int cmd_show(int argc, char **argv)
{
	struct cvm_genl *nl;
	int ret;

	(void)argc;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = show(nl, argv[0]);
	cvm_genl_close(nl);
	return ret;
}
