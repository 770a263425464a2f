/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers and the SEV mailbox of the emulated AMD Secure Processor, and
 * what both devices show as properties.
 *
 * Everything here runs under QEMU's big lock: register accesses, the timers
 * and the monitor.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/log.h"
#include "hw/cvm/cvm_psp.h"
#include "hw/cvm/cvm_snp.h"

#define SEV_COMMAND(word)   (((word) >> 16) & 0x7ff)
#define SEV_INTERRUPT       (1u << 0)

bool cvm_psp_raise(CvmPsp *psp, bool force)
{
    if (cvm_psp_fault_take(psp, CVM_PSP_FAULT_IRQ_LOST, 0)) {
        psp->irqs_lost++;
        return false;
    }
    if (!psp->ops->raise(psp, force)) {
        return false;
    }
    psp->irqs++;
    return true;
}

static void sev_interrupt(CvmPsp *psp)
{
    uint32_t *status = &psp->reg[CVM_PSP_INT_STATUS];
    bool pending = *status & CVM_PSP_INT_SEV;

    *status |= CVM_PSP_INT_SEV;
    if (!psp->sev_interrupt ||
        !(psp->reg[CVM_PSP_INT_ENABLE] & CVM_PSP_INT_SEV)) {
        return;
    }
    /* Sent all the same; a driver that forgets to clear shows up here. */
    if (cvm_psp_raise(psp, false) && pending) {
        psp->irqs_unacked++;
    }
}

static void sev_answer(CvmPsp *psp, uint32_t word)
{
    uint64_t stack = sevfw_error_stack(psp->fw);

    psp->sev_busy = false;
    psp->last_status = word & 0xffff;
    psp->reg[CVM_PSP_SEV_LOW] = stack;
    psp->reg[CVM_PSP_SEV_HIGH] = stack >> 32;
    psp->reg[CVM_PSP_SEV_CMDRESP] = word;
    if (psp->sev_early_sent) {
        return;
    }
    sev_interrupt(psp);
    if (cvm_psp_fault_take(psp, CVM_PSP_FAULT_IRQ_DOUBLE, psp->sev_command)) {
        sev_interrupt(psp);
    }
}

static void sev_scribble(CvmPsp *psp, uint8_t byte)
{
    size_t size = sevfw_command_size(psp->sev_command);
    g_autofree void *bytes = g_malloc(size);

    memset(bytes, byte, size);
    cvm_ram_write(NULL, psp->sev_buffer, bytes, size);
}

/* The firmware comes to the end of a command. */
static void sev_timer(void *opaque)
{
    CvmPsp *psp = opaque;
    uint32_t id = psp->sev_command;
    CvmPspFault *f;

    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_SEV_WORD, id);
    if (f) {
        sev_answer(psp, f->value);
        return;
    }
    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_SEV_STATUS, id);
    if (f) {
        sev_answer(psp, CVM_PSP_RESPONSE | (f->value & 0xffff));
        return;
    }
    cvm_snp_lock();
    uint16_t status = sevfw_command(psp->fw, id, psp->sev_buffer);
    cvm_snp_unlock();
    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_SEV_SCRIBBLE, id);
    if (f) {
        sev_scribble(psp, f->value);
    }
    sev_answer(psp, CVM_PSP_RESPONSE | status);
}

