// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of the platform: status, initialization, shutdown, reset.
 */
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <asm/cacheflush.h>
#include <asm/smp.h>

#include "psp_sev.h"

/* Publication 55766: at a multiple of its size; 56860: larger with SNP. */
#define TMR_SIZE	(1024 * 1024)
#define TMR_SIZE_SNP	(2 * 1024 * 1024)

/**
 * psp_sev_platform_status - ask for version and state
 * @call: the request
 * @data: the answer
 * @status: the firmware's status
 *
 * Return: as psp_sev_command().
 */
int psp_sev_platform_status(struct psp_sev_call *call,
			    struct psp_sev_status *data, u32 *status)
{
	memset(data, 0, sizeof(*data));
	return psp_sev_command(call, PSP_FW_PLATFORM_STATUS, data, status);
}

/**
 * psp_sev_refresh - make sure that the state is known
 * @call: the request
 *
 * A command given up may have changed it, and one that has never been answered
 * has not told it.
 *
 * Return: as psp_sev_command().
 */
int psp_sev_refresh(struct psp_sev_call *call)
{
	struct psp_sev *sev = call->sev;
	struct psp_sev_status data;
	u32 status;

	lockdep_assert_held(&sev->lock);

	if (!sev->stale && !sev->pending)
		return 0;
	return psp_sev_platform_status(call, &data, &status);
}

/**
 * psp_sev_api_at_least - compare the firmware's API version
 * @sev: the device
 * @major: major version wanted
 * @minor: minor version wanted
 *
 * Return: whether it is that or newer.
 */
bool psp_sev_api_at_least(const struct psp_sev *sev, u8 major, u8 minor)
{
	return sev->api_major > major ||
	       (sev->api_major == major && sev->api_minor >= minor);
}

/*
 * The firmware keeps the region to itself from INIT on. Without it SEV-ES is
 * not available, everything else is.
 */
static void psp_sev_get_tmr(struct psp_sev *sev)
{
	size_t size = sev->snp_live ? TMR_SIZE_SNP : TMR_SIZE;
	void *tmr;

	if (sev->tmr)
		return;
	tmr = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
				       get_order(size));
	if (!tmr) {
		dev_warn(sev->dev, "no memory for the trusted memory region, SEV-ES is not available\n");
		return;
	}
	/* No write of ours may reach it once it is the firmware's. */
	clflush_cache_range(tmr, size);
	if (psp_sev_pages_lend(sev, tmr, size)) {
		dev_warn(sev->dev, "no trusted memory region, SEV-ES is not available\n");
		if (!psp_sev_pages_back(sev, tmr, size))
			free_pages((unsigned long)tmr, get_order(size));
		return;
	}
	sev->tmr = tmr;
	sev->tmr_size = size;
}

static void psp_sev_put_tmr(struct psp_sev *sev)
{
	int ret;

	if (!sev->tmr)
		return;
	/* It was encrypted by the firmware's key: no line of it may stay. */
	wbinvd_on_all_cpus();
	ret = psp_sev_pages_back(sev, sev->tmr, sev->tmr_size);
	if (ret)
		dev_warn(sev->dev, "the trusted memory region did not come back from the firmware (%pe), it is not used again\n",
			 ERR_PTR(ret));
	else
		free_pages((unsigned long)sev->tmr, get_order(sev->tmr_size));
	sev->tmr = NULL;
}

static int psp_sev_send_init_ex(struct psp_sev_call *call, u32 *status)
{
	struct psp_sev *sev = call->sev;
	struct psp_fw_init_ex data = {
		.length = sizeof(data),
		.nv_address = psp_sev_address(sev->nv),
		.nv_length = PSP_FW_NV_SIZE,
	};

	if (sev->tmr) {
		data.flags = PSP_FW_INIT_FLAG_ES;
		data.tmr_address = virt_to_phys(sev->tmr);
		data.tmr_length = sev->tmr_size;
	}
	return psp_sev_command(call, PSP_FW_INIT_EX, &data, status);
}

static int psp_sev_send_init(struct psp_sev_call *call, u32 *status)
{
	struct psp_sev *sev = call->sev;
	struct psp_fw_init data = { };

	if (psp_sev_nv_wanted())
		return psp_sev_send_init_ex(call, status);
	if (sev->tmr) {
		data.flags = PSP_FW_INIT_FLAG_ES;
		/* Without the encryption bit: it is the firmware's own. */
		data.tmr_address = virt_to_phys(sev->tmr);
		data.tmr_length = sev->tmr_size;
	}
	return psp_sev_command(call, PSP_FW_INIT, &data, status);
}

/*
 * The second INIT after a failed check makes new persistent data. In flash
 * there is no other way; a file may be mended or brought back, unless there
 * has never been anything in it.
 */
