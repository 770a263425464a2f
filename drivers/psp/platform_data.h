/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the platform device "psp" carries: where the registers of the AMD
 * Secure Processor lie in the page that is its memory resource 0. Its
 * interrupt is platform irq 0.
 *
 * Names, types and order are those of the series "Support ACPI PSP on
 * Hyper-V" as posted, so that a ccp with that series binds to the device too.
 */
#ifndef PSP_PLATFORM_DATA_H
#define PSP_PLATFORM_DATA_H

#define PSP_PLATFORM_DEVICE	"psp"

/**
 * struct psp_platform_data - register offsets in resource 0
 * @sev_cmd_resp_reg: SEV command and response
 * @sev_cmd_buf_lo_reg: command buffer address, bits 31:0
 * @sev_cmd_buf_hi_reg: command buffer address, bits 63:32
 * @feature_reg: which mailboxes there are
 * @irq_en_reg: interrupt enable
 * @irq_st_reg: interrupt status
 * @mbox_irq_id: id of the SEV mailbox's interrupt
 * @acpi_cmd_resp_reg: the mailbox that configures the interrupt; it belongs to
 *	whoever created the device
 */
struct psp_platform_data {
	int sev_cmd_resp_reg;
	int sev_cmd_buf_lo_reg;
	int sev_cmd_buf_hi_reg;
	int feature_reg;
	int irq_en_reg;
	int irq_st_reg;
	int mbox_irq_id;
	int acpi_cmd_resp_reg;
};

#endif
