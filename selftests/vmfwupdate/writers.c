// SPDX-License-Identifier: GPL-2.0-only
/*
 * writers FILE FILE ROUNDS CHUNK: in each round two processes write an image at the
 * same time, each to one of the files, of bytes of its own, CHUNK at once. One of them
 * must get to its end, the other may be refused with EBUSY, and the image left must be
 * one writer's alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define IMAGE "/sys/firmware/vmfwupdate/image"
#define IMAGE_SIZE (256 * 1024)

enum { FINISHED, OUSTED, STRANGE };

static int write_image(const char *file, int letter, size_t chunk)
{
	static unsigned char bytes[IMAGE_SIZE];
	int fd = open(file, O_WRONLY);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return STRANGE;
	memset(bytes, letter, sizeof(bytes));
	while (done < IMAGE_SIZE) {
		n = write(fd, bytes, chunk < IMAGE_SIZE - done ? chunk : IMAGE_SIZE - done);
		if (n <= 0)
			return n && errno == EBUSY ? OUSTED : STRANGE;
		done += n;
	}
	return FINISHED;
}

/* The letter that the whole image consists of, or 0. */
static int read_image(void)
{
	static unsigned char image[IMAGE_SIZE + 1];
	int fd = open(IMAGE, O_RDONLY);
	size_t done = 0, i;
	ssize_t n;

	while (fd >= 0 && (n = read(fd, image + done, sizeof(image) - done)) > 0)
		done += n;
	if (fd >= 0)
		close(fd);
	if (done != IMAGE_SIZE)
		return 0;
	for (i = 1; i < done; i++)
		if (image[i] != image[0])
			return 0;
	return image[0];
}

int main(int argc, char **argv)
{
	unsigned int ends[3] = { 0 }, wins[2] = { 0 }, bad = 0;
	int rounds, round, i;

	if (argc != 5)
		return 1;
	rounds = atoi(argv[3]);
	for (round = 0; round < rounds; round++) {
		int finished = 0, letter;

		for (i = 0; i < 2; i++)
			if (!fork())
				_exit(write_image(argv[1 + i], 'A' + i, atoi(argv[4])));
		for (i = 0; i < 2; i++) {
			int status;

			if (wait(&status) < 0 || !WIFEXITED(status))
				return 2;
			ends[WEXITSTATUS(status)]++;
			finished += WEXITSTATUS(status) == FINISHED;
		}
		letter = read_image();
		if (!finished || (letter != 'A' && letter != 'B'))
			bad++;
		else
			wins[letter - 'A']++;
	}
	printf("%u finished, %u ousted, %u strange; %u images of A, %u of B, %u bad\n",
	       ends[FINISHED], ends[OUSTED], ends[STRANGE], wins[0], wins[1], bad);
	return bad || ends[STRANGE] ? 3 : 0;
}
