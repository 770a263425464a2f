// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SEV mailbox: one command at a time, from the write of its number to its
 * answer.
 *
 * The answer is announced by an interrupt. Everything that can go wrong with
 * that ends in one of these states:
 *
 * - The answer is there but its interrupt did not come: the answer is taken,
 *   and the register is looked at often until an interrupt comes again.
 * - No answer in time, or the waiting process was killed: the command is
 *   pending. The firmware may write to its memory at any time, so that memory
 *   is kept, and no other command is sent: one register holds command and
 *   answer, a late answer would be taken for the next command's.
 * - A pending command is answered: its memory is freed, work goes on.
 * - Somebody asks for recovery: the pending command's memory is given up for
 *   good, and the mailbox is tried anew.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mem_encrypt.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>

#include "psp_sev.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Names and defaults are those of ccp, whose options files carry over. */
static unsigned int psp_cmd_timeout = 100;
module_param(psp_cmd_timeout, uint, 0444);
MODULE_PARM_DESC(psp_cmd_timeout, "Seconds to wait for a command's answer (100)");

static unsigned int psp_probe_timeout = 5;
module_param(psp_probe_timeout, uint, 0444);
MODULE_PARM_DESC(psp_probe_timeout, "The same until the first answer has come (5)");

/* Command register: interrupt on completion. */
#define COMMAND_INTERRUPT	BIT(0)
/* Interrupt status: an SEV command is complete. */
#define INTERRUPT_SEV		BIT(1)

/* How often to look for an answer while no interrupt announces it. */
#define CHECK_JIFFIES		HZ
#define CHECK_LOST_JIFFIES	(HZ / 100 + 1)
/* An interrupt that is under way right now may take so long. */
#define GRACE_JIFFIES		(HZ / 50 + 1)

#define POLL_MIN_US		20
#define POLL_MAX_US		1000

/* How long a command may take at the moment, in seconds. */
static unsigned int psp_sev_timeout(const struct psp_sev *sev)
{
	unsigned int seconds = sev->limit;

	if (!seconds)
		seconds = sev->answered ? psp_cmd_timeout : psp_probe_timeout;
	return clamp(seconds, 1U, 3600U);
}

/**
 * psp_sev_address - what the firmware calls a piece of memory
 * @memory: in the kernel's direct mapping
 *
 * Return: its physical address, with the memory encryption bit where the
 * kernel's memory is encrypted.
 */
u64 psp_sev_address(const void *memory)
{
	return __sme_pa(memory);
}

/**
 * psp_sev_irq_on - let the processor raise interrupts
 * @sev: the device
 */
void psp_sev_irq_on(struct psp_sev *sev)
{
	writel(~0U, sev->irq_status);
	writel(~0U, sev->irq_enable);
}

/**
 * psp_sev_irq_off - stop it
 * @sev: the device
 */
void psp_sev_irq_off(struct psp_sev *sev)
{
	writel(0, sev->irq_enable);
	writel(~0U, sev->irq_status);
}

/* Returns whether there is an answer that nobody has taken before. */
static bool psp_sev_take_answer(struct psp_sev *sev)
{
	u32 response;

	lockdep_assert_held(&sev->irq_lock);

	if (sev->done)
		return false;
	response = readl(sev->cmdresp);
	if (!(response & PSP_SEV_RESPONSE_READY))
		return false;
	sev->response = response;
	/* Pairs with psp_sev_done(): whoever sees it sees the response. */
	smp_store_release(&sev->done, true);
	return true;
}

static bool psp_sev_done(struct psp_sev *sev)
{
	/* Pairs with psp_sev_take_answer(). */
	return smp_load_acquire(&sev->done);
}

/**
 * psp_sev_irq - the interrupt
 * @irq: unused
 * @data: the device
 *
 * Return: IRQ_NONE when the processor gives no reason for it.
 */
