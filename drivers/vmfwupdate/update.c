// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine: an image is staged in private memory, armed by offering a
 * shared copy of it to the hypervisor, and taken at the next reset. Nothing here
 * causes that reset.
 *
 *	        write           arm
 *	 idle --------> staged ------> armed
 *	  ^  cancel       |              |
 *	  +---------------+--------------+
 *
 * From each of them a failure leads to failed, which a new image or cancel ends,
 * and disable to disabled, which only the reset ends.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/security.h>

#include "update.h"

static const char * const fwup_state_names[] = {
	[FWUP_IDLE]	= "idle",
	[FWUP_STAGED]	= "staged",
	[FWUP_ARMED]	= "armed",
	[FWUP_DISABLED]	= "disabled",
	[FWUP_FAILED]	= "failed",
};

static const struct fwup_backend * const fwup_backends[] = {
	&fwup_bios_addr,
	&fwup_fw_blob,
	&fwup_launch_update,
};

/**
 * fwup_state_name() - the word for a state
 * @state: the state
 *
 * Return: as the file state shows it.
 */
const char *fwup_state_name(enum fwup_state state)
{
	return fwup_state_names[state];
}

/**
 * fwup_fail() - records an error for last_error and the log
 * @fw: the update
 * @err: the error
 * @fmt: what was tried and what came of it, without a newline
 *
 * Between fwup_hush() and fwup_tell() the first error is kept, and the log waits.
 *
 * Return: @err.
 */
int fwup_fail(struct fwup *fw, int err, const char *fmt, ...)
{
	va_list args;

	lockdep_assert_held(&fw->lock);
	if (fw->hushed && fw->last_error[0])
		return err;
	va_start(args, fmt);
	vscnprintf(fw->last_error, sizeof(fw->last_error), fmt, args);
	va_end(args);
	if (!fw->hushed)
		dev_err_ratelimited(fw->dev, "%s\n", fw->last_error);
	return err;
}

/*
 * What follows is one attempt, of which the log gets one line: the first error is
 * the cause of all others.
 */
static void fwup_hush(struct fwup *fw)
{
	fw->hushed = true;
	fw->last_error[0] = '\0';
}

/* @lost: how many bytes the hypervisor may still take at @addr, or 0 */
static void fwup_tell(struct fwup *fw, size_t lost, u64 addr)
{
	fw->hushed = false;
	if (lost)
		dev_alert(fw->dev, "%s; the hypervisor may still take %zu bytes at 0x%llx as firmware; they stay allocated\n",
			  fw->last_error, lost, addr);
	else if (fw->last_error[0])
		dev_err_ratelimited(fw->dev, "%s\n", fw->last_error);
}

/*
 * The module stays while memory, or what the next reset does, hangs on it. To a
 * hypervisor that did not finish an operation it cannot say anything any more; one
 * that is loaded anew can.
 */
static bool fwup_hold(struct fwup *fw)
{
	if (!fw->held)
		fw->held = try_module_get(THIS_MODULE);
	return fw->held;
}

static void fwup_let_go(struct fwup *fw)
{
	if (fw->held && fw->state != FWUP_ARMED &&
	    !(fw->backend->held && !fw->cfg.wedged && fw->backend->held(fw))) {
		fw->held = false;
		module_put(THIS_MODULE);
	}
}

/**
 * fwup_set_state() - changes the state, and tells who watches it
 * @fw: the update
 * @state: the new state
 */
void fwup_set_state(struct fwup *fw, enum fwup_state state)
{
	enum fwup_state before = fw->state;

	lockdep_assert_held(&fw->lock);
	fw->state = state;
	fwup_let_go(fw);
	/* Each failure is worth telling, also one after another. */
	if (before == state && state != FWUP_FAILED)
		return;
	fwup_sysfs_state_changed(fw);
}

static bool fwup_size_fits(const struct fwup_file_rule *rule, u32 size)
{
	unsigned int i;

	for (i = 0; i < FWUP_FILE_SIZES && rule->sizes[i]; i++)
		if (size == rule->sizes[i])
			return true;
	return false;
}

