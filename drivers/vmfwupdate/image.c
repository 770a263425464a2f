// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody says how long an image will be before its last byte is written, so it
 * grows block by block in private memory. The contiguous, shared copy is made when
 * its size is known and has been found right.
 */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "image.h"

/* As much as the page allocator still has at hand, at the price of one page. */
#define BLOCK	SZ_32K

/**
 * fwup_image_init() - an empty image
 * @img: to be filled in
 */
void fwup_image_init(struct fwup_image *img)
{
	memset(img, 0, sizeof(*img));
	xa_init(&img->blocks);
}

/**
 * fwup_image_clear() - drops everything written
 * @img: empty afterwards, and ready for another
 */
void fwup_image_clear(struct fwup_image *img)
{
	unsigned long index;
	void *block;

	xa_for_each(&img->blocks, index, block)
		kvfree(block);
	xa_destroy(&img->blocks);
	img->size = 0;
	img->expected = 0;
	img->number = 0;
}

static void *fwup_image_block(struct fwup_image *img, u64 pos)
{
	void *block = xa_load(&img->blocks, pos / BLOCK);

	if (block)
		return block;
	/* Charged to the writer, and an error for it rather than an OOM kill. */
	block = kvmalloc(BLOCK, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (block && xa_err(xa_store(&img->blocks, pos / BLOCK, block, GFP_KERNEL))) {
		kvfree(block);
		block = NULL;
	}
	return block;
}

/**
 * fwup_image_append() - adds bytes at the end
 * @img: the image
 * @buf: the bytes
 * @len: how many
 *
 * Return: 0, or -ENOMEM with nothing added.
 */
int fwup_image_append(struct fwup_image *img, const void *buf, size_t len)
{
	u64 pos = img->size;

	while (len) {
		void *block = fwup_image_block(img, pos);
		size_t n = min_t(size_t, len, BLOCK - pos % BLOCK);

		if (!block)
			return -ENOMEM;
		memcpy(block + pos % BLOCK, buf, n);
		buf += n;
		pos += n;
		len -= n;
	}
	img->size = pos;
	return 0;
}

/**
 * fwup_image_read() - copies bytes out
 * @img: the image
 * @pos: the first byte
 * @buf: where to
 * @len: how many at most
 *
 * Return: how many there were.
 */
size_t fwup_image_read(struct fwup_image *img, u64 pos, void *buf, size_t len)
{
	size_t done = 0;

	if (pos >= img->size)
		return 0;
	len = min_t(u64, len, img->size - pos);
	while (done < len) {
		void *block = xa_load(&img->blocks, pos / BLOCK);
		size_t n = min_t(size_t, len - done, BLOCK - pos % BLOCK);

		memcpy(buf + done, block + pos % BLOCK, n);
		pos += n;
		done += n;
	}
	return len;
}

/**
 * fwup_image_tail() - the last bytes, where a processor starts
 * @img: the image
 * @tail: where to put them, zeros if there are fewer
 */
void fwup_image_tail(struct fwup_image *img, u8 tail[FWUP_TAIL_SIZE])
{
	memset(tail, 0, FWUP_TAIL_SIZE);
	if (img->size >= FWUP_TAIL_SIZE)
		fwup_image_read(img, img->size - FWUP_TAIL_SIZE, tail, FWUP_TAIL_SIZE);
}
