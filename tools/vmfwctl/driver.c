// SPDX-License-Identifier: GPL-2.0-only
/* The driver's files in sysfs. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmfwctl.h"

#define CAP_BIOS_RESIZE 1u

/* What the interfaces that a driver may name take. */
static const struct {
	const char *name;
	unsigned int granule;
	bool igvm;
} interfaces[] = {
	{ "bios-addr", 4096, false },
	/* QEMU aborts at the reset after any other size. */
	{ "fw-blob", 65536, false },
	{ "launch-update", 1, true },
};

int fw_present(void)
{
	if (!access(FW_DIR, F_OK))
		return CVM_OK;
	return cvm_error(CVM_ABSENT, "opening '" FW_DIR "'", strerror(errno),
			 "load the driver: modprobe vmfwupdate; if it refuses, the kernel's log says what this machine lacks");
}

const char *fw_text(const char *attribute)
{
	char buf[4096];

	if (cvm_sysfs_read(buf, sizeof(buf), FW_DIR "/%s", attribute) < 0)
		return NULL;
	return cvm_fmt("%s", buf);
}

int fw_number(const char *attribute, uint64_t *value)
{
	int err = -cvm_sysfs_u64(value, FW_DIR "/%s", attribute);

	if (!err)
		return CVM_OK;
	return cvm_error(CVM_FAIL, cvm_fmt("reading '" FW_DIR "/%s'", attribute),
			 strerror(err), err == EACCES ? "run it as root" : NULL);
}

const char *fw_reason(int err)
{
	const char *text = fw_text("last_error");

	if (!text || !*text)
		return strerror(err);
	return cvm_fmt("%s (%s)", text, strerror(err));
}

int fw_write(const char *attribute, const char *value, const char *tried,
	     const char *next)
{
	int err = -cvm_sysfs_write(value, FW_DIR "/%s", attribute);

	if (!err)
		return CVM_OK;
	/* Permissions are checked before the driver is asked. */
	return cvm_error(CVM_FAIL, tried,
			 err == EACCES ? strerror(err) : fw_reason(err),
			 err == EACCES ? "run it as root" : next);
}

static void set_limits(struct fw_driver *drv, uint64_t region)
{
	unsigned int i, granule = interfaces[0].granule;

	drv->igvm = false;
	for (i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		if (strcmp(drv->interface, interfaces[i].name))
			continue;
		granule = interfaces[i].granule;
		drv->igvm = interfaces[i].igvm;
	}
	drv->limits = (struct fwup_limits){
		.region = region,
		.max = FWUP_IMAGE_MAX,
		.granule = granule,
		.resizable = drv->igvm || drv->capabilities & CAP_BIOS_RESIZE,
		.reset_vector = !drv->igvm,
	};
	/* Its capabilities are in doubt: any size up to the present one. */
	if (!strcmp(drv->interface, "fw-blob")) {
		drv->limits.resizable = true;
		drv->limits.max = region < FWUP_IMAGE_MAX ? region : FWUP_IMAGE_MAX;
	}
}

int fw_driver_read(struct fw_driver *drv)
{
	uint64_t region;
	int err;

	if (fw_present())
		return CVM_ABSENT;
	err = -cvm_sysfs_read(drv->interface, sizeof(drv->interface),
			      FW_DIR "/interface");
	if (err > 0)
		return cvm_error(CVM_FAIL, "reading '" FW_DIR "/interface'",
				 strerror(err), err == EACCES ? "run it as root" : NULL);
	err = -cvm_sysfs_u64(&drv->capabilities, FW_DIR "/capabilities");
	if (!err)
		err = -cvm_sysfs_u64(&region, FW_DIR "/bios_size");
	if (err)
		return cvm_error(CVM_FAIL, "asking the hypervisor", fw_reason(err),
				 "the kernel's log may say more");
	set_limits(drv, region);
	return CVM_OK;
}
