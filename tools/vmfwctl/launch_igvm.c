// SPDX-License-Identifier: GPL-2.0-only
/*
 * The digest of a launch from an IGVM file: its directives say page by page
 * what is put into the guest, and in which order.
 */
#include <string.h>

#include "launch.h"
#include "pages.h"

/* Guest memory is not that large, and a digest must come to an end. */
#define PARAMETER_AREA_MAX	(64u << 20)
#define PARAMETER_AREAS_MAX	64u
#define INSERTED_MAX		(1u << 30)
#define ID_BLOCK_DIGEST		8u

/*
 * struct walk - a file being measured
 * @mask: bit of the platform SEV-SNP in the compatibility masks
 * @areas: the parameter areas seen, of @area_count
 * @inserted: bytes of all those inserted
 * @zero: hash of a page of zeros
 * @vmsas: seen so far
 */
struct walk {
	const struct igvm *igvm;
	enum launch_vmm vmm;
	uint32_t mask;
	struct area {
		uint32_t index;
		uint64_t size;
		bool inserted;
	} areas[PARAMETER_AREAS_MAX];
	unsigned int area_count;
	uint64_t inserted;
	struct snp_pages pages;
	uint8_t zero[SNP_DIGEST_SIZE];
	unsigned int vmsas;
	struct launch_digest *expected;
	struct fw_fault *fault;
};

/* QEMU leaves the VMSA to KVM, which adds it when everything else is done. */
static int check_order(struct walk *w, const struct igvm_header *h)
{
	if (w->vmm != LAUNCH_QEMU || !w->vmsas)
		return 0;
	return fw_fault_set(w->fault,
			    "its %s at 0x%zx comes after the processor context, which QEMU launches last",
			    igvm_type_name(h->type), h->offset);
}

static int add_page(struct walk *w, const struct igvm_header *h)
{
	uint8_t hash[SNP_DIGEST_SIZE] = { 0 };
	const uint8_t *data = NULL;
	struct igvm_page page;

	igvm_page_read(h, &page);
	if (!(page.mask & w->mask))
		return 0;
	if (check_order(w, h))
		return -1;
	if (page.flags & IGVM_PAGE_2MB)
		return fw_fault_set(w->fault,
				    "its page data at 0x%zx is a 2 MiB page, which is not supported",
				    h->offset);
	if (page.flags & ~IGVM_PAGE_UNMEASURED || page.reserved)
		return fw_fault_set(w->fault, "its page data at 0x%zx has unknown flags: 0x%x",
				    h->offset, page.flags);
	if (page.address % IGVM_PAGE)
		return fw_fault_set(w->fault,
				    "its page data at 0x%zx has the address 0x%llx, which is no page's",
				    h->offset, (unsigned long long)page.address);
	if (page.file_offset) {
		data = igvm_data(w->igvm, page.file_offset);
		if (!data)
			return fw_fault_set(w->fault,
					    "the data of its page at 0x%zx is at 0x%x, not a page of the file's data",
					    h->offset, page.file_offset);
	}
	switch (page.type) {
	case IGVM_PAGE_SECRETS:
		snp_pages_add(&w->pages, SNP_PAGE_SECRETS, NULL, page.address);
		return 0;
	case IGVM_PAGE_CPUID:
	case IGVM_PAGE_CPUID_XF:
		snp_pages_add(&w->pages, SNP_PAGE_CPUID, NULL, page.address);
		return 0;
	case IGVM_PAGE_NORMAL:
		break;
	default:
		return fw_fault_set(w->fault, "its page data at 0x%zx has the unknown type %u",
				    h->offset, page.type);
	}
	if (page.flags & IGVM_PAGE_UNMEASURED) {
		snp_pages_add(&w->pages, SNP_PAGE_UNMEASURED, NULL, page.address);
	} else if (data) {
		snp_pages_hash(&w->pages, data, hash);
		snp_pages_add(&w->pages, SNP_PAGE_NORMAL, hash, page.address);
	} else if (w->vmm == LAUNCH_QEMU) {
		snp_pages_add(&w->pages, SNP_PAGE_ZERO, NULL, page.address);
	} else {
		snp_pages_add(&w->pages, SNP_PAGE_NORMAL, w->zero, page.address);
	}
	return 0;
}

static struct area *find_area(struct walk *w, uint32_t index)
{
	unsigned int i;

	for (i = 0; i < w->area_count; i++)
		if (w->areas[i].index == index)
			return &w->areas[i];
	return NULL;
}

static int add_area(struct walk *w, const struct igvm_header *h)
{
	uint64_t size = fw_get64(h->body);
	uint32_t index = fw_get32(h->body + 8);

	if (find_area(w, index))
		return fw_fault_set(w->fault, "its parameter area %u is there twice", index);
	if (!size || size % IGVM_PAGE || size > PARAMETER_AREA_MAX)
		return fw_fault_set(w->fault,
				    "its parameter area %u has %llu bytes, not whole pages up to %u MiB",
				    index, (unsigned long long)size, PARAMETER_AREA_MAX >> 20);
	if (w->area_count == PARAMETER_AREAS_MAX)
		return fw_fault_set(w->fault, "it has more than %u parameter areas",
				    PARAMETER_AREAS_MAX);
	w->areas[w->area_count++] = (struct area){ .index = index, .size = size };
	return 0;
}

