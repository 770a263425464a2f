/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cvm-psp-pci: the same processor as a PCI function of an EPYC server, for the
 * kernel's own ccp driver to bind to. Vendor and device are 1022:1486, whose
 * registers ccp calls the second layout.
 *
 * The function's other half, the crypto coprocessor, is not there: its queue
 * mask reads 0, which ccp notes and goes on. So is the platform access
 * mailbox, which newer kernels ask for security attributes unless bit 7 of the
 * feature register says that the register has them; hence that bit's default.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_ids.h"
#include "migration/vmstate.h"
#include "hw/cvm/cvm_psp.h"

#define TYPE_CVM_PSP_PCI "cvm-psp-pci"
OBJECT_DECLARE_SIMPLE_TYPE(CvmPspPci, CVM_PSP_PCI)

struct CvmPspPci {
    PCIDevice parent;
    CvmPsp psp;
    bool msix;
    bool msi;
};

#define DEVICE_ID       0x1486
#define REGISTER_BAR    2
#define REGISTER_SIZE   0x100000
#define MSIX_BAR        5
#define MSIX_VECTORS    2       /* the processor's and the coprocessor's */
#define VECTOR          0

static bool pci_raise(CvmPsp *psp, bool force)
{
    CvmPspPci *s = container_of(psp, CvmPspPci, psp);
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->msix && msix_enabled(pci)) {
        msix_notify(pci, VECTOR);
    } else if (s->msi && msi_enabled(pci)) {
        msi_notify(pci, VECTOR);
    } else {
        return false;
    }
    return true;
}

static bool pci_target(CvmPsp *psp, CvmPspTarget *target)
{
    CvmPspPci *s = container_of(psp, CvmPspPci, psp);
    PCIDevice *pci = PCI_DEVICE(s);
    MSIMessage m;

    if (s->msix && msix_enabled(pci)) {
        m = msix_get_message(pci, VECTOR);
    } else if (s->msi && msi_enabled(pci)) {
        m = msi_get_message(pci, VECTOR);
    } else {
        return false;
    }
    target->apic_id = extract64(m.address, 12, 8);
    target->logical = extract64(m.address, 2, 1);
    target->vector = extract32(m.data, 0, 8);
    return true;
}

static const CvmPspOps pci_ops = {
    .raise = pci_raise,
    .target = pci_target,
};

static void psp_pci_realize(PCIDevice *pci, Error **errp)
{
    static const uint32_t offset[CVM_PSP_REGS] = {
        [CVM_PSP_FEATURE] = 0x109fc,
        [CVM_PSP_INT_ENABLE] = 0x10690,
        [CVM_PSP_INT_STATUS] = 0x10694,
        [CVM_PSP_SEV_CMDRESP] = 0x10980,
        [CVM_PSP_SEV_LOW] = 0x109e0,
        [CVM_PSP_SEV_HIGH] = 0x109e4,
        [CVM_PSP_ACPI_CMDRESP] = CVM_PSP_NO_REG,
    };
    CvmPspPci *s = CVM_PSP_PCI(pci);

    memcpy(s->psp.offset, offset, sizeof(offset));
    if (!cvm_psp_realize(&s->psp, REGISTER_SIZE, errp)) {
        return;
    }
    pci_register_bar(pci, REGISTER_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &s->psp.mmio);
    if (s->msix &&
        msix_init_exclusive_bar(pci, MSIX_VECTORS, MSIX_BAR, errp) < 0) {
        return;
    }
    if (s->msix) {
        for (unsigned int i = 0; i < MSIX_VECTORS; i++) {
            msix_vector_use(pci, i);
        }
    }
    if (s->msi && msi_init(pci, 0, 1, true, false, errp) < 0) {
        return;
    }
}

static void psp_pci_exit(PCIDevice *pci)
{
    CvmPspPci *s = CVM_PSP_PCI(pci);

    if (s->msix) {
        msix_uninit_exclusive_bar(pci);
    }
    if (s->msi) {
        msi_uninit(pci);
    }
}

static void psp_pci_reset(DeviceState *dev)
{
    cvm_psp_reset(&CVM_PSP_PCI(dev)->psp);
}

static void psp_pci_init(Object *obj)
{
    cvm_psp_init(&CVM_PSP_PCI(obj)->psp, obj, &pci_ops);
}

static void psp_pci_finalize(Object *obj)
{
    cvm_psp_finalize(&CVM_PSP_PCI(obj)->psp);
}

static Property psp_pci_properties[] = {
    DEFINE_PROP_BOOL("msix", CvmPspPci, msix, true),
    DEFINE_PROP_BOOL("msi", CvmPspPci, msi, true),
    DEFINE_CVM_PSP_PROPERTIES(CvmPspPci, psp, 0x81),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription psp_pci_vmstate = {
    .name = TYPE_CVM_PSP_PCI,
    .unmigratable = 1,
};

static void psp_pci_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

    pc->realize = psp_pci_realize;
    pc->exit = psp_pci_exit;
    pc->vendor_id = PCI_VENDOR_ID_AMD;
    pc->device_id = DEVICE_ID;
    pc->class_id = PCI_CLASS_CRYPT_OTHER;
    dc->desc = "AMD Secure Processor as PCI function 1022:1486";
    dc->reset = psp_pci_reset;
    dc->vmsd = &psp_pci_vmstate;
    device_class_set_props(dc, psp_pci_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo psp_pci_info = {
    .name = TYPE_CVM_PSP_PCI,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(CvmPspPci),
    .instance_init = psp_pci_init,
    .instance_finalize = psp_pci_finalize,
    .class_init = psp_pci_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void psp_pci_register(void)
{
    type_register_static(&psp_pci_info);
}

type_init(psp_pci_register)
