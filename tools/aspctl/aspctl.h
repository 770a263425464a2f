/* SPDX-License-Identifier: GPL-2.0-only */
/* What aspctl's subcommands share. */
#ifndef ASPCTL_H
#define ASPCTL_H

#include "cvmtool.h"
#include "machine.h"

#include <linux/psp_sev.h>

#define ASPT_TABLE_FILE	"/sys/firmware/acpi/tables/ASPT"
#define ASPT_SYSFS	"/sys/bus/platform/devices/aspt"
#define PSP_SYSFS	"/sys/bus/platform/devices/psp"

int cmd_show(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_id(int argc, char **argv);
int cmd_cert_export(int argc, char **argv);
int cmd_cert_chain(int argc, char **argv);
int cmd_pek_gen(int argc, char **argv);
int cmd_pek_csr(int argc, char **argv);
int cmd_pek_import(int argc, char **argv);
int cmd_pdh_gen(int argc, char **argv);
int cmd_pdh_export(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_snp_status(int argc, char **argv);
int cmd_snp_commit(int argc, char **argv);
int cmd_snp_config(int argc, char **argv);
int cmd_snp_vlek(int argc, char **argv);
int cmd_monitor(int argc, char **argv);

extern const struct cvm_option cert_export_options[];
extern const struct cvm_option cert_chain_options[];
extern const struct cvm_option snp_config_options[];
extern const struct cvm_option monitor_options[];

/* ---- the firmware behind /dev/sev (sev.c, advice.c) ---- */

/*
 * sev_open - open /dev/sev
 * @write: for commands that change something
 *
 * Return: CVM_OK with *@fd set, or CVM_FAIL or CVM_ABSENT after a message.
 */
int sev_open(bool write, int *fd);

/*
 * sev_issue - one command
 * @cmd: &enum psp_sev_cmd
 * @data: its structure, or NULL
 * @status: the firmware's status
 *
 * Return: 0, or a negative errno. Silent.
 */
int sev_issue(int fd, unsigned int cmd, void *data, unsigned int *status);

/*
 * sev_error - report what sev_issue() returned
 * @cmd: &enum psp_sev_cmd
 * @err: its negative errno
 * @status: the firmware's status
 *
 * Return: CVM_FAIL or CVM_ABSENT.
 */
int sev_error(unsigned int cmd, int err, unsigned int status);

/*
 * sev_run - open /dev/sev, issue one command, close it
 * @write: as for sev_open()
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int sev_run(bool write, unsigned int cmd, void *data);

/*
 * sev_change - the same for a command without data that changes something
 *
 * Text says @done when it was; JSON names the command.
 */
int sev_change(unsigned int cmd, const char *done);

/* sev_command_name - as the firmware's publications call it */
const char *sev_command_name(unsigned int cmd);

/*
 * sev_advice - what a user can do about an error
 *
 * Arguments as for sev_error(). Return: a sentence without its point, or NULL.
 */
const char *sev_advice(unsigned int cmd, int err, unsigned int status);

/* ---- certificates (export.c) ---- */

struct sev_cert_chain;

/*
 * export_read - the platform's certificates, as the firmware has them
 * @chain: gets PDH, PEK, OCA and CEK; zeroed before
 * @data: what it points to, for free()
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int export_read(struct sev_cert_chain *chain, void **data);

/*
 * cert_add - certificates of some origin into a chain
 * @origin: for the message, "'FILE'"
 *
 * Return: CVM_OK, or CVM_FAIL after a message.
 */
int cert_add(struct sev_cert_chain *chain, const void *data, size_t size,
	     const char *origin);

/*
 * cert_add_file - the same from a file
 * @data: what the chain points to, for free()
 */
int cert_add_file(struct sev_cert_chain *chain, const char *path, void **data);

/*
 * cert_set_cek - put the CEK of a file in place of the firmware's
 * @data: what the chain points to, for free()
 *
 * AMD's server gives the same CEK with its signature. Another chip's is refused.
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int cert_set_cek(struct sev_cert_chain *chain, const char *path, void **data);

/*
 * cert_save - write certificates to a file and say so
 * @path: - is standard output, and nothing is said
 */
int cert_save(const char *path, const void *data, size_t size);

#endif
