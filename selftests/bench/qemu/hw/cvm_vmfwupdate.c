// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmfwupdate: a guest replaces its own firmware at the next reset.
 *
 * The hypervisor's side of three interfaces: that of the specification
 * (bios-addr) and that of its published code (fw-blob), of five fw_cfg files
 * each, and vm-launch-update (launch-update), of one. A reset without an image
 * keeps whatever firmware the region holds by then.
 *
 * All of this runs under QEMU's big lock: fw_cfg accesses, resets, and the
 * properties.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "cvm_vmfwupdate.h"

#define TYPE_CVM_VMFWUPDATE "cvm-vmfwupdate"
OBJECT_DECLARE_SIMPLE_TYPE(CvmVmfwupdate, CVM_VMFWUPDATE)

#define CAP_BIOS_RESIZE 1
#define CAP_PUBLISHED   0x88
#define OPAQUE_SIZE     1024
#define OPAQUE_SHOWN    4096

/* What the published code does differently from posting to posting. */
static const struct {
    uint8_t size_bytes;         /* of the file bios-size */
    uint16_t opaque;
    uint8_t cap;
} revisions[] = {
    { 4, 1024, CAP_PUBLISHED }, { 8, 4096, CAP_PUBLISHED },
    { 8, 4096, CAP_PUBLISHED }, { 8, 4096, CAP_PUBLISHED },
    { 8, 4096, CAP_PUBLISHED }, { 8, 4096, 0 },
};

enum interface {
    BIOS_ADDR,
    FW_BLOB,
    LAUNCH_UPDATE,
    INTERFACES
};

static const char *const interfaces[] = {
    "bios-addr", "fw-blob", "launch-update"
};

struct CvmVmfwupdate {
    DeviceState parent_obj;

    char *interface;
    enum interface kind;
    char *prefix;
    uint32_t revision;
    bool resize;
    uint64_t max_size;

    /* The files as the guest reads and writes them, little-endian. */
    uint64_t caps;
    uint8_t cap[8];             /* the same, unless a fault hides them */
    uint8_t bios_size[4];
    uint8_t bios_addr[8];
    uint8_t disable;
    uint8_t *opaque;
    uint32_t opaque_size;
    uint8_t new_size[4];        /* bios_size, when a fault hides it */
    uint8_t blob[16];           /* u64 size, u64 address */
    uint8_t blob_region[8];     /* what fw-blob believes the region to be */
    uint8_t blob_shown[8];      /* the same, unless a fault hides it */
    CvmFwLaunch launch;

    FWCfgState *fw_cfg;
    CvmBios bios;
    CvmFwFault fault;
    bool started;
    uint32_t flip;

    /* for the observer outside */
    uint64_t resets;
    uint64_t replacements;
    uint64_t refused;
    uint64_t partial_writes;
    char *last_error;
};

static uint64_t caps_of(CvmVmfwupdate *s)
{
    uint32_t caps;

    return cvm_fw_fault_take_value(&s->fault, "caps", &caps) ? caps : s->caps;
}

static void cap_selected(void *opaque)
{
    CvmVmfwupdate *s = opaque;

    stq_le_p(s->cap, caps_of(s));
}

static void size_selected(void *opaque)
{
    CvmVmfwupdate *s = opaque;

    memcpy(s->bios_size, s->new_size, sizeof(s->bios_size));
    if (s->flip++ % 2 && cvm_fw_fault_take(&s->fault, "size-flip")) {
        stl_le_p(s->bios_size, ldl_le_p(s->new_size) + CVM_BIOS_SIZE_UNIT);
    }
}

/*
 * A size that the region cannot have is not taken: the guest learns that by
 * reading back. One that it can have becomes real with the replacement.
 */
static void size_written(void *opaque, off_t start, size_t len)
{
    CvmVmfwupdate *s = opaque;

    if (cvm_bios_size_valid(&s->bios, ldl_le_p(s->bios_size)) &&
        !cvm_fw_fault_take(&s->fault, "size-stuck")) {
        memcpy(s->new_size, s->bios_size, sizeof(s->new_size));
    }
    memcpy(s->bios_size, s->new_size, sizeof(s->bios_size));
}

static void disable_written(void *opaque, off_t start, size_t len)
{
    CvmVmfwupdate *s = opaque;

    /* Any value disables, and a second write changes nothing. */
    s->disable = !cvm_fw_fault_take(&s->fault, "disable-stuck");
}

static void addr_written(void *opaque, off_t start, size_t len)
{
    CvmVmfwupdate *s = opaque;

    if (cvm_fw_fault_take(&s->fault, "addr-stuck")) {
        memset(s->bios_addr, 0, sizeof(s->bios_addr));
    }
}

