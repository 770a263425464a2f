// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys, certificates and the identity of the platform.
 *
 * Buffers go to the firmware and come back through memory of the driver. What
 * the firmware says about lengths is believed only as far as the buffer goes.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "psp_sev.h"

/* GET_ID exists from this API version on. */
#define GET_ID_MAJOR	0
#define GET_ID_MINOR	16

/*
 * Ends a command that may have needed initialization: what it returned counts,
 * not how the shutdown went.
 */
static int psp_sev_restore(struct psp_sev_call *call, bool moved, int ret)
{
	u32 status;

	if (moved)
		psp_sev_shutdown(call, &status);
	return ret;
}

static int psp_sev_copy_answer(struct psp_sev *sev, u64 address,
			       const void *memory, u32 length, u32 size)
{
	if (length > size) {
		dev_err_ratelimited(sev->dev, "the firmware claims %u bytes in a buffer of %u\n",
				    length, size);
		return -EIO;
	}
	if (copy_to_user(u64_to_user_ptr(address), memory, length))
		return -EFAULT;
	return 0;
}

static int psp_sev_gen(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd,
		       unsigned int id)
{
	u32 status = cmd->error;
	bool moved = false;
	int ret;

	if (!call->writable)
		return -EPERM;
	ret = psp_sev_refresh(call);
	if (!ret && call->sev->state == PSP_SEV_STATE_UNINIT)
		ret = psp_sev_move_to_init(call, &status, &moved);
	if (!ret)
		ret = psp_sev_command(call, id, NULL, &status);
	cmd->error = status;
	return psp_sev_restore(call, moved, ret);
}

/**
 * psp_sev_do_pek_gen - PSP_SEV_PEK_GEN
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EPERM, or as psp_sev_command().
 */
int psp_sev_do_pek_gen(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd)
{
	return psp_sev_gen(call, cmd, PSP_FW_PEK_GEN);
}

/**
 * psp_sev_do_pdh_gen - PSP_SEV_PDH_GEN
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EPERM, or as psp_sev_command().
 */
int psp_sev_do_pdh_gen(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd)
{
	return psp_sev_gen(call, cmd, PSP_FW_PDH_GEN);
}

/**
 * psp_sev_do_pek_csr - PSP_SEV_PEK_CSR
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EPERM, -EFAULT (also for a length above 16 KiB), -ENOMEM, or as
 * psp_sev_command().
 */
int psp_sev_do_pek_csr(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd)
{
	struct psp_fw_pek_csr data = { };
	struct psp_sev_pek_csr user;
	u32 status = cmd->error;
	bool moved = false;
	void *blob = NULL;
	u32 size;
	int ret;

	if (!call->writable)
		return -EPERM;
	if (copy_from_user(&user, u64_to_user_ptr(cmd->data), sizeof(user)))
		return -EFAULT;
	size = user.length;
	if (user.address && size) {
		if (size > PSP_SEV_BLOB_MAX)
			return -EFAULT;
		blob = psp_sev_blob(call, size);
		if (!blob)
			return -ENOMEM;
		data.address = psp_sev_address(blob);
		data.length = size;
	}

	ret = psp_sev_refresh(call);
	if (!ret && call->sev->state == PSP_SEV_STATE_UNINIT)
		ret = psp_sev_move_to_init(call, &status, &moved);
	if (ret)
		goto out;
	ret = psp_sev_command(call, PSP_FW_PEK_CSR, &data, &status);

	user.length = data.length;
	if (copy_to_user(u64_to_user_ptr(cmd->data), &user, sizeof(user)))
		ret = -EFAULT;
	if (!ret && blob)
		ret = psp_sev_copy_answer(call->sev, user.address, blob,
					  user.length, size);
out:
	cmd->error = status;
	return psp_sev_restore(call, moved, ret);
}

/**
 * psp_sev_do_pek_cert_import - PSP_SEV_PEK_CERT_IMPORT
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EPERM, -EFAULT, -EINVAL for a missing or too long certificate,
 * -ENOMEM, or as psp_sev_command().
 */
int psp_sev_do_pek_cert_import(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd)
{
	struct psp_fw_pek_cert_import data = { };
	struct psp_sev_pek_cert_import user;
	u32 status = cmd->error;
	bool moved = false;
	void *pek, *oca;
	int ret;

	if (!call->writable)
		return -EPERM;
	if (copy_from_user(&user, u64_to_user_ptr(cmd->data), sizeof(user)))
		return -EFAULT;
	pek = psp_sev_user_blob(call, user.pek_cert_address, user.pek_cert_len);
	if (IS_ERR(pek))
		return PTR_ERR(pek);
	oca = psp_sev_user_blob(call, user.oca_cert_address, user.oca_cert_len);
	if (IS_ERR(oca))
		return PTR_ERR(oca);
	data.pek_address = psp_sev_address(pek);
	data.pek_length = user.pek_cert_len;
	data.oca_address = psp_sev_address(oca);
	data.oca_length = user.oca_cert_len;

	ret = psp_sev_refresh(call);
	if (!ret && call->sev->state == PSP_SEV_STATE_UNINIT)
		ret = psp_sev_move_to_init(call, &status, &moved);
	if (!ret)
		ret = psp_sev_command(call, PSP_FW_PEK_CERT_IMPORT, &data, &status);
	cmd->error = status;
	return psp_sev_restore(call, moved, ret);
}

