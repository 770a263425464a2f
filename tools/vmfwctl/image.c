// SPDX-License-Identifier: GPL-2.0-only
/* What a raw firmware image says of itself. */
#include <string.h>

#include "image.h"

/* The bytes after the table hold the code that a processor starts with. */
#define TABLE_END	32u
/* u16 size and GUID, at the end of each entry */
#define ENTRY_TAIL	18u
#define FOOTER_GUID	"96b582de-1fb2-45f7-baea-a366c55a082d"

#define METADATA_HEADER	16u
#define SECTION_SIZE	12u
#define METADATA_VERSION 1u

/* UEFI PI firmware volume: GUID, u64 length and signature in its header. */
#define VOLUME_GUID	16u
#define VOLUME_LENGTH	32u
#define VOLUME_SIGNATURE 40u
#define VOLUME_HEADER	56u
#define NVDATA_GUID	"fff12b8d-7696-4c8b-a985-2747075b4f50"

static const struct {
	const char *guid;
	const char *name;
	unsigned int values;
} known[FWIMAGE_KNOWN] = {
	[FWIMAGE_HASHES] = { "7255371f-3a3b-4b04-927b-1da6efa8d454", "kernel hash table", 2 },
	[FWIMAGE_RESET] = { "00f771de-1a7e-4fcb-890e-68c77e2fb44e", "SEV-ES reset block", 1 },
	[FWIMAGE_METADATA] = { "dc886566-984a-4798-a75e-5585a7bf67cc", "SEV metadata", 1 },
	[FWIMAGE_SECRET] = { "4c2eb361-7d9b-4cc3-8081-127c90d3d294", "launch secret", 2 },
	[FWIMAGE_TDX] = { "e47a6535-984a-4798-865e-4685a7bf8ec2", "TDX metadata", 1 },
	[FWIMAGE_SVSM] = { "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd", "SVSM information", 1 },
};

const char *fwimage_section_name(uint32_t type)
{
	switch (type) {
	case FWIMAGE_SEC_MEMORY:
		return "memory";
	case FWIMAGE_SEC_SECRETS:
		return "secrets";
	case FWIMAGE_SEC_CPUID:
		return "CPUID";
	case FWIMAGE_SEC_SVSM_CAA:
		return "SVSM calling area";
	case FWIMAGE_SEC_HASHES:
		return "kernel hashes";
	}
	return NULL;
}

bool fwimage_is_vars(const void *data, size_t size)
{
	const uint8_t *p = data;
	char guid[FW_GUID_TEXT];

	if (size < VOLUME_HEADER || memcmp(p + VOLUME_SIGNATURE, "_FVH", 4))
		return false;
	fw_guid_text(p + VOLUME_GUID, guid);
	return !strcmp(guid, NVDATA_GUID) && fw_get64(p + VOLUME_LENGTH) >= size;
}

/* Notes an entry that has a meaning. Twice the same would have two. */
static int know_entry(struct fwimage *image, struct fwimage_entry *entry,
		      struct fw_fault *fault)
{
	unsigned int i, value;

	for (i = 0; i < FWIMAGE_KNOWN; i++)
		if (!strcmp(entry->guid, known[i].guid))
			break;
	if (i == FWIMAGE_KNOWN)
		return 0;
	entry->name = known[i].name;
	if (image->known[i])
		return fw_fault_set(fault, "its footer table has the %s twice",
				    entry->name);
	if (entry->size < known[i].values * 4)
		return fw_fault_set(fault,
				    "the %s in its footer table has %u bytes, and needs %u",
				    entry->name, entry->size, known[i].values * 4);
	for (value = 0; value < known[i].values; value++)
		image->values[i][value] =
			fw_get32(image->data + entry->offset + value * 4);
	image->known[i] = entry;
	return 0;
}

/* Backwards, as every reader does: an entry's size stands behind its data. */
static int walk_table(struct fwimage *image, size_t start, size_t end,
		      struct fw_fault *fault)
{
	struct fwimage_entry *entry;
	size_t size;

