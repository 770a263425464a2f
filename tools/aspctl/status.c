// SPDX-License-Identifier: GPL-2.0-only
/* aspctl status: what the firmware says of the SEV platform. */
#include "aspctl.h"
#include "drivers/psp/firmware.h"

int cmd_status(int argc, char **argv)
{
	struct psp_sev_status s = { };
	int ret;

	(void)argc;
	(void)argv;
	ret = sev_run(false, PSP_SEV_PLATFORM_STATUS, &s);
	if (ret)
		return ret;
	cvm_out_format("api_version", "SEV API", "%u.%u", s.api_major, s.api_minor);
	cvm_out_u64("build", "Firmware build", s.build);
	cvm_out_string("state", "State", psp_fw_state_name(s.state));
	/* The firmware hides it until it has read its storage. */
	if (s.state == PSP_SEV_STATE_UNINIT)
		cvm_out_none("owner", "Owner", "not told before the initialization");
	else
		cvm_out_string("owner", "Owner",
			       s.flags & PSP_SEV_FLAG_OWNED ? "external" : "self");
	cvm_out_bool("es", "SEV-ES on", s.flags & PSP_SEV_FLAG_ES);
	cvm_out_u64("guests", "Guests", s.guest_count);
	cvm_out_hex("flags", NULL, s.flags, 8);
	return CVM_OK;
}
