/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to QEMU's fw_cfg device beside the kernel's own driver of it.
 */
#ifndef VMFWUPDATE_FWCFG_H
#define VMFWUPDATE_FWCFG_H

#include <linux/device.h>
#include <linux/types.h>

#include "directory.h"

struct fwcfg_shared;

/**
 * struct fwcfg - an open fw_cfg device
 * @dev: the device that owns the shared memory, and speaks in the log
 * @base: the first I/O port
 * @shared: the descriptor and a page of data, seen by the hypervisor
 * @shared_dma: its guest physical address, below 4 GiB
 * @dir: a checked, private copy of the directory
 * @wedged: an operation never ended; the hypervisor may still write to @shared
 */
struct fwcfg {
	struct device *dev;
	u16 base;
	struct fwcfg_shared *shared;
	dma_addr_t shared_dma;
	void *dir;
	bool wedged;
};

/* The longest file that is read or written: an opaque buffer of 4 KiB. */
#define FWCFG_DATA_SIZE		4096u

int fwcfg_open(struct fwcfg *cfg, struct device *dev);
void fwcfg_close(struct fwcfg *cfg);
int fwcfg_find(const struct fwcfg *cfg, const char *name, struct fwcfg_file *file);
int fwcfg_read(struct fwcfg *cfg, const struct fwcfg_file *file, void *buf, u32 len);
int fwcfg_write(struct fwcfg *cfg, const struct fwcfg_file *file, const void *buf, u32 len);

#endif