static void sev_start(CvmPsp *psp, uint32_t word)
{
    int64_t when = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    CvmPspFault *f;

    psp->reg[CVM_PSP_SEV_CMDRESP] = word;
    psp->commands++;
    if (psp->sev_busy) {
        /*
         * The register holds the new word until the answer to the old command
         * overwrites it: the firmware never sees the new one.
         */
        psp->overruns++;
        return;
    }
    psp->sev_busy = true;
    psp->sev_early_sent = false;
    psp->sev_command = SEV_COMMAND(word);
    psp->last_command = psp->sev_command;
    psp->sev_interrupt = word & SEV_INTERRUPT;
    psp->sev_buffer = psp->reg[CVM_PSP_SEV_LOW] |
                      (uint64_t)psp->reg[CVM_PSP_SEV_HIGH] << 32;

    if (cvm_psp_fault_take(psp, CVM_PSP_FAULT_SEV_NEVER, psp->sev_command)) {
        /* Lost, not stuck: the next command is looked at again. */
        psp->sev_busy = false;
        return;
    }
    if (cvm_psp_fault_take(psp, CVM_PSP_FAULT_IRQ_EARLY, psp->sev_command)) {
        sev_interrupt(psp);
        psp->sev_early_sent = true;
    }
    when += psp->latency_us * SCALE_US;
    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_SEV_LATE, psp->sev_command);
    if (f) {
        when += f->value * SCALE_MS;
    }
    timer_mod(psp->sev_timer, when);
}

static void acpi_timer(void *opaque)
{
    CvmPsp *psp = opaque;

    psp->acpi_busy = false;
    psp->reg[CVM_PSP_ACPI_CMDRESP] = psp->acpi_answer;
}

/*
 * This mailbox answers before the write has ended. Its callers wait at most
 * some milliseconds of real time, which a loaded host can spend elsewhere.
 */
static void acpi_start(CvmPsp *psp, uint32_t word)
{
    uint32_t command = (word >> 16) & 0x3ff;
    CvmPspFault *f;

    psp->reg[CVM_PSP_ACPI_CMDRESP] = word;
    psp->cmdresp_commands++;
    if (psp->acpi_busy) {
        psp->overruns++;
        return;
    }
    if (cvm_psp_fault_take(psp, CVM_PSP_FAULT_CMDRESP_NEVER, command)) {
        return;
    }
    psp->acpi_answer = cvm_psp_acpi_run(psp, word);
    f = cvm_psp_fault_take(psp, CVM_PSP_FAULT_CMDRESP_LATE, command);
    if (f) {
        psp->acpi_busy = true;
        timer_mod(psp->acpi_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                   (int64_t)f->value * SCALE_MS);
        return;
    }
    psp->reg[CVM_PSP_ACPI_CMDRESP] = psp->acpi_answer;
}

static CvmPspReg find_reg(CvmPsp *psp, hwaddr offset)
{
    CvmPspReg r;

    for (r = 0; r < CVM_PSP_REGS; r++) {
        if (psp->offset[r] == offset) {
            break;
        }
    }
    return r;
}

static uint64_t mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    CvmPsp *psp = opaque;
    CvmPspReg r = find_reg(psp, offset);

    if (psp->absent) {
        return UINT32_MAX;
    }
    if (r == CVM_PSP_REGS) {
        qemu_log_mask(LOG_GUEST_ERROR, "cvm-psp: read at 0x%" HWADDR_PRIx
                      ", where no register is\n", offset);
        return 0;
    }
    return psp->reg[r];
}

static void mmio_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    CvmPsp *psp = opaque;
    CvmPspReg r = find_reg(psp, offset);

    if (psp->absent) {
        return;
    }
    switch (r) {
    case CVM_PSP_INT_ENABLE:
    case CVM_PSP_SEV_LOW:
    case CVM_PSP_SEV_HIGH:
        psp->reg[r] = value;
        break;
    case CVM_PSP_INT_STATUS:
        psp->reg[r] &= ~value;
        break;
    case CVM_PSP_SEV_CMDRESP:
        sev_start(psp, value);
        break;
    case CVM_PSP_ACPI_CMDRESP:
        acpi_start(psp, value);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "cvm-psp: write of 0x%" PRIx64
                      " at 0x%" HWADDR_PRIx " ignored\n", value, offset);
        break;
    }
}

