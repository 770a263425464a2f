// SPDX-License-Identifier: GPL-2.0-only
/* aspctl status, id, snp status: what the firmware says of itself. */
#include <stdlib.h>
#include <unistd.h>

#include "aspctl.h"
#include "drivers/psp/firmware.h"

/* More sockets than any machine with an AMD Secure Processor has. */
#define ID_BYTES_MAX	4096
#define ID_BYTES	64

int cmd_status(int argc, char **argv)
{
	struct psp_sev_status s = { };
	unsigned int status;
	int fd, ret;

	(void)argc;
	(void)argv;
	ret = sev_open(false, &fd);
	if (ret)
		return ret;
	ret = sev_issue(fd, PSP_SEV_PLATFORM_STATUS, &s, &status);
	close(fd);
	if (ret)
		return sev_error("PLATFORM_STATUS", ret, status);

	cvm_out_format("api_version", "SEV API", "%u.%u", s.api_major, s.api_minor);
	cvm_out_u64("build", "Firmware build", s.build);
	cvm_out_string("state", "State", psp_fw_state_name(s.state));
	cvm_out_string("owner", "Owner", s.flags & PSP_SEV_FLAG_OWNED ? "external" : "self");
	cvm_out_bool("es", "SEV-ES on", s.flags & PSP_SEV_FLAG_ES);
	cvm_out_u64("guests", "Guests", s.guest_count);
	cvm_out_hex("flags", NULL, s.flags, 8);
	return CVM_OK;
}

int cmd_snp_status(int argc, char **argv)
{
	struct psp_sev_snp_status s = { };
	unsigned int status;
	int fd, ret;

	(void)argc;
	(void)argv;
	ret = sev_open(false, &fd);
	if (ret)
		return ret;
	ret = sev_issue(fd, PSP_SEV_SNP_PLATFORM_STATUS, &s, &status);
	close(fd);
	if (ret)
		return sev_error("SNP_PLATFORM_STATUS", ret, status);

	cvm_out_format("api_version", "SNP API", "%u.%u", s.api_major, s.api_minor);
	cvm_out_u64("build", "Firmware build", s.build);
	cvm_out_string("state", "State", psp_fw_state_name(s.state));
	cvm_out_bool("rmp", "RMP initialized", s.rmp & 1);
	cvm_out_bool("chip_id_masked", "Chip id masked", s.flags & 1);
	cvm_out_bool("chip_key_masked", "Chip key masked", s.flags & 2);
	cvm_out_bool("vlek_loaded", "VLEK loaded", s.flags & 4);
	cvm_out_u64("guests", "Guests", s.guest_count);
	cvm_out_hex("current_tcb", "Current TCB", s.current_tcb, 16);
	cvm_out_hex("reported_tcb", "Reported TCB", s.reported_tcb, 16);
	return CVM_OK;
}

int cmd_id(int argc, char **argv)
{
	struct psp_sev_get_id2 id = { };
	unsigned int status, i;
	uint8_t *bytes;
	int fd, ret;

	(void)argc;
	(void)argv;
	ret = sev_open(false, &fd);
	if (ret)
		return ret;
	/* The firmware knows how long it is: its answer to a buffer too small. */
	ret = sev_issue(fd, PSP_SEV_GET_ID2, &id, &status);
	if (ret && status != PSP_SEV_INVALID_LENGTH) {
		close(fd);
		return sev_error("GET_ID", ret, status);
	}
	if (!id.length || id.length > ID_BYTES_MAX) {
		close(fd);
		return cvm_error(CVM_FAIL, "asking for the length of the id",
				 cvm_fmt("the firmware says %u bytes", id.length),
				 NULL);
	}
	bytes = cvm_alloc(id.length, 1);
	id.address = (uintptr_t)bytes;
	ret = sev_issue(fd, PSP_SEV_GET_ID2, &id, &status);
	close(fd);
	if (ret)
		return sev_error("GET_ID", ret, status);

	cvm_out_list("ids", NULL);
	for (i = 0; i < id.length; i += ID_BYTES)
		cvm_out_bytes(NULL, NULL, bytes + i,
			      id.length - i < ID_BYTES ? id.length - i : ID_BYTES);
	cvm_out_end();
	free(bytes);
	return CVM_OK;
}
