// SPDX-License-Identifier: GPL-2.0-or-later
/* The reverse map table: its entries, and the instructions RMPUPDATE and PSMASH. */
#include "sevfw_rmp.h"

#include <string.h>

/* In the page number of a page that is the firmware's: what for. */
#define GPA_METADATA	(1ull << (36 + SEVFW_RMP_GPA_SHIFT))
#define GPA_IOMMU	(2ull << (36 + SEVFW_RMP_GPA_SHIFT))
#define GPA_WHAT	(7ull << (36 + SEVFW_RMP_GPA_SHIFT))

static uint64_t large_of(uint64_t address)
{
	return address & ~(uint64_t)(SEVFW_LARGE_PAGE - 1);
}

uint64_t sevfw_rmp_limit(const struct sevfw_rmp *rmp)
{
	if (rmp->end < rmp->base || rmp->end - rmp->base < SEVFW_RMP_BOOKKEEPING)
		return 0;
	return (rmp->end + 1 - rmp->base - SEVFW_RMP_BOOKKEEPING) / SEVFW_RMP_ENTRY_SIZE *
	       SEVFW_PAGE;
}

static int entry_address(const struct sevfw_rmp *rmp, uint64_t address, uint64_t *where)
{
	if (address >= sevfw_rmp_limit(rmp))
		return -1;
	*where = rmp->base + SEVFW_RMP_BOOKKEEPING +
		 address / SEVFW_PAGE * SEVFW_RMP_ENTRY_SIZE;
	return 0;
}

int sevfw_rmp_load(const struct sevfw_rmp *rmp, uint64_t address, struct sevfw_rmp_entry *entry)
{
	uint64_t where;

	if (entry_address(rmp, address, &where) ||
	    rmp->read(rmp->opaque, where, entry, sizeof(*entry)))
		return -1;
	return 0;
}

static int put(const struct sevfw_rmp *rmp, uint64_t address, const struct sevfw_rmp_entry *entry)
{
	uint64_t where;

	if (entry_address(rmp, address, &where) ||
	    rmp->write(rmp->opaque, where, entry, sizeof(*entry)))
		return -1;
	return 0;
}

/* The first page of each 2 MiB does not count itself, and keeps its count. */
int sevfw_rmp_store(const struct sevfw_rmp *rmp, uint64_t address,
		    const struct sevfw_rmp_entry *entry)
{
	struct sevfw_rmp_entry old, first, new = *entry;
	uint64_t count;

	if (sevfw_rmp_load(rmp, address, &old))
		return -1;
	if (!(address & (SEVFW_LARGE_PAGE - 1) & ~(uint64_t)(SEVFW_PAGE - 1))) {
		if (!(new.state & SEVFW_RMP_LARGE))
			new.state = (new.state & ~SEVFW_RMP_SUBPAGES) |
				    (old.state & SEVFW_RMP_SUBPAGES);
		return put(rmp, address, &new);
	}
	new.state &= ~SEVFW_RMP_SUBPAGES;
	if (put(rmp, address, &new))
		return -1;
	if (!((old.state ^ new.state) & SEVFW_RMP_ASSIGNED))
		return 0;
	if (sevfw_rmp_load(rmp, large_of(address), &first))
		return -1;
	count = (first.state & SEVFW_RMP_SUBPAGES) >> SEVFW_RMP_SUBPAGES_SHIFT;
	if (new.state & SEVFW_RMP_ASSIGNED)
		count++;
	else if (count)
		count--;
	first.state = (first.state & ~SEVFW_RMP_SUBPAGES) |
		      (count << SEVFW_RMP_SUBPAGES_SHIFT & SEVFW_RMP_SUBPAGES);
	return put(rmp, large_of(address), &first);
}

static enum sevfw_page_state state_of(uint64_t e)
{
	bool validated = e & SEVFW_RMP_VALIDATED, immutable = e & SEVFW_RMP_IMMUTABLE;
	uint64_t gpa = e & SEVFW_RMP_GPA;

