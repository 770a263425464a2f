// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt of the SEV mailbox.
 *
 * Announced by ACPI the AMD Secure Processor has no PCI requester id, so
 * interrupt remapping has no entry for it: its firmware writes to the local
 * APIC itself, from an APIC id and a vector that it is told through the ACPI
 * mailbox. Hence a domain of its own, hierarchical, directly below the vector
 * domain. An MSI domain would not fit: the APIC id has 32 bits and there is no
 * message.
 *
 * PART1, PART2 and PART3 name the target; PART3 comes last and presumably
 * commits. IRQ_EN switches the source.
 *
 * - The target is programmed when the interrupt is activated, which request_irq
 *   does, and again whenever the vector domain has chosen another.
 * - The source is on from startup to shutdown: while somebody has it requested.
 * - Masking leaves the source alone. Nothing is known about completions that
 *   occur while it is off; software masking of an edge remembers them. Moving an
 *   interrupt masks it, and a command may complete meanwhile.
 * - Moving is deferred to the next interrupt, when no command is under way
 *   (its completion has just been signalled and the next one not yet sent).
 *   Should the three parts not be atomic together, nothing is sent to half a
 *   target. Only a processor that goes offline cannot wait for that.
 */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>

#include <asm/apic.h>
#include <asm/hw_irq.h>
#include <asm/irqdomain.h>

#include "aspt.h"
#include "cmdresp.h"
#include "trace.h"

#define ASPT_DOMAIN	"ASPT"

static int aspt_irq_send_target(struct aspt_irq *irq, u32 apic_id, u32 vector)
{
	u16 part3 = cmdresp_part3(vector, apic->dest_mode_logical, irq->id);
	int ret;

	ret = aspt_mailbox_exchange(irq->mailbox, CMDRESP_PART1,
				    cmdresp_part1(apic_id));
	if (ret)
		return ret;
	ret = aspt_mailbox_exchange(irq->mailbox, CMDRESP_PART2,
				    cmdresp_part2(apic_id));
	if (ret)
		return ret;
	return aspt_mailbox_exchange(irq->mailbox, CMDRESP_PART3, part3);
}

/* Tells the PSP what the vector domain has chosen, unless it knows. */
static int aspt_irq_program(struct aspt_irq *irq, struct irq_data *data)
{
	struct irq_cfg *cfg = irqd_cfg(data);
	int ret;

	if (irq->programmed && irq->apic_id == cfg->dest_apicid &&
	    irq->vector == cfg->vector)
		return 0;
	irq->programmed = false;
	ret = aspt_irq_send_target(irq, cfg->dest_apicid, cfg->vector);
	trace_aspt_target(data->irq, cfg->dest_apicid, cfg->vector, ret);
	if (ret)
		return ret;
	irq->apic_id = cfg->dest_apicid;
	irq->vector = cfg->vector;
	irq->programmed = true;
	return 0;
}

static int aspt_irq_enable(struct aspt_irq *irq, bool enable)
{
	return aspt_mailbox_exchange(irq->mailbox, CMDRESP_IRQ_EN,
				     cmdresp_irq_en(enable, irq->id));
}

/*
 * A failure is not for the caller to see: the core ignores what startup
 * returns. It is in the log, and the user of the interrupt notices that none
 * comes.
 */
static unsigned int aspt_chip_startup(struct irq_data *data)
{
	struct aspt_irq *irq = irq_data_get_irq_chip_data(data);

	irq->enabled = !aspt_irq_enable(irq, true);
	return 0;
}

static void aspt_chip_shutdown(struct irq_data *data)
{
	struct aspt_irq *irq = irq_data_get_irq_chip_data(data);

	aspt_irq_enable(irq, false);
	irq->enabled = false;
}

static void aspt_chip_mask(struct irq_data *data)
{
}

static void aspt_chip_ack(struct irq_data *data)
{
	struct aspt_irq *irq = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(irq->interrupts, irq->interrupts + 1);
	irq_chip_ack_parent(data);
}

static int aspt_chip_set_affinity(struct irq_data *data,
				  const struct cpumask *mask, bool force)
{
	struct aspt_irq *irq = irq_data_get_irq_chip_data(data);
	u32 apic_id, vector;
	bool programmed;
	int ret, err;

	/*
	 * A move that the PSP refused has left the vector domain ahead of it,
	 * waiting for an interrupt at the new target and refusing further moves
	 * until then.
	 */
	if (irq->active) {
		ret = aspt_irq_program(irq, data);
		if (ret)
			return ret;
	}
	programmed = irq->programmed;
	apic_id = irq->apic_id;
	vector = irq->vector;

	ret = irq_chip_set_affinity_parent(data, mask, force);
	if (ret < 0 || ret == IRQ_SET_MASK_OK_DONE)
		return ret;
	err = aspt_irq_program(irq, data);
	if (err)
		return err;
	if (!programmed || apic_id != irq->apic_id || vector != irq->vector)
		WRITE_ONCE(irq->retargets, irq->retargets + 1);
	return ret;
}

