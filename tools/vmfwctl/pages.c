// SPDX-License-Identifier: GPL-2.0-only
/* The launch digest of SEV-SNP, page by page. */
#include <string.h>

#include "bytes.h"
#include "pages.h"

/*
 * PAGE_INFO: digest so far, hash of the contents, u16 length of this, u8 page
 * type, u8 "part of an initial migration image", u8 reserved, u8[3] permissions
 * of the lower privilege levels, u64 guest physical address.
 */
#define INFO_CONTENTS	48u
#define INFO_LENGTH	96u
#define INFO_TYPE	98u
#define INFO_ADDRESS	104u
#define INFO_SIZE	112u

void snp_pages_start(struct snp_pages *pages)
{
	memset(pages, 0, sizeof(*pages));
	/* Fetched once: by name for each page costs as much as the hashing. */
	pages->md = EVP_MD_fetch(NULL, "SHA384", NULL);
	pages->context = EVP_MD_CTX_new();
	pages->failed = !pages->md || !pages->context;
}

void snp_pages_end(struct snp_pages *pages)
{
	EVP_MD_CTX_free(pages->context);
	EVP_MD_free(pages->md);
	pages->context = NULL;
	pages->md = NULL;
}

static void hash(struct snp_pages *pages, const void *data, size_t size,
		 uint8_t result[SNP_DIGEST_SIZE])
{
	if (pages->failed || !EVP_DigestInit_ex2(pages->context, pages->md, NULL) ||
	    !EVP_DigestUpdate(pages->context, data, size) ||
	    !EVP_DigestFinal_ex(pages->context, result, NULL))
		pages->failed = true;
}

void snp_pages_hash(struct snp_pages *pages, const void *page,
		    uint8_t result[SNP_DIGEST_SIZE])
{
	hash(pages, page, SNP_PAGE_SIZE, result);
}

void snp_pages_add(struct snp_pages *pages, enum snp_page_type type,
		   const uint8_t *contents, uint64_t address)
{
	uint8_t info[INFO_SIZE] = { 0 };

	memcpy(info, pages->digest, SNP_DIGEST_SIZE);
	if (contents)
		memcpy(info + INFO_CONTENTS, contents, SNP_DIGEST_SIZE);
	fw_put(info + INFO_LENGTH, 2, INFO_SIZE);
	info[INFO_TYPE] = type;
	fw_put(info + INFO_ADDRESS, 8, address);
	hash(pages, info, sizeof(info), pages->digest);
}

void snp_pages_add_data(struct snp_pages *pages, const uint8_t *data,
			uint64_t size, uint64_t address)
{
	uint8_t contents[SNP_DIGEST_SIZE] = { 0 };
	uint64_t done;

	for (done = 0; done < size; done += SNP_PAGE_SIZE) {
		/* A quarter to a half of OVMF's pages are padding, like the one before. */
		if (!done || memcmp(data + done, data + done - SNP_PAGE_SIZE, SNP_PAGE_SIZE))
			snp_pages_hash(pages, data + done, contents);
		snp_pages_add(pages, SNP_PAGE_NORMAL, contents, address + done);
	}
}

void snp_pages_add_range(struct snp_pages *pages, enum snp_page_type type,
			 uint64_t size, uint64_t address)
{
	uint64_t done;

	for (done = 0; done < size; done += SNP_PAGE_SIZE)
		snp_pages_add(pages, type, NULL, address + done);
}
