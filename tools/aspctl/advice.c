// SPDX-License-Identifier: GPL-2.0-only
/* What a user can do when a command to the firmware has failed. */
#include <errno.h>
#include <string.h>

#include "aspctl.h"

#define ANY	PSP_SEV_CMD_MAX

/*
 * struct advice - a way out
 * @cmd: of this command, or ANY
 * @status: for this status
 * @text: what to do
 *
 * The first that fits counts, so that ANY comes after those of one command.
 */
struct advice {
	unsigned int cmd;
	unsigned int status;
	const char *text;
};

#define SNP_UNINITIALIZED	"SNP has to be initialized: load kvm_amd with sev_snp=1; " \
				"`aspctl snp status` shows the state"
#define GUESTS_RUN		"no guest may be running; `aspctl status` shows the state"
#define VLEK_WRONG		"the hashstick has to be for this chip and its reported TCB; " \
				"`aspctl id` shows the id it is made for"
#define HARDWARE		"the processor reports a fault of its own: restart the machine; " \
				"should it stay, have the hardware looked at"
#define FLUSH			"caches have to be flushed after the last guest: " \
				"unloading and loading kvm_amd does it"
#define RMP			"the machine's firmware has to set memory for the RMP aside: " \
				"see its setup, and `aspctl check`"
#define TOO_OLD			"a firmware as old as this may not be used any more on this machine"
#define RESTART			"restart the machine: the firmware that was committed last comes back"
#define DRIVER_MISTAKE		"the driver gave the firmware what it may not use: " \
				"this is a mistake in the driver, please report it"

static const struct advice on_status[] = {
	{ PSP_SEV_SNP_COMMIT, PSP_SEV_INVALID_PLATFORM_STATE, SNP_UNINITIALIZED },
	{ PSP_SEV_SNP_SET_CONFIG, PSP_SEV_INVALID_PLATFORM_STATE, SNP_UNINITIALIZED },
	{ PSP_SEV_SNP_VLEK_LOAD, PSP_SEV_INVALID_PLATFORM_STATE, SNP_UNINITIALIZED },
	{ PSP_SEV_PEK_GEN, PSP_SEV_INVALID_PLATFORM_STATE, GUESTS_RUN },
	{ PSP_SEV_PEK_CSR, PSP_SEV_INVALID_PLATFORM_STATE, GUESTS_RUN },
	{ PSP_SEV_PEK_CERT_IMPORT, PSP_SEV_INVALID_PLATFORM_STATE, GUESTS_RUN },
	{ ANY, PSP_SEV_INVALID_PLATFORM_STATE, "`aspctl status` shows the platform's state" },
	{ PSP_SEV_SNP_SET_CONFIG, PSP_SEV_INVALID_PARAM,
	  "no part of the TCB may be above the committed one; see `aspctl snp status`" },
	{ PSP_SEV_SNP_VLEK_LOAD, PSP_SEV_INVALID_PARAM, VLEK_WRONG },
	{ PSP_SEV_SNP_VLEK_LOAD, PSP_SEV_BAD_MEASUREMENT, VLEK_WRONG },
	{ PSP_SEV_SNP_VLEK_LOAD, PSP_SEV_INVALID_KEY, VLEK_WRONG },
	{ PSP_SEV_SNP_VLEK_LOAD, PSP_SEV_BAD_SIGNATURE, VLEK_WRONG },
	{ ANY, PSP_SEV_INVALID_LENGTH, DRIVER_MISTAKE },
	{ ANY, PSP_SEV_ALREADY_OWNED,
	  "to end the ownership: `aspctl pek gen`, which makes new keys, or `aspctl reset`" },
	{ ANY, PSP_SEV_INVALID_CERTIFICATE,
	  "the PEK has to be that of a `pek csr` made since the last `pek gen`" },
	{ ANY, PSP_SEV_BAD_SIGNATURE,
	  "the PEK has to be signed with the key of this very OCA, and the OCA with its own" },
	{ ANY, PSP_SEV_INVALID_COMMAND,
	  "this firmware does not have it: an update of the machine's may bring it" },
	{ ANY, PSP_SEV_UNSUPPORTED,
	  "this processor does not have the feature; `aspctl check` shows what it has" },
	{ ANY, PSP_SEV_SECURE_DATA_INVALID,
	  "what the firmware keeps is damaged: `aspctl reset` makes it anew, with new keys" },
	{ ANY, PSP_SEV_HW_ERROR_PLATFORM, HARDWARE },
	{ ANY, PSP_SEV_HW_ERROR_UNSAFE, HARDWARE },
	{ ANY, PSP_SEV_RESOURCE_LIMIT,
	  "end guests, or unload and load kvm_amd, to give the firmware room" },
	{ ANY, PSP_SEV_WBINVD_REQUIRED, FLUSH },
	{ ANY, PSP_SEV_DF_FLUSH_REQUIRED, FLUSH },
	{ ANY, PSP_SEV_RMP_INIT_REQUIRED, RMP },
	{ ANY, PSP_SEV_RMP_INIT_FAILED, RMP },
	{ ANY, PSP_SEV_BAD_SVN, TOO_OLD },
	{ ANY, PSP_SEV_BAD_VERSION, TOO_OLD },
	{ ANY, PSP_SEV_SHUTDOWN_REQUIRED,
	  "unload kvm_amd, so that the platform is shut down, and try again" },
	{ ANY, PSP_SEV_UPDATE_FAILED, RESTART },
	{ ANY, PSP_SEV_RESTORE_REQUIRED, RESTART },
	{ ANY, PSP_SEV_INVALID_ADDRESS, DRIVER_MISTAKE },
	{ ANY, PSP_SEV_INVALID_PAGE_SIZE, DRIVER_MISTAKE },
	{ ANY, PSP_SEV_INVALID_PAGE_STATE, DRIVER_MISTAKE },
	{ ANY, PSP_SEV_INVALID_PAGE_OWNER, DRIVER_MISTAKE },
	{ ANY, PSP_SEV_INVALID_MDATA_ENTRY, DRIVER_MISTAKE },
};

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
		return cvm_fmt("%s was not answered in time; to try anew: echo 1 > %s/recover",
			       pending, PSP_SYSFS);
	if (cmd == PSP_SEV_FACTORY_RESET)
		return "guests are running: stop them first; `aspctl status` counts them";
	return "the driver sends no command any more, maybe after a time-out: reload it";
}

