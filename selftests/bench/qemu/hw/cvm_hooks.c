/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists behind cvm_hooks.h. They only grow, and only before the guest
 * runs, so walking them needs no lock.
 */
#include "qemu/osdep.h"
#include "hw/cvm/cvm_hooks.h"

#define CVM_HOOKS_MAX 8

static struct {
    cvm_msr_read_fn read;
    cvm_msr_write_fn write;
    void *opaque;
} msr_hooks[CVM_HOOKS_MAX];
static unsigned int msr_hooks_nr;

static struct {
    cvm_cpuid_fn fn;
    void *opaque;
} cpuid_hooks[CVM_HOOKS_MAX];
static unsigned int cpuid_hooks_nr;

void cvm_msr_register(cvm_msr_read_fn read, cvm_msr_write_fn write,
                      void *opaque)
{
    assert(msr_hooks_nr < CVM_HOOKS_MAX);
    msr_hooks[msr_hooks_nr].read = read;
    msr_hooks[msr_hooks_nr].write = write;
    msr_hooks[msr_hooks_nr].opaque = opaque;
    msr_hooks_nr++;
}

void cvm_cpuid_register(cvm_cpuid_fn fn, void *opaque)
{
    assert(cpuid_hooks_nr < CVM_HOOKS_MAX);
    cpuid_hooks[cpuid_hooks_nr].fn = fn;
    cpuid_hooks[cpuid_hooks_nr].opaque = opaque;
    cpuid_hooks_nr++;
}

CvmMsrResult cvm_msr_read(CPUX86State *env, uint32_t msr, uint64_t *value)
{
    for (unsigned int i = 0; i < msr_hooks_nr; i++) {
        CvmMsrResult r = CVM_MSR_PASS;

        if (msr_hooks[i].read) {
            r = msr_hooks[i].read(msr_hooks[i].opaque, env, msr, value);
        }
        if (r != CVM_MSR_PASS) {
            return r;
        }
    }
    return CVM_MSR_PASS;
}

CvmMsrResult cvm_msr_write(CPUX86State *env, uint32_t msr, uint64_t value)
{
    for (unsigned int i = 0; i < msr_hooks_nr; i++) {
        CvmMsrResult r = CVM_MSR_PASS;

        if (msr_hooks[i].write) {
            r = msr_hooks[i].write(msr_hooks[i].opaque, env, msr, value);
        }
        if (r != CVM_MSR_PASS) {
            return r;
        }
    }
    return CVM_MSR_PASS;
}

/*
 * Called first thing by cpu_x86_cpuid(), which this calls again for the CPU's
 * own answer: one hook then serves all its cases and its early limits.
 * Returns whether the answer is complete.
 */
bool cvm_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
               uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    static __thread bool inside;

    if (inside || cpuid_hooks_nr == 0) {
        return false;
    }
    inside = true;
    cpu_x86_cpuid(env, index, count, eax, ebx, ecx, edx);
    inside = false;
    for (unsigned int i = 0; i < cpuid_hooks_nr; i++) {
        cpuid_hooks[i].fn(cpuid_hooks[i].opaque, env, index, count,
                          eax, ebx, ecx, edx);
    }
    return true;
}
