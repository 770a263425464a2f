/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property "fault": what the emulated processor does wrong on request.
 *
 *   FAULT  := [ITEM [SEPARATOR ITEM]...]      SEPARATOR: blank or semicolon
 *   ITEM   := NAME [@COMMAND] [=VALUE] [#COUNT]
 *
 * COMMAND narrows an item to one command, COUNT to so many strikes. Numbers
 * are decimal, or hexadecimal with 0x. The names are in the table below.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "hw/cvm/cvm_psp.h"

static const struct {
    const char *name;
    CvmPspFaultKind kind;
    bool needs_value;
    bool immediate;         /* done when set, not stored */
} names[] = {
    { "cmdresp-status", CVM_PSP_FAULT_CMDRESP_STATUS, true },
    { "cmdresp-word", CVM_PSP_FAULT_CMDRESP_WORD, true },
    { "cmdresp-never", CVM_PSP_FAULT_CMDRESP_NEVER },
    { "cmdresp-late", CVM_PSP_FAULT_CMDRESP_LATE, true },
    { "sev-status", CVM_PSP_FAULT_SEV_STATUS, true },
    { "sev-word", CVM_PSP_FAULT_SEV_WORD, true },
    { "sev-never", CVM_PSP_FAULT_SEV_NEVER },
    { "sev-late", CVM_PSP_FAULT_SEV_LATE, true },
    { "sev-scribble", CVM_PSP_FAULT_SEV_SCRIBBLE, true },
    { "irq-lost", CVM_PSP_FAULT_IRQ_LOST },
    { "irq-early", CVM_PSP_FAULT_IRQ_EARLY },
    { "irq-double", CVM_PSP_FAULT_IRQ_DOUBLE },
    { "irq-spurious", CVM_PSP_FAULT_IRQ_SPURIOUS, true, true },
    { "irq-stray", CVM_PSP_FAULT_IRQ_STRAY, true, true },
};

#define IMMEDIATE_MAX 100000

/* Cuts @text at the last @sign in it and parses what follows. */
static bool cut_number(char *text, char sign, bool *given, uint64_t *value,
                       Error **errp)
{
    char *at = strrchr(text, sign);

    *given = at != NULL;
    if (!at) {
        return true;
    }
    *at++ = '\0';
    if (qemu_strtou64(at, NULL, 0, value)) {
        error_setg(errp, "fault '%s': '%s' after '%c' is not a number", text,
                   at, sign);
        return false;
    }
    return true;
}

static bool parse_item(const char *item, CvmPspFault *f, bool *immediate,
                       Error **errp)
{
    g_autofree char *text = g_strdup(item);
    bool has_count, has_value, has_command;
    uint64_t command = 0;

    f->left = UINT64_MAX;
    f->value = 0;
    if (!cut_number(text, '#', &has_count, &f->left, errp) ||
        !cut_number(text, '=', &has_value, &f->value, errp) ||
        !cut_number(text, '@', &has_command, &command, errp)) {
        return false;
    }
    f->any_command = !has_command;
    f->command = command;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i].name, text)) {
            continue;
        }
        if (names[i].needs_value != has_value) {
            error_setg(errp, "fault '%s' %s value", text,
                       has_value ? "takes no" : "needs a");
            return false;
        }
        f->kind = names[i].kind;
        *immediate = names[i].immediate;
        return true;
    }
    error_setg(errp, "unknown fault '%s'", text);
    return false;
}

static void get_fault(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    CvmPsp *psp = opaque;
    g_autofree char *text = g_strdup(psp->fault_text ? psp->fault_text : "");

    visit_type_str(v, name, &text, errp);
}

/* All or nothing: a text with a mistake in it leaves the faults as they are. */
static void set_fault(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    CvmPsp *psp = opaque;
    g_autofree char *text = NULL;
    g_auto(GStrv) items = NULL;
    CvmPspFault now[CVM_PSP_FAULTS_MAX], later[CVM_PSP_FAULTS_MAX];
    unsigned int nows = 0, laters = 0;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    items = g_strsplit_set(text, " ;", -1);
    for (char **i = items; *i; i++) {
        CvmPspFault f;
        bool immediate;

        if (!**i) {
            continue;
        }
        if (!parse_item(*i, &f, &immediate, errp)) {
            return;
        }
        if (nows == CVM_PSP_FAULTS_MAX || laters == CVM_PSP_FAULTS_MAX) {
            error_setg(errp, "more than %d faults", CVM_PSP_FAULTS_MAX);
            return;
        }
        if (immediate && f.value > IMMEDIATE_MAX) {
            error_setg(errp, "more than %d interrupts at once", IMMEDIATE_MAX);
            return;
        }
        if (immediate) {
            now[nows++] = f;
        } else {
            later[laters++] = f;
        }
    }

    memcpy(psp->fault, later, laters * sizeof(later[0]));
    psp->faults = laters;
    g_free(psp->fault_text);
    psp->fault_text = g_steal_pointer(&text);
    for (unsigned int i = 0; i < nows; i++) {
        for (uint64_t n = 0; n < now[i].value; n++) {
            cvm_psp_raise(psp, now[i].kind == CVM_PSP_FAULT_IRQ_STRAY);
        }
    }
}

void cvm_psp_fault_add_property(CvmPsp *psp)
{
    object_property_add(psp->owner, "fault", "string", get_fault, set_fault,
                        NULL, psp);
}

CvmPspFault *cvm_psp_fault_take(CvmPsp *psp, CvmPspFaultKind kind,
                                uint32_t command)
{
    for (unsigned int i = 0; i < psp->faults; i++) {
        CvmPspFault *f = &psp->fault[i];

        if (f->kind != kind || !f->left ||
            !(f->any_command || f->command == command)) {
            continue;
        }
        if (f->left != UINT64_MAX) {
            f->left--;
        }
        psp->fault_hits++;
        return f;
    }
    return NULL;
}
