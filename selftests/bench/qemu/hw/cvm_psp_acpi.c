/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI mailbox, "CmdResp": the four commands by which an operating system
 * tells the processor where its interrupt goes, and when it may send it.
 *
 *   31      30    26 25        16 15           0
 *   ready   status   command id   data
 *
 * Strict where the publications leave room: an order other than PART1, PART2,
 * PART3 answers "invalid firmware state", and so does enabling before any
 * target was committed. A driver that works here does not depend on leniency.
 */
#include "qemu/osdep.h"
#include "hw/cvm/cvm_psp.h"

enum {
    COMMAND_PART1 = 0x82,
    COMMAND_PART2 = 0x83,
    COMMAND_PART3 = 0x84,
    COMMAND_IRQ_EN = 0x85,
};

enum {
    STATUS_SUCCESS = 0,
    STATUS_INVALID_COMMAND = 1,
    STATUS_INVALID_PARAMETER = 2,
    STATUS_INVALID_STATE = 3,
};

#define IRQ_ID(data)            ((data) >> 10)

#define PART3_VECTOR            0x00ff
#define PART3_MESSAGE_TYPE      0x0100
#define PART3_LOGICAL           0x0200

#define IRQ_EN_ENABLE           0x0001
#define IRQ_EN_RESERVED         0x03fe

#define FIRST_VECTOR            0x10    /* the CPU's exceptions are below */

static unsigned int part3(CvmPspAcpiMailbox *m, uint16_t data)
{
    if (IRQ_ID(data) != m->irq_id || (data & PART3_MESSAGE_TYPE) ||
        (data & PART3_VECTOR) < FIRST_VECTOR) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!m->part1 || !m->part2) {
        return STATUS_INVALID_STATE;
    }
    m->target.apic_id = m->low | (uint32_t)m->high << 16;
    m->target.vector = data & PART3_VECTOR;
    m->target.logical = data & PART3_LOGICAL;
    m->committed = true;
    m->part1 = false;
    m->part2 = false;
    return STATUS_SUCCESS;
}

static unsigned int irq_en(CvmPspAcpiMailbox *m, uint16_t data)
{
    if (IRQ_ID(data) != m->irq_id || (data & IRQ_EN_RESERVED)) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((data & IRQ_EN_ENABLE) && !m->committed) {
        return STATUS_INVALID_STATE;
    }
    m->enabled = data & IRQ_EN_ENABLE;
    return STATUS_SUCCESS;
}

static unsigned int run(CvmPspAcpiMailbox *m, uint32_t command, uint16_t data)
{
    switch (command) {
    case COMMAND_PART1:
        m->low = data;
        m->part1 = true;
        m->part2 = false;
        return STATUS_SUCCESS;
    case COMMAND_PART2:
        if (!m->part1) {
            return STATUS_INVALID_STATE;
        }
        m->high = data;
        m->part2 = true;
        return STATUS_SUCCESS;
    case COMMAND_PART3:
        return part3(m, data);
    case COMMAND_IRQ_EN:
        return irq_en(m, data);
    default:
        return STATUS_INVALID_COMMAND;
    }
}

uint32_t cvm_psp_acpi_run(CvmPsp *psp, uint32_t word)
{
    uint32_t command = (word >> 16) & 0x3ff;
    uint16_t data = word;
    unsigned int status;
    CvmPspLogEntry *e;
    CvmPspFault *f;

    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_CMDRESP_STATUS, command);
    if (f) {
        status = f->value & 0x1f;
    } else if (word >> 26) {
        status = STATUS_INVALID_COMMAND;
    } else {
        status = run(&psp->acpi, command, data);
    }

    e = &psp->log[psp->cmdresp_logged++ % CVM_PSP_LOG];
    e->command = command;
    e->data = data;
    e->status = status;

    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_CMDRESP_WORD, command);
    if (f) {
        return f->value;
    }
    return CVM_PSP_RESPONSE | status << 26;
}

void cvm_psp_acpi_reset(CvmPsp *psp)
{
    uint8_t irq_id = psp->acpi.irq_id;

    memset(&psp->acpi, 0, sizeof(psp->acpi));
    psp->acpi.irq_id = irq_id;
}
