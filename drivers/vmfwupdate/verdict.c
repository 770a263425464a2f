// SPDX-License-Identifier: GPL-2.0-only
#include <linux/types.h>

#include "verdict.h"

/**
 * fwup_limit_size() - the largest image worth taking
 * @limits: what the hypervisor takes
 *
 * Return: a number of bytes; a writer is stopped there, not only when it arms.
 */
__u64 fwup_limit_size(const struct fwup_limits *limits)
{
	if (!limits->resizable && limits->region < limits->max)
		return limits->region;
	return limits->max;
}

/*
 * All zeros or all ones: a variable store, or an image cut off in its padding.
 * More than that is not asked for, since any instruction may stand there.
 */
static int is_blank(const __u8 tail[FWUP_TAIL_SIZE])
{
	unsigned int i;

	if (tail[0] != 0 && tail[0] != 0xff)
		return 0;
	for (i = 1; i < FWUP_TAIL_SIZE; i++)
		if (tail[i] != tail[0])
			return 0;
	return 1;
}

/**
 * fwup_image_verdict() - may this image be armed?
 * @limits: what the hypervisor takes
 * @size: the image's length
 * @tail: its last 16 bytes; not looked at when it is shorter
 *
 * Return: %FWUP_IMAGE_GOOD, or the first thing that is wrong.
 */
enum fwup_verdict fwup_image_verdict(const struct fwup_limits *limits, __u64 size,
				     const __u8 tail[FWUP_TAIL_SIZE])
{
	if (!size)
		return FWUP_IMAGE_EMPTY;
	if (size > limits->max)
		return FWUP_IMAGE_TOO_LARGE;
	if (size != limits->region && !limits->resizable)
		return FWUP_IMAGE_WRONG_SIZE;
	if (size % limits->granule)
		return FWUP_IMAGE_UNALIGNED;
	if (limits->reset_vector && is_blank(tail))
		return FWUP_IMAGE_BLANK_VECTOR;
	return FWUP_IMAGE_GOOD;
}