static int psp_sev_pdh_buffers(struct psp_sev_call *call,
			       const struct psp_sev_pdh_cert_export *user,
			       struct psp_fw_pdh_cert_export *data,
			       void **pdh, void **chain)
{
	if (!user->pdh_cert_address || !user->pdh_cert_len ||
	    !user->cert_chain_address || !user->cert_chain_len)
		return 0;
	if (user->pdh_cert_len > PSP_SEV_BLOB_MAX ||
	    user->cert_chain_len > PSP_SEV_BLOB_MAX)
		return -EFAULT;
	*pdh = psp_sev_blob(call, user->pdh_cert_len);
	*chain = psp_sev_blob(call, user->cert_chain_len);
	if (!*pdh || !*chain)
		return -ENOMEM;
	data->pdh_address = psp_sev_address(*pdh);
	data->pdh_length = user->pdh_cert_len;
	data->chain_address = psp_sev_address(*chain);
	data->chain_length = user->cert_chain_len;
	return 0;
}

static int psp_sev_pdh_export(struct psp_sev_call *call,
			      struct psp_sev_issue_cmd *cmd, u32 *status)
{
	struct psp_fw_pdh_cert_export data = { };
	struct psp_sev_pdh_cert_export user;
	void *pdh = NULL, *chain = NULL;
	u32 pdh_size, chain_size;
	bool moved = false;
	int ret;

	if (copy_from_user(&user, u64_to_user_ptr(cmd->data), sizeof(user)))
		return -EFAULT;
	ret = psp_sev_pdh_buffers(call, &user, &data, &pdh, &chain);
	if (ret)
		return ret;
	pdh_size = user.pdh_cert_len;
	chain_size = user.cert_chain_len;

	ret = psp_sev_refresh(call);
	if (ret)
		return ret;
	if (call->sev->state == PSP_SEV_STATE_UNINIT) {
		if (!call->writable)
			return -EPERM;
		ret = psp_sev_move_to_init(call, status, &moved);
		if (ret)
			return ret;
	}
	ret = psp_sev_command(call, PSP_FW_PDH_CERT_EXPORT, &data, status);

	user.pdh_cert_len = data.pdh_length;
	user.cert_chain_len = data.chain_length;
	if (copy_to_user(u64_to_user_ptr(cmd->data), &user, sizeof(user)))
		ret = -EFAULT;
	if (!ret && pdh)
		ret = psp_sev_copy_answer(call->sev, user.pdh_cert_address, pdh,
					  user.pdh_cert_len, pdh_size);
	if (!ret && chain)
		ret = psp_sev_copy_answer(call->sev, user.cert_chain_address,
					  chain, user.cert_chain_len, chain_size);
	return psp_sev_restore(call, moved, ret);
}

/**
 * psp_sev_do_pdh_cert_export - PSP_SEV_PDH_CERT_EXPORT
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EFAULT (also for a length above 16 KiB), -ENOMEM, -EPERM when the
 * platform would have to be initialized, or as psp_sev_command().
 */
int psp_sev_do_pdh_cert_export(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd)
{
	u32 status = cmd->error;
	int ret;

	ret = psp_sev_pdh_export(call, cmd, &status);
	cmd->error = status;
	return ret;
}

static int psp_sev_has_get_id(struct psp_sev_call *call)
{
	int ret = psp_sev_refresh(call);

	if (ret)
		return ret;
	return psp_sev_api_at_least(call->sev, GET_ID_MAJOR, GET_ID_MINOR) ?
	       0 : -EOPNOTSUPP;
}

/**
 * psp_sev_do_get_id - PSP_SEV_GET_ID
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EOPNOTSUPP for an old firmware, -ENOMEM, -EFAULT, or as
 * psp_sev_command().
 */
int psp_sev_do_get_id(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd)
{
	u32 size = sizeof(struct psp_sev_get_id);
	struct psp_fw_get_id data;
	u32 status = cmd->error;
	void *blob;
	int ret;

	ret = psp_sev_has_get_id(call);
	if (ret)
		return ret;
	blob = psp_sev_blob(call, size);
	if (!blob)
		return -ENOMEM;
	data.address = psp_sev_address(blob);
	data.length = size;
	ret = psp_sev_command(call, PSP_FW_GET_ID, &data, &status);
	cmd->error = status;
	if (ret)
		return ret;
	return psp_sev_copy_answer(call->sev, cmd->data, blob, data.length, size);
}

/**
 * psp_sev_do_get_id2 - PSP_SEV_GET_ID2
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EOPNOTSUPP for an old firmware, -EFAULT, -ENOMEM, or as
 * psp_sev_command().
 */
int psp_sev_do_get_id2(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_get_id2 user;
	struct psp_fw_get_id data = { };
	u32 status = cmd->error;
	void *blob = NULL;
	u32 size;
	int ret;

	ret = psp_sev_has_get_id(call);
	if (ret)
		return ret;
	if (copy_from_user(&user, u64_to_user_ptr(cmd->data), sizeof(user)))
		return -EFAULT;
	/*
	 * Any length is allowed, as the id may become longer; but memory is
	 * taken only for what an id can be.
	 */
	size = min_t(u32, user.length, PSP_SEV_BLOB_MAX);
	if (user.address && size) {
		if (user.length > KMALLOC_MAX_SIZE)
			return -ENOMEM;
		blob = psp_sev_blob(call, size);
		if (!blob)
			return -ENOMEM;
		data.address = psp_sev_address(blob);
		data.length = size;
	}
	ret = psp_sev_command(call, PSP_FW_GET_ID, &data, &status);
	cmd->error = status;

	user.length = data.length;
	if (copy_to_user(u64_to_user_ptr(cmd->data), &user, sizeof(user)))
		return -EFAULT;
	if (!ret && blob)
		ret = psp_sev_copy_answer(call->sev, user.address, blob,
					  user.length, size);
	return ret;
}
