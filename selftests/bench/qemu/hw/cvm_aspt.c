/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "hw/acpi/acpi.h"
#include "hw/cvm/cvm_aspt.h"

#define HEADER              0x24
#define REV1_SUBTABLE       0x20
#define REV2_SUBTABLE       0x14
#define PAGE                0x1000
#define PAGES_MAX           16      /* of register space we are ready to map */

/* Which register each type of subtable names, in the table's order. */
static const CvmPspReg named[][3] = {
    { CVM_PSP_FEATURE, CVM_PSP_INT_ENABLE, CVM_PSP_INT_STATUS },
    { CVM_PSP_SEV_CMDRESP, CVM_PSP_SEV_LOW, CVM_PSP_SEV_HIGH },
    { CVM_PSP_ACPI_CMDRESP, CVM_PSP_REGS, CVM_PSP_REGS },
};

void cvm_aspt_default(CvmAsptLayout *layout, uint64_t base)
{
    static const uint32_t offset[CVM_PSP_REGS] = {
        [CVM_PSP_FEATURE] = 0x00,
        [CVM_PSP_INT_ENABLE] = 0x04,
        [CVM_PSP_INT_STATUS] = 0x08,
        [CVM_PSP_SEV_CMDRESP] = 0x10,
        [CVM_PSP_SEV_LOW] = 0x14,
        [CVM_PSP_SEV_HIGH] = 0x18,
        [CVM_PSP_ACPI_CMDRESP] = 0x20,
    };

    layout->base = base;
    layout->size = PAGE;
    memcpy(layout->offset, offset, sizeof(offset));
    layout->irq_id = 1;
    layout->has_irq_id = true;
}

static void put(GByteArray *t, uint64_t value, unsigned int bytes)
{
    uint64_t le = cpu_to_le64(value);

    g_byte_array_append(t, (const guint8 *)&le, bytes);
}

static void put_header(GByteArray *t, uint8_t revision)
{
    g_byte_array_append(t, (const guint8 *)"ASPT", 4);
    put(t, 0, 4);                                   /* length, later */
    put(t, revision, 1);
    put(t, 0, 1);                                   /* checksum, later */
    g_byte_array_append(t, (const guint8 *)"VRTUALMICROSFT", 14);
    put(t, 1, 4);
    g_byte_array_append(t, (const guint8 *)"MSFT", 4);
    put(t, 1, 4);
}

static void put_subtable(GByteArray *t, unsigned int type, CvmAsptForm form,
                         const CvmAsptLayout *layout)
{
    bool rev2 = form == CVM_ASPT_REVISION2;
    unsigned int length = rev2 ? REV2_SUBTABLE : REV1_SUBTABLE;

    put(t, type, 2);
    put(t, form == CVM_ASPT_OPENVMM ? length - 4 : length, 2);
    put(t, type == 1 ? layout->irq_id : 0, 4);
    for (unsigned int i = 0; i < 3; i++) {
        CvmPspReg r = named[type][i];
        uint64_t value = 0;

        if (r != CVM_PSP_REGS) {
            value = layout->offset[r] + (rev2 ? 0 : layout->base);
        }
        put(t, value, rev2 ? 4 : 8);
    }
}

GByteArray *cvm_aspt_build(CvmAsptForm form, const CvmAsptLayout *layout)
{
    GByteArray *t = g_byte_array_new();
    uint8_t sum = 0;

    put_header(t, form == CVM_ASPT_REVISION2 ? 2 : 1);
    if (form == CVM_ASPT_REVISION2) {
        put(t, layout->base, 8);
        put(t, layout->size / PAGE, 4);
    }
    put(t, ARRAY_SIZE(named), form == CVM_ASPT_OPENVMM ? 8 : 4);
    for (unsigned int type = 0; type < ARRAY_SIZE(named); type++) {
        put_subtable(t, type, form, layout);
    }
    stl_le_p(t->data + 4, t->len);
    for (unsigned int i = 0; i < t->len; i++) {
        sum += t->data[i];
    }
    t->data[9] = -sum;
    return t;
}

/* Addresses and offsets come out as offsets into the register space. */
static void scan_subtable(const uint8_t *sub, unsigned int type, bool rev2,
                          CvmAsptLayout *layout)
{
    for (unsigned int i = 0; i < 3; i++) {
        CvmPspReg r = named[type][i];
        uint64_t value = rev2 ? ldl_le_p(sub + 8 + 4 * i) :
                                ldq_le_p(sub + 8 + 8 * i);

        if (r == CVM_PSP_REGS) {
            continue;
        }
        if (!rev2 && r == CVM_PSP_FEATURE && value) {
            layout->base = value & ~(uint64_t)(PAGE - 1);
        }
        if (!rev2) {
            value -= layout->base;
        }
        if (value < layout->size && value % 4 == 0) {
            layout->offset[r] = value;
        }
    }
    if (type == 1) {
        layout->irq_id = sub[4] & 0x3f;
        layout->has_irq_id = true;
    }
}

void cvm_aspt_scan(const uint8_t *table, size_t length, CvmAsptLayout *layout)
{
    bool rev2 = length > 8 && table[8] == 2;
    size_t size = rev2 ? REV2_SUBTABLE : REV1_SUBTABLE;
    size_t at = rev2 ? 0x34 : 0x28;
    uint32_t extra = 0;

    if (length < at + size) {
        return;
    }
    if (rev2) {
        uint64_t base = ldq_le_p(table + HEADER);
        uint32_t pages = ldl_le_p(table + HEADER + 8);

        if (base && base % PAGE == 0) {
            layout->base = base;
        }
        if (pages >= 1 && pages <= PAGES_MAX) {
            layout->size = (uint64_t)pages * PAGE;
        }
    } else if (ldl_le_p(table + at) == 0) {
        at += 4;            /* OpenVMM: a count of eight bytes, */
        extra = 4;          /* lengths without the four bytes of their head */
    }
    while (at + size <= length) {
        unsigned int type = lduw_le_p(table + at);
        unsigned int step = lduw_le_p(table + at + 2) + extra;

        if (type < ARRAY_SIZE(named) && step >= size) {
            scan_subtable(table + at, type, rev2, layout);
        }
        if (step < 4) {
            break;
        }
        at += step;
    }
}

bool cvm_aspt_install(const uint8_t *table, size_t length, Error **errp)
{
    unsigned char *all;
    size_t had = acpi_tables ? acpi_tables_len : sizeof(uint16_t);

    if (!length || length > UINT16_MAX) {
        error_setg(errp, "an ACPI table of %zu bytes cannot be installed",
                   length);
        return false;
    }
    /*
     * QEMU keeps a count of the tables and then each with a length of its own
     * before it. The old block is not freed: fw_cfg may hold a pointer to it.
     */
    all = g_malloc0(had + sizeof(uint16_t) + length);
    if (acpi_tables) {
        memcpy(all, acpi_tables, had);
    }
    stw_le_p(all, lduw_le_p(all) + 1);
    stw_le_p(all + had, length);
    memcpy(all + had + sizeof(uint16_t), table, length);
    acpi_tables = all;
    acpi_tables_len = had + sizeof(uint16_t) + length;
    return true;
}
