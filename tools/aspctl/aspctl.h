/* SPDX-License-Identifier: GPL-2.0-only */
/* What aspctl's subcommands share. */
#ifndef ASPCTL_H
#define ASPCTL_H

#include "cvmtool.h"

#include <linux/psp_sev.h>

#define ASPT_TABLE_FILE	"/sys/firmware/acpi/tables/ASPT"
#define ASPT_SYSFS	"/sys/bus/platform/devices/aspt"
#define PSP_SYSFS	"/sys/bus/platform/devices/psp"

int cmd_show(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_id(int argc, char **argv);
int cmd_snp_status(int argc, char **argv);

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
 * @name: what the firmware calls the command
 * @err: its negative errno
 *
 * Return: CVM_FAIL or CVM_ABSENT.
 */
int sev_error(const char *name, int err, unsigned int status);

#endif
