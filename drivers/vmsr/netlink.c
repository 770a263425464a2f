// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vmsr": what there is, for the host's
 * administrator. Described in Documentation/netlink/specs/vmsr.yaml.
 *
 * Energy is a side channel: everything here needs CAP_NET_ADMIN in the first
 * user namespace.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "vmsr.h"

static struct genl_family vmsr_family;

/* Under vmsr_lock: the family is there, so events can be sent. */
static bool vmsr_netlink_up;

/* ---- VMs ---- */

static const struct nla_policy vm_get_policy[VMSR_A_VM_ID + 1] = {
	[VMSR_A_VM_ID] = { .type = NLA_U32 },
};

static const struct nla_policy attach_policy[VMSR_A_VM_PID + 1] = {
	[VMSR_A_VM_NAME] = { .type = NLA_NUL_STRING, .len = VMSR_NAME_SIZE - 1 },
	[VMSR_A_VM_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static int put_share(struct sk_buff *msg, struct vmsr_vm *vm,
		     const struct vmsr_package *package)
{
	struct vmsr_vcpu *vcpu;
	struct nlattr *nest;
	unsigned long id;
	u64 energy = 0;
	s64 ns = 0;

	xa_for_each(&vm->vcpus, id, vcpu) {
		energy += vcpu->account->slots[package->index].energy;
		ns += vcpu->account->slots[package->index].ns;
	}
	if (vm->overhead) {
		energy += vm->overhead->slots[package->index].energy;
		ns += vm->overhead->slots[package->index].ns;
	}
	if (!energy && !ns)
		return 0;
	nest = nla_nest_start(msg, VMSR_A_VM_SHARE);
	if (!nest ||
	    nla_put_u32(msg, VMSR_A_SHARE_PACKAGE, package->index) ||
	    nla_put_u64_64bit(msg, VMSR_A_SHARE_NS, ns, VMSR_A_SHARE_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_SHARE_UNITS, energy,
			      VMSR_A_SHARE_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_vm_figures(struct sk_buff *msg, struct vmsr_vm *vm)
{
	struct vmsr_energy e = {};

	vmsr_vm_energy(vm, &e);
	if (nla_put_u64_64bit(msg, VMSR_A_VM_VCPU_UJ, e.vcpu_uj,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_OVERHEAD_UJ, e.overhead_uj,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_VCPU_NS, e.vcpu_ns,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_OVERHEAD_NS, e.overhead_ns,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_POWER_UW, e.power_uw,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_UPDATED_NS, e.updated_ns,
			      VMSR_A_VM_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VM_UPDATES, e.updates,
			      VMSR_A_VM_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_threshold(struct sk_buff *msg, const struct vmsr_vm *vm)
{
	if (nla_put_u64_64bit(msg, VMSR_A_VM_THRESHOLD_UW, vm->threshold_uw,
			      VMSR_A_VM_PAD) ||
	    nla_put_u32(msg, VMSR_A_VM_ABOVE, vm->above))
		return -EMSGSIZE;
	return 0;
}

/* @cb: of a dump, or NULL */
static int put_vm(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		  struct netlink_callback *cb, struct vmsr_vm *vm)
{
	struct vmsr_package *package;
	void *hdr = genlmsg_put(msg, portid, seq, &vmsr_family, flags,
				VMSR_CMD_VM_GET);
	int err;

	lockdep_assert_held(&vmsr_lock);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VMSR_A_VM_ID, vm->id) ||
	    nla_put_string(msg, VMSR_A_VM_NAME, vm->name) ||
	    nla_put_u32(msg, VMSR_A_VM_OWNER, vm->owner) ||
	    nla_put_u32(msg, VMSR_A_VM_PID, vmsr_vm_pid(vm)) ||
	    nla_put_u32(msg, VMSR_A_VM_INTERFACE, vm->interface) ||
	    nla_put_u32(msg, VMSR_A_VM_VCPUS, vm->nr_present) ||
	    put_threshold(msg, vm) ||
	    put_vm_figures(msg, vm))
		goto full;
	cpus_read_lock();
	err = 0;
	list_for_each_entry(package, &vmsr_packages, node)
		err = err ?: put_share(msg, vm, package);
	cpus_read_unlock();
	if (err)
		goto full;
	/* Not before: a mark on a message that is taken back is lost. */
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	genlmsg_end(msg, hdr);
	return 0;

full:
	genlmsg_cancel(msg, hdr);
	return -EMSGSIZE;
}

static int vm_get_do(struct sk_buff *skb, struct genl_info *info)
{
	struct vmsr_vm *vm;
	struct sk_buff *msg;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_ID))
		return -EINVAL;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&vmsr_lock);
	vm = vmsr_vm_find(nla_get_u32(info->attrs[VMSR_A_VM_ID]));
	err = vm ? put_vm(msg, info->snd_portid, info->snd_seq, 0, NULL, vm) :
		   -ENOENT;
	mutex_unlock(&vmsr_lock);
	if (!err)
		return genlmsg_reply(msg, info);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VMSR_A_VM_ID],
				    "there is no such VM");
	nlmsg_free(msg);
	return err;
}

static int vm_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	unsigned long id = cb->args[0];
	struct vmsr_vm *vm;

	mutex_lock(&vmsr_lock);
	cb->seq = vmsr_vms_generation();
	for (; (vm = vmsr_vm_next(&id)); id++)
		if (put_vm(skb, NETLINK_CB(cb->skb).portid,
			   cb->nlh->nlmsg_seq, NLM_F_MULTI, cb, vm))
			break;
	mutex_unlock(&vmsr_lock);
	cb->args[0] = id;
	return skb->len;
}

