// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to QEMU's fw_cfg device beside the kernel's own driver of it.
 *
 * qemu_fw_cfg claims the ports, keeps its mutex to itself, and others depend on
 * its files in sysfs, so it can be neither asked nor unbound. Both drivers, and
 * the firmware's own AML, take the ACPI global lock around each access; so does
 * this one, and claims no port, which makes the load order irrelevant. Each
 * access is a single DMA descriptor that selects and transfers at once, so
 * nothing is left selected that somebody else could stumble over.
 *
 * The descriptor and the data lie in memory shared with the hypervisor: in a
 * confidential guest it can see no other. It can change both at any time, so
 * everything is copied out once and judged afterwards.
 *
 * Source of the layouts: QEMU, docs/specs/fw_cfg.rst.
 */
#include <linux/acpi.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/slab.h>

#include "fwcfg.h"

#define FWCFG_ACPI_HID		"QEMU0002"
#define FWCFG_PORT_DMA		4	/* eight bytes, big-endian */
#define FWCFG_PORTS		12

#define FWCFG_KEY_SIGNATURE	0x0000
#define FWCFG_KEY_FEATURES	0x0001
#define FWCFG_KEY_DIRECTORY	0x0019

#define FWCFG_FEATURE_DMA	BIT(1)
#define FWCFG_DMA_SIGNATURE	0x51454d5520434647ULL	/* "QEMU CFG" */

#define FWCFG_DMA_ERROR		BIT(0)
#define FWCFG_DMA_READ		BIT(1)
#define FWCFG_DMA_SELECT	BIT(3)
#define FWCFG_DMA_WRITE		BIT(4)

/*
 * QEMU is done before the port write returns. Others may be slower, but the
 * ACPI global lock is held meanwhile, so a bound there must be.
 */
#define FWCFG_TIMEOUT_US	(2 * USEC_PER_SEC)

/**
 * struct fwcfg_shared - what the hypervisor sees
 * @control: operation and key; when done zero, or %FWCFG_DMA_ERROR
 * @length: bytes to transfer
 * @address: where from or to, a guest physical address
 * @data: the bytes of one small file
 */
struct fwcfg_shared {
	__be32 control;
	__be32 length;
	__be64 address;
	u8 data[FWCFG_DATA_SIZE];
};

/*
 * qemu_fw_cfg has the lock for as long as it reads a large file. When the firmware
 * has it, ACPICA lets nobody bound the wait: all of the kernel's users of the lock
 * hang then, and the first of them hangs for good.
 */
#define FWCFG_LOCK_MS		60000

static int fwcfg_lock(u32 *handle)
{
	acpi_status status = acpi_acquire_global_lock(FWCFG_LOCK_MS, handle);

	return ACPI_SUCCESS(status) ? 0 : -EBUSY;
}

/* One descriptor: selects @key and moves @len bytes at once. */
static int fwcfg_transfer(struct fwcfg *cfg, u16 key, u32 op, dma_addr_t dma, u32 len)
{
	struct fwcfg_shared *sh = cfg->shared;
	u32 handle, control;
	int ret;

	if (cfg->wedged)
		return -EIO;
	ret = fwcfg_lock(&handle);
	if (ret)
		return ret;

	WRITE_ONCE(sh->address, cpu_to_be64(dma));
	WRITE_ONCE(sh->length, cpu_to_be32(len));
	WRITE_ONCE(sh->control, cpu_to_be32((u32)key << 16 | FWCFG_DMA_SELECT | op));
	dma_wmb();
	/* The high half is zero again after each operation, and this starts it. */
	outl((__force u32)cpu_to_be32(lower_32_bits(cfg->shared_dma)),
	     cfg->base + FWCFG_PORT_DMA + 4);
	ret = read_poll_timeout(be32_to_cpu, control,
				!control || (control & FWCFG_DMA_ERROR),
				50, FWCFG_TIMEOUT_US, false, READ_ONCE(sh->control));
	dma_rmb();

	acpi_release_global_lock(handle);

	if (ret) {
		/* The memory is the hypervisor's for good now. */
		cfg->wedged = true;
		return -ETIMEDOUT;
	}
	if (control) {
		dev_dbg(cfg->dev, "fw_cfg refused operation 0x%x on key 0x%x, %u bytes\n",
			op, key, len);
		return -EIO;
	}
	return 0;
}

