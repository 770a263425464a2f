// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmsr: the energy of virtual machines. See vmsr.h for how the parts fit.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "vmsr.h"

/* The guest's register has 15 bits of 1/8 W. */
#define TDP_WATTS_MAX	4095

#define MAX_WATTS_MIN	100
#define MAX_WATTS_MAX	1000000

static char *source = "auto";
module_param(source, charp, 0444);
MODULE_PARM_DESC(source, "where energy is read: auto (default), intel-msr, amd-msr");

static unsigned int period_ms = 1000;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "how often energy is shared out and shown, 100 to 10000 ms (default 1000)");

static char *policy = "capacity";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "what energy is divided by: capacity (all CPU time, default), busy (that which was used), core (what AMD's cores measure, and all CPU time)");

/* How many VMs there may be. */
unsigned int vmsr_max_vms = 4096;
module_param_named(max_vms, vmsr_max_vms, uint, 0444);
MODULE_PARM_DESC(max_vms, "how many VMs there may be (default 4096)");

/* What guests are told of the power that their processor is made for. */
unsigned int vmsr_tdp_watts = 100;
module_param_named(tdp_watts, vmsr_tdp_watts, uint, 0444);
MODULE_PARM_DESC(tdp_watts, "TDP that guests see, 1 to 4095 W (default 100)");

/* What shows more is broken. */
unsigned int vmsr_max_watts = 4000;
module_param_named(max_watts, vmsr_max_watts, uint, 0444);
MODULE_PARM_DESC(max_watts, "no package of the host draws more, 100 to 1000000 W (default 4000)");

static const char *const policies[] = {
	[VMSR_POLICY_CAPACITY] = "capacity",
	[VMSR_POLICY_BUSY] = "busy",
	[VMSR_POLICY_CORE] = "core",
};

static int check_parameters(enum vmsr_policy *p)
{
	int i = match_string(policies, ARRAY_SIZE(policies), policy);

	if (i < 0) {
		pr_err("policy=%s is not known; choose capacity, busy or core\n",
		       policy);
		return -EINVAL;
	}
	if (period_ms < VMSR_PERIOD_MS_MIN || period_ms > VMSR_PERIOD_MS_MAX) {
		pr_err("period_ms=%u is not between %u and %u\n", period_ms,
		       VMSR_PERIOD_MS_MIN, VMSR_PERIOD_MS_MAX);
		return -EINVAL;
	}
	/* Zero would make a guest's turbostat give up. */
	if (!vmsr_tdp_watts || vmsr_tdp_watts > TDP_WATTS_MAX) {
		pr_err("tdp_watts=%u is not between 1 and %u\n",
		       vmsr_tdp_watts, TDP_WATTS_MAX);
		return -EINVAL;
	}
	if (vmsr_max_watts < MAX_WATTS_MIN || vmsr_max_watts > MAX_WATTS_MAX) {
		pr_err("max_watts=%u is not between %u and %u\n",
		       vmsr_max_watts, MAX_WATTS_MIN, MAX_WATTS_MAX);
		return -EINVAL;
	}
	*p = i;
	return 0;
}

static int __init vmsr_init(void)
{
	const struct vmsr_source *s;
	enum vmsr_policy p;
	int err;

	err = check_parameters(&p);
	if (err)
		return err;
	s = vmsr_source_find(source);
	if (!s)
		return -ENODEV;
	if (p == VMSR_POLICY_CORE && !s->core_msr) {
		pr_err("policy=core needs cores that are measured, which source %s does not have\n",
		       s->name);
		return -EINVAL;
	}
	err = vmsr_packages_init(s);
	if (err)
		return err;
	err = vmsr_accounting_init();
	if (err)
		goto err_packages;
	err = vmsr_sampler_init(period_ms, p);
	if (err)
		goto err_accounting;
	err = vmsr_powercap_init();
	if (err)
		goto err_sampler;
	err = vmsr_netlink_init();
	if (err)
		goto err_powercap;
	err = vmsr_cdev_init();
	if (err)
		goto err_netlink;
	pr_info("energy of %u package%s from %s, every %u ms, by %s\n",
		vmsr_packages_count(), vmsr_packages_count() == 1 ? "" : "s",
		s->name, period_ms, policy);
	return 0;

err_netlink:
	vmsr_netlink_exit();
	vmsr_vms_exit();
err_powercap:
	vmsr_powercap_exit();
err_sampler:
	vmsr_sampler_exit();
err_accounting:
	vmsr_accounting_exit();
err_packages:
	vmsr_packages_exit();
	return err;
}

static void __exit vmsr_exit(void)
{
	vmsr_cdev_exit();
	vmsr_netlink_exit();
	vmsr_vms_exit();
	vmsr_powercap_exit();
	vmsr_sampler_exit();
	vmsr_accounting_exit();
	vmsr_packages_exit();
	/* Threads and processes are freed after a grace period. */
	rcu_barrier();
}

module_init(vmsr_init);
module_exit(vmsr_exit);

MODULE_DESCRIPTION("Energy of virtual machines, as virtual RAPL");
MODULE_AUTHOR("cvm-modules");
MODULE_LICENSE("GPL");
