// SPDX-License-Identifier: GPL-2.0-only
/* Why a file is not what it should be. */
#include <stdarg.h>
#include <stdio.h>

#include "fault.h"

int fw_fault_set(struct fw_fault *fault, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, args);
	va_end(args);
	return -1;
}
