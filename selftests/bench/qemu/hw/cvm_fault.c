// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text of a model's property "fault", see cvm_fault.h.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "cvm_fault.h"

static void fault_free(gpointer data)
{
    CvmFault *f = data;

    g_free(f->name);
    g_free(f->target);
    g_free(f);
}

/* Cuts @text at the first @sign in it; what follows, or NULL. */
static char *cut(char *text, char sign)
{
    char *at = text ? strchr(text, sign) : NULL;

    if (at) {
        *at++ = '\0';
    }
    return at;
}

static bool number(const char *item, const char *text, uint64_t *value,
                   Error **errp)
{
    if (qemu_strtou64(text, NULL, 0, value)) {
        error_setg(errp, "fault '%s': '%s' is not a number", item, text);
        return false;
    }
    return true;
}

GPtrArray *cvm_fault_parse(const char *text, cvm_fault_check_fn check,
                           void *opaque, Error **errp)
{
    g_auto(GStrv) items = g_strsplit_set(text, " ;", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(fault_free);
    char **i;

    for (i = items; *i; i++) {
        char *count, *target, *value;
        CvmFault *f;

        if (!**i) {
            continue;
        }
        f = g_new0(CvmFault, 1);
        g_ptr_array_add(list, f);
        f->name = g_strdup(*i);
        f->left = UINT64_MAX;
        count = cut(f->name, '#');
        target = cut(f->name, '=');
        value = cut(target, ':');
        f->has_value = value != NULL;
        f->target = g_strdup(target);
        if ((count && !number(*i, count, &f->left, errp)) ||
            (value && !number(*i, value, &f->value, errp)) ||
            !check(opaque, f, errp)) {
            return NULL;
        }
    }
    return g_steal_pointer(&list);
}
