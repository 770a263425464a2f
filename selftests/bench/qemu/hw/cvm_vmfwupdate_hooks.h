/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two places in fw_cfg where a model may misbehave.
 */
#ifndef HW_CVM_VMFWUPDATE_HOOKS_H
#define HW_CVM_VMFWUPDATE_HOOKS_H

#include "hw/nvram/fw_cfg.h"

typedef enum CvmFwCfgAnswer {
    CVM_FW_CFG_NORMAL,
    CVM_FW_CFG_ERROR,           /* nothing moves, the error bit is set */
    CVM_FW_CFG_NOTHING,         /* nothing moves, and it is said to be done */
    CVM_FW_CFG_SILENCE,         /* the control word is never written back */
} CvmFwCfgAnswer;

/* An item was selected, by port or by DMA; its data may be changed now. */
extern void (*cvm_fw_cfg_selected)(FWCfgState *s);
/*
 * A DMA operation on the selected item; the descriptor is in host order. @size
 * is how many bytes the item has, for this operation.
 */
extern CvmFwCfgAnswer (*cvm_fw_cfg_dma)(FWCfgState *s,
                                        const FWCfgDmaAccess *dma,
                                        uint32_t *size);

#endif
