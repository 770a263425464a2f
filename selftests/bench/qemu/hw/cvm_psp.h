/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AMD Secure Processor as its driver sees it: seven 32-bit registers, two
 * mailboxes, one interrupt, and the SEV firmware behind them. The devices
 * cvm-psp (announced by the ACPI table ASPT) and cvm-psp-pci (a PCI function)
 * differ in where the registers are and in how the interrupt travels, and
 * share everything that is declared here.
 */
#ifndef HW_CVM_PSP_H
#define HW_CVM_PSP_H

#include "exec/memory.h"
#include "hw/qdev-properties.h"
#include "qemu/timer.h"
#include "hw/cvm/firmware/sevfw.h"

typedef enum CvmPspReg {
    CVM_PSP_FEATURE,
    CVM_PSP_INT_ENABLE,
    CVM_PSP_INT_STATUS,
    CVM_PSP_SEV_CMDRESP,
    CVM_PSP_SEV_LOW,
    CVM_PSP_SEV_HIGH,
    CVM_PSP_ACPI_CMDRESP,
    CVM_PSP_REGS
} CvmPspReg;

#define CVM_PSP_NO_REG          UINT32_MAX

#define CVM_PSP_RESPONSE        (1u << 31)
#define CVM_PSP_INT_SEV         (1u << 1)

/* Where an interrupt goes. */
typedef struct CvmPspTarget {
    uint32_t apic_id;
    uint8_t vector;
    bool logical;
} CvmPspTarget;

typedef struct CvmPsp CvmPsp;

/* What differs between the two devices. */
typedef struct CvmPspOps {
    /*
     * Sends one interrupt, if its path is set up and open; with @force even if
     * it is not open. Returns whether one was sent.
     */
    bool (*raise)(CvmPsp *psp, bool force);
    /* Fills in the target and returns whether the path is open. */
    bool (*target)(CvmPsp *psp, CvmPspTarget *target);
} CvmPspOps;

/* One item of the property "fault", see cvm_psp_fault.c. */
typedef enum CvmPspFaultKind {
    CVM_PSP_FAULT_CMDRESP_STATUS,
    CVM_PSP_FAULT_CMDRESP_WORD,
    CVM_PSP_FAULT_CMDRESP_NEVER,
    CVM_PSP_FAULT_CMDRESP_LATE,
    CVM_PSP_FAULT_SEV_STATUS,
    CVM_PSP_FAULT_SEV_WORD,
    CVM_PSP_FAULT_SEV_NEVER,
    CVM_PSP_FAULT_SEV_LATE,
    CVM_PSP_FAULT_SEV_SCRIBBLE,
    CVM_PSP_FAULT_IRQ_LOST,
    CVM_PSP_FAULT_IRQ_EARLY,
    CVM_PSP_FAULT_IRQ_DOUBLE,
    CVM_PSP_FAULT_IRQ_SPURIOUS,
    CVM_PSP_FAULT_IRQ_STRAY,
} CvmPspFaultKind;

typedef struct CvmPspFault {
    CvmPspFaultKind kind;
    bool any_command;
    uint32_t command;
    uint64_t value;
    uint64_t left;              /* how often it still strikes */
} CvmPspFault;

#define CVM_PSP_FAULTS_MAX      16
#define CVM_PSP_LOG             64

/* The ACPI mailbox, which programs the interrupt. */
typedef struct CvmPspAcpiMailbox {
    uint8_t irq_id;             /* the one the table names */
    bool part1, part2;          /* seen since the last commit */
    uint16_t low, high;
    bool committed;
    CvmPspTarget target;
    bool enabled;
} CvmPspAcpiMailbox;

/* One finished exchange on the ACPI mailbox. */
typedef struct CvmPspLogEntry {
    uint16_t command;
    uint16_t data;
    uint8_t status;
} CvmPspLogEntry;

struct CvmPsp {
    Object *owner;
    const CvmPspOps *ops;
    MemoryRegion mmio;