static const MemoryRegionOps mmio_ops = {
    .read = mmio_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static void get_target(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    CvmPspTarget t = { 0 };
    bool open = psp->ops->target(psp, &t);
    uint32_t value = t.apic_id;

    if (!strcmp(name, "irq-enabled")) {
        visit_type_bool(v, name, &open, errp);
        return;
    }
    if (!strcmp(name, "vector")) {
        value = t.vector;
    } else if (!strcmp(name, "dest-mode")) {
        value = t.logical;
    }
    visit_type_uint32(v, name, &value, errp);
}

static void get_guests(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    uint32_t guests = psp->fw ? sevfw_guests(psp->fw) : 0;

    visit_type_uint32(v, name, &guests, errp);
}

static void get_lent_pages(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    uint32_t pages;

    cvm_snp_lock();
    pages = psp->fw ? sevfw_lent_pages(psp->fw) : 0;
    cvm_snp_unlock();
    visit_type_uint32(v, name, &pages, errp);
}

static void set_guests(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    uint32_t guests;

    if (!visit_type_uint32(v, name, &guests, errp)) {
        return;
    }
    if (!psp->fw ||
        sevfw_platform_state(psp->fw) == SEVFW_PLATFORM_UNINIT) {
        error_setg(errp, "no guest can run before INIT");
        return;
    }
    sevfw_set_guests(psp->fw, guests);
}

static void get_state(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    const char *state = "unrealized";
    g_autofree char *copy = NULL;

    if (psp->fw && !strcmp(name, "snp-state")) {
        state = sevfw_snp_state_name(sevfw_snp_state(psp->fw));
    } else if (psp->fw) {
        state = sevfw_platform_state_name(sevfw_platform_state(psp->fw));
    }
    copy = g_strdup(state);
    visit_type_str(v, name, &copy, errp);
}

/* The certificates that AMD's servers would give, in hexadecimal. */
static void get_certificate(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    g_autoptr(GString) text = g_string_new(NULL);
    union {
        struct sevfw_cert cek;
        struct sevfw_ca_chain ca;
        uint8_t bytes[sizeof(struct sevfw_ca_chain)];
    } all;
    bool cek = !strcmp(name, "cek");
    size_t size = cek ? sizeof(all.cek) : sizeof(all.ca);
    g_autofree char *copy = NULL;

    if (!psp->fw) {
        error_setg(errp, "the processor is not there yet");
        return;
    }
    if (cek ? sevfw_cek(psp->fw, &all.cek) : sevfw_ca(psp->fw, &all.ca)) {
        error_setg(errp, "OpenSSL cannot make the certificates");
        return;
    }
    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(text, "%02x", all.bytes[i]);
    }
    copy = g_strdup(text->str);
    visit_type_str(v, name, &copy, errp);
}

/* Writing N makes the storage go bad in its byte N. */
static void set_corrupt(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    uint32_t offset;

    if (!visit_type_uint32(v, name, &offset, errp)) {
        return;
    }
    if (!psp->fw || offset >= SEVFW_STORAGE_SIZE) {
        error_setg(errp, "the flash has %u bytes", SEVFW_STORAGE_SIZE);
        return;
    }
    sevfw_corrupt_flash(psp->fw, offset);
}

static void get_cmdresp_log(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    CvmPsp *psp = opaque;
    g_autoptr(GString) text = g_string_new(NULL);
    uint64_t n = psp->cmdresp_logged;
    g_autofree char *copy = NULL;

    for (uint64_t i = n > CVM_PSP_LOG ? n - CVM_PSP_LOG : 0; i < n; i++) {
        const CvmPspLogEntry *e = &psp->log[i % CVM_PSP_LOG];

        g_string_append_printf(text, "%s%02x:%04x=%x", text->len ? " " : "",
                               e->command, e->data, e->status);
    }
    copy = g_strdup(text->str);
    visit_type_str(v, name, &copy, errp);
}

