// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm-launch-update: one file, in which the guest names an IGVM file in its
 * memory. That is read and judged when the file is written; the next reset
 * starts the machine from it, and each one after that too.
 *
 *   0  u16 version    2  u16 status     4  u32 padding   8  u64 capabilities
 *  16  u64 control   24  u64 image     32  u64 its size
 *  40  u64 opaque    48  u64 its size
 *
 * All little-endian. What has been hard on guests elsewhere is here on
 * purpose: to select the file resets control, which only the reset looks at
 * for the bit HOST; a write with DISABLE does nothing else; once disabled,
 * every write succeeds and does nothing.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "cvm_vmfwupdate.h"

#define VERSION     0
#define STATUS      2
#define CAPS        8
#define CONTROL     16
#define IMAGE       24
#define IMAGE_SIZE  32

#define STATUS_DONE         0
#define STATUS_LOAD_FAILED  1
#define STATUS_NOT_IGVM     2

#define CONTROL_DISABLE     (1ull << 0)
#define CONTROL_HOST        (1ull << 1)
#define CONTROL_IGVM        (1ull << 32)

/* No file that a guest could need is larger. */
#define IMAGE_MAX           (1ull << 30)

/* What the guest wrote to the first two stays until somebody looks. */
void cvm_launch_selected(CvmFwLaunch *l, uint16_t version, uint64_t caps)
{
    stw_le_p(l->file + VERSION, version);
    stq_le_p(l->file + CAPS, caps);
    stq_le_p(l->file + CONTROL, 0);
}

/* Of one piece, unlike what the firmware region is read from. */
static uint8_t *read_image(CvmFwLaunch *l, const CvmBios *bios, Error **errp)
{
    uint64_t addr = ldq_le_p(l->file + IMAGE);
    uint64_t size = ldq_le_p(l->file + IMAGE_SIZE);
    uint8_t *image;

    if (!size || size > IMAGE_MAX) {
        error_setg(errp, "an image of %" PRIu64 " bytes", size);
        return NULL;
    }
    if (!cvm_ram_is_one(addr, size)) {
        error_setg(errp, "an image of more than one piece");
        return NULL;
    }
    image = cvm_ram_copy(addr, size, errp);
    if (image && !cvm_igvm_check(image, size, bios, errp)) {
        g_free(image);
        return NULL;
    }
    return image;
}

/* @errp says what the status, which has three values, does not. */
void cvm_launch_written(CvmFwLaunch *l, const CvmBios *bios, Error **errp)
{
    uint64_t control = ldq_le_p(l->file + CONTROL);
    uint16_t status = STATUS_DONE;
    uint8_t *image = NULL;

    if (l->disabled) {
        goto out;
    }
    if (control & CONTROL_DISABLE) {
        l->disabled = true;
        goto out;
    }
    l->fresh = false;
    if (!ldq_le_p(l->file + IMAGE)) {
        goto out;
    }
    if (!l->from_igvm) {
        status = STATUS_NOT_IGVM;
        error_setg(errp, "the machine was not started from an IGVM file");
        goto out;
    }
    status = STATUS_LOAD_FAILED;
    if (!(control & CONTROL_IGVM)) {
        error_setg(errp, "an image of no format");
        goto out;
    }
    image = read_image(l, bios, errp);
    if (!image) {
        goto out;
    }
    g_free(l->pending);
    l->pending = image;
    l->pending_size = ldq_le_p(l->file + IMAGE_SIZE);
    l->fresh = true;
    stq_le_p(l->file + IMAGE, 0);
    stq_le_p(l->file + IMAGE_SIZE, 0);
    status = STATUS_DONE;
out:
    stw_le_p(l->file + STATUS, status);
}

static void drop_pending(CvmFwLaunch *l)
{
    g_free(l->pending);
    l->pending = NULL;
    l->pending_size = 0;
}

static void take_pending(CvmFwLaunch *l, CvmBios *bios)
{
    if (!l->host) {
        l->host = cvm_bios_copy(bios);
        l->host_size = cvm_bios_size(bios);
    }
    g_free(l->current);
    l->current = l->pending;
    l->current_size = l->pending_size;
    l->pending = NULL;
    l->pending_size = 0;
}

static void back_to_host(CvmFwLaunch *l, CvmBios *bios)
{
    g_free(l->current);
    l->current = NULL;
    l->current_size = 0;
    l->once = false;
    l->reverts++;
    if (l->host) {
        cvm_bios_load(bios, l->host, l->host_size);
    }
}

enum cvm_launch_reset cvm_launch_reset(CvmFwLaunch *l, CvmBios *bios)
{
    bool host = ldq_le_p(l->file + CONTROL) & CONTROL_HOST;
    enum cvm_launch_reset ret = CVM_LAUNCH_SAME;

    if (host && !(l->pending && l->fresh)) {
        drop_pending(l);
        back_to_host(l, bios);
        ret = CVM_LAUNCH_REVERTED;
    } else if (l->pending) {
        take_pending(l, bios);
        l->once = host;
        ret = CVM_LAUNCH_REPLACED;
    } else if (l->once) {
        back_to_host(l, bios);
        ret = CVM_LAUNCH_REVERTED;
    }
    if (l->current) {
        l->pages = cvm_igvm_load(l->current, bios);
    }
    stq_le_p(l->file + CONTROL, 0);
    l->disabled = false;
    l->fresh = false;
    return ret;
}

/* Before a snapshot brings its own. */
void cvm_launch_forget(CvmFwLaunch *l)
{
    drop_pending(l);
    g_free(l->current);
    g_free(l->host);
    l->current = l->host = NULL;
    l->current_size = l->host_size = 0;
}
