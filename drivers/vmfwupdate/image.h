/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An image as it is being written: in private memory, in order, from its start.
 */
#ifndef VMFWUPDATE_IMAGE_H
#define VMFWUPDATE_IMAGE_H

#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "verdict.h"

/* As much as the page allocator still has at hand, at the price of one page. */
#define FWUP_BLOCK_SIZE	SZ_32K

/**
 * struct fwup_image - an image, perhaps not all of it yet
 * @blocks: its pieces of FWUP_BLOCK_SIZE by number
 * @size: bytes written so far
 * @expected: bytes announced beforehand, or 0
 * @number: which image since the module was loaded, or 0: there is none
 */
struct fwup_image {
	struct xarray blocks;
	u64 size;
	u64 expected;
	unsigned long number;
};

void fwup_image_init(struct fwup_image *img);
void fwup_image_clear(struct fwup_image *img);
void *fwup_image_block_alloc(void);
int fwup_image_append_block(struct fwup_image *img, void *block);
int fwup_image_append(struct fwup_image *img, const void *buf, size_t len);
size_t fwup_image_read(struct fwup_image *img, u64 pos, void *buf, size_t len);
void fwup_image_tail(struct fwup_image *img, u8 tail[FWUP_TAIL_SIZE]);

#endif
