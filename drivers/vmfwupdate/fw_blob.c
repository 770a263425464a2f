// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface of vmfwupdate as its code was published, in six revisions:
 *
 *	cap		u64 LE	bits whose meaning changed between revisions
 *	bios-size	u32 LE (first revision) or u64 LE, read-only
 *	opaque-blob	4096 bytes that survive; 1024 in the first revision, whose
 *			directory says 1 GiB
 *	disable		u8	writing it disables the interface
 *	fw-blob		size and address of the replacement, address 0 for none
 *
 * The first revision's size has 32 bits and 32 of padding: the same bytes.
 * The hypervisor aborts at the reset, and the machine is gone, unless the size
 * is a multiple of 64 KiB and at most bios-size. A size of 0 makes it forget
 * bios-size, after which any size is too large. It clears nothing on a reset.
 */
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "update.h"

#define GRANULE			SZ_64K
#define OPAQUE_FIRST		1024u

enum { CAP, BIOS_SIZE, OPAQUE, DISABLE, FW_BLOB };

static const struct fwup_file_rule fw_blob_files[] = {
	[CAP]		= { "vmfwupdate/cap", { 8 } },
	[BIOS_SIZE]	= { "vmfwupdate/bios-size", { 8, 4 } },
	[OPAQUE]	= { "vmfwupdate/opaque-blob", { FWCFG_DATA_SIZE, OPAQUE_FIRST, SZ_1G } },
	[DISABLE]	= { "vmfwupdate/disable", { 1 } },
	[FW_BLOB]	= { "vmfwupdate/fw-blob", { 16 } },
};

struct blob {
	__le64 size;
	__le64 addr;
};

static int fw_blob_start(struct fwup *fw)
{
	fw->opaque_size = fw->file[OPAQUE].size;
	if (fw->opaque_size > FWCFG_DATA_SIZE)
		fw->opaque_size = OPAQUE_FIRST;
	return 0;
}

static int get_region(struct fwup *fw, u64 *region)
{
	__le64 v = 0;
	int ret = fwup_read_item(fw, BIOS_SIZE, &v, fw->file[BIOS_SIZE].size);

	/* The low half comes first: four bytes are a small number of eight. */
	*region = ret ? 0 : le64_to_cpu(v);
	return ret;
}

static int get_blob(struct fwup *fw, struct blob *blob)
{
	return fwup_read_item(fw, FW_BLOB, blob, sizeof(*blob));
}

/* Writes size and address, and makes sure that both were taken. */
static int set_blob(struct fwup *fw, u64 size, u64 addr)
{
	struct blob blob = { cpu_to_le64(size), cpu_to_le64(addr) }, now;
	int ret;

	ret = fwup_write_item(fw, FW_BLOB, &blob, sizeof(blob));
	if (!ret)
		ret = get_blob(fw, &now);
	if (!ret && (now.size != blob.size || now.addr != blob.addr))
		ret = fwup_fail(fw, -EIO,
				"the hypervisor holds %llu bytes at 0x%llx instead of %llu at 0x%llx",
				le64_to_cpu(now.size), le64_to_cpu(now.addr), size, addr);
	return ret;
}

static int fw_blob_capabilities(struct fwup *fw, u64 *bits)
{
	__le64 v;
	int ret = fwup_read_item(fw, CAP, &v, sizeof(v));

	*bits = ret ? 0 : le64_to_cpu(v);
	return ret;
}

static int fw_blob_address(struct fwup *fw, u64 *addr)
{
	struct blob blob;
	int ret = get_blob(fw, &blob);

	*addr = ret ? 0 : le64_to_cpu(blob.addr);
	return ret;
}

static int fw_blob_disabled(struct fwup *fw, bool *disabled)
{
	u8 v = 0;
	int ret = fwup_read_item(fw, DISABLE, &v, sizeof(v));

	*disabled = v;
	return ret;
}

/*
 * BIOS_RESIZE is bit 2 in some revisions and bit 0 in others, and none sets the
 * one that it defines: no size above the present one is ever asked for.
 */
static int fw_blob_limits(struct fwup *fw, struct fwup_limits *limits)
{
	u64 region;
	int ret = get_region(fw, &region);

	if (ret)
		return ret;
	*limits = (struct fwup_limits) {
		.region = region,
		.max = min_t(u64, region, FWUP_IMAGE_MAX),
		.granule = GRANULE,
		.resizable = true,
		.reset_vector = true,
	};
	return 0;
}

static int fw_blob_status(struct fwup *fw, const char **word)
{
	bool disabled;
	u64 addr;
	int ret;

	ret = fw_blob_disabled(fw, &disabled);
	if (!ret)
		ret = fw_blob_address(fw, &addr);
	if (ret)
		return ret;
	/* Nothing tells an address that a reset took from one ignored, or written since. */
	*word = disabled ? "disabled" : addr ? "pending" : fw->found ? "was-armed" : "none";
	return 0;
}

/* Would the hypervisor survive a reset with this size? */
static int check_size(struct fwup *fw)
{
	u64 region;
	int ret = get_region(fw, &region);

	if (ret)
		return ret;
	if (!fw->payload.size || fw->payload.size % GRANULE || fw->payload.size > region)
		return fwup_fail(fw, -EINVAL,
				 "%zu bytes would make the hypervisor abort: not a multiple of %u up to %llu",
				 fw->payload.size, GRANULE, region);
	return 0;
}

static int fw_blob_arm(struct fwup *fw)
{
	int ret = check_size(fw);

	if (!ret)
		ret = set_blob(fw, fw->payload.size, fw->payload.addr);
	/* It may have changed its mind about the region by that. */
	if (!ret)
		ret = check_size(fw);
	return ret;
}

/*
 * An address of 0 with the size as it is. Where there is no address nothing is
 * written, since the size may be 0 then.
 */
static int fw_blob_disarm(struct fwup *fw)
{
	struct blob blob;
	u64 size;
	int ret;

	ret = get_blob(fw, &blob);
	if (ret || !blob.addr)
		return ret;
	size = le64_to_cpu(blob.size);
	return set_blob(fw, size ?: GRANULE, 0);
}

static int fw_blob_disable(struct fwup *fw)
{
	const u8 one = 1;
	bool disabled;
	int ret;

	ret = fwup_write_item(fw, DISABLE, &one, sizeof(one));
	if (!ret)
		ret = fw_blob_disabled(fw, &disabled);
	if (!ret && !disabled)
		ret = fwup_fail(fw, -EIO, "the hypervisor did not disable its interface");
	return ret;
}

static int fw_blob_opaque_read(struct fwup *fw, void *buf)
{
	return fwup_read_item(fw, OPAQUE, buf, fw->opaque_size);
}

static int fw_blob_opaque_write(struct fwup *fw, const void *buf)
{
	return fwup_write_item(fw, OPAQUE, buf, fw->opaque_size);
}

const struct fwup_backend fwup_fw_blob = {
	.name = "fw-blob",
	.key_file = "vmfwupdate/fw-blob",
	.files = fw_blob_files,
	.nr_files = ARRAY_SIZE(fw_blob_files),
	.keeps = true,
	.start = fw_blob_start,
	.limits = fw_blob_limits,
	.capabilities = fw_blob_capabilities,
	.address = fw_blob_address,
	.disabled = fw_blob_disabled,
	.status = fw_blob_status,
	.arm = fw_blob_arm,
	.disarm = fw_blob_disarm,
	.disable = fw_blob_disable,
	.opaque_read = fw_blob_opaque_read,
	.opaque_write = fw_blob_opaque_write,
};
