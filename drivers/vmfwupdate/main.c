// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmfwupdate: a guest replaces its own firmware at the next reset, by the
 * interface that its hypervisor offers over fw_cfg.
 */
#include <linux/dma-mapping.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/suspend.h>

#include "update.h"

static struct fwup *fwup;

/*
 * An ordinary restart is what an armed image waits for. kexec is announced as
 * one too, but the kernel it starts would use the image's memory for itself; its
 * message is the only thing that tells them apart (kernel_kexec()).
 */
static int fwup_reboot(struct notifier_block *nb, unsigned long event, void *message)
{
	if (event != SYS_RESTART)
		return NOTIFY_DONE;
	mutex_lock(&fwup->lock);
	if (message && !strcmp(message, "kexec reboot"))
		fwup_close(fwup);
	fwup_before_reset(fwup);
	mutex_unlock(&fwup->lock);
	return NOTIFY_OK;
}

/* After all others, who may read fw_cfg too. */
static struct notifier_block fwup_reboot_nb = {
	.notifier_call = fwup_reboot,
	.priority = INT_MIN,
};

static int fwup_sleep(struct notifier_block *nb, unsigned long event, void *unused)
{
	int ret = 0;

	mutex_lock(&fwup->lock);
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		ret = fwup_pause(fwup);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		fwup_resume(fwup);
		break;
	}
	mutex_unlock(&fwup->lock);
	return notifier_from_errno(ret);
}

static struct notifier_block fwup_sleep_nb = { .notifier_call = fwup_sleep };

static int fwup_open(struct fwup *fw)
{
	int ret;

	ret = fwcfg_open(&fw->cfg, fw->dev);
	if (ret)
		return ret;
	ret = fwup_detect(fw);
	if (ret)
		goto close;
	mutex_lock(&fw->lock);
	ret = fwup_adopt(fw);
	mutex_unlock(&fw->lock);
	if (ret)
		goto close;
	return 0;

close:
	fwcfg_close(&fw->cfg);
	return ret;
}

static void fwup_shut(struct fwup *fw)
{
	mutex_lock(&fw->lock);
	if (fw->backend->stop)
		fw->backend->stop(fw);
	mutex_unlock(&fw->lock);
	fwcfg_close(&fw->cfg);
}

static int __init fwup_init(void)
{
	const struct platform_device_info info = {
		.name = "vmfwupdate",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(32),
	};
	struct fwup *fw;
	int ret;

	fw = kzalloc(sizeof(*fw), GFP_KERNEL);
	if (!fw)
		return -ENOMEM;
	mutex_init(&fw->lock);
	fwup_image_init(&fw->image);

	fw->pdev = platform_device_register_full(&info);
	if (IS_ERR(fw->pdev)) {
		ret = PTR_ERR(fw->pdev);
		goto free;
	}
	fw->dev = &fw->pdev->dev;

	ret = fwup_open(fw);
	if (ret)
		goto unregister;
	fwup = fw;
	ret = register_reboot_notifier(&fwup_reboot_nb);
	if (ret)
		goto close;
	ret = register_pm_notifier(&fwup_sleep_nb);
	if (ret)
		goto unregister_reboot;
	ret = fwup_sysfs_add(fw);
	if (ret)
		goto unregister_pm;
	ret = fwup_cdev_add(fw);
	if (ret)
		goto remove_sysfs;
	ret = fwup_upload_add(fw);
	if (ret)
		goto remove_cdev;

	if (fw->state == FWUP_DISABLED)
		dev_info(fw->dev, "firmware updates by %s, disabled until the next reset\n",
			 fw->backend->name);
	else if (fw->limits.region || !fw->backend->copies)
		dev_info(fw->dev, "firmware updates by %s, BIOS region of %llu bytes, %s\n",
			 fw->backend->name, fw->limits.region,
			 fw->limits.resizable ? "can be resized" : "fixed");
	else
		dev_info(fw->dev, "firmware updates by %s, IGVM files\n", fw->backend->name);
	return 0;

remove_cdev:
	fwup_cdev_remove(fw);
remove_sysfs:
	fwup_sysfs_remove(fw);
unregister_pm:
	unregister_pm_notifier(&fwup_sleep_nb);
unregister_reboot:
	unregister_reboot_notifier(&fwup_reboot_nb);
close:
	fwup_shut(fw);
unregister:
	platform_device_unregister(fw->pdev);
free:
	mutex_destroy(&fw->lock);
	kfree(fw);
	return ret;
}

static void __exit fwup_exit(void)
{
	struct fwup *fw = fwup;

	fwup_upload_remove(fw);
	fwup_cdev_remove(fw);
	fwup_sysfs_remove(fw);
	unregister_pm_notifier(&fwup_sleep_nb);
	unregister_reboot_notifier(&fwup_reboot_nb);
	fwup_shut(fw);
	platform_device_unregister(fw->pdev);
	mutex_destroy(&fw->lock);
	kfree(fw);
}

module_init(fwup_init);
module_exit(fwup_exit);

static const struct acpi_device_id fwup_ids[] = {
	{ "QEMU0002" },
	{ }
};
MODULE_DEVICE_TABLE(acpi, fwup_ids);

MODULE_DESCRIPTION("Guest-driven firmware update over fw_cfg");
MODULE_AUTHOR("cvm-modules");
MODULE_LICENSE("GPL");
