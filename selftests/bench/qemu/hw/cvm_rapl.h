/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAPL energy counters: what the files of the model share.
 *
 * A name that starts with __ belongs to a function that wants the lock held.
 */
#ifndef HW_CVM_RAPL_H
#define HW_CVM_RAPL_H

#include "qemu/thread.h"
#include "hw/qdev-core.h"
#include "cvm_fault.h"
#include "cvm_hooks.h"
#include "cvm_rapl_meter.h"

#define TYPE_CVM_RAPL "cvm-rapl"
OBJECT_DECLARE_SIMPLE_TYPE(CvmRapl, CVM_RAPL)

#define POWER_LIMIT_LOCK        (1ull << 63)
#define POWER_UNIT              3       /* 1/8 W */
#define TIME_UNIT               10      /* 1/1024 s */

typedef struct RaplCounter {
    uint32_t start;     /* what the counter held when the machine came up */
    uint64_t reads;     /* by the guest */
} RaplCounter;

typedef struct RaplPackage {
    RaplMeter meter;    /* what the package draws besides its cores */
    RaplCounter counter;
    uint64_t limit;     /* MSR_PKG_POWER_LIMIT */
} RaplPackage;

typedef struct RaplCore {
    RaplMeter meter;    /* what the core draws in any case */
    RaplCounter counter;
} RaplCore;

typedef struct RaplCpu {
    RaplMeter meter;    /* what being awake costs */
    RaplMeter busy;     /* the same at 1 uW: its energy is the time awake */
    unsigned int package, core;
    bool known;
    bool awake;
} RaplCpu;

/* Numbers of milliwatts by package; the last one holds for all further ones. */
typedef struct RaplPower {
    char *text;
    GArray *mw;
} RaplPower;

enum { POWER_PACKAGE, POWER_CORE, POWER_CPU, POWER_KINDS };

struct CvmRapl {
    DeviceState parent_obj;

    char *vendor;
    uint32_t packages_wanted;
    uint32_t esu;
    uint32_t period_us;
    uint32_t tdp_watts;
    bool lock_limit;
    char *start_text;
    char *core_start_text;

    bool amd;
    uint64_t period;            /* ns */
    unsigned int dies, cores_per_die;

    /*
     * Protects everything below. A leaf: taken by vCPU threads with and
     * without QEMU's big lock.
     */
    QemuMutex lock;
    RaplPower power[POWER_KINDS];
    RaplPackage *package;
    RaplCore *core;
    RaplCpu *cpu;
    unsigned int packages, cores, cpus;
    char *fault_text;
    GPtrArray *faults;
    uint64_t fault_hits;
    GHashTable *stuck;          /* (msr, where) -> value of a stuck counter */
};

/* cvm_rapl.c */
uint64_t rapl_now(void);
RaplCpu *__rapl_cpu(CvmRapl *s, CPUState *cs);
unsigned __int128 __rapl_core_fj(CvmRapl *s, unsigned int core, uint64_t now);
unsigned __int128 __rapl_package_fj(CvmRapl *s, unsigned int package,
                                    uint64_t now);

/* cvm_rapl_msr.c */
uint32_t __rapl_package_raw(CvmRapl *s, unsigned int package, uint64_t now);
uint32_t __rapl_core_raw(CvmRapl *s, unsigned int core, uint64_t now);
bool rapl_faults_apply(CvmRapl *s, const char *text, Error **errp);
void rapl_msr_init(CvmRapl *s);

#endif
