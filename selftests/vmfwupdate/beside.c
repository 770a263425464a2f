// SPDX-License-Identifier: GPL-2.0-only
/*
 * beside OPERATIONS IMAGE IMAGE: one process reads all that qemu_fw_cfg has in
 * by_name, again and again; another one writes and reads vmfwupdate's opaque bytes
 * and now and then stages, arms and cancels one of the images, in turn. Each read or
 * write of one file is an operation, of a file longer than a page each read of a page;
 * a whole image that is staged is one. Both go on until there were so many, a
 * tenth of them at least by each.
 *
 * All bytes are compared: those of files that nobody writes with what they were; the
 * opaque bytes, which are made from a number, with each other; an address with those
 * that were armed; the armed image with the file. Prints how many operations each
 * did; exits 1 at the first wrong byte, naming it.
 */
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES		"/sys/firmware/qemu_fw_cfg/by_name"
#define FW		"/sys/firmware/vmfwupdate/"
#define OURS		"/vmfwupdate/"
#define MAX_FILES	64
#define PIECE		4096
#define OPAQUE		1024
#define MAX_IMAGE	(1 << 20)
#define MAX_ADDRS	65536
/* The opaque bytes are written so often for each image that is armed. */
#define ARM_EACH	250
/* qemu_fw_cfg takes all bytes from the beginning for each piece. */
#define FAR		16384
#define FAR_EACH	16

enum kind { CONSTANT, OPAQUE_BYTES, ADDRESS, SIZE };

struct item {
	char name[256];
	enum kind kind;
	int fd;
	size_t size;
	size_t at;		/* the piece that is next */
	unsigned char *bytes;	/* as they were before */
};

/* What the two processes share. */
static struct common {
	atomic_long reads, updates, rounds;
	atomic_bool stop;
	long n_addrs;
	uint64_t addrs[MAX_ADDRS];	/* that the reader saw */
} *common;

static struct item items[MAX_FILES];
static int n_items;
static long wanted;
static struct image {
	unsigned char bytes[MAX_IMAGE];
	size_t size;
} images[2];

static bool enough(void)
{
	long reads = common->reads, updates = common->updates;

	return common->stop || (reads + updates >= wanted &&
				reads >= wanted / 10 && updates >= wanted / 10);
}

#define wrong(fmt, ...) \
	errx(1, fmt " after %ld reads and %ld updates", ##__VA_ARGS__, \
	     (long)common->reads, (long)common->updates)

/* A number of eight bytes; each other byte comes from it and its own place. */
static void make_opaque(unsigned char *bytes, uint64_t number)
{
	size_t i;

	memcpy(bytes, &number, sizeof(number));
	for (i = sizeof(number); i < OPAQUE; i++) {
		number = number * 6364136223846793005ull + i;
		bytes[i] = number >> 56;
	}
}

static size_t slurp(int dir, const char *path, void *bytes, size_t max)
{
	int fd = openat(dir, path, O_RDONLY);
	size_t all = 0;
	ssize_t n;

	if (fd < 0)
		err(2, "%s", path);
	while ((n = read(fd, (char *)bytes + all, max - all)) > 0)
		all += n;
	if (n < 0)
		err(2, "%s", path);
	close(fd);
	return all;
}

/* The piece of @it at @at, into a page. */
static size_t piece(const struct item *it, size_t at, unsigned char *bytes)
{
	size_t len = it->size - at < PIECE ? it->size - at : PIECE;
	ssize_t n = len ? pread(it->fd, bytes, len, at) : 0;

	if (n != (ssize_t)len)
		wrong("%s: %zd bytes of %zu at %zu", it->name, n, len, at);
	return len;
}

static int find_item(const char *path, const struct stat *unused, int type, struct FTW *ftw)
{
	static const char * const names[] = { "opaque", "bios-addr", "bios-size" };
	struct item *it = &items[n_items];
	char file[512], text[32];
	const char *ours;
	size_t at;

	(void)unused;
	(void)type;
	if (strcmp(path + ftw->base, "raw"))
		return 0;
	if (n_items == MAX_FILES)
		errx(2, "more than %d files", MAX_FILES);
	n_items++;
	snprintf(it->name, sizeof(it->name), "%.*s", ftw->base - 1, path);
	snprintf(file, sizeof(file), "%s/size", it->name);
	text[slurp(AT_FDCWD, file, text, sizeof(text) - 1)] = '\0';
	it->size = strtoul(text, NULL, 10);
	it->fd = open(path, O_RDONLY);
	it->bytes = malloc(it->size + PIECE);
	if (it->fd < 0 || !it->bytes)
		err(2, "%s", path);
	ours = strstr(it->name, OURS);
	for (at = 0; ours && at < 3; at++)
		if (!strcmp(ours + strlen(OURS), names[at]))
			it->kind = OPAQUE_BYTES + at;
	for (at = 0; at < it->size; at += PIECE)
		piece(it, at, it->bytes + at);
	return 0;
}