static int attach_do(struct sk_buff *skb, struct genl_info *info)
{
	char name[VMSR_NAME_SIZE] = "";
	struct sk_buff *msg;
	void *hdr;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_PID))
		return -EINVAL;
	if (info->attrs[VMSR_A_VM_NAME])
		nla_strscpy(name, info->attrs[VMSR_A_VM_NAME], sizeof(name));
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &vmsr_family, 0, VMSR_CMD_ATTACH);
	ret = vmsr_vm_attach(nla_get_u32(info->attrs[VMSR_A_VM_PID]), name,
			     info->extack);
	if (ret < 0) {
		nlmsg_free(msg);
		return ret;
	}
	/* Both fit into an empty message. */
	nla_put_u32(msg, VMSR_A_VM_ID, ret);
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int detach_do(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_ID))
		return -EINVAL;
	return vmsr_vm_detach(nla_get_u32(info->attrs[VMSR_A_VM_ID]),
			      info->extack);
}

static const struct nla_policy vm_set_policy[VMSR_A_VM_THRESHOLD_UW + 1] = {
	[VMSR_A_VM_ID] = { .type = NLA_U32 },
	[VMSR_A_VM_THRESHOLD_UW] = { .type = NLA_U64 },
};

static int vm_set_do(struct sk_buff *skb, struct genl_info *info)
{
	struct vmsr_vm *vm;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_ID) ||
	    GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_THRESHOLD_UW))
		return -EINVAL;
	mutex_lock(&vmsr_lock);
	vm = vmsr_vm_find(nla_get_u32(info->attrs[VMSR_A_VM_ID]));
	if (vm) {
		vmsr_vm_set_threshold(vm,
				      nla_get_u64(info->attrs[VMSR_A_VM_THRESHOLD_UW]));
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VMSR_A_VM_ID],
				    "there is no such VM");
		err = -ENOENT;
	}
	mutex_unlock(&vmsr_lock);
	return err;
}

static const struct nla_policy helper_policy[VMSR_A_VM_PID + 1] = {
	[VMSR_A_VM_ID] = { .type = NLA_U32 },
	[VMSR_A_VM_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static void say_no_helper(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case 0:
		break;
	case -ESRCH:
		NL_SET_ERR_MSG(extack, "there is no such process");
		break;
	case -EINVAL:
		NL_SET_ERR_MSG(extack,
			       "this is a thread, or the VM has no overhead");
		break;
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "this process belongs to a VM already");
		break;
	default:
		NL_SET_ERR_MSG(extack, "no memory for another process");
		break;
	}
}

