// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface vm-launch-update: one file of 56 bytes that names an IGVM file
 * in memory, all numbers little-endian.
 *
 *	 0  u16	version, 1
 *	 2  u16	status of the last write: 0 good, 1 not loaded, 2 this machine
 *		was not started from an IGVM file
 *	 4  u32	padding
 *	 8  u64	capabilities: bit 32 IGVM files
 *	16  u64	control: bit 0 disable, bit 1 the hypervisor's own IGVM file,
 *		bit 32 the image is an IGVM file
 *	24  u64	address of the image	32  u64	its size
 *	40  u64	address of opaque bytes	48  u64	how many
 *
 * The hypervisor reads the image when the file is written, answers by status,
 * and is done with the memory then; the next reset starts the image. Hazards:
 *
 * - To select the file resets control. So after each read the word that has to
 *   stand there at the reset is written again blindly, and once more when a
 *   reset is ordered, since others may read the file too.
 * - An accepted image cannot be taken back but by asking for the hypervisor's
 *   own instead. That word must stand until the reset, so the module stays. A
 *   kernel that is started without a reset could not know of it, and drops it by
 *   its first look: so the padding, which nobody looks at, has a mark as long as
 *   the word is needed.
 * - A write that disables does nothing else, so it is a write of its own.
 * - Once disabled every write succeeds and does nothing: an image was accepted
 *   only when its address and size are gone.
 * - Whether it is disabled cannot be asked, but by offering what is no image.
 * - Every write is taken as a whole: all 56 bytes are written in one operation.
 */
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "update.h"

static ulong opaque_mem;
module_param_hw(opaque_mem, ulong, other, 0400);
MODULE_PARM_DESC(opaque_mem, "address of a page for the opaque bytes of launch-update, kept from the kernel by the boot parameter memmap=4K$ADDRESS");

#define LAUNCH_VERSION		1

#define STATUS_GOOD		0
#define STATUS_NOT_LOADED	1
#define STATUS_NOT_IGVM		2

#define CAP_IGVM		BIT_ULL(32)

#define CONTROL_DISABLE		BIT_ULL(0)
#define CONTROL_HOST		BIT_ULL(1)
#define CONTROL_IGVM		BIT_ULL(32)

#define OPAQUE_SIZE		FWCFG_DATA_SIZE

/* In the padding: the hypervisor's own firmware was asked for, without a reset yet. */
#define MARK_HOST		0x484d5643	/* "CVMH" */

struct launch_file {
	__le16 version;
	__le16 status;
	__le32 padding;
	__le64 caps;
	__le64 control;
	__le64 image;
	__le64 image_size;
	__le64 opaque;
	__le64 opaque_size;
};

static const struct fwup_file_rule launch_files[] = {
	{ "vmlaunchupdate", { sizeof(struct launch_file) } },
};

static int launch_write(struct fwup *fw, u64 control, u64 image, u64 size)
{
	const struct launch_file f = {
		.version = cpu_to_le16(LAUNCH_VERSION),
		.padding = cpu_to_le32(control & CONTROL_HOST ? fw->launch.mark : 0),
		.caps = cpu_to_le64(fw->launch.caps),
		.control = cpu_to_le64(control),
		.image = cpu_to_le64(image),
		.image_size = cpu_to_le64(size),
		.opaque = cpu_to_le64(fw->launch.opaque_dma),
		.opaque_size = cpu_to_le64(fw->launch.opaque_len),
	};

	BUILD_BUG_ON(sizeof(f) != 56);
	return fwup_write_item(fw, 0, &f, sizeof(f));
}

/* What the last access to the file has to be. */
static int launch_rewrite(struct fwup *fw)
{
	return launch_write(fw, fw->launch.word, 0, 0);
}

/* Leaves control reset: the caller sees to it that this does not stay so. */
static int launch_peek(struct fwup *fw, struct launch_file *f)
{
	int ret = fwup_read_item(fw, 0, f, sizeof(*f));

	if (!ret && le16_to_cpu(f->version) != LAUNCH_VERSION)
		ret = fwup_fail(fw, -EPROTO, "vmlaunchupdate is of version %u, not %u",
				le16_to_cpu(f->version), LAUNCH_VERSION);
	return ret;
}

/* A look that failed may have reset control too. */
static int launch_read(struct fwup *fw, struct launch_file *f)
{
	int ret = launch_peek(fw, f), last = 0;

	if (fw->launch.word && !fw->cfg.wedged)
		last = launch_rewrite(fw);
	return ret ?: last;
}

static int launch_start(struct fwup *fw)
{
	struct launch_file f;
	int ret;

	fw->opaque_size = OPAQUE_SIZE;
	ret = launch_peek(fw, &f);
	if (ret)
		return ret;
	fw->launch.caps = le64_to_cpu(f.caps);
	fw->launch.opaque_dma = le64_to_cpu(f.opaque);
	fw->launch.opaque_len = le64_to_cpu(f.opaque_size);
	fw->launch.mark = MARK_HOST;
	if (f.padding != cpu_to_le32(MARK_HOST))
		return 0;
	dev_warn(fw->dev, "the hypervisor's own firmware was asked for before; asking again\n");
	fw->launch.pending = true;
	fw->launch.word = CONTROL_HOST;
	return launch_rewrite(fw);
}

