/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table and its rules are in firmware/sevfw_rmp.c; here is what an emulated
 * machine adds. Accesses of the CPUs and of devices to memory are not checked
 * against the table.
 *
 * The lock is taken by CPUs without QEMU's big lock and by the secure processor
 * with it: nothing under it may need the big lock, so only RAM is touched.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "exec/address-spaces.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "hw/boards.h"
#include "hw/i386/x86.h"
#include "hw/i386/amd_iommu.h"
#include "hw/i386/e820_memory_layout.h"
#include "hw/nvram/fw_cfg.h"
#include "sysemu/dma.h"
#include "tcg/helper-tcg.h"
#include "hw/cvm/cvm_snp.h"

#define MSR_RMP_BASE    0xc0010132u
#define MSR_RMP_END     0xc0010133u

#define RMP_BASE_BITS   0x000fffffffffe000ull
#define RMP_END_LOW     0x1fffull
#define RMP_GRAIN       (2ull << 20)

/* The second opcode bytes behind 0F 01. */
#define INSN_RMPUPDATE  0xfe

typedef struct Bounds {
    uint64_t base, end;
} Bounds;

static QemuMutex lock;
static CvmSnpOps ops;
static Bounds bios;             /* what the firmware of the machine has set up */
static Bounds *bounds;          /* of each CPU; NULL without SNP */
static int bounds_nr;
uint32_t cvm_snp_inuse;

static bool is_ram(uint64_t address, size_t length, bool write)
{
    RCU_READ_LOCK_GUARD();

    while (length) {
        hwaddr offset, chunk = length;
        MemoryRegion *mr;

        mr = address_space_translate(&address_space_memory, address, &offset,
                                     &chunk, write, MEMTXATTRS_UNSPECIFIED);
        if (!chunk || !memory_access_is_direct(mr, write)) {
            return false;
        }
        address += chunk;
        length -= chunk;
    }
    return true;
}

int cvm_ram_read(void *opaque, uint64_t address, void *to, size_t length)
{
    if (!is_ram(address, length, false)) {
        return -1;
    }
    return dma_memory_read(&address_space_memory, address, to, length,
                           MEMTXATTRS_UNSPECIFIED) == MEMTX_OK ? 0 : -1;
}

int cvm_ram_write(void *opaque, uint64_t address, const void *from,
                  size_t length)
{
    if (!is_ram(address, length, true)) {
        return -1;
    }
    return dma_memory_write(&address_space_memory, address, from, length,
                            MEMTXATTRS_UNSPECIFIED) == MEMTX_OK ? 0 : -1;
}

void cvm_snp_lock(void)
{
    if (bounds) {
        qemu_mutex_lock(&lock);
    }
}

void cvm_snp_unlock(void)
{
    if (bounds) {
        qemu_mutex_unlock(&lock);
    }
}

static bool snp_on(int cpu)
{
    return ops.syscfg(ops.opaque, cpu) & CVM_SYSCFG_SNP;
}

CvmMsrResult cvm_snp_msr_read(CPUX86State *env, uint32_t msr, uint64_t *value)
{
    const Bounds *b;

    if (!bounds || (msr != MSR_RMP_BASE && msr != MSR_RMP_END)) {
        return CVM_MSR_PASS;
    }
    b = &bounds[env_cpu(env)->cpu_index];
    *value = msr == MSR_RMP_BASE ? qatomic_read(&b->base) : qatomic_read(&b->end);
    return CVM_MSR_DONE;
}

CvmMsrResult cvm_snp_msr_write(CPUX86State *env, uint32_t msr, uint64_t value)
{
    int cpu = env_cpu(env)->cpu_index;

    if (!bounds || (msr != MSR_RMP_BASE && msr != MSR_RMP_END)) {
        return CVM_MSR_PASS;
    }
    /* A table in use stays where it is. */
    if (snp_on(cpu) || value & ~(RMP_BASE_BITS | RMP_END_LOW)) {
        return CVM_MSR_FAULT;
    }
    if (msr == MSR_RMP_BASE) {
        qatomic_set(&bounds[cpu].base, value & RMP_BASE_BITS);
    } else {
        qatomic_set(&bounds[cpu].end, value | RMP_END_LOW);
    }
    return CVM_MSR_DONE;
}

