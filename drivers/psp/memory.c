// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a request gives to the firmware, and which is freed with it: whole
 * pages, so that they can be given up when the firmware never answers.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "psp_sev.h"

/**
 * struct psp_sev_blob - memory that the firmware was given
 * @node: in the list of a call or among the leftovers
 * @memory: whole pages, unless @foreign
 * @size: what was asked for
 * @lent: it belongs to the firmware by the table of page owners
 * @foreign: somebody else's, whose pages are held
 */
struct psp_sev_blob {
	struct list_head node;
	void *memory;
	size_t size;
	bool lent;
	bool foreign;
};

/* Holds each page that the memory lies in, wherever that begins, or lets it go. */
static void psp_sev_hold(const struct psp_sev_blob *blob, bool hold)
{
	void *page = (void *)((unsigned long)blob->memory & PAGE_MASK);

	for (; page < blob->memory + blob->size; page += PAGE_SIZE) {
		if (hold)
			get_page(virt_to_page(page));
		else
			put_page(virt_to_page(page));
	}
}

static void psp_sev_free_blob(struct psp_sev_blob *blob)
{
	if (blob->foreign)
		psp_sev_hold(blob, false);
	else
		free_pages((unsigned long)blob->memory, get_order(blob->size));
	kfree(blob);
}

/* Returns whether the memory is the kernel's; if not, the blob is taken care of. */
static bool psp_sev_blob_back(struct psp_sev *sev, struct psp_sev_blob *blob)
{
	int ret;

	if (!blob->lent)
		return true;
	ret = psp_sev_pages_back(sev, blob->memory, blob->size);
	if (!ret) {
		blob->lent = false;
		return true;
	}
	/* It is tried again when the firmware has answered. */
	if (sev->pending) {
		list_add_tail(&blob->node, &sev->leftovers);
		return false;
	}
	dev_warn(sev->dev, "%zu bytes did not come back from the firmware (%pe), they are not used again\n",
		 blob->size, ERR_PTR(ret));
	kfree(blob);
	return false;
}

/**
 * psp_sev_free_blobs - free memory that the firmware was given
 * @sev: the device
 * @blobs: a list of it, empty afterwards
 *
 * What the firmware does not let go stays with it: until it has answered a
 * command that is pending, or for good.
 */
void psp_sev_free_blobs(struct psp_sev *sev, struct list_head *blobs)
{
	struct psp_sev_blob *blob, *next;
	LIST_HEAD(old);

	list_splice_init(blobs, &old);
	list_for_each_entry_safe(blob, next, &old, node) {
		list_del(&blob->node);
		if (!psp_sev_blob_back(sev, blob))
			continue;
		if (!sev->spare && !blob->foreign && !get_order(blob->size))
			sev->spare = blob;
		else
			psp_sev_free_blob(blob);
	}
}

/**
 * psp_sev_forget_blobs - leave memory to the firmware for good
 * @blobs: a list of it, empty afterwards
 *
 * Return: how much that is, in bytes.
 */
size_t psp_sev_forget_blobs(struct list_head *blobs)
{
	struct psp_sev_blob *blob, *next;
	size_t size = 0;

	list_for_each_entry_safe(blob, next, blobs, node) {
		size += PAGE_SIZE << get_order(blob->size);
		list_del(&blob->node);
		kfree(blob);
	}
	return size;
}

static struct psp_sev_blob *psp_sev_add_blob(struct psp_sev_call *call, size_t size)
{
	struct psp_sev_blob *blob = call->sev->spare;

	lockdep_assert_held(&call->sev->lock);

	if (blob && size <= PAGE_SIZE) {
		call->sev->spare = NULL;
		blob->size = size;
		memset(blob->memory, 0, size);
		list_add_tail(&blob->node, &call->blobs);
		return blob;
	}
	blob = kzalloc(sizeof(*blob), GFP_KERNEL);
	if (!blob)
		return NULL;
	blob->size = size;
	blob->memory = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
						get_order(size));
	if (!blob->memory) {
		kfree(blob);
		return NULL;
	}
	list_add_tail(&blob->node, &call->blobs);
	return blob;
}

/**
 * psp_sev_blob - memory to give to the firmware
 * @call: the request that it belongs to, and with which it is freed
 * @size: in bytes, at least one
 *
 * Whole pages: should the firmware never answer they can be given up. One is
 * kept for the next request, for whom nothing else has to be cleared.
 *
 * Return: zeroed memory, or NULL.
 */
void *psp_sev_blob(struct psp_sev_call *call, size_t size)
{
	struct psp_sev_blob *blob = psp_sev_add_blob(call, size);

	return blob ? blob->memory : NULL;
}

/**
 * psp_sev_firmware_blob - memory that the firmware may write to, with SNP too
 * @call: the request that it belongs to, and with which it is freed
 * @size: in bytes, at least one
 *
 * Return: zeroed memory which the kernel must not write to, or NULL.
 */
void *psp_sev_firmware_blob(struct psp_sev_call *call, size_t size)
{
	struct psp_sev_blob *blob = psp_sev_add_blob(call, size);

	if (!blob)
		return NULL;
	blob->lent = call->sev->snp_live;
	if (psp_sev_pages_lend(call->sev, blob->memory, size))
		return NULL;
	return blob->memory;
}

/**
 * psp_sev_lend_foreign - lend somebody else's memory for a request
 * @call: the request, with whose end it is taken back
 * @memory: in the kernel's direct mapping
 * @size: in bytes
 *
 * Should the firmware never answer, its pages are held for good, as nobody could
 * write to them.
 *
 * Return: 0; -ENOMEM; -EFAULT.
 */
int psp_sev_lend_foreign(struct psp_sev_call *call, void *memory, size_t size)
{
	struct psp_sev_blob *blob;

	blob = kzalloc(sizeof(*blob), GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	blob->memory = memory;
	blob->size = size;
	blob->lent = true;
	blob->foreign = true;
	psp_sev_hold(blob, true);
	list_add_tail(&blob->node, &call->blobs);
	return psp_sev_pages_lend(call->sev, memory, size);
}

/**
 * psp_sev_free_spare - give back what is kept for the next request
 * @sev: the device, not used by anybody else
 */
void psp_sev_free_spare(struct psp_sev *sev)
{
	if (sev->spare)
		psp_sev_free_blob(sev->spare);
	sev->spare = NULL;
}

/**
 * psp_sev_user_blob - the same, filled from user memory
 * @call: the request
 * @address: in the process
 * @length: in bytes, 1 to PSP_SEV_BLOB_MAX
 *
 * Return: the memory, or an error pointer.
 */
void *psp_sev_user_blob(struct psp_sev_call *call, u64 address, u32 length)
{
	void *memory;

	if (!address || !length || length > PSP_SEV_BLOB_MAX)
		return ERR_PTR(-EINVAL);
	memory = psp_sev_blob(call, length);
	if (!memory)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(memory, u64_to_user_ptr(address), length))
		return ERR_PTR(-EFAULT);
	return memory;
}
