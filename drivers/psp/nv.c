// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware's persistent data in a file, for machines whose flash it may not
 * use: INIT_EX lends it a piece of memory that holds what the flash would.
 *
 * The file is read before each INIT_EX and written whenever a request has ended
 * and the memory has changed. Data that could not be written stays in memory
 * and is tried again after the next request; until then no INIT_EX reads the
 * file over it. The memory stays lent until the device goes away: the firmware
 * writes to it after SHUTDOWN too, in PLATFORM_RESET. With SNP it is given away
 * for that time, but while the file is read into it.
 */
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/path.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "psp_sev.h"

static char *init_ex_path;

static int psp_sev_set_path(const char *value, const struct kernel_param *param)
{
	if (value[0] && value[0] != '/') {
		pr_err("init_ex_path=%s: not an absolute path\n", value);
		return -EINVAL;
	}
	return param_set_charp(value, param);
}

static const struct kernel_param_ops psp_sev_path_ops = {
	.set = psp_sev_set_path,
	.get = param_get_charp,
	.free = param_free_charp,
};
module_param_cb(init_ex_path, &psp_sev_path_ops, &init_ex_path, 0444);
__MODULE_PARM_TYPE(init_ex_path, "charp");
MODULE_PARM_DESC(init_ex_path, "File of 32768 bytes for the firmware's persistent data, which is then not in flash");

/**
 * psp_sev_nv_wanted - is the persistent data in a file
 *
 * Return: whether the platform is initialized with INIT_EX.
 */
bool psp_sev_nv_wanted(void)
{
	return init_ex_path && init_ex_path[0];
}

/*
 * As the machine's root, in the first process's file system: the data belongs
 * to the machine, whosever command it is that needs it.
 */
static struct file *psp_sev_nv_open(int flags)
{
	const struct cred *old;
	struct cred *cred;
	struct path root;
	struct file *file;

	cred = prepare_kernel_cred(&init_task);
	if (!cred)
		return ERR_PTR(-ENOMEM);
	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	old = override_creds(cred);
	file = file_open_root(&root, init_ex_path, flags, 0600);
	revert_creds(old);
	put_cred(cred);
	path_put(&root);
	return file;
}

/* A stream or a directory is not asked for bytes, a file of another length is another file. */
static int psp_sev_nv_check(struct psp_sev *sev, struct file *file)
{
	loff_t size = i_size_read(file_inode(file));

	if (!S_ISREG(file_inode(file)->i_mode)) {
		dev_err(sev->dev, "init_ex_path %s: not a regular file\n",
			init_ex_path);
		return -EINVAL;
	}
	if (size != PSP_FW_NV_SIZE) {
		dev_err(sev->dev, "init_ex_path %s: has %lld bytes, not %d\n",
			init_ex_path, size, PSP_FW_NV_SIZE);
		return -EINVAL;
	}
	return 0;
}

static int psp_sev_nv_read(struct psp_sev *sev)
{
	struct file *file;
	loff_t pos = 0;
	ssize_t n;
	int ret;

	/* For writing too: better now than when there is something to lose. */
	file = psp_sev_nv_open(O_RDWR | O_LARGEFILE | O_NONBLOCK);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		dev_err(sev->dev, "init_ex_path %s: cannot be opened for reading and writing (%pe)%s\n",
			init_ex_path, file,
			ret == -ENOENT ? "; a new one is 32768 bytes of 0xff" : "");
		return ret;
	}
	ret = psp_sev_nv_check(sev, file);
	while (!ret && pos < PSP_FW_NV_SIZE) {
		n = kernel_read(file, sev->nv + pos, PSP_FW_NV_SIZE - pos, &pos);
		if (n > 0)
			continue;
		ret = n ?: -EIO;
		dev_err(sev->dev, "init_ex_path %s: reading ends at byte %lld (%pe)\n",
			init_ex_path, pos, ERR_PTR(ret));
	}
	filp_close(file, NULL);
	return ret;
}

