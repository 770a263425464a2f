// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes firmware images to measure: the raw image of the published vectors
 * with changes, or an IGVM file made of the headers named, to standard output.
 * Shares nothing with the tool, so that both would have to be wrong alike.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
	"usage: fwimage raw [CHANGE...]\n"
	"  drop=footer|reset|hashes|metadata    leave that entry out of the footer table\n"
	"  section=N,ADDRESS,SIZE,TYPE          replace section N of the metadata\n"
	"  hashes=ADDRESS,SIZE  reset=ADDRESS   other values\n"
	"  size=N                               of the image, grown at its start\n"
	"       fwimage igvm HEADER...          each NAME:NUMBER:...\n"
	"  platform:TYPE:MASK  policy:POLICY:MASK  area:INDEX:BYTES  insert:ADDRESS:MASK:INDEX\n"
	"  page:ADDRESS:MASK:SEED[:FLAGS[:TYPE]]  context:ADDRESS:MASK:SEED  (SEED 0: no data)\n"
	"  id:MASK:HEX  raw:TYPE:LENGTH[:OFFSET:WORD]\n";

static void usage(void)
{
	fputs(usage_text, stderr);
	exit(1);
}

static void put(unsigned char *p, unsigned int size, uint64_t value)
{
	while (size--) {
		*p++ = value;
		value >>= 8;
	}
}

/* ---- the raw image ---- */

/* In the byte order in which they are stored. */
#define GUID_RESET	"\xde\x71\xf7\x00\x7e\x1a\xcb\x4f\x89\x0e\x68\xc7\x7e\x2f\xb4\x4e"
#define GUID_HASHES	"\x1f\x37\x55\x72\x3b\x3a\x04\x4b\x92\x7b\x1d\xa6\xef\xa8\xd4\x54"
#define GUID_METADATA	"\x66\x65\x88\xdc\x4a\x98\x98\x47\xa7\x5e\x55\x85\xa7\xbf\x67\xcc"
#define GUID_FOOTER	"\xde\x82\xb5\x96\xb2\x1f\xf7\x45\xba\xea\xa3\x66\xc5\x5a\x08\x2d"

static uint64_t sections[5][3] = {
	{ 0x800000, 0x2000, 1 }, { 0x802000, 0x1000, 2 }, { 0x803000, 0x1000, 3 },
	{ 0x804000, 0x1000, 4 }, { 0x805000, 0x1000, 0x10 },
};

static unsigned char raw[1 << 26];
static unsigned int table_at, table_size;

/* Entries are written from the end: the footer first. */
static void entry(const char *guid, uint64_t a, uint64_t b, unsigned int values)
{
	unsigned int size = 18 + values * 4;

	table_at -= size;
	table_size += size;
	put(raw + table_at, values > 0 ? 4 : 0, a);
	put(raw + table_at + 4, values > 1 ? 4 : 0, b);
	put(raw + table_at + values * 4, 2, size);
	memcpy(raw + table_at + values * 4 + 2, guid, 16);
}

static void write_raw(char **changes)
{
	uint64_t hashes[2] = { 0x805c00, 0x400 }, reset = 0x0080b004, size = 8192, v[4];
	int no_footer = 0, no_reset = 0, no_hashes = 0, no_metadata = 0, n;
	unsigned char *metadata;
	unsigned int i, footer;

	for (; *changes; changes++) {
		n = sscanf(*changes, "section=%li,%li,%li,%li", (long *)&v[0], (long *)&v[1],
			   (long *)&v[2], (long *)&v[3]);
		if (n == 4 && v[0] < 5)
			memcpy(sections[v[0]], v + 1, sizeof(sections[0]));
		else if (sscanf(*changes, "hashes=%li,%li", (long *)&v[0], (long *)&v[1]) == 2)
			memcpy(hashes, v, sizeof(hashes));
		else if (sscanf(*changes, "reset=%li", (long *)&v[0]) == 1)
			reset = v[0];
		else if (sscanf(*changes, "size=%li", (long *)&v[0]) == 1 && v[0] >= 8192 &&
			 v[0] <= sizeof(raw))
			size = v[0];
		else if (!strcmp(*changes, "drop=footer"))
			no_footer = 1;
		else if (!strcmp(*changes, "drop=reset"))
			no_reset = 1;
		else if (!strcmp(*changes, "drop=hashes"))
			no_hashes = 1;
		else if (!strcmp(*changes, "drop=metadata"))
			no_metadata = 1;
		else
			usage();
	}
	for (i = 0; i < size; i++)
		raw[i] = i * 7 + 3;
	metadata = raw + size - 0x1000;
	memcpy(metadata, "ASEV", 4);
	put(metadata + 4, 4, 76);
	put(metadata + 8, 4, 1);
	put(metadata + 12, 4, 5);
	for (i = 0; i < 15; i++)
		put(metadata + 16 + i * 4, 4, sections[i / 3][i % 3]);
	if (!no_footer) {
		table_at = size - 32;
		entry(GUID_FOOTER, 0, 0, 0);
		footer = table_at;
		if (!no_metadata)
			entry(GUID_METADATA, 0x1000, 0, 1);
		if (!no_hashes)
			entry(GUID_HASHES, hashes[0], hashes[1], 2);
		if (!no_reset)
			entry(GUID_RESET, reset, 0, 1);
		put(raw + footer, 2, table_size);
	}
	fwrite(raw, 1, size, stdout);
}

