// SPDX-License-Identifier: GPL-2.0-only
/*
 * An AMD Secure Processor that is announced by the ACPI table ASPT instead of
 * PCI, as in virtual machines that can host SNP guests.
 *
 * Finds the table, makes the processor's interrupt work and creates the
 * platform device "psp" for whoever drives its SEV mailbox. Knows nothing of
 * SEV itself.
 */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include <psp/platform_data.h>

#include "aspt.h"

#define ASPT_DEVICE	"aspt"

static bool force;
module_param(force, bool, 0444);
MODULE_PARM_DESC(force, "Use the ACPI interface although the processor is on PCI too");

/* Functions that the in-tree ccp drives: all that have a PSP on PCI. */
static const u16 aspt_pci_ids[] = {
	0x1134, 0x115a, 0x1456, 0x1486, 0x14ca, 0x156e, 0x15c7, 0x15df, 0x1649,
	0x17d8, 0x17e0,
};

/* Why probing failed: registering a device does not tell. */
static int aspt_probe_result;

static struct platform_device *aspt_device;

/*
 * The copy is what gets checked and used: the table itself lies in memory that
 * a hypervisor may write to at any time.
 */
static void *aspt_copy_table(size_t *size)
{
	struct acpi_table_header *header;
	acpi_status status;
	void *copy;
	u32 length;

	if (acpi_disabled) {
		pr_err("ACPI is off, no table ASPT\n");
		return ERR_PTR(-ENODEV);
	}
	status = acpi_get_table(ASPT_SIGNATURE, 1, &header);
	if (status == AE_NOT_FOUND) {
		pr_err("no ACPI table ASPT: this machine has no AMD Secure Processor there\n");
		return ERR_PTR(-ENODEV);
	}
	if (ACPI_FAILURE(status)) {
		pr_err("ACPI table ASPT: %s\n", acpi_format_exception(status));
		return ERR_PTR(-EIO);
	}
	length = READ_ONCE(header->length);
	if (length < sizeof(*header) || length > ASPT_TABLE_MAX) {
		pr_err("ASPT refused: length: %u is no length of such a table\n",
		       length);
		copy = ERR_PTR(-EINVAL);
	} else {
		copy = kmemdup(header, length, GFP_KERNEL);
		if (!copy)
			copy = ERR_PTR(-ENOMEM);
	}
	acpi_put_table(header);
	*size = length;
	return copy;
}

static int aspt_read_table(struct aspt_table *table)
{
	struct aspt_error error;
	size_t size;
	void *copy;
	int ret;

	copy = aspt_copy_table(&size);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	ret = aspt_table_parse(copy, size, table, &error, NULL);
	kfree(copy);
	if (ret) {
		pr_err("ASPT refused: %s (at offset %u)\n", error.text, error.offset);
		return ret;
	}
	if (table->openvmm)
		pr_notice("ASPT in OpenVMM's layout: 8-byte subtable count, lengths without headers\n");
	return 0;
}

/*
 * By the specification a PSP is used through one of its two interfaces: using
 * the ACPI one gives up its MSI.
 */
static bool aspt_is_on_pci(void)
{
	struct pci_dev *pci;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(aspt_pci_ids); i++) {
		pci = pci_get_device(PCI_VENDOR_ID_AMD, aspt_pci_ids[i], NULL);
		if (!pci)
			continue;
		if (force)
			pr_notice("the processor is on PCI too (%s, 1022:%04x), force=1 was given\n",
				  pci_name(pci), pci->device);
		else
			pr_err("the processor is on PCI too (%s, 1022:%04x): left to ccp, force=1 overrides\n",
			       pci_name(pci), pci->device);
		pci_dev_put(pci);
		return true;
	}
	return false;
}

static void aspt_remove_irq(void *irq)
{
	aspt_irq_destroy(irq);
}

static void aspt_remove_psp(void *psp)
{
	platform_device_unregister(psp);
}

static int aspt_add_psp(struct aspt *aspt)
{
	const struct aspt_table *t = &aspt->table;
	const struct psp_platform_data data = {
		.sev_cmd_resp_reg = t->reg[ASPT_REG_SEV_CMDRESP],
		.sev_cmd_buf_lo_reg = t->reg[ASPT_REG_SEV_BUFFER_LOW],
		.sev_cmd_buf_hi_reg = t->reg[ASPT_REG_SEV_BUFFER_HIGH],
		.feature_reg = t->reg[ASPT_REG_FEATURE],
		.irq_en_reg = t->reg[ASPT_REG_IRQ_ENABLE],
		.irq_st_reg = t->reg[ASPT_REG_IRQ_STATUS],
		.mbox_irq_id = t->mbox_irq_id,
		.acpi_cmd_resp_reg = t->reg[ASPT_REG_ACPI_CMDRESP],
	};
	const struct resource resources[] = {
		DEFINE_RES_MEM(t->base, t->size),
		DEFINE_RES_IRQ(aspt->irq.virq),
	};
	const struct platform_device_info info = {
		.parent = aspt->dev,
		.name = PSP_PLATFORM_DEVICE,
		.id = PLATFORM_DEVID_NONE,
		.res = resources,
		.num_res = ARRAY_SIZE(resources),
		.data = &data,
		.size_data = sizeof(data),
	};
	struct device *other;

	/* A kernel with the posted series has it already. */
	other = bus_find_device_by_name(&platform_bus_type, NULL,
					PSP_PLATFORM_DEVICE);
	if (other) {
		put_device(other);
		dev_err(aspt->dev, "the platform device psp exists already\n");
		return -EBUSY;
	}
	aspt->psp = platform_device_register_full(&info);
	if (IS_ERR(aspt->psp)) {
		dev_err(aspt->dev, "creating the platform device psp failed: %pe\n",
			aspt->psp);
		return PTR_ERR(aspt->psp);
	}
	return devm_add_action_or_reset(aspt->dev, aspt_remove_psp, aspt->psp);
}