irqreturn_t psp_sev_irq(int irq, void *data)
{
	struct psp_sev *sev = data;
	u32 status;

	status = readl(sev->irq_status);
	if (!status || status == ~0U) {
		WRITE_ONCE(sev->count.spurious, sev->count.spurious + 1);
		return IRQ_NONE;
	}
	writel(status, sev->irq_status);
	if (!(status & INTERRUPT_SEV))
		return IRQ_HANDLED;
	WRITE_ONCE(sev->count.interrupts, sev->count.interrupts + 1);

	spin_lock(&sev->irq_lock);
	if (psp_sev_take_answer(sev))
		rcuwait_wake_up(&sev->wait);
	spin_unlock(&sev->irq_lock);
	return IRQ_HANDLED;
}

/* Looks at the register itself, for an answer that no interrupt announced. */
static bool psp_sev_look(struct psp_sev *sev)
{
	spin_lock_irq(&sev->irq_lock);
	psp_sev_take_answer(sev);
	spin_unlock_irq(&sev->irq_lock);
	return sev->done;
}

static bool psp_sev_awake(struct psp_sev *sev)
{
	return psp_sev_done(sev) || READ_ONCE(sev->gone);
}

static void psp_sev_lost_irq(struct psp_sev *sev, unsigned int id)
{
	sev->count.lost++;
	if (!sev->irq_lost)
		dev_warn_ratelimited(sev->dev, "%s: answered, but its interrupt did not come; looking for answers until one comes\n",
				     psp_fw_command_name(id));
	sev->irq_lost = true;
}

/*
 * Sleeps until the answer has been taken or the device goes away. Nobody else
 * waits, which is cheaper than a queue. Returns 0, or -EINTR.
 */
static int psp_sev_wait_awake(struct psp_sev *sev, unsigned int state, long left)
{
	int ret = 0;

	prepare_to_rcuwait(&sev->wait);
	for (;;) {
		set_current_state(state);
		if (psp_sev_awake(sev) || !left)
			break;
		if (signal_pending_state(state, current)) {
			ret = -EINTR;
			break;
		}
		left = schedule_timeout(left);
	}
	finish_rcuwait(&sev->wait);
	return ret;
}

/* One stretch of waiting for the interrupt. Returns 0, or -EINTR. */
static int psp_sev_sleep(struct psp_sev *sev, unsigned int id, bool killable)
{
	long left = sev->deadline - jiffies;
	long stretch = sev->irq_lost ? CHECK_LOST_JIFFIES : CHECK_JIFFIES;
	int ret;

	stretch = clamp(left, 1L, stretch);
	ret = psp_sev_wait_awake(sev, killable ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE,
				 stretch);
	if (psp_sev_awake(sev)) {
		if (sev->done)
			sev->irq_lost = false;
		return 0;
	}
	if (ret < 0)
		return -EINTR;

	if (!(readl(sev->cmdresp) & PSP_SEV_RESPONSE_READY))
		return 0;
	if (!sev->irq_lost) {
		psp_sev_wait_awake(sev, TASK_UNINTERRUPTIBLE, GRACE_JIFFIES);
		if (psp_sev_awake(sev))
			return 0;
	}
	if (psp_sev_look(sev))
		psp_sev_lost_irq(sev, id);
	return 0;
}

static int psp_sev_poll(struct psp_sev *sev, bool killable,
			unsigned int *delay)
{
	if (psp_sev_look(sev))
		return 0;
	if (killable && fatal_signal_pending(current))
		return -EINTR;
	usleep_range(*delay, *delay * 2);
	*delay = min_t(unsigned int, *delay * 2, POLL_MAX_US);
	return 0;
}

/* Waits until sev->done or the deadline. */
static int psp_sev_wait(struct psp_sev *sev, unsigned int id, bool killable)
{
	unsigned int delay = POLL_MIN_US;
	bool last;
	int ret;

	lockdep_assert_held(&sev->lock);

	for (;;) {
		last = time_after_eq(jiffies, sev->deadline);
		if (psp_sev_done(sev))
			return 0;
		if (READ_ONCE(sev->gone))
			return -ENODEV;
		/* However late this processor is, the answer may be there. */
		if (last)
			return psp_sev_look(sev) ? 0 : -ETIMEDOUT;
		ret = sev->poll ? psp_sev_poll(sev, killable, &delay) :
				  psp_sev_sleep(sev, id, killable);
		if (ret)
			return ret;
	}
}