static int launch_capabilities(struct fwup *fw, u64 *bits)
{
	*bits = fw->launch.caps;
	return 0;
}

static int launch_limits(struct fwup *fw, struct fwup_limits *limits)
{
	*limits = (struct fwup_limits) {
		.max = FWUP_IMAGE_MAX,
		.granule = 1,
		.resizable = true,
	};
	return 0;
}

/* It holds a copy, and no address. */
static int launch_address(struct fwup *fw, u64 *addr)
{
	*addr = 0;
	return 0;
}

static int launch_disabled(struct fwup *fw, bool *disabled)
{
	*disabled = fw->launch.disabled;
	return 0;
}

static int launch_status(struct fwup *fw, const char **word)
{
	struct launch_file f;
	int ret = launch_read(fw, &f);

	if (ret)
		return ret;
	if (fw->launch.disabled)
		*word = "disabled";
	else if (fw->launch.word & CONTROL_HOST)
		*word = "revert";
	else if (fw->launch.pending)
		*word = "pending";
	else if (le16_to_cpu(f.status) == STATUS_GOOD)
		*word = "none";
	else
		*word = le16_to_cpu(f.status) == STATUS_NOT_IGVM ? "not-igvm" : "refused";
	return 0;
}

static int launch_verdict(struct fwup *fw, const struct launch_file *f)
{
	switch (le16_to_cpu(f->status)) {
	case STATUS_GOOD:
		break;
	case STATUS_NOT_LOADED:
		return fwup_fail(fw, -EINVAL,
				 "the hypervisor could not load the image: is it an IGVM file for this machine?");
	case STATUS_NOT_IGVM:
		return fwup_fail(fw, -EOPNOTSUPP,
				 "the hypervisor takes no image: this machine was not started from an IGVM file");
	default:
		return fwup_fail(fw, -EIO, "the hypervisor answered an unknown status %u",
				 le16_to_cpu(f->status));
	}
	if (!f->image && !f->image_size)
		return 0;
	fw->launch.disabled = true;
	return fwup_fail(fw, -EPERM,
			 "the hypervisor did not look at the image: firmware updates are disabled until the next reset");
}

static int launch_arm(struct fwup *fw)
{
	struct fwup_launch *l = &fw->launch;
	const bool before = l->pending;
	struct launch_file f;
	int ret;

	if (!(l->caps & CAP_IGVM))
		return fwup_fail(fw, -EOPNOTSUPP,
				 "the hypervisor takes no IGVM files (capabilities 0x%llx)",
				 l->caps);
	/* Until it is known better. */
	l->pending = true;
	ret = launch_write(fw, CONTROL_IGVM, fw->payload.addr, fw->payload.size);
	if (!ret)
		ret = launch_peek(fw, &f);
	if (ret)
		return ret;
	ret = launch_verdict(fw, &f);
	if (!ret) {
		l->word = 0;
		return 0;
	}
	/* What was before is as it was; so must be the word that ends it. */
	l->pending = before;
	if (l->word)
		launch_rewrite(fw);
	return ret;
}

/* Asks for @word, sees that this was understood, and has the last word in any case. */
static int launch_set_word(struct fwup *fw, u64 word)
{
	struct launch_file f;
	int ret, last;

	fw->launch.word = word;
	ret = launch_rewrite(fw);
	if (!ret)
		ret = launch_peek(fw, &f);
	if (!ret && f.status)
		ret = fwup_fail(fw, -EIO, "the hypervisor answered status %u to control 0x%llx",
				le16_to_cpu(f.status), word);
	last = launch_rewrite(fw);
	return ret ?: last;
}

static int launch_disarm(struct fwup *fw)
{
	if (fw->launch.pending)
		return launch_set_word(fw, CONTROL_HOST);
	/* Memory that it never finished to look at is not ours any more. */
	if (fw->cfg.wedged)
		return fwup_fail(fw, -EIO,
				 "vmlaunchupdate cannot be used since the hypervisor did not finish an operation");
	return fw->launch.word || fw->stuck ? launch_set_word(fw, 0) : 0;
}

static int launch_revert(struct fwup *fw)
{
	return launch_set_word(fw, CONTROL_HOST);
}

/*
 * Our shared page, which is no IGVM file: loading it fails, unless nothing is
 * loaded any more.
 */
static int launch_probe(struct fwup *fw, bool *disabled)
{
	struct launch_file f;
	int ret;

	ret = launch_write(fw, CONTROL_IGVM, fw->cfg.shared_dma, FWCFG_DATA_SIZE);
	if (!ret)
		ret = launch_peek(fw, &f);
	if (!ret)
		*disabled = f.status == cpu_to_le16(STATUS_GOOD) && f.image && f.image_size;
	return ret;
}