static int helper_add_do(struct sk_buff *skb, struct genl_info *info)
{
	struct vmsr_vm *vm;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_ID) ||
	    GENL_REQ_ATTR_CHECK(info, VMSR_A_VM_PID))
		return -EINVAL;
	mutex_lock(&vmsr_lock);
	vm = vmsr_vm_find(nla_get_u32(info->attrs[VMSR_A_VM_ID]));
	if (vm) {
		err = vmsr_helper_add(vm, nla_get_u32(info->attrs[VMSR_A_VM_PID]),
				      true);
		say_no_helper(err, info->extack);
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VMSR_A_VM_ID],
				    "there is no such VM");
		err = -ENOENT;
	}
	mutex_unlock(&vmsr_lock);
	return err;
}

/* ---- vCPUs ---- */

static const struct nla_policy vcpu_get_policy[VMSR_A_VCPU_VM + 1] = {
	[VMSR_A_VCPU_VM] = { .type = NLA_U32 },
};

static int put_vcpu(struct sk_buff *msg, struct netlink_callback *cb,
		    const struct vmsr_vm *vm, const struct vmsr_vcpu *vcpu)
{
	void *hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &vmsr_family, NLM_F_MULTI,
				VMSR_CMD_VCPU_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VMSR_A_VCPU_VM, vm->id) ||
	    nla_put_u32(msg, VMSR_A_VCPU_ID, vcpu->id) ||
	    nla_put_u32(msg, VMSR_A_VCPU_TID,
			vcpu->task ? vcpu->task->tid : 0) ||
	    nla_put_u32(msg, VMSR_A_VCPU_PACKAGE, vcpu->package) ||
	    nla_put_u32(msg, VMSR_A_VCPU_CORE, vcpu->core) ||
	    nla_put_u64_64bit(msg, VMSR_A_VCPU_UJ,
			      vmsr_units_to_uj(vcpu->account->energy),
			      VMSR_A_VCPU_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_VCPU_NS, vcpu->account->shown_ns,
			      VMSR_A_VCPU_PAD)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(msg, hdr);
	return 0;
}

/* What a dump of vCPUs is at: args[1] of its callback. */
enum {
	VCPUS_BEGIN,
	VCPUS_THERE,
	VCPUS_GONE,
};

static int vcpu_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *attrs[ARRAY_SIZE(vcpu_get_policy)];
	unsigned long id = cb->args[0];
	struct vmsr_vcpu *vcpu;
	struct vmsr_vm *vm;
	int err;

	err = genlmsg_parse(cb->nlh, &vmsr_family, attrs,
			    ARRAY_SIZE(attrs) - 1, vcpu_get_policy, cb->extack);
	if (err)
		return err;
	if (!attrs[VMSR_A_VCPU_VM]) {
		NL_SET_ERR_MSG(cb->extack, "the VM is missing");
		return -EINVAL;
	}
	mutex_lock(&vmsr_lock);
	vm = vmsr_vm_find(nla_get_u32(attrs[VMSR_A_VCPU_VM]));
	if (!vm && cb->args[1] == VCPUS_BEGIN) {
		NL_SET_ERR_MSG(cb->extack, "there is no such VM");
		err = -ENOENT;
	} else if (!vm) {
		/* Its end says that what came before it is not whole. */
		cb->seq = VCPUS_GONE;
	} else {
		cb->seq = VCPUS_THERE;
		cb->args[1] = VCPUS_THERE;
		xa_for_each_start(&vm->vcpus, id, vcpu, id)
			if (put_vcpu(skb, cb, vm, vcpu))
				break;
		cb->args[0] = vcpu ? id : ULONG_MAX >> 1;
	}
	mutex_unlock(&vmsr_lock);
	return err ?: skb->len;
}

/* ---- packages ---- */

