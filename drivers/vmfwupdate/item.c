// SPDX-License-Identifier: GPL-2.0-only
/* A backend's files, with errors that name them. */
#include <linux/kernel.h>

#include "update.h"

static int item_failed(struct fwup *fw, int file, const char *verb, int err)
{
	const char *name = fw->backend->files[file].name;

	if (err == -ETIMEDOUT)
		return fwup_fail(fw, err,
				 "the hypervisor did not finish to %s %s; it is left alone from now on",
				 verb, name);
	if (fw->cfg.wedged)
		return fwup_fail(fw, err,
				 "%s cannot be used since the hypervisor did not finish an operation",
				 name);
	if (err == -EBUSY)
		return fwup_fail(fw, err,
				 "no access to %s: somebody keeps the ACPI global lock", name);
	return fwup_fail(fw, err, "the hypervisor refused to %s %s (error %d)", verb, name, err);
}

/**
 * fwup_read_item() - reads the beginning of one of the backend's files
 * @fw: the update
 * @file: its place among the backend's files
 * @buf: private memory for the copy
 * @len: how many bytes
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_read_item(struct fwup *fw, int file, void *buf, u32 len)
{
	int ret = fwcfg_read(&fw->cfg, &fw->file[file], buf, len);

	return ret ? item_failed(fw, file, "read", ret) : 0;
}

/**
 * fwup_write_item() - writes the beginning of one of the backend's files
 * @fw: the update
 * @file: its place among the backend's files
 * @buf: the bytes, written in one operation
 * @len: how many
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_write_item(struct fwup *fw, int file, const void *buf, u32 len)
{
	int ret = fwcfg_write(&fw->cfg, &fw->file[file], buf, len);

	return ret ? item_failed(fw, file, "write", ret) : 0;
}
