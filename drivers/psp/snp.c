// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of SNP.
 *
 * Status and commit go to the firmware in any case. The others need SNP
 * initialized, which needs a kernel that runs as an SNP host.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "psp_sev.h"

/**
 * psp_sev_do_snp_platform_status - PSP_SEV_SNP_PLATFORM_STATUS
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without a buffer, -ENOMEM, -EFAULT, or as psp_sev_command().
 */
int psp_sev_do_snp_platform_status(struct psp_sev_call *call,
				   struct psp_sev_issue_cmd *cmd)
{
	const struct psp_sev_snp_status *snp;
	struct psp_fw_snp_address data;
	u32 status = cmd->error;
	int ret;

	if (!cmd->data)
		return -EINVAL;
	snp = psp_sev_blob(call, PAGE_SIZE);
	if (!snp)
		return -ENOMEM;
	data.address = psp_sev_address(snp);
	ret = psp_sev_command(call, PSP_FW_SNP_PLATFORM_STATUS, &data, &status);
	cmd->error = status;
	if (ret)
		return ret;
	call->sev->snp_state = READ_ONCE(snp->state);
	if (copy_to_user(u64_to_user_ptr(cmd->data), snp, sizeof(*snp)))
		return -EFAULT;
	return 0;
}

/**
 * psp_sev_do_snp_commit - PSP_SEV_SNP_COMMIT
 * @call: the request
 * @cmd: its arguments
 *
 * Return: as psp_sev_command().
 */
int psp_sev_do_snp_commit(struct psp_sev_call *call,
			  struct psp_sev_issue_cmd *cmd)
{
	struct psp_fw_snp_commit data = { .length = sizeof(data) };
	u32 status = cmd->error;
	int ret;

	ret = psp_sev_command(call, PSP_FW_SNP_COMMIT, &data, &status);
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_snp_set_config - PSP_SEV_SNP_SET_CONFIG
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data, -EPERM, -ENODEV on a kernel that is no SNP host.
 */
int psp_sev_do_snp_set_config(struct psp_sev_call *call,
			      struct psp_sev_issue_cmd *cmd)
{
	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	return -ENODEV;
}

/**
 * psp_sev_do_snp_vlek_load - PSP_SEV_SNP_VLEK_LOAD
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data, -EPERM, -ENODEV on a kernel that is no SNP host.
 */
int psp_sev_do_snp_vlek_load(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd)
{
	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	return -ENODEV;
}