static const struct nla_policy package_get_policy[VMSR_A_PACKAGE_INDEX + 1] = {
	[VMSR_A_PACKAGE_INDEX] = { .type = NLA_U32 },
};

static unsigned int cpus_online(const struct vmsr_package *package)
{
	unsigned int cpu, n = 0;

	for_each_cpu_and(cpu, &package->cpus, cpu_online_mask)
		n++;
	return n;
}

static int put_package_energy(struct sk_buff *msg,
			      const struct vmsr_package *p)
{
	const struct {
		int attr;
		u64 value;
	} values[] = {
		{ VMSR_A_PACKAGE_UJ, vmsr_units_to_uj(p->energy) },
		{ VMSR_A_PACKAGE_VMS_UJ, vmsr_units_to_uj(p->vms_energy) },
		{ VMSR_A_PACKAGE_REST_UJ, vmsr_units_to_uj(p->rest_energy) },
		{ VMSR_A_PACKAGE_IDLE_UJ, vmsr_units_to_uj(p->idle_energy) },
		{ VMSR_A_PACKAGE_UNITS, p->energy },
		{ VMSR_A_PACKAGE_VMS_UNITS, p->vms_energy },
		{ VMSR_A_PACKAGE_DEPARTED_UNITS, p->departed_energy },
		{ VMSR_A_PACKAGE_REST_UNITS, p->rest_energy },
		{ VMSR_A_PACKAGE_IDLE_UNITS, p->idle_energy },
		{ VMSR_A_PACKAGE_READS, p->reads },
		{ VMSR_A_PACKAGE_READ_ERRORS, p->read_errors },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (nla_put_u64_64bit(msg, values[i].attr, values[i].value,
				      VMSR_A_PACKAGE_PAD))
			return -EMSGSIZE;
	return 0;
}

static int put_package(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		       const struct vmsr_package *p)
{
	void *hdr = genlmsg_put(msg, portid, seq, &vmsr_family, flags,
				VMSR_CMD_PACKAGE_GET);

	lockdep_assert_held(&vmsr_lock);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VMSR_A_PACKAGE_INDEX, p->index) ||
	    nla_put_u32(msg, VMSR_A_PACKAGE_ID, p->id) ||
	    nla_put_u32(msg, VMSR_A_PACKAGE_DIE, p->die) ||
	    nla_put_u32(msg, VMSR_A_PACKAGE_CPUS, cpus_online(p)) ||
	    nla_put_string(msg, VMSR_A_PACKAGE_SOURCE,
			   vmsr_packages_source()->name) ||
	    nla_put_u32(msg, VMSR_A_PACKAGE_SHIFT, p->shift) ||
	    nla_put_u32(msg, VMSR_A_PACKAGE_ACTIVE, vmsr_sampler_active()) ||
	    put_package_energy(msg, p)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int package_get_do(struct sk_buff *skb, struct genl_info *info)
{
	struct vmsr_package *package;
	struct sk_buff *msg;
	int err = -ENOENT;

	if (GENL_REQ_ATTR_CHECK(info, VMSR_A_PACKAGE_INDEX))
		return -EINVAL;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&vmsr_lock);
	cpus_read_lock();
	list_for_each_entry(package, &vmsr_packages, node)
		if (package->index ==
		    nla_get_u32(info->attrs[VMSR_A_PACKAGE_INDEX]))
			err = put_package(msg, info->snd_portid, info->snd_seq,
					  0, package);
	cpus_read_unlock();
	mutex_unlock(&vmsr_lock);
	if (!err)
		return genlmsg_reply(msg, info);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[VMSR_A_PACKAGE_INDEX],
				    "there is no such package");
	nlmsg_free(msg);
	return err;
}

static int package_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vmsr_package *package;

	mutex_lock(&vmsr_lock);
	cpus_read_lock();
	list_for_each_entry(package, &vmsr_packages, node) {
		if (package->index < cb->args[0])
			continue;
		if (put_package(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, NLM_F_MULTI, package))
			break;
		cb->args[0] = package->index + 1;
	}
	cpus_read_unlock();
	mutex_unlock(&vmsr_lock);
	return skb->len;
}

