// SPDX-License-Identifier: GPL-2.0-only
/* The guest that this runs in. */
#include <cpuid.h>
#include <unistd.h>

#include "guest.h"

const char *guest_feature(void)
{
	/* The kernel makes this device in each SNP guest, and only there. */
	if (!access("/sys/bus/platform/devices/sev-guest", F_OK))
		return "amd-sev-snp";
	if (!access("/sys/class/misc/tdx_guest", F_OK))
		return "intel-tdx";
	return NULL;
}

unsigned int guest_vcpus(void)
{
	long count = sysconf(_SC_NPROCESSORS_CONF);

	return count > 0 ? count : 1;
}

uint32_t guest_signature(void)
{
	unsigned int eax = 0, ebx, ecx, edx;

	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	return eax;
}
