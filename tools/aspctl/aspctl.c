// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/aspt/table.c drivers/psp/firmware.c
/* aspctl: the AMD Secure Processor and its SEV firmware. */
#include "aspctl.h"

static const struct cvm_command commands[] = {
	{ .path = "show", .run = cmd_show,
	  .help = "the processor as the drivers see it: registers, interrupt, counters" },
	{ .path = "table", .synopsis = "[FILE]", .max_args = 1, .run = cmd_table,
	  .help = "decode an ACPI table ASPT and say what is wrong with a bad one",
	  .details = "FILE is a whole table with its header; - is standard input. Without FILE\n"
		     "it is this machine's, " ASPT_TABLE_FILE ".\n"
		     "No driver and no such hardware is needed." },
	{ .path = "status", .run = cmd_status,
	  .help = "version and state of the SEV platform, from its firmware" },
	{ .path = "id", .run = cmd_id,
	  .help = "unique id of each socket's processor" },
	{ .path = "snp status", .run = cmd_snp_status,
	  .help = "version and state of SNP, from the firmware" },
	{ }
};

static const struct cvm_tool tool = {
	.name = "aspctl",
	.summary = "shows and manages the AMD Secure Processor and its SEV firmware",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return cvm_main(&tool, argc, argv);
}