/* The flags of a comparison of the result with 0, but for the carry. */
static void set_flags(CPUX86State *env, uint32_t result)
{
    uint32_t flags = cpu_cc_compute_all(env, env->cc_op) & CC_C;

    flags |= parity_table[(uint8_t)result] | (result ? 0 : CC_Z);
    CC_SRC = flags;
}

/* RMPUPDATE and PSMASH, in 64-bit code. */
void helper_cvm_rmp(CPUX86State *env, target_ulong operand_address,
                    uint32_t insn)
{
    int cpu = env_cpu(env)->cpu_index;
    struct sevfw_rmp rmp = { .read = cvm_ram_read, .write = cvm_ram_write };
    uint64_t address = env->regs[R_EAX];
    struct sevfw_rmp_operand operand;
    uint32_t result;

    /* A guest has neither. */
    if (!bounds || !snp_on(cpu) || (env->hflags & HF_GUEST_MASK)) {
        raise_exception_ra(env, EXCP06_ILLOP, GETPC());
    }
    if ((env->hflags & HF_CPL_MASK) != 0) {
        raise_exception_err_ra(env, EXCP0D_GPF, 0, GETPC());
    }
    if (insn == INSN_RMPUPDATE) {
        uint64_t words[2] = {
            cpu_to_le64(cpu_ldq_data_ra(env, operand_address, GETPC())),
            cpu_to_le64(cpu_ldq_data_ra(env, operand_address + 8, GETPC())),
        };

        memcpy(&operand, words, sizeof(operand));
    }
    rmp.base = qatomic_read(&bounds[cpu].base);
    rmp.end = qatomic_read(&bounds[cpu].end);
    qemu_mutex_lock(&lock);
    if (cvm_snp_inuse) {
        cvm_snp_inuse--;
        result = SEVFW_RMP_FAIL_INUSE;
    } else if (insn == INSN_RMPUPDATE) {
        result = sevfw_rmpupdate(&rmp, address, &operand);
    } else {
        result = sevfw_psmash(&rmp, address);
    }
    qemu_mutex_unlock(&lock);
    env->regs[R_EAX] = result;
    set_flags(env, result);
}

static uint64_t iommu_register(const AMDVIState *iommu, unsigned int offset)
{
    return ldq_le_p(&iommu->mmior[offset]);
}

static void add_span(struct sevfw_host *host, uint64_t base, uint64_t end)
{
    if (host->logs_nr < SEVFW_LOGS_MAX && end > base) {
        host->logs[host->logs_nr].base = base;
        host->logs[host->logs_nr].pages = (end - base) / SEVFW_PAGE;
        host->logs_nr++;
    }
}

/* A log's base register: 2^n entries of 16 bytes, of which bits 59:56 say n. */
static void add_log(struct sevfw_host *host, uint64_t value)
{
    uint64_t base = value & AMDVI_MMIO_EVTLOG_BASE_MASK;

    add_span(host, base, base + (16ull << extract64(value, 56, 4)));
}

static void iommu_logs(struct sevfw_host *host)
{
    const uint64_t ppr_log_enable = 1ull << 13;
    X86IOMMUState *x86 = x86_iommu_get_default();
    const AMDVIState *iommu;
    uint64_t control, value;

    if (!x86 || !object_dynamic_cast(OBJECT(x86), TYPE_AMD_IOMMU_DEVICE)) {
        return;
    }
    iommu = AMD_IOMMU_DEVICE(x86);
    control = iommu_register(iommu, AMDVI_MMIO_CONTROL);
    if (control & AMDVI_MMIO_CONTROL_EVENTLOGEN) {
        add_log(host, iommu_register(iommu, AMDVI_MMIO_EVENT_BASE));
    }
    if (control & ppr_log_enable) {
        add_log(host, iommu_register(iommu, AMDVI_MMIO_PPR_BASE));
    }
    /* With SNP the exclusion range is where the answers to commands go. */
    if (control & AMDVI_MMIO_CONTROL_CMDBUFLEN) {
        value = iommu_register(iommu, AMDVI_MMIO_EXCL_LIMIT) &
                AMDVI_MMIO_EXCL_LIMIT_MASK;
        add_span(host, iommu_register(iommu, AMDVI_MMIO_EXCL_BASE) &
                       AMDVI_MMIO_EXCL_LIMIT_MASK, value + SEVFW_PAGE);
    }
}

