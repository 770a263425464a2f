/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reverse map table of SEV-SNP (AMD publication 24593, chapter 15.36): 16
 * bytes for each 4 KiB page of system memory, after 16 KiB of the processor's
 * own, laid out as on processors of family 19h; and the two instructions by
 * which a hypervisor changes it. Whoever shares a table locks it himself.
 */
#ifndef SEVFW_RMP_H
#define SEVFW_RMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sevfw_abi.h"

#define SEVFW_RMP_BOOKKEEPING	0x4000u
#define SEVFW_RMP_ENTRY_SIZE	16u
#define SEVFW_RMP_ALIGN		(1u << 20)	/* of its base and size */
#define SEVFW_PAGE		4096u
#define SEVFW_LARGE_PAGE	(2u << 20)
#define SEVFW_LARGE_PAGES	512u		/* small ones in a large one */

/* Bits of an entry's first eight bytes. */
#define SEVFW_RMP_ASSIGNED	(1ull << 0)
#define SEVFW_RMP_LARGE		(1ull << 1)
#define SEVFW_RMP_IMMUTABLE	(1ull << 2)
#define SEVFW_RMP_SUBPAGES_SHIFT	3	/* 9 bits */
#define SEVFW_RMP_SUBPAGES	(0x1ffull << SEVFW_RMP_SUBPAGES_SHIFT)
#define SEVFW_RMP_GPA_SHIFT	12		/* 39 bits: a guest's page number */
#define SEVFW_RMP_GPA		(0x7fffffffffull << SEVFW_RMP_GPA_SHIFT)
#define SEVFW_RMP_ASID_SHIFT	51		/* 10 bits */
#define SEVFW_RMP_ASID		(0x3ffull << SEVFW_RMP_ASID_SHIFT)
#define SEVFW_RMP_VMSA		(1ull << 61)
#define SEVFW_RMP_VALIDATED	(1ull << 62)
#define SEVFW_RMP_LOCK		(1ull << 63)

struct sevfw_rmp_entry {
	uint64_t state;
	uint64_t permissions;		/* of the guest's privilege levels */
} SEVFW_PACKED;

/* A page's state as the publication names it: what its entry says, all in all. */
enum sevfw_page_state {
	SEVFW_PAGE_INVALID,		/* none of these */
	SEVFW_PAGE_DEFAULT,		/* the table does not reach so far */
	SEVFW_PAGE_HYPERVISOR,
	SEVFW_PAGE_HV_FIXED,
	SEVFW_PAGE_FIRMWARE,
	SEVFW_PAGE_FIRMWARE_IOMMU,
	SEVFW_PAGE_RECLAIM,
	SEVFW_PAGE_CONTEXT,
	SEVFW_PAGE_METADATA,
	SEVFW_PAGE_PRE_GUEST,
	SEVFW_PAGE_PRE_SWAP,
	SEVFW_PAGE_GUEST_INVALID,
	SEVFW_PAGE_GUEST_VALID,
};

/* A table: @base and @end (its last byte) as the MSRs give them. */
struct sevfw_rmp {
	int (*read)(void *opaque, uint64_t address, void *to, size_t length);
	int (*write)(void *opaque, uint64_t address, const void *from, size_t length);
	void *opaque;
	uint64_t base;
	uint64_t end;
};

/* What RMPUPDATE finds at the address in RCX. */
struct sevfw_rmp_operand {
	uint64_t gpa;
	uint8_t assigned;
	uint8_t large;
	uint8_t immutable;
	uint8_t reserved;
	uint32_t asid;
} SEVFW_PACKED;

/* What both instructions leave in EAX. */
enum sevfw_rmp_result {
	SEVFW_RMP_SUCCESS		= 0,
	SEVFW_RMP_FAIL_INPUT		= 1,
	SEVFW_RMP_FAIL_PERMISSION	= 2,
	SEVFW_RMP_FAIL_INUSE		= 3,
	SEVFW_RMP_FAIL_OVERLAP		= 4,	/* of RMPUPDATE */
	SEVFW_RMP_FAIL_BADADDR		= 4,	/* of PSMASH */
};

enum sevfw_rmp_result sevfw_rmpupdate(const struct sevfw_rmp *rmp, uint64_t address,
				      const struct sevfw_rmp_operand *operand);
enum sevfw_rmp_result sevfw_psmash(const struct sevfw_rmp *rmp, uint64_t address);

/* The pages that the table has entries for: those below this address. */
uint64_t sevfw_rmp_limit(const struct sevfw_rmp *rmp);

/*
 * One page's entry. Both return 0, or -1 when it has none or the table is not
 * memory. Storing keeps the count of assigned pages in its 2 MiB.
 */
int sevfw_rmp_load(const struct sevfw_rmp *rmp, uint64_t address, struct sevfw_rmp_entry *entry);
int sevfw_rmp_store(const struct sevfw_rmp *rmp, uint64_t address,
		    const struct sevfw_rmp_entry *entry);

/*
 * The state of the page at @address, and in @entry the entry that decides it:
 * that of the large page where it is part of one.
 */
enum sevfw_page_state sevfw_rmp_page(const struct sevfw_rmp *rmp, uint64_t address,
				     struct sevfw_rmp_entry *entry);

/* The entry of a new page in that state, of those that the firmware makes. */
struct sevfw_rmp_entry sevfw_rmp_entry_of(enum sevfw_page_state state);

#endif
