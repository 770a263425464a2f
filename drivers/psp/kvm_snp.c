// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the in-kernel interface that came with SNP.
 */
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/psp-sev.h>

#include "kvm.h"

#define CHECK_SIZE(_command, _type) \
	static_assert(sizeof(struct _type) == PSP_FW_SIZE_##_command)

CHECK_SIZE(SNP_INIT_EX, sev_data_snp_init_ex);
static_assert(sizeof(struct sev_data_snp_shutdown_ex) ==
	      sizeof(struct psp_fw_snp_shutdown_ex));
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
 * Context: may sleep.
 *
 * Return: the page's address, or NULL. Once SNP is initialized the kernel must
 * not write to it.
 */
void *snp_alloc_firmware_page(gfp_t gfp_mask)
{
	void *page = (void *)__get_free_page(gfp_mask);
	struct psp_sev_call call;
	int ret;

	if (!page || !psp_sev_kvm_begin(&call))
		return page;
	ret = psp_sev_pages_lend(call.sev, page, PAGE_SIZE);
	psp_sev_kvm_end(&call, ret);
	if (!ret)
		return page;
	snp_free_firmware_page(page);
	return NULL;
}
EXPORT_SYMBOL_GPL(snp_alloc_firmware_page);

/**
 * snp_free_firmware_page - give such a page back
 * @addr: what snp_alloc_firmware_page() returned, NULL included
 *
 * One that the firmware does not let go is not used again.
 *
 * Context: may sleep.
 */
void snp_free_firmware_page(void *addr)
{
	struct psp_sev_call call;
	int ret = 0;

	if (!addr)
		return;
	if (psp_sev_kvm_begin(&call)) {
		ret = psp_sev_pages_back(call.sev, addr, PAGE_SIZE);
		psp_sev_kvm_end(&call, ret);
	} else if (psp_sev_page_is_lent(addr)) {
		ret = -ENODEV;
	}
	if (ret)
		pr_warn("a page of KVM's did not come back from the firmware (%pe), it is not used again\n",
			ERR_PTR(ret));
	else
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

	if (psp_sev_kvm_begin(&call))
		psp_sev_kvm_end(&call, psp_sev_shutdown_all(&call));
}
EXPORT_SYMBOL_GPL(sev_platform_shutdown);
