// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl packages */
#include "vmsrctl.h"

static int show_package(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_PACKAGE_MAX + 1];

	(void)arg;
	if (genlmsg_parse(hdr, 0, attrs, VMSR_A_PACKAGE_MAX, NULL) ||
	    !attrs[VMSR_A_PACKAGE_INDEX])
		return CVM_OK;
	cvm_out_row();
	cvm_out_u64("index", "INDEX", attr_u32(attrs, VMSR_A_PACKAGE_INDEX));
	cvm_out_u64("package", "PACKAGE", attr_u32(attrs, VMSR_A_PACKAGE_ID));
	cvm_out_u64("die", "DIE", attr_u32(attrs, VMSR_A_PACKAGE_DIE));
	cvm_out_u64("cpus", "CPUS", attr_u32(attrs, VMSR_A_PACKAGE_CPUS));
	cvm_out_string("source", "SOURCE", attrs[VMSR_A_PACKAGE_SOURCE] ?
		       nla_get_string(attrs[VMSR_A_PACKAGE_SOURCE]) : NULL);
	cvm_out_bool("counting", "COUNTING",
		     attr_u32(attrs, VMSR_A_PACKAGE_ACTIVE));
	cvm_out_quantity("energy_uj", "ENERGY",
			 attr_u64(attrs, VMSR_A_PACKAGE_UJ), CVM_MICROJOULE);
	cvm_out_quantity("vms_uj", "VMS",
			 attr_u64(attrs, VMSR_A_PACKAGE_VMS_UJ),
			 CVM_MICROJOULE);
	cvm_out_quantity("rest_uj", "REST",
			 attr_u64(attrs, VMSR_A_PACKAGE_REST_UJ),
			 CVM_MICROJOULE);
	cvm_out_quantity("idle_uj", "IDLE",
			 attr_u64(attrs, VMSR_A_PACKAGE_IDLE_UJ),
			 CVM_MICROJOULE);
	cvm_out_u64("energy_units", NULL,
		    attr_u64(attrs, VMSR_A_PACKAGE_UNITS));
	cvm_out_u64("vms_units", NULL,
		    attr_u64(attrs, VMSR_A_PACKAGE_VMS_UNITS));
	cvm_out_u64("departed_units", NULL,
		    attr_u64(attrs, VMSR_A_PACKAGE_DEPARTED_UNITS));
	cvm_out_u64("rest_units", NULL,
		    attr_u64(attrs, VMSR_A_PACKAGE_REST_UNITS));
	cvm_out_u64("idle_units", NULL,
		    attr_u64(attrs, VMSR_A_PACKAGE_IDLE_UNITS));
	cvm_out_u64("reads", NULL, attr_u64(attrs, VMSR_A_PACKAGE_READS));
	cvm_out_u64("read_errors", "ERRORS",
		    attr_u64(attrs, VMSR_A_PACKAGE_READ_ERRORS));
	cvm_out_end();
	return CVM_OK;
}

int cmd_packages(int argc, char **argv)
{
	struct cvm_genl *nl;
	int ret;

	(void)argc;
	(void)argv;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	cvm_out_table("packages", NULL, "no package");
	ret = cvm_genl_do(nl, cvm_genl_msg(nl, VMSR_CMD_PACKAGE_GET, NLM_F_DUMP),
			  "listing the packages", show_package, NULL);
	cvm_out_end();
	cvm_genl_close(nl);
	return ret;
}
