// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ACPI mailbox of the AMD Secure Processor: write a command, wait for bit
 * 31 of the same register, look at the status.
 *
 * All of it runs with interrupts off: who moves an interrupt holds its
 * descriptor's lock. So the wait is bounded tightly, and a mailbox that does
 * not answer costs its time-out at most once a second.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/sched/clock.h>

#include "aspt.h"
#include "cmdresp.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The posted Linux code's figures; no document gives any. */
#define POLL_US		2
#define TIMEOUT_MS	10

/* How long an answer that is overdue keeps the mailbox closed. */
#define RETRY_NS	NSEC_PER_SEC

/**
 * aspt_mailbox_init - prepare a mailbox
 * @mailbox: the mailbox
 * @dev: for messages
 * @cmdresp: its register
 */
void aspt_mailbox_init(struct aspt_mailbox *mailbox, struct device *dev,
		       void __iomem *cmdresp)
{
	mailbox->dev = dev;
	mailbox->cmdresp = cmdresp;
	raw_spin_lock_init(&mailbox->lock);
}

/*
 * There is one register for all commands, so the answer to an earlier one that
 * was given up must not be taken for the answer to the next: the mailbox stays
 * closed until it has come, or for so long that it can be counted as lost.
 */
static bool mailbox_closed(struct aspt_mailbox *m)
{
	u32 response;

	lockdep_assert_held(&m->lock);

	if (!m->late)
		return false;
	response = readl(m->cmdresp);
	if (!(response & CMDRESP_READY) && local_clock() < m->retry_ns)
		return true;
	m->late = false;
	return false;
}

/* Returns the status, or a negative error number. */
static int mailbox_transfer(struct aspt_mailbox *m, unsigned int command,
			    u16 data)
{
	u32 response = 0;
	u64 start, passed;
	int ret;

	lockdep_assert_held(&m->lock);

	if (mailbox_closed(m))
		return -EBUSY;
	m->commands++;
	start = local_clock();
	writel(cmdresp_command(command, data), m->cmdresp);
	for (;;) {
		/*
		 * The clock first: however long this processor stood still
		 * since, the register is looked at once more.
		 */
		passed = local_clock() - start;
		response = readl(m->cmdresp);
		if (response & CMDRESP_READY || passed > TIMEOUT_MS * NSEC_PER_MSEC)
			break;
		udelay(POLL_US);
	}

	if (!(response & CMDRESP_READY)) {
		m->timeouts++;
		m->late = true;
		m->retry_ns = local_clock() + RETRY_NS;
		ret = -ETIMEDOUT;
	} else if (response == ~0U) {
		/* Nobody there any more: reads of nothing are all ones. */
		m->errors++;
		ret = -ENODEV;
	} else {
		ret = cmdresp_status(response);
		if (ret)
			m->errors++;
	}
	trace_aspt_cmdresp(command, data, response, ret, local_clock() - start);
	return ret;
}

static int mailbox_command(struct aspt_mailbox *m, unsigned int command,
			   u16 data)
{
	unsigned long flags;
	int ret;

	raw_spin_lock_irqsave(&m->lock, flags);
	ret = mailbox_transfer(m, command, data);
	raw_spin_unlock_irqrestore(&m->lock, flags);
	return ret;
}

static int mailbox_report(struct aspt_mailbox *m, unsigned int command,
			  u16 data, int ret)
{
	const char *name = cmdresp_command_name(command);

	switch (ret) {
	case CMDRESP_SUCCESS:
		return 0;
	case -EBUSY:
		/* The command that closed the mailbox has been reported. */
		return -EBUSY;
	case -ETIMEDOUT:
		dev_err_ratelimited(m->dev, "CmdResp %s (0x%02x, data 0x%04x): no answer within %u ms\n",
				    name, command, data, TIMEOUT_MS);
		return ret;
	case -ENODEV:
		dev_err_ratelimited(m->dev, "CmdResp %s (0x%02x, data 0x%04x): the register reads all ones\n",
				    name, command, data);
		return ret;
	default:
		dev_err_ratelimited(m->dev, "CmdResp %s (0x%02x, data 0x%04x): %s (status 0x%02x)\n",
				    name, command, data,
				    cmdresp_status_name(ret), ret);
		return -EIO;
	}
}

/**
 * aspt_mailbox_exchange - have a command carried out
 * @mailbox: the mailbox
 * @command: &enum cmdresp_command
 * @data: its 16 bits
 *
 * An error is counted and logged here, once; callers only pass it on.
 *
 * Context: any, interrupts may be off. Busy for up to 10 ms.
 *
 * Return: 0; -EIO for a status other than success; -ETIMEDOUT for no answer;
 * -EBUSY while an answer is overdue; -ENODEV when the register reads all ones.
 */
int aspt_mailbox_exchange(struct aspt_mailbox *mailbox, unsigned int command,
			  u16 data)
{
	return mailbox_report(mailbox, command, data,
			      mailbox_command(mailbox, command, data));
}

/**
 * aspt_mailbox_quiesce - switch an interrupt off that an earlier kernel left on
 * @mailbox: the mailbox
 * @id: mailbox id
 *
 * An earlier kernel may have ended by kexec or in a crash. Firmware that has
 * never been given a target refuses IRQ_EN, which is just what is wanted.
 *
 * Return: as aspt_mailbox_exchange().
 */
int aspt_mailbox_quiesce(struct aspt_mailbox *mailbox, u8 id)
{
	u16 data = cmdresp_irq_en(false, id);
	unsigned long flags;
	int ret;

	raw_spin_lock_irqsave(&mailbox->lock, flags);
	ret = mailbox_transfer(mailbox, CMDRESP_IRQ_EN, data);
	if (ret == CMDRESP_BAD_STATE) {
		mailbox->errors--;
		ret = CMDRESP_SUCCESS;
	}
	raw_spin_unlock_irqrestore(&mailbox->lock, flags);
	return mailbox_report(mailbox, CMDRESP_IRQ_EN, data, ret);
}

/**
 * aspt_mailbox_reset - forget what the mailbox owes
 * @mailbox: the mailbox
 *
 * For resume: the processor was without power, no answer is coming.
 */
void aspt_mailbox_reset(struct aspt_mailbox *mailbox)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&mailbox->lock, flags);
	mailbox->late = false;
	raw_spin_unlock_irqrestore(&mailbox->lock, flags);
}
