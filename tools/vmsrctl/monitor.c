// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl monitor: a line for each VM and period. */
#include <stdlib.h>
#include <time.h>

#include "vmsrctl.h"

static uint64_t count;

const struct cvm_option monitor_options[] = {
	{ .name = "count", .letter = 'n', .kind = CVM_OPT_U64, .argument = "N",
	  .value = &count, .min = 1, .max = UINT32_MAX,
	  .help = "end after so many periods" },
	{ }
};

const char *time_text(int64_t ns)
{
	time_t seconds = ns / 1000000000;
	unsigned int ms = ns / 1000000 % 1000;
	struct tm tm = {};
	char text[32];

	if (cvm_json()) {
		gmtime_r(&seconds, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		return cvm_fmt("%s.%03uZ", text, ms);
	}
	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return cvm_fmt("%s.%03u", text, ms);
}

static int line(const struct follow *f, const struct vm *vm, const struct vm *before)
{
	const char *time = time_text(vm->updated_ns + f->offset_ns);
	const char *label = cvm_fmt("%s %u %s", time, vm->id, vm->name);
	uint64_t ns = before ? vm->updated_ns - before->updated_ns : 0, vcpu, overhead;

	cvm_out_string("time", NULL, time);
	cvm_out_u64("updated_ns", NULL, vm->updated_ns);
	cvm_out_u64("id", NULL, vm->id);
	cvm_out_string("name", NULL, vm->name);
	cvm_out_u64("power_uw", NULL, vm->power_uw);
	if (ns) {
		vcpu = vm_mean_uw(before->vcpu_uj, vm->vcpu_uj, ns);
		overhead = vm_mean_uw(before->overhead_uj, vm->overhead_uj, ns);
		cvm_out_u64("vcpu_uw", NULL, vcpu);
		cvm_out_u64("overhead_uw", NULL, overhead);
		cvm_out_format(NULL, label, "%s, vCPU %s, overhead %s",
			       cvm_quantity(vm->power_uw, CVM_MICROWATT),
			       cvm_quantity(vcpu, CVM_MICROWATT),
			       cvm_quantity(overhead, CVM_MICROWATT));
	} else {
		cvm_out_none("vcpu_uw", NULL, NULL);
		cvm_out_none("overhead_uw", NULL, NULL);
		cvm_out_string(NULL, label, cvm_quantity(vm->power_uw, CVM_MICROWATT));
	}
	cvm_out_u64("vcpu_uj", NULL, vm->vcpu_uj);
	cvm_out_u64("overhead_uj", NULL, vm->overhead_uj);
	cvm_out_u64("vcpu_ns", NULL, vm->vcpu_ns);
	cvm_out_u64("overhead_ns", NULL, vm->overhead_ns);
	return cvm_out_flush();
}

static int lines(const struct follow *f, bool all, uint32_t only)
{
	const struct vm *vm, *before;
	int ret = CVM_OK;
	size_t i;

	for (i = 0; i < f->now.nr && !ret; i++) {
		vm = &f->now.vms[i];
		before = vm_find(f->before.vms, f->before.nr, vm->id);
		if ((all || vm->id == only) &&
		    (!before || before->updated_ns != vm->updated_ns))
			ret = line(f, vm, before);
	}
	return ret;
}

int cmd_monitor(int argc, char **argv)
{
	uint32_t only = 0;
	struct follow f;
	uint64_t n = 0;
	int ret;

	cvm_stop_on_signal();
	ret = follow_open(&f);
	if (ret)
		return ret;
	if (argc)
		ret = vm_resolve(f.nl, argv[0], &only);
	/* Stopped before the first look, it does not know. */
	if (!ret && argc && !cvm_stopped() && !vm_find(f.now.vms, f.now.nr, only))
		ret = cvm_error(CVM_ABSENT, cvm_fmt("looking for the VM '%s'", argv[0]),
				"there is no such VM", "vmsrctl list shows the VMs there are");
	while (!ret && !cvm_stopped()) {
		ret = lines(&f, !argc, only);
		if (count && ++n == count)
			break;
		if (!ret)
			ret = follow_next(&f);
		/* The one that was asked for has ended, and so has this. */
		if (!ret && argc && !vm_find(f.now.vms, f.now.nr, only))
			break;
	}
	follow_close(&f);
	return ret;
}
