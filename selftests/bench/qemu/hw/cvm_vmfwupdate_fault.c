// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A fw_cfg that misbehaves on request.
 *
 * TARGET is the last part of one of this model's file names. Faults that
 * concern the model's own values are asked for by the model; those of fw_cfg
 * itself happen here.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "cvm_vmfwupdate.h"
#include "cvm_vmfwupdate_hooks.h"

void (*cvm_fw_cfg_selected)(FWCfgState *s);
CvmFwCfgAnswer (*cvm_fw_cfg_dma)(FWCfgState *s, const FWCfgDmaAccess *dma,
                                 uint32_t *size);

#define DMA_READ    0x02
#define DMA_WRITE   0x10

static const struct {
    const char *name;
    bool file, value;           /* what it takes */
} faults[] = {
    { "read-error", true },
    { "write-error", true },
    { "read-nothing", true },
    { "read-hang", true },
    { "write-hang", true },
    { "short", true, true },
    { "dir-missing", true },
    { "dir-endless", true },
    { "dir-size", true, true },
    { "dir-size-flip", true, true },
    { "dir-count", false, true },
    { "caps", false, true },
    { "size-stuck" },
    { "size-flip" },
    { "size-shrink", false, true },
    { "addr-stuck" },
    { "disable-stuck" },
    { "reset-ignore" },
    { "opaque-garbage" },
    { "launch-status", false, true },
    { "launch-version", false, true },
};

static const char *const files[] = {
    "cap", "bios-size", "opaque", "disable", "bios-addr",
    "opaque-blob", "fw-blob", "vmlaunchupdate",
    "directory",                /* of fw_cfg: for operations on it */
};

/* The one model that has the hooks. */
static CvmFwFault *hooked;

static bool check(void *opaque, CvmFault *f, Error **errp)
{
    size_t i, file;

    for (i = 0; i < ARRAY_SIZE(faults); i++) {
        if (!strcmp(f->name, faults[i].name)) {
            break;
        }
    }
    if (i == ARRAY_SIZE(faults)) {
        error_setg(errp, "unknown fault '%s'", f->name);
        return false;
    }
    if (!faults[i].file && faults[i].value && f->target && !f->has_value) {
        /* Without a file, the number is the only thing behind the sign. */
        f->has_value = !qemu_strtou64(f->target, NULL, 0, &f->value);
        g_free(f->target);
        f->target = NULL;
    }
    for (file = 0; f->target && file < ARRAY_SIZE(files); file++) {
        if (!strcmp(f->target, files[file])) {
            break;
        }
    }
    if (faults[i].file != (f->target != NULL) || file == ARRAY_SIZE(files)) {
        error_setg(errp, faults[i].file ? "fault '%s' needs one of the files"
                                        : "fault '%s' takes no file", f->name);
        return false;
    }
    if (faults[i].value != f->has_value || f->value > UINT32_MAX) {
        error_setg(errp, faults[i].value ? "fault '%s' needs a value of 32 bits"
                                         : "fault '%s' takes no value",
                   f->name);
        return false;
    }
    return true;
}

bool cvm_fw_fault_set(CvmFwFault *f, const char *text, Error **errp)
{
    GPtrArray *list = cvm_fault_parse(text, check, NULL, errp);

    if (!list) {
        return false;
    }
    if (f->list) {
        g_ptr_array_unref(f->list);
    }
    f->list = list;
    g_free(f->text);
    f->text = g_strdup(text);
    return true;
}

/* @file is NULL for those that take none. */
static CvmFault *fault_find(CvmFwFault *f, const char *name, const char *file)
{
    guint i;

    for (i = 0; f->list && i < f->list->len; i++) {
        CvmFault *item = g_ptr_array_index(f->list, i);

        if (item->left && !strcmp(item->name, name) &&
            !g_strcmp0(item->target, file)) {
            return item;
        }
    }
    return NULL;
}

/* Whether a fault strikes now. */
static bool fault_take(CvmFwFault *f, const char *name, const char *file,
                       uint32_t *value)
{
    CvmFault *item = fault_find(f, name, file);

    if (!item) {
        return false;
    }
    item->left--;
    f->hits++;
    if (value) {
        *value = item->value;
    }
    return true;
}

bool cvm_fw_fault_take(CvmFwFault *f, const char *name)
{
    return fault_take(f, name, NULL, NULL);
}

bool cvm_fw_fault_take_value(CvmFwFault *f, const char *name, uint32_t *value)
{
    return fault_take(f, name, NULL, value);
}

