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
#include <linux/timekeeping.h>

#include <asm/special_insns.h>

#include "psp_sev.h"

/* A panic must come to its end, whatever the firmware does. */
#define PANIC_TIMEOUT_MS	2000

/*
 * Returns the response, or 0 when there is none in time. mdelay() is only as good
 * as the processor's delay loop was calibrated; but a clock that lives on ticks
 * stands still now.
 */
static u32 psp_sev_panic_wait(struct psp_sev *sev)
{
	u64 start = ktime_get_mono_fast_ns(), ns = 0;
	unsigned int i;
	u32 word;

	for (i = 0; ns ? ns < PANIC_TIMEOUT_MS * NSEC_PER_MSEC : i < PANIC_TIMEOUT_MS; i++) {
		word = readl(sev->cmdresp);
		if (word & PSP_SEV_RESPONSE_READY)
			return word;
		touch_nmi_watchdog();
		mdelay(1);
		ns = ktime_get_mono_fast_ns() - start;
	}
	return 0;
}

/* Returns whether it succeeded; *status is the firmware's, 0 without an answer. */
static bool psp_sev_panic_command(struct psp_sev *sev, unsigned int id,
				  const void *buffer, unsigned int *status)
{
	u64 address = buffer ? psp_sev_address(buffer) : 0;
	u32 word;

	writel(lower_32_bits(address), sev->buffer_low);
	writel(upper_32_bits(address), sev->buffer_high);
	writel(id << PSP_SEV_COMMAND_SHIFT, sev->cmdresp);
	word = psp_sev_panic_wait(sev);
	*status = word & PSP_SEV_RESPONSE_STATUS;
	if (!word)
		dev_emerg(sev->dev, "no answer to %s\n", psp_fw_command_name(id));
	else if (*status)
		dev_emerg(sev->dev, "%s: %s (status 0x%02x)\n",
			  psp_fw_command_name(id), psp_fw_status_name(*status),
			  *status);
	return word && !*status;
}

/*
 * Whatever becomes of this kernel's memory: as long as SNP is initialized, most
 * of what was lent to the firmware cannot be written to.
 */
static void psp_sev_panic_snp(struct psp_sev *sev)
{
	struct psp_fw_snp_shutdown_ex *data = sev->reclaim;
	unsigned int status;
	bool done;

	data->length = sizeof(*data);
	data->flags = PSP_FW_SNP_SHUTDOWN_IOMMU;
	/* The other processors have done so when they were stopped. */
	wbinvd();
	done = psp_sev_panic_command(sev, PSP_FW_SNP_SHUTDOWN_EX, data, &status);
	if (status == PSP_SEV_DF_FLUSH_REQUIRED &&
	    psp_sev_panic_command(sev, PSP_FW_SNP_DF_FLUSH, NULL, &status))
		done = psp_sev_panic_command(sev, PSP_FW_SNP_SHUTDOWN_EX, data, &status);
	if (!done)
		return;
	psp_sev_snp_iommu_back(sev);
	dev_emerg(sev->dev, "SNP is shut down\n");
}

static int psp_sev_panic(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct psp_sev *sev = container_of(nb, struct psp_sev, panic);
	u32 word = readl(sev->cmdresp);
	unsigned int id = word >> PSP_SEV_COMMAND_SHIFT;
	bool busy = id && !(word & PSP_SEV_RESPONSE_READY);
	unsigned int status;

	if (word == ~0U)
		return NOTIFY_DONE;
	if (!busy && !sev->stale && !sev->snp_live && sev->state == PSP_SEV_STATE_UNINIT)
		return NOTIFY_DONE;
	writel(0, sev->irq_enable);
	if (busy && !psp_sev_panic_wait(sev)) {
		dev_emerg(sev->dev, "%s (0x%02x) is still under way, the platform is not shut down\n",
			  psp_fw_command_name(id), id);
		return NOTIFY_DONE;
	}
	if (psp_sev_panic_command(sev, PSP_FW_SHUTDOWN, NULL, &status))
		dev_emerg(sev->dev, "the platform is shut down\n");
	if (sev->snp_live)
		psp_sev_panic_snp(sev);
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
