// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IGVM files, as far as a machine without memory encryption needs them to
 * start: the page data of the native platform go to RAM, and those at the end
 * of the first 4 GiB to the firmware region, whose size they decide. The
 * processors start there as after any reset. Processor contexts, parameters,
 * required memory and initialization directives are passed over.
 *
 * Layouts from the public definition of the format (crate igvm_defs).
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/i386/x86.h"
#include "cvm_vmfwupdate.h"

#define FIXED_SIZE          24
#define HEADER_SIZE         8
#define PAGE                4096
#define SUPPORTED_PLATFORM  0x1
#define PAGE_DATA           0x302
#define PLATFORM_NATIVE     0
#define FLAG_2MB            1

typedef struct Page {
    uint64_t addr;
    uint32_t at;                /* in the file; 0: zeros */
    uint32_t flags;
    uint16_t type;
} Page;

static uint32_t crc32(uint32_t crc, const uint8_t *p, size_t size)
{
    while (size--) {
        unsigned int bit;

        crc ^= *p++;
        for (bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        }
    }
    return crc;
}

/*
 * The next header of the variable ones at @at; false after the last. Only for
 * files whose frame check_frame() found good.
 */
static bool next_header(const uint8_t *file, uint32_t *at, uint32_t *type,
                        uint32_t *length, const uint8_t **body)
{
    uint32_t end = FIXED_SIZE + ldl_le_p(file + 12);

    if (*at >= end) {
        return false;
    }
    *type = ldl_le_p(file + *at);
    *length = ldl_le_p(file + *at + 4);
    *body = file + *at + HEADER_SIZE;
    *at += HEADER_SIZE + ROUND_UP(*length, 8);
    return true;
}

static bool check_frame(const uint8_t *file, uint64_t size, Error **errp)
{
    g_autofree uint8_t *head = NULL;
    uint64_t at, headers;

    if (size < FIXED_SIZE || memcmp(file, "IGVM", 4)) {
        error_setg(errp, "no IGVM file");
        return false;
    }
    headers = ldl_le_p(file + 12);
    if (ldl_le_p(file + 4) != 1 || ldl_le_p(file + 8) != FIXED_SIZE ||
        headers > size - FIXED_SIZE || ldl_le_p(file + 16) > size) {
        error_setg(errp, "an IGVM file of another version, or cut off");
        return false;
    }
    head = g_memdup2(file, FIXED_SIZE + headers);
    stl_le_p(head + 20, 0);
    if (~crc32(~0u, head, FIXED_SIZE + headers) != ldl_le_p(file + 20)) {
        error_setg(errp, "an IGVM file with a wrong checksum");
        return false;
    }
    for (at = FIXED_SIZE; at < FIXED_SIZE + headers;) {
        uint64_t left = FIXED_SIZE + headers - at;

        if (left < HEADER_SIZE ||
            ROUND_UP((uint64_t)ldl_le_p(file + at + 4), 8) >
            left - HEADER_SIZE) {
            error_setg(errp, "a header at %" PRIu64 " that ends nowhere", at);
            return false;
        }
        at += HEADER_SIZE + ROUND_UP((uint64_t)ldl_le_p(file + at + 4), 8);
    }
    return true;
}

/* The mask of the platform that this machine is; 0 without one. */
static uint32_t native_mask(const uint8_t *file)
{
    uint32_t at = FIXED_SIZE, type, length;
    const uint8_t *body;

    while (next_header(file, &at, &type, &length, &body)) {
        if (type == SUPPORTED_PLATFORM && length >= 16 &&
            body[5] == PLATFORM_NATIVE) {
            return ldl_le_p(body);
        }
    }
    return 0;
}

/* The next page for this machine; false after the last. */
static bool next_page(const uint8_t *file, uint32_t mask, uint32_t *at, Page *p)
{
    uint32_t type, length;
    const uint8_t *body;

    while (next_header(file, at, &type, &length, &body)) {
        if (type != PAGE_DATA || length < 24 || !(ldl_le_p(body + 8) & mask)) {
            continue;
        }
        p->addr = ldq_le_p(body);
        p->at = ldl_le_p(body + 12);
        p->flags = ldl_le_p(body + 16);
        p->type = lduw_le_p(body + 20);
        return true;
    }
    return false;
}

static bool in_region(const CvmBios *bios, uint64_t addr)
{
    return addr < 4 * GiB && addr >= 4 * GiB - bios->max_size;
}

/* Where the region would begin: 4 GiB without any page for it. */
static uint64_t region_start(const uint8_t *file, uint32_t mask,
                             const CvmBios *bios)
{
    uint64_t start = 4 * GiB;
    uint32_t at = FIXED_SIZE;
    Page p;

    while (next_page(file, mask, &at, &p)) {
        if (in_region(bios, p.addr)) {
            start = MIN(start, p.addr);
        }
    }
    return start & ~(uint64_t)(CVM_BIOS_SIZE_UNIT - 1);
}

bool cvm_igvm_check(const uint8_t *file, uint64_t size, const CvmBios *bios,
                    Error **errp)
{
    uint64_t ram = X86_MACHINE(qdev_get_machine())->below_4g_mem_size;
    uint32_t at = FIXED_SIZE, mask, pages = 0;
    Page p;

    if (!check_frame(file, size, errp)) {
        return false;
    }
    mask = native_mask(file);
    while (mask && next_page(file, mask, &at, &p)) {
        pages++;
        if (p.addr % PAGE || p.type || p.flags & FLAG_2MB) {
            error_setg(errp, "page 0x%" PRIx64 " of type %u, flags 0x%x",
                       p.addr, p.type, p.flags);
            return false;
        }
        if (!in_region(bios, p.addr) && (p.addr >= ram || ram - p.addr < PAGE)) {
            error_setg(errp, "page 0x%" PRIx64 " is not RAM", p.addr);
            return false;
        }
        if (p.at && (size < PAGE || p.at > size - PAGE)) {
            error_setg(errp, "page 0x%" PRIx64 " has its data past the end",
                       p.addr);
            return false;
        }
    }
    if (!pages) {
        error_setg(errp, "nothing in it for a machine without encryption");
        return false;
    }
    if (region_start(file, mask, bios) == 4 * GiB) {
        error_setg(errp, "no page where a processor starts");
        return false;
    }
    return true;
}

/*
 * Loads a file that cvm_igvm_check() found good, while no virtual CPU runs.
 * Returns the number of pages.
 */
uint64_t cvm_igvm_load(const uint8_t *file, CvmBios *bios)
{
    static const uint8_t zeros[PAGE];
    uint32_t mask = native_mask(file), at = FIXED_SIZE;
    uint64_t start = region_start(file, mask, bios), pages = 0;
    g_autofree uint8_t *rom = g_malloc0(4 * GiB - start);
    Page p;

    while (next_page(file, mask, &at, &p)) {
        const uint8_t *data = p.at ? file + p.at : zeros;

        pages++;
        if (in_region(bios, p.addr)) {
            memcpy(rom + (p.addr - start), data, PAGE);
        } else {
            address_space_write(&address_space_memory, p.addr,
                                MEMTXATTRS_UNSPECIFIED, data, PAGE);
        }
    }
    cvm_bios_load(bios, rom, 4 * GiB - start);
    return pages;
}