static int aspt_setup(struct device *dev)
{
	const struct aspt_table *t = dev_get_platdata(dev);
	struct aspt *aspt;
	void __iomem *regs;
	int ret;

	aspt = devm_kzalloc(dev, sizeof(*aspt), GFP_KERNEL);
	if (!aspt)
		return -ENOMEM;
	aspt->dev = dev;
	aspt->table = *t;
	dev_set_drvdata(dev, aspt);

	/*
	 * Mapped, not claimed: the page belongs to the driver of "psp"; of the
	 * registers in it only the ACPI mailbox is used here.
	 */
	regs = devm_ioremap(dev, t->base, t->size);
	if (!regs)
		return -ENOMEM;
	if (readl(regs + t->reg[ASPT_REG_FEATURE]) == ~0U) {
		dev_err(dev, "no processor at 0x%llx: its feature register reads all ones\n",
			t->base);
		return -ENODEV;
	}

	aspt_mailbox_init(&aspt->mailbox, dev,
			  regs + t->reg[ASPT_REG_ACPI_CMDRESP]);
	/*
	 * A mailbox that fails here has said so in the log. The SEV mailbox
	 * may work nevertheless, its driver can do without the interrupt.
	 */
	aspt_mailbox_quiesce(&aspt->mailbox, t->mbox_irq_id);

	ret = aspt_irq_create(&aspt->irq, &aspt->mailbox, t->mbox_irq_id);
	if (ret) {
		dev_err(dev, "creating the interrupt failed: %pe\n", ERR_PTR(ret));
		return ret;
	}
	ret = devm_add_action_or_reset(dev, aspt_remove_irq, &aspt->irq);
	if (ret)
		return ret;

	dev_info(dev, "ASPT revision %u: registers at 0x%llx, mailbox %u is irq %u\n",
		 t->revision, t->base, t->mbox_irq_id, aspt->irq.virq);
	return aspt_add_psp(aspt);
}

static int aspt_probe(struct platform_device *pdev)
{
	aspt_probe_result = aspt_setup(&pdev->dev);
	return aspt_probe_result;
}

static void aspt_shutdown(struct platform_device *pdev)
{
	struct aspt *aspt = platform_get_drvdata(pdev);

	aspt_irq_suspend(&aspt->irq);
}

static int aspt_suspend_noirq(struct device *dev)
{
	struct aspt *aspt = dev_get_drvdata(dev);

	aspt_irq_suspend(&aspt->irq);
	return 0;
}

static int aspt_resume_noirq(struct device *dev)
{
	struct aspt *aspt = dev_get_drvdata(dev);

	aspt_irq_resume(&aspt->irq);
	return 0;
}

static const struct dev_pm_ops aspt_pm_ops = {
	NOIRQ_SYSTEM_SLEEP_PM_OPS(aspt_suspend_noirq, aspt_resume_noirq)
};

static struct platform_driver aspt_driver = {
	.probe = aspt_probe,
	.shutdown = aspt_shutdown,
	.driver = {
		.name = ASPT_DEVICE,
		.pm = pm_sleep_ptr(&aspt_pm_ops),
		.dev_groups = aspt_groups,
		/* The module is the device; and its init wants the result. */
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static int __init aspt_init(void)
{
	struct aspt_table table;
	struct platform_device_info info = {
		.name = ASPT_DEVICE,
		.id = PLATFORM_DEVID_NONE,
		.data = &table,
		.size_data = sizeof(table),
	};
	int ret;

	ret = aspt_read_table(&table);
	if (ret)
		return ret;
	if (aspt_is_on_pci() && !force)
		return -ENODEV;

	ret = platform_driver_register(&aspt_driver);
	if (ret)
		return ret;
	aspt_device = platform_device_register_full(&info);
	if (IS_ERR(aspt_device)) {
		ret = PTR_ERR(aspt_device);
		goto unregister_driver;
	}
	ret = aspt_probe_result;
	if (ret)
		goto unregister_device;
	return 0;

unregister_device:
	platform_device_unregister(aspt_device);
unregister_driver:
	platform_driver_unregister(&aspt_driver);
	return ret;
}

static void __exit aspt_exit(void)
{
	platform_device_unregister(aspt_device);
	platform_driver_unregister(&aspt_driver);
}

module_init(aspt_init);
module_exit(aspt_exit);

MODULE_DESCRIPTION("AMD Secure Processor announced by the ACPI table ASPT");
MODULE_LICENSE("GPL");
