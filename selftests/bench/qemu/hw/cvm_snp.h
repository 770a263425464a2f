/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host with SEV-SNP: the reverse map table in guest memory, the MSRs that say
 * where it is, the instructions that change it, and what the firmware of the
 * secure processor wants to know of the processors.
 */
#ifndef HW_CVM_SNP_H
#define HW_CVM_SNP_H

#include "hw/cvm/cvm_hooks.h"
#include "hw/cvm/firmware/sevfw.h"

/*
 * By cvm-sev-host, for its whole life. @syscfg and @smm_lock are its own: of
 * the CPU with that index, and of all.
 */
typedef struct CvmSnpOps {
    uint64_t (*syscfg)(void *opaque, int cpu);
    bool (*smm_lock)(void *opaque);
    /* Clears SYSCFG's bit of SNP everywhere. */
    void (*off)(void *opaque);
    void *opaque;
} CvmSnpOps;

/* Reserves the table's memory, at @base or, if that is 0, where there is room. */
bool cvm_snp_realize(const CvmSnpOps *ops, uint64_t base, Error **errp);
void cvm_snp_reset(void);

/* RMP_BASE and RMP_END. */
CvmMsrResult cvm_snp_msr_read(CPUX86State *env, uint32_t msr, uint64_t *value);
CvmMsrResult cvm_snp_msr_write(CPUX86State *env, uint32_t msr, uint64_t value);

#define CVM_SYSCFG_MFDM         (1ull << 19)
#define CVM_SYSCFG_MEM_ENCRYPT  (1ull << 23)
#define CVM_SYSCFG_SNP          (1ull << 24)
#define CVM_SYSCFG_VMPL         (1ull << 25)

/* What the next instructions answer without doing anything: the table is in use. */
extern uint32_t cvm_snp_inuse;

/* For the secure processor: whoever runs a command holds the table's lock. */
void cvm_snp_lock(void);
void cvm_snp_unlock(void);
int cvm_snp_host(void *opaque, struct sevfw_host *host);
void cvm_snp_off(void *opaque);

/* Memory access for models: only RAM counts. Both return 0 or -1. */
int cvm_ram_read(void *opaque, uint64_t address, void *to, size_t length);
int cvm_ram_write(void *opaque, uint64_t address, const void *from,
                  size_t length);

#endif
