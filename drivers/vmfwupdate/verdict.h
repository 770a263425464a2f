/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May this image replace the firmware? Pure logic, without a kernel in it, so
 * that a tool can ask the same question before it stages anything.
 */
#ifndef VMFWUPDATE_VERDICT_H
#define VMFWUPDATE_VERDICT_H

#include <linux/types.h>

#define FWUP_IMAGE_MAX		(64u << 20)
#define FWUP_TAIL_SIZE		16u

/**
 * struct fwup_limits - what the hypervisor takes
 * @region: bytes in the BIOS region now
 * @max: no image is larger
 * @granule: an image is a whole number of these
 * @resizable: the region follows the image's size
 * @reset_vector: the image's last bytes are where a processor starts
 */
struct fwup_limits {
	__u64 region;
	__u64 max;
	__u32 granule;
	__u8 resizable;
	__u8 reset_vector;
};

/**
 * enum fwup_verdict - why an image cannot be armed
 * @FWUP_IMAGE_GOOD: it can
 * @FWUP_IMAGE_EMPTY: there is none
 * @FWUP_IMAGE_TOO_LARGE: larger than the limit
 * @FWUP_IMAGE_UNALIGNED: not a whole number of granules
 * @FWUP_IMAGE_WRONG_SIZE: not the region's size, which cannot be changed
 * @FWUP_IMAGE_BLANK_VECTOR: no instruction where a processor starts
 */
enum fwup_verdict {
	FWUP_IMAGE_GOOD,
	FWUP_IMAGE_EMPTY,
	FWUP_IMAGE_TOO_LARGE,
	FWUP_IMAGE_UNALIGNED,
	FWUP_IMAGE_WRONG_SIZE,
	FWUP_IMAGE_BLANK_VECTOR,
};

__u64 fwup_limit_size(const struct fwup_limits *limits);
enum fwup_verdict fwup_image_verdict(const struct fwup_limits *limits, __u64 size,
				     const __u8 tail[FWUP_TAIL_SIZE]);

#endif
