// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for the platform device "psp": the SEV mailbox of an AMD Secure
 * Processor whose registers and interrupt somebody else has found.
 */
#include <linux/cpufeature.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>

#include "platform_data.h"
#include "psp_sev.h"

static bool poll;
module_param(poll, bool, 0444);
MODULE_PARM_DESC(poll, "Look for answers instead of waiting for the interrupt");

/* Seconds for the last command of a device that goes away. */
#define STOP_TIMEOUT	5

/* Feature register: there is an SEV mailbox. */
#define FEATURE_SEV	BIT(0)

/*
 * There is one device: that is what the interfaces to user space and to KVM
 * assume, which take none as an argument. Held for reading by everybody who
 * uses it, for writing to exchange it.
 */
DECLARE_RWSEM(psp_sev_life);
static struct psp_sev *psp_sev_device;

/**
 * psp_sev_get_locked - the device
 *
 * Context: psp_sev_life is held, for as long as the device is used.
 *
 * Return: the device, or NULL.
 */
struct psp_sev *psp_sev_get_locked(void)
{
	lockdep_assert_held(&psp_sev_life);

	return psp_sev_device;
}

static int psp_sev_publish(struct psp_sev *sev)
{
	int ret = 0;

	down_write(&psp_sev_life);
	if (psp_sev_device)
		ret = -EBUSY;
	else
		psp_sev_device = sev;
	up_write(&psp_sev_life);
	return ret;
}

/* Nobody uses the device when this returns; nobody could stop it by waiting. */
static void psp_sev_unpublish(struct psp_sev *sev)
{
	WRITE_ONCE(sev->gone, true);
	rcuwait_wake_up(&sev->wait);
	down_write(&psp_sev_life);
	if (psp_sev_device == sev)
		psp_sev_device = NULL;
	up_write(&psp_sev_life);
}

/* Leaves the firmware as a next driver expects it. */
static void psp_sev_quiesce(struct psp_sev *sev)
{
	struct psp_sev_call call;

	mutex_lock(&sev->lock);
	sev->gone = false;
	psp_sev_call_begin(&call, sev);
	sev->limit = STOP_TIMEOUT;
	psp_sev_call_end(&call, psp_sev_shutdown_all(&call));
	sev->gone = true;
	mutex_unlock(&sev->lock);
	psp_sev_irq_off(sev);
}

static void psp_sev_release(void *data)
{
	struct psp_sev *sev = data;
	bool busy = sev->pending || sev->stale || sev->nv_lent ||
		    sev->state != PSP_SEV_STATE_UNINIT;

	psp_sev_nv_free(sev, busy);
	if (sev->pending)
		psp_sev_abandon(sev);
	if (sev->tmr)
		dev_warn(sev->dev, "the platform could not be shut down, the trusted memory region is left to it\n");
	psp_sev_free_spare(sev);
	if (!sev->buffer_lent)
		free_page((unsigned long)sev->buffer);
	free_page((unsigned long)sev->reclaim);
}

static void psp_sev_stop(void *data)
{
	struct psp_sev *sev = data;

	psp_sev_cdev_remove();
	psp_sev_panic_remove(sev);
	psp_sev_unpublish(sev);
	psp_sev_quiesce(sev);
}

/* The offsets are whoever created the device's word only. */
static int psp_sev_check_offsets(struct psp_sev *sev,
				 const struct psp_platform_data *data,
				 const struct resource *resource)
{
	const unsigned int offsets[] = {
		data->feature_reg, data->irq_en_reg, data->irq_st_reg,
		data->sev_cmd_resp_reg, data->sev_cmd_buf_lo_reg,
		data->sev_cmd_buf_hi_reg,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		if (offsets[i] % 4 == 0 &&
		    offsets[i] + 4ULL <= resource_size(resource))
			continue;
		dev_err(sev->dev, "register offset 0x%x is outside %pr or not aligned\n",
			offsets[i], resource);
		return -EINVAL;
	}
	return 0;
}