static struct irq_chip aspt_chip = {
	.name			= ASPT_DOMAIN,
	.irq_startup		= aspt_chip_startup,
	.irq_shutdown		= aspt_chip_shutdown,
	.irq_mask		= aspt_chip_mask,
	.irq_unmask		= aspt_chip_mask,
	.irq_ack		= aspt_chip_ack,
	.irq_retrigger		= irq_chip_retrigger_hierarchy,
	.irq_set_affinity	= aspt_chip_set_affinity,
	.flags			= IRQCHIP_AFFINITY_PRE_STARTUP |
				  IRQCHIP_MOVE_DEFERRED,
};

static int aspt_domain_alloc(struct irq_domain *domain, unsigned int virq,
			     unsigned int count, void *arg)
{
	struct irq_alloc_info *info = arg;
	int ret;

	if (count != 1 || info->hwirq > ASPT_MBOX_IRQ_ID_MAX)
		return -EINVAL;
	ret = irq_domain_alloc_irqs_parent(domain, virq, count, arg);
	if (ret)
		return ret;
	irq_domain_set_info(domain, virq, info->hwirq, &aspt_chip,
			    domain->host_data, handle_edge_irq, NULL, "edge");
	return 0;
}

static void aspt_domain_free(struct irq_domain *domain, unsigned int virq,
			     unsigned int count)
{
	irq_set_handler(virq, NULL);
	irq_domain_free_irqs_common(domain, virq, count);
}

static int aspt_domain_activate(struct irq_domain *domain,
				struct irq_data *data, bool reserve)
{
	struct aspt_irq *irq = domain->host_data;
	int ret;

	/* A reservation has no vector yet. */
	if (reserve)
		return 0;
	ret = aspt_irq_program(irq, data);
	irq->active = !ret;
	return ret;
}

static void aspt_domain_deactivate(struct irq_domain *domain,
				   struct irq_data *data)
{
	struct aspt_irq *irq = domain->host_data;

	irq->active = false;
	irq->programmed = false;
}

static const struct irq_domain_ops aspt_domain_ops = {
	.alloc		= aspt_domain_alloc,
	.free		= aspt_domain_free,
	.activate	= aspt_domain_activate,
	.deactivate	= aspt_domain_deactivate,
};

/**
 * aspt_irq_create - make the interrupt of a mailbox
 * @irq: the interrupt
 * @mailbox: what programs it
 * @id: mailbox id
 *
 * Return: 0 with @irq->virq set, or a negative error number.
 */
int aspt_irq_create(struct aspt_irq *irq, struct aspt_mailbox *mailbox, u8 id)
{
	struct irq_alloc_info info = { .hwirq = id };
	int ret;

	irq->mailbox = mailbox;
	irq->id = id;
	irq->fwnode = irq_domain_alloc_named_fwnode(ASPT_DOMAIN);
	if (!irq->fwnode)
		return -ENOMEM;
	irq->domain = irq_domain_create_hierarchy(x86_vector_domain, 0,
						  ASPT_MBOX_IRQ_ID_MAX + 1,
						  irq->fwnode, &aspt_domain_ops,
						  irq);
	if (IS_ERR_OR_NULL(irq->domain)) {
		ret = irq->domain ? PTR_ERR(irq->domain) : -ENOMEM;
		goto free_fwnode;
	}
	ret = irq_domain_alloc_irqs(irq->domain, 1, NUMA_NO_NODE, &info);
	if (ret < 0)
		goto remove_domain;
	irq->virq = ret;
	return 0;

remove_domain:
	irq_domain_remove(irq->domain);
free_fwnode:
	irq_domain_free_fwnode(irq->fwnode);
	return ret;
}

/**
 * aspt_irq_destroy - the reverse of aspt_irq_create()
 * @irq: the interrupt, requested by nobody any more
 */
void aspt_irq_destroy(struct aspt_irq *irq)
{
	irq_dispose_mapping(irq->virq);
	irq_domain_remove(irq->domain);
	irq_domain_free_fwnode(irq->fwnode);
}

/**
 * aspt_irq_suspend - leave the source off
 * @irq: the interrupt
 *
 * For suspend and for shutdown.
 *
 * Context: device interrupts are off and the only user has suspended, so the
 * fields cannot change.
 */
void aspt_irq_suspend(struct aspt_irq *irq)
{
	if (irq->enabled)
		aspt_irq_enable(irq, false);
}

/**
 * aspt_irq_resume - tell the PSP again what it may have forgotten
 * @irq: the interrupt
 *
 * Context: as aspt_irq_suspend().
 */
void aspt_irq_resume(struct aspt_irq *irq)
{
	aspt_mailbox_reset(irq->mailbox);
	irq->programmed = false;
	if (irq->active &&
	    aspt_irq_program(irq, irq_domain_get_irq_data(irq->domain, irq->virq)))
		return;
	if (irq->enabled)
		aspt_irq_enable(irq, true);
}
