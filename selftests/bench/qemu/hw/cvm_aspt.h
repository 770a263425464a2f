/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ACPI table ASPT: made, looked through, handed to the guest. */
#ifndef HW_CVM_ASPT_H
#define HW_CVM_ASPT_H

#include "hw/cvm/cvm_psp.h"

typedef enum CvmAsptForm {
    CVM_ASPT_HYPERV,        /* revision 1 as a Hyper-V VM presents it */
    CVM_ASPT_REVISION2,     /* revision 2, the same registers */
    CVM_ASPT_OPENVMM,       /* the out-of-spec revision 1 of OpenVMM */
} CvmAsptForm;

/* What a table says about the registers. */
typedef struct CvmAsptLayout {
    uint64_t base;
    uint64_t size;
    uint32_t offset[CVM_PSP_REGS];      /* CVM_PSP_NO_REG: not named */
    uint8_t irq_id;
    bool has_irq_id;
} CvmAsptLayout;

/* The Hyper-V layout at @base. */
void cvm_aspt_default(CvmAsptLayout *layout, uint64_t base);

GByteArray *cvm_aspt_build(CvmAsptForm form, const CvmAsptLayout *layout);

/*
 * Picks out of @table what can be made sense of, and leaves the rest of
 * @layout alone: the table may be broken on purpose, and the registers have to
 * be somewhere all the same.
 */
void cvm_aspt_scan(const uint8_t *table, size_t length, CvmAsptLayout *layout);

/*
 * Adds @table to those that the guest's firmware will publish, exactly as it
 * is: no length and no checksum is put right, as -acpitable would.
 */
bool cvm_aspt_install(const uint8_t *table, size_t length, Error **errp);

#endif
