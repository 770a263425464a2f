/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library's own files, and its unit tests, know of each other. */
#ifndef SEVFW_INTERNAL_H
#define SEVFW_INTERNAL_H

#include "sevfw.h"

/* What the storage keeps. */
struct sevfw_identity {
	uint8_t owned;			/* by the holder of the OCA's key, outside */
	uint8_t oca_key[SEVFW_SCALAR_SIZE];	/* zero when owned */
	uint8_t pek_key[SEVFW_SCALAR_SIZE];
	uint8_t pdh_key[SEVFW_SCALAR_SIZE];
	struct sevfw_cert oca;
	struct sevfw_cert pek;
	struct sevfw_cert pdh;
} SEVFW_PACKED;

/* Which firmware runs. */
struct sevfw_version {
	uint8_t api_major;
	uint8_t api_minor;
	uint32_t build;
	uint64_t tcb;
};

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
	bool asids_dirty;		/* a guest is gone, the data fabric not flushed since */
	struct sevfw_identity identity;	/* while initialized */
	uint64_t nv_address;		/* of the driver's storage, 0: the flash */
	uint8_t nv_image[SEVFW_STORAGE_SIZE];	/* what was written there last */
	bool snp_initialized;
	bool rmp_initialized;
	uint64_t rmp_tcb;		/* of the firmware that made it */
	bool rmp_used;			/* there is a table, and SNP is initialized */
	struct sevfw_rmp rmp;
	unsigned int logs_nr;		/* of IOMMUs, the firmware's since SNP_INIT */
	struct sevfw_span logs[SEVFW_LOGS_MAX];
	uint64_t tmr_address;		/* while ES is active */
	uint32_t tmr_length;
	bool rapl_disabled;
	bool hiding_enabled;
	bool vlek_loaded;
	uint32_t snp_masks;
	uint64_t reported_tcb;
	struct sevfw_version current;
	struct sevfw_version committed;
	uint64_t error_stack;

	/* Kept across resets. */
	uint8_t flash[SEVFW_STORAGE_SIZE];
	uint8_t ids[SEVFW_SOCKETS_MAX][SEVFW_ID_SIZE];
	bool cek_made;
	struct sevfw_cert cek;
	bool ca_made;
	struct sevfw_ca_chain ca;
};

/* Sets of states, one bit a state. */
#define SEVFW_IN(state)		(1u << (state))
#define SEVFW_ANY_STATE		(~0u)
#define SEVFW_WHEN_UNINIT	SEVFW_IN(SEVFW_PLATFORM_UNINIT)
#define SEVFW_WHEN_INIT		SEVFW_IN(SEVFW_PLATFORM_INIT)
#define SEVFW_WHEN_WORKING	SEVFW_IN(SEVFW_PLATFORM_WORKING)
#define SEVFW_WHEN_SNP_UNINIT	SEVFW_IN(SEVFW_SNP_UNINIT)
#define SEVFW_WHEN_SNP_INIT	SEVFW_IN(SEVFW_SNP_INITED)

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
extern const struct sevfw_entry sevfw_endorsement_entries[];
extern const size_t sevfw_endorsement_entries_nr;
extern const struct sevfw_entry sevfw_image_entries[];
extern const size_t sevfw_image_entries_nr;
extern const struct sevfw_entry sevfw_page_entries[];
extern const size_t sevfw_page_entries_nr;
extern const struct sevfw_entry sevfw_snp_entries[];
extern const size_t sevfw_snp_entries_nr;

/* The largest command buffer of any entry. */
#define SEVFW_BUFFER_MAX	256

/* Memory access in the firmware's own terms. */
enum sevfw_status sevfw_read(struct sevfw *fw, uint64_t address, void *to, size_t length);
enum sevfw_status sevfw_write(struct sevfw *fw, uint64_t address, const void *from,
			      size_t length);

/*
 * Whether the firmware may write there: with a reverse map table every page has
 * to be in the state Firmware, or beyond the table.
 */
enum sevfw_status sevfw_writable(struct sevfw *fw, uint64_t address, size_t length);

/* Whether a range has nothing of what only the firmware, or nobody, may touch. */
enum sevfw_status sevfw_reachable(struct sevfw *fw, uint64_t address, size_t length);

/* At a shutdown or a reset; and what DF_FLUSH does. */
void sevfw_guest_forget_all(struct sevfw *fw);
void sevfw_guest_flush(struct sevfw *fw);

/* The reverse map table, sevfw_page.c: at SNP_INIT, and when SNP leaves the IOMMUs. */
enum sevfw_status sevfw_host_check(struct sevfw *fw, const struct sevfw_host *host, bool init_rmp);
enum sevfw_status sevfw_rmp_fill(struct sevfw *fw, const struct sevfw_host *host,
				 const struct sevfw_range_list *list);
enum sevfw_status sevfw_rmp_release_logs(struct sevfw *fw);

/* Fills @fw->ids from the serial number. Returns 0 or -1. */
int sevfw_derive_ids(struct sevfw *fw);

/*
 * Identities, sevfw_identity.c: a whole new one that owns itself, a new PDH
 * for one, the CEK's signature under its PEK, and what PDH_CERT_EXPORT gives.
 * All return 0, or -1 when OpenSSL fails.
 */
int sevfw_identity_create(const struct sevfw *fw, struct sevfw_identity *id);
int sevfw_identity_new_pdh(const struct sevfw *fw, struct sevfw_identity *id);
int sevfw_identity_endorse(const struct sevfw *fw, struct sevfw_cert *pek);
int sevfw_identity_chain(struct sevfw *fw, struct sevfw_cert_chain *chain);

/*
 * The storage, sevfw_storage.c. Loading makes @fw->identity, a new one if the
 * storage is empty; @address of the driver's buffer, or 0 for the flash, is
 * where later changes go. Storing changes all or nothing.
 */
enum sevfw_status sevfw_storage_load(struct sevfw *fw, uint64_t address);
enum sevfw_status sevfw_storage_store(struct sevfw *fw, const struct sevfw_identity *id);
enum sevfw_status sevfw_storage_erase(struct sevfw *fw);
void sevfw_storage_forget(struct sevfw *fw);

/* The test root, sevfw_root.c: its certificates, and signatures by its ASK. */
int sevfw_root_make(struct sevfw_ca_chain *chain);
int sevfw_root_sign(const void *data, size_t length, uint8_t signature[SEVFW_RSA_SIZE]);
int sevfw_root_verify(const void *data, size_t length, const uint8_t signature[SEVFW_RSA_SIZE]);

/* Is no component of @a above that of @b? */
bool sevfw_tcb_at_most(uint64_t a, uint64_t b);

/* What runs now becomes what must not be undercut. */
void sevfw_commit(struct sevfw *fw);

#endif
