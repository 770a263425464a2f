// SPDX-License-Identifier: GPL-2.0-only
/* aspctl reset: forget all keys and certificates. */
#include "aspctl.h"

int cmd_reset(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return sev_change(PSP_SEV_FACTORY_RESET,
			  "the platform's keys are gone; new ones come with the next initialization");
}