    /* Configuration. */
    uint32_t offset[CVM_PSP_REGS];
    bool absent;
    uint32_t feature;
    struct sevfw_config config;
    uint32_t sockets;
    uint64_t latency_us;

    /* Registers. */
    uint32_t reg[CVM_PSP_REGS];

    /* The SEV mailbox: a command that the firmware is working on. */
    struct sevfw *fw;
    QEMUTimer *sev_timer;
    bool sev_busy, sev_early_sent;
    uint32_t sev_command;
    bool sev_interrupt;
    uint64_t sev_buffer;

    CvmPspAcpiMailbox acpi;
    QEMUTimer *acpi_timer;
    bool acpi_busy;
    uint32_t acpi_answer;

    /* Faults. */
    char *fault_text;
    CvmPspFault fault[CVM_PSP_FAULTS_MAX];
    unsigned int faults;
    uint64_t fault_hits;

    /* What the model counts, for the life of the machine. */
    uint64_t irqs, irqs_lost, irqs_unacked;
    uint64_t commands, cmdresp_commands, overruns;
    uint32_t last_command, last_status;
    uint64_t cmdresp_logged;
    CvmPspLogEntry log[CVM_PSP_LOG];
};

/*
 * For the devices: instance_init, realize, reset, finalize. cvm_psp_realize
 * wants the offsets, and leaves the registers in psp->mmio of @size bytes.
 */
void cvm_psp_init(CvmPsp *psp, Object *owner, const CvmPspOps *ops);
bool cvm_psp_realize(CvmPsp *psp, uint64_t size, Error **errp);
void cvm_psp_reset(CvmPsp *psp);
void cvm_psp_finalize(CvmPsp *psp);

/*
 * An interrupt for whatever reason, counted; all of them go through here.
 * Returns whether it was sent.
 */
bool cvm_psp_raise(CvmPsp *psp, bool force);

/* The ACPI mailbox: returns the response word. */
uint32_t cvm_psp_acpi_run(CvmPsp *psp, uint32_t word);
void cvm_psp_acpi_reset(CvmPsp *psp);

/* Faults. */
void cvm_psp_fault_add_property(CvmPsp *psp);
CvmPspFault *cvm_psp_fault_take(CvmPsp *psp, CvmPspFaultKind kind,
                                uint32_t command);

#define DEFINE_CVM_PSP_PROPERTIES(_state, _psp, _feature)                      \
    DEFINE_PROP_BOOL("absent", _state, _psp.absent, false),                    \
    DEFINE_PROP_UINT32("feature", _state, _psp.feature, _feature),             \
    DEFINE_PROP_UINT8("api-major", _state, _psp.config.api_major, 1),          \
    DEFINE_PROP_UINT8("api-minor", _state, _psp.config.api_minor, 55),         \
    DEFINE_PROP_UINT32("build", _state, _psp.config.build, 39),                \
    DEFINE_PROP_BOOL("es", _state, _psp.config.es, true),                      \
    DEFINE_PROP_BOOL("snp", _state, _psp.config.snp, true),                    \
    DEFINE_PROP_UINT32("sockets", _state, _psp.sockets, 2),                    \
    DEFINE_PROP_UINT64("serial", _state, _psp.config.serial,                   \
                       0x0123456789abcdefULL),                                 \
    DEFINE_PROP_UINT64("current-tcb", _state, _psp.config.current_tcb,         \
                       0xd516000000000004ULL),                                 \
    DEFINE_PROP_UINT64("reported-tcb", _state, _psp.config.reported_tcb,       \
                       0xd516000000000004ULL),                                 \
    DEFINE_PROP_UINT32("snp-features", _state, _psp.config.snp_features,       \
                       SEVFW_FEATURE_X86_SHUTDOWN | SEVFW_FEATURE_RAPL_DIS |   \
                       SEVFW_FEATURE_HIDING),                                  \
    DEFINE_PROP_BOOL("cek-signed", _state, _psp.config.cek_signed, true)

#endif