static void psp_sev_timed_out(struct psp_sev *sev, unsigned int id)
{
	sev->count.timeouts++;
	dev_err_ratelimited(sev->dev, "%s (0x%02x): no answer after %lu s; commands fail until it comes or 1 is written to 'recover'\n",
			    psp_fw_command_name(id), id,
			    (jiffies - sev->started) / HZ);
}

static void psp_sev_send(struct psp_sev *sev, unsigned int id, const void *buffer)
{
	u64 address = buffer ? psp_sev_address(buffer) : 0;
	u32 command = id << PSP_SEV_COMMAND_SHIFT;

	if (!sev->poll)
		command |= COMMAND_INTERRUPT;
	writel(lower_32_bits(address), sev->buffer_low);
	writel(upper_32_bits(address), sev->buffer_high);
	/*
	 * An interrupt for whatever reason must not see the answer before this
	 * and report it as the one to this command.
	 */
	spin_lock_irq(&sev->irq_lock);
	sev->done = false;
	writel(command, sev->cmdresp);
	spin_unlock_irq(&sev->irq_lock);
	sev->count.commands++;
}

/* Returns 0 when there is an answer in sev->response, or as psp_sev_wait(). */
static inline int psp_sev_exchange(struct psp_sev *sev, unsigned int id,
				   const void *buffer, bool killable)
{
	int ret;

	sev->started = jiffies;
	sev->deadline = sev->started + psp_sev_timeout(sev) * HZ;
	psp_sev_send(sev, id, buffer);
	ret = psp_sev_wait(sev, id, killable);
	if (ret)
		sev->pending = id;
	if (ret == -ETIMEDOUT)
		psp_sev_timed_out(sev, id);
	return ret;
}

static void psp_sev_failed(struct psp_sev *sev, unsigned int id, u16 status)
{
	sev->count.errors++;
	WRITE_ONCE(sev->last_status, status);
	WRITE_ONCE(sev->last_command, id);
}

static void psp_sev_report(struct psp_sev *sev, unsigned int id, u16 status)
{
	dev_notice_ratelimited(sev->dev, "%s (0x%02x): %s (status 0x%02x)\n",
			       psp_fw_command_name(id), id,
			       psp_fw_status_name(status), status);
}

/**
 * psp_sev_reclaim_page - SNP_PAGE_RECLAIM, maybe in the middle of another request
 * @sev: the device, which has answered its last command
 * @address: physical, of the page
 *
 * Return: 0; -EIO for a status other than success; -EBUSY or another error
 * number when the firmware could not be asked or did not answer.
 */
int psp_sev_reclaim_page(struct psp_sev *sev, u64 address)
{
	struct psp_fw_snp_address *data = sev->reclaim;
	u16 status;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (sev->pending || !data)
		return -EBUSY;
	data->address = address;
	ret = psp_sev_exchange(sev, PSP_FW_SNP_PAGE_RECLAIM, data, false);
	if (ret)
		return ret;
	status = sev->response & PSP_SEV_RESPONSE_STATUS;
	if (!status)
		return 0;
	psp_sev_failed(sev, PSP_FW_SNP_PAGE_RECLAIM, status);
	psp_sev_report(sev, PSP_FW_SNP_PAGE_RECLAIM, status);
	return -EIO;
}

/**
 * psp_sev_buffer_back - take the command buffer back from the firmware
 * @sev: the device
 *
 * One that does not come back is replaced by a copy.
 *
 * Return: 0, also when it was not lent; an error number when there is no memory
 * for a new one.
 */
