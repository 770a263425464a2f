// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pdh gen: a new Diffie-Hellman key. */
#include "aspctl.h"

int cmd_pdh_gen(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return sev_change(PSP_SEV_PDH_GEN,
			  "the platform has a new PDH: give its certificate to those who launch guests");
}