static int fwup_check_files(struct fwup *fw, const struct fwup_backend *backend,
			    const char *prefix)
{
	unsigned int i;

	for (i = 0; i < backend->nr_files; i++) {
		const struct fwup_file_rule *rule = &backend->files[i];
		char name[FWCFG_NAME_SIZE];

		snprintf(name, sizeof(name), "%s%s", prefix, rule->name);
		if (fwcfg_find(&fw->cfg, name, &fw->file[i])) {
			dev_err(fw->dev, "the hypervisor's interface %s is incomplete: no %s\n",
				backend->name, name);
			return -ENODEV;
		}
		if (!fwup_size_fits(rule, fw->file[i].size)) {
			dev_err(fw->dev, "the hypervisor's interface %s is unknown: %s has %u bytes, not %u\n",
				backend->name, name, fw->file[i].size, rule->sizes[0]);
			return -ENODEV;
		}
	}
	fw->backend = backend;
	return 0;
}

/**
 * fwup_detect() - finds out which interface the hypervisor offers
 * @fw: the update, its fw_cfg device open
 *
 * Return: 0, or -ENODEV with one line in the log.
 */
int fwup_detect(struct fwup *fw)
{
	static const char * const prefixes[] = { "etc/", "" };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(fwup_backends); i++) {
		for (j = 0; j < ARRAY_SIZE(prefixes); j++) {
			char name[FWCFG_NAME_SIZE];
			struct fwcfg_file file;

			snprintf(name, sizeof(name), "%s%s", prefixes[j],
				 fwup_backends[i]->key_file);
			if (!fwcfg_find(&fw->cfg, name, &file))
				return fwup_check_files(fw, fwup_backends[i], prefixes[j]);
		}
	}
	dev_info(fw->dev, "the hypervisor offers no interface for firmware updates\n");
	return -ENODEV;
}

static int fwup_disable_now(struct fwup *fw)
{
	int ret;

	fwup_hush(fw);
	ret = fw->backend->disable(fw);
	fwup_tell(fw, 0, 0);
	if (!ret)
		dev_notice(fw->dev, "firmware updates are disabled until the next reset\n");
	return ret;
}

/* Takes back an address that is not ours, or else makes it harmless. */
static int fwup_reclaim(struct fwup *fw, u64 addr)
{
	int ret;

	fwup_hush(fw);
	ret = fw->backend->disarm(fw);
	fw->hushed = false;
	if (!ret)
		return 0;
	dev_alert(fw->dev, "%s; so address 0x%llx cannot be taken back, and firmware updates are disabled instead\n",
		  fw->last_error, addr);
	ret = fwup_disable_now(fw);
	if (ret)
		dev_emerg(fw->dev, "the next reset may run arbitrary memory as firmware\n");
	else
		fw->state = FWUP_DISABLED;
	return ret;
}

/**
 * fwup_adopt() - finds out what an earlier owner left behind
 * @fw: the update
 *
 * An address that this driver did not write belongs to a kernel that is gone;
 * what lies there now is anybody's memory, and must not become the firmware.
 *
 * Return: 0, or an error with one line in the log.
 */
int fwup_adopt(struct fwup *fw)
{
	bool disabled;
	u64 addr;
	int ret;

	lockdep_assert_held(&fw->lock);
	ret = fw->backend->start(fw);
	if (!ret)
		ret = fw->backend->disabled(fw, &disabled);
	if (!ret)
		ret = fw->backend->address(fw, &addr);
	if (!ret)
		ret = fw->backend->limits(fw, &fw->limits);
	if (ret)
		goto stop;
	fw->found = addr;
	if (disabled) {
		fw->state = FWUP_DISABLED;
	} else if (addr) {
		dev_warn(fw->dev, "somebody armed address 0x%llx before%s; taking that back\n",
			 addr, fw->backend->keeps ?
			 ", which the last reset took unless it was armed since" : "");
		ret = fwup_reclaim(fw, addr);
		if (ret)
			goto stop;
	}
	/* The backend may have found something that hangs on this module. */
	if (fw->backend->held && fw->backend->held(fw))
		fwup_hold(fw);
	return 0;

stop:
	if (fw->backend->stop)
		fw->backend->stop(fw);
	return ret;
}

