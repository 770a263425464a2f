// SPDX-License-Identifier: GPL-2.0-only
/* Whole files, and sysfs attributes. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

/* Longest sysfs attribute is a page; longest path the kernel takes. */
#define ATTRIBUTE_MAX 4096
#define PATH_BUFFER 4096
#define HUGE_PAGE (2 << 20)

int cvm_write_all(int fd, const void *data, size_t size)
{
	const char *p = data;
	ssize_t n;

	while (size) {
		n = write(fd, p, size);
		if (n < 0 && errno == EINTR && !cvm_stopped())
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= n;
	}
	return 0;
}

static ssize_t read_some(int fd, void *buf, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, buf, size);
	} while (n < 0 && errno == EINTR && !cvm_stopped());
	return n < 0 ? -errno : n;
}

/*
 * The first touch of each small page costs more than what most callers do with it:
 * a firmware image has a thousand.
 */
static char *new_buffer(size_t size)
{
	char *buf;

	if (size < HUGE_PAGE)
		return malloc(size);
	buf = aligned_alloc(HUGE_PAGE, size);
	/* Without huge pages it is just slower. */
	if (buf)
		madvise(buf, size, MADV_HUGEPAGE);
	return buf;
}

/*
 * Reads until the end or until more than @limit bytes came. The hint spares
 * growing for regular files; sysfs says 4096 and procfs 0 for whatever size.
 */
static int read_fd(int fd, size_t hint, size_t limit, char **data, size_t *size)
{
	size_t room = hint < limit ? hint + 2 : limit + 2, used = 0;
	char *buf = new_buffer(room), *grown;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	for (;;) {
		n = read_some(fd, buf + used, room - used - 1);
		if (n <= 0)
			break;
		used += n;
		if (used > limit) {
			n = -EFBIG;
			break;
		}
		if (used + 1 < room)
			continue;
		room = room < limit / 2 ? room * 2 : limit + 2;
		grown = realloc(buf, room);
		if (!grown) {
			n = -ENOMEM;
			break;
		}
		buf = grown;
	}
	if (n < 0) {
		free(buf);
		return n;
	}
	buf[used] = 0;
	*data = buf;
	*size = used;
	return 0;
}

static int read_failed(const char *path, const char *verb, int err,
		       size_t limit)
{
	const char *tried = cvm_fmt("%s '%s'", verb, path);

	if (err == EFBIG)
		return cvm_error(CVM_FAIL, tried,
				 cvm_fmt("it is larger than %s",
					 cvm_quantity(limit, CVM_BYTES)),
				 "check that this is the file you meant");
	return cvm_error(cvm_errno(err), tried, strerror(err), NULL);
}

int cvm_read_file(const char *path, size_t limit, void **data, size_t *size)
{
	bool use_stdin = !strcmp(path, "-");
	const char *name = use_stdin ? "standard input" : path;
	size_t hint = 0;
	struct stat st;
	char *buf = NULL;
	int fd, ret;

	/* Two spare bytes must not wrap round. */
	if (limit > SIZE_MAX / 2)
		limit = SIZE_MAX / 2;
	fd = use_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return read_failed(name, "opening", errno, limit);
	/* Refused early, without reading the whole of it first. */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0)
		hint = st.st_size;
	if (hint > limit)
		ret = -EFBIG;
	else
		ret = read_fd(fd, hint ? hint : ATTRIBUTE_MAX, limit, &buf,
			      size);
	if (!use_stdin)
		close(fd);
	if (ret)
		return read_failed(name, "reading", -ret, limit);
	*data = buf;
	return CVM_OK;
}

static int write_failed(const char *path, int err, const char *next)
{
	return cvm_error(cvm_errno(err), cvm_fmt("writing '%s'", path),
			 strerror(err), next);
}

/* What is no regular file (a device, a pipe, /dev/stdout) is written in place. */
static int write_in_place(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return write_failed(path, errno, NULL);
	ret = cvm_write_all(fd, data, size);
	if (close(fd) && !ret)
		ret = -errno;
	return ret ? write_failed(path, -ret, NULL) : CVM_OK;
}

/* The file that replaces another belongs to whom that one did. */
static int keep_owner(int fd, const struct stat *old)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid == old->st_uid && st.st_gid == old->st_gid)
		return 0;
	return fchown(fd, old->st_uid, old->st_gid) ? -errno : 0;
}

int cvm_write_file(const char *path, const void *data, size_t size,
		   unsigned int mode)
{
	char *target, *temporary;
	const char *next = NULL;
	struct stat st;
	mode_t mask;
	int fd, ret;

	if (!strcmp(path, "-"))
		return cvm_out_raw(data, size);
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return write_in_place(path, data, size);

	/* A link stays a link: what it points to is replaced. */
	target = realpath(path, NULL);
	if (asprintf(&temporary, "%s.XXXXXX", target ? target : path) < 0) {
		free(target);
		return write_failed(path, ENOMEM, NULL);
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		goto out;
	}
	mask = umask(0);
	umask(mask);
	ret = cvm_write_all(fd, data, size);
	/* Before its mode, which may have bits that go with an owner. */
	if (!ret && target) {
		ret = keep_owner(fd, &st);
		if (ret == -EPERM)
			next = "its owner or group cannot be kept: remove it, or write elsewhere";
	}
	if (!ret && (fchmod(fd, target ? st.st_mode & 07777 : mode & ~mask) ||
		     fsync(fd)))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(temporary, target ? target : path))
		ret = -errno;
	if (ret)
		unlink(temporary);
out:
	free(temporary);
	free(target);
	return ret ? write_failed(path, -ret, next) : CVM_OK;
}

static int attribute_open(int flags, const char *fmt, va_list args)
{
	char path[PATH_BUFFER];
	int len = vsnprintf(path, sizeof(path), fmt, args), fd;

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int attribute_read(char *buf, size_t size, int fd)
{
	size_t used = 0;
	ssize_t n = 1;

	if (fd < 0)
		return fd;
	while (used + 1 < size) {
		n = read_some(fd, buf + used, size - used - 1);
		if (n <= 0)
			break;
		used += n;
	}
	/* The buffer is full: is there one more byte? */
	if (n > 0) {
		char more;

		n = read_some(fd, &more, 1);
		if (n > 0)
			n = -EFBIG;
	}
	close(fd);
	if (n < 0)
		return n;
	if (used && buf[used - 1] == '\n')
		used--;
	buf[used] = 0;
	return used;
}

int cvm_sysfs_read(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = attribute_read(buf, size, attribute_open(O_RDONLY, fmt, args));
	va_end(args);
	if (ret < 0)
		buf[0] = 0;
	return ret;
}

int cvm_sysfs_u64(uint64_t *value, const char *fmt, ...)
{
	char text[32];
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = attribute_read(text, sizeof(text),
			     attribute_open(O_RDONLY, fmt, args));
	va_end(args);
	return ret < 0 ? ret : cvm_number(text, value);
}

int cvm_sysfs_write(const char *value, const char *fmt, ...)
{
	va_list args;
	ssize_t n;
	int fd;

	va_start(args, fmt);
	fd = attribute_open(O_WRONLY, fmt, args);
	va_end(args);
	if (fd < 0)
		return fd;
	/* A second write would be a second command to the kernel. */
	n = write(fd, value, strlen(value));
	if (n < 0)
		n = -errno;
	else
		n = (size_t)n == strlen(value) ? 0 : -EIO;
	if (close(fd) && !n)
		n = -errno;
	return n;
}
