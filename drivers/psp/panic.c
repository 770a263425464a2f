// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shuts the platform down when the kernel panics: what comes next, a crash
 * kernel or a firmware that does not reset the processor, finds it as after
 * power-on, and no guest's key stays in the memory controllers.
 *
 * Nothing here sleeps or takes a lock. The other processors have been stopped,
 * maybe in the middle of a command and with the locks held; the register says
 * whether the firmware is busy.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/nmi.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>

#include "psp_sev.h"

/* A panic must come to its end, whatever the firmware does. */
#define PANIC_TIMEOUT_MS	2000

/* Returns the response, or 0 when there is none in time. */
static u32 psp_sev_panic_wait(struct psp_sev *sev)
{
	unsigned int i;
	u32 word;

	for (i = 0; i < PANIC_TIMEOUT_MS; i++) {
		word = readl(sev->cmdresp);
		if (word & PSP_SEV_RESPONSE_READY)
			return word;
		touch_nmi_watchdog();
		mdelay(1);
	}
	return 0;
}

static int psp_sev_panic(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct psp_sev *sev = container_of(nb, struct psp_sev, panic);
	u32 word = readl(sev->cmdresp);
	unsigned int id = word >> PSP_SEV_COMMAND_SHIFT;
	bool busy = id && !(word & PSP_SEV_RESPONSE_READY);

	if (word == ~0U)
		return NOTIFY_DONE;
	if (!busy && !sev->stale && sev->state == PSP_SEV_STATE_UNINIT)
		return NOTIFY_DONE;
	writel(0, sev->irq_enable);
	if (busy && !psp_sev_panic_wait(sev)) {
		dev_emerg(sev->dev, "%s (0x%02x) is still under way, the platform is not shut down\n",
			  psp_fw_command_name(id), id);
		return NOTIFY_DONE;
	}
	writel(0, sev->buffer_low);
	writel(0, sev->buffer_high);
	writel(PSP_FW_SHUTDOWN << PSP_SEV_COMMAND_SHIFT, sev->cmdresp);
	word = psp_sev_panic_wait(sev);
	if (!word)
		dev_emerg(sev->dev, "no answer to SHUTDOWN\n");
	else if (word & PSP_SEV_RESPONSE_STATUS)
		dev_emerg(sev->dev, "SHUTDOWN: %s (status 0x%02x)\n",
			  psp_fw_status_name(word & PSP_SEV_RESPONSE_STATUS),
			  word & PSP_SEV_RESPONSE_STATUS);
	else
		dev_emerg(sev->dev, "the platform is shut down\n");
	return NOTIFY_DONE;
}

/**
 * psp_sev_panic_add - shut the device's platform down on panic from now on
 * @sev: the device
 */
void psp_sev_panic_add(struct psp_sev *sev)
{
	sev->panic.notifier_call = psp_sev_panic;
	atomic_notifier_chain_register(&panic_notifier_list, &sev->panic);
}

/**
 * psp_sev_panic_remove - the reverse of psp_sev_panic_add()
 * @sev: the device
 */
void psp_sev_panic_remove(struct psp_sev *sev)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &sev->panic);
}