static const char *on_errno(unsigned int cmd, int err)
{
	switch (err) {
	case -EBUSY:
		return busy(cmd);
	case -ETIMEDOUT:
		return "the answer may still come; to try anew: echo 1 > " PSP_SYSFS "/recover";
	case -ENODEV:
	case -ENXIO:
		if (is_snp(cmd) && cmd != PSP_SEV_SNP_PLATFORM_STATUS)
			return "SNP is not initialized: this kernel is no SNP host: `aspctl check`";
		return "the driver has lost its device: see the kernel's log";
	case -EPERM:
	case -EACCES:
		if (cmd == PSP_SEV_PDH_CERT_EXPORT)
			return "it has to initialize the platform, which needs write access: sudo";
		return "it needs write access to " PSP_SEV_DEVICE ": use sudo";
	case -EINVAL:
	case -ENOTTY:
		if (is_snp(cmd))
			return "the driver does not know this command: it is older than SNP";
		return NULL;
	case -EOPNOTSUPP:
	/* Also what ccp says in this case: a number that only the kernel has. */
	case -524:
		return "the firmware is too old for it: update the machine's firmware";
	}
	return NULL;
}

const char *sev_advice(unsigned int cmd, int err, unsigned int status)
{
	const char *advice = on_errno(cmd, err);
	size_t i;

	for (i = 0; !advice && i < sizeof(on_status) / sizeof(on_status[0]); i++)
		if (on_status[i].status == status &&
		    (on_status[i].cmd == ANY || on_status[i].cmd == cmd))
			advice = on_status[i].text;
	return advice;
}
