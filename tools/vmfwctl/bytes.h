/* SPDX-License-Identifier: GPL-2.0-only */
/* Little-endian fields and GUIDs, at any alignment. */
#ifndef VMFWCTL_BYTES_H
#define VMFWCTL_BYTES_H

#include <stddef.h>
#include <stdint.h>

#define FW_GUID_SIZE	16u
#define FW_GUID_TEXT	37u

static inline uint64_t fw_get(const uint8_t *p, unsigned int size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | p[size];
	return value;
}

static inline uint16_t fw_get16(const uint8_t *p)
{
	return fw_get(p, 2);
}

static inline uint32_t fw_get32(const uint8_t *p)
{
	return fw_get(p, 4);
}

static inline uint64_t fw_get64(const uint8_t *p)
{
	return fw_get(p, 8);
}

/* fw_put - the lowest @size bytes of @value */
static inline void fw_put(uint8_t *p, unsigned int size, uint64_t value)
{
	for (; size--; value >>= 8)
		*p++ = value;
}

/*
 * The first three groups of a GUID are stored with their lowest byte first,
 * the rest as it is written (UEFI's EFI_GUID).
 */

/* fw_guid_text - 36 characters and a NUL */
void fw_guid_text(const uint8_t guid[FW_GUID_SIZE], char text[FW_GUID_TEXT]);

/* fw_guid_bytes - the other way; @text is one of our own, in lower case */
void fw_guid_bytes(const char *text, uint8_t guid[FW_GUID_SIZE]);

#endif
