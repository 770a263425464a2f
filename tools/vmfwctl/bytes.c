// SPDX-License-Identifier: GPL-2.0-only
/* GUIDs as text and as they are stored. */
#include <stdio.h>

#include "bytes.h"

/* Where the bytes of the text stand in memory, and after which a dash comes. */
static const unsigned char places[FW_GUID_SIZE] = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
};

static int dash_after(unsigned int i)
{
	return i == 3 || i == 5 || i == 7 || i == 9;
}

void fw_guid_text(const uint8_t guid[FW_GUID_SIZE], char text[FW_GUID_TEXT])
{
	unsigned int i;

	for (i = 0; i < FW_GUID_SIZE; i++) {
		sprintf(text, "%02x", guid[places[i]]);
		text += 2;
		if (dash_after(i))
			*text++ = '-';
	}
	*text = 0;
}

static uint8_t digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

void fw_guid_bytes(const char *text, uint8_t guid[FW_GUID_SIZE])
{
	unsigned int i;

	for (i = 0; i < FW_GUID_SIZE; i++) {
		guid[places[i]] = digit(text[0]) << 4 | digit(text[1]);
		text += dash_after(i) ? 3 : 2;
	}
}
