/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands of vmfwctl share: the driver's files in sysfs. */
#ifndef VMFWCTL_H
#define VMFWCTL_H

#include <cvmtool.h>

#include "drivers/vmfwupdate/verdict.h"

#define FW_DIR "/sys/firmware/vmfwupdate"

/*
 * struct fw_driver - what the driver says about itself and the hypervisor
 * @interface: bios-addr, fw-blob or launch-update
 * @capabilities: bits as the interface defines them
 * @igvm: it takes IGVM files, not raw images
 * @limits: which images are taken
 */
struct fw_driver {
	char interface[32];
	uint64_t capabilities;
	bool igvm;
	struct fwup_limits limits;
};

/* fw_driver_read - CVM_OK, or CVM_ABSENT or CVM_FAIL after a message */
int fw_driver_read(struct fw_driver *drv);

/* fw_text - an attribute's text, or NULL when it cannot be read */
const char *fw_text(const char *attribute);

/* fw_number - an attribute's number; CVM_OK, or CVM_FAIL after a message */
int fw_number(const char *attribute, uint64_t *value);

/* fw_present - CVM_OK, or CVM_ABSENT after a message: the driver is not there */
int fw_present(void);

/* fw_reason - what the driver says of the error @err of its own that just came */
const char *fw_reason(int err);

/* fw_write - writes an attribute; CVM_OK, or CVM_FAIL after a message */
int fw_write(const char *attribute, const char *value, const char *tried,
	     const char *next);

/*
 * opaque_load - read what is to survive the replacement
 * @whole: result for free(); as large as the buffer, with zeros after the file's end
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int opaque_load(const char *file, void **whole, size_t *whole_size, size_t *file_size);

/* opaque_store - replace the buffer; CVM_OK, or CVM_FAIL after a message */
int opaque_store(const char *file, const void *whole, size_t whole_size);

/* show_attempt - what became of the init script's image; CVM_OK, or CVM_FAIL after a message */
int show_attempt(void);

int cmd_status(int argc, char **argv);
int cmd_stage(int argc, char **argv);
int cmd_arm(int argc, char **argv);
int cmd_cancel(int argc, char **argv);
int cmd_revert(int argc, char **argv);
int cmd_disable(int argc, char **argv);
int cmd_opaque_read(int argc, char **argv);
int cmd_opaque_write(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_measure(int argc, char **argv);
int cmd_find(int argc, char **argv);

extern const struct cvm_option stage_options[];
extern const struct cvm_option measure_options[];
extern const struct cvm_option find_options[];

#endif
