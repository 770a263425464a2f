/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where QEMU tells the RAPL model that a vCPU goes to sleep or wakes up.
 */
#ifndef HW_CVM_RAPL_IDLE_H
#define HW_CVM_RAPL_IDLE_H

#include "hw/core/cpu.h"

/* Called by the vCPU's own thread, with QEMU's big lock. */
void cvm_vcpu_idle(CPUState *cpu, bool idle);

#endif
