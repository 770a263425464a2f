// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose page is whose: what SNP_INIT looks at and makes of the reverse map
 * table, and the commands of AMD publication 56860 that change a page's state.
 */
#include "sevfw_internal.h"

#include <string.h>

enum sevfw_status sevfw_host_check(struct sevfw *fw, const struct sevfw_host *host, bool init_rmp)
{
	uint64_t size = host->rmp_end + 1 - host->rmp_base;
	uint8_t byte;

	if (!host->memory_encryption || !host->snp || !host->vmpl || !host->mfdm ||
	    !host->smm_lock || !host->rmp_same)
		return SEVFW_INVALID_CONFIG;
	/* A guest that runs already would have been checked against an empty table. */
	if (init_rmp && !host->hsave_clear)
		return SEVFW_INVALID_CONFIG;
	if (host->rmp_end <= host->rmp_base || host->rmp_base % SEVFW_RMP_ALIGN ||
	    size % SEVFW_RMP_ALIGN)
		return SEVFW_INVALID_CONFIG;
	if (fw->memory.read(fw->memory.opaque, host->rmp_base, &byte, 1) ||
	    fw->memory.read(fw->memory.opaque, host->rmp_end, &byte, 1))
		return SEVFW_INVALID_CONFIG;
	return SEVFW_SUCCESS;
}

static int fill(const struct sevfw_rmp *rmp, uint64_t base, uint64_t pages,
		enum sevfw_page_state state)
{
	const struct sevfw_rmp_entry entry = sevfw_rmp_entry_of(state);
	const uint64_t limit = sevfw_rmp_limit(rmp);

	for (uint64_t i = 0; i < pages && base + i * SEVFW_PAGE < limit; i++) {
		if (sevfw_rmp_store(rmp, base + i * SEVFW_PAGE, &entry))
			return -1;
	}
	return 0;
}

/* The same, but for the pages of the table itself, which stay the firmware's. */
static int fix(const struct sevfw_rmp *rmp, const struct sevfw_range *range)
{
	for (uint64_t i = 0; i < range->pages; i++) {
		uint64_t page = range->base + i * SEVFW_PAGE;

		if (page >= sevfw_rmp_limit(rmp))
			break;
		if (page >= rmp->base && page <= rmp->end)
			continue;
		if (fill(rmp, page, 1, SEVFW_PAGE_HV_FIXED))
			return -1;
	}
	return 0;
}

static int clear(const struct sevfw_rmp *rmp)
{
	static const uint8_t zero[SEVFW_PAGE];

	for (uint64_t at = rmp->base; at < rmp->end; at += sizeof(zero)) {
		if (rmp->write(rmp->opaque, at, zero, sizeof(zero)))
			return -1;
	}
	return 0;
}

/*
 * Makes a new table: every page the hypervisor's, but for those of the table
 * and what the hypervisor has listed (@list may be NULL), and then those that
 * the IOMMUs write to.
 */
enum sevfw_status sevfw_rmp_fill(struct sevfw *fw, const struct sevfw_host *host,
				 const struct sevfw_range_list *list)
{
	struct sevfw_rmp rmp = {
		.read = fw->memory.read, .write = fw->memory.write, .opaque = fw->memory.opaque,
		.base = host->rmp_base, .end = host->rmp_end,
	};

	if (clear(&rmp) || fill(&rmp, rmp.base, (rmp.end + 1 - rmp.base) / SEVFW_PAGE,
				SEVFW_PAGE_FIRMWARE))
		return SEVFW_RMP_INIT_FAILED;
	for (uint32_t i = 0; list && i < list->count; i++) {
		if (fix(&rmp, &list->ranges[i]))
			return SEVFW_RMP_INIT_FAILED;
	}
	fw->logs_nr = 0;
	for (unsigned int i = 0; i < host->logs_nr; i++) {
		if (fill(&rmp, host->logs[i].base, host->logs[i].pages,
			 SEVFW_PAGE_FIRMWARE_IOMMU))
			return SEVFW_INVALID_CONFIG;
		fw->logs[fw->logs_nr++] = host->logs[i];
	}
	fw->rmp = rmp;
	return SEVFW_SUCCESS;
}

/* The IOMMUs no longer look at the table: what they write to can be given back. */
enum sevfw_status sevfw_rmp_release_logs(struct sevfw *fw)
{
	while (fw->logs_nr) {
		const struct sevfw_span *log = &fw->logs[fw->logs_nr - 1];

		if (fill(&fw->rmp, log->base, log->pages, SEVFW_PAGE_RECLAIM))
			return SEVFW_HWERROR_PLATFORM;
		fw->logs_nr--;
	}
	return SEVFW_SUCCESS;
}

uint32_t sevfw_lent_pages(const struct sevfw *fw)
{
	const struct sevfw_rmp *rmp = &fw->rmp;
	struct sevfw_rmp_entry entry;
	uint32_t count = 0;

	if (!fw->rmp_initialized)
		return 0;
	for (uint64_t page = 0; page < sevfw_rmp_limit(rmp); page += SEVFW_PAGE) {
		enum sevfw_page_state state = sevfw_rmp_page(rmp, page, &entry);

		if (page >= rmp->base && page <= rmp->end)
			continue;
		count += state == SEVFW_PAGE_FIRMWARE || state == SEVFW_PAGE_RECLAIM;
	}
	return count;
}

static enum sevfw_status run_page_reclaim(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_address *in = buffer;
	const bool large = in->address & SEVFW_RECLAIM_LARGE;
	const uint64_t page = in->address & ~(uint64_t)(SEVFW_PAGE - 1);
	struct sevfw_rmp_entry entry;
	enum sevfw_page_state state;
	enum sevfw_status status;

	if (in->address & (SEVFW_PAGE - 1) & ~(uint64_t)SEVFW_RECLAIM_LARGE)
		return SEVFW_INVALID_PARAM;
	status = sevfw_reachable(fw, page, large ? SEVFW_LARGE_PAGE : SEVFW_PAGE);
	if (status || !fw->rmp_used)
		return status;
	state = sevfw_rmp_page(&fw->rmp, page, &entry);
	if (state == SEVFW_PAGE_DEFAULT)
		return SEVFW_INVALID_PAGE_STATE;
	if (large != !!(entry.state & SEVFW_RMP_LARGE))
		return SEVFW_INVALID_PAGE_SIZE;
	if (large && page % SEVFW_LARGE_PAGE)
		return SEVFW_INVALID_ADDRESS;
	/* What nobody holds need not be given back. */
	if (!(entry.state & SEVFW_RMP_IMMUTABLE))
		return SEVFW_SUCCESS;
	switch (state) {
	case SEVFW_PAGE_METADATA:
	case SEVFW_PAGE_FIRMWARE:
	case SEVFW_PAGE_PRE_GUEST:
	case SEVFW_PAGE_PRE_SWAP:
		break;
	default:
		return SEVFW_INVALID_PAGE_STATE;
	}
	entry.state &= ~(SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LOCK);
	return sevfw_rmp_store(&fw->rmp, page, &entry) ? SEVFW_INVALID_ADDRESS : SEVFW_SUCCESS;
}

const struct sevfw_entry sevfw_page_entries[] = {
	{
		.id = SEVFW_SNP_PAGE_RECLAIM, .name = "SNP_PAGE_RECLAIM",
		.run = run_page_reclaim, .snp = true,
		.size = sizeof(struct sevfw_snp_address),
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_WHEN_SNP_INIT,
	},
};

const size_t sevfw_page_entries_nr = sizeof(sevfw_page_entries) / sizeof(sevfw_page_entries[0]);
