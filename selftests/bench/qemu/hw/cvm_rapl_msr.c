// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The MSRs of the RAPL model, and the faults that can be put on them.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "cpu.h"
#include "cvm_rapl.h"

/* Intel SDM volume 4, "MSRs in processors supporting RAPL" */
#define MSR_RAPL_POWER_UNIT     0x606
#define MSR_PKG_POWER_LIMIT     0x610
#define MSR_PKG_ENERGY          0x611
#define MSR_PKG_PERF            0x613
#define MSR_PKG_POWER_INFO      0x614
#define MSR_DRAM_ENERGY         0x619
#define MSR_PP0_ENERGY          0x639
#define MSR_PP1_ENERGY          0x641
/* AMD PPR for family 19h, Core::X86::Msr::RAPL_PWR_UNIT and following */
#define MSR_AMD_POWER_UNIT      0xC0010299
#define MSR_AMD_CORE_ENERGY     0xC001029A
#define MSR_AMD_PKG_ENERGY      0xC001029B

#define AMD_CPUID_RAPL          (1u << 14)      /* 8000_0007 EDX */

enum {
    FAULT_GP, FAULT_ZERO, FAULT_ONES, FAULT_STUCK, FAULT_BACK, FAULT_JUMP,
};

static const char *const fault_names[] = {
    [FAULT_GP] = "gp",
    [FAULT_ZERO] = "zero",
    [FAULT_ONES] = "ones",
    [FAULT_STUCK] = "stuck",
    [FAULT_BACK] = "back",
    [FAULT_JUMP] = "jump",
};

uint32_t __rapl_package_raw(CvmRapl *s, unsigned int i, uint64_t now)
{
    return meter_units(__rapl_package_fj(s, i, now), s->esu) +
           s->package[i].counter.start;
}

uint32_t __rapl_core_raw(CvmRapl *s, unsigned int i, uint64_t now)
{
    return meter_units(__rapl_core_fj(s, i, now), s->esu) +
           s->core[i].counter.start;
}

/* The fault that strikes this read, or NULL. */
static CvmFault *__fault_take(CvmRapl *s, uint32_t msr, int64_t where)
{
    guint i;

    for (i = 0; i < s->faults->len; i++) {
        CvmFault *f = g_ptr_array_index(s->faults, i);

        if (f->left && f->at == msr && (f->where < 0 || f->where == where)) {
            f->left--;
            s->fault_hits++;
            return f;
        }
    }
    return NULL;
}

static gpointer stuck_key(uint32_t msr, int64_t where)
{
    return (gpointer)((uintptr_t)where << 32 | msr);
}

static bool msr_counts(uint32_t msr)
{
    return msr == MSR_PKG_ENERGY || msr == MSR_AMD_PKG_ENERGY ||
           msr == MSR_AMD_CORE_ENERGY;
}

/* A counter that leaps, and counts on from there. */
static uint32_t __counter_move(CvmRapl *s, const CvmFault *f, int64_t where,
                               uint64_t now)
{
    bool core = f->at == MSR_AMD_CORE_ENERGY;
    RaplCounter *c = core ? &s->core[where].counter
                          : &s->package[where].counter;

    c->start += f->kind == FAULT_BACK ? -f->value : f->value;
    return core ? __rapl_core_raw(s, where, now)
                : __rapl_package_raw(s, where, now);
}

static CvmMsrResult __msr_value(CvmRapl *s, RaplCpu *c, uint32_t msr,
                                uint64_t *value)
{
    CvmFault *f;
    uint64_t now = rapl_now();
    int64_t where = c->package;
    gpointer seen;

    switch (msr) {
    case MSR_RAPL_POWER_UNIT:
    case MSR_AMD_POWER_UNIT:
        *value = POWER_UNIT | s->esu << 8 | TIME_UNIT << 16;
        break;
    case MSR_PKG_ENERGY:
    case MSR_AMD_PKG_ENERGY:
        s->package[c->package].counter.reads++;
        *value = __rapl_package_raw(s, c->package, now);
        break;
    case MSR_AMD_CORE_ENERGY:
        where = c->core;
        s->core[c->core].counter.reads++;
        *value = __rapl_core_raw(s, c->core, now);
        break;
    case MSR_PKG_POWER_LIMIT:
        *value = s->package[c->package].limit;
        break;
    case MSR_PKG_POWER_INFO:
        *value = (uint64_t)s->tdp_watts << POWER_UNIT;
        break;
    case MSR_PKG_PERF:
    case MSR_DRAM_ENERGY:
    case MSR_PP0_ENERGY:
    case MSR_PP1_ENERGY:
        /* There, and never counting: how a part says it has no such domain. */
        *value = 0;
        break;
    default:
        return CVM_MSR_PASS;
    }

    f = __fault_take(s, msr, where);
    if (!f) {
        return CVM_MSR_DONE;
    }
    switch (f->kind) {
    case FAULT_GP:
        return CVM_MSR_FAULT;
    case FAULT_ZERO:
        *value = 0;
        break;
    case FAULT_ONES:
        *value = UINT64_MAX;
        break;
    case FAULT_STUCK:
        if (g_hash_table_lookup_extended(s->stuck, stuck_key(msr, where),
                                         NULL, &seen)) {
            *value = (uintptr_t)seen;
        } else {
            g_hash_table_insert(s->stuck, stuck_key(msr, where),
                                (gpointer)(uintptr_t)*value);
        }
        break;
    case FAULT_BACK:
    case FAULT_JUMP:
        *value = __counter_move(s, f, where, now);
        break;
    }
    return CVM_MSR_DONE;
}