static int psp_sev_nv_write(struct psp_sev *sev)
{
	struct file *file;
	loff_t pos = 0;
	ssize_t n;
	int ret = 0;

	file = psp_sev_nv_open(O_WRONLY | O_CREAT | O_LARGEFILE);
	if (IS_ERR(file))
		return PTR_ERR(file);
	while (!ret && pos < PSP_FW_NV_SIZE) {
		n = kernel_write(file, sev->nv + pos, PSP_FW_NV_SIZE - pos, &pos);
		if (n <= 0)
			ret = n ?: -EIO;
	}
	if (!ret)
		ret = vfs_fsync(file, 0);
	filp_close(file, NULL);
	return ret;
}

/**
 * psp_sev_nv_save - write changed persistent data to its file
 * @sev: the device
 *
 * Return: 0, also when nothing has changed; an error number when the file could
 * not be written, which is in the log. The data is kept.
 */
int psp_sev_nv_save(struct psp_sev *sev)
{
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!sev->nv_live || !memcmp(sev->nv, sev->nv_saved, PSP_FW_NV_SIZE))
		return 0;
	ret = psp_sev_nv_write(sev);
	if (ret) {
		dev_err_ratelimited(sev->dev, "init_ex_path %s: changed persistent data could not be written (%pe), the next command tries again\n",
				    init_ex_path, ERR_PTR(ret));
		return ret;
	}
	memcpy(sev->nv_saved, sev->nv, PSP_FW_NV_SIZE);
	return 0;
}

/**
 * psp_sev_nv_load - read the file, before INIT_EX
 * @sev: the device
 *
 * Return: 0; -ENOMEM; an error number when the file cannot be read or written
 * or has another length, which is in the log.
 */
int psp_sev_nv_load(struct psp_sev *sev)
{
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!sev->nv) {
		sev->nv_saved = kvmalloc(PSP_FW_NV_SIZE, GFP_KERNEL);
		if (!sev->nv_saved)
			return -ENOMEM;
		sev->nv = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
						   get_order(PSP_FW_NV_SIZE));
		if (!sev->nv) {
			kvfree(sev->nv_saved);
			sev->nv_saved = NULL;
			return -ENOMEM;
		}
	}
	ret = psp_sev_nv_save(sev);
	if (!ret)
		ret = psp_sev_nv_back(sev);
	if (ret)
		return ret;
	sev->nv_live = false;
	ret = psp_sev_nv_read(sev);
	if (ret)
		return ret;
	memcpy(sev->nv_saved, sev->nv, PSP_FW_NV_SIZE);
	sev->nv_lent = sev->snp_live;
	return psp_sev_pages_lend(sev, sev->nv, PSP_FW_NV_SIZE);
}

/**
 * psp_sev_nv_back - take the persistent data's memory back, with SNP
 * @sev: the device
 *
 * Return: 0, also when it is not lent; an error number when the firmware keeps
 * it, which is in the log.
 */
int psp_sev_nv_back(struct psp_sev *sev)
{
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!sev->nv_lent)
		return 0;
	ret = psp_sev_pages_back(sev, sev->nv, PSP_FW_NV_SIZE);
	if (ret)
		dev_err(sev->dev, "memory of the persistent data did not come back from the firmware (%pe)\n",
			ERR_PTR(ret));
	else
		sev->nv_lent = false;
	return ret;
}

/**
 * psp_sev_nv_is_new - has the file never been used
 * @sev: the device, whose file has just been read
 *
 * Return: whether all of it is what erased flash reads as.
 */
bool psp_sev_nv_is_new(const struct psp_sev *sev)
{
	return !memchr_inv(sev->nv_saved, 0xff, PSP_FW_NV_SIZE);
}

/**
 * psp_sev_nv_free - give the memory back
 * @sev: the device, not used by anybody else
 * @keep: the firmware may still write to it
 */
void psp_sev_nv_free(struct psp_sev *sev, bool keep)
{
	if (sev->nv && !keep)
		free_pages((unsigned long)sev->nv, get_order(PSP_FW_NV_SIZE));
	sev->nv = NULL;
	kvfree(sev->nv_saved);
	sev->nv_saved = NULL;
}
