// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma_alloc_coherent() is exactly what is needed: zeroed, physically contiguous,
 * and made readable for the hypervisor in a confidential guest, with the plain
 * guest physical address as its handle. Its largest block is one of the page
 * allocator's, 4 MiB.
 *
 * A larger one is made by moving away what is there (alloc_contig_range()),
 * which works where all of it can be moved: in a zone of movable memory, which
 * the boot parameter movablecore= makes, or in memory that is mostly free. A
 * module has to look for such a place itself.
 */
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/set_memory.h>

#include "payload.h"

#ifdef CONFIG_CONTIG_ALLOC

/* Places that are tried are so far apart. */
#define STEP_PAGES	(SZ_4M >> PAGE_SHIFT)

/* Nothing in [start, start + count) that would have to stay, at first sight. */
static bool range_is_promising(unsigned long start, unsigned long count)
{
	struct zone *zone = NULL;
	unsigned long pfn;

	for (pfn = start; pfn < start + count; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || PageReserved(page) || PageSlab(page))
			return false;
		if (!zone)
			zone = page_zone(page);
		if (page_zone(page) != zone)
			return false;
	}
	return true;
}

struct search {
	unsigned long count;
	unsigned long found;
};

/* The highest places first: movable memory is at the end. */
static int search_ram(struct resource *res, void *arg)
{
	unsigned long first = round_up(PFN_UP(res->start), STEP_PAGES);
	unsigned long end = PFN_DOWN(res->end + 1), pfn;
	struct search *s = arg;

	if (end < s->count)
		return 0;
	for (pfn = round_down(end - s->count, STEP_PAGES); pfn >= first && pfn; pfn -= STEP_PAGES) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (range_is_promising(pfn, s->count) &&
		    !alloc_contig_range(pfn, pfn + s->count, ACR_FLAGS_NONE,
					GFP_KERNEL | __GFP_NOWARN)) {
			s->found = pfn;
			return 1;
		}
	}
	return 0;
}

static int alloc_contig(struct fwup_payload *payload, size_t size)
{
	struct search s = { .count = PFN_UP(size) };
	void *data;
	int ret;

	/* 1: a place was found. Of the pieces of RAM the first that has one. */
	ret = walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				  0, -1, &s, search_ram);
	if (ret != 1)
		return ret == -EINTR ? ret : -ENOMEM;
	data = pfn_to_kaddr(s.found);
	if (set_memory_decrypted((unsigned long)data, s.count)) {
		/* Nobody knows which of them are shared now: lost. */
		return -ENOMEM;
	}
	memset(data + size, 0, (s.count << PAGE_SHIFT) - size);
	payload->data = data;
	payload->addr = PFN_PHYS(s.found);
	payload->pages = s.count;
	return 0;
}

static void free_contig(struct fwup_payload *payload)
{
	/* Shared pages never go back to the allocator. */
	if (!set_memory_encrypted((unsigned long)payload->data, payload->pages))
		free_contig_range(PHYS_PFN(payload->addr), payload->pages);
}

#else

static int alloc_contig(struct fwup_payload *payload, size_t size)
{
	return -ENOMEM;
}

static void free_contig(struct fwup_payload *payload)
{
}

#endif

/**
 * fwup_payload_alloc() - gets contiguous, shared memory
 * @payload: to be filled in
 * @dev: the device that owns it
 * @size: how many bytes
 *
 * Return: 0, -ENOMEM, or -EINTR when the process was killed meanwhile.
 */
int fwup_payload_alloc(struct fwup_payload *payload, struct device *dev, size_t size)
{
	payload->pages = 0;
	payload->data = dma_alloc_coherent(dev, size, &payload->addr,
					   GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!payload->data) {
		int ret = alloc_contig(payload, size);

		if (ret)
			return ret;
	}
	payload->size = size;
	return 0;
}

/**
 * fwup_payload_free() - gives the memory back, private again
 * @payload: empty afterwards
 * @dev: as it was allocated for
 */
void fwup_payload_free(struct fwup_payload *payload, struct device *dev)
{
	if (payload->pages)
		free_contig(payload);
	else if (payload->data)
		dma_free_coherent(dev, payload->size, payload->data, payload->addr);
	fwup_payload_lose(payload);
}

/**
 * fwup_payload_lose() - gives the memory up for good
 * @payload: empty afterwards
 *
 * For memory that the hypervisor could not be made to forget: at the next reset
 * it would run whatever lies there.
 */
void fwup_payload_lose(struct fwup_payload *payload)
{
	memset(payload, 0, sizeof(*payload));
}
