// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface of the vmfwupdate specification: five little files, of which
 * bios-addr takes the guest physical address of the new firmware.
 *
 *	cap		u64 LE	bit 0: the BIOS region can be resized
 *	bios-size	u32 LE	size of the region, writable with that capability
 *	opaque		1024 bytes that survive the replacement
 *	disable		u8	writing it disables the interface until the reset
 *	bios-addr	u64 LE	the replacement, bios-size bytes, or 0
 *
 * The hypervisor reads the replacement at the reset, not before.
 */
#include <linux/kernel.h>

#include "update.h"

#define CAP_BIOS_RESIZE		BIT_ULL(0)

/* The launch of a confidential guest measures firmware by pages. */
#define GRANULE			4096

enum { CAP, BIOS_SIZE, OPAQUE, DISABLE, BIOS_ADDR };

static const struct fwup_file_rule bios_addr_files[] = {
	[CAP]		= { "vmfwupdate/cap", { 8 } },
	[BIOS_SIZE]	= { "vmfwupdate/bios-size", { 4 } },
	[OPAQUE]	= { "vmfwupdate/opaque", { 1024 } },
	[DISABLE]	= { "vmfwupdate/disable", { 1 } },
	[BIOS_ADDR]	= { "vmfwupdate/bios-addr", { 8 } },
};

static int get_size(struct fwup *fw, u32 *size)
{
	__le32 v;
	int ret = fwup_read_item(fw, BIOS_SIZE, &v, sizeof(v));

	*size = ret ? 0 : le32_to_cpu(v);
	return ret;
}

static int bios_addr_start(struct fwup *fw)
{
	fw->opaque_size = fw->file[OPAQUE].size;
	return 0;
}

static int bios_addr_capabilities(struct fwup *fw, u64 *bits)
{
	__le64 v;
	int ret = fwup_read_item(fw, CAP, &v, sizeof(v));

	*bits = ret ? 0 : le64_to_cpu(v);
	return ret;
}

static int bios_addr_address(struct fwup *fw, u64 *addr)
{
	__le64 v;
	int ret = fwup_read_item(fw, BIOS_ADDR, &v, sizeof(v));

	*addr = ret ? 0 : le64_to_cpu(v);
	return ret;
}

static int bios_addr_disabled(struct fwup *fw, bool *disabled)
{
	u8 v = 0;
	int ret = fwup_read_item(fw, DISABLE, &v, sizeof(v));

	*disabled = v;
	return ret;
}

static int bios_addr_limits(struct fwup *fw, struct fwup_limits *limits)
{
	u32 region;
	u64 cap;
	int ret;

	ret = bios_addr_capabilities(fw, &cap);
	if (!ret)
		ret = get_size(fw, &region);
	if (ret)
		return ret;
	*limits = (struct fwup_limits) {
		.region = region,
		.max = FWUP_IMAGE_MAX,
		.granule = GRANULE,
		.resizable = !!(cap & CAP_BIOS_RESIZE),
		.reset_vector = true,
	};
	return 0;
}

static int bios_addr_status(struct fwup *fw, const char **word)
{
	bool disabled;
	u64 addr;
	int ret;

	ret = bios_addr_disabled(fw, &disabled);
	if (!ret)
		ret = bios_addr_address(fw, &addr);
	if (!ret)
		*word = disabled ? "disabled" : addr ? "pending" : "none";
	return ret;
}

/* Writes an address and makes sure that the hypervisor took it. */
static int set_address(struct fwup *fw, u64 addr)
{
	__le64 v = cpu_to_le64(addr);
	u64 now;
	int ret;

	ret = fwup_write_item(fw, BIOS_ADDR, &v, sizeof(v));
	if (!ret)
		ret = bios_addr_address(fw, &now);
	if (!ret && now != addr)
		ret = fwup_fail(fw, -EIO, "the hypervisor holds address 0x%llx instead of 0x%llx",
				now, addr);
	return ret;
}

/*
 * The specification lets a hypervisor ignore a size that it cannot provide, so
 * only what it says afterwards counts.
 */
static int set_size(struct fwup *fw, u32 size)
{
	__le32 v = cpu_to_le32(size);
	u32 now;
	int ret;

	ret = fwup_write_item(fw, BIOS_SIZE, &v, sizeof(v));
	if (!ret)
		ret = get_size(fw, &now);
	if (!ret && now != size)
		ret = fwup_fail(fw, -EINVAL,
				"the hypervisor did not resize the BIOS region to %u bytes, it has %u",
				size, now);
	return ret;
}

static int restore_size(struct fwup *fw)
{
	int ret;

	if (!fw->region_before)
		return 0;
	ret = set_size(fw, fw->region_before);
	if (!ret)
		fw->region_before = 0;
	return ret;
}

static int bios_addr_arm(struct fwup *fw)
{
	u32 region;
	int ret;

	ret = get_size(fw, &region);
	if (ret)
		return ret;
	if (region != fw->payload.size) {
		if (!fw->region_before)
			fw->region_before = region;
		ret = set_size(fw, fw->payload.size);
		if (ret)
			return ret;
	}
	return set_address(fw, fw->payload.addr);
}

/* The address matters; a size that stays wrong is only reported. */
static int bios_addr_disarm(struct fwup *fw)
{
	int ret = set_address(fw, 0);

	if (!ret)
		restore_size(fw);
	return ret;
}

static int bios_addr_disable(struct fwup *fw)
{
	const u8 one = 1;
	bool disabled;
	int ret;

	ret = fwup_write_item(fw, DISABLE, &one, sizeof(one));
	if (!ret)
		ret = bios_addr_disabled(fw, &disabled);
	if (!ret && !disabled)
		ret = fwup_fail(fw, -EIO, "the hypervisor did not disable its interface");
	return ret;
}

static int bios_addr_opaque_read(struct fwup *fw, void *buf)
{
	return fwup_read_item(fw, OPAQUE, buf, fw->opaque_size);
}

static int bios_addr_opaque_write(struct fwup *fw, const void *buf)
{
	return fwup_write_item(fw, OPAQUE, buf, fw->opaque_size);
}

const struct fwup_backend fwup_bios_addr = {
	.name = "bios-addr",
	.key_file = "vmfwupdate/bios-addr",
	.files = bios_addr_files,
	.nr_files = ARRAY_SIZE(bios_addr_files),
	.start = bios_addr_start,
	.limits = bios_addr_limits,
	.capabilities = bios_addr_capabilities,
	.address = bios_addr_address,
	.disabled = bios_addr_disabled,
	.status = bios_addr_status,
	.arm = bios_addr_arm,
	.disarm = bios_addr_disarm,
	.disable = bios_addr_disable,
	.opaque_read = bios_addr_opaque_read,
	.opaque_write = bios_addr_opaque_write,
};