/* ---- what holds for all ---- */

static const struct nla_policy config_policy[VMSR_A_CONFIG_POLICY + 1] = {
	[VMSR_A_CONFIG_PERIOD_MS] = NLA_POLICY_RANGE(NLA_U32,
						     VMSR_PERIOD_MS_MIN,
						     VMSR_PERIOD_MS_MAX),
	[VMSR_A_CONFIG_POLICY] = NLA_POLICY_MAX(NLA_U32, VMSR_POLICY_CORE),
};

static int put_config(struct sk_buff *msg)
{
	u64 errors, checks = vmsr_check_results(&errors);

	lockdep_assert_held(&vmsr_lock);
	if (nla_put_u32(msg, VMSR_A_CONFIG_PERIOD_MS,
			div_u64(vmsr_sampler_period_ns(), NSEC_PER_MSEC)) ||
	    nla_put_u32(msg, VMSR_A_CONFIG_POLICY, vmsr_sampler_policy()) ||
	    nla_put_string(msg, VMSR_A_CONFIG_SOURCE,
			   vmsr_packages_source()->name) ||
	    nla_put_u32(msg, VMSR_A_CONFIG_TDP_WATTS, vmsr_tdp_watts) ||
	    nla_put_u32(msg, VMSR_A_CONFIG_MAX_VMS, vmsr_max_vms) ||
	    nla_put_u64_64bit(msg, VMSR_A_CONFIG_CHECKS, checks,
			      VMSR_A_CONFIG_PAD) ||
	    nla_put_u64_64bit(msg, VMSR_A_CONFIG_CHECK_ERRORS, errors,
			      VMSR_A_CONFIG_PAD))
		return -EMSGSIZE;
	return 0;
}

