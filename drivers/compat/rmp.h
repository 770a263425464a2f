/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel as an SNP host: its table of page owners (RMP) and what belongs to
 * it, since 6.9. For files that are built only where psp_sev.mk has found that.
 */
#ifndef CVM_COMPAT_RMP_H
#define CVM_COMPAT_RMP_H

#include <linux/amd-iommu.h>
#include <linux/cc_platform.h>

#include <asm/pgtable_types.h>
#include <asm/sev.h>

#include "msr.h"

#ifndef rdmsrq
#define rdmsrq(index, value)	rdmsrl(index, value)
#define wrmsrq(index, value)	wrmsrl(index, value)
#endif

#endif
