// SPDX-License-Identifier: GPL-2.0-only
/* /dev/sev for the subcommands. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "aspctl.h"
#include "drivers/psp/firmware.h"

static const unsigned short firmware_ids[PSP_SEV_CMD_MAX] = {
	[PSP_SEV_FACTORY_RESET] = PSP_FW_PLATFORM_RESET,
	[PSP_SEV_PLATFORM_STATUS] = PSP_FW_PLATFORM_STATUS,
	[PSP_SEV_PEK_GEN] = PSP_FW_PEK_GEN,
	[PSP_SEV_PEK_CSR] = PSP_FW_PEK_CSR,
	[PSP_SEV_PDH_GEN] = PSP_FW_PDH_GEN,
	[PSP_SEV_PDH_CERT_EXPORT] = PSP_FW_PDH_CERT_EXPORT,
	[PSP_SEV_PEK_CERT_IMPORT] = PSP_FW_PEK_CERT_IMPORT,
	[PSP_SEV_GET_ID] = PSP_FW_GET_ID,
	[PSP_SEV_GET_ID2] = PSP_FW_GET_ID,
	[PSP_SEV_SNP_PLATFORM_STATUS] = PSP_FW_SNP_PLATFORM_STATUS,
	[PSP_SEV_SNP_COMMIT] = PSP_FW_SNP_COMMIT,
	[PSP_SEV_SNP_SET_CONFIG] = PSP_FW_SNP_CONFIG,
	[PSP_SEV_SNP_VLEK_LOAD] = PSP_FW_SNP_VLEK_LOAD,
};

const char *sev_command_name(unsigned int cmd)
{
	return psp_fw_command_name(cmd < PSP_SEV_CMD_MAX ? firmware_ids[cmd] : 0);
}

int sev_open(bool write, int *fd)
{
	const char *next = NULL;
	struct machine_psp psp;
	int err;

	*fd = open(PSP_SEV_DEVICE, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (*fd >= 0)
		return CVM_OK;
	err = errno;
	if (err == EACCES || err == EPERM) {
		next = write ? "it needs write access, which only root has: use sudo" :
			       "only root may talk to the firmware: use sudo";
	} else if (cvm_errno(err) == CVM_ABSENT) {
		machine_psp_find(&psp);
		next = machine_driver_advice(&psp);
	}
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

int sev_error(unsigned int cmd, int err, unsigned int status)
{
	const char *answer = strerror(-err);

	/* Newer ccp has a status of its own for "the firmware was not asked". */
	if (status && status <= 0xffff)
		answer = err == -EIO ?
			cvm_fmt("%s (firmware status 0x%02x)",
				psp_fw_status_name(status), status) :
			cvm_fmt("%s; %s (firmware status 0x%02x)", strerror(-err),
				psp_fw_status_name(status), status);
	return cvm_error(cvm_errno(-err),
			 cvm_fmt("SEV command %s", sev_command_name(cmd)),
			 answer, sev_advice(cmd, err, status));
}

int sev_run(bool write, unsigned int cmd, void *data)
{
	unsigned int status;
	int fd, ret;

	ret = sev_open(write, &fd);
	if (ret)
		return ret;
	ret = sev_issue(fd, cmd, data, &status);
	close(fd);
	return ret ? sev_error(cmd, ret, status) : CVM_OK;
}

int sev_change(unsigned int cmd, const char *done)
{
	int ret = sev_run(true, cmd, NULL);

	if (ret)
		return ret;
	cvm_out_string("command", NULL, sev_command_name(cmd));
	cvm_out_string(NULL, "Done", done);
	return CVM_OK;
}
