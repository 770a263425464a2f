// SPDX-License-Identifier: GPL-2.0-only
/* physmem ADDRESS SIZE: writes physical memory that is no RAM to stdout. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long long addr, size;
	unsigned char *copy;
	volatile unsigned int *from;
	size_t i;
	int fd;

	if (argc != 3) {
		fputs("usage: physmem ADDRESS SIZE\n", stderr);
		return 1;
	}
	addr = strtoull(argv[1], NULL, 0);
	size = strtoull(argv[2], NULL, 0);
	fd = open("/dev/mem", O_RDONLY);
	if (fd < 0) {
		perror("/dev/mem");
		return 2;
	}
	from = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, addr);
	copy = malloc(size);
	if (from == MAP_FAILED || !copy) {
		perror("mmap");
		return 2;
	}
	/* A ROM is read in whole words only. */
	for (i = 0; i < size / 4; i++) {
		unsigned int word = from[i];

		memcpy(copy + 4 * i, &word, 4);
	}
	return fwrite(copy, 1, size, stdout) == size && !fflush(stdout) ? 0 : 2;
}
