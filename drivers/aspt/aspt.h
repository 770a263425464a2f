/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of aspt share.
 */
#ifndef ASPT_H
#define ASPT_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "table.h"

struct device;
struct fwnode_handle;
struct irq_domain;
struct platform_device;

/**
 * struct aspt_mailbox - the CmdResp register and what became of it
 * @dev: for messages
 * @cmdresp: the register
 * @lock: one exchange at a time; raw, as callers hold an irq descriptor's lock
 * @late: a command timed out and its answer has not been seen since
 * @retry_ns: when to stop waiting for that answer, by local_clock()
 * @commands: commands written
 * @errors: commands answered with a status other than success
 * @timeouts: commands not answered in time
 */
struct aspt_mailbox {
	struct device *dev;
	void __iomem *cmdresp;
	raw_spinlock_t lock;
	bool late;
	u64 retry_ns;
	u64 commands;
	u64 errors;
	u64 timeouts;
};

/**
 * struct aspt_irq - the interrupt of the SEV mailbox
 * @mailbox: what programs it
 * @fwnode: names the domain
 * @domain: child of the vector domain, one hwirq a mailbox id
 * @virq: Linux number
 * @id: mailbox id, the hwirq
 * @active: somebody has requested the interrupt
 * @enabled: the source is switched on
 * @programmed: the PSP has @apic_id and @vector
 * @apic_id: where it sends the interrupt
 * @vector: as which vector
 * @interrupts: how many came
 * @retargets: how often it was sent elsewhere while in use
 *
 * From @active on everything is protected by the irq descriptor's lock, which
 * the interrupt core holds around the callbacks of domain and chip. Counters
 * are read without it.
 */
struct aspt_irq {
	struct aspt_mailbox *mailbox;
	struct fwnode_handle *fwnode;
	struct irq_domain *domain;
	unsigned int virq;
	u8 id;
	bool active;
	bool enabled;
	bool programmed;
	u32 apic_id;
	u32 vector;
	u64 interrupts;
	u64 retargets;
};

/**
 * struct aspt - the device
 * @dev: platform device "aspt"
 * @table: what the ACPI table says
 * @mailbox: the ACPI mailbox
 * @irq: the SEV mailbox's interrupt
 * @psp: platform device "psp", a child of @dev
 */
struct aspt {
	struct device *dev;
	struct aspt_table table;
	struct aspt_mailbox mailbox;
	struct aspt_irq irq;
	struct platform_device *psp;
};

extern const struct attribute_group *aspt_groups[];

void aspt_mailbox_init(struct aspt_mailbox *mailbox, struct device *dev,
		       void __iomem *cmdresp);
int aspt_mailbox_exchange(struct aspt_mailbox *mailbox, unsigned int command,
			  u16 data);
int aspt_mailbox_quiesce(struct aspt_mailbox *mailbox, u8 id);
void aspt_mailbox_reset(struct aspt_mailbox *mailbox);

int aspt_irq_create(struct aspt_irq *irq, struct aspt_mailbox *mailbox, u8 id);
void aspt_irq_destroy(struct aspt_irq *irq);
void aspt_irq_suspend(struct aspt_irq *irq);
void aspt_irq_resume(struct aspt_irq *irq);

#endif
