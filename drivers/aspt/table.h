/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ACPI table ASPT, "AMD Secure Processor Table": what it says and whether
 * it may be believed. Pure logic: compiles into the module, into tools and
 * into tests.
 *
 * Source of the layouts: AMD publications 58028 (revision 1) and 58193
 * (revision 2).
 */
#ifndef ASPT_TABLE_H
#define ASPT_TABLE_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

#define ASPT_SIGNATURE		"ASPT"
#define ASPT_HEADER_SIZE	36
#define ASPT_PAGE_SIZE		4096

/*
 * More than any layout needs; a longer table is refused before anything in it
 * is looked at.
 */
#define ASPT_TABLE_MAX		65536

/*
 * Most register pages that are believed: the largest window of a PSP known
 * today is one MiB.
 */
#define ASPT_PAGES_MAX		4096

/* Mailbox interrupt ids have six bits. */
#define ASPT_MBOX_IRQ_ID_MAX	63

enum aspt_subtable_type {
	ASPT_GLOBAL,
	ASPT_SEV_MAILBOX,
	ASPT_ACPI_MAILBOX,
	ASPT_TEE_MAILBOX,
	ASPT_SFS_STATUS,
	ASPT_TYPES
};

/* The first seven are in every table, the last three with a TEE mailbox. */
enum aspt_register {
	ASPT_REG_FEATURE,
	ASPT_REG_IRQ_ENABLE,
	ASPT_REG_IRQ_STATUS,
	ASPT_REG_SEV_CMDRESP,
	ASPT_REG_SEV_BUFFER_LOW,
	ASPT_REG_SEV_BUFFER_HIGH,
	ASPT_REG_ACPI_CMDRESP,
	ASPT_REG_REQUIRED,
	ASPT_REG_TEE_CMDRESP = ASPT_REG_REQUIRED,
	ASPT_REG_TEE_BUFFER_LOW,
	ASPT_REG_TEE_BUFFER_HIGH,
	ASPT_REGS
};

/**
 * struct aspt_table - what a valid table says
 * @length: length of the table in bytes
 * @revision: 1 or 2
 * @openvmm: revision 1 with an 8-byte count and subtable lengths that do not
 *	count the subtable's header, as OpenVMM writes it
 * @subtables: number of subtables
 * @unknown: how many of them are of an unknown type and were skipped
 * @types: a bit for each &enum aspt_subtable_type that is there
 * @mbox_irq_id: id of the SEV mailbox's interrupt
 * @base: physical address of the first register page
 * @size: length of the register space in bytes
 * @reg: offset of each register from @base
 * @regs: a bit for each register that the table names
 * @tee_revision: revision of the TEE mailbox
 * @sfs_revision: revision of the seamless firmware servicing status buffer
 * @sfs_address: physical address of that buffer
 */
struct aspt_table {
	__u32 length;
	__u8 revision;
	bool openvmm;
	__u32 subtables;
	__u32 unknown;
	__u32 types;
	__u8 mbox_irq_id;
	__u64 base;
	__u32 size;
	__u32 reg[ASPT_REGS];
	__u32 regs;
	__u16 tee_revision;
	__u16 sfs_revision;
	__u64 sfs_address;
};

/**
 * struct aspt_error - why a table is refused
 * @offset: where in the table
 * @text: one line that names the field
 */
struct aspt_error {
	__u32 offset;
	char text[160];
};

/**
 * struct aspt_field - one field of a table, for those who print it
 * @name: what the field is called
 * @meaning: what its value means, or NULL
 * @data: the field in the table
 * @offset: where it is in the table
 * @size: its length in bytes
 * @value: its value, for fields of at most eight bytes
 * @text: the field is characters, not a number
 * @reserved: the field has no meaning
 * @subtable: number of the subtable, -1 for the table itself
 * @title: what the subtable is called
 */
struct aspt_field {
	const char *name;
	const char *meaning;
	const __u8 *data;
	__u32 offset;
	__u32 size;
	__u64 value;
	bool text;
	bool reserved;
	int subtable;
	const char *title;
};

/**
 * struct aspt_visitor - somebody who wants to see each field
 * @field: called for each field in the table's order, also for the fields of a
 *	table that is refused later
 * @context: for @field
 */
struct aspt_visitor {
	void (*field)(void *context, const struct aspt_field *field);
	void *context;
};

int aspt_table_parse(const void *data, size_t size, struct aspt_table *table,
		     struct aspt_error *error,
		     const struct aspt_visitor *visitor);
__u8 aspt_table_checksum(const void *data, size_t size);
const char *aspt_type_name(unsigned int type);
const char *aspt_register_name(unsigned int reg);
const char *aspt_register_key(unsigned int reg);

#endif