static int psp_sev_map(struct psp_sev *sev, struct platform_device *pdev)
{
	const struct psp_platform_data *data = dev_get_platdata(sev->dev);
	struct resource *resource;
	void __iomem *regs;
	u32 feature;
	int ret;

	if (!data) {
		dev_err(sev->dev, "no platform data that says where the registers are\n");
		return -EINVAL;
	}
	regs = devm_platform_get_and_ioremap_resource(pdev, 0, &resource);
	if (IS_ERR(regs))
		return PTR_ERR(regs);
	ret = psp_sev_check_offsets(sev, data, resource);
	if (ret)
		return ret;
	feature = readl(regs + data->feature_reg);
	if (feature == ~0U) {
		dev_err(sev->dev, "no processor at %pr: its feature register reads all ones\n",
			resource);
		return -ENODEV;
	}
	if (!(feature & FEATURE_SEV)) {
		dev_err(sev->dev, "the processor has no SEV mailbox (features 0x%08x)\n",
			feature);
		return -ENODEV;
	}
	sev->cmdresp = regs + data->sev_cmd_resp_reg;
	sev->buffer_low = regs + data->sev_cmd_buf_lo_reg;
	sev->buffer_high = regs + data->sev_cmd_buf_hi_reg;
	sev->irq_enable = regs + data->irq_en_reg;
	sev->irq_status = regs + data->irq_st_reg;
	return 0;
}

/* Without its interrupt the processor works too, only slower. */
static int psp_sev_request_irq(struct psp_sev *sev, struct platform_device *pdev)
{
	int irq, ret;

	psp_sev_irq_off(sev);
	if (poll) {
		dev_info(sev->dev, "polling, as asked for\n");
		sev->poll = true;
		return 0;
	}
	irq = platform_get_irq(pdev, 0);
	if (irq == -EPROBE_DEFER)
		return irq;
	ret = irq;
	if (irq > 0)
		ret = devm_request_irq(sev->dev, irq, psp_sev_irq, 0, PSP_SEV_NAME,
				       sev);
	if (ret < 0) {
		dev_warn(sev->dev, "no interrupt (%pe), polling instead\n",
			 ERR_PTR(ret));
		sev->poll = true;
		return 0;
	}
	sev->irq = irq;
	psp_sev_irq_on(sev);
	return 0;
}

/*
 * An earlier kernel may have left SNP initialized: then the firmware refuses to
 * answer into memory that is not lent to it.
 */
static bool psp_sev_snp_was_live(struct psp_sev *sev, int ret, u32 status)
{
	if (ret != -EIO || status != PSP_SEV_INVALID_PAGE_STATE || !psp_sev_snp_host())
		return false;
	dev_notice(sev->dev, "SNP is initialized, from before\n");
	sev->snp_live = true;
	sev->snp_state = 1;
	return true;
}

/*
 * A firmware that does not answer is no reason to go away: it may answer
 * later, or recover.
 */
static void psp_sev_greet(struct psp_sev *sev)
{
	struct psp_sev_status data;
	struct psp_sev_call call;
	u32 status = 0;
	int ret;

	mutex_lock(&sev->lock);
	psp_sev_call_begin(&call, sev);
	psp_sev_inherit(&call);
	ret = psp_sev_platform_status(&call, &data, &status);
	if (psp_sev_snp_was_live(sev, ret, status))
		ret = psp_sev_platform_status(&call, &data, &status);
	if (!ret)
		dev_info(sev->dev, "SEV API %u.%u build %u, %s\n", data.api_major,
			 data.api_minor, data.build, psp_fw_state_name(data.state));
	else
		dev_warn(sev->dev, "the firmware did not tell its version\n");
	psp_sev_call_end(&call, ret);
	mutex_unlock(&sev->lock);
}

