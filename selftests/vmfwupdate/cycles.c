// SPDX-License-Identifier: GPL-2.0-only
/* cycles FILE COUNT: stages FILE, arms it and takes it back, COUNT times. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIR "/sys/firmware/vmfwupdate/"

static void put(const char *file, const void *data, size_t size)
{
	const char *p = data;
	int fd = open(file, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : 0;

	for (; n >= 0 && size; p += n, size -= n)
		n = write(fd, p, size);
	if (n < 0) {
		fprintf(stderr, "cycles: %s: %s\n", file, strerror(errno));
		exit(2);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	static char image[1 << 26];
	FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
	size_t size;
	int i;

	if (!f) {
		fputs("usage: cycles FILE COUNT\n", stderr);
		return 1;
	}
	size = fread(image, 1, sizeof(image), f);
	for (i = 0; i < atoi(argv[2]); i++) {
		put(DIR "image", image, size);
		put(DIR "arm", "1", 1);
		put(DIR "arm", "0", 1);
	}
	printf("%d\n", i);
	return 0;
}
