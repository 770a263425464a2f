/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cvm-psp: the processor of an SNP-host VM, which has no PCI function. The
 * ACPI table ASPT names its register page, and the ACPI mailbox in that page
 * programs its interrupt, which it sends to the local APIC by itself.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "sysemu/reset.h"
#include "hw/i386/apic-msidef.h"
#include "hw/cvm/cvm_aspt.h"

#define TYPE_CVM_PSP "cvm-psp"
OBJECT_DECLARE_SIMPLE_TYPE(CvmPspAspt, CVM_PSP)

struct CvmPspAspt {
    DeviceState parent;
    CvmPsp psp;
    char *table;
    uint64_t base;
    uint8_t irq_id;
    uint64_t irqs_undeliverable;
    bool in_memory;
};

#define BASE_DEFAULT    0xfeb00000ULL
#define BASE_OF_TABLE   UINT64_MAX
#define IRQ_ID_OF_TABLE UINT8_MAX

#define APIC_ID_MAX     0xff    /* QEMU's APIC has no more than eight bits */

static bool aspt_raise(CvmPsp *psp, bool force)
{
    CvmPspAspt *s = container_of(psp, CvmPspAspt, psp);
    const CvmPspTarget *t = &psp->acpi.target;
    uint64_t address = APIC_DEFAULT_ADDRESS;

    if (!psp->acpi.committed || !(psp->acpi.enabled || force)) {
        return false;
    }
    if (t->apic_id > APIC_ID_MAX) {
        s->irqs_undeliverable++;
        qemu_log_mask(LOG_GUEST_ERROR, "cvm-psp: no interrupt can reach APIC "
                      "id 0x%x\n", t->apic_id);
        return false;
    }
    address |= t->apic_id << MSI_ADDR_DEST_ID_SHIFT;
    address |= (uint64_t)t->logical << MSI_ADDR_DEST_MODE_SHIFT;
    /* Fixed delivery, edge; past any IOMMU, as the real one does. */
    address_space_stl_le(&address_space_memory, address, t->vector,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    return true;
}

static bool aspt_target(CvmPsp *psp, CvmPspTarget *target)
{
    *target = psp->acpi.target;
    return psp->acpi.committed && psp->acpi.enabled;
}

static const CvmPspOps aspt_ops = {
    .raise = aspt_raise,
    .target = aspt_target,
};

/*
 * Settles where the registers are. A file speaks first, then the properties:
 * so that a table may also name a page where there is nothing.
 */
static GByteArray *prepare_table(CvmPspAspt *s, CvmAsptLayout *layout,
                                 Error **errp)
{
    static const struct {
        const char *name;
        CvmAsptForm form;
    } forms[] = {
        { "hyperv", CVM_ASPT_HYPERV },
        { "rev2", CVM_ASPT_REVISION2 },
        { "openvmm", CVM_ASPT_OPENVMM },
    };
    const char *name = s->table ? s->table : "hyperv";
    g_autoptr(GByteArray) file = NULL;
    g_autoptr(GError) error = NULL;
    int form = -1;
    gchar *bytes;
    gsize length;

    cvm_aspt_default(layout, BASE_DEFAULT);
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (!strcmp(name, forms[i].name)) {
            form = forms[i].form;
        }
    }
    if (form < 0 && strcmp(name, "none")) {
        if (!g_file_get_contents(name, &bytes, &length, &error)) {
            error_setg(errp, "table '%s' is none of none, hyperv, rev2 and "
                       "openvmm, and no file: %s", name, error->message);
            return NULL;
        }
        file = g_byte_array_new_take((guint8 *)bytes, length);
        cvm_aspt_scan(file->data, file->len, layout);
    }
    if (s->base != BASE_OF_TABLE) {
        layout->base = s->base;
    }
    if (s->irq_id != IRQ_ID_OF_TABLE) {
        layout->irq_id = s->irq_id;
    }
    if (file) {
        return g_steal_pointer(&file);
    }
    return form < 0 ? g_byte_array_new() : cvm_aspt_build(form, layout);
}

static void aspt_reset(void *opaque)
{
    CvmPspAspt *s = opaque;

    cvm_psp_reset(&s->psp);
}

static void aspt_realize(DeviceState *dev, Error **errp)
{
    CvmPspAspt *s = CVM_PSP(dev);
    g_autoptr(GByteArray) table = NULL;
    CvmAsptLayout layout;

    table = prepare_table(s, &layout, errp);
    if (!table) {
        return;
    }
    if (layout.base % 0x1000) {
        error_setg(errp, "base 0x%" PRIx64 " is not the beginning of a page",
                   layout.base);
        return;
    }
    s->base = layout.base;
    s->irq_id = layout.irq_id;
    s->psp.acpi.irq_id = layout.irq_id;
    memcpy(s->psp.offset, layout.offset, sizeof(layout.offset));
    if (!cvm_psp_realize(&s->psp, layout.size, errp)) {
        return;
    }
    if (table->len && !cvm_aspt_install(table->data, table->len, errp)) {
        return;
    }
    memory_region_add_subregion_overlap(get_system_memory(), layout.base,
                                        &s->psp.mmio, 1);
    s->in_memory = true;
    qemu_register_reset(aspt_reset, s);
}

static void aspt_init(Object *obj)
{
    CvmPspAspt *s = CVM_PSP(obj);

    cvm_psp_init(&s->psp, obj, &aspt_ops);
    object_property_add_uint64_ptr(obj, "irqs-undeliverable",
                                   &s->irqs_undeliverable, OBJ_PROP_FLAG_READ);
}

static void aspt_unrealize(DeviceState *dev)
{
    CvmPspAspt *s = CVM_PSP(dev);

    if (s->in_memory) {
        memory_region_del_subregion(get_system_memory(), &s->psp.mmio);
        qemu_unregister_reset(aspt_reset, s);
    }
}

static void aspt_finalize(Object *obj)
{
    cvm_psp_finalize(&CVM_PSP(obj)->psp);
}

static Property aspt_properties[] = {
    DEFINE_PROP_STRING("table", CvmPspAspt, table),
    DEFINE_PROP_UINT64("base", CvmPspAspt, base, BASE_OF_TABLE),
    DEFINE_PROP_UINT8("irq-id", CvmPspAspt, irq_id, IRQ_ID_OF_TABLE),
    DEFINE_CVM_PSP_PROPERTIES(CvmPspAspt, psp, 0x1),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription aspt_vmstate = {
    .name = TYPE_CVM_PSP,
    .unmigratable = 1,
};

static void aspt_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "AMD Secure Processor announced by the ACPI table ASPT";
    dc->realize = aspt_realize;
    dc->unrealize = aspt_unrealize;
    dc->vmsd = &aspt_vmstate;
    dc->hotpluggable = false;
    dc->user_creatable = true;
    device_class_set_props(dc, aspt_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo aspt_info = {
    .name = TYPE_CVM_PSP,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CvmPspAspt),
    .instance_init = aspt_init,
    .instance_finalize = aspt_finalize,
    .class_init = aspt_class_init,
};

static void aspt_register(void)
{
    type_register_static(&aspt_info);
}

type_init(aspt_register)