static int config_get_do(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &vmsr_family, 0,
				VMSR_CMD_CONFIG_GET);
	mutex_lock(&vmsr_lock);
	err = hdr ? put_config(msg) : -EMSGSIZE;
	mutex_unlock(&vmsr_lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int config_set_do(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *period = info->attrs[VMSR_A_CONFIG_PERIOD_MS];
	struct nlattr *policy = info->attrs[VMSR_A_CONFIG_POLICY];
	enum vmsr_policy p;
	u32 ms;

	if (!period && !policy) {
		NL_SET_ERR_MSG(info->extack, "neither a period nor a policy is given");
		return -EINVAL;
	}
	if (policy && nla_get_u32(policy) == VMSR_POLICY_CORE &&
	    !vmsr_packages_source()->core_msr) {
		NL_SET_ERR_MSG_ATTR(info->extack, policy,
				    "this source does not measure cores");
		return -EOPNOTSUPP;
	}
	mutex_lock(&vmsr_lock);
	ms = div_u64(vmsr_sampler_period_ns(), NSEC_PER_MSEC);
	p = vmsr_sampler_policy();
	vmsr_sampler_set(period ? nla_get_u32(period) : ms,
			 policy ? nla_get_u32(policy) : p);
	mutex_unlock(&vmsr_lock);
	return 0;
}

/* ---- events ---- */

static int put_event(struct sk_buff *msg, struct vmsr_vm *vm,
		     enum vmsr_cmd event, u64 power_uw)
{
	if (nla_put_u32(msg, VMSR_A_VM_ID, vm->id) ||
	    nla_put_string(msg, VMSR_A_VM_NAME, vm->name) ||
	    nla_put_u32(msg, VMSR_A_VM_OWNER, vm->owner) ||
	    nla_put_u32(msg, VMSR_A_VM_PID, pid_nr(vm->pid)))
		return -EMSGSIZE;
	switch (event) {
	case VMSR_CMD_VM_REMOVED:
		return put_vm_figures(msg, vm);
	case VMSR_CMD_POWER_CROSSED:
		if (nla_put_u64_64bit(msg, VMSR_A_VM_POWER_UW, power_uw,
				      VMSR_A_VM_PAD))
			return -EMSGSIZE;
		return put_threshold(msg, vm);
	default:
		return 0;
	}
}

/**
 * vmsr_netlink_tell - send an event
 * @vm: the VM
 * @event: VMSR_CMD_VM_ADDED, VMSR_CMD_VM_REMOVED or VMSR_CMD_POWER_CROSSED
 * @power_uw: for the last of these
 *
 * Who does not listen misses it; without memory all do.
 */
void vmsr_netlink_tell(struct vmsr_vm *vm, enum vmsr_cmd event, u64 power_uw)
{
	struct sk_buff *msg;
	void *hdr;

	lockdep_assert_held(&vmsr_lock);
	if (!vmsr_netlink_up ||
	    !genl_has_listeners(&vmsr_family, &init_net, 0))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, &vmsr_family, 0, event);
	if (!hdr || put_event(msg, vm, event, power_uw)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast(&vmsr_family, msg, 0, 0, GFP_KERNEL);
}

/* ---- the family ---- */

static const struct genl_ops vmsr_ops[] = {
	{
		.cmd = VMSR_CMD_VM_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = vm_get_do,
		.dumpit = vm_get_dump,
		.policy = vm_get_policy,
		.maxattr = ARRAY_SIZE(vm_get_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_VCPU_GET,
		.flags = GENL_ADMIN_PERM,
		.dumpit = vcpu_get_dump,
		.policy = vcpu_get_policy,
		.maxattr = ARRAY_SIZE(vcpu_get_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_PACKAGE_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = package_get_do,
		.dumpit = package_get_dump,
		.policy = package_get_policy,
		.maxattr = ARRAY_SIZE(package_get_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_ATTACH,
		.flags = GENL_ADMIN_PERM,
		.doit = attach_do,
		.policy = attach_policy,
		.maxattr = ARRAY_SIZE(attach_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_DETACH,
		.flags = GENL_ADMIN_PERM,
		.doit = detach_do,
		.policy = vm_get_policy,
		.maxattr = ARRAY_SIZE(vm_get_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_CONFIG_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = config_get_do,
	},
	{
		.cmd = VMSR_CMD_CONFIG_SET,
		.flags = GENL_ADMIN_PERM,
		.doit = config_set_do,
		.policy = config_policy,
		.maxattr = ARRAY_SIZE(config_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_VM_SET,
		.flags = GENL_ADMIN_PERM,
		.doit = vm_set_do,
		.policy = vm_set_policy,
		.maxattr = ARRAY_SIZE(vm_set_policy) - 1,
	},
	{
		.cmd = VMSR_CMD_HELPER_ADD,
		.flags = GENL_ADMIN_PERM,
		.doit = helper_add_do,
		.policy = helper_policy,
		.maxattr = ARRAY_SIZE(helper_policy) - 1,
	},
};

static const struct genl_multicast_group vmsr_groups[] = {
	{ .name = VMSR_GENL_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

static struct genl_family vmsr_family __ro_after_init = {
	.name = VMSR_GENL_NAME,
	.version = VMSR_GENL_VERSION,
	.ops = vmsr_ops,
	.n_ops = ARRAY_SIZE(vmsr_ops),
	.mcgrps = vmsr_groups,
	.n_mcgrps = ARRAY_SIZE(vmsr_groups),
	.module = THIS_MODULE,
};

/**
 * vmsr_netlink_init - register the family
 *
 * Return: 0 or a negative errno after a message.
 */
int vmsr_netlink_init(void)
{
	int err = genl_register_family(&vmsr_family);

	if (err)
		pr_err("the netlink family %s cannot be registered (%d)\n",
		       VMSR_GENL_NAME, err);
	mutex_lock(&vmsr_lock);
	vmsr_netlink_up = !err;
	mutex_unlock(&vmsr_lock);
	return err;
}

/**
 * vmsr_netlink_exit - unregister the family
 */
void vmsr_netlink_exit(void)
{
	mutex_lock(&vmsr_lock);
	vmsr_netlink_up = false;
	mutex_unlock(&vmsr_lock);
	genl_unregister_family(&vmsr_family);
}