/**
 * fwup_check_idle() - is this a moment at which the image may change?
 * @fw: the update
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_check_idle(struct fwup *fw)
{
	if (fw->closed)
		return fwup_fail(fw, -EBUSY, "another kernel is being started");
	if (fw->state == FWUP_ARMED && fw->reverting)
		return fwup_fail(fw, -EBUSY,
				 "a return to the hypervisor's firmware is armed: write 0 to arm first");
	if (fw->state == FWUP_ARMED)
		return fwup_fail(fw, -EBUSY, "an image is armed: write 0 to arm first");
	if (fw->state == FWUP_DISABLED)
		return fwup_fail(fw, -EPERM, "firmware updates are disabled until the next reset");
	return 0;
}

static int fwup_check_image(struct fwup *fw)
{
	struct fwup_image *img = &fw->image;
	u8 tail[FWUP_TAIL_SIZE];
	int ret;

	if (img->expected && img->size != img->expected)
		return fwup_fail(fw, -EINVAL,
				 "the image is not complete: %llu of the %llu bytes announced",
				 img->size, img->expected);
	ret = fw->backend->limits(fw, &fw->limits);
	if (ret)
		return ret;
	fwup_image_tail(img, tail);
	switch (fwup_image_verdict(&fw->limits, img->size, tail)) {
	case FWUP_IMAGE_GOOD:
		return 0;
	case FWUP_IMAGE_EMPTY:
		return fwup_fail(fw, -ENODATA, "there is no image: write one to image first");
	case FWUP_IMAGE_TOO_LARGE:
		return fwup_fail(fw, -EFBIG, "the image has %llu bytes, more than %llu",
				 img->size, fw->limits.max);
	case FWUP_IMAGE_UNALIGNED:
		return fwup_fail(fw, -EINVAL, "the image has %llu bytes, not a multiple of %u",
				 img->size, fw->limits.granule);
	case FWUP_IMAGE_WRONG_SIZE:
		return fwup_fail(fw, -EINVAL,
				 "the image has %llu bytes, the BIOS region has %llu, and this hypervisor cannot resize it (no BIOS_RESIZE)",
				 img->size, fw->limits.region);
	case FWUP_IMAGE_BLANK_VECTOR:
		return fwup_fail(fw, -EINVAL,
				 "the image of %llu bytes has no code at its end, where a processor starts: is it cut off, or a variable store?",
				 img->size);
	}
	return -EINVAL;
}

/* May the hypervisor read the payload after an attempt to make it forget that? */
static bool fwup_may_read(struct fwup *fw)
{
	const struct fwup_payload *p = &fw->payload;
	u64 addr;

	if (!p->data)
		return false;
	if (fw->cfg.wedged || fw->backend->address(fw, &addr))
		return true;
	/* How many bytes it would take there is for it to say: as many as ours. */
	return addr && addr < p->addr + p->size && addr + p->size > p->addr;
}

/*
 * Makes the hypervisor forget the payload, and ends what fwup_hush() began. When
 * that fails the memory is given up, unless it never had the address: whatever lay
 * there later would be the next firmware.
 */
static int fwup_take_back(struct fwup *fw)
{
	struct fwup_payload *p = &fw->payload;
	int ret = fw->backend->disarm(fw);
	u64 addr = p->addr;
	size_t lost = 0;

	fw->stuck = !!ret;
	if (ret && fwup_may_read(fw)) {
		lost = p->size;
		fwup_payload_lose(p);
	} else {
		fwup_payload_free(p, fw->dev);
	}
	fwup_tell(fw, lost, addr);
	return ret;
}

static int fwup_withdraw(struct fwup *fw)
{
	fwup_hush(fw);
	return fwup_take_back(fw);
}

static int fwup_check_allowed(struct fwup *fw)
{
	bool disabled;
	int ret;

	/* Like a kernel that is started by kexec: code that nobody verified. */
	if (security_locked_down(LOCKDOWN_KEXEC))
		return fwup_fail(fw, -EPERM, "the kernel is locked down");
	ret = fw->backend->disabled(fw, &disabled);
	if (ret || !disabled)
		return ret;
	fwup_image_clear(&fw->image);
	fwup_set_state(fw, FWUP_DISABLED);
	return fwup_fail(fw, -EPERM, "firmware updates are disabled until the next reset");
}