static int add_parameters(struct walk *w, const struct igvm_header *h)
{
	uint64_t address = fw_get64(h->body);
	uint32_t index = fw_get32(h->body + 12);
	struct area *area = find_area(w, index);

	if (!(fw_get32(h->body + 8) & w->mask))
		return 0;
	if (check_order(w, h))
		return -1;
	if (!area || area->inserted)
		return fw_fault_set(w->fault,
				    "its parameter insertion at 0x%zx names area %u, which %s",
				    h->offset, index,
				    area ? "has been inserted before" : "is not there");
	if (address % IGVM_PAGE)
		return fw_fault_set(w->fault,
				    "its parameter insertion at 0x%zx has the address 0x%llx, which is no page's",
				    h->offset, (unsigned long long)address);
	area->inserted = true;
	w->inserted += area->size;
	if (w->inserted > INSERTED_MAX)
		return fw_fault_set(w->fault, "its parameter areas have more than 1 GiB");
	snp_pages_add_range(&w->pages, SNP_PAGE_UNMEASURED, area->size, address);
	return 0;
}

static int add_context(struct walk *w, const struct igvm_header *h)
{
	uint8_t hash[SNP_DIGEST_SIZE] = { 0 };
	uint64_t address = fw_get64(h->body);
	const uint8_t *data;

	if (!(fw_get32(h->body + 8) & w->mask))
		return 0;
	if (w->vmm == LAUNCH_QEMU && w->vmsas)
		return fw_fault_set(w->fault,
				    "it has more than one processor context, and QEMU takes just one");
	if (w->vmm == LAUNCH_QEMU && address != LAUNCH_VMSA_ADDRESS)
		return fw_fault_set(w->fault,
				    "its processor context is for the address 0x%llx, and KVM puts it at 0x%llx",
				    (unsigned long long)address, LAUNCH_VMSA_ADDRESS);
	if (address % IGVM_PAGE)
		return fw_fault_set(w->fault,
				    "its processor context is for the address 0x%llx, which is no page's",
				    (unsigned long long)address);
	data = igvm_data(w->igvm, fw_get32(h->body + 12));
	if (!data)
		return fw_fault_set(w->fault,
				    "the data of its processor context at 0x%zx is not a page of the file's data",
				    h->offset);
	snp_pages_hash(&w->pages, data, hash);
	snp_pages_add(&w->pages, SNP_PAGE_VMSA, hash, address);
	w->vmsas++;
	return 0;
}

static int add_id_block(struct walk *w, const struct igvm_header *h)
{
	if (!(fw_get32(h->body) & w->mask))
		return 0;
	if (w->expected->size)
		return fw_fault_set(w->fault, "it has more than one SNP ID block");
	memcpy(w->expected->bytes, h->body + ID_BLOCK_DIGEST, SNP_DIGEST_SIZE);
	w->expected->size = SNP_DIGEST_SIZE;
	return 0;
}

/* What would change the digest in a way that the file does not say. */
static int refuse(struct walk *w, const struct igvm_header *h, uint32_t mask)
{
	if (!(mask & w->mask))
		return 0;
	return fw_fault_set(w->fault, "its %s at 0x%zx is not supported",
			    igvm_type_name(h->type), h->offset);
}

static int add_header(struct walk *w, const struct igvm_header *h)
{
	switch (h->type & ~IGVM_OPTIONAL) {
	case IGVM_PAGE_DATA:
		return add_page(w, h);
	case IGVM_PARAMETER_AREA:
		return add_area(w, h);
	case IGVM_PARAMETER_INSERT:
		return add_parameters(w, h);
	case IGVM_VP_CONTEXT:
		return add_context(w, h);
	case IGVM_SNP_ID_BLOCK:
		return add_id_block(w, h);
	case IGVM_RELOCATABLE_REGION:
	case IGVM_PAGE_TABLE_RELOCATION:
		return refuse(w, h, fw_get32(h->body));
	case IGVM_ERROR_RANGE:
		return refuse(w, h, fw_get32(h->body + 8));
	}
	/* The others fill parameter areas, whose contents do not count. */
	if (!igvm_type_name(h->type) && !(h->type & IGVM_OPTIONAL))
		return fw_fault_set(w->fault, "its IGVM header at 0x%zx has the unknown type 0x%x",
				    h->offset, h->type);
	return 0;
}

static int walk_headers(struct walk *w)
{
	struct igvm_header h;
	size_t position = 0;

	while (igvm_next(w->igvm, &position, &h))
		if (add_header(w, &h))
			return -1;
	if (!w->vmsas)
		return fw_fault_set(w->fault, "it has no processor context for SEV-SNP");
	return 0;
}

int launch_igvm_digest(const struct igvm *igvm, enum launch_vmm vmm,
		       struct launch_digest *digest,
		       struct launch_digest *expected, struct fw_fault *fault)
{
	static const uint8_t zeros[SNP_PAGE_SIZE];
	struct walk w = {
		.igvm = igvm, .vmm = vmm, .expected = expected, .fault = fault,
	};
	struct igvm_platform platform;
	int ret;

	expected->size = 0;
	if (vmm != LAUNCH_QEMU && vmm != LAUNCH_HYPERV)
		return fw_fault_set(fault, "EC2 and GCE are not known to launch IGVM files");
	if (!igvm_platform_get(igvm, IGVM_SEV_SNP, &platform) || !platform.mask)
		return fw_fault_set(fault, "it is not made for SEV-SNP");
	w.mask = platform.mask;
	snp_pages_start(&w.pages);
	snp_pages_hash(&w.pages, zeros, w.zero);
	ret = walk_headers(&w);
	snp_pages_end(&w.pages);
	if (ret)
		return ret;
	if (w.pages.failed)
		return fw_fault_set(fault, "OpenSSL could not hash it");
	memcpy(digest->bytes, w.pages.digest, SNP_DIGEST_SIZE);
	digest->size = SNP_DIGEST_SIZE;
	return 0;
}
