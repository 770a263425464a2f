// SPDX-License-Identifier: GPL-2.0-only
// link: -lncursesw -ltinfo -lm
/* vmsrctl: the energy of virtual machines. */
#include "vmsrctl.h"

static const struct cvm_command commands[] = {
	{ .path = "list", .run = cmd_list,
	  .help = "all VMs: power now and energy so far" },
	{ .path = "show", .synopsis = "VM", .min_args = 1, .max_args = 1,
	  .run = cmd_show,
	  .help = "one VM with its vCPUs and the packages that it ran on",
	  .details = "VM is a number or a name from the list." },
	{ .path = "attach", .synopsis = "PID", .min_args = 1, .max_args = 1,
	  .options = attach_options, .run = cmd_attach,
	  .help = "make a VM of a process that knows nothing of vmsr",
	  .details = "Its vCPU threads are found by themselves, now and later; all its other\n"
		     "threads are overhead. The VM ends with the process, or by detach." },
	{ .path = "detach", .synopsis = "VM", .min_args = 1, .max_args = 1,
	  .run = cmd_detach,
	  .help = "end a VM that was attached; its process goes on",
	  .details = "VM is a number or a name from the list." },
	{ .path = "helper", .synopsis = "VM PID", .min_args = 2, .max_args = 2,
	  .run = cmd_helper,
	  .help = "count a process that works for a VM as its overhead",
	  .details = "From now on, until the process or the VM ends." },
	{ .path = "set", .run = cmd_set,
	  .help = "what holds for all VMs: period, policy, source",
	  .details = "'set period', 'set policy' and 'set threshold' change something." },
	{ .path = "set period", .synopsis = "MS", .min_args = 1, .max_args = 1,
	  .run = cmd_set_period,
	  .help = "how often energy is shared out, 100 to 10000 ms" },
	{ .path = "set policy", .synopsis = "POLICY", .min_args = 1, .max_args = 1,
	  .run = cmd_set_policy,
	  .help = "how it is shared out: capacity, busy or core" },
	{ .path = "set threshold", .synopsis = "VM WATTS|none", .min_args = 2, .max_args = 2,
	  .run = cmd_set_threshold,
	  .help = "a power whose crossing is an event",
	  .details = "VM is a number or a name from the list." },
	{ .path = "events", .synopsis = "[VM]", .max_args = 1, .options = events_options,
	  .run = cmd_events,
	  .help = "tell when VMs come and go and when their power crosses its threshold",
	  .details = "Runs until it is told to stop, or until the VM that was asked for ends." },
	{ .path = "watch", .options = watch_options, .run = cmd_watch,
	  .help = "attach every VM under KVM, those there are and those that start",
	  .details = "Runs until it is told to stop; the VMs stay attached. What has made\n"
		     "itself a VM of vmsr is left alone. The unit vmsr-attach runs this." },
	{ .path = "top", .options = top_options, .run = cmd_top,
	  .help = "watts of each VM now, live",
	  .details = "On a terminal h shows the keys; with --json or --batch, a table a period." },
	{ .path = "monitor", .synopsis = "[VM]", .max_args = 1, .options = monitor_options,
	  .run = cmd_monitor,
	  .help = "a line, or a JSON document, for each VM and period",
	  .details = "VM is a number or a name from the list; all of them without." },
	{ .path = "record", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .options = record_options, .run = cmd_record,
	  .help = "append what each VM used to a file, once a period",
	  .details = "Runs until it is told to stop. FILE may be an earlier recording." },
	{ .path = "plot", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .options = plot_options, .run = cmd_plot,
	  .help = "draw a recording as SVG" },
	{ .path = "metrics", .options = metrics_options, .run = cmd_metrics,
	  .help = "all figures in Prometheus's text format" },
	{ .path = "packages", .run = cmd_packages,
	  .help = "the host's energy counters and who used their energy" },
	{ }
};

static const struct cvm_tool tool = {
	.name = "vmsrctl",
	.summary = "shows the energy of virtual machines",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return cvm_main(&tool, argc, argv);
}