int psp_sev_buffer_back(struct psp_sev *sev)
{
	void *page;
	int ret;

	if (!sev->buffer_lent)
		return 0;
	ret = psp_sev_pages_back(sev, sev->buffer, PAGE_SIZE);
	if (ret) {
		page = (void *)__get_free_page(GFP_KERNEL);
		if (!page)
			return ret;
		dev_warn(sev->dev, "the command buffer did not come back from the firmware (%pe), another page takes its place\n",
			 ERR_PTR(ret));
		memcpy(page, sev->buffer, PAGE_SIZE);
		sev->buffer = page;
	}
	sev->buffer_lent = false;
	return 0;
}

/* The state of SNP is not told by PLATFORM_STATUS. */
static void psp_sev_learn_snp(struct psp_sev *sev, unsigned int id)
{
	switch (id) {
	case PSP_FW_SNP_INIT:
	case PSP_FW_SNP_INIT_EX:
		sev->snp_live = true;
		sev->snp_state = 1;
		break;
	case PSP_FW_SNP_SHUTDOWN:
	case PSP_FW_SNP_SHUTDOWN_EX:
		sev->snp_live = false;
		sev->snp_state = 0;
		break;
	}
}

/*
 * Makes the mailbox free for the next command. A command whose process was
 * killed still has its time; one that had its time is only looked at.
 */
static int psp_sev_settle(struct psp_sev_call *call)
{
	struct psp_sev *sev = call->sev;
	unsigned int id = sev->pending;
	int ret;

	if (!id)
		return unlikely(sev->buffer_lent) ? psp_sev_buffer_back(sev) : 0;
	if (sev->limit && time_after(sev->deadline, jiffies + sev->limit * HZ))
		sev->deadline = jiffies + sev->limit * HZ;
	if (time_before(jiffies, sev->deadline)) {
		ret = psp_sev_wait(sev, id, call->killable);
		if (ret == -ETIMEDOUT)
			psp_sev_timed_out(sev, id);
		if (ret)
			return ret == -ETIMEDOUT ? -EBUSY : ret;
	} else if (!psp_sev_look(sev)) {
		return -EBUSY;
	}
	dev_notice_ratelimited(sev->dev, "%s: answered after %u ms, when nobody waited any more: %s (status 0x%02x)\n",
			       psp_fw_command_name(id),
			       jiffies_to_msecs(jiffies - sev->started),
			       psp_fw_status_name(sev->response & PSP_SEV_RESPONSE_STATUS),
			       sev->response & PSP_SEV_RESPONSE_STATUS);
	sev->count.late++;
	sev->answered = true;
	sev->pending = 0;
	sev->stale = true;
	if (!(sev->response & PSP_SEV_RESPONSE_STATUS))
		psp_sev_learn_snp(sev, id);
	psp_sev_free_blobs(sev, &sev->leftovers);
	return psp_sev_buffer_back(sev);
}

/* What the driver learns from commands, whoever sent them. */
static void psp_sev_learn(struct psp_sev *sev, unsigned int id)
{
	const struct psp_sev_status *s = sev->buffer;

	switch (id) {
	case PSP_FW_INIT:
		sev->state = PSP_SEV_STATE_INIT;
		break;
	case PSP_FW_INIT_EX:
		sev->state = PSP_SEV_STATE_INIT;
		sev->nv_live = sev->nv;
		break;
	case PSP_FW_SHUTDOWN:
	case PSP_FW_PLATFORM_RESET:
		sev->state = PSP_SEV_STATE_UNINIT;
		break;
	case PSP_FW_PLATFORM_STATUS:
		sev->api_major = s->api_major;
		sev->api_minor = s->api_minor;
		sev->build = s->build;
		sev->state = s->state;
		/* An INIT_EX that was answered late is learnt of only here. */
		if (sev->state != PSP_SEV_STATE_UNINIT && sev->nv)
			sev->nv_live = true;
		sev->stale = false;
		break;
	case PSP_FW_LAUNCH_START:
	case PSP_FW_RECEIVE_START:
		sev->state = PSP_SEV_STATE_WORKING;
		break;
	case PSP_FW_DECOMMISSION:
		/* It may have been the last guest. */
		sev->stale = true;
		break;
	default:
		psp_sev_learn_snp(sev, id);
	}
}

