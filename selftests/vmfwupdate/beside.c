// SPDX-License-Identifier: GPL-2.0-only
/*
 * beside OPERATIONS IMAGE OPAQUE-SIZE: two threads read qemu_fw_cfg's small files, one
 * writes and reads vmfwupdate's opaque bytes and now and then stages, arms and cancels
 * IMAGE, all at once, until there were so many operations, each side's a tenth of
 * them at least. Prints how many each did; exits 1 at the first wrong byte, naming it.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES "/sys/firmware/qemu_fw_cfg/by_key"
#define FW "/sys/firmware/vmfwupdate/"
#define MAX_FILES 64
#define SMALL 64
#define ARM_EACH 1000

struct item {
	char path[512];
	char bytes[SMALL + 1];
	ssize_t size;
};

static struct item items[MAX_FILES];
static int n_items;
static long wanted, opaque_size;
static const char *image;
static size_t image_size;
static atomic_long reads, updates;

static bool enough(void)
{
	return reads + updates >= wanted && reads >= wanted / 10 && updates >= wanted / 10;
}

static ssize_t slurp(const char *path, char *bytes, size_t max)
{
	int fd = open(path, O_RDONLY);
	ssize_t n, all = 0;

	if (fd < 0)
		err(2, "%s", path);
	while ((n = read(fd, bytes + all, max - all)) > 0)
		all += n;
	if (n < 0)
		err(2, "%s", path);
	close(fd);
	return all;
}

static void find_items(void)
{
	DIR *dir = opendir(FILES);
	struct dirent *d;
	char path[512], name[SMALL + 1];

	if (!dir)
		err(2, FILES);
	while ((d = readdir(dir)) && n_items < MAX_FILES) {
		struct item *it = &items[n_items];

		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), FILES "/%.255s/name", d->d_name);
		name[slurp(path, name, SMALL)] = '\0';
		if (strstr(name, "vmfwupdate/"))
			continue;
		snprintf(path, sizeof(path), FILES "/%.255s/size", d->d_name);
		name[slurp(path, name, SMALL)] = '\0';
		if (atol(name) > SMALL)
			continue;
		snprintf(it->path, sizeof(it->path), FILES "/%.255s/raw", d->d_name);
		it->size = slurp(it->path, it->bytes, sizeof(it->bytes));
		n_items++;
	}
	closedir(dir);
	if (n_items < 3)
		errx(2, "only %d small files", n_items);
}

static void *reader(void *unused)
{
	char bytes[SMALL + 1];
	int i = 0;

	while (!enough()) {
		struct item *it = &items[i++ % n_items];

		if (slurp(it->path, bytes, sizeof(bytes)) != it->size ||
		    memcmp(bytes, it->bytes, it->size))
			errx(1, "%s reads differently after %ld reads and %ld updates",
			     it->path, (long)reads, (long)updates);
		reads++;
	}
	return unused;
}

static void put(const char *file, const void *bytes, size_t size)
{
	int fd = open(file, O_WRONLY);
	size_t done = 0;
	ssize_t n;

	for (; fd >= 0 && done < size; done += n) {
		n = write(fd, (const char *)bytes + done, size - done);
		if (n < 0)
			break;
	}
	if (fd < 0 || done < size)
		err(1, "%s after %ld reads and %ld updates", file,
		    (long)reads, (long)updates);
	close(fd);
	updates++;
}

static void owner(void)
{
	char *bytes = calloc(1, opaque_size), *seen = calloc(1, opaque_size);
	int fd = open(FW "opaque", O_RDWR);
	unsigned int seed = 1;
	long i;

	if (fd < 0 || !bytes || !seen)
		err(2, FW "opaque");
	if (pwrite(fd, bytes, opaque_size, 0) != opaque_size)
		err(2, FW "opaque");
	for (i = 0; !enough(); i++) {
		size_t len = 1 + rand_r(&seed) % 32, j;
		size_t at = rand_r(&seed) % (opaque_size - len);

		for (j = 0; j < len; j++)
			bytes[at + j] = rand_r(&seed);
		if (pwrite(fd, bytes + at, len, at) != (ssize_t)len ||
		    pread(fd, seen, opaque_size, 0) != opaque_size)
			err(1, FW "opaque after %ld reads and %ld updates",
			    (long)reads, (long)updates);
		if (memcmp(seen, bytes, opaque_size))
			errx(1, "wrong opaque bytes after %ld reads and %ld updates",
			     (long)reads, (long)updates);
		updates += 2;
		if (i % ARM_EACH)
			continue;
		put(FW "image", image, image_size);
		put(FW "arm", "1", 1);
		put(FW "arm", "0", 1);
	}
}

int main(int argc, char **argv)
{
	static char buf[1 << 20];
	pthread_t threads[2];
	int i;

	if (argc == 4) {
		wanted = atol(argv[1]);
		opaque_size = atol(argv[3]);
	}
	if (wanted < 1 || opaque_size < SMALL) {
		fputs("usage: beside OPERATIONS IMAGE OPAQUE-SIZE\n", stderr);
		return 2;
	}
	image = buf;
	image_size = slurp(argv[2], buf, sizeof(buf));
	find_items();
	for (i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, reader, NULL))
			errx(2, "no thread");
	owner();
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%ld reads of %d files and %ld updates, no wrong byte\n",
	       (long)reads, n_items, (long)updates);
	return 0;
}