	if (!(e & SEVFW_RMP_ASSIGNED)) {
		if (validated || e & SEVFW_RMP_ASID)
			return SEVFW_PAGE_INVALID;
		return immutable ? SEVFW_PAGE_HV_FIXED : SEVFW_PAGE_HYPERVISOR;
	}
	if (e & SEVFW_RMP_ASID) {
		if (immutable)
			return validated ? SEVFW_PAGE_PRE_SWAP : SEVFW_PAGE_PRE_GUEST;
		return validated ? SEVFW_PAGE_GUEST_VALID : SEVFW_PAGE_GUEST_INVALID;
	}
	if (validated)
		return SEVFW_PAGE_INVALID;
	if (!immutable)
		return e & SEVFW_RMP_LOCK ? SEVFW_PAGE_INVALID : SEVFW_PAGE_RECLAIM;
	if (!gpa)
		return e & SEVFW_RMP_VMSA ? SEVFW_PAGE_CONTEXT : SEVFW_PAGE_FIRMWARE;
	if ((gpa & GPA_WHAT) == GPA_METADATA)
		return SEVFW_PAGE_METADATA;
	if ((gpa & GPA_WHAT) == GPA_IOMMU)
		return SEVFW_PAGE_FIRMWARE_IOMMU;
	return SEVFW_PAGE_INVALID;
}

enum sevfw_page_state sevfw_rmp_page(const struct sevfw_rmp *rmp, uint64_t address,
				     struct sevfw_rmp_entry *entry)
{
	struct sevfw_rmp_entry first;

	memset(entry, 0, sizeof(*entry));
	if (address >= sevfw_rmp_limit(rmp))
		return SEVFW_PAGE_DEFAULT;
	if (sevfw_rmp_load(rmp, address, entry) ||
	    sevfw_rmp_load(rmp, large_of(address), &first))
		return SEVFW_PAGE_INVALID;
	if (first.state & SEVFW_RMP_LARGE)
		*entry = first;
	return state_of(entry->state);
}

struct sevfw_rmp_entry sevfw_rmp_entry_of(enum sevfw_page_state state)
{
	const uint64_t firmware = SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LOCK;
	struct sevfw_rmp_entry entry = { 0, 0 };

	switch (state) {
	case SEVFW_PAGE_HV_FIXED:
		entry.state = SEVFW_RMP_IMMUTABLE;
		break;
	case SEVFW_PAGE_FIRMWARE:
		entry.state = firmware;
		break;
	case SEVFW_PAGE_FIRMWARE_IOMMU:
		entry.state = firmware | GPA_IOMMU | 1ull << SEVFW_RMP_GPA_SHIFT;
		break;
	case SEVFW_PAGE_RECLAIM:
		entry.state = SEVFW_RMP_ASSIGNED;
		break;
	default:
		break;
	}
	return entry;
}

/* Is any of the small pages of these 2 MiB assigned, or the firmware's? */
static bool any_in_use(const struct sevfw_rmp *rmp, uint64_t address)
{
	struct sevfw_rmp_entry e;

	for (unsigned int i = 1; i < SEVFW_LARGE_PAGES; i++) {
		if (sevfw_rmp_load(rmp, address + (uint64_t)i * SEVFW_PAGE, &e) ||
		    e.state & (SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE))
			return true;
	}
	return false;
}

static enum sevfw_rmp_result check_operand(uint64_t address, const struct sevfw_rmp_operand *op)
{
	if (op->assigned > 1 || op->large > 1 || op->immutable > 1 || op->reserved)
		return SEVFW_RMP_FAIL_INPUT;
	if (op->asid > SEVFW_RMP_ASID >> SEVFW_RMP_ASID_SHIFT ||
	    op->gpa % SEVFW_PAGE || op->gpa & ~SEVFW_RMP_GPA)
		return SEVFW_RMP_FAIL_INPUT;
	if (op->large && (address % SEVFW_LARGE_PAGE || op->gpa % SEVFW_LARGE_PAGE))
		return SEVFW_RMP_FAIL_INPUT;
	/* A page that nobody has cannot have an owner or be unchangeable. */
	if (!op->assigned && (op->asid || op->immutable))
		return SEVFW_RMP_FAIL_INPUT;
	/* And one that is given away belongs to a guest, or is the firmware's. */
	if (op->assigned && !op->asid && !op->immutable)
		return SEVFW_RMP_FAIL_INPUT;
	return SEVFW_RMP_SUCCESS;
}

