/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a raw firmware image says of itself: the table of GUIDs that ends 32
 * bytes before its end (as EDK II's OVMF writes it and QEMU reads it), and the
 * SEV metadata that the table points to. Pure logic; every byte is hostile.
 */
#ifndef VMFWCTL_IMAGE_H
#define VMFWCTL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "fault.h"

#define FWIMAGE_ENTRIES_MAX	64u
#define FWIMAGE_SECTIONS_MAX	256u
#define FWIMAGE_PAGE		4096u

/*
 * enum fwimage_known - entries of the table that have a meaning here
 * @FWIMAGE_HASHES: u32 address and u32 size of the kernel hash table
 * @FWIMAGE_RESET: u32 address where processors other than the first start
 * @FWIMAGE_METADATA: u32 distance of the SEV metadata from the image's end
 * @FWIMAGE_SECRET: u32 address and u32 size of the launch secret
 * @FWIMAGE_TDX: u32 distance of the TDX metadata from the image's end
 * @FWIMAGE_SVSM: u32 entry point of an SVSM
 */
enum fwimage_known {
	FWIMAGE_HASHES,
	FWIMAGE_RESET,
	FWIMAGE_METADATA,
	FWIMAGE_SECRET,
	FWIMAGE_TDX,
	FWIMAGE_SVSM,
	FWIMAGE_KNOWN,
};

/*
 * enum fwimage_section_type - what a section of the SEV metadata is for, as in
 * EDK II's OvmfSevMetadata
 */
enum fwimage_section_type {
	FWIMAGE_SEC_MEMORY = 1,
	FWIMAGE_SEC_SECRETS = 2,
	FWIMAGE_SEC_CPUID = 3,
	FWIMAGE_SEC_SVSM_CAA = 4,
	FWIMAGE_SEC_HASHES = 0x10,
};

/*
 * struct fwimage_entry - an entry of the table
 * @guid: its GUID as text
 * @name: what it is, or NULL when it is not known
 * @offset: of its data from the image's start
 * @size: of its data
 */
struct fwimage_entry {
	char guid[FW_GUID_TEXT];
	const char *name;
	uint32_t offset;
	uint16_t size;
};

/* struct fwimage_section - a section of the SEV metadata, just as it stands there */
struct fwimage_section {
	uint32_t address;
	uint32_t size;
	uint32_t type;
};

/*
 * struct fwimage - an image taken apart
 * @data: the caller's; must outlive this
 * @size: its bytes
 * @base: guest physical address of its first byte: it ends at 4 GiB
 * @footer: whether it has a table at all
 * @table_size: the table's bytes
 * @entries: the table, from the one nearest to the image's end
 * @known: entry of that meaning, or NULL
 * @values: the u32 values of those entries
 * @metadata_offset: of the SEV metadata from the image's start
 * @sections: of the SEV metadata; none without FWIMAGE_METADATA
 */
struct fwimage {
	const uint8_t *data;
	size_t size;
	uint64_t base;
	bool footer;
	uint16_t table_size;
	unsigned int entry_count;
	struct fwimage_entry entries[FWIMAGE_ENTRIES_MAX];
	const struct fwimage_entry *known[FWIMAGE_KNOWN];
	uint32_t values[FWIMAGE_KNOWN][2];
	uint32_t metadata_offset;
	unsigned int section_count;
	struct fwimage_section sections[FWIMAGE_SECTIONS_MAX];
};

/*
 * fwimage_parse - take an image apart
 * @data: the whole file
 * @size: its bytes
 * @image: result; on failure, what was found before
 * @fault: why it failed
 *
 * An image without a table is accepted (SeaBIOS has none): see @image->footer.
 *
 * Return: 0, or -1 for a table or metadata that contradict themselves.
 */
int fwimage_parse(const void *data, size_t size, struct fwimage *image,
		  struct fw_fault *fault);

/*
 * fwimage_is_vars - whether this is a variable store and nothing else
 *
 * That is the volume at the start of EDK II's images too, so a file is one only
 * when the volume is all there is of it.
 */
bool fwimage_is_vars(const void *data, size_t size);

/* fwimage_section_name - in words, or NULL for an unknown type */
const char *fwimage_section_name(uint32_t type);

#endif
