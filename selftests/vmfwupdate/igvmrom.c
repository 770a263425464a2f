// SPDX-License-Identifier: GPL-2.0-only
/*
 * igvmrom ROM [SIZE [TYPE]]: an IGVM file to standard output whose pages are those
 * of a raw image, ending at 4 GiB, and further ones at 64 MiB until the file has
 * SIZE bytes at least. TYPE is that of its platform: 0, the default, is one without
 * encryption.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE		4096u
#define MAX		(80u << 20)
#define FILL_AT		(64ull << 20)
#define FIXED		24u
/* Header and body of one page's directive. */
#define DIRECTIVE	32u
#define PLATFORM	24u

static unsigned char rom[16 << 20], out[MAX];

static void put(unsigned char *p, unsigned int size, uint64_t value)
{
	while (size--) {
		*p++ = value;
		value >>= 8;
	}
}

static uint32_t crc32(const unsigned char *p, unsigned int size)
{
	uint32_t crc = ~0u;
	unsigned int bit;

	while (size--)
		for (crc ^= *p++, bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	return ~crc;
}

int main(int argc, char **argv)
{
	unsigned int rom_pages, pages, i, headers, type = argc > 3 ? atoi(argv[3]) : 0;
	size_t size = argc > 2 ? strtoul(argv[2], NULL, 0) : 0, n;
	uint64_t addr;
	FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;

	if (!f) {
		fputs("usage: igvmrom ROM [SIZE [TYPE]]\n", stderr);
		return 1;
	}
	n = fread(rom, 1, sizeof(rom), f);
	fclose(f);
	rom_pages = n / PAGE;
	pages = rom_pages;
	while (FIXED + PLATFORM + (size_t)pages * (DIRECTIVE + PAGE) < size)
		pages++;
	headers = PLATFORM + pages * DIRECTIVE;
	n = FIXED + headers + (size_t)pages * PAGE;
	if (!rom_pages || n > MAX) {
		fputs("igvmrom: an impossible size\n", stderr);
		return 1;
	}
	memcpy(out, "IGVM", 4);
	put(out + 4, 4, 1);
	put(out + 8, 4, FIXED);
	put(out + 12, 4, headers);
	put(out + 16, 4, n);
	put(out + FIXED, 4, 0x1);
	put(out + FIXED + 4, 4, 16);
	put(out + FIXED + 8, 4, 1);
	out[FIXED + 13] = type;
	put(out + FIXED + 14, 2, 1);
	for (i = 0; i < pages; i++) {
		unsigned char *h = out + FIXED + PLATFORM + i * DIRECTIVE;
		unsigned int at = FIXED + headers + i * PAGE;

		addr = i < rom_pages ? (1ull << 32) - (uint64_t)(rom_pages - i) * PAGE
				     : FILL_AT + (uint64_t)(i - rom_pages) * PAGE;
		put(h, 4, 0x302);
		put(h + 4, 4, 24);
		put(h + 8, 8, addr);
		put(h + 16, 4, 1);
		put(h + 20, 4, at);
		if (i < rom_pages)
			memcpy(out + at, rom + i * PAGE, PAGE);
		else
			memset(out + at, i * 7 + 1, PAGE);
	}
	put(out + 20, 4, crc32(out, FIXED + headers));
	return fwrite(out, 1, n, stdout) == n && !fflush(stdout) ? 0 : 2;
}
