// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of states and of status codes. */
#include "sevfw.h"

const char *sevfw_platform_state_name(enum sevfw_platform_state state)
{
	static const char * const names[] = { "uninit", "init", "working" };

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "invalid";
}

const char *sevfw_snp_state_name(enum sevfw_snp_state state)
{
	static const char * const names[] = { "uninit", "init" };

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "invalid";
}

static const char * const status_names[] = {
	[SEVFW_SUCCESS] = "success",
	[SEVFW_INVALID_PLATFORM_STATE] = "invalid platform state",
	[SEVFW_INVALID_GUEST_STATE] = "invalid guest state",
	[SEVFW_INVALID_CONFIG] = "invalid configuration",
	[SEVFW_INVALID_LENGTH] = "invalid length",
	[SEVFW_ALREADY_OWNED] = "already owned",
	[SEVFW_INVALID_CERTIFICATE] = "invalid certificate",
	[SEVFW_POLICY_FAILURE] = "policy failure",
	[SEVFW_INACTIVE] = "inactive",
	[SEVFW_INVALID_ADDRESS] = "invalid address",
	[SEVFW_BAD_SIGNATURE] = "bad signature",
	[SEVFW_BAD_MEASUREMENT] = "bad measurement",
	[SEVFW_ASID_OWNED] = "ASID already owned",
	[SEVFW_INVALID_ASID] = "invalid ASID",
	[SEVFW_WBINVD_REQUIRED] = "WBINVD required",
	[SEVFW_DF_FLUSH_REQUIRED] = "DF_FLUSH required",
	[SEVFW_INVALID_GUEST] = "invalid guest",
	[SEVFW_INVALID_COMMAND] = "invalid command",
	[SEVFW_ACTIVE] = "guest active",
	[SEVFW_HWERROR_PLATFORM] = "hardware error, platform",
	[SEVFW_HWERROR_UNSAFE] = "hardware error, unsafe",
	[SEVFW_UNSUPPORTED] = "unsupported",
	[SEVFW_INVALID_PARAM] = "invalid parameter",
	[SEVFW_RESOURCE_LIMIT] = "resource limit",
	[SEVFW_SECURE_DATA_INVALID] = "secure data invalid",
	[SEVFW_INVALID_PAGE_SIZE] = "invalid page size",
	[SEVFW_INVALID_PAGE_STATE] = "invalid page state",
	[SEVFW_INVALID_MDATA_ENTRY] = "invalid metadata entry",
	[SEVFW_INVALID_PAGE_OWNER] = "invalid page owner",
	[SEVFW_AEAD_OVERFLOW] = "AEAD counter overflow",
	[SEVFW_RING_BUFFER_EXIT] = "ring buffer mode exited",
	[SEVFW_RMP_INIT_REQUIRED] = "RMP initialization required",
	[SEVFW_BAD_SVN] = "bad security version",
	[SEVFW_BAD_VERSION] = "bad version",
	[SEVFW_SHUTDOWN_REQUIRED] = "shutdown required",
	[SEVFW_UPDATE_FAILED] = "update failed",
	[SEVFW_RESTORE_REQUIRED] = "restore required",
	[SEVFW_RMP_INIT_FAILED] = "RMP initialization failed",
	[SEVFW_INVALID_KEY] = "invalid key",
};

const char *sevfw_status_name(unsigned int status)
{
	if (status >= sizeof(status_names) / sizeof(status_names[0]) || !status_names[status])
		return "unknown status";
	return status_names[status];
}
