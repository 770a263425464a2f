// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl set, set period MS, set policy POLICY, set threshold VM WATTS */
#include <string.h>

#include "vmsrctl.h"

static const char *const policies[] = {
	[VMSR_POLICY_CAPACITY] = "capacity",
	[VMSR_POLICY_BUSY] = "busy",
	[VMSR_POLICY_CORE] = "core",
	NULL
};

static const char *policy_name(uint32_t policy)
{
	return policy <= VMSR_POLICY_CORE ? policies[policy] : "unknown";
}

int cmd_set(int argc, char **argv)
{
	struct config c;
	struct cvm_genl *nl;
	int ret;

	(void)argc;
	(void)argv;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = config_get(nl, &c);
	cvm_genl_close(nl);
	if (ret)
		return ret;
	cvm_out_u64("period_ms", NULL, c.period_ms);
	cvm_out_format(NULL, "Period", "%u ms", c.period_ms);
	cvm_out_string("policy", "Policy", policy_name(c.policy));
	cvm_out_string("source", "Source", c.source[0] ? c.source : NULL);
	cvm_out_u64("tdp_watts", NULL, c.tdp_watts);
	cvm_out_format(NULL, "TDP for guests", "%u W", c.tdp_watts);
	cvm_out_u64("max_vms", "Most VMs", c.max_vms);
	cvm_out_u64("checks", cvm_verbose() ? "Checks" : NULL, c.checks);
	cvm_out_u64("check_errors", cvm_verbose() || c.check_errors ? "Wrong sums" : NULL,
		    c.check_errors);
	return CVM_OK;
}

static int config_set(int attr, uint32_t value, const char *tried)
{
	struct cvm_genl *nl;
	struct nl_msg *msg;
	int ret;

	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	msg = cvm_genl_msg(nl, VMSR_CMD_CONFIG_SET, 0);
	nla_put_u32(msg, attr, value);
	ret = cvm_genl_do(nl, msg, tried, NULL, NULL);
	cvm_genl_close(nl);
	return ret;
}

int cmd_set_period(int argc, char **argv)
{
	uint64_t ms;
	int ret;

	(void)argc;
	/* Within 32 bits the kernel knows what it takes. */
	ret = cvm_parse_u64("MS", argv[0], 1, UINT32_MAX, &ms);
	if (ret)
		return ret;
	return config_set(VMSR_A_CONFIG_PERIOD_MS, ms,
			  cvm_fmt("setting the period to %s ms (100 to 10000)", argv[0]));
}

int cmd_set_policy(int argc, char **argv)
{
	unsigned int policy;
	int ret;

	(void)argc;
	ret = cvm_parse_choice("POLICY", argv[0], policies, &policy);
	if (ret)
		return ret;
	return config_set(VMSR_A_CONFIG_POLICY, policy,
			  cvm_fmt("setting the policy '%s'", argv[0]));
}

int cmd_set_threshold(int argc, char **argv)
{
	struct cvm_genl *nl;
	struct nl_msg *msg;
	uint64_t uw = 0;
	uint32_t id;
	int ret;

	(void)argc;
	if (strcmp(argv[1], "none") && !vm_watts(argv[1], &uw))
		return cvm_error(CVM_USAGE, cvm_fmt("WATTS: '%s' is no power", argv[1]), NULL,
				 "a decimal number of watts such as 12.5, at least 0.000001; or none");
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = vm_resolve(nl, argv[0], &id);
	if (!ret) {
		msg = cvm_genl_msg(nl, VMSR_CMD_VM_SET, 0);
		nla_put_u32(msg, VMSR_A_VM_ID, id);
		nla_put_u64(msg, VMSR_A_VM_THRESHOLD_UW, uw);
		ret = cvm_genl_do(nl, msg, cvm_fmt("setting the threshold of the VM '%s'", argv[0]),
				  NULL, NULL);
	}
	cvm_genl_close(nl);
	return ret;
}
