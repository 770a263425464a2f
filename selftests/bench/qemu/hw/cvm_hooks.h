/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The points where the bench's models reach into QEMU's emulated CPU.
 *
 * A model registers its functions when it is realized, before the first
 * instruction of the guest, and never takes them back: none of these devices
 * can be unplugged. All functions run on the thread of the vCPU concerned and
 * without QEMU's big lock, several at a time: a model locks its own state.
 */
#ifndef HW_CVM_HOOKS_H
#define HW_CVM_HOOKS_H

#include "cpu.h"

/* What a model makes of an MSR access. */
typedef enum CvmMsrResult {
    CVM_MSR_PASS,   /* not mine: the next model, at last QEMU's default */
    CVM_MSR_DONE,   /* mine, done (a read has set *value) */
    CVM_MSR_FAULT,  /* mine, and the guest gets #GP(0) */
} CvmMsrResult;

typedef CvmMsrResult (*cvm_msr_read_fn)(void *opaque, CPUX86State *env,
                                        uint32_t msr, uint64_t *value);
typedef CvmMsrResult (*cvm_msr_write_fn)(void *opaque, CPUX86State *env,
                                         uint32_t msr, uint64_t value);

/*
 * Called with the answer that the emulated CPU gives by itself to leaf
 * @index, subleaf @count, for the model to change. @index is the guest's, even
 * where it is above the highest leaf of the CPU model.
 */
typedef void (*cvm_cpuid_fn)(void *opaque, CPUX86State *env, uint32_t index,
                             uint32_t count, uint32_t *eax, uint32_t *ebx,
                             uint32_t *ecx, uint32_t *edx);

/*
 * For models. Only MSRs that QEMU's emulated CPU does not know itself are
 * asked for. Either function may be NULL.
 */
void cvm_msr_register(cvm_msr_read_fn read, cvm_msr_write_fn write,
                      void *opaque);
void cvm_cpuid_register(cvm_cpuid_fn fn, void *opaque);

/* For QEMU's own files: what the patch calls. */
CvmMsrResult cvm_msr_read(CPUX86State *env, uint32_t msr, uint64_t *value);
CvmMsrResult cvm_msr_write(CPUX86State *env, uint32_t msr, uint64_t value);
bool cvm_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
               uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx);

#endif
