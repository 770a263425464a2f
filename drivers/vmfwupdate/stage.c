// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an image comes in: in order, of one writer, and no more of it than will be taken.
 */
#include "update.h"

/* The image is of no use any more. */
static int fwup_fail_image(struct fwup *fw, int err)
{
	fwup_image_clear(&fw->image);
	fwup_set_state(fw, FWUP_FAILED);
	return err;
}

/**
 * fwup_declare() - announces the length of the next image
 * @fw: the update
 * @size: its length, or 0 to leave it open again
 *
 * With it, an image whose writer stopped halfway cannot be armed.
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_declare(struct fwup *fw, u64 size)
{
	int ret;

	lockdep_assert_held(&fw->lock);
	ret = fwup_check_idle(fw);
	if (!ret)
		ret = fw->backend->limits(fw, &fw->limits);
	if (ret)
		return ret;
	if (size > fwup_limit_size(&fw->limits))
		return fwup_fail(fw, -EFBIG,
				 "an image of %llu bytes is too large: the limit is %llu",
				 size, fwup_limit_size(&fw->limits));
	fw->declared = size;
	return 0;
}

static int fwup_begin(struct fwup *fw, unsigned long *writer)
{
	int ret;

	fwup_image_clear(&fw->image);
	ret = fw->backend->limits(fw, &fw->limits);
	if (ret)
		return fwup_fail_image(fw, ret);
	fw->image.number = ++fw->images;
	*writer = fw->image.number;
	fw->image.expected = fw->declared;
	fw->declared = 0;
	fw->last_error[0] = '\0';
	fwup_set_state(fw, FWUP_STAGED);
	return 0;
}

static int fwup_check_room(struct fwup *fw, size_t len)
{
	u64 limit = fwup_limit_size(&fw->limits);

	if (fw->image.expected && fw->image.size + len > fw->image.expected)
		return fwup_fail(fw, -EFBIG, "the image is larger than the %llu bytes announced",
				 fw->image.expected);
	if (fw->image.size + len <= limit)
		return 0;
	if (fw->limits.resizable)
		return fwup_fail(fw, -EFBIG,
				 "the image is larger than %llu bytes, the most that is taken",
				 limit);
	return fwup_fail(fw, -EFBIG,
			 "the image is larger than the BIOS region of %llu bytes, which this hypervisor cannot resize (no BIOS_RESIZE)",
			 fw->limits.region);
}

/* Is this what comes next, of an image that this writer may write? */
static int fwup_check_next(struct fwup *fw, unsigned long *writer, u64 pos, size_t len)
{
	int ret;

	lockdep_assert_held(&fw->lock);
	ret = fwup_check_idle(fw);
	if (ret)
		return ret;
	if (!pos) {
		ret = fwup_begin(fw, writer);
		if (ret)
			return ret;
	}
	if (!fw->image.number || *writer != fw->image.number)
		return fwup_fail(fw, -EBUSY, fw->image.number && *writer ?
				 "another writer has begun a new image" :
				 "an image is written from its start");
	if (pos != fw->image.size)
		return fwup_fail_image(fw, fwup_fail(fw, -EINVAL,
				"the image was written out of order: byte %llu after %llu",
				pos, fw->image.size));
	ret = fwup_check_room(fw, len);
	return ret ? fwup_fail_image(fw, ret) : 0;
}

static int fwup_fail_memory(struct fwup *fw)
{
	return fwup_fail_image(fw, fwup_fail(fw, -ENOMEM,
			"no memory for more than %llu bytes of the image", fw->image.size));
}

/**
 * fwup_stage() - takes the next bytes of an image
 * @fw: the update
 * @writer: the number of the image that this writer began, 0 at first
 * @pos: their place in the image
 * @buf: the bytes
 * @len: how many
 *
 * A write at the start begins a new image, whoever wrote before; that other
 * writer is refused from then on, so an image is never a mixture of two.
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_stage(struct fwup *fw, unsigned long *writer, u64 pos, const void *buf, size_t len)
{
	int ret = fwup_check_next(fw, writer, pos, len);

	if (!ret && fwup_image_append(&fw->image, buf, len))
		ret = fwup_fail_memory(fw);
	return ret;
}

/**
 * fwup_stage_block() - takes the next block of an image, without a copy
 * @fw: the update
 * @writer: as for fwup_stage()
 * @pos: its place in the image, a multiple of FWUP_BLOCK_SIZE
 * @block: what fwup_image_block_alloc() returned; the image's own afterwards
 *
 * Return: 0, or an error recorded by fwup_fail() with the block still the caller's.
 */
int fwup_stage_block(struct fwup *fw, unsigned long *writer, u64 pos, void *block)
{
	int ret = fwup_check_next(fw, writer, pos, FWUP_BLOCK_SIZE);

	if (!ret && (!block || fwup_image_append_block(&fw->image, block)))
		ret = fwup_fail_memory(fw);
	return ret;
}

/**
 * fwup_read_image() - reads the staged or armed image back
 * @fw: the update
 * @pos: the first byte
 * @buf: where to
 * @len: how many at most
 *
 * Return: how many there were.
 */
size_t fwup_read_image(struct fwup *fw, u64 pos, void *buf, size_t len)
{
	lockdep_assert_held(&fw->lock);
	if (!fw->payload.data)
		return fwup_image_read(&fw->image, pos, buf, len);
	if (pos >= fw->payload.size)
		return 0;
	len = min_t(u64, len, fw->payload.size - pos);
	memcpy(buf, fw->payload.data + pos, len);
	return len;
}
