// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl events: VMs that come and go, and powers that cross their threshold. */
#include <stdlib.h>
#include <time.h>

#include <linux/genetlink.h>

#include "vmsrctl.h"

/* A signal that comes just before poll() is seen after it. */
#define LONGEST_WAIT_MS	500

static uint64_t count;

const struct cvm_option events_options[] = {
	{ .name = "count", .letter = 'n', .kind = CVM_OPT_U64, .argument = "N",
	  .value = &count, .min = 1, .max = UINT32_MAX,
	  .help = "end after so many events" },
	{ }
};

/*
 * struct listening - what is listened for
 * @all: every VM
 * @only: or this one alone
 * @told: how many events so far
 * @over: no more of them
 */
struct listening {
	bool all;
	uint32_t only;
	uint64_t told;
	bool over;
};

static const char *now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return time_text(ts.tv_sec * 1000000000ll + ts.tv_nsec);
}

static void start(const char *event, const char *time, const struct vm *vm)
{
	cvm_out_string("time", NULL, time);
	cvm_out_string("event", NULL, event);
	cvm_out_u64("id", NULL, vm->id);
	cvm_out_string("name", NULL, vm->name);
	cvm_out_string("owner", NULL, vm_owner(vm));
	cvm_out_u64("pid", NULL, vm->pid);
}

static void added(const char *time, const char *label, const struct vm *vm)
{
	start("vm-added", time, vm);
	cvm_out_format(NULL, label, "added (%s), process %u", vm_owner(vm), vm->pid);
}

static void removed(const char *time, const char *label, const struct vm *vm)
{
	start("vm-removed", time, vm);
	cvm_out_u64("vcpu_uj", NULL, vm->vcpu_uj);
	cvm_out_u64("overhead_uj", NULL, vm->overhead_uj);
	cvm_out_u64("vcpu_ns", NULL, vm->vcpu_ns);
	cvm_out_u64("overhead_ns", NULL, vm->overhead_ns);
	cvm_out_format(NULL, label, "removed, vCPU %s, overhead %s",
		       cvm_quantity(vm->vcpu_uj, CVM_MICROJOULE),
		       cvm_quantity(vm->overhead_uj, CVM_MICROJOULE));
}

static void crossed(const char *time, const char *label, const struct vm *vm)
{
	start("power-crossed", time, vm);
	cvm_out_u64("power_uw", NULL, vm->power_uw);
	cvm_out_u64("threshold_uw", NULL, vm->threshold_uw);
	cvm_out_bool("above", NULL, vm->above);
	cvm_out_format(NULL, label, "power %s to %s, threshold %s", vm->above ? "rose" : "fell",
		       cvm_quantity(vm->power_uw, CVM_MICROWATT),
		       cvm_quantity(vm->threshold_uw, CVM_MICROWATT));
}

static int tell(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[VMSR_A_VM_MAX + 1];
	const char *label, *time = now();
	struct listening *l = arg;
	struct vm vm;
	uint8_t cmd;

	if (l->over || !vm_parse(hdr, &vm, attrs) || !(l->all || vm.id == l->only))
		return CVM_OK;
	label = cvm_fmt("%s %u %s", time, vm.id, vm.name);
	cmd = genlmsg_hdr(hdr)->cmd;
	switch (cmd) {
	case VMSR_CMD_VM_ADDED:
		added(time, label, &vm);
		break;
	case VMSR_CMD_VM_REMOVED:
		removed(time, label, &vm);
		break;
	case VMSR_CMD_POWER_CROSSED:
		crossed(time, label, &vm);
		break;
	default:
		return CVM_OK;
	}
	l->over = ++l->told == count || (!l->all && cmd == VMSR_CMD_VM_REMOVED);
	return cvm_out_flush();
}

/* By a connection of its own: answers and events would mix. */
static int choose(struct listening *l, const char *word)
{
	struct vm_list list = {};
	struct cvm_genl *nl;
	int ret = vmsr_open(&nl);

	if (ret)
		return ret;
	ret = vm_resolve(nl, word, &l->only);
	if (!ret)
		ret = vm_list_get(nl, &list);
	if (!ret && !vm_find(list.vms, list.nr, l->only))
		ret = cvm_error(CVM_ABSENT, cvm_fmt("looking for the VM '%s'", word),
				"there is no such VM", "vmsrctl list shows the VMs there are");
	free(list.vms);
	cvm_genl_close(nl);
	return ret;
}

/* The group goes with the module, without a word. */
static int family_event(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	(void)arg;
	if (genlmsg_hdr(hdr)->cmd != CTRL_CMD_DELFAMILY ||
	    genlmsg_parse(hdr, 0, attrs, CTRL_ATTR_MAX, NULL) || !attrs[CTRL_ATTR_FAMILY_NAME] ||
	    nla_strcmp(attrs[CTRL_ATTR_FAMILY_NAME], VMSR_GENL_NAME))
		return CVM_OK;
	return cvm_error(CVM_ABSENT, "waiting for events", "the module vmsr was unloaded", NULL);
}

static int hear(struct cvm_genl *families, const char *word)
{
	struct listening l = { .all = !word };
	struct cvm_genl *nl;
	int ret = vmsr_open(&nl);

	if (ret)
		return ret;
	/* First the events, so that the VM does not end between the two. */
	ret = cvm_genl_listen(nl, VMSR_GENL_EVENTS);
	if (!ret && word)
		ret = choose(&l, word);
	if (!ret)
		cvm_note("listening");
	while (!ret && !l.over && !cvm_stopped()) {
		ret = cvm_genl_wait(nl, LONGEST_WAIT_MS, tell, &l);
		/* That some were lost has to be told now, not with the next one. */
		if (!ret)
			ret = cvm_out_flush();
		if (!ret && !l.over)
			ret = cvm_genl_wait(families, 0, family_event, NULL);
	}
	cvm_genl_close(nl);
	return ret;
}

int cmd_events(int argc, char **argv)
{
	struct cvm_genl *families;
	int ret;

	(void)argc;
	cvm_stop_on_signal();
	ret = cvm_genl_open(&families, "nlctrl", "genetlink");
	if (ret)
		return ret;
	ret = cvm_genl_listen(families, "notify");
	if (!ret)
		ret = hear(families, argv[0]);
	cvm_genl_close(families);
	return ret;
}
