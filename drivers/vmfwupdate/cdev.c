// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vmfwupdate: takes an image as the file image does, but as many bytes at once as
 * its writer has. sysfs hands over a page at a time, each by way of a buffer of its
 * own: for a large image that takes longer than reading it from the disk.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "update.h"

static struct fwup *fwup_of_device;

/* What tells this writer from the others, see fwup_stage(). */
static unsigned long *fwup_cdev_writer(struct file *file)
{
	return (unsigned long *)&file->private_data;
}

static int fwup_cdev_open(struct inode *inode, struct file *file)
{
	*fwup_cdev_writer(file) = 0;
	return 0;
}

/* Its bytes are fetched before the lock is taken: that may take any time. */
static ssize_t fwup_cdev_block(struct fwup *fw, struct kiocb *iocb, struct iov_iter *from)
{
	unsigned long *writer = fwup_cdev_writer(iocb->ki_filp);
	u64 pos = iocb->ki_pos;
	size_t len = min_t(size_t, iov_iter_count(from), FWUP_BLOCK_SIZE - pos % FWUP_BLOCK_SIZE);
	void *block = fwup_image_block_alloc();
	int ret;

	if (block && !copy_from_iter_full(block, len, from)) {
		kvfree(block);
		return -EFAULT;
	}
	mutex_lock(&fw->lock);
	if (block && len < FWUP_BLOCK_SIZE)
		ret = fwup_stage(fw, writer, pos, block, len);
	else
		ret = fwup_stage_block(fw, writer, pos, block);
	mutex_unlock(&fw->lock);
	if (ret || len < FWUP_BLOCK_SIZE)
		kvfree(block);
	return ret ?: len;
}

static ssize_t fwup_cdev_write(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t done = 0, n;

	while (iov_iter_count(from)) {
		if (fatal_signal_pending(current))
			return done ?: -EINTR;
		cond_resched();
		n = fwup_cdev_block(fwup_of_device, iocb, from);
		/* All other errors end the image, or leave it to somebody else. */
		if (n < 0)
			return n == -EFAULT && done ? done : n;
		iocb->ki_pos += n;
		done += n;
	}
	return done;
}

static const struct file_operations fwup_cdev_fops = {
	.owner = THIS_MODULE,
	.open = fwup_cdev_open,
	.llseek = no_seek_end_llseek,
	.write_iter = fwup_cdev_write,
};

static struct miscdevice fwup_cdev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vmfwupdate",
	.fops = &fwup_cdev_fops,
	.mode = 0600,
};

/**
 * fwup_cdev_add() - creates /dev/vmfwupdate
 * @fw: the update, ready for use
 *
 * Return: 0, or an error with nothing left behind.
 */
int fwup_cdev_add(struct fwup *fw)
{
	fwup_of_device = fw;
	fwup_cdev.parent = fw->dev;
	return misc_register(&fwup_cdev);
}

/**
 * fwup_cdev_remove() - removes it again
 * @fw: the update
 *
 * Who has it open keeps the module, so nobody does.
 */
void fwup_cdev_remove(struct fwup *fw)
{
	misc_deregister(&fwup_cdev);
}
