// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/aspt/table.c drivers/psp/firmware.c -lcrypto
/* aspctl: the AMD Secure Processor and its SEV firmware. */
#include "aspctl.h"

#define FILE_DETAILS	"FILE is replaced as a whole or not at all; - is standard output."
#define INIT_DETAILS	"A platform that is not initialized is, for the moment."

static const struct cvm_command commands[] = {
	{ .path = "check", .run = cmd_check,
	  .help = "whether this machine can host SNP guests",
	  .details = "One line a requirement: ok, no or unknown, what was found, and what to do.\n"
		     "Registers of the processor can be read by root with the module msr loaded.\n"
		     "Exit status: 0 all are met, 3 one at least is not, 2 none is known to be\n"
		     "unmet but some could not be found out." },
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
	{ .path = "cert export", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .options = cert_export_options, .run = cmd_cert_export,
	  .help = "write the platform's certificates PDH, PEK, OCA, CEK to a file",
	  .details = FILE_DETAILS "\n" INIT_DETAILS },
	{ .path = "cert chain", .synopsis = "[FILE]", .max_args = 1,
	  .options = cert_chain_options, .run = cmd_cert_chain,
	  .help = "show certificates and verify who signed them",
	  .details = "FILE is what `cert export` wrote, in any order; - is standard input.\n"
		     "Without FILE it is this platform's. Each signature is good, bad or not checkable.\n"
		     "Exit status: 2 when one is bad or, with --ca, when not all are good.\n"
		     "That the ARK is AMD's is for you to know: compare its SHA-256." },
	{ .path = "pek gen", .run = cmd_pek_gen,
	  .help = "make a new PEK, OCA and PDH; ends an ownership", .details = INIT_DETAILS },
	{ .path = "pek csr", .synopsis = "FILE", .min_args = 1, .max_args = 1, .run = cmd_pek_csr,
	  .help = "write the PEK without signatures, for its owner to sign",
	  .details = FILE_DETAILS "\n" INIT_DETAILS },
	{ .path = "pek import", .synopsis = "PEK OCA", .min_args = 2, .max_args = 2,
	  .run = cmd_pek_import,
	  .help = "take the signed PEK and its owner's certificate: the platform is owned",
	  .details = "Both are checked before the firmware is asked.\n" INIT_DETAILS },
	{ .path = "pdh gen", .run = cmd_pdh_gen,
	  .help = "make a new Diffie-Hellman key", .details = INIT_DETAILS },
	{ .path = "pdh export", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .run = cmd_pdh_export,
	  .help = "write the PDH's certificate alone to a file",
	  .details = FILE_DETAILS "\n" INIT_DETAILS },
	{ .path = "reset", .run = cmd_reset,
	  .help = "forget all keys and certificates of the platform",
	  .details = "An initialized platform is shut down first; running guests prevent it." },
	{ .path = "snp status", .run = cmd_snp_status,
	  .help = "version and state of SNP, from the firmware" },
	{ .path = "snp commit", .run = cmd_snp_commit,
	  .help = "commit the firmware that runs: no older one can be loaded any more" },
	{ .path = "snp config", .options = snp_config_options, .run = cmd_snp_config,
	  .help = "show or set what attestation reports say of the platform",
	  .details = "Without an option it is shown. What no option names stays as it is." },
	{ .path = "snp vlek", .synopsis = "FILE", .min_args = 1, .max_args = 1, .run = cmd_snp_vlek,
	  .help = "load a versioned loaded endorsement key, as AMD's server gives it" },
	{ .path = "monitor", .options = monitor_options, .run = cmd_monitor,
	  .help = "counters and states of the drivers as they change",
	  .details = "On a terminal it is a screen. In a pipe it is first each value and then one\n"
		     "line for each change, with --json one document a line. Devices that come and\n"
		     "go are told too. Nothing is sent to the firmware. Ends with a signal." },
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