static int psp_sev_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct psp_sev *sev;
	int ret;

	sev = devm_kzalloc(dev, sizeof(*sev), GFP_KERNEL);
	if (!sev)
		return -ENOMEM;
	sev->dev = dev;
	sev->stale = true;
	sev->snp_state = PSP_SEV_SNP_UNKNOWN;
	mutex_init(&sev->lock);
	spin_lock_init(&sev->irq_lock);
	rcuwait_init(&sev->wait);
	INIT_LIST_HEAD(&sev->leftovers);
	platform_set_drvdata(pdev, sev);

	ret = psp_sev_map(sev, pdev);
	if (ret)
		return ret;
	if (!boot_cpu_has(X86_FEATURE_SEV))
		dev_notice(dev, "this processor reports no SEV: no guest can use it\n");

	sev->buffer = (void *)get_zeroed_page(GFP_KERNEL);
	if (!sev->buffer)
		return -ENOMEM;
	ret = devm_add_action_or_reset(dev, psp_sev_release, sev);
	if (ret)
		return ret;
	if (psp_sev_snp_host()) {
		sev->reclaim = (void *)get_zeroed_page(GFP_KERNEL);
		if (!sev->reclaim)
			return -ENOMEM;
	}
	ret = psp_sev_request_irq(sev, pdev);
	if (ret)
		return ret;
	psp_sev_greet(sev);

	ret = psp_sev_publish(sev);
	if (ret) {
		dev_err(dev, "there is a device already, and there can be one only\n");
		psp_sev_irq_off(sev);
		return ret;
	}
	ret = psp_sev_cdev_add();
	if (ret) {
		dev_err(dev, "creating " PSP_SEV_DEVICE " failed: %pe\n", ERR_PTR(ret));
		psp_sev_unpublish(sev);
		psp_sev_irq_off(sev);
		return ret;
	}
	psp_sev_panic_add(sev);
	return devm_add_action_or_reset(dev, psp_sev_stop, sev);
}

static void psp_sev_shutdown_device(struct platform_device *pdev)
{
	struct psp_sev *sev = platform_get_drvdata(pdev);

	psp_sev_unpublish(sev);
	psp_sev_quiesce(sev);
}

/*
 * User space stands still; a command that its process left behind is waited
 * for, as the processor must not lose power over it.
 */
static int psp_sev_suspend(struct device *dev)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	struct psp_sev_call call;
	int ret;

	mutex_lock(&sev->lock);
	if (sev->snp_live) {
		dev_err(dev, "not while SNP is initialized: nobody would bring back whose page is whose\n");
		mutex_unlock(&sev->lock);
		return -EBUSY;
	}
	psp_sev_call_begin(&call, sev);
	sev->limit = STOP_TIMEOUT;
	ret = psp_sev_refresh(&call);
	psp_sev_call_end(&call, ret);
	if (ret)
		dev_warn(dev, "suspending without an answer from the firmware (%pe)\n",
			 ERR_PTR(ret));
	psp_sev_irq_off(sev);
	sev->stale = true;
	mutex_unlock(&sev->lock);
	return 0;
}

static int psp_sev_resume(struct device *dev)
{
	struct psp_sev *sev = dev_get_drvdata(dev);

	if (sev->irq)
		psp_sev_irq_on(sev);
	return 0;
}

static const struct dev_pm_ops psp_sev_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(psp_sev_suspend, psp_sev_resume)
};

static struct platform_driver psp_sev_driver = {
	.probe = psp_sev_probe,
	.shutdown = psp_sev_shutdown_device,
	.driver = {
		.name = PSP_PLATFORM_DEVICE,
		.pm = pm_sleep_ptr(&psp_sev_pm_ops),
		.dev_groups = psp_sev_groups,
	},
};
module_platform_driver(psp_sev_driver);

MODULE_ALIAS("platform:" PSP_PLATFORM_DEVICE);
MODULE_DESCRIPTION("SEV mailbox of an AMD Secure Processor on the platform bus");
MODULE_LICENSE("GPL");