/* ---- the IGVM file ---- */

static unsigned char headers[1 << 20], data[1 << 24];
static unsigned int headers_size, data_size;
/* Data follow the headers, whose size is known last. */
static unsigned char *data_fields[4096];
static unsigned int data_fields_count;

static unsigned char *header(uint32_t type, uint32_t length)
{
	unsigned char *p = headers + headers_size;

	if (headers_size + length + 16 > sizeof(headers))
		usage();
	put(p, 4, type);
	put(p + 4, 4, length);
	headers_size += 8 + ((length + 7) & ~7u);
	return p + 8;
}

static void add_data(unsigned char *field, uint64_t seed)
{
	unsigned int i;

	if (!seed || data_fields_count == 4096)
		return;
	put(field, 4, data_size);
	data_fields[data_fields_count++] = field;
	for (i = 0; i < 4096; i++)
		data[data_size++] = i * seed + (i >> 8);
}

static void add_id_block(uint64_t mask, const char *hex)
{
	unsigned char *p = header(0x30b, 696);
	unsigned int i, byte;

	put(p, 4, mask);
	for (i = 0; i < 48 && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		p[8 + i] = byte;
}

static void add_header(const char *text)
{
	uint64_t v[5] = { 0 };
	unsigned char *p;
	char name[16], hex[128];
	int n;

	n = sscanf(text, "%15[a-z]:%li:%li:%li:%li:%li", name, (long *)&v[0], (long *)&v[1],
		   (long *)&v[2], (long *)&v[3], (long *)&v[4]) - 1;
	if (sscanf(text, "id:%li:%127s", (long *)&v[0], hex) == 2) {
		add_id_block(v[0], hex);
	} else if (!strcmp(name, "platform") && n == 2) {
		p = header(0x1, 16);
		put(p, 4, v[1]);
		p[5] = v[0];
		put(p + 6, 2, 1);
	} else if (!strcmp(name, "policy") && n == 2) {
		p = header(0x101, 16);
		put(p, 8, v[0]);
		put(p + 8, 4, v[1]);
	} else if (!strcmp(name, "area") && n == 2) {
		p = header(0x301, 16);
		put(p, 8, v[1]);
		put(p + 8, 4, v[0]);
	} else if (!strcmp(name, "page") && n >= 3) {
		p = header(0x302, 24);
		put(p, 8, v[0]);
		put(p + 8, 4, v[1]);
		add_data(p + 12, v[2]);
		put(p + 16, 4, v[3]);
		put(p + 20, 2, v[4]);
	} else if (!strcmp(name, "insert") && n == 3) {
		p = header(0x303, 16);
		put(p, 8, v[0]);
		put(p + 8, 4, v[1]);
		put(p + 12, 4, v[2]);
	} else if (!strcmp(name, "context") && n == 3) {
		p = header(0x304, 20);
		put(p, 8, v[0]);
		put(p + 8, 4, v[1]);
		add_data(p + 12, v[2]);
	} else if (!strcmp(name, "raw") && (n == 2 || n == 4) && v[1] < 4096 &&
		   v[2] <= v[1]) {
		p = header(v[0], v[1]);
		if (n == 4)
			put(p + v[2], 4, v[3]);
	} else {
		usage();
	}
}

static uint32_t crc32(uint32_t crc, const unsigned char *p, unsigned int size)
{
	unsigned int i, bit;

	for (i = 0; i < size; i++)
		for (bit = 0, crc ^= p[i]; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	return crc;
}

static void write_igvm(char **texts)
{
	unsigned char fixed[24] = "IGVM";
	unsigned int i;
	uint32_t at;

	for (; *texts; texts++)
		add_header(*texts);
	for (i = 0; i < data_fields_count; i++) {
		memcpy(&at, data_fields[i], 4);
		put(data_fields[i], 4, sizeof(fixed) + headers_size + at);
	}
	put(fixed + 4, 4, 1);
	put(fixed + 8, 4, sizeof(fixed));
	put(fixed + 12, 4, headers_size);
	put(fixed + 16, 4, sizeof(fixed) + headers_size + data_size);
	put(fixed + 20, 4, ~crc32(crc32(~0u, fixed, sizeof(fixed)), headers, headers_size));
	fwrite(fixed, 1, sizeof(fixed), stdout);
	fwrite(headers, 1, headers_size, stdout);
	fwrite(data, 1, data_size, stdout);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "raw"))
		write_raw(argv + 2);
	else if (argc > 2 && !strcmp(argv[1], "igvm"))
		write_igvm(argv + 2);
	else
		usage();
	return fflush(stdout) || ferror(stdout);
}