/*
 * The published code takes a size only with a capability that it does not
 * have, but forgets the region for a size of 0.
 */
static void blob_written(void *opaque, off_t start, size_t len)
{
    CvmVmfwupdate *s = opaque;

    if (cvm_fw_fault_take(&s->fault, "addr-stuck")) {
        memset(s->blob, 0, sizeof(s->blob));
    } else if (!ldq_le_p(s->blob)) {
        memset(s->blob_region, 0, sizeof(s->blob_region));
    }
}

static bool blob_would_abort(const CvmVmfwupdate *s)
{
    uint64_t size = ldq_le_p(s->blob);

    return s->kind == FW_BLOB && !s->disable && ldq_le_p(s->blob + 8) &&
           (size % CVM_BIOS_SIZE_UNIT || size > ldq_le_p(s->blob_region));
}

static void blob_size_selected(void *opaque)
{
    CvmVmfwupdate *s = opaque;
    uint64_t size = ldq_le_p(s->blob_region);

    if (cvm_fw_fault_take_after(&s->fault, "size-shrink", &s->flip)) {
        size /= 2;
    }
    stq_le_p(s->blob_shown, size);
}

static void launch_selected(void *opaque)
{
    CvmVmfwupdate *s = opaque;
    uint32_t version = CVM_LAUNCH_VERSION;

    cvm_fw_fault_take_value(&s->fault, "launch-version", &version);
    cvm_launch_selected(&s->launch, version, caps_of(s));
}

static void set_last_error(CvmVmfwupdate *s, Error *err)
{
    g_free(s->last_error);
    s->last_error = err ? g_strdup(error_get_pretty(err)) : NULL;
    if (err) {
        s->refused++;
        warn_report("cvm-vmfwupdate: image refused: %s", s->last_error);
        error_free(err);
    }
}

static void launch_written(void *opaque, off_t start, size_t len)
{
    CvmVmfwupdate *s = opaque;
    Error *err = NULL;
    uint32_t status;

    /* The rest would be what another write, or a reset, has left there. */
    if (start || len != sizeof(s->launch.file)) {
        s->partial_writes++;
        return;
    }
    if (cvm_fw_fault_take_value(&s->fault, "launch-status", &status)) {
        stw_le_p(s->launch.file + 2, status);
        return;
    }
    if (s->launch.file[16] & 1 &&
        cvm_fw_fault_take(&s->fault, "disable-stuck")) {
        stw_le_p(s->launch.file + 2, 0);
        return;
    }
    cvm_launch_written(&s->launch, &s->bios, &err);
    set_last_error(s, err);
}

static void launch_reset(CvmVmfwupdate *s)
{
    if (cvm_fw_fault_take(&s->fault, "reset-ignore")) {
        return;
    }
    if (cvm_launch_reset(&s->launch, &s->bios) == CVM_LAUNCH_REPLACED) {
        s->replacements++;
    }
}

static void update_apply(CvmVmfwupdate *s)
{
    bool blob = s->kind == FW_BLOB;
    uint64_t addr = blob ? ldq_le_p(s->blob + 8) : ldq_le_p(s->bios_addr);
    uint64_t size = blob ? ldq_le_p(s->blob) : ldl_le_p(s->new_size);
    Error *err = NULL;

    if (blob_would_abort(s)) {
        error_report("cvm-vmfwupdate: fw-blob of %" PRIu64 " bytes for a region"
                     " of %" PRIu64, size, ldq_le_p(s->blob_region));
        abort();
    }

    if (!addr || s->disable || cvm_fw_fault_take(&s->fault, "reset-ignore")) {
        return;
    }
    if (cvm_bios_replace(&s->bios, addr, size, &err)) {
        s->replacements++;
    }
    set_last_error(s, err);
}

static void vmfwupdate_reset(void *opaque)
{
    CvmVmfwupdate *s = opaque;

    cvm_fw_fault_reset(s->fw_cfg);
    if (s->started) {
        s->resets++;
        if (s->kind == LAUNCH_UPDATE) {
            launch_reset(s);
        } else {
            update_apply(s);
        }
    } else {
        stq_le_p(s->blob_region, cvm_bios_size(&s->bios));
    }
    /* The first one is how the machine comes to life. */
    s->started = true;

    if (s->kind == BIOS_ADDR) {
        /* The published code clears nothing. */
        memset(s->bios_addr, 0, sizeof(s->bios_addr));
        s->disable = 0;
    }
    stl_le_p(s->new_size, cvm_bios_size(&s->bios));
    memcpy(s->bios_size, s->new_size, sizeof(s->bios_size));
    if (cvm_fw_fault_take(&s->fault, "opaque-garbage")) {
        memset(s->opaque, 0xa5, s->opaque_size);
    }
}

