// SPDX-License-Identifier: GPL-2.0-only
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