int cvm_snp_host(void *opaque, struct sevfw_host *host)
{
    uint64_t all = UINT64_MAX;
    CPUState *cs;

    if (!bounds) {
        return -1;
    }
    memset(host, 0, sizeof(*host));
    host->hsave_clear = true;
    host->rmp_same = true;
    host->rmp_base = qatomic_read(&bounds[first_cpu->cpu_index].base);
    host->rmp_end = qatomic_read(&bounds[first_cpu->cpu_index].end);
    CPU_FOREACH(cs) {
        const Bounds *b = &bounds[cs->cpu_index];

        all &= ops.syscfg(ops.opaque, cs->cpu_index);
        if (qatomic_read(&X86_CPU(cs)->env.vm_hsave)) {
            host->hsave_clear = false;
        }
        if (qatomic_read(&b->base) != host->rmp_base ||
            qatomic_read(&b->end) != host->rmp_end) {
            host->rmp_same = false;
        }
    }
    host->memory_encryption = all & CVM_SYSCFG_MEM_ENCRYPT;
    host->snp = all & CVM_SYSCFG_SNP;
    host->vmpl = all & CVM_SYSCFG_VMPL;
    host->mfdm = all & CVM_SYSCFG_MFDM;
    host->smm_lock = ops.smm_lock(ops.opaque);
    iommu_logs(host);
    return 0;
}

void cvm_snp_off(void *opaque)
{
    ops.off(ops.opaque);
}

/* The machine's firmware leaves the same bounds on every CPU. */
void cvm_snp_reset(void)
{
    for (int i = 0; i < bounds_nr; i++) {
        bounds[i] = bios;
    }
}

/*
 * The table reaches to the end of memory, and past the hole below 4 GiB. What
 * is loaded for the guest lies at the beginning and the end of the memory
 * below it: the table is in the middle.
 */
bool cvm_snp_realize(const CvmSnpOps *snp_ops, uint64_t base, Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    X86MachineState *x86ms;
    FWCfgState *fw_cfg = fw_cfg_find();
    uint64_t limit, size, below;

    if (!object_dynamic_cast(OBJECT(ms), TYPE_X86_MACHINE) || !fw_cfg) {
        error_setg(errp, "snp wants a PC");
        return false;
    }
    x86ms = X86_MACHINE(ms);
    below = x86ms->below_4g_mem_size;
    limit = x86ms->above_4g_mem_size ?
            x86ms->above_4g_mem_start + x86ms->above_4g_mem_size : below;
    size = ROUND_UP(SEVFW_RMP_BOOKKEEPING +
                    limit / SEVFW_PAGE * SEVFW_RMP_ENTRY_SIZE, RMP_GRAIN);
    if (!base) {
        base = QEMU_ALIGN_DOWN(below / 2, RMP_GRAIN);
    }
    if (base % SEVFW_RMP_ALIGN || base + size > below) {
        error_setg(errp, "there is no room for a reverse map table of 0x%"
                   PRIx64 " bytes at 0x%" PRIx64, size, base);
        return false;
    }
    e820_add_entry(base, size, E820_RESERVED);
    fw_cfg_modify_file(fw_cfg, "etc/e820", e820_table,
                       sizeof(*e820_table) * e820_get_num_entries());
    qemu_mutex_init(&lock);
    ops = *snp_ops;
    bounds_nr = ms->smp.max_cpus;
    bounds = g_new0(Bounds, bounds_nr);
    bios.base = base;
    bios.end = base + size - 1;
    return true;
}
