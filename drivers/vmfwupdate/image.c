// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody says how long an image will be before its last byte is written, so it
 * grows block by block in private memory. The contiguous, shared copy is made when
 * its size is known and has been found right.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "image.h"

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

/**
 * fwup_image_block_alloc() - room for FWUP_BLOCK_SIZE bytes of an image
 *
 * Charged to the writer, and an error for it rather than an OOM kill.
 *
 * Return: the block, for kvfree() or fwup_image_append_block(), or NULL.
 */
void *fwup_image_block_alloc(void)
{
	return kvmalloc(FWUP_BLOCK_SIZE, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
}

static int fwup_image_store(struct fwup_image *img, u64 pos, void *block)
{
	return xa_err(xa_store(&img->blocks, pos / FWUP_BLOCK_SIZE, block, GFP_KERNEL));
}

static void *fwup_image_block(struct fwup_image *img, u64 pos)
{
	void *block = xa_load(&img->blocks, pos / FWUP_BLOCK_SIZE);

	if (block)
		return block;
	block = fwup_image_block_alloc();
	if (block && fwup_image_store(img, pos, block)) {
		kvfree(block);
		block = NULL;
	}
	return block;
}

/**
 * fwup_image_append_block() - adds a whole block at the end
 * @img: the image, of so many whole blocks
 * @block: the block, which belongs to the image afterwards
 *
 * Return: 0, or -ENOMEM with nothing added and the block still the caller's.
 */
int fwup_image_append_block(struct fwup_image *img, void *block)
{
	int ret = fwup_image_store(img, img->size, block);

	if (!ret)
		img->size += FWUP_BLOCK_SIZE;
	return ret;
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
		size_t n = min_t(size_t, len, FWUP_BLOCK_SIZE - pos % FWUP_BLOCK_SIZE);

		if (!block)
			return -ENOMEM;
		memcpy(block + pos % FWUP_BLOCK_SIZE, buf, n);
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
		void *block = xa_load(&img->blocks, pos / FWUP_BLOCK_SIZE);
		size_t n = min_t(size_t, len - done, FWUP_BLOCK_SIZE - pos % FWUP_BLOCK_SIZE);

		memcpy(buf + done, block + pos % FWUP_BLOCK_SIZE, n);
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
