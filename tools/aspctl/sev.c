// SPDX-License-Identifier: GPL-2.0-only
/* /dev/sev for the subcommands, and what its errors mean to a user. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "aspctl.h"
#include "drivers/psp/firmware.h"

int sev_open(bool write, int *fd)
{
	const char *next = NULL;
	int err;

	*fd = open(PSP_SEV_DEVICE, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (*fd >= 0)
		return CVM_OK;
	err = errno;
	if (err == EACCES || err == EPERM)
		next = "only root may talk to the firmware: use sudo";
	else if (err == ENOENT && access(PSP_SYSFS, F_OK) == 0)
		next = "the processor is there, its driver is not: modprobe psp_sev";
	else if (err == ENOENT && access(ASPT_TABLE_FILE, F_OK) == 0)
		next = "this machine has a table ASPT: modprobe aspt, then psp_sev";
	else if (err == ENOENT)
		next = "no driver gives it; with the processor on PCI that is: modprobe ccp";
	return cvm_error(cvm_errno(err), "opening '" PSP_SEV_DEVICE "'",
			 strerror(err), next);
}

int sev_issue(int fd, unsigned int cmd, void *data, unsigned int *status)
{
	struct psp_sev_issue_cmd issue = {
		.cmd = cmd,
		.data = (uintptr_t)data,
	};
	int ret;

	ret = ioctl(fd, PSP_SEV_ISSUE_CMD, &issue);
	*status = issue.error;
	return ret < 0 ? -errno : 0;
}

static const char *advice(int err, unsigned int status)
{
	switch (err) {
	case -EBUSY:
		return "an earlier command was not answered; to try anew: echo 1 > "
		       PSP_SYSFS "/recover";
	case -ETIMEDOUT:
		return "the answer may still come; to try anew: echo 1 > "
		       PSP_SYSFS "/recover";
	case -ENODEV:
		return "the driver has lost its device: see the kernel's log";
	case -EPERM:
		return "the file has to be opened for writing";
	}
	switch (status) {
	case PSP_SEV_INVALID_COMMAND:
		return "this firmware does not have the command";
	case PSP_SEV_UNSUPPORTED:
		return "this processor does not have the feature";
	case PSP_SEV_INVALID_PLATFORM_STATE:
		return "see `aspctl status` for the platform's state";
	}
	return NULL;
}

int sev_error(const char *name, int err, unsigned int status)
{
	const char *answer = strerror(-err);

	if (err == -EIO && status)
		answer = cvm_fmt("%s (firmware status 0x%02x)",
				 psp_fw_status_name(status), status);
	return cvm_error(cvm_errno(-err), cvm_fmt("SEV command %s", name), answer,
			 advice(err, status));
}