static int fwcfg_read_key(struct fwcfg *cfg, u16 key, void *buf, u32 len)
{
	int ret;

	if (len > FWCFG_DATA_SIZE)
		return -EMSGSIZE;
	memset(cfg->shared->data, 0, len);
	ret = fwcfg_transfer(cfg, key, FWCFG_DMA_READ,
			     cfg->shared_dma + offsetof(struct fwcfg_shared, data), len);
	if (!ret)
		memcpy(buf, cfg->shared->data, len);
	return ret;
}

/**
 * fwcfg_read() - reads the beginning of a file
 * @cfg: the device; the caller serialises
 * @file: what fwcfg_find() found
 * @buf: private memory for the copy
 * @len: how many bytes, at most the file's size
 *
 * Return: 0, -EIO when the hypervisor refuses, -ETIMEDOUT when it never answers,
 * -EBUSY when somebody else keeps the ACPI global lock.
 */
int fwcfg_read(struct fwcfg *cfg, const struct fwcfg_file *file, void *buf, u32 len)
{
	if (len > file->size)
		return -EMSGSIZE;
	return fwcfg_read_key(cfg, file->key, buf, len);
}

/**
 * fwcfg_write() - writes the beginning of a file, all of it or nothing
 * @cfg: the device; the caller serialises
 * @file: what fwcfg_find() found
 * @buf: the bytes
 * @len: how many, at most the file's size
 *
 * Return: 0, -EIO when the hypervisor refuses, -ETIMEDOUT when it never answers,
 * -EBUSY when somebody else keeps the ACPI global lock.
 */
int fwcfg_write(struct fwcfg *cfg, const struct fwcfg_file *file, const void *buf, u32 len)
{
	if (len > file->size || len > FWCFG_DATA_SIZE)
		return -EMSGSIZE;
	if (cfg->wedged)
		return -EIO;
	memcpy(cfg->shared->data, buf, len);
	return fwcfg_transfer(cfg, file->key, FWCFG_DMA_WRITE,
			      cfg->shared_dma + offsetof(struct fwcfg_shared, data), len);
}

/**
 * fwcfg_find() - looks a file up by its name
 * @cfg: the device
 * @name: the whole name
 * @file: where to put its key and size
 *
 * Return: 0, or -ENOENT.
 */
int fwcfg_find(const struct fwcfg *cfg, const char *name, struct fwcfg_file *file)
{
	return fwcfg_dir_find(cfg->dir, name, file);
}

/*
 * The directory is longer than a file. Its length is only known from its first
 * bytes, so it is read twice, and the second reading must agree with the first.
 * After an error fwcfg_close() frees what is left.
 */
static int fwcfg_read_directory(struct fwcfg *cfg)
{
	enum fwcfg_dir_verdict verdict;
	u32 count, len, entry = 0;
	dma_addr_t dma;
	__be32 header;
	void *buf;
	int ret;

	ret = fwcfg_read_key(cfg, FWCFG_KEY_DIRECTORY, &header, sizeof(header));
	if (ret)
		goto unread;
	count = fwcfg_dir_count(&header);
	if (count > FWCFG_DIR_MAX_COUNT) {
		verdict = FWCFG_DIR_COUNT;
		goto bad;
	}
	len = FWCFG_DIR_HEADER + count * FWCFG_DIR_ENTRY;

	ret = -ENOMEM;
	cfg->dir = kmalloc(len, GFP_KERNEL);
	if (!cfg->dir)
		goto unread;
	buf = dma_alloc_coherent(cfg->dev, len, &dma, GFP_KERNEL);
	if (!buf)
		goto unread;
	ret = fwcfg_transfer(cfg, FWCFG_KEY_DIRECTORY, FWCFG_DMA_READ, dma, len);
	memcpy(cfg->dir, buf, len);
	if (!cfg->wedged)
		dma_free_coherent(cfg->dev, len, buf, dma);
	if (ret)
		goto unread;

	verdict = fwcfg_dir_check(cfg->dir, len, &entry);
	if (verdict == FWCFG_DIR_OK)
		return 0;
bad:
	dev_err(cfg->dev, "fw_cfg's directory of %u entries is not to be trusted: entry %u: %s\n",
		count, entry, fwcfg_dir_text(verdict));
	return -EPROTO;

unread:
	dev_err(cfg->dev, "fw_cfg's directory cannot be read: error %d\n", ret);
	return ret;
}

