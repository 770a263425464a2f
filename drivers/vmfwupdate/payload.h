/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contiguous memory that the hypervisor can read: the image as it will be taken.
 */
#ifndef VMFWUPDATE_PAYLOAD_H
#define VMFWUPDATE_PAYLOAD_H

#include <linux/device.h>
#include <linux/types.h>

/**
 * struct fwup_payload - one contiguous, shared copy
 * @data: where the kernel sees it, or NULL for none
 * @addr: its guest physical address
 * @size: its length
 * @pages: how many pages were taken in place of what was there, or 0: none
 */
struct fwup_payload {
	void *data;
	dma_addr_t addr;
	size_t size;
	unsigned long pages;
};

/* What helps when there is none. */
#define FWUP_PAYLOAD_HINT \
	"boot with movablecore=256M, which keeps memory that can be cleared for it, or arm earlier"

int fwup_payload_alloc(struct fwup_payload *payload, struct device *dev, size_t size);
void fwup_payload_free(struct fwup_payload *payload, struct device *dev);
void fwup_payload_lose(struct fwup_payload *payload);

#endif
