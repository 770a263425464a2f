// SPDX-License-Identifier: GPL-2.0-only
/* What a user can do when a command to the firmware has failed. */
#include <errno.h>
#include <string.h>

#include "aspctl.h"
#include "drivers/psp/firmware.h"

static bool is_snp(unsigned int cmd)
{
	return cmd >= PSP_SEV_SNP_PLATFORM_STATUS && cmd <= PSP_SEV_SNP_VLEK_LOAD;
}

/*
 * psp_sev tells of a command that nobody waits for any more. ccp does not:
 * after a time-out it is dead.
 */
static const char *busy(unsigned int cmd)
{
	char pending[64];

	if (cvm_sysfs_read(pending, sizeof(pending), PSP_SYSFS "/pending") >= 0 &&
	    strcmp(pending, "none"))
		return cvm_fmt("%s was not answered in time; to give it up and try anew: echo 1 > "
			       PSP_SYSFS "/recover", pending);
	if (cmd == PSP_SEV_FACTORY_RESET)
		return "guests are running: stop them first; `aspctl status` counts them";
	return "the driver gives no command to the firmware any more, maybe after a time-out: see the kernel's log and reload it";
}

static const char *absent(unsigned int cmd, unsigned int status)
{
	if (is_snp(cmd) && status == PSP_SEV_INVALID_PLATFORM_STATE)
		return "SNP is not initialized, and this kernel cannot do it, being no SNP host: `aspctl check` says why";
	return "the driver has lost its device: see the kernel's log";
}

static const char *on_errno(unsigned int cmd, int err, unsigned int status)
{
	switch (err) {
	case -EBUSY:
		return busy(cmd);
	case -ETIMEDOUT:
		return "the answer may still come; to give it up and try anew: echo 1 > "
		       PSP_SYSFS "/recover";
	case -ENODEV:
	case -ENXIO:
		return absent(cmd, status);
	case -EPERM:
	case -EACCES:
		return cmd == PSP_SEV_PDH_CERT_EXPORT ?
			"the platform is not initialized, and to do that needs write access to " PSP_SEV_DEVICE ": use sudo" :
			"it needs write access to " PSP_SEV_DEVICE ", which only root has: use sudo";
	case -EINVAL:
	case -ENOTTY:
		return is_snp(cmd) ? "the driver behind " PSP_SEV_DEVICE " does not know this command: it is older than SNP" :
				     NULL;
	case -EOPNOTSUPP:
	case -524:
		return "the firmware is too old for this command: an update of the machine's firmware brings a newer one";
	}
	return NULL;
}

static const char *on_state(unsigned int cmd)
{
	switch (cmd) {
	case PSP_SEV_SNP_COMMIT:
	case PSP_SEV_SNP_SET_CONFIG:
	case PSP_SEV_SNP_VLEK_LOAD:
		return "SNP has to be initialized: load kvm_amd with sev_snp=1; `aspctl snp status` shows the state";
	case PSP_SEV_PEK_GEN:
	case PSP_SEV_PEK_CSR:
	case PSP_SEV_PEK_CERT_IMPORT:
		return "no guest may be running; `aspctl status` shows the state";
	}
	return "`aspctl status` shows the platform's state";
}

static const char *on_parameter(unsigned int cmd)
{
	switch (cmd) {
	case PSP_SEV_SNP_SET_CONFIG:
		return "no part of the reported TCB may be above the committed one; `aspctl snp status` shows the TCBs";
	case PSP_SEV_SNP_VLEK_LOAD:
		return "the hashstick has to be AMD's for this very chip and its reported TCB; `aspctl id` shows the id it is made for";
	}
	return NULL;
}

static const char *on_status(unsigned int cmd, unsigned int status)
{
	switch (status) {
	case PSP_SEV_INVALID_PLATFORM_STATE:
		return on_state(cmd);
	case PSP_SEV_INVALID_PARAM:
	case PSP_SEV_BAD_MEASUREMENT:
	case PSP_SEV_INVALID_KEY:
		return on_parameter(cmd);
	case PSP_SEV_INVALID_LENGTH:
		return "this is a mistake in the driver or in the firmware: please report it";
	case PSP_SEV_ALREADY_OWNED:
		return "to end the ownership: `aspctl pek gen`, which makes new keys, or `aspctl reset`";
	case PSP_SEV_INVALID_CERTIFICATE:
		return "the PEK has to be the one of `aspctl pek csr`, made since the last `pek gen`, and the OCA one for signing";
	case PSP_SEV_BAD_SIGNATURE:
		return cmd == PSP_SEV_SNP_VLEK_LOAD ? on_parameter(cmd) :
		       "the PEK has to be signed with the key of this very OCA, and the OCA with its own";
	case PSP_SEV_INVALID_COMMAND:
		return "this firmware does not have the command: an update of the machine's firmware may bring it";
	case PSP_SEV_UNSUPPORTED:
		return "this processor does not have the feature; `aspctl check` shows what it has";
	case PSP_SEV_SECURE_DATA_INVALID:
		return "what the firmware keeps is damaged: `aspctl reset` makes it anew, with new keys";
	case PSP_SEV_HW_ERROR_PLATFORM:
	case PSP_SEV_HW_ERROR_UNSAFE:
		return "the processor reports a fault of its own: restart the machine; should it stay, have the hardware looked at";
	case PSP_SEV_RESOURCE_LIMIT:
		return "end guests, or unload and load kvm_amd, to give the firmware room";
	case PSP_SEV_WBINVD_REQUIRED:
	case PSP_SEV_DF_FLUSH_REQUIRED:
		return "caches have to be flushed after the last guest: unloading and loading kvm_amd does it";
	case PSP_SEV_RMP_INIT_REQUIRED:
	case PSP_SEV_RMP_INIT_FAILED:
		return "the machine's firmware has to set memory for the RMP aside: see its setup, and `aspctl check`";
	case PSP_SEV_BAD_SVN:
	case PSP_SEV_BAD_VERSION:
		return "a firmware as old as this may not be used any more on this machine";
	case PSP_SEV_SHUTDOWN_REQUIRED:
		return "unload kvm_amd, so that the platform is shut down, and try again";
	case PSP_SEV_UPDATE_FAILED:
	case PSP_SEV_RESTORE_REQUIRED:
		return "restart the machine: the firmware that was committed last comes back";
	case PSP_SEV_INVALID_ADDRESS:
	case PSP_SEV_INVALID_PAGE_STATE:
	case PSP_SEV_INVALID_PAGE_SIZE:
	case PSP_SEV_INVALID_PAGE_OWNER:
	case PSP_SEV_INVALID_MDATA_ENTRY:
		return "the driver gave the firmware memory that it may not use: this is a mistake in the driver, please report it";
	}
	return NULL;
}

const char *sev_advice(unsigned int cmd, int err, unsigned int status)
{
	const char *advice = on_errno(cmd, err, status);

	return advice ? advice : on_status(cmd, status);
}
