// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware region of an x86 machine, made replaceable.
 *
 * QEMU gives the machine one ROM of a fixed size at the end of the first
 * 4 GiB and shows its last 128 KiB below 1 MiB as well. This file puts a
 * region of its own in the place of both, before the firmware file is loaded
 * (the loader writes to an address, so it fills the new region), and can then
 * give that region another size and other contents.
 *
 * The new region is one resizeable RAM block of the device: savevm, loadvm
 * and migration carry its contents and its size.
 */
#include "qemu/osdep.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/i386/pc.h"
#include "hw/pci/pci.h"
#include "hw/pci-host/q35.h"
#include "migration/vmstate.h"
#include "cvm_vmfwupdate.h"

#define ISA_END         (1 * MiB)
#define ISA_BIOS_SIZE   (128 * KiB)

/* The seven PAM registers of the two host bridges, in their config space */
#define Q35_PAM         0x90
#define I440FX_PAM      0x59
#define PAM_COUNT       7

bool cvm_bios_size_valid(const CvmBios *bios, uint64_t size)
{
    return size && size % CVM_BIOS_SIZE_UNIT == 0 && size <= bios->max_size;
}

uint64_t cvm_bios_size(const CvmBios *bios)
{
    return memory_region_size((MemoryRegion *)&bios->ram);
}

/* Puts the region and its copy where their present size wants them. */
void cvm_bios_place(CvmBios *bios)
{
    uint64_t size = cvm_bios_size(bios);
    uint64_t isa_size = MIN(size, ISA_BIOS_SIZE);

    memory_region_transaction_begin();
    memory_region_set_address(&bios->ram, 4 * GiB - size);
    memory_region_set_size(&bios->isa, isa_size);
    memory_region_set_alias_offset(&bios->isa, size - isa_size);
    memory_region_set_address(&bios->isa, ISA_END - isa_size);
    memory_region_transaction_commit();
}

bool cvm_bios_take_over(CvmBios *bios, Object *owner, uint64_t max_size,
                        Error **errp)
{
    MemoryRegionSection end;
    MemoryRegion *old, *mr, *old_isa = NULL;
    uint64_t size;
    Error *err = NULL;

    if (!object_dynamic_cast(qdev_get_machine(), TYPE_PC_MACHINE)) {
        error_setg(errp, "this model is for the machines pc and q35");
        return false;
    }
    end = memory_region_find(get_system_memory(), 4 * GiB - 4 * KiB, 4 * KiB);
    old = end.mr;
    if (!old || !memory_region_is_rom(old) || !old->container) {
        memory_region_unref(old);
        error_setg(errp, "the end of the first 4 GiB is no ROM: give the "
                   "machine its firmware by -bios, not as flash");
        return false;
    }
    size = memory_region_size(old);
    QTAILQ_FOREACH(mr, &old->container->subregions, subregions_link) {
        if (mr->alias == old) {
            old_isa = mr;
        }
    }
    memory_region_unref(old);
    bios->max_size = max_size;
    if (!old_isa || !cvm_bios_size_valid(bios, size)) {
        error_setg(errp, "a machine with a firmware region of %" PRIu64
                   " bytes is none that this model knows", size);
        return false;
    }

    bios->container = old->container;
    memory_region_init_resizeable_ram(&bios->ram, owner, "cvm.bios", size,
                                      max_size, NULL, &err);
    if (err) {
        error_propagate(errp, err);
        return false;
    }
    vmstate_register_ram(&bios->ram, DEVICE(owner));
    memory_region_set_readonly(&bios->ram, true);
    memory_region_init_alias(&bios->isa, owner, "cvm.isa-bios", &bios->ram,
                             0, MIN(size, ISA_BIOS_SIZE));
    memory_region_set_readonly(&bios->isa, true);

    /*
     * Disabled, not only covered: a smaller region must not leave a rest of
     * the machine's first firmware visible below itself.
     */
    memory_region_transaction_begin();
    memory_region_set_enabled(old, false);
    memory_region_set_enabled(old_isa, false);
    memory_region_add_subregion_overlap(bios->container, 4 * GiB - size,
                                        &bios->ram, 1);
    memory_region_add_subregion_overlap(bios->container, ISA_END,
                                        &bios->isa, 2);
    cvm_bios_place(bios);
    memory_region_transaction_commit();
    return true;
}

/*
 * Whether all of [addr, addr + size) is the guest's RAM. More than one piece
 * is fine: it is the guest's view that has to be contiguous.
 */
static bool range_is_ram(hwaddr addr, uint64_t size)
{
    if (addr + size < addr) {
        return false;
    }
    while (size) {
        MemoryRegionSection s;
        uint64_t len;
        bool ram;

        s = memory_region_find(get_system_memory(), addr, size);
        if (!s.mr) {
            return false;
        }
        len = int128_get64(s.size);
        ram = s.offset_within_address_space == addr &&
              memory_region_is_ram(s.mr) && !memory_region_is_rom(s.mr) &&
              !memory_region_is_ram_device(s.mr);
        memory_region_unref(s.mr);
        if (!ram) {
            return false;
        }
        addr += len;
        size -= len;
    }
    return true;
}