/* Offers the payload; what is not taken is taken back. */
static int fwup_offer(struct fwup *fw)
{
	int ret;

	fwup_hush(fw);
	ret = fw->backend->arm(fw);
	if (ret) {
		fwup_take_back(fw);
		return ret;
	}
	fw->stuck = false;
	fwup_tell(fw, 0, 0);
	return 0;
}

static int fwup_offer_image(struct fwup *fw)
{
	struct fwup_image *img = &fw->image;
	int ret;

	ret = fwup_payload_alloc(&fw->payload, fw->dev, img->size);
	if (ret == -EINTR)
		return fwup_fail(fw, ret,
				 "interrupted while looking for %llu contiguous bytes of memory",
				 img->size);
	if (ret)
		return fwup_fail(fw, ret,
				 "no %llu contiguous bytes of memory for the image: "
				 FWUP_PAYLOAD_HINT,
				 img->size);
	fwup_image_read(img, 0, fw->payload.data, img->size);
	ret = fwup_offer(fw);
	if (ret)
		return ret;
	if (fw->backend->copies)
		fwup_payload_free(&fw->payload, fw->dev);
	else
		fwup_image_clear(img);
	return 0;
}

/**
 * fwup_arm() - offers the staged image to the hypervisor
 * @fw: the update
 *
 * While armed the module cannot be removed: it keeps the memory.
 *
 * Return: 0, also when already armed, or an error recorded by fwup_fail().
 */
int fwup_arm(struct fwup *fw)
{
	u64 size;
	int ret;

	lockdep_assert_held(&fw->lock);
	if (fw->state == FWUP_ARMED && !fw->closed)
		return 0;
	ret = fwup_check_idle(fw);
	if (!ret)
		ret = fwup_check_allowed(fw);
	if (ret)
		return ret;
	ret = fwup_check_image(fw);
	if (ret)
		goto failed;
	if (!fwup_hold(fw))
		return fwup_fail(fw, -ENODEV, "the module is being removed");
	size = fw->image.size;
	ret = fwup_offer_image(fw);
	/* One that cannot be asked tells so only now. */
	if (ret == -EPERM) {
		fwup_image_clear(&fw->image);
		fwup_set_state(fw, FWUP_DISABLED);
		return ret;
	}
	if (ret)
		goto failed;
	fw->last_error[0] = '\0';
	dev_notice(fw->dev, "%llu bytes of firmware are armed for the next reset\n", size);
	fwup_set_state(fw, FWUP_ARMED);
	return 0;

failed:
	fwup_set_state(fw, FWUP_FAILED);
	return ret;
}

/**
 * fwup_revert() - makes the next reset start the hypervisor's own firmware
 * @fw: the update
 *
 * Armed like an image, and taken back like one.
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_revert(struct fwup *fw)
{
	int ret;

	lockdep_assert_held(&fw->lock);
	ret = fwup_check_idle(fw);
	if (ret)
		return ret;
	if (!fw->backend->revert)
		return fwup_fail(fw, -EOPNOTSUPP,
				 "the interface %s has no way back to the hypervisor's own firmware: stage a copy of that",
				 fw->backend->name);
	if (!fwup_hold(fw))
		return fwup_fail(fw, -ENODEV, "the module is being removed");
	fwup_image_clear(&fw->image);
	fwup_hush(fw);
	ret = fw->backend->revert(fw);
	if (ret) {
		/* It may be half done: the next reset shall be a plain one. */
		fwup_take_back(fw);
		fwup_set_state(fw, FWUP_FAILED);
		return ret;
	}
	fwup_tell(fw, 0, 0);
	fw->reverting = true;
	fw->last_error[0] = '\0';
	dev_notice(fw->dev, "the hypervisor's own firmware is armed for the next reset\n");
	fwup_set_state(fw, FWUP_ARMED);
	return 0;
}

