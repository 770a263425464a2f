// SPDX-License-Identifier: GPL-2.0-only
/* aspctl snp status: what the firmware says of SNP. */
#include "aspctl.h"
#include "drivers/psp/firmware.h"

#define RMP_INITIALIZED		0x01U
#define CHIP_ID_MASKED		0x01U
#define CHIP_KEY_MASKED		0x02U
#define VLEK_LOADED		0x04U

int cmd_snp_status(int argc, char **argv)
{
	struct psp_sev_snp_status s = { };
	int ret;

	(void)argc;
	(void)argv;
	ret = sev_run(false, PSP_SEV_SNP_PLATFORM_STATUS, &s);
	if (ret)
		return ret;
	cvm_out_format("api_version", "SNP API", "%u.%u", s.api_major, s.api_minor);
	cvm_out_u64("build", "Firmware build", s.build);
	cvm_out_string("state", "State", psp_fw_state_name(s.state));
	cvm_out_bool("rmp", "RMP initialized", s.rmp & RMP_INITIALIZED);
	cvm_out_bool("chip_id_masked", "Chip id masked", s.flags & CHIP_ID_MASKED);
	cvm_out_bool("chip_key_masked", "Chip key masked", s.flags & CHIP_KEY_MASKED);
	cvm_out_bool("vlek_loaded", "VLEK loaded", s.flags & VLEK_LOADED);
	cvm_out_u64("guests", "Guests", s.guest_count);
	cvm_out_hex("current_tcb", "Current TCB", s.current_tcb, 16);
	cvm_out_hex("reported_tcb", "Reported TCB", s.reported_tcb, 16);
	return CVM_OK;
}
