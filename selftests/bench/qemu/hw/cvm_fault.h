/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a model's property "fault", taken apart.
 *
 *   FAULT  := [ITEM [SEPARATOR ITEM]...]      SEPARATOR: blank or semicolon
 *   ITEM   := NAME [=TARGET [:VALUE]] [#COUNT]
 *
 * What names and targets there are is the model's business. VALUE and COUNT
 * are decimal, or hexadecimal with 0x.
 */
#ifndef HW_CVM_FAULT_H
#define HW_CVM_FAULT_H

typedef struct CvmFault {
    char *name;
    char *target;       /* NULL: none given */
    bool has_value;
    uint64_t value;
    uint64_t left;      /* how often it is still to strike */
    int kind;           /* the model's own, set by its check */
    uint32_t at;        /* the target, likewise */
    int64_t where;
} CvmFault;

/* The model's word on one item; sets @errp and returns false to refuse. */
typedef bool (*cvm_fault_check_fn)(void *opaque, CvmFault *f, Error **errp);

/*
 * All or nothing: NULL, with @errp set, when one item is wrong. The elements
 * are CvmFault; the list is freed with g_ptr_array_unref().
 */
GPtrArray *cvm_fault_parse(const char *text, cvm_fault_check_fn check,
                           void *opaque, Error **errp);

#endif
