// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware's commands and answers in words.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#else
#include <stddef.h>
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#include <linux/psp_sev.h>

#include "firmware.h"

#define COMMAND(_name, _size) \
	[PSP_FW_##_name] = { PSP_FW_##_name, #_name, _size }

/* By id, since each command is looked up. */
static const struct psp_fw_command_info commands[] = {
	COMMAND(INIT, sizeof(struct psp_fw_init)),
	COMMAND(SHUTDOWN, 0),
	COMMAND(PLATFORM_RESET, 0),
	COMMAND(PLATFORM_STATUS, sizeof(struct psp_sev_status)),
	COMMAND(PEK_GEN, 0),
	COMMAND(PEK_CSR, sizeof(struct psp_fw_pek_csr)),
	COMMAND(PEK_CERT_IMPORT, sizeof(struct psp_fw_pek_cert_import)),
	COMMAND(PDH_CERT_EXPORT, sizeof(struct psp_fw_pdh_cert_export)),
	COMMAND(PDH_GEN, 0),
	COMMAND(DF_FLUSH, 0),
	COMMAND(DOWNLOAD_FIRMWARE, PSP_FW_SIZE_DOWNLOAD_FIRMWARE),
	COMMAND(GET_ID, sizeof(struct psp_fw_get_id)),
	COMMAND(INIT_EX, sizeof(struct psp_fw_init_ex)),
	COMMAND(DECOMMISSION, PSP_FW_SIZE_DECOMMISSION),
	COMMAND(ACTIVATE, PSP_FW_SIZE_ACTIVATE),
	COMMAND(DEACTIVATE, PSP_FW_SIZE_DEACTIVATE),
	COMMAND(GUEST_STATUS, PSP_FW_SIZE_GUEST_STATUS),
	COMMAND(LAUNCH_START, PSP_FW_SIZE_LAUNCH_START),
	COMMAND(LAUNCH_UPDATE_DATA, PSP_FW_SIZE_LAUNCH_UPDATE_DATA),
	COMMAND(LAUNCH_UPDATE_VMSA, PSP_FW_SIZE_LAUNCH_UPDATE_VMSA),
	COMMAND(LAUNCH_MEASURE, PSP_FW_SIZE_LAUNCH_MEASURE),
	COMMAND(LAUNCH_UPDATE_SECRET, PSP_FW_SIZE_LAUNCH_UPDATE_SECRET),
	COMMAND(LAUNCH_FINISH, PSP_FW_SIZE_LAUNCH_FINISH),
	COMMAND(ATTESTATION_REPORT, PSP_FW_SIZE_ATTESTATION_REPORT),
	COMMAND(SEND_START, PSP_FW_SIZE_SEND_START),
	COMMAND(SEND_UPDATE_DATA, PSP_FW_SIZE_SEND_UPDATE_DATA),
	COMMAND(SEND_UPDATE_VMSA, PSP_FW_SIZE_SEND_UPDATE_VMSA),
	COMMAND(SEND_FINISH, PSP_FW_SIZE_SEND_FINISH),
	COMMAND(SEND_CANCEL, PSP_FW_SIZE_SEND_CANCEL),
	COMMAND(RECEIVE_START, PSP_FW_SIZE_RECEIVE_START),
	COMMAND(RECEIVE_UPDATE_DATA, PSP_FW_SIZE_RECEIVE_UPDATE_DATA),
	COMMAND(RECEIVE_UPDATE_VMSA, PSP_FW_SIZE_RECEIVE_UPDATE_VMSA),
	COMMAND(RECEIVE_FINISH, PSP_FW_SIZE_RECEIVE_FINISH),
	COMMAND(DBG_DECRYPT, PSP_FW_SIZE_DBG_DECRYPT),
	COMMAND(DBG_ENCRYPT, PSP_FW_SIZE_DBG_ENCRYPT),
	COMMAND(SNP_INIT, 0),
	COMMAND(SNP_SHUTDOWN, 0),
	COMMAND(SNP_PLATFORM_STATUS, sizeof(struct psp_fw_snp_address)),
	COMMAND(SNP_DF_FLUSH, 0),
	COMMAND(SNP_INIT_EX, PSP_FW_SIZE_SNP_INIT_EX),
	COMMAND(SNP_SHUTDOWN_EX, sizeof(struct psp_fw_snp_shutdown_ex)),
	COMMAND(SNP_DECOMMISSION, PSP_FW_SIZE_SNP_DECOMMISSION),
	COMMAND(SNP_ACTIVATE, PSP_FW_SIZE_SNP_ACTIVATE),
	COMMAND(SNP_GUEST_STATUS, PSP_FW_SIZE_SNP_GUEST_STATUS),
	COMMAND(SNP_GCTX_CREATE, PSP_FW_SIZE_SNP_GCTX_CREATE),
	COMMAND(SNP_GUEST_REQUEST, PSP_FW_SIZE_SNP_GUEST_REQUEST),
	COMMAND(SNP_ACTIVATE_EX, 0),
	COMMAND(SNP_LAUNCH_START, PSP_FW_SIZE_SNP_LAUNCH_START),
	COMMAND(SNP_LAUNCH_UPDATE, PSP_FW_SIZE_SNP_LAUNCH_UPDATE),
	COMMAND(SNP_LAUNCH_FINISH, PSP_FW_SIZE_SNP_LAUNCH_FINISH),
	COMMAND(SNP_DBG_DECRYPT, PSP_FW_SIZE_SNP_DBG_DECRYPT),
	COMMAND(SNP_DBG_ENCRYPT, PSP_FW_SIZE_SNP_DBG_ENCRYPT),
	COMMAND(SNP_PAGE_RECLAIM, PSP_FW_SIZE_SNP_PAGE_RECLAIM),
	COMMAND(SNP_PAGE_UNSMASH, PSP_FW_SIZE_SNP_PAGE_UNSMASH),
	COMMAND(SNP_CONFIG, sizeof(struct psp_sev_snp_config)),
	COMMAND(SNP_COMMIT, sizeof(struct psp_fw_snp_commit)),
	COMMAND(SNP_VLEK_LOAD, sizeof(struct psp_sev_snp_vlek_load)),
};

static const char * const status_names[] = {
	[PSP_SEV_SUCCESS] = "success",
	[PSP_SEV_INVALID_PLATFORM_STATE] = "invalid platform state",
	[PSP_SEV_INVALID_GUEST_STATE] = "invalid guest state",
	[PSP_SEV_INVALID_CONFIG] = "invalid platform configuration",
	[PSP_SEV_INVALID_LENGTH] = "buffer too small",
	[PSP_SEV_ALREADY_OWNED] = "platform already owned",
	[PSP_SEV_INVALID_CERTIFICATE] = "invalid certificate",
	[PSP_SEV_POLICY_FAILURE] = "not allowed by the guest policy",
	[PSP_SEV_INACTIVE] = "guest inactive",
	[PSP_SEV_INVALID_ADDRESS] = "invalid address",
	[PSP_SEV_BAD_SIGNATURE] = "bad signature",
	[PSP_SEV_BAD_MEASUREMENT] = "bad measurement",
	[PSP_SEV_ASID_OWNED] = "ASID in use",
	[PSP_SEV_INVALID_ASID] = "invalid ASID",
	[PSP_SEV_WBINVD_REQUIRED] = "WBINVD required",
	[PSP_SEV_DF_FLUSH_REQUIRED] = "DF_FLUSH required",
	[PSP_SEV_INVALID_GUEST] = "invalid guest handle",
	[PSP_SEV_INVALID_COMMAND] = "command not known to the firmware",
	[PSP_SEV_ACTIVE] = "guest active",
	[PSP_SEV_HW_ERROR_PLATFORM] = "hardware error, platform affected",
	[PSP_SEV_HW_ERROR_UNSAFE] = "hardware error, state unsafe",
	[PSP_SEV_UNSUPPORTED] = "feature not supported",
	[PSP_SEV_INVALID_PARAM] = "invalid parameter",
	[PSP_SEV_RESOURCE_LIMIT] = "out of a firmware resource",
	[PSP_SEV_SECURE_DATA_INVALID] = "persistent data failed its check",
	[PSP_SEV_INVALID_PAGE_SIZE] = "invalid page size",
	[PSP_SEV_INVALID_PAGE_STATE] = "invalid page state",
	[PSP_SEV_INVALID_MDATA_ENTRY] = "invalid metadata entry",
	[PSP_SEV_INVALID_PAGE_OWNER] = "invalid page owner",
	[PSP_SEV_AEAD_OVERFLOW] = "message counter overflow",
	[PSP_SEV_RING_BUFFER_EXIT] = "ring buffer mode left",
	[PSP_SEV_RMP_INIT_REQUIRED] = "RMP not initialized",
	[PSP_SEV_BAD_SVN] = "security version too low",
	[PSP_SEV_BAD_VERSION] = "firmware version not allowed",
	[PSP_SEV_SHUTDOWN_REQUIRED] = "shutdown required",
	[PSP_SEV_UPDATE_FAILED] = "firmware update failed",
	[PSP_SEV_RESTORE_REQUIRED] = "restore required",
	[PSP_SEV_RMP_INIT_FAILED] = "RMP initialization failed",
	[PSP_SEV_INVALID_KEY] = "invalid key",
};

/**
 * psp_fw_command_info - look a command up
 * @id: &enum psp_fw_command
 *
 * Return: what is known of it, or NULL.
 */
const struct psp_fw_command_info *psp_fw_command_info(unsigned int id)
{
	return id < ARRAY_SIZE(commands) && commands[id].name ? &commands[id] : NULL;
}

/**
 * psp_fw_command_name - what a command is called
 * @id: &enum psp_fw_command
 *
 * Return: words, never NULL.
 */
const char *psp_fw_command_name(unsigned int id)
{
	const struct psp_fw_command_info *info = psp_fw_command_info(id);

	return info ? info->name : "unknown command";
}

/**
 * psp_fw_status_name - what a status says
 * @status: &enum psp_sev_error
 *
 * Return: words, never NULL.
 */
const char *psp_fw_status_name(unsigned int status)
{
	if (status < ARRAY_SIZE(status_names) && status_names[status])
		return status_names[status];
	return "unknown status";
}

/**
 * psp_fw_state_name - what the state of the platform is called
 * @state: &enum psp_sev_state
 *
 * Return: one word, never NULL.
 */
const char *psp_fw_state_name(unsigned int state)
{
	switch (state) {
	case PSP_SEV_STATE_UNINIT:
		return "uninitialized";
	case PSP_SEV_STATE_INIT:
		return "initialized";
	case PSP_SEV_STATE_WORKING:
		return "working";
	default:
		return "unknown";
	}
}