static void check_item(const struct item *it, size_t at, const unsigned char *bytes, size_t len)
{
	unsigned char made[OPAQUE];
	uint64_t number = 0;

	memcpy(&number, bytes, len < sizeof(number) ? len : sizeof(number));
	switch (it->kind) {
	case CONSTANT:
		if (memcmp(bytes, it->bytes + at, len))
			wrong("%s has other bytes at %zu", it->name, at);
		break;
	case OPAQUE_BYTES:
		make_opaque(made, number);
		if (len != OPAQUE || memcmp(bytes, made, OPAQUE))
			wrong("%s is a mixture", it->name);
		break;
	case ADDRESS:
		/* Which ones were armed is known in the end. */
		if (!number || (common->n_addrs && common->addrs[common->n_addrs - 1] == number))
			break;
		if (common->n_addrs == MAX_ADDRS)
			wrong("%s has had too many addresses", it->name);
		common->addrs[common->n_addrs++] = number;
		break;
	case SIZE:
		if (number != images[0].size && number != images[1].size)
			wrong("%s is %ju", it->name, (uintmax_t)number);
		break;
	}
}

static void reader(void)
{
	unsigned char bytes[PIECE];
	struct item *it;
	size_t len;

	for (; !enough(); common->rounds++) {
		for (it = items; it < items + n_items; it++) {
			if (it->at >= FAR && common->rounds % FAR_EACH)
				continue;
			len = piece(it, it->at, bytes);
			check_item(it, it->at, bytes, len);
			it->at += len;
			if (it->at >= it->size)
				it->at = 0;
			common->reads += !!len;
		}
	}
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
		    (long)common->reads, (long)common->updates);
	close(fd);
	common->updates++;
}

/* Until the reader has been through all files, of which it may have read some before. */
static void wait_for_reader(void)
{
	long until = common->rounds + 2;

	while (common->rounds < until && !common->stop)
		sched_yield();
}

static void arm(const struct image *image, uint64_t *armed)
{
	static unsigned char seen[MAX_IMAGE];
	char text[32];

	put(FW "image", image->bytes, image->size);
	put(FW "arm", "1", 1);
	text[slurp(AT_FDCWD, FW "bios_addr", text, sizeof(text) - 1)] = '\0';
	common->updates++;
	*armed = strtoull(text, NULL, 0);
	if (!*armed)
		wrong("nothing is armed");
	wait_for_reader();
	if (slurp(AT_FDCWD, FW "image", seen, sizeof(seen)) != image->size ||
	    memcmp(seen, image->bytes, image->size))
		wrong("the armed image is another one");
	put(FW "arm", "0", 1);
}

/* Returns how many were armed. */
static long owner(uint64_t *armed)
{
	unsigned char bytes[OPAQUE], seen[OPAQUE];
	int fd = open(FW "opaque", O_RDWR);
	unsigned int seed = 1;
	long i, n = 0;

	if (fd < 0)
		err(2, FW "opaque");
	for (i = 0; !enough(); i++) {
		size_t len = 1 + rand_r(&seed) % 64, at = rand_r(&seed) % (OPAQUE - len);

		/* All of them, then some that are there already, which the driver joins. */
		make_opaque(bytes, i);
		if (pwrite(fd, bytes, OPAQUE, 0) != OPAQUE ||
		    pwrite(fd, bytes + at, len, at) != (ssize_t)len ||
		    pread(fd, seen, OPAQUE, 0) != OPAQUE)
			err(1, FW "opaque after %ld reads and %ld updates",
			    (long)common->reads, (long)common->updates);
		if (memcmp(seen, bytes, OPAQUE))
			wrong("other opaque bytes");
		common->updates += 3;
		if (i % ARM_EACH == 0 && n < MAX_ADDRS)
			arm(&images[i / ARM_EACH % 2], &armed[n++]);
	}
	close(fd);
	return n;
}

static void check_addrs(const uint64_t *armed, long n_armed)
{
	long i, j;

	for (i = 0; i < common->n_addrs; i++) {
		for (j = 0; j < n_armed && armed[j] != common->addrs[i]; j++)
			;
		if (j == n_armed)
			wrong("the address 0x%jx, which nobody armed,",
			      (uintmax_t)common->addrs[i]);
	}
	if (!common->n_addrs)
		wrong("no address was seen");
}

static void end_child(void)
{
	common->stop = true;
}

int main(int argc, char **argv)
{
	static uint64_t armed[MAX_ADDRS];
	unsigned char bytes[OPAQUE];
	int fd, i, status;
	long n_armed;
	pid_t pid;

	if (argc == 4)
		wanted = atol(argv[1]);
	if (wanted < 1) {
		fputs("usage: beside OPERATIONS IMAGE IMAGE\n", stderr);
		return 2;
	}
	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common == MAP_FAILED)
		err(2, "mmap");
	for (i = 0; i < 2; i++)
		images[i].size = slurp(AT_FDCWD, argv[2 + i], images[i].bytes, MAX_IMAGE);
	make_opaque(bytes, 0);
	fd = open(FW "opaque", O_WRONLY);
	if (fd < 0 || pwrite(fd, bytes, OPAQUE, 0) != OPAQUE)
		err(2, FW "opaque");
	close(fd);
	if (nftw(FILES, find_item, 16, 0) || n_items < 10)
		errx(2, "only %d files", n_items);

	pid = fork();
	if (pid < 0)
		err(2, "fork");
	/* Whoever ends, however, ends both. */
	atexit(end_child);
	if (!pid) {
		reader();
		return 0;
	}
	n_armed = owner(armed);
	end_child();
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		return 1;
	check_addrs(armed, n_armed);
	printf("%ld reads of %d files and %ld updates, %ld times armed, no wrong byte\n",
	       (long)common->reads, n_items, (long)common->updates, n_armed);
	return 0;
}
