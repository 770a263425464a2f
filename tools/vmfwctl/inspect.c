// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl inspect */
#include <stdlib.h>

#include "hash.h"
#include "igvm.h"
#include "image.h"
#include "measure.h"
#include "vmfwctl.h"

#define ID_BLOCK_DIGEST		8u
#define ID_BLOCK_DIGEST_SIZE	48u
/* More than the format defines. */
#define TYPES_SHOWN		64u

static void show_range(const struct fwimage *image, enum fwimage_known known,
		       const char *key, const char *label)
{
	if (!image->known[known]) {
		cvm_out_none(key, label, "none");
		return;
	}
	cvm_out_object(key, label);
	cvm_out_hex("address", "Address", image->values[known][0], 1);
	cvm_out_quantity("size_bytes", "Size", image->values[known][1], CVM_BYTES);
	cvm_out_end();
}

static void show_table(const struct fwimage *image)
{
	const struct fwimage_entry *entry;
	unsigned int i;

	if (!image->footer) {
		cvm_out_none("footer_table", "Footer table", "none");
		return;
	}
	cvm_out_quantity("footer_table_size_bytes", "Footer table", image->table_size, CVM_BYTES);
	cvm_out_table("footer_table", "Entries of the footer table", "it is empty");
	for (i = 0; i < image->entry_count; i++) {
		entry = &image->entries[i];
		cvm_out_row();
		cvm_out_string("guid", "GUID", entry->guid);
		cvm_out_hex("offset", "Offset", entry->offset, 1);
		cvm_out_u64("size_bytes", "Size", entry->size);
		cvm_out_string("name", "Meaning", entry->name);
		cvm_out_end();
	}
	cvm_out_end();
}

static void show_metadata(const struct fwimage *image, bool whole)
{
	const struct fwimage_section *s;
	const char *name;
	unsigned int i;

	if (!image->known[FWIMAGE_METADATA]) {
		cvm_out_none("sev_metadata", "SEV metadata", "none");
		return;
	}
	if (!whole && !image->metadata_offset) {
		cvm_out_none("sev_metadata", "SEV metadata", "not found");
		return;
	}
	cvm_out_hex("sev_metadata_offset", "SEV metadata at", image->metadata_offset, 1);
	cvm_out_table("sev_metadata", "Sections of the SEV metadata", "it is empty");
	for (i = 0; i < image->section_count; i++) {
		s = &image->sections[i];
		name = fwimage_section_name(s->type);
		cvm_out_row();
		cvm_out_hex("address", "Address", s->address, 1);
		cvm_out_hex(NULL, "Size", s->size, 1);
		cvm_out_u64("size_bytes", NULL, s->size);
		cvm_out_hex("type", "Type", s->type, 1);
		cvm_out_string("name", "Meaning", name ? name : "unknown");
		cvm_out_end();
	}
	cvm_out_end();
}

static int inspect_raw(const char *tried, const void *data, size_t size)
{
	struct fwimage *image = cvm_alloc(1, sizeof(*image));
	struct fw_fault fault;
	int ret;

	ret = fwimage_parse(data, size, image, &fault);
	cvm_out_hex("address", "Address", image->base, 1);
	show_table(image);
	if (image->known[FWIMAGE_RESET])
		cvm_out_hex("reset_block", "Further processors start at",
			    image->values[FWIMAGE_RESET][0], 1);
	else
		cvm_out_none("reset_block", "Further processors start at", "none");
	show_range(image, FWIMAGE_HASHES, "hash_table", "Kernel hash table");
	show_range(image, FWIMAGE_SECRET, "launch_secret", "Launch secret");
	show_metadata(image, !ret);
	free(image);
	return ret ? cvm_error(CVM_FAIL, tried, fault.text, NULL) : CVM_OK;
}

static void show_platforms(const struct igvm *igvm)
{
	struct igvm_platform platform;
	struct igvm_header h;
	size_t position = 0;
	const char *name;

	cvm_out_table("platforms", "Platforms", "none");
	while (igvm_next(igvm, &position, &h)) {
		if (h.type != IGVM_SUPPORTED_PLATFORM)
			continue;
		igvm_platform_read(&h, &platform);
		name = igvm_platform_name(platform.type);
		cvm_out_row();
		cvm_out_u64("type", NULL, platform.type);
		cvm_out_string("name", "Platform",
			       name ? name : cvm_fmt("unknown (%u)", platform.type));
		cvm_out_u64("version", "Version", platform.version);
		cvm_out_hex("mask", "Mask", platform.mask, 1);
		cvm_out_u64("highest_vtl", "Highest VTL", platform.highest_vtl);
		cvm_out_hex("shared_gpa_boundary", "Shared from", platform.shared_boundary, 1);
		cvm_out_end();
	}
	cvm_out_end();
}

