/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cvm-sev-host: what a CPU with SEV and a firmware that has enabled it show to
 * a host kernel: CPUID leaf 8000_001F, the memory encryption bit of SYSCFG and
 * the SMM lock of HWCR. Nothing is encrypted; this is for software that asks.
 *
 * KVM also wants some features of SVM before it believes in SEV, which QEMU's
 * own emulation does not announce:
 *  - flush by ASID: QEMU flushes at every VMRUN anyway;
 *  - decode assists: KVM decodes by itself where the assist left nothing;
 *  - the next instruction's address: likewise, as long as nothing stale is
 *    left in its field, for which 0011-nrip.patch clears it at #VMEXIT;
 *  - LBR virtualization: without any last-branch records there is nothing
 *    to swap.
 *
 * With snp=on the machine has a reverse map table as well: cvm_snp.c.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "hw/qdev-core.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "sysemu/kvm.h"
#include "hw/cvm/cvm_hooks.h"
#include "hw/cvm/cvm_snp.h"

#define TYPE_CVM_SEV_HOST "cvm-sev-host"
OBJECT_DECLARE_SIMPLE_TYPE(CvmSevHost, CVM_SEV_HOST)

struct CvmSevHost {
    DeviceState parent;
    bool sme, sev, es, snp;
    bool mem_encrypt, smm_lock, svm;
    uint32_t asids, min_sev_asid;
    uint8_t cbit, phys_reduction;
    uint64_t rmp_base;
    uint64_t *syscfg;           /* of each CPU */
    int cpus;
    /* One value for all CPUs, where a real machine has one each. */
    uint64_t hwcr;
};

#define LEAF_EXTENDED_MAX   0x80000000u
#define LEAF_SVM            0x8000000au
#define LEAF_SEV            0x8000001fu

#define SVM_ASIDS           0x8000u

#define SEV_EAX_SME         (1u << 0)
#define SEV_EAX_SEV         (1u << 1)
#define SEV_EAX_ES          (1u << 3)
#define SEV_EAX_SNP         (1u << 4)
#define SEV_EAX_COHERENT    (1u << 10)

#define CVM_MSR_SYSCFG      0xc0010010u
#define CVM_MSR_HWCR        0xc0010015u

#define HWCR_SMM_LOCK       (1ull << 0)

static void sev_leaf(const CvmSevHost *s, uint32_t *eax, uint32_t *ebx,
                     uint32_t *ecx, uint32_t *edx)
{
    *eax = (s->sme ? SEV_EAX_SME : 0) | (s->sev ? SEV_EAX_SEV : 0) |
           (s->es ? SEV_EAX_ES : 0) | (s->snp ? SEV_EAX_SNP : 0) |
           SEV_EAX_COHERENT;
    *ebx = s->cbit | (uint32_t)s->phys_reduction << 6;
    *ecx = s->asids;
    *edx = s->min_sev_asid;
}

static void sev_cpuid(void *opaque, CPUX86State *env, uint32_t index,
                      uint32_t count, uint32_t *eax, uint32_t *ebx,
                      uint32_t *ecx, uint32_t *edx)
{
    const CvmSevHost *s = opaque;

    switch (index) {
    case LEAF_EXTENDED_MAX:
        *eax = MAX(*eax, LEAF_SEV);
        break;
    case LEAF_SVM:
        if (s->svm && (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM)) {
            *edx |= CPUID_SVM_LBRV | CPUID_SVM_NRIPSAVE |
                    CPUID_SVM_FLUSHASID | CPUID_SVM_DECODEASSIST;
            /* KVM gives its other guests the ASIDs above those of SEV. */
            *ebx = MAX(*ebx, SVM_ASIDS);
        }
        break;
    case LEAF_SEV:
        sev_leaf(s, eax, ebx, ecx, edx);
        break;
    }
}

static CvmMsrResult sev_msr_read(void *opaque, CPUX86State *env, uint32_t msr,
                                 uint64_t *value)
{
    CvmSevHost *s = opaque;

    switch (msr) {
    case CVM_MSR_SYSCFG:
        *value = qatomic_read(&s->syscfg[env_cpu(env)->cpu_index]);
        return CVM_MSR_DONE;
    case CVM_MSR_HWCR:
        *value = qatomic_read(&s->hwcr);
        return CVM_MSR_DONE;
    }
    return cvm_snp_msr_read(env, msr, value);
}

static CvmMsrResult sev_msr_write(void *opaque, CPUX86State *env, uint32_t msr,
                                  uint64_t value)
{
    CvmSevHost *s = opaque;
    uint64_t keep, *syscfg;

    switch (msr) {
    case CVM_MSR_SYSCFG:
        /* These stay once they are set, until the next reset. */
        syscfg = &s->syscfg[env_cpu(env)->cpu_index];
        keep = CVM_SYSCFG_MEM_ENCRYPT | CVM_SYSCFG_SNP | CVM_SYSCFG_VMPL;
        keep &= qatomic_read(syscfg);
        if (!s->snp && value & (CVM_SYSCFG_SNP | CVM_SYSCFG_VMPL)) {
            return CVM_MSR_FAULT;
        }
        qatomic_set(syscfg, value | keep);
        return CVM_MSR_DONE;
    case CVM_MSR_HWCR:
        keep = qatomic_read(&s->hwcr) & HWCR_SMM_LOCK;
        qatomic_set(&s->hwcr, value | keep);
        return CVM_MSR_DONE;
    }
    return cvm_snp_msr_write(env, msr, value);
}

