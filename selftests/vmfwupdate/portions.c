// SPDX-License-Identifier: GPL-2.0-only
/*
 * portions DEVICE FILE: writes FILE to DEVICE in one call, in calls of many pieces,
 * and from memory that ends in the midst of a call. Each time the driver must hold
 * just FILE's bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define IMAGE "/sys/firmware/vmfwupdate/image"
/* Of what one call takes, this much is there; not a number of whole blocks. */
#define THERE (100 << 10)

static const char *device;
static char *data, *window;
static size_t size;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static int begin(void)
{
	int fd = open(device, O_WRONLY);

	if (fd < 0)
		die(device);
	return fd;
}

static void held(const char *how)
{
	char *now = malloc(size + 1);
	size_t done = 0;
	ssize_t n;
	int fd = open(IMAGE, O_RDONLY);

	if (!now || fd < 0)
		die(IMAGE);
	while ((n = read(fd, now + done, size + 1 - done)) > 0)
		done += n;
	close(fd);
	if (done != size || memcmp(now, data, size)) {
		printf("%s: the driver holds %zu bytes, and not those\n", how, done);
		exit(3);
	}
	free(now);
}

static void in_one_call(void)
{
	int fd = begin();
	ssize_t n = write(fd, data, size);

	if (n != (ssize_t)size) {
		printf("in one call: %zd of %zu bytes\n", n, size);
		exit(3);
	}
	close(fd);
	held("in one call");
}

static void in_pieces(void)
{
	static const size_t length[] = { 1, 4095, 32768, 32767, 3, 65536, 70001, 0, 32766 };
	struct iovec iov[sizeof(length) / sizeof(length[0])];
	size_t i, of_call, done = 0;
	int fd = begin();
	ssize_t n;

	while (done < size) {
		of_call = done;
		for (i = 0; i < sizeof(length) / sizeof(length[0]); i++) {
			iov[i].iov_base = data + of_call;
			iov[i].iov_len = length[i] < size - of_call ? length[i] : size - of_call;
			of_call += iov[i].iov_len;
		}
		n = writev(fd, iov, i);
		if (n < 0)
			die("writev");
		if (n != (ssize_t)(of_call - done)) {
			printf("in pieces: %zd of %zu bytes\n", n, of_call - done);
			exit(3);
		}
		done += n;
	}
	close(fd);
	held("in pieces");
}

static void from_half_a_buffer(void)
{
	size_t done = 0;
	int fd = begin();
	ssize_t n;

	if (mprotect(window + THERE, size - THERE, PROT_NONE))
		die("mprotect");
	n = write(fd, window, size);
	if (n <= 0 || n > THERE) {
		printf("from half a buffer: %zd, %s\n", n, strerror(errno));
		exit(3);
	}
	done = n;
	n = write(fd, window + THERE, 4096);
	if (n != -1 || errno != EFAULT) {
		printf("from no buffer: %zd, %s\n", n, strerror(errno));
		exit(3);
	}
	/* Neither has spoilt what was taken. */
	if (mprotect(window + THERE, size - THERE, PROT_READ))
		die("mprotect");
	for (; done < size; done += n) {
		n = write(fd, window + done, size - done);
		if (n < 0)
			die("going on");
	}
	close(fd);
	held("from half a buffer");
}

int main(int argc, char **argv)
{
	struct stat st;
	int fd;

	if (argc != 3)
		return 1;
	device = argv[1];
	fd = open(argv[2], O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		die(argv[2]);
	size = st.st_size;
	if (size <= THERE)
		return 1;
	data = malloc(size);
	window = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!data || window == MAP_FAILED || read(fd, data, size) != (ssize_t)size)
		die(argv[2]);
	memcpy(window, data, size);
	close(fd);
	in_one_call();
	in_pieces();
	from_half_a_buffer();
	return 0;
}
