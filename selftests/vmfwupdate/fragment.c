// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment KEEP [EACH]: fills memory but for KEEP MiB with buffers of pipes, which
 * cannot be moved, gives all but each EACHth (8; 1: none) back, and writes how many
 * MiB it still has, which it does until its input ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PIPE_SIZE	65536
#define PIPES		65536

static unsigned long available(void)
{
	char line[128];
	unsigned long kib = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib / 1024;
}

int main(int argc, char **argv)
{
	const struct rlimit files = { 2 * PIPES + 64, 2 * PIPES + 64 };
	static char data[PIPE_SIZE];
	static int fds[PIPES][2];
	unsigned long keep = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	int count, i, kept = 0, each = argc > 2 ? atoi(argv[2]) : 8;

	if (!keep || each < 1) {
		fputs("usage: fragment KEEP [EACH]\n", stderr);
		return 1;
	}
	if (setrlimit(RLIMIT_NOFILE, &files)) {
		perror("setrlimit");
		return 2;
	}
	memset(data, 1, sizeof(data));
	for (count = 0; count < PIPES; count++) {
		if (count % 16 == 0 && available() <= keep)
			break;
		if (pipe2(fds[count], O_NONBLOCK) ||
		    write(fds[count][1], data, sizeof(data)) != sizeof(data)) {
			perror("pipe");
			return 2;
		}
	}
	for (i = 0; i < count; i++) {
		if (i % each == 0) {
			kept++;
			continue;
		}
		close(fds[i][0]);
		close(fds[i][1]);
	}
	printf("%d MiB are pinned in %d places\n", kept * PIPE_SIZE >> 20, kept);
	fflush(stdout);
	while (read(0, data, sizeof(data)) > 0)
		;
	return 0;
}
