// SPDX-License-Identifier: GPL-2.0-only
/*
 * strangers FILE COUNT: one writer begins an image and goes; COUNT others, all
 * there at once, try to go on with it. Each must be refused with EBUSY, also the
 * one whose open file lies where the first one's did.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 4096

int main(int argc, char **argv)
{
	char chunk[CHUNK];
	int fd, i, bad = 0;

	if (argc != 3)
		return 1;
	memset(chunk, 'A', sizeof(chunk));
	fd = open(argv[1], O_WRONLY);
	if (fd < 0 || write(fd, chunk, CHUNK) != CHUNK || close(fd)) {
		perror(argv[1]);
		return 2;
	}
	/* A closed file's memory comes back when all CPUs have seen it go. */
	usleep(200000);
	for (i = 0; i < atoi(argv[2]); i++) {
		fd = open(argv[1], O_WRONLY);
		if (fd < 0) {
			perror(argv[1]);
			return 2;
		}
		if (pwrite(fd, chunk, CHUNK, CHUNK) != -1) {
			printf("stranger %d was taken for the writer\n", i);
			bad = 3;
		} else if (errno != EBUSY) {
			printf("stranger %d: %s\n", i, strerror(errno));
			bad = 3;
		}
	}
	return bad;
}
