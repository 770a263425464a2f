// SPDX-License-Identifier: GPL-2.0-only
/* IGVM files: their frame and their headers. */
#include <string.h>

#include "igvm.h"

#define FIXED_VERSION	4u
#define FIXED_OFFSET	8u
#define FIXED_HEADERS	12u
#define FIXED_TOTAL	16u
#define FIXED_CHECKSUM	20u
#define VARIABLE_SIZE	8u
/* 4 GiB of pages; and as many platforms and policies as nobody needs. */
#define HEADERS_MAX	(1u << 20)
#define EARLY_MAX	1024u

/* The sections of the variable headers, and the types that belong to them. */
static const struct {
	const char *name;
	uint32_t first, last;
} sections[] = {
	{ "platform", 0x1, 0x100 },
	{ "initialization", 0x101, 0x200 },
	{ "directive", 0x301, 0x400 },
};

#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

/* The types that version 1 defines, with the bytes of their bodies. */
static const struct {
	uint32_t type;
	uint32_t size;
	const char *name;
} types[] = {
	{ IGVM_SUPPORTED_PLATFORM, 16, "supported platform" },
	{ IGVM_GUEST_POLICY, 16, "guest policy" },
	{ IGVM_RELOCATABLE_REGION, 48, "relocatable region" },
	{ IGVM_PAGE_TABLE_RELOCATION, 32, "page table relocation" },
	{ IGVM_PARAMETER_AREA, 16, "parameter area" },
	{ IGVM_PAGE_DATA, 24, "page data" },
	{ IGVM_PARAMETER_INSERT, 16, "parameter insertion" },
	{ IGVM_VP_CONTEXT, 20, "processor context" },
	{ IGVM_REQUIRED_MEMORY, 24, "required memory" },
	{ 0x307, 8, "processor count" },
	{ 0x308, 8, "SRAT" },
	{ 0x309, 8, "MADT" },
	{ 0x30a, 8, "MMIO ranges" },
	{ IGVM_SNP_ID_BLOCK, 696, "SNP ID block" },
	{ 0x30c, 8, "memory map" },
	{ IGVM_ERROR_RANGE, 16, "error range" },
	{ 0x30e, 8, "command line" },
	{ 0x30f, 8, "SLIT" },
	{ 0x310, 8, "PPTT" },
	{ 0x311, 0, "VBS measurement" },
	{ 0x312, 8, "device tree" },
	{ 0x313, 8, "environment information" },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static unsigned int find_type(uint32_t type)
{
	unsigned int i;

	for (i = 0; i < TYPES && types[i].type != (type & ~IGVM_OPTIONAL); i++)
		;
	return i;
}

const char *igvm_type_name(uint32_t type)
{
	unsigned int i = find_type(type);

	return i < TYPES ? types[i].name : NULL;
}

const char *igvm_platform_name(uint8_t type)
{
	static const char *const names[] = {
		"native", "VSM", "SEV-SNP", "TDX", "SEV", "SEV-ES",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

bool igvm_is(const void *data, size_t size)
{
	return size >= 4 && !memcmp(data, "IGVM", 4);
}

/* CRC-32 as in IEEE 802.3, of what may come in pieces; starts with 0. */
static uint32_t crc32_add(uint32_t crc, const uint8_t *p, size_t size)
{
	unsigned int bit;

	crc = ~crc;
	while (size--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static uint32_t checksum(const struct igvm *igvm)
{
	static const uint8_t none[4];
	uint32_t crc;

	/* The checksum itself counts as zero. */
	crc = crc32_add(0, igvm->data, FIXED_CHECKSUM);
	crc = crc32_add(crc, none, sizeof(none));
	return crc32_add(crc, igvm->data + igvm->headers_offset, igvm->headers_size);
}

static int check_fixed(struct igvm *igvm, struct fw_fault *fault)
{
	const uint8_t *p = igvm->data;
	uint32_t total;

	if (!igvm_is(p, igvm->size))
		return fw_fault_set(fault, "it does not begin with IGVM");
	if (igvm->size < IGVM_FIXED_SIZE)
		return fw_fault_set(fault, "it has %zu bytes, and an IGVM header needs %u",
				    igvm->size, IGVM_FIXED_SIZE);
	igvm->version = fw_get32(p + FIXED_VERSION);
	igvm->headers_offset = fw_get32(p + FIXED_OFFSET);
	igvm->headers_size = fw_get32(p + FIXED_HEADERS);
	igvm->checksum = fw_get32(p + FIXED_CHECKSUM);
	total = fw_get32(p + FIXED_TOTAL);
	if (igvm->version != 1)
		return fw_fault_set(fault,
				    "it has version %u of the IGVM format, and only 1 is known",
				    igvm->version);
	if (total != igvm->size)
		return fw_fault_set(fault,
				    "its IGVM header says %u bytes, and it has %zu: it is not whole",
				    total, igvm->size);
	if (igvm->headers_offset < IGVM_FIXED_SIZE || igvm->headers_offset % 8 ||
	    igvm->headers_offset > igvm->size ||
	    igvm->headers_size > igvm->size - igvm->headers_offset)
		return fw_fault_set(fault,
				    "its IGVM header puts %u bytes of further headers at 0x%x, in a file of %zu",
				    igvm->headers_size, igvm->headers_offset, igvm->size);
	total = checksum(igvm);
	if (total != igvm->checksum)
		return fw_fault_set(fault,
				    "its IGVM headers have the checksum 0x%08x, and 0x%08x would be right",
				    igvm->checksum, total);
	return 0;
}

/* Advances @section; types outside of every section belong where they stand. */
static int check_header(const struct igvm_header *h, unsigned int *section,
			struct fw_fault *fault)
{
	uint32_t type = h->type & ~IGVM_OPTIONAL;
	unsigned int i;

	for (i = 0; i < SECTIONS; i++)
		if (type >= sections[i].first && type <= sections[i].last)
			break;
	if (i < SECTIONS && i < *section)
		return fw_fault_set(fault,
				    "its IGVM header 0x%x at 0x%zx, a %s, comes after the first %s",
				    h->type, h->offset, sections[i].name,
				    sections[*section].name);
	if (i < SECTIONS)
		*section = i;
	i = find_type(type);
	if (i < TYPES && h->length < types[i].size)
		return fw_fault_set(fault,
				    "its IGVM header at 0x%zx (%s) has %u bytes, and needs %u",
				    h->offset, types[i].name, h->length, types[i].size);
	return 0;
}

bool igvm_next(const struct igvm *igvm, size_t *position,
	       struct igvm_header *header)
{
	const uint8_t *p = igvm->data + igvm->headers_offset + *position;

	if (*position >= igvm->headers_size)
		return false;
	header->type = fw_get32(p);
	header->length = fw_get32(p + 4);
	header->body = p + VARIABLE_SIZE;
	header->offset = igvm->headers_offset + *position;
	/* The last one need not be padded. */
	*position += VARIABLE_SIZE + (((size_t)header->length + 7) & ~(size_t)7);
	return true;
}

int igvm_open(const void *data, size_t size, struct igvm *igvm,
	      struct fw_fault *fault)
{
	unsigned int section = 0;
	struct igvm_header h;
	size_t position = 0;
	uint32_t left;

	memset(igvm, 0, sizeof(*igvm));
	igvm->data = data;
	igvm->size = size;
	if (check_fixed(igvm, fault))
		return -1;
	while (position < igvm->headers_size) {
		left = igvm->headers_size - position;
		if (left < VARIABLE_SIZE)
			return fw_fault_set(fault,
					    "its IGVM headers end with %u bytes that are none",
					    left);
		igvm_next(igvm, &position, &h);
		if (h.length > left - VARIABLE_SIZE)
			return fw_fault_set(fault,
					    "its IGVM header at 0x%zx claims %u bytes, of %u left",
					    h.offset, h.length, left - VARIABLE_SIZE);
		if (check_header(&h, &section, fault))
			return -1;
		if (++igvm->count > (section < SECTIONS - 1 ? EARLY_MAX : HEADERS_MAX))
			return fw_fault_set(fault, "it has more than %u IGVM headers",
					    igvm->count - 1);
	}
	return 0;
}

void igvm_platform_read(const struct igvm_header *header,
			struct igvm_platform *platform)
{
	const uint8_t *p = header->body;

	platform->mask = fw_get32(p);
	platform->highest_vtl = p[4];
	platform->type = p[5];
	platform->version = fw_get16(p + 6);
	platform->shared_boundary = fw_get64(p + 8);
}

void igvm_page_read(const struct igvm_header *header, struct igvm_page *page)
{
	const uint8_t *p = header->body;

	page->address = fw_get64(p);
	page->mask = fw_get32(p + 8);
	page->file_offset = fw_get32(p + 12);
	page->flags = fw_get32(p + 16);
	page->type = fw_get16(p + 20);
	page->reserved = fw_get16(p + 22);
}

bool igvm_platform_get(const struct igvm *igvm, enum igvm_platform_type type,
		       struct igvm_platform *platform)
{
	struct igvm_header h;
	size_t position = 0;

	while (igvm_next(igvm, &position, &h)) {
		if (h.type != IGVM_SUPPORTED_PLATFORM)
			continue;
		igvm_platform_read(&h, platform);
		if (platform->type == type)
			return true;
	}
	return false;
}

const uint8_t *igvm_data(const struct igvm *igvm, uint32_t file_offset)
{
	/* Without overflow: what igvm_open() accepted lies within the file. */
	if (file_offset < igvm->headers_offset + igvm->headers_size ||
	    igvm->size < IGVM_PAGE || file_offset > igvm->size - IGVM_PAGE)
		return NULL;
	return igvm->data + file_offset;
}
