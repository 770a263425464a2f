// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody says how long an image will be before its last byte is written, so it
 * grows page by page in private memory. The contiguous, shared copy is made when
 * its size is known and has been found right.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "image.h"

/**
 * fwup_image_init() - an empty image
 * @img: to be filled in
 */
void fwup_image_init(struct fwup_image *img)
{
	memset(img, 0, sizeof(*img));
	xa_init(&img->pages);
}

/**
 * fwup_image_clear() - drops everything written
 * @img: empty afterwards, and ready for another
 */
void fwup_image_clear(struct fwup_image *img)
{
	unsigned long index;
	struct page *page;

	xa_for_each(&img->pages, index, page)
		__free_page(page);
	xa_destroy(&img->pages);
	img->size = 0;
	img->expected = 0;
	img->number = 0;
}

static struct page *fwup_image_page(struct fwup_image *img, unsigned long index)
{
	struct page *page = xa_load(&img->pages, index);
	int ret;

	if (page)
		return page;
	/* Charged to the writer, and an error for it rather than an OOM kill. */
	page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!page)
		return NULL;
	ret = xa_err(xa_store(&img->pages, index, page, GFP_KERNEL));
	if (ret) {
		__free_page(page);
		return NULL;
	}
	return page;
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
		struct page *page = fwup_image_page(img, pos >> PAGE_SHIFT);
		size_t n = min_t(size_t, len, PAGE_SIZE - offset_in_page(pos));

		if (!page)
			return -ENOMEM;
		memcpy(page_address(page) + offset_in_page(pos), buf, n);
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
		struct page *page = xa_load(&img->pages, pos >> PAGE_SHIFT);
		size_t n = min_t(size_t, len - done, PAGE_SIZE - offset_in_page(pos));

		memcpy(buf + done, page_address(page) + offset_in_page(pos), n);
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