/* Ends being armed, one way or the other; the caller sets the new state. */
static int fwup_disarm(struct fwup *fw)
{
	int ret = 0;

	if (fw->state != FWUP_ARMED)
		return 0;
	if (fw->paused)
		fwup_payload_free(&fw->payload, fw->dev);
	else
		ret = fwup_withdraw(fw);
	fw->paused = false;
	fw->reverting = false;
	fw->state = FWUP_STAGED;
	return ret;
}

/**
 * fwup_cancel() - takes everything back
 * @fw: the update
 *
 * Return: 0, or an error recorded by fwup_fail() when the hypervisor could not
 * be made to forget the image.
 */
int fwup_cancel(struct fwup *fw)
{
	int ret;

	lockdep_assert_held(&fw->lock);
	fwup_image_clear(&fw->image);
	fw->declared = 0;
	if (fw->state == FWUP_DISABLED)
		return 0;
	ret = fwup_disarm(fw);
	/* It may be more willing to take something back the second time. */
	if (!ret && (fw->stuck || fw->region_before))
		ret = fwup_withdraw(fw);
	if (ret) {
		fwup_set_state(fw, FWUP_FAILED);
		return ret;
	}
	fw->last_error[0] = '\0';
	fwup_set_state(fw, FWUP_IDLE);
	return 0;
}

/**
 * fwup_disable() - takes everything back and refuses more until the reset
 * @fw: the update
 *
 * The hypervisor accepts this once; asking again is no error and does nothing.
 *
 * Return: 0, or an error recorded by fwup_fail().
 */
int fwup_disable(struct fwup *fw)
{
	bool disabled;
	int ret;

	lockdep_assert_held(&fw->lock);
	/* Disabling helps even if the address could not be taken back. */
	fwup_cancel(fw);
	ret = fw->backend->disabled(fw, &disabled);
	if (!ret && !disabled)
		ret = fwup_disable_now(fw);
	if (ret) {
		fwup_set_state(fw, FWUP_FAILED);
		return ret;
	}
	fw->last_error[0] = '\0';
	fwup_set_state(fw, FWUP_DISABLED);
	return 0;
}

/**
 * fwup_pause() - withdraws an armed image while the machine sleeps
 * @fw: the update
 *
 * Waking from suspend-to-RAM resets the machine as the hypervisor sees it, and a
 * hibernated one may be started by whatever firmware it finds: neither must
 * wake up in new firmware.
 *
 * Return: 0, or an error recorded by fwup_fail(); then it must not sleep.
 */
int fwup_pause(struct fwup *fw)
{
	int ret;

	lockdep_assert_held(&fw->lock);
	if (fw->backend->held && fw->backend->held(fw))
		return fwup_fail(fw, -EBUSY,
				 "the machine would wake up in other firmware: by %s an image can only be taken back with the next reset",
				 fw->backend->name);
	if (fw->state != FWUP_ARMED || fw->paused)
		return 0;
	ret = fw->backend->disarm(fw);
	if (!ret)
		fw->paused = true;
	return ret;
}

/**
 * fwup_resume() - offers the image again that fwup_pause() withdrew
 * @fw: the update
 */
void fwup_resume(struct fwup *fw)
{
	lockdep_assert_held(&fw->lock);
	if (!fw->paused)
		return;
	fw->paused = false;
	if (fwup_offer(fw))
		fwup_set_state(fw, FWUP_FAILED);
}

/**
 * fwup_close() - leaves nothing for another kernel to trip over
 * @fw: the update
 *
 * A kernel started by kexec takes the payload's memory as its own. If the
 * hypervisor does not forget it, disabling the interface is the second chance.
 */
void fwup_close(struct fwup *fw)
{
	lockdep_assert_held(&fw->lock);
	fw->closed = true;
	if (fwup_cancel(fw) && fwup_disable(fw))
		dev_emerg(fw->dev, "the next reset may run arbitrary memory as firmware\n");
}

/**
 * fwup_before_reset() - an ordered reset comes next
 * @fw: the update
 */
void fwup_before_reset(struct fwup *fw)
{
	lockdep_assert_held(&fw->lock);
	if (fw->backend->before_reset)
		fw->backend->before_reset(fw);
}