static void add_file(CvmVmfwupdate *s, const char *name,
                     FWCfgCallback selected, FWCfgWriteCallback written,
                     void *data, size_t len, bool read_only)
{
    g_autofree char *path = g_strdup_printf("%svmfwupdate/%s", s->prefix, name);

    fw_cfg_add_file_callback(s->fw_cfg, path, selected, written, s, data, len,
                             read_only);
}

static void add_files(CvmVmfwupdate *s)
{
    s->caps = s->resize ? CAP_BIOS_RESIZE : 0;
    add_file(s, "cap", cap_selected, NULL, s->cap, sizeof(s->cap), true);
    add_file(s, "bios-size", size_selected, size_written, s->bios_size,
             sizeof(s->bios_size), !s->resize);
    add_file(s, "opaque", NULL, NULL, s->opaque, s->opaque_size, false);
    add_file(s, "disable", NULL, disable_written, &s->disable,
             sizeof(s->disable), false);
    add_file(s, "bios-addr", NULL, addr_written, s->bios_addr,
             sizeof(s->bios_addr), false);
}

static void add_blob_files(CvmVmfwupdate *s)
{
    s->caps = revisions[s->revision - 1].cap;
    add_file(s, "cap", cap_selected, NULL, s->cap, sizeof(s->cap), true);
    add_file(s, "bios-size", blob_size_selected, NULL, s->blob_shown,
             revisions[s->revision - 1].size_bytes, true);
    add_file(s, "opaque-blob", NULL, NULL, s->opaque, s->opaque_size, false);
    add_file(s, "disable", NULL, disable_written, &s->disable,
             sizeof(s->disable), false);
    add_file(s, "fw-blob", NULL, blob_written, s->blob, sizeof(s->blob), false);
}

static void add_launch_file(CvmVmfwupdate *s)
{
    s->caps = CVM_LAUNCH_CAP_IGVM;
    fw_cfg_add_file_callback(s->fw_cfg, "etc/vmlaunchupdate", launch_selected,
                             launch_written, s, s->launch.file,
                             sizeof(s->launch.file), false);
}

static bool check_properties(CvmVmfwupdate *s, Error **errp)
{
    while (s->kind < INTERFACES && strcmp(s->interface, interfaces[s->kind])) {
        s->kind++;
    }
    if (s->kind == INTERFACES) {
        error_setg(errp, "interface '%s' is not known, 'bios-addr', 'fw-blob'"
                   " and 'launch-update' are", s->interface);
        return false;
    }
    if (s->revision < 1 || s->revision > ARRAY_SIZE(revisions)) {
        error_setg(errp, "revision takes 1 to %zu", ARRAY_SIZE(revisions));
        return false;
    }
    s->opaque_size = s->kind == FW_BLOB ? revisions[s->revision - 1].opaque
                                        : OPAQUE_SIZE;
    if (!s->prefix) {
        s->prefix = g_strdup(s->kind == BIOS_ADDR ? "" : "etc/");
    }
    return true;
}

static void vmfwupdate_realize(DeviceState *dev, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(dev);
    g_autofree char *prefix = NULL;
    static bool present;

    if (present) {
        error_setg(errp, "a machine has only one cvm-vmfwupdate");
        return;
    }
    if (!check_properties(s, errp)) {
        return;
    }
    s->fw_cfg = fw_cfg_find();
    if (!s->fw_cfg || !fw_cfg_dma_enabled(s->fw_cfg)) {
        error_setg(errp, "the machine has no fw_cfg that can be written");
        return;
    }
    if (be32_to_cpu(s->fw_cfg->files->count) + 5 > s->fw_cfg->file_slots) {
        error_setg(errp, "fw_cfg has no room for five more files");
        return;
    }
    if (s->max_size > CVM_BIOS_SIZE_LIMIT ||
        s->max_size % CVM_BIOS_SIZE_UNIT) {
        error_setg(errp, "max-size must be a multiple of 64 KiB up to 16 MiB");
        return;
    }
    if (!cvm_bios_take_over(&s->bios, OBJECT(s), s->max_size, errp)) {
        return;
    }
    present = true;

    s->opaque = g_malloc0(s->opaque_size);
    switch (s->kind) {
    case FW_BLOB:
        add_blob_files(s);
        break;
    case LAUNCH_UPDATE:
        add_launch_file(s);
        break;
    default:
        add_files(s);
    }
    prefix = s->kind == LAUNCH_UPDATE ? g_strdup("etc/")
                                      : g_strdup_printf("%svmfwupdate/", s->prefix);
    cvm_fw_fault_attach(&s->fault, prefix);
    /* A snapshot is no place to apply an update that it holds itself. */
    qemu_register_reset_nosnapshotload(vmfwupdate_reset, s);
}