/* A buffer too small is how the firmware answers a question for a length. */
static bool psp_sev_is_length_query(unsigned int id, u16 status)
{
	return status == PSP_SEV_INVALID_LENGTH &&
	       (id == PSP_FW_PEK_CSR || id == PSP_FW_PDH_CERT_EXPORT ||
		id == PSP_FW_GET_ID);
}

static int psp_sev_answer(struct psp_sev *sev, unsigned int id, u16 status)
{
	if (!status) {
		psp_sev_learn(sev, id);
		return 0;
	}
	psp_sev_failed(sev, id, status);
	if (psp_sev_is_length_query(id, status))
		return -EIO;
	psp_sev_report(sev, id, status);
	dev_dbg(sev->dev, "extended error stack 0x%08x%08x\n",
		readl(sev->buffer_high), readl(sev->buffer_low));
	return -EIO;
}

/* A clock costs more than all the rest that a tracepoint needs. */
static u64 psp_sev_trace_time(void)
{
	return trace_psp_sev_command_end_enabled() ? ktime_get_ns() : 0;
}

static void psp_sev_trace_end(unsigned int id, int ret, u32 response, u64 begin)
{
	u64 end = psp_sev_trace_time();

	/* Turned on meanwhile: the duration is not known. */
	trace_psp_sev_command_end(id, ret, response, begin ? end - begin : 0);
}

/**
 * psp_sev_command - have the firmware carry out a command
 * @call: the request that it belongs to
 * @id: &enum psp_fw_command
 * @data: its buffer, anywhere in memory; the answer is written back into it,
 *	after an error too
 * @status: the firmware's status; 0 when it did not answer, untouched when it
 *	was not asked
 *
 * Once SNP is initialized, what the commands of SEV write to is lent to the
 * firmware meanwhile. Who sends a command of SNP has done so himself.
 *
 * Return: 0; -EIO for a status other than success; -ETIMEDOUT for no answer;
 * -EBUSY while an earlier command is pending; -EINTR when the process is
 * killed; -ENODEV when the device goes away; -ENOMEM or -EFAULT when memory could
 * not be lent.
 */
int psp_sev_command(struct psp_sev_call *call, unsigned int id, void *data,
		    u32 *status)
{
	const struct psp_fw_command_info *info = psp_fw_command_info(id);
	struct psp_sev *sev = call->sev;
	bool lend;
	u64 begin;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (WARN_ON_ONCE(!info || !data != !info->size))
		return -EINVAL;
	if (READ_ONCE(sev->gone))
		return -ENODEV;
	ret = psp_sev_settle(call);
	if (ret)
		return ret;

	if (data)
		memcpy(sev->buffer, data, info->size);
	lend = psp_sev_is_lending(sev, id);
	if (lend) {
		ret = psp_sev_lend_outputs(call, id);
		if (ret)
			return ret;
	}
	trace_psp_sev_command_start(id, sev->poll);
	begin = psp_sev_trace_time();
	ret = psp_sev_exchange(sev, id, data ? sev->buffer : NULL, call->killable);
	if (ret) {
		psp_sev_trace_end(id, ret, 0, begin);
		call->left = true;
		*status = 0;
		return ret;
	}
	if (sev->response == ~0U) {
		psp_sev_trace_end(id, -ENODEV, 0, begin);
		sev->count.errors++;
		dev_err_ratelimited(sev->dev, "%s (0x%02x): the response register reads all ones, the processor is gone\n",
				    info->name, id);
		*status = 0;
		return -ENODEV;
	}
	sev->answered = true;
	*status = sev->response & PSP_SEV_RESPONSE_STATUS;
	ret = psp_sev_answer(sev, id, *status);
	psp_sev_trace_end(id, ret, sev->response, begin);
	if (lend)
		ret = psp_sev_outputs_back(call) ?: ret;
	if (data)
		memcpy(data, sev->buffer, info->size);
	return ret;
}

