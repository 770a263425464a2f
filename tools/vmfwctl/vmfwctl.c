// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/vmfwupdate/verdict.c
// link: -lcrypto
/* vmfwctl: a guest brings its own firmware. */
#include <openssl/crypto.h>

#include "vmfwctl.h"

static const struct cvm_command commands[] = {
	{ .path = "status", .run = cmd_status,
	  .help = "what the hypervisor offers, what is staged or armed, what runs now" },
	{ .path = "stage", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .options = stage_options, .run = cmd_stage,
	  .help = "check a firmware image and hand it to the driver",
	  .details = "FILE is a raw image, just as it shall lie below 4 GiB; - is standard input.\n"
		     "Nothing is replaced before it is armed and the machine is reset." },
	{ .path = "arm", .run = cmd_arm,
	  .help = "offer the staged image to the hypervisor: the next reset starts it" },
	{ .path = "cancel", .run = cmd_cancel,
	  .help = "take a staged or armed image back" },
	{ .path = "revert", .run = cmd_revert,
	  .help = "make the next reset start the hypervisor's own firmware" },
	{ .path = "disable", .run = cmd_disable,
	  .help = "refuse every update until the next reset" },
	{ .path = "opaque read", .synopsis = "[FILE]", .max_args = 1,
	  .run = cmd_opaque_read,
	  .help = "the bytes that survive the replacement" },
	{ .path = "opaque write", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .run = cmd_opaque_write,
	  .help = "replace these bytes, with zeros after the end of FILE" },
	{ .path = "inspect", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .run = cmd_inspect,
	  .help = "what a firmware image or an IGVM file says of itself" },
	{ .path = "measure", .synopsis = "FILE", .min_args = 1, .max_args = 1,
	  .options = measure_options, .run = cmd_measure,
	  .help = "the launch digest of a guest that starts with a firmware",
	  .details = "FILE is a raw image, or an IGVM file for SEV-SNP. The digest stands alone\n"
		     "on standard output, as in the attestation report of such a guest." },
	{ .path = "find", .options = find_options, .run = cmd_find,
	  .help = "the firmware that QEMU's descriptors offer, and why the rest does not fit" },
	{ }
};

static const struct cvm_tool tool = {
	.name = "vmfwctl",
	.summary = "replaces this guest's firmware at its next reset",
	.commands = commands,
};

int main(int argc, char **argv)
{
	/* Digests are the same whatever its configuration says, and that takes time to read. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return cvm_main(&tool, argc, argv);
}
