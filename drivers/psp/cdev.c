// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/sev, binary compatible with that of the in-tree ccp.
 *
 * An open file holds the module, not the device: when the device goes away it
 * answers ENODEV, and goes on working when one comes back.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/uaccess.h>

#include "psp_sev.h"

static int (* const psp_sev_commands[PSP_SEV_CMD_MAX])
	(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd) = {
	[PSP_SEV_FACTORY_RESET] = psp_sev_do_factory_reset,
	[PSP_SEV_PLATFORM_STATUS] = psp_sev_do_platform_status,
	[PSP_SEV_PEK_GEN] = psp_sev_do_pek_gen,
	[PSP_SEV_PEK_CSR] = psp_sev_do_pek_csr,
	[PSP_SEV_PDH_GEN] = psp_sev_do_pdh_gen,
	[PSP_SEV_PDH_CERT_EXPORT] = psp_sev_do_pdh_cert_export,
	[PSP_SEV_PEK_CERT_IMPORT] = psp_sev_do_pek_cert_import,
	[PSP_SEV_GET_ID] = psp_sev_do_get_id,
	[PSP_SEV_GET_ID2] = psp_sev_do_get_id2,
	[PSP_SEV_SNP_PLATFORM_STATUS] = psp_sev_do_snp_platform_status,
	[PSP_SEV_SNP_COMMIT] = psp_sev_do_snp_commit,
	[PSP_SEV_SNP_SET_CONFIG] = psp_sev_do_snp_set_config,
	[PSP_SEV_SNP_VLEK_LOAD] = psp_sev_do_snp_vlek_load,
};

static long psp_sev_issue(struct psp_sev *sev, void __user *argument,
			  bool writable)
{
	struct psp_sev_issue_cmd cmd;
	struct psp_sev_call call;
	int ret;

	if (copy_from_user(&cmd, argument, sizeof(cmd)))
		return -EFAULT;
	if (cmd.cmd >= PSP_SEV_CMD_MAX)
		return -EINVAL;
	if (mutex_lock_killable(&sev->lock))
		return -EINTR;
	psp_sev_call_begin(&call, sev);
	call.writable = writable;
	call.killable = true;
	ret = psp_sev_commands[cmd.cmd](&call, &cmd);
	ret = psp_sev_call_end(&call, ret);
	mutex_unlock(&sev->lock);

	if (cmd.cmd == PSP_SEV_GET_ID)
		pr_warn_once("GET_ID is deprecated, %s uses it: GET_ID2 tells the length too\n",
			     current->comm);
	if (copy_to_user(argument, &cmd, sizeof(cmd)))
		ret = -EFAULT;
	return ret;
}

static long psp_sev_ioctl(struct file *file, unsigned int request,
			  unsigned long argument)
{
	struct psp_sev *sev;
	long ret;

	down_read(&psp_sev_life);
	sev = psp_sev_get_locked();
	if (!sev)
		ret = -ENODEV;
	else if (request != PSP_SEV_ISSUE_CMD)
		ret = -EINVAL;
	else
		ret = psp_sev_issue(sev, (void __user *)argument,
				    file->f_mode & FMODE_WRITE);
	up_read(&psp_sev_life);
	return ret;
}

static const struct file_operations psp_sev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = psp_sev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice psp_sev_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sev",
	.fops = &psp_sev_fops,
};

/**
 * psp_sev_cdev_is - is a file /dev/sev
 * @file: any open file, or NULL
 *
 * Return: whether it is.
 */
bool psp_sev_cdev_is(const struct file *file)
{
	return file && file->f_op == &psp_sev_fops;
}

/**
 * psp_sev_cdev_add - make /dev/sev
 *
 * Return: 0, or a negative error number.
 */
int psp_sev_cdev_add(void)
{
	return misc_register(&psp_sev_misc);
}

/**
 * psp_sev_cdev_remove - remove it; open files stay
 */
void psp_sev_cdev_remove(void)
{
	misc_deregister(&psp_sev_misc);
}
