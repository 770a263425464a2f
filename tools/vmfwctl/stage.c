// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl stage */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmfwctl.h"

/* sysfs takes a page at a time anyway; this is how often progress is looked at. */
#define CHUNK 65536u

static bool arm_too;

const struct cvm_option stage_options[] = {
	{ .name = "arm", .letter = 'a', .kind = CVM_OPT_FLAG, .value = &arm_too,
	  .help = "arm it too: the next reset starts it" },
	{ }
};

/* The driver would say the same, but only after everything was staged. */
static int check_image(const struct fw_driver *drv, const char *file,
		       const unsigned char *data, size_t size)
{
	const char *tried = cvm_fmt("staging '%s'", file);
	unsigned char tail[FWUP_TAIL_SIZE] = { 0 };

	if (size >= sizeof(tail))
		memcpy(tail, data + size - sizeof(tail), sizeof(tail));
	switch (fwup_image_verdict(&drv->limits, size, tail)) {
	case FWUP_IMAGE_GOOD:
		return CVM_OK;
	case FWUP_IMAGE_EMPTY:
		return cvm_error(CVM_FAIL, tried, "it is empty", NULL);
	case FWUP_IMAGE_TOO_LARGE:
		return cvm_error(CVM_FAIL, tried,
				 cvm_fmt("it has %zu bytes, and no image may have more than %llu",
					 size, (unsigned long long)drv->limits.max), NULL);
	case FWUP_IMAGE_UNALIGNED:
		return cvm_error(CVM_FAIL, tried,
				 cvm_fmt("it has %zu bytes, not a multiple of %u", size,
					 drv->limits.granule),
				 "check that the file is whole, and a raw image");
	case FWUP_IMAGE_WRONG_SIZE:
		return cvm_error(CVM_FAIL, tried,
				 cvm_fmt("it has %zu bytes, the BIOS region has %llu, and %s",
					 size, (unsigned long long)drv->limits.region,
					 "this hypervisor cannot resize it"),
				 "use an image of just that size, or a hypervisor with the capability BIOS_RESIZE");
	case FWUP_IMAGE_BLANK_VECTOR:
		return cvm_error(CVM_FAIL, tried,
				 "it has no code at its end, where a processor starts",
				 "check that the file is whole, and not a variable store (VARS) or code without its start");
	}
	return CVM_FAIL;
}

static int open_image(int flags)
{
	return open(FW_DIR "/image", flags | O_CLOEXEC);
}

static int write_image(const void *data, size_t size)
{
	struct cvm_progress progress;
	size_t done = 0, n;
	int fd, err = 0;

	fd = open_image(O_WRONLY);
	if (fd < 0)
		return errno;
	cvm_progress_start(&progress, "staging", size);
	while (done < size && !err) {
		n = size - done < CHUNK ? size - done : CHUNK;
		err = -cvm_write_all(fd, (const char *)data + done, n);
		done += n;
		cvm_progress_update(&progress, done);
	}
	cvm_progress_end(&progress);
	if (close(fd) && !err)
		err = errno;
	return err;
}

/* Another writer may have come in between; what is armed must be this file. */
static int compare_image(const unsigned char *data, size_t size)
{
	unsigned char buf[4096];
	size_t done = 0;
	ssize_t n;
	int fd;

	fd = open_image(O_RDONLY);
	if (fd < 0)
		return errno;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (n > (ssize_t)(size - done) || memcmp(buf, data + done, n))
			break;
		done += n;
	}
	close(fd);
	if (n < 0)
		return errno;
	return n || done != size ? EBUSY : 0;
}

static int stage_image(const char *file, const void *data, size_t size)
{
	const char *tried = cvm_fmt("staging '%s'", file);
	int ret, err;

	ret = fw_write("image_size", cvm_fmt("%zu", size), tried,
		       "`vmfwctl status` shows where it stands; `vmfwctl cancel` takes an armed image back");
	if (ret)
		return ret;
	err = write_image(data, size);
	if (err)
		return cvm_error(CVM_FAIL, tried, fw_reason(err),
				 "`vmfwctl status` shows where it stands");
	err = compare_image(data, size);
	if (err)
		return cvm_error(CVM_FAIL, tried, err == EBUSY ?
				 "the driver holds other bytes than were written" : strerror(err),
				 "is somebody else staging an image?");
	return CVM_OK;
}

int cmd_stage(int argc, char **argv)
{
	struct fw_driver drv;
	size_t size;
	void *data;
	int ret;

	(void)argc;
	ret = fw_driver_read(&drv);
	if (ret)
		return ret;
	ret = cvm_read_file(argv[0], FWUP_IMAGE_MAX, &data, &size);
	if (ret)
		return ret;
	ret = check_image(&drv, argv[0], data, size);
	if (!ret)
		ret = stage_image(argv[0], data, size);
	free(data);
	if (ret)
		return ret;
	cvm_out_string("file", "Staged", argv[0]);
	cvm_out_quantity("image_size_bytes", "Size", size, CVM_BYTES);
	if (arm_too)
		return cmd_arm(0, NULL);
	cvm_out_string("state", "State", "staged");
	cvm_out_string(NULL, "Next", "`vmfwctl arm`, then a reboot");
	return CVM_OK;
}
