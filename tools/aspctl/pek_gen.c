// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pek gen: new keys, and no owner outside any more. */
#include "aspctl.h"

int cmd_pek_gen(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return sev_change(PSP_SEV_PEK_GEN,
			  "the platform has a new PEK, OCA and PDH and owns itself");
}