/**
 * psp_sev_abandon - give up the memory of a pending command
 * @sev: the device, not used by anybody else
 *
 * The firmware may write to it until the machine is reset; nobody else gets
 * these pages.
 */
void psp_sev_abandon(struct psp_sev *sev)
{
	size_t size = PAGE_SIZE + psp_sev_forget_blobs(&sev->leftovers);

	dev_warn(sev->dev, "%s: still not answered, %zu bytes of memory are left to it\n",
		 psp_fw_command_name(sev->pending), size);
	sev->buffer = NULL;
	sev->buffer_lent = false;
	sev->pending = 0;
}

/**
 * psp_sev_recover - bring the mailbox back after a time-out
 * @call: the request
 *
 * Return: 0 when the firmware answers again, or when nothing was wrong.
 */
int psp_sev_recover(struct psp_sev_call *call)
{
	struct psp_sev *sev = call->sev;
	struct psp_sev_status data;
	unsigned long page;
	u32 status;

	lockdep_assert_held(&sev->lock);

	/* Who wants recovery does not want to wait for a killed command. */
	if (sev->pending && !psp_sev_look(sev)) {
		page = __get_free_page(GFP_KERNEL | __GFP_ZERO);
		if (!page)
			return -ENOMEM;
		psp_sev_abandon(sev);
		sev->buffer = (void *)page;
		if (sev->irq) {
			psp_sev_irq_off(sev);
			psp_sev_irq_on(sev);
		}
		sev->limit = clamp(psp_probe_timeout, 1U, 3600U);
	}
	return psp_sev_platform_status(call, &data, &status);
}

/**
 * psp_sev_inherit - wait for a command that an earlier driver left behind
 * @call: the request
 *
 * An unbound driver or an earlier kernel may have gone while the firmware was
 * busy: the register still holds that command. What nobody answers in time was
 * lost, and loading the driver is an attempt to begin anew.
 */
void psp_sev_inherit(struct psp_sev_call *call)
{
	struct psp_sev *sev = call->sev;
	u32 word = readl(sev->cmdresp);

	lockdep_assert_held(&sev->lock);

	if (!(word >> PSP_SEV_COMMAND_SHIFT) || word & PSP_SEV_RESPONSE_READY)
		return;
	dev_notice(sev->dev, "%s (0x%02x): still under way from before\n",
		   psp_fw_command_name(word >> PSP_SEV_COMMAND_SHIFT),
		   word >> PSP_SEV_COMMAND_SHIFT);
	sev->started = jiffies;
	sev->deadline = jiffies + psp_sev_timeout(sev) * HZ;
	sev->pending = word >> PSP_SEV_COMMAND_SHIFT;
	if (psp_sev_settle(call))
		sev->pending = 0;
}

/**
 * psp_sev_call_begin - begin a request
 * @call: the request
 * @sev: the device, whose lock is held
 */
void psp_sev_call_begin(struct psp_sev_call *call, struct psp_sev *sev)
{
	lockdep_assert_held(&sev->lock);

	*call = (struct psp_sev_call){ .sev = sev };
	INIT_LIST_HEAD(&call->blobs);
	sev->limit = 0;
}

/**
 * psp_sev_call_end - end a request
 * @call: the request; memory that a command left behind may still write to is
 *	kept until that command is answered
 * @ret: how it went
 *
 * Return: @ret; if that is 0, an error number when the request has changed the
 * persistent data and that could not be saved.
 */
int psp_sev_call_end(struct psp_sev_call *call, int ret)
{
	int saved;

	lockdep_assert_held(&call->sev->lock);

	if (call->left)
		list_splice_tail_init(&call->blobs, &call->sev->leftovers);
	if (!list_empty(&call->blobs))
		psp_sev_free_blobs(call->sev, &call->blobs);
	saved = psp_sev_nv_save(call->sev);
	return ret ?: saved;
}