	while (end > start) {
		if (end - start < ENTRY_TAIL)
			return fw_fault_set(fault,
					    "its footer table begins with %zu bytes that are no entry",
					    end - start);
		size = fw_get16(image->data + end - ENTRY_TAIL);
		if (size < ENTRY_TAIL || size > end - start)
			return fw_fault_set(fault,
					    "an entry of its footer table at 0x%zx has the size %zu, of %zu left",
					    end - ENTRY_TAIL, size, end - start);
		if (image->entry_count == FWIMAGE_ENTRIES_MAX)
			return fw_fault_set(fault, "its footer table has more than %u entries",
					    FWIMAGE_ENTRIES_MAX);
		entry = &image->entries[image->entry_count++];
		entry->offset = end - size;
		entry->size = size - ENTRY_TAIL;
		fw_guid_text(image->data + end - FW_GUID_SIZE, entry->guid);
		if (know_entry(image, entry, fault))
			return -1;
		end -= size;
	}
	return 0;
}

static int parse_table(struct fwimage *image, struct fw_fault *fault)
{
	size_t end = image->size - TABLE_END - ENTRY_TAIL;
	char guid[FW_GUID_TEXT];

	if (image->size < TABLE_END + ENTRY_TAIL)
		return 0;
	fw_guid_text(image->data + end + 2, guid);
	if (strcmp(guid, FOOTER_GUID))
		return 0;
	image->footer = true;
	image->table_size = fw_get16(image->data + end);
	if (image->table_size < ENTRY_TAIL || image->table_size > end + ENTRY_TAIL)
		return fw_fault_set(fault,
				    "its footer table claims %u bytes, and there is room for 18 to %zu",
				    image->table_size, end + ENTRY_TAIL);
	return walk_table(image, end + ENTRY_TAIL - image->table_size, end, fault);
}

static int parse_metadata(struct fwimage *image, struct fw_fault *fault)
{
	uint32_t distance = image->values[FWIMAGE_METADATA][0], size, version, i;
	struct fwimage_section *section;
	const uint8_t *p;

	if (distance < METADATA_HEADER || distance > image->size)
		return fw_fault_set(fault,
				    "its SEV metadata is said to be 0x%x bytes before its end, outside of it",
				    distance);
	image->metadata_offset = image->size - distance;
	p = image->data + image->metadata_offset;
	if (memcmp(p, "ASEV", 4))
		return fw_fault_set(fault,
				    "its SEV metadata at 0x%x does not begin with ASEV",
				    image->metadata_offset);
	size = fw_get32(p + 4);
	version = fw_get32(p + 8);
	if (version != METADATA_VERSION)
		return fw_fault_set(fault, "its SEV metadata has version %u, and only 1 is known",
				    version);
	if (size > distance)
		return fw_fault_set(fault, "its SEV metadata claims %u bytes, of %u left",
				    size, distance);
	image->section_count = fw_get32(p + 12);
	if (image->section_count > FWIMAGE_SECTIONS_MAX ||
	    size < METADATA_HEADER + image->section_count * SECTION_SIZE) {
		fw_fault_set(fault, "its SEV metadata of %u bytes claims %u sections",
			     size, image->section_count);
		image->section_count = 0;
		return -1;
	}
	for (i = 0, p += METADATA_HEADER; i < image->section_count; i++, p += SECTION_SIZE) {
		section = &image->sections[i];
		section->address = fw_get32(p);
		section->size = fw_get32(p + 4);
		section->type = fw_get32(p + 8);
	}
	return 0;
}

int fwimage_parse(const void *data, size_t size, struct fwimage *image,
		  struct fw_fault *fault)
{
	memset(image, 0, sizeof(*image));
	fault->text[0] = 0;
	if (!size)
		return fw_fault_set(fault, "it is empty");
	if (size >> 32)
		return fw_fault_set(fault, "it has %zu bytes, and cannot lie below 4 GiB", size);
	image->data = data;
	image->size = size;
	image->base = (1ull << 32) - size;
	if (parse_table(image, fault))
		return -1;
	return image->known[FWIMAGE_METADATA] ? parse_metadata(image, fault) : 0;
}
