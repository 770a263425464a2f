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

/* The whole buffer is written: what is shorter is followed by zeros. */
int cmd_opaque_write(int argc, char **argv)
{
	unsigned char whole[OPAQUE_MAX] = { 0 };
	const char *tried;
	struct stat st;
	size_t size;
	void *data;
	int ret, err;

	(void)argc;
	ret = fw_present();
	if (ret)
		return ret;
	tried = cvm_fmt("writing '%s' to the opaque buffer", argv[0]);
	if (stat(OPAQUE, &st) || st.st_size > OPAQUE_MAX)
		return cvm_error(CVM_FAIL, tried, "its size cannot be found out", NULL);
	ret = cvm_read_file(argv[0], st.st_size, &data, &size);
	if (ret)
		return ret;
	memcpy(whole, data, size);
	free(data);
	err = write_buffer(whole, st.st_size);
	if (err)
		return cvm_error(CVM_FAIL, tried,
				 err == EACCES ? strerror(err) : fw_reason(err),
				 err == EACCES ? "run it as root" : NULL);
	cvm_out_quantity("size_bytes", "Written", size, CVM_BYTES);
	return CVM_OK;
}
