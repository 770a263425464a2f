// SPDX-License-Identifier: GPL-2.0-only
/* aspctl snp commit: no way back behind the firmware that runs. */
#include "aspctl.h"

int cmd_snp_commit(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return sev_change(PSP_SEV_SNP_COMMIT,
			  "the firmware that runs is committed: no older one can be loaded");
}
