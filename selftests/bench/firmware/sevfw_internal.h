/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library's own files, and its unit tests, know of each other. */
#ifndef SEVFW_INTERNAL_H
#define SEVFW_INTERNAL_H

#include "sevfw.h"

#define SEVFW_GUESTS_MAX	16
#define SEVFW_ASIDS		509	/* as many as the bench's CPU has */

struct sevfw_guest {
	uint32_t policy;
	uint32_t asid;			/* 0: not active */
	uint8_t state;			/* enum sevfw_guest_state */
};

struct sevfw {
	struct sevfw_config config;
	struct sevfw_memory memory;

	/* Lost at a reset. */
	bool initialized;
	bool es_active;
	uint32_t guests;
	struct sevfw_guest guest[SEVFW_GUESTS_MAX];	/* handles begin at 1 */
	bool asid_dirty[SEVFW_ASIDS];	/* used by a guest that is gone, not flushed since */
	bool snp_initialized;
	bool rmp_initialized;
	uint32_t snp_flags;
	uint64_t error_stack;

	/* Kept across resets. */
	bool owned;
	uint64_t reported_tcb;
	uint8_t ids[SEVFW_SOCKETS_MAX][SEVFW_ID_SIZE];
};

/* Sets of states, one bit a state. */
#define SEVFW_IN(state)		(1u << (state))
#define SEVFW_ANY_STATE		(~0u)
#define SEVFW_WHEN_UNINIT	SEVFW_IN(SEVFW_PLATFORM_UNINIT)
#define SEVFW_WHEN_INIT		SEVFW_IN(SEVFW_PLATFORM_INIT)
#define SEVFW_WHEN_WORKING	SEVFW_IN(SEVFW_PLATFORM_WORKING)

/*
 * One line of the dispatch table. The dispatcher has checked the states and
 * fetched the command buffer before it calls @run, and writes the buffer back
 * afterwards where @answers is set, also when @run failed: a needed length is
 * told that way.
 */
struct sevfw_entry {
	uint16_t id;
	const char *name;
	size_t size;			/* of the command buffer, 0: takes none */
	bool answers;
	bool snp;			/* only on a platform that has SNP */
	unsigned int platform_states;
	unsigned int snp_states;
	enum sevfw_status (*run)(struct sevfw *fw, void *buffer);
};

extern const struct sevfw_entry sevfw_platform_entries[];
extern const size_t sevfw_platform_entries_nr;
extern const struct sevfw_entry sevfw_guest_entries[];
extern const size_t sevfw_guest_entries_nr;
extern const struct sevfw_entry sevfw_snp_entries[];
extern const size_t sevfw_snp_entries_nr;

/* The largest command buffer of any entry. */
#define SEVFW_BUFFER_MAX	256

/* Memory access in the firmware's own terms. */
enum sevfw_status sevfw_read(struct sevfw *fw, uint64_t address, void *to, size_t length);
enum sevfw_status sevfw_write(struct sevfw *fw, uint64_t address, const void *from,
			      size_t length);

/* At a shutdown or a reset; and what DF_FLUSH does. */
void sevfw_guest_forget_all(struct sevfw *fw);
void sevfw_guest_flush(struct sevfw *fw);

/* Fills @fw->ids from the serial number. Returns 0 or -1. */
int sevfw_derive_ids(struct sevfw *fw);

#endif
