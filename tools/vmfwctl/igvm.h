/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IGVM files, version 1: a fixed header, variable headers (type, length, body,
 * padded to 8 bytes) that say how to build the guest, and data they point to.
 * Layouts from the public definition of the format (crate igvm_defs). Pure
 * logic; every byte is hostile.
 */
#ifndef VMFWCTL_IGVM_H
#define VMFWCTL_IGVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "fault.h"

#define IGVM_FIXED_SIZE		24u
#define IGVM_PAGE		4096u
/* This bit of a type: who does not know it may pass over it. */
#define IGVM_OPTIONAL		(1u << 31)

enum igvm_type {
	IGVM_SUPPORTED_PLATFORM = 0x1,
	IGVM_GUEST_POLICY = 0x101,
	IGVM_RELOCATABLE_REGION = 0x102,
	IGVM_PAGE_TABLE_RELOCATION = 0x103,
	IGVM_PARAMETER_AREA = 0x301,
	IGVM_PAGE_DATA = 0x302,
	IGVM_PARAMETER_INSERT = 0x303,
	IGVM_VP_CONTEXT = 0x304,
	IGVM_REQUIRED_MEMORY = 0x305,
	IGVM_SNP_ID_BLOCK = 0x30b,
	IGVM_ERROR_RANGE = 0x30d,
};

/* enum igvm_platform_type - in IGVM_SUPPORTED_PLATFORM */
enum igvm_platform_type {
	IGVM_NATIVE = 0,
	IGVM_VSM = 1,
	IGVM_SEV_SNP = 2,
	IGVM_TDX = 3,
	IGVM_SEV = 4,
	IGVM_SEV_ES = 5,
};

/*
 * struct igvm - an IGVM file
 * @data: the caller's; must outlive this
 * @size: its bytes
 * @version: of the format
 * @headers_offset: where the variable headers begin
 * @headers_size: their bytes
 * @checksum: CRC-32 of fixed and variable headers
 * @count: of variable headers
 */
struct igvm {
	const uint8_t *data;
	size_t size;
	uint32_t version;
	uint32_t headers_offset;
	uint32_t headers_size;
	uint32_t checksum;
	unsigned int count;
};

/*
 * struct igvm_header - a variable header
 * @type: with IGVM_OPTIONAL if it has that
 * @length: bytes of @body; at least what its type needs
 * @offset: of the header from the file's start
 */
struct igvm_header {
	uint32_t type;
	uint32_t length;
	const uint8_t *body;
	size_t offset;
};

/* struct igvm_platform - the body of IGVM_SUPPORTED_PLATFORM */
struct igvm_platform {
	uint32_t mask;
	uint8_t highest_vtl;
	uint8_t type;
	uint16_t version;
	uint64_t shared_boundary;
};

/* struct igvm_page - the body of IGVM_PAGE_DATA */
struct igvm_page {
	uint64_t address;
	uint32_t mask;
	uint32_t file_offset;
	uint32_t flags;
	uint16_t type;
	uint16_t reserved;
};

#define IGVM_PAGE_2MB		0x1u
#define IGVM_PAGE_UNMEASURED	0x2u

enum igvm_page_type {
	IGVM_PAGE_NORMAL = 0,
	IGVM_PAGE_SECRETS = 1,
	IGVM_PAGE_CPUID = 2,
	IGVM_PAGE_CPUID_XF = 3,
};

/* igvm_is - whether it begins as an IGVM file does */
bool igvm_is(const void *data, size_t size);

/*
 * igvm_open - check the file's frame
 *
 * Checks the fixed header, the checksum, and that each variable header lies
 * within the file, is as long as its type needs, and is in its section.
 *
 * Return: 0, or -1 with @fault.
 */
int igvm_open(const void *data, size_t size, struct igvm *igvm,
	      struct fw_fault *fault);

/*
 * igvm_next - the next variable header of a file that igvm_open() accepted
 * @position: 0 at first
 *
 * Return: false after the last.
 */
bool igvm_next(const struct igvm *igvm, size_t *position,
	       struct igvm_header *header);

/* igvm_platform_get - the first platform of this type; false without one */
bool igvm_platform_get(const struct igvm *igvm, enum igvm_platform_type type,
		       struct igvm_platform *platform);

/* igvm_platform_read, igvm_page_read - the body of such a header */
void igvm_platform_read(const struct igvm_header *header,
			struct igvm_platform *platform);
void igvm_page_read(const struct igvm_header *header, struct igvm_page *page);

/*
 * igvm_data - a page of data that a header points to
 *
 * Return: NULL when it is not within the file's data.
 */
const uint8_t *igvm_data(const struct igvm *igvm, uint32_t file_offset);

/* igvm_type_name, igvm_platform_name - in words, or NULL for unknown ones */
const char *igvm_type_name(uint32_t type);
const char *igvm_platform_name(uint8_t type);

#endif