/* The ports as the ACPI device names them. */
static int fwcfg_find_ports(struct fwcfg *cfg)
{
	struct resource_entry *entry;
	struct acpi_device *adev;
	LIST_HEAD(resources);
	int ret;

	if (acpi_disabled) {
		dev_info(cfg->dev, "no ACPI: fw_cfg cannot be shared with its other users\n");
		return -ENODEV;
	}
	adev = acpi_dev_get_first_match_dev(FWCFG_ACPI_HID, NULL, -1);
	if (!adev) {
		dev_info(cfg->dev, "this machine has no fw_cfg (ACPI device " FWCFG_ACPI_HID ")\n");
		return -ENODEV;
	}
	ret = acpi_dev_get_resources(adev, &resources, NULL, NULL);
	acpi_dev_put(adev);
	if (ret < 0) {
		dev_err(cfg->dev, "the resources of fw_cfg cannot be read: error %d\n", ret);
		return ret;
	}

	ret = -ENODEV;
	list_for_each_entry(entry, &resources, node) {
		const struct resource *res = entry->res;

		if (resource_type(res) != IORESOURCE_IO)
			continue;
		if (resource_size(res) < FWCFG_PORTS || res->end > U16_MAX)
			continue;
		cfg->base = res->start;
		ret = 0;
		break;
	}
	acpi_dev_free_resource_list(&resources);
	if (ret)
		dev_info(cfg->dev, "fw_cfg has no ports for DMA\n");
	return ret;
}

static int fwcfg_check_dma(struct fwcfg *cfg)
{
	u64 signature;
	__be32 high, low;

	high = (__force __be32)inl(cfg->base + FWCFG_PORT_DMA);
	low = (__force __be32)inl(cfg->base + FWCFG_PORT_DMA + 4);
	signature = (u64)be32_to_cpu(high) << 32 | be32_to_cpu(low);
	if (signature == FWCFG_DMA_SIGNATURE)
		return 0;
	dev_info(cfg->dev, "fw_cfg at port 0x%x offers no DMA (signature 0x%016llx)\n",
		 cfg->base, signature);
	return -ENODEV;
}

static int fwcfg_check_device(struct fwcfg *cfg)
{
	__le32 features;
	char sig[4];
	int ret;

	ret = fwcfg_read_key(cfg, FWCFG_KEY_SIGNATURE, sig, sizeof(sig));
	if (!ret)
		ret = fwcfg_read_key(cfg, FWCFG_KEY_FEATURES, &features, sizeof(features));
	if (ret) {
		dev_err(cfg->dev, "fw_cfg does not answer: error %d\n", ret);
		return ret;
	}
	if (memcmp(sig, "QEMU", sizeof(sig)) || !(le32_to_cpu(features) & FWCFG_FEATURE_DMA)) {
		dev_info(cfg->dev, "fw_cfg says \"%*pE\", features 0x%x: not a device this driver knows\n",
			 (int)sizeof(sig), sig, le32_to_cpu(features));
		return -ENODEV;
	}
	return 0;
}

/**
 * fwcfg_open() - finds the fw_cfg device and reads its directory
 * @cfg: to be filled in
 * @dev: for shared memory and messages; its coherent mask is 32 bits at most,
 *	because a descriptor below 4 GiB needs a single port write
 *
 * Return: 0, -ENODEV when there is none that can be used, or another error; one
 * line in the log says which, and of -ENOMEM the allocator does.
 */
int fwcfg_open(struct fwcfg *cfg, struct device *dev)
{
	int ret;

	memset(cfg, 0, sizeof(*cfg));
	cfg->dev = dev;
	ret = fwcfg_find_ports(cfg);
	if (!ret)
		ret = fwcfg_check_dma(cfg);
	if (ret)
		return ret;

	cfg->shared = dma_alloc_coherent(dev, sizeof(*cfg->shared), &cfg->shared_dma,
					 GFP_KERNEL);
	if (!cfg->shared)
		return -ENOMEM;

	ret = fwcfg_check_device(cfg);
	if (!ret)
		ret = fwcfg_read_directory(cfg);
	if (ret)
		fwcfg_close(cfg);
	return ret;
}

/**
 * fwcfg_close() - undoes fwcfg_open()
 * @cfg: the device
 *
 * Memory that the hypervisor may still write to is lost rather than reused.
 */
void fwcfg_close(struct fwcfg *cfg)
{
	kfree(cfg->dir);
	cfg->dir = NULL;
	if (!cfg->wedged)
		dma_free_coherent(cfg->dev, sizeof(*cfg->shared), cfg->shared, cfg->shared_dma);
	cfg->shared = NULL;
}