static uint64_t snp_syscfg(void *opaque, int cpu)
{
    CvmSevHost *s = opaque;

    return qatomic_read(&s->syscfg[cpu]);
}

static bool snp_smm_lock(void *opaque)
{
    CvmSevHost *s = opaque;

    return qatomic_read(&s->hwcr) & HWCR_SMM_LOCK;
}

/* By the secure processor, which is above the rule that the bit stays set. */
static void snp_off(void *opaque)
{
    CvmSevHost *s = opaque;

    for (int i = 0; i < s->cpus; i++) {
        qatomic_and(&s->syscfg[i], ~CVM_SYSCFG_SNP);
    }
}

static void sev_host_reset(DeviceState *dev)
{
    CvmSevHost *s = CVM_SEV_HOST(dev);

    for (int i = 0; i < s->cpus; i++) {
        s->syscfg[i] = s->mem_encrypt ? CVM_SYSCFG_MEM_ENCRYPT : 0;
    }
    cvm_snp_reset();
    s->hwcr = s->smm_lock ? HWCR_SMM_LOCK : 0;
}

static void sev_host_realize(DeviceState *dev, Error **errp)
{
    CvmSevHost *s = CVM_SEV_HOST(dev);

    if (kvm_enabled()) {
        error_setg(errp, "cvm-sev-host needs QEMU's own emulation of the CPU "
                   "(-accel tcg)");
        return;
    }
    if (s->cbit > 63 || s->phys_reduction > 63) {
        error_setg(errp, "cbit and phys-reduction are at most 63");
        return;
    }
    if (s->asids >= SVM_ASIDS) {
        error_setg(errp, "asids is less than %u", SVM_ASIDS);
        return;
    }
    if (!s->sev) {
        s->es = false;
        s->snp = false;
    }
    s->cpus = MACHINE(qdev_get_machine())->smp.max_cpus;
    s->syscfg = g_new0(uint64_t, s->cpus);
    if (s->snp) {
        const CvmSnpOps ops = {
            .syscfg = snp_syscfg,
            .smm_lock = snp_smm_lock,
            .off = snp_off,
            .opaque = s,
        };

        if (!cvm_snp_realize(&ops, s->rmp_base, errp)) {
            return;
        }
        object_property_add_uint32_ptr(OBJECT(dev), "rmp-inuse", &cvm_snp_inuse,
                                       OBJ_PROP_FLAG_READWRITE);
    }
    sev_host_reset(dev);
    if (s->sev || s->sme) {
        cvm_cpuid_register(sev_cpuid, s);
        cvm_msr_register(sev_msr_read, sev_msr_write, s);
    }
}

static Property sev_host_properties[] = {
    DEFINE_PROP_BOOL("sme", CvmSevHost, sme, false),
    DEFINE_PROP_BOOL("sev", CvmSevHost, sev, true),
    DEFINE_PROP_BOOL("es", CvmSevHost, es, true),
    DEFINE_PROP_BOOL("snp", CvmSevHost, snp, false),
    DEFINE_PROP_BOOL("mem-encrypt", CvmSevHost, mem_encrypt, true),
    DEFINE_PROP_BOOL("smm-lock", CvmSevHost, smm_lock, true),
    DEFINE_PROP_BOOL("svm", CvmSevHost, svm, true),
    DEFINE_PROP_UINT32("asids", CvmSevHost, asids, 509),
    DEFINE_PROP_UINT32("min-sev-asid", CvmSevHost, min_sev_asid, 100),
    DEFINE_PROP_UINT64("rmp-base", CvmSevHost, rmp_base, 0),
    DEFINE_PROP_UINT8("cbit", CvmSevHost, cbit, 51),
    DEFINE_PROP_UINT8("phys-reduction", CvmSevHost, phys_reduction, 1),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription sev_host_vmstate = {
    .name = TYPE_CVM_SEV_HOST,
    .unmigratable = 1,
};

static void sev_host_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "CPUID and MSRs of an SEV host";
    dc->realize = sev_host_realize;
    dc->vmsd = &sev_host_vmstate;
    dc->hotpluggable = false;
    dc->user_creatable = true;
    device_class_set_props(dc, sev_host_properties);
    set_bit(DEVICE_CATEGORY_CPU, dc->categories);
}

static const TypeInfo sev_host_info = {
    .name = TYPE_CVM_SEV_HOST,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CvmSevHost),
    .class_init = sev_host_class_init,
};

static void sev_host_register(void)
{
    type_register_static(&sev_host_info);
}

type_init(sev_host_register)