/* Whether the vendor that is emulated has this MSR at all. */
static bool msr_ours(CvmRapl *s, uint32_t msr)
{
    switch (msr) {
    case MSR_AMD_POWER_UNIT:
    case MSR_AMD_CORE_ENERGY:
    case MSR_AMD_PKG_ENERGY:
        return s->amd;
    case MSR_RAPL_POWER_UNIT:
    case MSR_PKG_POWER_LIMIT:
    case MSR_PKG_ENERGY:
    case MSR_PKG_PERF:
    case MSR_PKG_POWER_INFO:
    case MSR_DRAM_ENERGY:
    case MSR_PP0_ENERGY:
    case MSR_PP1_ENERGY:
        return !s->amd;
    }
    return false;
}

static CvmMsrResult rapl_msr_read(void *opaque, CPUX86State *env, uint32_t msr,
                                  uint64_t *value)
{
    CvmRapl *s = opaque;
    CvmMsrResult result = CVM_MSR_PASS;
    RaplCpu *c;

    if (!msr_ours(s, msr)) {
        return CVM_MSR_PASS;
    }
    qemu_mutex_lock(&s->lock);
    c = __rapl_cpu(s, env_cpu(env));
    if (c) {
        result = __msr_value(s, c, msr, value);
    }
    qemu_mutex_unlock(&s->lock);
    return result;
}

static CvmMsrResult rapl_msr_write(void *opaque, CPUX86State *env, uint32_t msr,
                                   uint64_t value)
{
    CvmRapl *s = opaque;
    RaplCpu *c;

    if (!msr_ours(s, msr)) {
        return CVM_MSR_PASS;
    }
    if (msr != MSR_PKG_POWER_LIMIT) {
        /* Counters and descriptions are read-only. */
        return CVM_MSR_FAULT;
    }
    qemu_mutex_lock(&s->lock);
    c = __rapl_cpu(s, env_cpu(env));
    if (c && !(s->package[c->package].limit & POWER_LIMIT_LOCK)) {
        s->package[c->package].limit = value;
    }
    qemu_mutex_unlock(&s->lock);
    return CVM_MSR_DONE;
}

static void rapl_cpuid(void *opaque, CPUX86State *env, uint32_t index,
                       uint32_t count, uint32_t *eax, uint32_t *ebx,
                       uint32_t *ecx, uint32_t *edx)
{
    CvmRapl *s = opaque;

    if (index == 1) {
        /*
         * QEMU takes MWAIT for a busy loop with pauses, so a guest that idles
         * by it would burn power. Without it, guests use HLT.
         */
        *ecx &= ~CPUID_EXT_MONITOR;
    }
    if (index == 0x80000007 && s->amd) {
        *edx |= AMD_CPUID_RAPL;
    }
}

/* TARGET: MSR[@WHERE] */
static bool fault_check(void *opaque, CvmFault *f, Error **errp)
{
    CvmRapl *s = opaque;
    const char *p = f->target;
    unsigned int end;
    bool moves;
    uint64_t n;

    for (f->kind = 0; f->kind < ARRAY_SIZE(fault_names); f->kind++) {
        if (!strcmp(f->name, fault_names[f->kind])) {
            break;
        }
    }
    if (f->kind == ARRAY_SIZE(fault_names)) {
        error_setg(errp, "unknown fault '%s'", f->name);
        return false;
    }
    if (!p || qemu_strtou64(p, &p, 0, &n) || n > UINT32_MAX ||
        !msr_ours(s, n)) {
        error_setg(errp, "fault '%s' needs one of the model's MSRs", f->name);
        return false;
    }
    f->at = n;
    f->where = -1;
    end = f->at == MSR_AMD_CORE_ENERGY ? s->cores : s->packages;
    if (*p == '@') {
        if (qemu_strtou64(p + 1, NULL, 0, &n) || n >= end) {
            error_setg(errp, "fault '%s': no package or core '%s'", f->name,
                       p + 1);
            return false;
        }
        f->where = n;
    } else if (*p) {
        error_setg(errp, "fault '%s': '%s' is no MSR", f->name, f->target);
        return false;
    }
    moves = f->kind == FAULT_BACK || f->kind == FAULT_JUMP;
    if (moves && !msr_counts(f->at)) {
        error_setg(errp, "fault '%s' is for energy counters", f->name);
        return false;
    }
    if (moves != f->has_value || f->value > UINT32_MAX) {
        error_setg(errp, moves ? "fault '%s' needs a value of 32 bits"
                               : "fault '%s' takes no value", f->name);
        return false;
    }
    return true;
}

bool rapl_faults_apply(CvmRapl *s, const char *text, Error **errp)
{
    GPtrArray *list = cvm_fault_parse(text, fault_check, s, errp);

    if (!list) {
        return false;
    }
    qemu_mutex_lock(&s->lock);
    g_hash_table_remove_all(s->stuck);
    g_ptr_array_unref(s->faults);
    s->faults = list;
    qemu_mutex_unlock(&s->lock);
    return true;
}

void rapl_msr_init(CvmRapl *s)
{
    cvm_msr_register(rapl_msr_read, rapl_msr_write, s);
    cvm_cpuid_register(rapl_cpuid, s);
}
