// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the platform device "psp". Documented in
 * Documentation/ABI/sysfs-devices-psp. Reading sends no command: states are
 * those that the driver saw last.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "psp_sev.h"

#define PSP_SEV_ATTR(_name, _format, ...)				\
static ssize_t _name##_show(struct device *dev,				\
			    struct device_attribute *attr, char *buf)	\
{									\
	struct psp_sev *sev = dev_get_drvdata(dev);			\
									\
	return sysfs_emit(buf, _format "\n", __VA_ARGS__);		\
}									\
static DEVICE_ATTR_RO(_name)

PSP_SEV_ATTR(api_version, "%u.%u", READ_ONCE(sev->api_major),
	     READ_ONCE(sev->api_minor));
PSP_SEV_ATTR(build, "%u", READ_ONCE(sev->build));
PSP_SEV_ATTR(platform_state, "%s", psp_fw_state_name(READ_ONCE(sev->state)));
PSP_SEV_ATTR(commands, "%llu", READ_ONCE(sev->count.commands));
PSP_SEV_ATTR(errors, "%llu", READ_ONCE(sev->count.errors));
PSP_SEV_ATTR(timeouts, "%llu", READ_ONCE(sev->count.timeouts));
PSP_SEV_ATTR(late_answers, "%llu", READ_ONCE(sev->count.late));
PSP_SEV_ATTR(interrupts, "%llu", READ_ONCE(sev->count.interrupts));
PSP_SEV_ATTR(lost_interrupts, "%llu", READ_ONCE(sev->count.lost));
PSP_SEV_ATTR(spurious_interrupts, "%llu", READ_ONCE(sev->count.spurious));

static ssize_t snp_state_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	u8 state = READ_ONCE(sev->snp_state);

	return sysfs_emit(buf, "%s\n", state == 0 ? "uninitialized" :
				       state == 1 ? "initialized" : "unknown");
}
static DEVICE_ATTR_RO(snp_state);

static ssize_t last_error_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	u16 command = READ_ONCE(sev->last_command);
	u16 status = READ_ONCE(sev->last_status);

	if (!command)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s 0x%02x %s\n", psp_fw_command_name(command),
			  status, psp_fw_status_name(status));
}
static DEVICE_ATTR_RO(last_error);

static ssize_t pending_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	unsigned int id = READ_ONCE(sev->pending);

	return sysfs_emit(buf, "%s\n", id ? psp_fw_command_name(id) : "none");
}
static DEVICE_ATTR_RO(pending);

static ssize_t poll_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct psp_sev *sev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(sev->poll));
}

static ssize_t poll_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	bool poll;
	int ret;

	ret = kstrtobool(buf, &poll);
	if (ret)
		return ret;
	if (!poll && !sev->irq)
		return -ENXIO;
	if (mutex_lock_killable(&sev->lock))
		return -EINTR;
	sev->poll = poll;
	mutex_unlock(&sev->lock);
	return count;
}
static DEVICE_ATTR_RW(poll);

static ssize_t recover_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	struct psp_sev *sev = dev_get_drvdata(dev);
	struct psp_sev_call call;
	bool recover;
	int ret;

	ret = kstrtobool(buf, &recover);
	if (ret)
		return ret;
	if (!recover)
		return -EINVAL;
	if (mutex_lock_killable(&sev->lock))
		return -EINTR;
	psp_sev_call_begin(&call, sev);
	call.killable = true;
	ret = psp_sev_recover(&call);
	ret = psp_sev_call_end(&call, ret);
	mutex_unlock(&sev->lock);
	return ret ?: count;
}
static DEVICE_ATTR_WO(recover);

static struct attribute *psp_sev_attrs[] = {
	&dev_attr_api_version.attr,
	&dev_attr_build.attr,
	&dev_attr_platform_state.attr,
	&dev_attr_snp_state.attr,
	&dev_attr_commands.attr,
	&dev_attr_errors.attr,
	&dev_attr_timeouts.attr,
	&dev_attr_late_answers.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_lost_interrupts.attr,
	&dev_attr_spurious_interrupts.attr,
	&dev_attr_last_error.attr,
	&dev_attr_pending.attr,
	&dev_attr_poll.attr,
	&dev_attr_recover.attr,
	NULL
};

static const struct attribute_group psp_sev_group = {
	.attrs = psp_sev_attrs,
};

const struct attribute_group *psp_sev_groups[] = {
	&psp_sev_group,
	NULL
};
