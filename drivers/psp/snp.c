// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of SNP.
 *
 * The status may be asked for in any case, and on a kernel that is no SNP host
 * the firmware is left to refuse a commit. The others need SNP initialized, and
 * initialize it for their time where the kernel is one.
 */
#include <linux/err.h>
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
	snp = psp_sev_firmware_blob(call, PAGE_SIZE);
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

/* Initializes SNP for one command; *moved: shut it down again. */
static int psp_sev_snp_move_to_init(struct psp_sev_call *call, u32 *status,
				    bool *moved)
{
	int ret;

	*moved = false;
	if (call->sev->snp_live)
		return 0;
	ret = psp_sev_refresh(call);
	if (!ret)
		ret = psp_sev_snp_init(call, status);
	*moved = call->sev->snp_live;
	return ret;
}

static int psp_sev_snp_run(struct psp_sev_call *call, unsigned int id, void *data,
			   struct psp_sev_issue_cmd *cmd)
{
	u32 status = cmd->error, ignored;
	bool moved;
	int ret;

	ret = psp_sev_snp_move_to_init(call, &status, &moved);
	if (!ret)
		ret = psp_sev_command(call, id, data, &status);
	if (moved)
		psp_sev_snp_shutdown(call, &ignored);
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_snp_commit - PSP_SEV_SNP_COMMIT
 * @call: the request
 * @cmd: its arguments
 *
 * Return: as psp_sev_command(), or as psp_sev_snp_init() on an SNP host.
 */
int psp_sev_do_snp_commit(struct psp_sev_call *call,
			  struct psp_sev_issue_cmd *cmd)
{
	struct psp_fw_snp_commit data = { .length = sizeof(data) };
	u32 status = cmd->error;
	int ret;

	if (psp_sev_snp_host())
		return psp_sev_snp_run(call, PSP_FW_SNP_COMMIT, &data, cmd);
	ret = psp_sev_command(call, PSP_FW_SNP_COMMIT, &data, &status);
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_snp_set_config - PSP_SEV_SNP_SET_CONFIG
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data, -EPERM, -ENODEV on a kernel that is no SNP host,
 * -EFAULT, or as psp_sev_command() and psp_sev_snp_init().
 */
int psp_sev_do_snp_set_config(struct psp_sev_call *call,
			      struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_snp_config data;

	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	if (!psp_sev_snp_host())
		return -ENODEV;
	if (copy_from_user(&data, u64_to_user_ptr(cmd->data), sizeof(data)))
		return -EFAULT;
	return psp_sev_snp_run(call, PSP_FW_SNP_CONFIG, &data, cmd);
}

/**
 * psp_sev_do_snp_vlek_load - PSP_SEV_SNP_VLEK_LOAD
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EINVAL without data, with another length or with a version not known;
 * -EPERM; -ENODEV on a kernel that is no SNP host; -EFAULT; -ENOMEM; or as
 * psp_sev_command() and psp_sev_snp_init().
 */
int psp_sev_do_snp_vlek_load(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_snp_vlek_load data;
	void *hashstick;

	if (!cmd->data)
		return -EINVAL;
	if (!call->writable)
		return -EPERM;
	if (!psp_sev_snp_host())
		return -ENODEV;
	if (copy_from_user(&data, u64_to_user_ptr(cmd->data), sizeof(data)))
		return -EFAULT;
	if (data.len != sizeof(data) || data.vlek_wrapped_version)
		return -EINVAL;
	hashstick = psp_sev_user_blob(call, data.vlek_wrapped_address,
				      PSP_SEV_VLEK_HASHSTICK_SIZE);
	if (IS_ERR(hashstick))
		return PTR_ERR(hashstick);
	data.vlek_wrapped_address = psp_sev_address(hashstick);
	return psp_sev_snp_run(call, PSP_FW_SNP_VLEK_LOAD, &data, cmd);
}