static int vmfwupdate_pre_load(void *opaque)
{
    cvm_launch_forget(&CVM_VMFWUPDATE(opaque)->launch);
    return 0;
}

static int vmfwupdate_post_load(void *opaque, int version_id)
{
    CvmVmfwupdate *s = opaque;

    /* The RAM block came with the size that the other side gave it. */
    cvm_bios_place(&s->bios);
    return 0;
}

static const VMStateDescription vmstate_vmfwupdate = {
    .name = TYPE_CVM_VMFWUPDATE,
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_load = vmfwupdate_pre_load,
    .post_load = vmfwupdate_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(bios_size, CvmVmfwupdate, 4),
        VMSTATE_UINT8_ARRAY(new_size, CvmVmfwupdate, 4),
        VMSTATE_UINT8_ARRAY(bios_addr, CvmVmfwupdate, 8),
        VMSTATE_UINT8(disable, CvmVmfwupdate),
        VMSTATE_VBUFFER_UINT32(opaque, CvmVmfwupdate, 2, NULL, opaque_size),
        VMSTATE_UINT8_ARRAY(blob, CvmVmfwupdate, 16),
        VMSTATE_UINT8_ARRAY(blob_region, CvmVmfwupdate, 8),
        VMSTATE_UINT8_ARRAY(launch.file, CvmVmfwupdate, CVM_LAUNCH_FILE_SIZE),
        VMSTATE_BOOL(launch.disabled, CvmVmfwupdate),
        VMSTATE_BOOL(launch.fresh, CvmVmfwupdate),
        VMSTATE_BOOL(launch.once, CvmVmfwupdate),
        VMSTATE_UINT32(launch.pending_size, CvmVmfwupdate),
        VMSTATE_VBUFFER_ALLOC_UINT32(launch.pending, CvmVmfwupdate, 2, NULL,
                                     launch.pending_size),
        VMSTATE_UINT32(launch.current_size, CvmVmfwupdate),
        VMSTATE_VBUFFER_ALLOC_UINT32(launch.current, CvmVmfwupdate, 2, NULL,
                                     launch.current_size),
        VMSTATE_UINT32(launch.host_size, CvmVmfwupdate),
        VMSTATE_VBUFFER_ALLOC_UINT32(launch.host, CvmVmfwupdate, 2, NULL,
                                     launch.host_size),
        VMSTATE_END_OF_LIST()
    },
};

static char *get_fault(Object *obj, Error **errp)
{
    return g_strdup(CVM_VMFWUPDATE(obj)->fault.text ?: "");
}

static void set_fault(Object *obj, const char *value, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);

    cvm_fw_fault_set(&s->fault, value, errp);
    s->flip = 0;
}

static char *get_last_error(Object *obj, Error **errp)
{
    return g_strdup(CVM_VMFWUPDATE(obj)->last_error ?: "");
}

static char *get_sha256(Object *obj, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);

    return s->fw_cfg ? cvm_bios_sha256(&s->bios) : g_strdup("");
}

static char *get_opaque(Object *obj, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);
    GString *hex = g_string_new(NULL);
    unsigned int i;

    for (i = 0; s->opaque && i < MIN(s->opaque_size, OPAQUE_SHOWN); i++) {
        g_string_append_printf(hex, "%02x", s->opaque[i]);
    }
    return g_string_free(hex, false);
}

/* What another hypervisor, or a hostile one, may leave there. */
static void set_opaque(Object *obj, const char *value, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);
    size_t i, len = strlen(value);

    if (!s->opaque || len % 2 || len / 2 > s->opaque_size ||
        strspn(value, "0123456789abcdefABCDEF") != len) {
        error_setg(errp, "opaque takes up to %u bytes in hexadecimal",
                   s->opaque_size);
        return;
    }
    memset(s->opaque, 0, s->opaque_size);
    for (i = 0; i < len / 2; i++) {
        s->opaque[i] = g_ascii_xdigit_value(value[2 * i]) << 4 |
                       g_ascii_xdigit_value(value[2 * i + 1]);
    }
}

static bool get_disabled(Object *obj, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);

    return s->disable || s->launch.disabled;
}

static bool get_would_abort(Object *obj, Error **errp)
{
    return blob_would_abort(CVM_VMFWUPDATE(obj));
}

