/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest that this runs in, as far as its next firmware is concerned. */
#ifndef VMFWCTL_GUEST_H
#define VMFWCTL_GUEST_H

#include <stdint.h>

/* guest_feature - what firmware needs to run here: "amd-sev-snp", or NULL */
const char *guest_feature(void);

/* guest_vcpus - processors that this machine was started with */
unsigned int guest_vcpus(void);

/* guest_signature - family, model and stepping: CPUID 1 EAX */
uint32_t guest_signature(void);

#endif
