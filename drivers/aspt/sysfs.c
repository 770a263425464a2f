// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the platform device "aspt". Documented in
 * Documentation/ABI/sysfs-devices-aspt.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "aspt.h"

#define ASPT_ATTR(_name, _format, _value)				\
static ssize_t _name##_show(struct device *dev,				\
			    struct device_attribute *attr, char *buf)	\
{									\
	struct aspt *aspt = dev_get_drvdata(dev);			\
									\
	return sysfs_emit(buf, _format "\n", _value);			\
}									\
static DEVICE_ATTR_RO(_name)

ASPT_ATTR(revision, "%u", aspt->table.revision);
ASPT_ATTR(layout, "%s", aspt->table.openvmm ? "openvmm" : "standard");
ASPT_ATTR(register_base, "0x%llx", aspt->table.base);
ASPT_ATTR(register_size, "%u", aspt->table.size);
ASPT_ATTR(mailbox_id, "%u", aspt->irq.id);
ASPT_ATTR(irq, "%u", aspt->irq.virq);
ASPT_ATTR(enabled, "%u", READ_ONCE(aspt->irq.enabled));
ASPT_ATTR(interrupts, "%llu", READ_ONCE(aspt->irq.interrupts));
ASPT_ATTR(retargets, "%llu", READ_ONCE(aspt->irq.retargets));
ASPT_ATTR(cmdresp_commands, "%llu", READ_ONCE(aspt->mailbox.commands));
ASPT_ATTR(cmdresp_errors, "%llu", READ_ONCE(aspt->mailbox.errors));
ASPT_ATTR(cmdresp_timeouts, "%llu", READ_ONCE(aspt->mailbox.timeouts));

static struct attribute *aspt_attrs[] = {
	&dev_attr_revision.attr,
	&dev_attr_layout.attr,
	&dev_attr_register_base.attr,
	&dev_attr_register_size.attr,
	&dev_attr_mailbox_id.attr,
	&dev_attr_irq.attr,
	&dev_attr_enabled.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_retargets.attr,
	&dev_attr_cmdresp_commands.attr,
	&dev_attr_cmdresp_errors.attr,
	&dev_attr_cmdresp_timeouts.attr,
	NULL
};

static const struct attribute_group aspt_group = {
	.attrs = aspt_attrs,
};

/* The attributes in registers/ are named as aspt_register_key() does. */
struct aspt_register_attribute {
	struct device_attribute attr;
	enum aspt_register reg;
};

static ssize_t register_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct aspt_register_attribute *a =
		container_of(attr, struct aspt_register_attribute, attr);
	struct aspt *aspt = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%x\n", aspt->table.reg[a->reg]);
}

#define ASPT_REGISTER(_name, _reg)					\
static struct aspt_register_attribute register_##_name = {		\
	.attr = __ATTR(_name, 0444, register_show, NULL),		\
	.reg = _reg,							\
}

ASPT_REGISTER(feature, ASPT_REG_FEATURE);
ASPT_REGISTER(interrupt_enable, ASPT_REG_IRQ_ENABLE);
ASPT_REGISTER(interrupt_status, ASPT_REG_IRQ_STATUS);
ASPT_REGISTER(sev_cmdresp, ASPT_REG_SEV_CMDRESP);
ASPT_REGISTER(sev_buffer_low, ASPT_REG_SEV_BUFFER_LOW);
ASPT_REGISTER(sev_buffer_high, ASPT_REG_SEV_BUFFER_HIGH);
ASPT_REGISTER(acpi_cmdresp, ASPT_REG_ACPI_CMDRESP);
ASPT_REGISTER(tee_cmdresp, ASPT_REG_TEE_CMDRESP);
ASPT_REGISTER(tee_buffer_low, ASPT_REG_TEE_BUFFER_LOW);
ASPT_REGISTER(tee_buffer_high, ASPT_REG_TEE_BUFFER_HIGH);

static struct attribute *aspt_register_attrs[] = {
	&register_feature.attr.attr,
	&register_interrupt_enable.attr.attr,
	&register_interrupt_status.attr.attr,
	&register_sev_cmdresp.attr.attr,
	&register_sev_buffer_low.attr.attr,
	&register_sev_buffer_high.attr.attr,
	&register_acpi_cmdresp.attr.attr,
	&register_tee_cmdresp.attr.attr,
	&register_tee_buffer_low.attr.attr,
	&register_tee_buffer_high.attr.attr,
	NULL
};

static umode_t aspt_register_visible(struct kobject *kobj,
				     struct attribute *attr, int index)
{
	struct aspt *aspt = dev_get_drvdata(kobj_to_dev(kobj));
	struct aspt_register_attribute *a =
		container_of(attr, struct aspt_register_attribute, attr.attr);

	return aspt->table.regs & BIT(a->reg) ? attr->mode : 0;
}

static const struct attribute_group aspt_register_group = {
	.name = "registers",
	.attrs = aspt_register_attrs,
	.is_visible = aspt_register_visible,
};

const struct attribute_group *aspt_groups[] = {
	&aspt_group,
	&aspt_register_group,
	NULL
};
