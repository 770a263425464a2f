// SPDX-License-Identifier: GPL-2.0-only
/* The digest of a launch with a raw firmware image. */
#include <string.h>

#include "launch.h"
#include "pages.h"

#define TABLE_GUID	"9438d606-4f22-4cc9-b479-a793d411fd21"
#define TABLE_USED	168u
#define TABLE_ENTRY	50u

void launch_hashes_table(const uint8_t hashes[3][32],
			 uint8_t table[LAUNCH_TABLE_SIZE])
{
	static const char *const guids[] = {
		"97d02dd8-bd20-4c94-aa78-e7714d36ab2a",
		"44baf731-3a2f-4bd7-9af1-41e29169781d",
		"4de79437-abd2-427f-b835-d5b172d2045b",
	};
	uint8_t *p = table;
	unsigned int i;

	memset(table, 0, LAUNCH_TABLE_SIZE);
	fw_guid_bytes(TABLE_GUID, p);
	fw_put(p + FW_GUID_SIZE, 2, TABLE_USED);
	p += FW_GUID_SIZE + 2;
	for (i = 0; i < 3; i++, p += TABLE_ENTRY) {
		fw_guid_bytes(guids[i], p);
		fw_put(p + FW_GUID_SIZE, 2, TABLE_ENTRY);
		memcpy(p + FW_GUID_SIZE + 2, hashes[i], 32);
	}
}

/* What all modes need of the image itself. */
static int check_image(const struct fwimage *image, const struct launch_config *config,
		       struct fw_fault *fault)
{
	const uint32_t *hashes = image->values[FWIMAGE_HASHES];

	if (fwimage_is_vars(image->data, image->size))
		return fw_fault_set(fault, "it is a variable store (VARS), not firmware");
	if (config->mode != LAUNCH_SEV || config->table) {
		if (!image->footer)
			return fw_fault_set(fault,
					    "it has no footer table: it is no firmware for SEV, or not whole");
	}
	if (config->mode != LAUNCH_SEV && !image->values[FWIMAGE_RESET][0])
		return fw_fault_set(fault,
				    "its footer table does not say where further processors start (no SEV-ES reset block)");
	if (!config->table)
		return 0;
	if (!image->known[FWIMAGE_HASHES])
		return fw_fault_set(fault,
				    "a kernel is given, and it has no hash table for one");
	if (!hashes[0])
		return fw_fault_set(fault,
				    "a kernel is given, and the address of its hash table is 0: it measures none");
	if (hashes[1] < LAUNCH_TABLE_SIZE)
		return fw_fault_set(fault,
				    "its hash table has room for %u bytes, and a kernel's hashes need %u",
				    hashes[1], LAUNCH_TABLE_SIZE);
	return 0;
}

static bool sections_meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* A page can be given to the guest once only, so sections never overlap. */
static int check_section(const struct fwimage *image, unsigned int index,
			 struct fw_fault *fault)
{
	const struct fwimage_section *s = &image->sections[index], *other;
	unsigned int i;

	if (!fwimage_section_name(s->type))
		return fw_fault_set(fault,
				    "section %u of its SEV metadata has the unknown type 0x%x",
				    index, s->type);
	if (s->address % FWIMAGE_PAGE || s->size % FWIMAGE_PAGE || !s->size)
		return fw_fault_set(fault,
				    "section %u of its SEV metadata, 0x%x bytes at 0x%x, is not a number of whole pages",
				    index, s->size, s->address);
	if (sections_meet(s->address, s->size, image->base, image->size))
		return fw_fault_set(fault,
				    "section %u of its SEV metadata, 0x%x bytes at 0x%x, reaches into the image itself",
				    index, s->size, s->address);
	for (i = 0; i < index; i++) {
		other = &image->sections[i];
		if (sections_meet(s->address, s->size, other->address, other->size))
			return fw_fault_set(fault,
					    "sections %u and %u of its SEV metadata overlap at 0x%x",
					    i, index, s->address > other->address ?
					    s->address : other->address);
	}
	return 0;
}

static int check_sections(const struct fwimage *image, const struct launch_config *config,
			  struct fw_fault *fault)
{
	const struct fwimage_section *s;
	bool hashes = false;
	unsigned int i;

	if (image->size % FWIMAGE_PAGE)
		return fw_fault_set(fault, "it has %zu bytes, which are not whole pages of %u",
				    image->size, FWIMAGE_PAGE);
	for (i = 0; i < image->section_count; i++) {
		s = &image->sections[i];
		if (check_section(image, i, fault))
			return -1;
		if (s->type != FWIMAGE_SEC_HASHES || !config->table)
			continue;
		hashes = true;
		if (s->size != FWIMAGE_PAGE ||
		    image->values[FWIMAGE_HASHES][0] % FWIMAGE_PAGE >
		    FWIMAGE_PAGE - LAUNCH_TABLE_SIZE)
			return fw_fault_set(fault,
					    "a kernel's hashes at 0x%x do not fit into section %u of its SEV metadata, 0x%x bytes at 0x%x",
					    image->values[FWIMAGE_HASHES][0], i, s->size,
					    s->address);
	}
	if (config->table && !hashes)
		return fw_fault_set(fault,
				    "a kernel is given, and its SEV metadata has no section for a kernel's hashes (type 0x10)");
	return 0;
}

