/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-driven firmware update: what the files of the model share.
 */
#ifndef HW_CVM_VMFWUPDATE_H
#define HW_CVM_VMFWUPDATE_H

#include "exec/memory.h"
#include "hw/nvram/fw_cfg.h"
#include "cvm_fault.h"

/*
 * The firmware region below 4 GiB and its copy below 1 MiB, in a form that
 * can change its size. See cvm_vmfwupdate_bios.c.
 */
typedef struct CvmBios {
    MemoryRegion ram;
    MemoryRegion isa;           /* alias of the end of @ram */
    MemoryRegion *container;
    uint64_t max_size;
} CvmBios;

/* What a machine with this model can have: the next thing below is the APIC. */
#define CVM_BIOS_SIZE_UNIT  (64 * KiB)
#define CVM_BIOS_SIZE_LIMIT (16 * MiB)

bool cvm_bios_size_valid(const CvmBios *bios, uint64_t size);
bool cvm_bios_take_over(CvmBios *bios, Object *owner, uint64_t max_size,
                        Error **errp);
uint64_t cvm_bios_size(const CvmBios *bios);
void cvm_bios_place(CvmBios *bios);
bool cvm_bios_replace(CvmBios *bios, hwaddr addr, uint64_t size, Error **errp);
void cvm_bios_scrub(uint64_t size);
char *cvm_bios_sha256(CvmBios *bios);

/*
 * Faults of fw_cfg itself, injected through the two hooks below. See
 * cvm_vmfwupdate_fault.c.
 */
typedef struct CvmFwFault {
    char *text;                 /* as it was set */
    GPtrArray *list;            /* the same, taken apart */
    char *prefix;               /* of this model's file names */
    uint64_t hits;
    uint32_t toggle;
    /* the directory as it was before a fault changed it */
    FWCfgFiles *true_dir;
    size_t dir_size;
} CvmFwFault;

bool cvm_fw_fault_set(CvmFwFault *f, const char *text, Error **errp);
bool cvm_fw_fault_take(CvmFwFault *f, const char *name);
void cvm_fw_fault_attach(CvmFwFault *f, const char *prefix);
void cvm_fw_fault_reset(FWCfgState *s);

#endif