/* One whose value says how often it does not strike; @seen counts those. */
bool cvm_fw_fault_take_after(CvmFwFault *f, const char *name, uint32_t *seen)
{
    CvmFault *item = fault_find(f, name, NULL);

    if (item && *seen < item->value) {
        ++*seen;
        return false;
    }
    return fault_take(f, name, NULL, NULL);
}

/* The short name of one of this model's files, or NULL for all others. */
static const char *short_name(CvmFwFault *f, const char *name)
{
    const char *rest;

    return strstart(name, f->prefix, &rest) ? rest : NULL;
}

static void dir_restore(FWCfgState *s, CvmFwFault *f)
{
    if (f->true_dir) {
        memcpy(s->files, f->true_dir, f->dir_size);
        g_free(f->true_dir);
        f->true_dir = NULL;
    }
}

/*
 * The directory is changed while it is selected and put right by the next
 * selection, since QEMU itself looks files up in it.
 */
static void dir_spoil(FWCfgState *s, CvmFwFault *f)
{
    uint32_t i, n, count = be32_to_cpu(s->files->count);

    f->dir_size = sizeof(s->files->count) + s->file_slots * sizeof(FWCfgFile);
    f->true_dir = g_memdup2(s->files, f->dir_size);
    f->toggle++;

    for (i = 0; i < count; i++) {
        FWCfgFile *file = &s->files->f[i];
        g_autofree char *name = g_strdup(short_name(f, file->name));

        if (!name) {
            continue;
        }
        if (fault_take(f, "dir-size", name, &n)) {
            file->size = cpu_to_be32(n);
        }
        if (f->toggle % 2 && fault_take(f, "dir-size-flip", name, &n)) {
            file->size = cpu_to_be32(n);
        }
        if (fault_take(f, "dir-missing", name, NULL)) {
            file->name[0] = '-';
        }
        if (fault_take(f, "dir-endless", name, NULL)) {
            memset(file->name + strlen(file->name), 'x',
                   sizeof(file->name) - strlen(file->name));
        }
    }
    if (fault_take(f, "dir-count", NULL, &n)) {
        s->files->count = cpu_to_be32(n);
    }
}

static void fault_selected(FWCfgState *s)
{
    CvmFwFault *f = hooked;

    if (!s->files) {
        return;
    }
    dir_restore(s, f);
    if (f->list && f->list->len && s->cur_entry == FW_CFG_FILE_DIR) {
        dir_spoil(s, f);
    }
}

/* What faults call the selected item; NULL if they do not concern it. */
static const char *selected_name(FWCfgState *s, CvmFwFault *f)
{
    uint32_t i = s->cur_entry - FW_CFG_FILE_FIRST;

    if (s->cur_entry == FW_CFG_FILE_DIR) {
        return "directory";
    }
    if (s->cur_entry < FW_CFG_FILE_FIRST || !s->files ||
        i >= be32_to_cpu(s->files->count)) {
        return NULL;
    }
    return short_name(f, s->files->f[i].name);
}

static CvmFwCfgAnswer fault_dma(FWCfgState *s, const FWCfgDmaAccess *dma,
                                uint32_t *size)
{
    CvmFwFault *f = hooked;
    uint32_t n;
    bool write = !(dma->control & DMA_READ) && (dma->control & DMA_WRITE);
    const char *name = selected_name(s, f);

    if (!name || !(dma->control & (DMA_READ | DMA_WRITE))) {
        return CVM_FW_CFG_NORMAL;
    }
    if (fault_take(f, write ? "write-error" : "read-error", name, NULL)) {
        return CVM_FW_CFG_ERROR;
    }
    if (!write && fault_take(f, "read-nothing", name, NULL)) {
        return CVM_FW_CFG_NOTHING;
    }
    if (fault_take(f, write ? "write-hang" : "read-hang", name, NULL)) {
        return CVM_FW_CFG_SILENCE;
    }
    if (fault_take(f, "short", name, &n)) {
        *size = MIN(*size, n);
    }
    return CVM_FW_CFG_NORMAL;
}

void cvm_fw_fault_reset(FWCfgState *s)
{
    if (hooked && s->files) {
        dir_restore(s, hooked);
    }
}

void cvm_fw_fault_attach(CvmFwFault *f, const char *prefix)
{
    f->prefix = g_strdup(prefix);
    hooked = f;
    cvm_fw_cfg_selected = fault_selected;
    cvm_fw_cfg_dma = fault_dma;
}
