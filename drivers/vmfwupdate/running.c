// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware that runs, as the processor sees it. A hypervisor that ignored an
 * image at the reset says nothing of that: these bytes do.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "update.h"

/* The part of the address space that is for firmware and nothing else. */
#define RUNNING_END	SZ_4G
#define RUNNING_MAX	SZ_16M

/**
 * fwup_running_size() - how much of the running firmware can be read
 * @fw: the update, its limits asked and nothing armed
 *
 * The hypervisor says how large it is, so it is believed only as long as that can
 * be no device and no memory of this kernel.
 *
 * Return: a number of bytes, which only a reset changes; 0 when there is no telling.
 */
size_t fwup_running_size(const struct fwup *fw)
{
	u64 size = fw->limits.region;

	if (!size || size > RUNNING_MAX || !PAGE_ALIGNED(size))
		return 0;
	if (region_intersects(RUNNING_END - size, size, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return 0;
	return size;
}

/**
 * fwup_running_read() - reads it
 * @size: what fwup_running_size() gave
 * @pos: the first byte
 * @buf: where to
 * @len: how many, all within @size
 *
 * In a confidential guest it was measured and is private memory, so it is read as such.
 *
 * Return: 0, or -ENOMEM.
 */
int fwup_running_read(size_t size, size_t pos, void *buf, size_t len)
{
	void __iomem *from = ioremap_encrypted(RUNNING_END - size + pos, len);

	if (!from)
		return -ENOMEM;
	memcpy_fromio(buf, from, len);
	iounmap(from);
	return 0;
}