static void add_hashes(struct snp_pages *pages, const struct fwimage *image,
		       const struct launch_config *config, uint32_t address)
{
	uint8_t page[SNP_PAGE_SIZE] = { 0 };

	memcpy(page + image->values[FWIMAGE_HASHES][0] % SNP_PAGE_SIZE,
	       config->table, LAUNCH_TABLE_SIZE);
	snp_pages_add_data(pages, page, sizeof(page), address);
}

static void add_section(struct snp_pages *pages, const struct fwimage *image,
			const struct launch_config *config,
			const struct fwimage_section *s)
{
	enum snp_page_type type = SNP_PAGE_ZERO;

	switch ((enum fwimage_section_type)s->type) {
	case FWIMAGE_SEC_MEMORY:
		if (config->vmm == LAUNCH_GCE)
			type = SNP_PAGE_UNMEASURED;
		break;
	case FWIMAGE_SEC_SECRETS:
		type = SNP_PAGE_SECRETS;
		break;
	case FWIMAGE_SEC_CPUID:
		type = SNP_PAGE_CPUID;
		break;
	case FWIMAGE_SEC_HASHES:
		if (config->table) {
			add_hashes(pages, image, config, s->address);
			return;
		}
		break;
	case FWIMAGE_SEC_SVSM_CAA:
		break;
	}
	snp_pages_add_range(pages, type, s->size, s->address);
}

static void add_sections(struct snp_pages *pages, const struct fwimage *image,
			 const struct launch_config *config)
{
	bool cpuid_last = config->vmm == LAUNCH_EC2;
	const struct fwimage_section *s;
	unsigned int i;

	for (i = 0; i < image->section_count; i++) {
		s = &image->sections[i];
		if (s->type != FWIMAGE_SEC_CPUID || !cpuid_last)
			add_section(pages, image, config, s);
	}
	for (i = 0; cpuid_last && i < image->section_count; i++) {
		s = &image->sections[i];
		if (s->type == FWIMAGE_SEC_CPUID)
			add_section(pages, image, config, s);
	}
}

/* All processors but the first start alike: two pages are hashed at most. */
static void add_vmsas(struct snp_pages *pages, const struct fwimage *image,
		      const struct launch_config *config)
{
	uint8_t page[LAUNCH_VMSA_SIZE], contents[SNP_DIGEST_SIZE] = { 0 };
	unsigned int i;

	for (i = 0; i < config->vcpus; i++) {
		if (i < 2) {
			launch_vmsa_build(config, i ? image->values[FWIMAGE_RESET][0] :
					  LAUNCH_RESET_VECTOR, page);
			snp_pages_hash(pages, page, contents);
		}
		snp_pages_add(pages, SNP_PAGE_VMSA, contents, LAUNCH_VMSA_ADDRESS);
	}
}

static bool snp_digest(const struct fwimage *image, const struct launch_config *config,
		       struct launch_digest *digest)
{
	struct snp_pages pages;

	snp_pages_start(&pages);
	snp_pages_add_data(&pages, image->data, image->size, image->base);
	add_sections(&pages, image, config);
	add_vmsas(&pages, image, config);
	snp_pages_end(&pages);
	memcpy(digest->bytes, pages.digest, SNP_DIGEST_SIZE);
	digest->size = SNP_DIGEST_SIZE;
	return !pages.failed;
}

/* SEV and SEV-ES hash everything in one go, without addresses. */
static bool sev_digest(const struct fwimage *image, const struct launch_config *config,
		       struct launch_digest *digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t page[LAUNCH_VMSA_SIZE];
	unsigned int i;
	bool good;

	good = context && EVP_DigestInit_ex2(context, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(context, image->data, image->size);
	if (good && config->table)
		good = EVP_DigestUpdate(context, config->table, LAUNCH_TABLE_SIZE);
	for (i = 0; good && config->mode == LAUNCH_SEV_ES && i < config->vcpus; i++) {
		launch_vmsa_build(config, i ? image->values[FWIMAGE_RESET][0] :
				  LAUNCH_RESET_VECTOR, page);
		good = EVP_DigestUpdate(context, page, sizeof(page));
	}
	good = good && EVP_DigestFinal_ex(context, digest->bytes, &digest->size);
	EVP_MD_CTX_free(context);
	return good;
}

int launch_image_digest(const struct fwimage *image,
			const struct launch_config *config,
			struct launch_digest *digest, struct fw_fault *fault)
{
	bool snp = config->mode == LAUNCH_SNP;

	if (config->vmm == LAUNCH_HYPERV)
		return fw_fault_set(fault,
				    "how Hyper-V and OpenVMM launch a raw image is not known: they take IGVM files");
	if (!config->vcpus || config->vcpus > LAUNCH_VCPUS_MAX)
		return fw_fault_set(fault, "a guest has 1 to %u processors, not %u",
				    LAUNCH_VCPUS_MAX, config->vcpus);
	if (check_image(image, config, fault) ||
	    (snp && check_sections(image, config, fault)))
		return -1;
	if (!(snp ? snp_digest : sev_digest)(image, config, digest))
		return fw_fault_set(fault, "OpenSSL could not hash it");
	return 0;
}