static bool psp_sev_may_reset_data(struct psp_sev *sev)
{
	if (!psp_sev_nv_wanted() || psp_sev_nv_is_new(sev)) {
		dev_warn(sev->dev, "persistent data failed its check, INIT is repeated to reset it\n");
		return true;
	}
	dev_err(sev->dev, "the firmware refuses the persistent data in the file of init_ex_path: bring back a copy, or begin anew with 32768 bytes of 0xff\n");
	return false;
}

/**
 * psp_sev_init - initialize the platform unless it is
 * @call: the request
 * @status: status of INIT or INIT_EX, or of DF_FLUSH after it; untouched when
 *	neither was sent
 *
 * Return: as psp_sev_command(), or as psp_sev_nv_load() where the persistent
 * data is in a file.
 */
int psp_sev_init(struct psp_sev_call *call, u32 *status)
{
	struct psp_sev *sev = call->sev;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (sev->state != PSP_SEV_STATE_UNINIT)
		return 0;
	if (psp_sev_nv_wanted()) {
		ret = psp_sev_nv_load(sev);
		if (ret)
			return ret;
	}
	psp_sev_get_tmr(sev);
	ret = psp_sev_send_init(call, status);
	if (ret == -EIO && *status == PSP_SEV_SECURE_DATA_INVALID &&
	    psp_sev_may_reset_data(sev))
		ret = psp_sev_send_init(call, status);
	if (ret)
		goto put_tmr;

	/* The caches have to be clean before the first guest is launched. */
	wbinvd_on_all_cpus();
	return psp_sev_command(call, PSP_FW_DF_FLUSH, NULL, status);

put_tmr:
	/* A command left behind may still take it. */
	if (!call->left)
		psp_sev_put_tmr(sev);
	return ret;
}

/**
 * psp_sev_shutdown - the reverse of psp_sev_init()
 * @call: the request
 * @status: status of SHUTDOWN; untouched when it was not sent
 *
 * Return: as psp_sev_command().
 */
int psp_sev_shutdown(struct psp_sev_call *call, u32 *status)
{
	struct psp_sev *sev = call->sev;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (sev->state != PSP_SEV_STATE_UNINIT) {
		ret = psp_sev_command(call, PSP_FW_SHUTDOWN, NULL, status);
		if (ret)
			return ret;
	}
	psp_sev_put_tmr(sev);
	return 0;
}

/**
 * psp_sev_shutdown_all - shut SEV and SNP down
 * @call: the request
 *
 * For whoever cannot do anything about it when that fails; the log tells.
 *
 * Return: as psp_sev_command().
 */
int psp_sev_shutdown_all(struct psp_sev_call *call)
{
	u32 status;
	int ret;

	ret = psp_sev_refresh(call);
	if (!ret)
		ret = psp_sev_shutdown(call, &status);
	if (!ret)
		ret = psp_sev_snp_shutdown(call, &status);
	return ret;
}

/**
 * psp_sev_move_to_init - initialize the platform for one command
 * @call: the request
 * @status: why that did not work
 * @moved: set when the platform was not initialized before: shut it down again
 *
 * Return: as psp_sev_command().
 */
int psp_sev_move_to_init(struct psp_sev_call *call, u32 *status, bool *moved)
{
	int ret;

	/* Until the firmware has said something better. */
	*status = PSP_SEV_INVALID_PLATFORM_STATE;
	ret = psp_sev_init(call, status);
	if (!ret)
		*moved = true;
	return ret;
}

/**
 * psp_sev_do_factory_reset - PSP_SEV_FACTORY_RESET
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EPERM, -EBUSY while there are guests, or as psp_sev_command().
 */
int psp_sev_do_factory_reset(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_status data;
	u32 status = cmd->error;
	int ret;

	if (!call->writable)
		return -EPERM;
	ret = psp_sev_platform_status(call, &data, &status);
	if (ret)
		goto out;
	if (data.state == PSP_SEV_STATE_WORKING) {
		ret = -EBUSY;
		goto out;
	}
	ret = psp_sev_shutdown(call, &status);
	/* Data in a file is reset only where the firmware knows of it. */
	if (!ret && psp_sev_nv_wanted() && !call->sev->nv_live) {
		ret = psp_sev_init(call, &status);
		if (!ret)
			ret = psp_sev_shutdown(call, &status);
	}
	if (!ret)
		ret = psp_sev_command(call, PSP_FW_PLATFORM_RESET, NULL, &status);
out:
	cmd->error = status;
	return ret;
}

/**
 * psp_sev_do_platform_status - PSP_SEV_PLATFORM_STATUS
 * @call: the request
 * @cmd: its arguments
 *
 * Return: -EFAULT, or as psp_sev_command().
 */
int psp_sev_do_platform_status(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd)
{
	struct psp_sev_status data;
	u32 status = cmd->error;
	int ret;

	ret = psp_sev_platform_status(call, &data, &status);
	cmd->error = status;
	if (ret)
		return ret;
	if (copy_to_user(u64_to_user_ptr(cmd->data), &data, sizeof(data)))
		return -EFAULT;
	return 0;
}
