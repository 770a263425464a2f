// SPDX-License-Identifier: GPL-2.0-only
/*
 * The in-kernel interface: functions that KVM takes from ccp, with ccp's names,
 * types and symbol versions. A kvm_amd built against ccp loads on top of this
 * module in ccp's place; the two cannot be loaded together.
 *
 * Versions are computed from the types as the compiler has seen them in this
 * file. So it declares nothing of its own, and it includes the headers that
 * ccp's file includes, needed or not: a structure seen whole counts differently
 * from one seen by name.
 *
 * A caller holds the module by the symbols that it uses, not the device, which
 * can go away at any time: then everything here is -ENODEV. Commands are
 * waited for even when the process was killed: KVM takes guests apart in dying
 * processes, and the memory that a command works on is KVM's to free when it
 * returns.
 */
#include <linux/ccp.h>
#include <linux/cpufeature.h>
#include <linux/dmaengine.h>
#include <linux/dmapool.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/gfp.h>
#include <linux/hw_random.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/psp-sev.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <asm/cacheflush.h>
#include <asm/smp.h>

#include "../compat/psp_sev.h"
#include "kvm.h"

static bool psp_init_on_probe = true;
module_param(psp_init_on_probe, bool, 0444);
MODULE_PARM_DESC(psp_init_on_probe, "Initialize the platform when kvm_amd asks for it while it is loaded (1), or with the first guest");

