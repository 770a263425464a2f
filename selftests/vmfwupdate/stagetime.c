// SPDX-License-Identifier: GPL-2.0-only
/*
 * stagetime FILE ROUNDS: one line a round, nanoseconds of reading FILE into memory, and
 * of staging it (reading it once more) by the device and by sysfs, each with nothing of
 * it cached.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 131072

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(file);
	close(fd);
}

/* Reads all of @from, into @to if that is a file. */
static long long pass(const char *from, const char *to)
{
	static char buf[CHUNK];
	struct timespec a, b;
	int in, out = -1;
	ssize_t n, done, w;

	sync();
	put("/proc/sys/vm/drop_caches", "3");
	clock_gettime(CLOCK_MONOTONIC, &a);
	in = open(from, O_RDONLY);
	if (to)
		out = open(to, O_WRONLY);
	if (in < 0 || (to && out < 0))
		die(from);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (done = 0; to && done < n; done += w) {
			w = write(out, buf + done, n - done);
			if (w < 0)
				die(to);
		}
	if (n < 0)
		die(from);
	clock_gettime(CLOCK_MONOTONIC, &b);
	close(in);
	if (to)
		close(out);
	return (b.tv_sec - a.tv_sec) * 1000000000ll + b.tv_nsec - a.tv_nsec;
}

int main(int argc, char **argv)
{
	static const char * const to[] = {
		NULL, "/dev/vmfwupdate", "/sys/firmware/vmfwupdate/image",
	};
	long long took[3];
	int i, j, way;

	if (argc != 3) {
		fputs("usage: stagetime FILE ROUNDS\n", stderr);
		return 1;
	}
	for (i = 0; i < atoi(argv[2]); i++) {
		/* None is always the first. */
		for (j = 0; j < 3; j++) {
			way = (i + j) % 3;
			took[way] = pass(argv[1], to[way]);
		}
		printf("%lld %lld %lld\n", took[0], took[1], took[2]);
		put("/sys/firmware/vmfwupdate/arm", "0");
	}
	return 0;
}