static int launch_disable(struct fwup *fw)
{
	bool disabled = false;
	int ret, last;

	ret = launch_write(fw, CONTROL_DISABLE, 0, 0);
	if (!ret)
		ret = launch_probe(fw, &disabled);
	last = launch_rewrite(fw);
	if (!ret && !disabled)
		ret = fwup_fail(fw, -EIO, "the hypervisor did not disable its interface");
	if (!ret)
		fw->launch.disabled = true;
	return ret ?: last;
}

static bool launch_held(struct fwup *fw)
{
	return fw->launch.pending || fw->launch.word;
}

static void launch_before_reset(struct fwup *fw)
{
	/* Only a kernel that is started without the reset has to know. */
	if (!fw->closed)
		fw->launch.mark = 0;
	if (fw->launch.word || fw->stuck)
		launch_rewrite(fw);
}

/*
 * The hypervisor says where the opaque bytes are, so only memory is looked at
 * that is reserved: not this kernel's, and not a device.
 */
static void *launch_map(struct fwup *fw, u64 addr, u64 len)
{
	if (!len || len > OPAQUE_SIZE || offset_in_page(addr) + len > PAGE_SIZE)
		return NULL;
	if (region_intersects(addr, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return NULL;
	if (region_intersects(addr, len, IORESOURCE_MEM, IORES_DESC_RESERVED) !=
	    REGION_INTERSECTS)
		return NULL;
	return memremap(addr, len, MEMREMAP_WB | MEMREMAP_DEC);
}

static int launch_opaque_read(struct fwup *fw, void *buf)
{
	struct fwup_launch *l = &fw->launch;
	u64 len = l->opaque_len;

	memset(buf, 0, OPAQUE_SIZE);
	if (!l->opaque && l->opaque_dma) {
		l->opaque = launch_map(fw, l->opaque_dma, len);
		l->opaque_reserved = !!l->opaque;
		if (!l->opaque)
			return fwup_fail(fw, -ENXIO,
					 "the %llu opaque bytes at 0x%llx are not in reserved memory: this kernel has taken it for itself",
					 len, l->opaque_dma);
	}
	if (l->opaque)
		memcpy(buf, l->opaque, len);
	return 0;
}

static int launch_opaque_alloc(struct fwup *fw)
{
	struct fwup_launch *l = &fw->launch;
	dma_addr_t dma;

	if (opaque_mem) {
		l->opaque = launch_map(fw, opaque_mem, OPAQUE_SIZE);
		if (!l->opaque)
			return fwup_fail(fw, -EINVAL,
					 "opaque_mem=0x%lx is no page of reserved memory: boot with memmap=4K$0x%lx",
					 opaque_mem, opaque_mem);
		l->opaque_dma = opaque_mem;
	} else {
		l->opaque = dma_alloc_coherent(fw->dev, OPAQUE_SIZE, &dma, GFP_KERNEL);
		if (!l->opaque)
			return fwup_fail(fw, -ENOMEM, "no memory for opaque bytes");
		l->opaque_dma = dma;
		dev_warn(fw->dev, "the opaque bytes survive the reset only if the next kernel leaves them alone: see opaque_mem\n");
	}
	l->opaque_reserved = !!opaque_mem;
	l->opaque_len = OPAQUE_SIZE;
	return 0;
}

static int launch_opaque_write(struct fwup *fw, const void *buf)
{
	struct fwup_launch *l = &fw->launch;
	int ret;

	if (!l->opaque || l->opaque_len != OPAQUE_SIZE) {
		if (l->opaque)
			memunmap(l->opaque);
		ret = launch_opaque_alloc(fw);
		if (ret)
			return ret;
	}
	memcpy(l->opaque, buf, OPAQUE_SIZE);
	return launch_rewrite(fw);
}

/* The hypervisor must not name memory that is somebody else's again. */
static void launch_stop(struct fwup *fw)
{
	struct fwup_launch *l = &fw->launch;
	void *opaque = l->opaque;
	dma_addr_t dma = l->opaque_dma;

	l->opaque = NULL;
	if (opaque && l->opaque_reserved) {
		memunmap(opaque);
	} else if (opaque) {
		l->opaque_dma = 0;
		l->opaque_len = 0;
		/* It only names the page, and never reads it: freed in any case. */
		launch_rewrite(fw);
		if (!fw->cfg.wedged)
			dma_free_coherent(fw->dev, OPAQUE_SIZE, opaque, dma);
	}
}

const struct fwup_backend fwup_launch_update = {
	.name = "launch-update",
	.key_file = "vmlaunchupdate",
	.files = launch_files,
	.nr_files = ARRAY_SIZE(launch_files),
	.copies = true,
	.start = launch_start,
	.stop = launch_stop,
	.limits = launch_limits,
	.capabilities = launch_capabilities,
	.address = launch_address,
	.disabled = launch_disabled,
	.status = launch_status,
	.arm = launch_arm,
	.disarm = launch_disarm,
	.disable = launch_disable,
	.revert = launch_revert,
	.held = launch_held,
	.before_reset = launch_before_reset,
	.opaque_read = launch_opaque_read,
	.opaque_write = launch_opaque_write,
};
