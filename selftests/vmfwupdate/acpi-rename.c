// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi-rename FROM TO: copies an ACPI table from stdin to stdout with one string
 * replaced by another of the same length, as a newer revision with a right
 * checksum, which is what the kernel wants of a table that replaces another.
 */
#include <stdio.h>
#include <string.h>

#define OFFSET_CHECKSUM 9
#define OFFSET_OEM_REVISION 24
#define HEADER_SIZE 36

int main(int argc, char **argv)
{
	static unsigned char table[1 << 20];
	size_t size, len, i;
	unsigned char sum = 0;
	int found = 0;

	if (argc != 3 || strlen(argv[1]) != strlen(argv[2]))
		return 1;
	len = strlen(argv[1]);
	size = fread(table, 1, sizeof(table), stdin);
	if (size < HEADER_SIZE)
		return 2;
	for (i = HEADER_SIZE; i + len <= size; i++) {
		if (memcmp(table + i, argv[1], len))
			continue;
		memcpy(table + i, argv[2], len);
		found++;
	}
	table[OFFSET_OEM_REVISION]++;
	table[OFFSET_CHECKSUM] = 0;
	for (i = 0; i < size; i++)
		sum += table[i];
	table[OFFSET_CHECKSUM] = -sum;
	return found && fwrite(table, 1, size, stdout) == size ? 0 : 2;
}
