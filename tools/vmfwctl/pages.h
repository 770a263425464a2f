/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The launch digest of SEV-SNP: a chain over every page that the launch puts
 * into the guest. Each step is described by the 112-byte PAGE_INFO of the SEV
 * firmware's ABI (AMD publication 56860, SNP_LAUNCH_UPDATE).
 */
#ifndef VMFWCTL_PAGES_H
#define VMFWCTL_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

#define SNP_PAGE_SIZE	4096u
#define SNP_DIGEST_SIZE	48u

/* enum snp_page_type - of SNP_LAUNCH_UPDATE; the contents of the last four do not count */
enum snp_page_type {
	SNP_PAGE_NORMAL = 1,
	SNP_PAGE_VMSA = 2,
	SNP_PAGE_ZERO = 3,
	SNP_PAGE_UNMEASURED = 4,
	SNP_PAGE_SECRETS = 5,
	SNP_PAGE_CPUID = 6,
};

/*
 * struct snp_pages - a digest in the making
 * @digest: as it is now
 * @failed: the hash function failed once; the digest is worth nothing
 */
struct snp_pages {
	EVP_MD *md;
	EVP_MD_CTX *context;
	uint8_t digest[SNP_DIGEST_SIZE];
	bool failed;
};

/* snp_pages_start - an empty launch; @pages->failed when memory is short */
void snp_pages_start(struct snp_pages *pages);

/* snp_pages_end - gives back what the start took; the digest stays */
void snp_pages_end(struct snp_pages *pages);

/* snp_pages_hash - SHA-384 of one page, for snp_pages_add() */
void snp_pages_hash(struct snp_pages *pages, const void *page,
		    uint8_t hash[SNP_DIGEST_SIZE]);

/*
 * snp_pages_add - one more page
 * @hash: of its contents; NULL for the types whose contents do not count
 * @address: guest physical
 */
void snp_pages_add(struct snp_pages *pages, enum snp_page_type type,
		   const uint8_t *hash, uint64_t address);

/* snp_pages_add_data - @size bytes of normal pages, in ascending order */
void snp_pages_add_data(struct snp_pages *pages, const uint8_t *data,
			uint64_t size, uint64_t address);

/* snp_pages_add_range - @size bytes of pages whose contents do not count */
void snp_pages_add_range(struct snp_pages *pages, enum snp_page_type type,
			 uint64_t size, uint64_t address);

#endif
