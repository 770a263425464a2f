// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl opaque read, opaque write */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmfwctl.h"

#define OPAQUE FW_DIR "/opaque"
#define OPAQUE_MAX 4096

int cmd_opaque_read(int argc, char **argv)
{
	size_t size;
	void *data;
	int ret;

	ret = fw_present();
	if (!ret)
		ret = cvm_read_file(OPAQUE, OPAQUE_MAX, &data, &size);
	if (ret)
		return ret;
	ret = cvm_write_file(argc ? argv[0] : "-", data, size, 0600);
	free(data);
	return ret;
}

/* In place: an attribute cannot be written beside its name and renamed. */
static int write_buffer(const void *data, size_t size)
{
	int fd = open(OPAQUE, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = -cvm_write_all(fd, data, size);
	if (close(fd) && !err)
		err = errno;
	return err;
}

int opaque_load(const char *file, void **whole, size_t *whole_size, size_t *file_size)
{
	struct stat st;
	void *data;
	int ret;

	/* Without a driver (nothing will be written then) no file is too large. */
	if (stat(OPAQUE, &st))
		st.st_size = OPAQUE_MAX;
	if (st.st_size > OPAQUE_MAX)
		return cvm_error(CVM_FAIL, "finding out the size of the opaque buffer",
				 cvm_fmt("it would have %lld bytes", (long long)st.st_size), NULL);
	ret = cvm_read_file(file, st.st_size, &data, file_size);
	if (ret)
		return ret;
	*whole_size = st.st_size;
	*whole = cvm_alloc(1, *whole_size);
	memcpy(*whole, data, *file_size);
	free(data);
	return CVM_OK;
}

int opaque_store(const char *file, const void *whole, size_t whole_size)
{
	int err = write_buffer(whole, whole_size);

	if (!err)
		return CVM_OK;
	return cvm_error(CVM_FAIL, cvm_fmt("writing '%s' to the opaque buffer", file),
			 err == EACCES ? strerror(err) : fw_reason(err),
			 err == EACCES ? "run it as root" : NULL);
}

/* The whole buffer is written: what is shorter is followed by zeros. */
int cmd_opaque_write(int argc, char **argv)
{
	size_t whole_size, size;
	void *whole;
	int ret;

	(void)argc;
	ret = fw_present();
	if (!ret)
		ret = opaque_load(argv[0], &whole, &whole_size, &size);
	if (ret)
		return ret;
	ret = opaque_store(argv[0], whole, whole_size);
	free(whole);
	if (!ret)
		cvm_out_quantity("size_bytes", "Written", size, CVM_BYTES);
	return ret;
}
