// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the in-kernel interface that came with SNP.
 *
 * SNP itself is never initialized through this module, so pages for its
 * firmware are pages like any other; KVM asks SNP_PLATFORM_STATUS and finds
 * that it has no SNP.
 */
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/psp-sev.h>

#include "kvm.h"

#define CHECK_SIZE(_command, _type) \
	static_assert(sizeof(struct _type) == PSP_FW_SIZE_##_command)

CHECK_SIZE(SNP_INIT_EX, sev_data_snp_init_ex);
CHECK_SIZE(SNP_SHUTDOWN_EX, sev_data_snp_shutdown_ex);
CHECK_SIZE(SNP_DECOMMISSION, sev_data_snp_addr);
CHECK_SIZE(SNP_ACTIVATE, sev_data_snp_activate);
CHECK_SIZE(SNP_GCTX_CREATE, sev_data_snp_addr);
CHECK_SIZE(SNP_GUEST_REQUEST, sev_data_snp_guest_request);
CHECK_SIZE(SNP_LAUNCH_START, sev_data_snp_launch_start);
CHECK_SIZE(SNP_LAUNCH_UPDATE, sev_data_snp_launch_update);
CHECK_SIZE(SNP_LAUNCH_FINISH, sev_data_snp_launch_finish);
CHECK_SIZE(SNP_DBG_DECRYPT, sev_data_snp_dbg);
CHECK_SIZE(SNP_DBG_ENCRYPT, sev_data_snp_dbg);
CHECK_SIZE(SNP_PAGE_RECLAIM, sev_data_snp_page_reclaim);

/**
 * sev_do_cmd - any command
 * @cmd: &enum sev_cmd
 * @data: its buffer, or NULL for a command without
 * @psp_ret: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_do_cmd(int cmd, void *data, int *psp_ret)
{
	return psp_sev_kvm_command(cmd, data, psp_ret);
}
EXPORT_SYMBOL_GPL(sev_do_cmd);

/**
 * snp_alloc_firmware_page - a page for the firmware
 * @gfp_mask: how to allocate it
 *
 * Return: the page's address, or NULL.
 */
void *snp_alloc_firmware_page(gfp_t gfp_mask)
{
	return (void *)__get_free_page(gfp_mask);
}
EXPORT_SYMBOL_GPL(snp_alloc_firmware_page);

/**
 * snp_free_firmware_page - give such a page back
 * @addr: what snp_alloc_firmware_page() returned, NULL included
 */
void snp_free_firmware_page(void *addr)
{
	free_page((unsigned long)addr);
}
EXPORT_SYMBOL_GPL(snp_free_firmware_page);

/**
 * sev_platform_shutdown - shut the platform down
 *
 * For KVM when it is unloaded. What is wrong is in the log; there is nothing
 * that the caller could do.
 */
void sev_platform_shutdown(void)
{
	struct psp_sev_call call;
	u32 status;
	int ret;

	if (!psp_sev_kvm_begin(&call))
		return;
	ret = psp_sev_refresh(&call);
	if (!ret)
		ret = psp_sev_shutdown(&call, &status);
	psp_sev_kvm_end(&call, ret);
}
EXPORT_SYMBOL_GPL(sev_platform_shutdown);