/* What passes through here is copied by its length in the table of commands. */
#define CHECK_SIZE(_command, _type) \
	static_assert(sizeof(struct _type) == PSP_FW_SIZE_##_command)

CHECK_SIZE(DECOMMISSION, sev_data_decommission);
CHECK_SIZE(ACTIVATE, sev_data_activate);
CHECK_SIZE(DEACTIVATE, sev_data_deactivate);
CHECK_SIZE(GUEST_STATUS, sev_data_guest_status);
CHECK_SIZE(LAUNCH_START, sev_data_launch_start);
CHECK_SIZE(LAUNCH_UPDATE_DATA, sev_data_launch_update_data);
CHECK_SIZE(LAUNCH_UPDATE_VMSA, sev_data_launch_update_vmsa);
CHECK_SIZE(LAUNCH_MEASURE, sev_data_launch_measure);
CHECK_SIZE(LAUNCH_UPDATE_SECRET, sev_data_launch_secret);
CHECK_SIZE(LAUNCH_FINISH, sev_data_launch_finish);
CHECK_SIZE(ATTESTATION_REPORT, sev_data_attestation_report);
CHECK_SIZE(SEND_START, sev_data_send_start);
CHECK_SIZE(SEND_UPDATE_DATA, sev_data_send_update_data);
CHECK_SIZE(SEND_UPDATE_VMSA, sev_data_send_update_vmsa);
CHECK_SIZE(SEND_FINISH, sev_data_send_finish);
CHECK_SIZE(SEND_CANCEL, sev_data_send_cancel);
CHECK_SIZE(RECEIVE_START, sev_data_receive_start);
CHECK_SIZE(RECEIVE_UPDATE_DATA, sev_data_receive_update_data);
CHECK_SIZE(RECEIVE_UPDATE_VMSA, sev_data_receive_update_vmsa);
CHECK_SIZE(RECEIVE_FINISH, sev_data_receive_finish);
CHECK_SIZE(DBG_DECRYPT, sev_data_dbg);
CHECK_SIZE(DBG_ENCRYPT, sev_data_dbg);
static_assert(sizeof(struct sev_user_data_status) == sizeof(struct psp_sev_status));

/**
 * psp_sev_kvm_begin - begin a request from within the kernel
 * @call: the request
 *
 * Context: may sleep. Ends with psp_sev_kvm_end().
 *
 * Return: the device, locked, or NULL when there is none; then nothing has
 * begun.
 */
struct psp_sev *psp_sev_kvm_begin(struct psp_sev_call *call)
{
	struct psp_sev *sev;

	down_read(&psp_sev_life);
	sev = psp_sev_get_locked();
	if (!sev) {
		up_read(&psp_sev_life);
		return NULL;
	}
	mutex_lock(&sev->lock);
	psp_sev_call_begin(call, sev);
	return sev;
}

/**
 * psp_sev_kvm_end - end a request from within the kernel
 * @call: the request
 * @ret: how it went
 *
 * Return: as psp_sev_call_end().
 */
int psp_sev_kvm_end(struct psp_sev_call *call, int ret)
{
	ret = psp_sev_call_end(call, ret);
	mutex_unlock(&call->sev->lock);
	up_read(&psp_sev_life);
	return ret;
}

/**
 * psp_sev_kvm_command - one command for a caller within the kernel
 * @id: &enum sev_cmd
 * @data: its buffer, or NULL for a command without
 * @error: the firmware's status, untouched when it was not asked; may be NULL
 *
 * Context: may sleep.
 *
 * Return: -ENODEV without a device; -EINVAL for a command that is not known or
 * whose buffer is missing; else as psp_sev_command().
 */
int psp_sev_kvm_command(unsigned int id, void *data, int *error)
{
	const struct psp_fw_command_info *info = psp_fw_command_info(id);
	u32 status = error ? *error : 0;
	struct psp_sev_call call;
	int ret;

	if (!info || !data != !info->size)
		return -EINVAL;
	if (!psp_sev_kvm_begin(&call))
		return -ENODEV;
	ret = psp_sev_command(&call, id, data, &status);
	ret = psp_sev_kvm_end(&call, ret);
	if (error)
		*error = status;
	return ret;
}

/**
 * sev_platform_init - initialize the platform, and leave it so
 * @args: where the firmware's status goes, and whether the caller is only
 *	being loaded
 *
 * SNP first, on a kernel that is an SNP host.
 *
 * Return: -ENODEV without a device, else as psp_sev_init().
 */
int sev_platform_init(COMPAT_SEV_INIT_ARG *args)
{
	int *error = compat_sev_init_error(args);
	u32 status = error ? *error : 0;
	struct psp_sev_call call;
	int ret;

	if (!psp_sev_kvm_begin(&call))
		return -ENODEV;
	ret = psp_sev_refresh(&call);
	/* Without SNP there is still SEV; why is in the log. */
	if (!ret)
		psp_sev_snp_init(&call, &status);
	if (!ret && (psp_init_on_probe || !compat_sev_init_probe(args)))
		ret = psp_sev_init(&call, &status);
	ret = psp_sev_kvm_end(&call, ret);
	if (error)
		*error = status;
	return ret;
}
EXPORT_SYMBOL_GPL(sev_platform_init);

/**
 * sev_platform_status - version and state of the platform
 * @status: the answer
 * @error: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_platform_status(struct sev_user_data_status *status, int *error)
{
	return psp_sev_kvm_command(SEV_CMD_PLATFORM_STATUS, status, error);
}
EXPORT_SYMBOL_GPL(sev_platform_status);

/**
 * sev_issue_cmd_external_user - a command for somebody who has /dev/sev open
 * @filep: the open file, which is the permission to send commands
 * @id: &enum sev_cmd
 * @data: its buffer
 * @error: the firmware's status; may be NULL
 *
 * Return: -EBADF when the file is another one, else as psp_sev_kvm_command().
 */
int sev_issue_cmd_external_user(struct file *filep, unsigned int id,
				void *data, int *error)
{
	if (!psp_sev_cdev_is(filep))
		return -EBADF;
	return psp_sev_kvm_command(id, data, error);
}
EXPORT_SYMBOL_GPL(sev_issue_cmd_external_user);

/**
 * sev_guest_deactivate - take a guest's key out of the memory controllers
 * @data: the guest
 * @error: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_guest_deactivate(struct sev_data_deactivate *data, int *error)
{
	return psp_sev_kvm_command(SEV_CMD_DEACTIVATE, data, error);
}
EXPORT_SYMBOL_GPL(sev_guest_deactivate);

/**
 * sev_guest_activate - give a guest's key an ASID
 * @data: the guest and its ASID
 * @error: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_guest_activate(struct sev_data_activate *data, int *error)
{
	return psp_sev_kvm_command(SEV_CMD_ACTIVATE, data, error);
}
EXPORT_SYMBOL_GPL(sev_guest_activate);

/**
 * sev_guest_decommission - forget a guest
 * @data: the guest
 * @error: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_guest_decommission(struct sev_data_decommission *data, int *error)
{
	return psp_sev_kvm_command(SEV_CMD_DECOMMISSION, data, error);
}
EXPORT_SYMBOL_GPL(sev_guest_decommission);

/**
 * sev_guest_df_flush - flush the data fabric, before ASIDs are used again
 * @error: the firmware's status; may be NULL
 *
 * Return: as psp_sev_kvm_command().
 */
int sev_guest_df_flush(int *error)
{
	return psp_sev_kvm_command(SEV_CMD_DF_FLUSH, NULL, error);
}
EXPORT_SYMBOL_GPL(sev_guest_df_flush);

/**
 * psp_copy_user_blob - memory for a command, filled from user memory
 * @uaddr: in the process
 * @len: in bytes, 1 to SEV_FW_BLOB_MAX_SIZE
 *
 * Return: physically contiguous memory that kfree() frees, or an error
 * pointer: -EINVAL for a missing or too long blob, -ENOMEM, -EFAULT.
 */
void *psp_copy_user_blob(u64 uaddr, u32 len)
{
	if (!uaddr || !len || len > SEV_FW_BLOB_MAX_SIZE)
		return ERR_PTR(-EINVAL);
	return memdup_user(u64_to_user_ptr(uaddr), len);
}
EXPORT_SYMBOL_GPL(psp_copy_user_blob);
