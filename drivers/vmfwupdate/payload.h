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
 */
struct fwup_payload {
	void *data;
	dma_addr_t addr;
	size_t size;
};

int fwup_payload_alloc(struct fwup_payload *payload, struct device *dev, size_t size);
void fwup_payload_free(struct fwup_payload *payload, struct device *dev);
void fwup_payload_lose(struct fwup_payload *payload);

#endif
