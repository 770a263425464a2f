// SPDX-License-Identifier: GPL-2.0-only
/* aspctl snp vlek: load a versioned loaded endorsement key. */
#include <stdlib.h>

#include "aspctl.h"

/* A little more is read, so that a longer file is seen to be one. */
#define READ_MAX	(PSP_SEV_VLEK_HASHSTICK_SIZE + 4096)

static int load(void *hashstick)
{
	struct psp_sev_snp_vlek_load data = {
		.len = sizeof(data),
		.vlek_wrapped_address = (uintptr_t)hashstick,
	};
	int ret;

	ret = sev_run(true, PSP_SEV_SNP_VLEK_LOAD, &data);
	if (ret)
		return ret;
	cvm_out_string("command", NULL, sev_command_name(PSP_SEV_SNP_VLEK_LOAD));
	cvm_out_string(NULL, "Done", "attestation reports can be signed with the VLEK");
	return CVM_OK;
}

int cmd_snp_vlek(int argc, char **argv)
{
	void *hashstick;
	size_t size;
	int ret;

	(void)argc;
	ret = cvm_read_file(argv[0], READ_MAX, &hashstick, &size);
	if (ret)
		return ret;
	if (size == PSP_SEV_VLEK_HASHSTICK_SIZE)
		ret = load(hashstick);
	else
		ret = cvm_error(CVM_FAIL, cvm_fmt("looking at '%s'", argv[0]),
				cvm_fmt("it has %zu bytes, a wrapped VLEK has %u", size,
					PSP_SEV_VLEK_HASHSTICK_SIZE),
				"it is what AMD's key server gives for this chip's id");
	free(hashstick);
	return ret;
}
