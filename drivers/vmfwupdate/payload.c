// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma_alloc_coherent() is exactly what is needed: zeroed, physically contiguous,
 * and made readable for the hypervisor in a confidential guest, with the plain
 * guest physical address as its handle. Its largest block is one of the page
 * allocator's, 4 MiB.
 */
#include <linux/dma-mapping.h>

#include "payload.h"

/**
 * fwup_payload_alloc() - gets contiguous, shared memory
 * @payload: to be filled in
 * @dev: the device that owns it
 * @size: how many bytes
 *
 * Return: 0, or -ENOMEM.
 */
int fwup_payload_alloc(struct fwup_payload *payload, struct device *dev, size_t size)
{
	payload->data = dma_alloc_coherent(dev, size, &payload->addr,
					   GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!payload->data)
		return -ENOMEM;
	payload->size = size;
	return 0;
}

/**
 * fwup_payload_free() - gives the memory back, private again
 * @payload: empty afterwards
 * @dev: as it was allocated for
 */
void fwup_payload_free(struct fwup_payload *payload, struct device *dev)
{
	if (payload->data)
		dma_free_coherent(dev, payload->size, payload->data, payload->addr);
	fwup_payload_lose(payload);
}

/**
 * fwup_payload_lose() - gives the memory up for good
 * @payload: empty afterwards
 *
 * For memory that the hypervisor could not be made to forget: at the next reset
 * it would run whatever lies there.
 */
void fwup_payload_lose(struct fwup_payload *payload)
{
	memset(payload, 0, sizeof(*payload));
}
