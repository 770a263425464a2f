// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes ASPT tables into files: for the bench's machines, which put such a
 * file into their ACPI tables byte for byte, and as seeds for the fuzzer.
 */
#include <stdio.h>

#include "aspt_cases.h"

static int usage(void)
{
	fprintf(stderr,
		"usage: aspt-table NAME FILE    write the table NAME\n"
		"       aspt-table --all DIR    write every table into a file of its name\n"
		"       aspt-table --list       names; of bad tables, what their refusal says\n");
	return 1;
}

static int write_case(const struct aspt_case *c, const char *path)
{
	uint8_t buffer[ASPT_WRITER_MAX];
	size_t size = aspt_case_write(c, buffer);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(buffer, 1, size, f) != size || fclose(f)) {
		perror(path);
		return 2;
	}
	return 0;
}

static int write_all(const char *folder)
{
	char path[4096];
	size_t i;
	int ret;

	for (i = 0; i < ASPT_CASES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, aspt_cases[i].name);
		ret = write_case(&aspt_cases[i], path);
		if (ret)
			return ret;
	}
	return 0;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (i = 0; i < ASPT_CASES; i++)
			printf("%s\t%s\n", aspt_cases[i].name,
			       aspt_cases[i].error ? aspt_cases[i].error : "");
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--all"))
		return write_all(argv[2]);
	if (argc != 3)
		return usage();
	for (i = 0; i < ASPT_CASES; i++)
		if (!strcmp(argv[1], aspt_cases[i].name))
			return write_case(&aspt_cases[i], argv[2]);
	fprintf(stderr, "aspt-table: no table '%s': see --list\n", argv[1]);
	return 1;
}