static void add_properties(CvmPsp *psp)
{
    static const char *const target[] = {
        "dest-apic-id", "vector", "dest-mode"
    };
    Object *obj = psp->owner;
    const struct {
        const char *name;
        uint64_t *value;
    } counters[] = {
        { "irqs", &psp->irqs },
        { "irqs-lost", &psp->irqs_lost },
        { "irqs-unacked", &psp->irqs_unacked },
        { "commands", &psp->commands },
        { "cmdresp-commands", &psp->cmdresp_commands },
        { "overruns", &psp->overruns },
        { "fault-hits", &psp->fault_hits },
    };

    for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
        object_property_add_uint64_ptr(obj, counters[i].name,
                                       counters[i].value, OBJ_PROP_FLAG_READ);
    }
    for (size_t i = 0; i < ARRAY_SIZE(target); i++) {
        object_property_add(obj, target[i], "uint32", get_target, NULL, NULL,
                            psp);
    }
    object_property_add(obj, "irq-enabled", "bool", get_target, NULL, NULL,
                        psp);
    object_property_add_uint32_ptr(obj, "last-command", &psp->last_command,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, "last-status", &psp->last_status,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "latency-us", &psp->latency_us,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add(obj, "state", "string", get_state, NULL, NULL, psp);
    object_property_add(obj, "snp-state", "string", get_state, NULL, NULL,
                        psp);
    object_property_add(obj, "lent-pages", "uint32", get_lent_pages, NULL, NULL,
                        psp);
    object_property_add(obj, "guests", "uint32", get_guests, set_guests, NULL,
                        psp);
    object_property_add(obj, "cek", "string", get_certificate, NULL, NULL,
                        psp);
    object_property_add(obj, "ask-ark", "string", get_certificate, NULL, NULL,
                        psp);
    object_property_add(obj, "corrupt-flash", "uint32", NULL, set_corrupt,
                        NULL, psp);
    object_property_add(obj, "cmdresp-log", "string", get_cmdresp_log, NULL,
                        NULL, psp);
    cvm_psp_fault_add_property(psp);
}

void cvm_psp_init(CvmPsp *psp, Object *owner, const CvmPspOps *ops)
{
    psp->owner = owner;
    psp->ops = ops;
    psp->latency_us = 50;
    for (CvmPspReg r = 0; r < CVM_PSP_REGS; r++) {
        psp->offset[r] = CVM_PSP_NO_REG;
    }
    add_properties(psp);
}

bool cvm_psp_realize(CvmPsp *psp, uint64_t size, Error **errp)
{
    /*
     * The firmware's sight of system memory. Only RAM counts: a real processor
     * answers "invalid address" for a device's registers, and a model that
     * wrote to one would be a hole.
     */
    const struct sevfw_memory memory = {
        .read = cvm_ram_read,
        .write = cvm_ram_write,
        .host = cvm_snp_host,
        .snp_off = cvm_snp_off,
    };

    psp->config.sockets = psp->sockets;
    psp->fw = sevfw_new(&psp->config, &memory);
    if (!psp->fw) {
        error_setg(errp, "the SEV firmware refuses this configuration "
                   "(sockets: 1 or %d)", SEVFW_SOCKETS_MAX);
        return false;
    }
    psp->sev_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, sev_timer, psp);
    psp->acpi_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, acpi_timer, psp);
    memory_region_init_io(&psp->mmio, psp->owner, &mmio_ops, psp, "cvm-psp",
                          size);
    cvm_psp_reset(psp);
    return true;
}

/* The processor loses its power, in S3 too. Counters and faults stay. */
void cvm_psp_reset(CvmPsp *psp)
{
    timer_del(psp->sev_timer);
    timer_del(psp->acpi_timer);
    psp->sev_busy = false;
    psp->acpi_busy = false;
    memset(psp->reg, 0, sizeof(psp->reg));
    psp->reg[CVM_PSP_FEATURE] = psp->feature;
    cvm_psp_acpi_reset(psp);
    sevfw_reset(psp->fw);
}

void cvm_psp_finalize(CvmPsp *psp)
{
    if (psp->sev_timer) {
        timer_free(psp->sev_timer);
        timer_free(psp->acpi_timer);
    }
    sevfw_free(psp->fw);
    g_free(psp->fault_text);
}