/* A file has thousands of pages: how many of each type, in order of appearance. */
static void show_types(const struct igvm *igvm)
{
	struct {
		uint32_t type;
		unsigned int count;
	} seen[TYPES_SHOWN];
	unsigned int used = 0, further = 0, i;
	struct igvm_header h;
	size_t position = 0;
	const char *name;

	while (igvm_next(igvm, &position, &h)) {
		for (i = 0; i < used && seen[i].type != h.type; i++)
			;
		if (i == TYPES_SHOWN) {
			further++;
			continue;
		}
		if (i == used) {
			seen[used].type = h.type;
			seen[used++].count = 0;
		}
		seen[i].count++;
	}
	cvm_out_table("headers", "Headers", "none");
	for (i = 0; i < used; i++) {
		name = igvm_type_name(seen[i].type);
		cvm_out_row();
		cvm_out_hex("type", "Type", seen[i].type, 1);
		cvm_out_string("name", "Meaning", name ? name : "unknown");
		cvm_out_u64("count", "Count", seen[i].count);
		cvm_out_end();
	}
	cvm_out_end();
	if (further)
		cvm_out_u64("further_headers", "Of further types", further);
}

static void show_launch(const struct igvm *igvm)
{
	struct igvm_header h;
	size_t position = 0;

	cvm_out_table("policies", "Guest policies", "none");
	while (igvm_next(igvm, &position, &h)) {
		if (h.type != IGVM_GUEST_POLICY)
			continue;
		cvm_out_row();
		cvm_out_hex("policy", "Policy", fw_get64(h.body), 1);
		cvm_out_hex("mask", "Mask", fw_get32(h.body + 8), 1);
		cvm_out_end();
	}
	cvm_out_end();
	position = 0;
	cvm_out_table("id_blocks", "SNP ID blocks", "none");
	while (igvm_next(igvm, &position, &h)) {
		if ((h.type & ~IGVM_OPTIONAL) != IGVM_SNP_ID_BLOCK)
			continue;
		cvm_out_row();
		cvm_out_bytes("digest", "Digest", h.body + ID_BLOCK_DIGEST, ID_BLOCK_DIGEST_SIZE);
		cvm_out_hex("mask", "Mask", fw_get32(h.body), 1);
		cvm_out_end();
	}
	cvm_out_end();
}

static int inspect_igvm(const char *tried, const void *data, size_t size)
{
	struct fw_fault fault;
	struct igvm igvm;
	int ret;

	ret = igvm_open(data, size, &igvm, &fault);
	cvm_out_u64("version", "Format version", igvm.version);
	cvm_out_hex("headers_offset", "Headers at", igvm.headers_offset, 1);
	cvm_out_quantity("headers_size_bytes", "Headers", igvm.headers_size, CVM_BYTES);
	cvm_out_hex("checksum", "Checksum", igvm.checksum, 8);
	if (ret)
		return cvm_error(CVM_FAIL, tried, fault.text, NULL);
	show_platforms(&igvm);
	show_launch(&igvm);
	show_types(&igvm);
	return CVM_OK;
}

int cmd_inspect(int argc, char **argv)
{
	const char *tried = cvm_fmt("inspecting '%s'", argv[0]);
	uint8_t hash[FW_SHA256_SIZE];
	size_t size;
	void *data;
	bool igvm;
	int ret;

	(void)argc;
	ret = cvm_read_file(argv[0], MEASURE_FILE_MAX, &data, &size);
	if (ret)
		return ret;
	igvm = igvm_is(data, size);
	ret = fw_sha256(data, size, hash);
	if (!ret) {
		cvm_out_string("file", "File", argv[0]);
		cvm_out_string("format", "Format", igvm ? "igvm" : "raw");
		cvm_out_string("content", "Content", igvm ? "IGVM file" :
			       fwimage_is_vars(data, size) ?
			       "variable store (VARS), not firmware" : "firmware image");
		cvm_out_quantity("size_bytes", "Size", size, CVM_BYTES);
		cvm_out_bytes("sha256", "SHA-256", hash, sizeof(hash));
		ret = (igvm ? inspect_igvm : inspect_raw)(tried, data, size);
	}
	free(data);
	return ret;
}