/* Of the IGVM file that the next reset starts, or else of the one that runs. */
static char *get_image_sha256(Object *obj, Error **errp)
{
    CvmFwLaunch *l = &CVM_VMFWUPDATE(obj)->launch;

    if (l->pending) {
        return g_compute_checksum_for_data(G_CHECKSUM_SHA256, l->pending,
                                           l->pending_size);
    }
    if (l->current) {
        return g_compute_checksum_for_data(G_CHECKSUM_SHA256, l->current,
                                           l->current_size);
    }
    return g_strdup("");
}

/* The file of launch-update, since a look from inside would change it. */
static char *get_launch(Object *obj, Error **errp)
{
    CvmFwLaunch *l = &CVM_VMFWUPDATE(obj)->launch;

    return g_strdup_printf("status=%u control=0x%" PRIx64 " image=0x%" PRIx64
                           ",%" PRIu64 " opaque=0x%" PRIx64 ",%" PRIu64
                           " pending=%u",
                           lduw_le_p(l->file + 2), ldq_le_p(l->file + 16),
                           ldq_le_p(l->file + 24), ldq_le_p(l->file + 32),
                           ldq_le_p(l->file + 40), ldq_le_p(l->file + 48),
                           l->pending_size);
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);
    uint64_t value = s->fw_cfg ? cvm_bios_size(&s->bios) : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void get_next_size(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);
    uint64_t value = s->kind == FW_BLOB ? ldq_le_p(s->blob)
                                        : ldl_le_p(s->new_size);

    visit_type_uint64(v, name, &value, errp);
}

static void get_addr(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);
    uint64_t value = s->kind == FW_BLOB ? ldq_le_p(s->blob + 8)
                                        : ldq_le_p(s->bios_addr);

    visit_type_uint64(v, name, &value, errp);
}

static void vmfwupdate_init(Object *obj)
{
    CvmVmfwupdate *s = CVM_VMFWUPDATE(obj);

    s->interface = g_strdup("bios-addr");
    object_property_add_uint64_ptr(obj, "resets", &s->resets,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "replacements", &s->replacements,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "refused", &s->refused,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "reverts", &s->launch.reverts,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "partial-writes", &s->partial_writes,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "igvm-pages", &s->launch.pages,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "faults-injected", &s->fault.hits,
                                   OBJ_PROP_FLAG_READ);
}

static Property vmfwupdate_properties[] = {
    DEFINE_PROP_STRING("interface", CvmVmfwupdate, interface),
    DEFINE_PROP_STRING("prefix", CvmVmfwupdate, prefix),
    DEFINE_PROP_UINT32("revision", CvmVmfwupdate, revision, 6),
    DEFINE_PROP_BOOL("igvm", CvmVmfwupdate, launch.from_igvm, true),
    DEFINE_PROP_BOOL("resize", CvmVmfwupdate, resize, true),
    DEFINE_PROP_SIZE("max-size", CvmVmfwupdate, max_size, CVM_BIOS_SIZE_LIMIT),
    DEFINE_PROP_END_OF_LIST(),
};

static void vmfwupdate_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "guest-driven firmware update over fw_cfg";
    dc->realize = vmfwupdate_realize;
    dc->vmsd = &vmstate_vmfwupdate;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, vmfwupdate_properties);

    object_class_property_add_str(oc, "fault", get_fault, set_fault);
    object_class_property_add_str(oc, "last-error", get_last_error, NULL);
    object_class_property_add_str(oc, "bios-sha256", get_sha256, NULL);
    object_class_property_add_str(oc, "opaque", get_opaque, set_opaque);
    object_class_property_add_bool(oc, "disabled", get_disabled, NULL);
    object_class_property_add_bool(oc, "would-abort", get_would_abort, NULL);
    object_class_property_add_str(oc, "image-sha256", get_image_sha256, NULL);
    object_class_property_add_str(oc, "launch", get_launch, NULL);
    object_class_property_add(oc, "bios-size", "size", get_size, NULL, NULL,
                              NULL);
    object_class_property_add(oc, "next-bios-size", "size", get_next_size,
                              NULL, NULL, NULL);
    object_class_property_add(oc, "bios-addr", "uint64", get_addr, NULL, NULL,
                              NULL);
}

static const TypeInfo vmfwupdate_info = {
    .name = TYPE_CVM_VMFWUPDATE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CvmVmfwupdate),
    .instance_init = vmfwupdate_init,
    .class_init = vmfwupdate_class_init,
};

static void vmfwupdate_register_types(void)
{
    type_register_static(&vmfwupdate_info);
}

type_init(vmfwupdate_register_types)