static bool same_owner(const struct sevfw_rmp_entry *old, uint64_t new)
{
	const uint64_t what = SEVFW_RMP_ASSIGNED | SEVFW_RMP_LARGE | SEVFW_RMP_GPA | SEVFW_RMP_ASID;

	return !((old->state ^ new) & what);
}

enum sevfw_rmp_result sevfw_rmpupdate(const struct sevfw_rmp *rmp, uint64_t address,
				      const struct sevfw_rmp_operand *op)
{
	struct sevfw_rmp_entry old, first, new = { 0, 0 };
	enum sevfw_rmp_result result;
	bool first_page;

	address &= ~(uint64_t)(SEVFW_PAGE - 1);
	first_page = !(address % SEVFW_LARGE_PAGE);
	result = check_operand(address, op);
	if (result)
		return result;
	if (sevfw_rmp_load(rmp, address, &old) || sevfw_rmp_load(rmp, large_of(address), &first))
		return SEVFW_RMP_FAIL_INPUT;
	if (old.state & SEVFW_RMP_IMMUTABLE)
		return SEVFW_RMP_FAIL_PERMISSION;
	if (old.state & SEVFW_RMP_LOCK)
		return SEVFW_RMP_FAIL_INUSE;
	if (!op->large && !first_page && first.state & SEVFW_RMP_LARGE)
		return SEVFW_RMP_FAIL_OVERLAP;
	/* A large page may become small only as a whole: that is PSMASH, or giving it back. */
	if (!op->large && first_page && old.state & SEVFW_RMP_LARGE)
		return SEVFW_RMP_FAIL_OVERLAP;
	if (op->large && !(old.state & SEVFW_RMP_LARGE) && any_in_use(rmp, address))
		return SEVFW_RMP_FAIL_OVERLAP;

	if (op->assigned) {
		new.state = SEVFW_RMP_ASSIGNED | op->gpa |
			    (uint64_t)op->asid << SEVFW_RMP_ASID_SHIFT;
		if (op->immutable)
			new.state |= SEVFW_RMP_IMMUTABLE;
		if (op->large)
			new.state |= SEVFW_RMP_LARGE;
		/* What the guest has made of it lasts as long as it stays the guest's. */
		if (same_owner(&old, new.state)) {
			new.state |= old.state & (SEVFW_RMP_VALIDATED | SEVFW_RMP_VMSA);
			new.permissions = old.permissions;
		}
	}
	return sevfw_rmp_store(rmp, address, &new) ? SEVFW_RMP_FAIL_INPUT : SEVFW_RMP_SUCCESS;
}

enum sevfw_rmp_result sevfw_psmash(const struct sevfw_rmp *rmp, uint64_t address)
{
	struct sevfw_rmp_entry large, small;

	if (address % SEVFW_LARGE_PAGE)
		return SEVFW_RMP_FAIL_INPUT;
	if (sevfw_rmp_load(rmp, address, &large) ||
	    address + SEVFW_LARGE_PAGE > sevfw_rmp_limit(rmp))
		return SEVFW_RMP_FAIL_BADADDR;
	if (large.state & SEVFW_RMP_IMMUTABLE)
		return SEVFW_RMP_FAIL_PERMISSION;
	if (large.state & SEVFW_RMP_LOCK)
		return SEVFW_RMP_FAIL_INUSE;
	if (!(large.state & SEVFW_RMP_ASSIGNED) || !(large.state & SEVFW_RMP_LARGE))
		return SEVFW_RMP_FAIL_BADADDR;
	for (unsigned int i = SEVFW_LARGE_PAGES; i-- > 0;) {
		small = large;
		small.state &= ~(SEVFW_RMP_LARGE | SEVFW_RMP_SUBPAGES);
		small.state += (uint64_t)i << SEVFW_RMP_GPA_SHIFT;
		if (!i)
			small.state |= (uint64_t)(SEVFW_LARGE_PAGES - 1) << SEVFW_RMP_SUBPAGES_SHIFT;
		if (put(rmp, address + (uint64_t)i * SEVFW_PAGE, &small))
			return SEVFW_RMP_FAIL_BADADDR;
	}
	return SEVFW_RMP_SUCCESS;
}