/* Whether [addr, addr + size) is one piece of the guest's view of its memory. */
bool cvm_ram_is_one(hwaddr addr, uint64_t size)
{
    MemoryRegionSection s = memory_region_find(get_system_memory(), addr, size);
    bool one = s.mr && s.offset_within_address_space == addr &&
               int128_get64(s.size) == size;

    memory_region_unref(s.mr);
    return one;
}

/*
 * Puts the ROM back below 1 MiB. The chipset's PAM registers say whether
 * accesses there go to the firmware region or to the RAM that a firmware has
 * copied itself to. A real reset clears them; QEMU leaves them, and each
 * firmware copes with its own leftover copy, but no firmware can with that of
 * another: CPUs begin to execute there.
 */
static void shadow_off(void)
{
    PCIBus *bus = PC_MACHINE(qdev_get_machine())->bus;
    PCIDevice *host = bus ? pci_find_device(bus, 0, 0) : NULL;
    unsigned int i, pam;

    if (!host) {
        return;
    }
    pam = object_dynamic_cast(OBJECT(host), TYPE_MCH_PCI_DEVICE) ? Q35_PAM
                                                                 : I440FX_PAM;
    for (i = 0; i < PAM_COUNT; i++) {
        host->config_write(host, pam + i, 0, 1);
    }
}

/* Gives the region these contents. Only while no virtual CPU runs. */
void cvm_bios_load(CvmBios *bios, const void *image, uint64_t size)
{
    /* One new map for all of it: each costs as much as the copy. */
    memory_region_transaction_begin();
    if (size != cvm_bios_size(bios)) {
        memory_region_ram_resize(&bios->ram, size, &error_abort);
        cvm_bios_place(bios);
    }
    shadow_off();
    memory_region_transaction_commit();
    /*
     * This way of writing also drops what TCG has translated from the old
     * contents; the CPUs' TLBs were flushed with the change of the map.
     */
    address_space_write_rom(&address_space_memory, 4 * GiB - size,
                            MEMTXATTRS_UNSPECIFIED, image, size);
}

static bool check_ram(hwaddr addr, uint64_t size, Error **errp)
{
    if (!range_is_ram(addr, size)) {
        error_setg(errp, "0x%" PRIx64 "..0x%" PRIx64 " is not all RAM",
                   addr, addr + size - 1);
        return false;
    }
    return true;
}

/* A copy of [addr, addr + size), for g_free(); NULL with @errp. */
void *cvm_ram_copy(hwaddr addr, uint64_t size, Error **errp)
{
    void *image;

    if (!check_ram(addr, size, errp)) {
        return NULL;
    }
    image = g_malloc(size);
    if (address_space_read(&address_space_memory, addr,
                           MEMTXATTRS_UNSPECIFIED, image, size) != MEMTX_OK) {
        error_setg(errp, "the memory at 0x%" PRIx64 " could not be read", addr);
        g_free(image);
        return NULL;
    }
    return image;
}

/*
 * Gives the region @size bytes of the guest's memory at @addr. Only while no
 * virtual CPU runs, as in a reset.
 */
bool cvm_bios_replace(CvmBios *bios, hwaddr addr, uint64_t size, Error **errp)
{
    g_autofree void *copy = NULL;
    hwaddr piece = size;
    void *image;

    if (!cvm_bios_size_valid(bios, size)) {
        error_setg(errp, "%" PRIu64 " bytes are no size of a firmware region",
                   size);
        return false;
    }
    if (!check_ram(addr, size, errp)) {
        return false;
    }
    /* From where it lies, unless it lies in several pieces. */
    image = address_space_map(&address_space_memory, addr, &piece, false,
                              MEMTXATTRS_UNSPECIFIED);
    if (image && piece == size) {
        cvm_bios_load(bios, image, size);
    } else {
        copy = cvm_ram_copy(addr, size, errp);
    }
    if (copy) {
        cvm_bios_load(bios, copy, size);
    }
    if (image) {
        address_space_unmap(&address_space_memory, image, piece, false, piece);
    }
    return copy || piece == size;
}

/* A copy of what the region holds, for g_free(). */
void *cvm_bios_copy(CvmBios *bios)
{
    return g_memdup2(memory_region_get_ram_ptr(&bios->ram),
                     cvm_bios_size(bios));
}

/* Of the bytes that a CPU fetches, wherever they came from. */
char *cvm_bios_sha256(CvmBios *bios)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                       memory_region_get_ram_ptr(&bios->ram),
                                       cvm_bios_size(bios));
}
