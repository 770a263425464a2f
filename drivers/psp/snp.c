// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of SNP.
 *
 * Status works in every state. The others need SNP initialized, which needs a
 * kernel that runs as an SNP host.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "psp_sev.h"

/* What the in-tree driver returns and reports on a kernel without SNP. */
static int psp_sev_move_to_snp_init(struct psp_sev_call *call, u32 *status)
{
	*status = PSP_SEV_INVALID_PLATFORM_STATE;
	return -ENODEV;
}

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
 * Return: -ENODEV on a kernel that is no SNP host.
 */
int psp_sev_do_snp_commit(struct psp_sev_call *call,
			  struct psp_sev_issue_cmd *cmd)
{
	u32 status;
	int ret;

	ret = psp_sev_move_to_snp_init(call, &status);
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_snp_set_config - PSP_SEV_SNP_SET_CONFIG
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data, -EPERM, -EFAULT, -ENODEV on a kernel that is
 * no SNP host.
 */
int psp_sev_do_snp_set_config(struct psp_sev_call *call,
			      struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_snp_config config;
	u32 status;
	int ret;

	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	if (copy_from_user(&config, u64_to_user_ptr(cmd->data), sizeof(config)))
		return -EFAULT;
	ret = psp_sev_move_to_snp_init(call, &status);
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_snp_vlek_load - PSP_SEV_SNP_VLEK_LOAD
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data or for another length or version, -EPERM,
 * -EFAULT, -ENOMEM, -ENODEV on a kernel that is no SNP host.
 */
int psp_sev_do_snp_vlek_load(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_snp_vlek_load user;
	u32 status;
	void *blob;
	int ret;

	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	if (copy_from_user(&user, u64_to_user_ptr(cmd->data), sizeof(user)))
		return -EFAULT;
	if (user.len != sizeof(user) || user.vlek_wrapped_version)
		return -EINVAL;
	blob = psp_sev_user_blob(call, user.vlek_wrapped_address,
				 PSP_SEV_VLEK_HASHSTICK_SIZE);
	if (IS_ERR(blob))
		return PTR_ERR(blob);
	ret = psp_sev_move_to_snp_init(call, &status);
	cmd->error = status;
	return ret;
}
