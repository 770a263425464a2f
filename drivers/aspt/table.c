// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the ACPI table ASPT. Everything in it comes from firmware or from a
 * hypervisor and is hostile until checked; each refusal names the field.
 *
 * Revision 1 (publication 58028)        Revision 2 (publication 58193)
 *
 *   0  ACPI header                        0  ACPI header
 *  36  u32 count                         36  u64 register base address
 *  40  subtables of 32 bytes             44  u32 register space in pages
 *      with physical addresses           48  u32 count
 *                                        52  subtables of 20 bytes
 *                                            with offsets from the base
 */
#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#include <linux/const.h>

#include "table.h"

/* No x86 processor has more physical address bits. */
#define ADDRESS_LIMIT	0x10000000000000ULL

/* Every subtable begins with a u16 type and a u16 length. */
#define SUBTABLE_HEADER	4

enum field_kind {
	FIELD_PLAIN,
	FIELD_RESERVED,
	FIELD_REGISTER,
	FIELD_IRQ_ID,
	FIELD_TEE_REVISION,
	FIELD_SFS_REVISION,
	FIELD_SFS_ADDRESS,
};

/**
 * struct field - one field of a subtable
 * @name: what messages call it
 * @meaning: what it is for
 * @offset: from the subtable's start
 * @size: in bytes, at most eight
 * @kind: what is done with its value
 * @reg: which register, for a FIELD_REGISTER
 */
struct field {
	const char *name;
	const char *meaning;
	__u8 offset;
	__u8 size;
	__u8 kind;
	__u8 reg;
};

struct subtable {
	const struct field *fields;
	unsigned int count;
};

/**
 * struct layout - how a revision arranges its subtables
 * @first: offset of the first subtable
 * @count: offset of their number
 * @count_size: length of that field
 * @size: length of each known subtable, header included
 * @outside: what the length field of a subtable leaves out
 * @absolute: registers are physical addresses, not offsets
 * @subtables: the fields, by type
 * @types: number of types that this revision knows
 */
struct layout {
	__u8 first;
	__u8 count;
	__u8 count_size;
	__u8 size;
	__u8 outside;
	bool absolute;
	const struct subtable *subtables;
	__u8 types;
};

#define RESERVED(o, s)	{ "reserved", NULL, o, s, FIELD_RESERVED, 0 }

static const struct field global_1[] = {
	RESERVED(4, 4),
	{ "feature register address", "which mailboxes the processor has",
	  8, 8, FIELD_REGISTER, ASPT_REG_FEATURE },
	{ "interrupt enable register address", "one bit a mailbox",
	  16, 8, FIELD_REGISTER, ASPT_REG_IRQ_ENABLE },
	{ "interrupt status register address", "one bit a mailbox, write 1 to clear",
	  24, 8, FIELD_REGISTER, ASPT_REG_IRQ_STATUS },
};

static const struct field sev_1[] = {
	{ "mailbox interrupt id", "what CmdResp commands call this interrupt",
	  4, 1, FIELD_IRQ_ID, 0 },
	RESERVED(5, 3),
	{ "CmdResp register address", "command, then status of an SEV command",
	  8, 8, FIELD_REGISTER, ASPT_REG_SEV_CMDRESP },
	{ "buffer low register address", "command buffer address, bits 31:0",
	  16, 8, FIELD_REGISTER, ASPT_REG_SEV_BUFFER_LOW },
	{ "buffer high register address", "command buffer address, bits 63:32",
	  24, 8, FIELD_REGISTER, ASPT_REG_SEV_BUFFER_HIGH },
};

static const struct field acpi_1[] = {
	RESERVED(4, 4),
	{ "CmdResp register address", "commands that configure the interrupt",
	  8, 8, FIELD_REGISTER, ASPT_REG_ACPI_CMDRESP },
	RESERVED(16, 8),
	RESERVED(24, 8),
};

static const struct subtable subtables_1[] = {
	[ASPT_GLOBAL] = { global_1, ARRAY_SIZE(global_1) },
	[ASPT_SEV_MAILBOX] = { sev_1, ARRAY_SIZE(sev_1) },
	[ASPT_ACPI_MAILBOX] = { acpi_1, ARRAY_SIZE(acpi_1) },
};

static const struct field global_2[] = {
	RESERVED(4, 4),
	{ "feature register offset", "which mailboxes the processor has",
	  8, 4, FIELD_REGISTER, ASPT_REG_FEATURE },
	{ "interrupt enable register offset", "one bit a mailbox",
	  12, 4, FIELD_REGISTER, ASPT_REG_IRQ_ENABLE },
	{ "interrupt status register offset", "one bit a mailbox, write 1 to clear",
	  16, 4, FIELD_REGISTER, ASPT_REG_IRQ_STATUS },
};

static const struct field sev_2[] = {
	{ "mailbox interrupt id", "what CmdResp commands call this interrupt",
	  4, 1, FIELD_IRQ_ID, 0 },
	RESERVED(5, 3),
	{ "CmdResp register offset", "command, then status of an SEV command",
	  8, 4, FIELD_REGISTER, ASPT_REG_SEV_CMDRESP },
	{ "buffer low register offset", "command buffer address, bits 31:0",
	  12, 4, FIELD_REGISTER, ASPT_REG_SEV_BUFFER_LOW },
	{ "buffer high register offset", "command buffer address, bits 63:32",
	  16, 4, FIELD_REGISTER, ASPT_REG_SEV_BUFFER_HIGH },
};

static const struct field acpi_2[] = {
	RESERVED(4, 4),
	{ "CmdResp register offset", "commands that configure the interrupt",
	  8, 4, FIELD_REGISTER, ASPT_REG_ACPI_CMDRESP },
	RESERVED(12, 8),
};

static const struct field tee_2[] = {
	{ "mailbox revision", NULL, 4, 2, FIELD_TEE_REVISION, 0 },
	RESERVED(6, 2),
	{ "CmdResp register offset", "command, then status of a TEE command",
	  8, 4, FIELD_REGISTER, ASPT_REG_TEE_CMDRESP },
	{ "buffer low register offset", "command buffer address, bits 31:0",
	  12, 4, FIELD_REGISTER, ASPT_REG_TEE_BUFFER_LOW },
	{ "buffer high register offset", "command buffer address, bits 63:32",
	  16, 4, FIELD_REGISTER, ASPT_REG_TEE_BUFFER_HIGH },
};

static const struct field sfs_2[] = {
	{ "status revision", NULL, 4, 2, FIELD_SFS_REVISION, 0 },
	RESERVED(6, 6),
	{ "status buffer address", "physical address",
	  12, 8, FIELD_SFS_ADDRESS, 0 },
};

static const struct subtable subtables_2[] = {
	[ASPT_GLOBAL] = { global_2, ARRAY_SIZE(global_2) },
	[ASPT_SEV_MAILBOX] = { sev_2, ARRAY_SIZE(sev_2) },
	[ASPT_ACPI_MAILBOX] = { acpi_2, ARRAY_SIZE(acpi_2) },
	[ASPT_TEE_MAILBOX] = { tee_2, ARRAY_SIZE(tee_2) },
	[ASPT_SFS_STATUS] = { sfs_2, ARRAY_SIZE(sfs_2) },
};

static const struct layout layout_1 = {
	.first = 40, .count = 36, .count_size = 4, .size = 32,
	.absolute = true,
	.subtables = subtables_1, .types = ARRAY_SIZE(subtables_1),
};

/*
 * OpenVMM's table builder writes the count in the size of its language's
 * native word and, as a subtable's length, that of its body alone. Machines
 * with such a table exist.
 */
static const struct layout layout_openvmm = {
	.first = 44, .count = 36, .count_size = 8, .size = 32,
	.outside = SUBTABLE_HEADER, .absolute = true,
	.subtables = subtables_1, .types = ARRAY_SIZE(subtables_1),
};

static const struct layout layout_2 = {
	.first = 52, .count = 48, .count_size = 4, .size = 20,
	.subtables = subtables_2, .types = ARRAY_SIZE(subtables_2),
};

/**
 * struct parser - a table on its way through
 * @data: the table
 * @length: what its header says, never more than there is
 * @layout: how its subtables lie
 * @table: the result
 * @error: the first thing wrong
 * @visitor: who wants to see the fields, or NULL
 * @subtable: number of the subtable, -1 before the first
 * @title: what it is called
 */
struct parser {
	const __u8 *data;
	__u32 length;
	const struct layout *layout;
	struct aspt_table *table;
	struct aspt_error *error;
	const struct aspt_visitor *visitor;
	int subtable;
	const char *title;
};

static const char * const type_names[ASPT_TYPES] = {
	[ASPT_GLOBAL] = "global registers",
	[ASPT_SEV_MAILBOX] = "SEV mailbox",
	[ASPT_ACPI_MAILBOX] = "ACPI mailbox",
	[ASPT_TEE_MAILBOX] = "TEE mailbox",
	[ASPT_SFS_STATUS] = "SFS status",
};

static const struct {
	const char *name;
	const char *key;
} register_names[ASPT_REGS] = {
	[ASPT_REG_FEATURE] = { "feature", "feature" },
	[ASPT_REG_IRQ_ENABLE] = { "interrupt enable", "interrupt_enable" },
	[ASPT_REG_IRQ_STATUS] = { "interrupt status", "interrupt_status" },
	[ASPT_REG_SEV_CMDRESP] = { "SEV CmdResp", "sev_cmdresp" },
	[ASPT_REG_SEV_BUFFER_LOW] = { "SEV buffer low", "sev_buffer_low" },
	[ASPT_REG_SEV_BUFFER_HIGH] = { "SEV buffer high", "sev_buffer_high" },
	[ASPT_REG_ACPI_CMDRESP] = { "ACPI CmdResp", "acpi_cmdresp" },
	[ASPT_REG_TEE_CMDRESP] = { "TEE CmdResp", "tee_cmdresp" },
	[ASPT_REG_TEE_BUFFER_LOW] = { "TEE buffer low", "tee_buffer_low" },
	[ASPT_REG_TEE_BUFFER_HIGH] = { "TEE buffer high", "tee_buffer_high" },
};

/**
 * aspt_type_name - what a subtable type is called
 * @type: &enum aspt_subtable_type, or any other number
 *
 * Return: words, never NULL.
 */
const char *aspt_type_name(unsigned int type)
{
	return type < ASPT_TYPES ? type_names[type] : "unknown type";
}

/**
 * aspt_register_name - what a register is called in messages
 * @reg: &enum aspt_register
 *
 * Return: words, never NULL.
 */
const char *aspt_register_name(unsigned int reg)
{
	return reg < ASPT_REGS ? register_names[reg].name : "unknown";
}

/**
 * aspt_register_key - what a register is called where programs read
 * @reg: &enum aspt_register
 *
 * Return: one word, never NULL.
 */
const char *aspt_register_key(unsigned int reg)
{
	return reg < ASPT_REGS ? register_names[reg].key : "unknown";
}

/**
 * aspt_table_checksum - the sum of all bytes of a table
 * @data: the table
 * @size: its length
 *
 * Return: 0 for a good table (ACPI specification, 5.2.6).
 */
__u8 aspt_table_checksum(const void *data, size_t size)
{
	const __u8 *p = data;
	__u8 sum = 0;

	while (size--)
		sum += *p++;
	return sum;
}

/* Little endian, any alignment: revision 2 has unaligned fields. */
static __u64 get(const __u8 *p, unsigned int size)
{
	__u64 value = 0;

	while (size--)
		value = value << 8 | p[size];
	return value;
}

#ifdef __KERNEL__
__printf(3, 4)
#endif
static int refuse(const struct parser *p, __u32 offset, const char *format, ...)
{
	char *text = p->error->text;
	size_t size = sizeof(p->error->text);
	size_t used = 0;
	va_list args;

	p->error->offset = offset;
	if (p->subtable >= 0)
		used = snprintf(text, size, "subtable %d (%s): ", p->subtable,
				p->title);
	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
	return -EINVAL;
}

static void show(const struct parser *p, const char *name, const char *meaning,
		 __u32 offset, __u32 size, bool text, bool reserved)
{
	struct aspt_field field = {
		.name = name,
		.meaning = meaning,
		.data = p->data + offset,
		.offset = offset,
		.size = size,
		.value = size <= 8 ? get(p->data + offset, size) : 0,
		.text = text,
		.reserved = reserved,
		.subtable = p->subtable,
		.title = p->title,
	};

	if (p->visitor)
		p->visitor->field(p->visitor->context, &field);
}

/* The header that all ACPI tables have: ACPI specification, 5.2.6. */
static void show_header(const struct parser *p)
{
	show(p, "signature", NULL, 0, 4, true, false);
	show(p, "length", "bytes", 4, 4, false, false);
	show(p, "revision", NULL, 8, 1, false, false);
	show(p, "checksum", "makes the sum of all bytes 0", 9, 1, false, false);
	show(p, "OEM ID", NULL, 10, 6, true, false);
	show(p, "OEM table ID", NULL, 16, 8, true, false);
	show(p, "OEM revision", NULL, 24, 4, false, false);
	show(p, "creator ID", NULL, 28, 4, true, false);
	show(p, "creator revision", NULL, 32, 4, false, false);
}

/*
 * Firmware of older client machines uses the same signature for something
 * else: after the header just two ranges, each a start and an end.
 */
static bool is_unrelated(const struct parser *p)
{
	const __u8 *range = p->data + ASPT_HEADER_SIZE;

	return p->length == ASPT_HEADER_SIZE + 16 &&
	       get(range, 4) <= get(range + 4, 4) &&
	       get(range + 8, 4) <= get(range + 12, 4) && get(range + 12, 4);
}

/* In the layout of the specification this would be a subtable of length 0. */
static bool is_openvmm(const struct parser *p)
{
	const struct layout *l = &layout_openvmm;

	return p->length >= l->first + SUBTABLE_HEADER &&
	       get(p->data + l->count + 4, 4) == 0 &&
	       get(p->data + l->first + 2, 2) == l->size - l->outside;
}

static int parse_header(struct parser *p, size_t size)
{
	__u32 length, sum;

	if (size < ASPT_HEADER_SIZE)
		return refuse(p, 0, "header: %zu bytes are too short for it, it has %u",
			      size, ASPT_HEADER_SIZE);
	show_header(p);
	if (memcmp(p->data, ASPT_SIGNATURE, 4))
		return refuse(p, 0, "signature: it is not " ASPT_SIGNATURE);
	length = get(p->data + 4, 4);
	if (length < ASPT_HEADER_SIZE)
		return refuse(p, 4, "length: %u is shorter than the header of %u bytes",
			      length, ASPT_HEADER_SIZE);
	if (length > ASPT_TABLE_MAX)
		return refuse(p, 4, "length: %u is more than any such table has",
			      length);
	if (length > size)
		return refuse(p, 4, "length: %u, but the table ends after %zu bytes",
			      length, size);
	if (length < size)
		return refuse(p, 4, "length: %u, but %zu bytes are there",
			      length, size);
	p->length = length;
	sum = aspt_table_checksum(p->data, length);
	if (sum)
		return refuse(p, 9, "checksum: 0x%02x is wrong, it should be 0x%02x",
			      p->data[9], (p->data[9] - sum) & 0xff);
	p->table->length = length;
	p->table->revision = p->data[8];
	return 0;
}

static int parse_layout(struct parser *p)
{
	struct aspt_table *t = p->table;
	__u64 base, pages;

	if (is_unrelated(p))
		return refuse(p, ASPT_HEADER_SIZE,
			      "unrelated table of older client machines: two address ranges, no registers");
	if (t->revision == 0 || t->revision > 2)
		return refuse(p, 8, "revision: %u is not known, 1 and 2 are",
			      t->revision);
	t->openvmm = t->revision == 1 && is_openvmm(p);
	p->layout = t->revision == 2 ? &layout_2 :
		    t->openvmm ? &layout_openvmm : &layout_1;
	if (p->length < p->layout->first)
		return refuse(p, p->length,
			      "subtable count: the table of %u bytes ends before it",
			      p->length);
	if (p->layout->absolute)
		return 0;

	show(p, "register base address", "physical address", 36, 8, false, false);
	show(p, "register space", "pages of 4096 bytes", 44, 4, false, false);
	base = get(p->data + 36, 8);
	pages = get(p->data + 44, 4);
	if (!base)
		return refuse(p, 36, "register base address: it is 0");
	if (base % ASPT_PAGE_SIZE)
		return refuse(p, 36, "register base address: 0x%llx does not begin a page",
			      (unsigned long long)base);
	if (!pages)
		return refuse(p, 44, "register space: it is 0 pages");
	if (pages > ASPT_PAGES_MAX)
		return refuse(p, 44, "register space: %u pages are more than %u",
			      (unsigned int)pages, ASPT_PAGES_MAX);
	if (base >= ADDRESS_LIMIT || base + pages * ASPT_PAGE_SIZE > ADDRESS_LIMIT)
		return refuse(p, 36, "register base address: 0x%llx has more than 52 bits",
			      (unsigned long long)base);
	t->base = base;
	t->size = pages * ASPT_PAGE_SIZE;
	return 0;
}

/* A physical address becomes an offset from the page of the first one. */
static int parse_address(struct parser *p, const struct field *f, __u32 at,
			 __u64 *value)
{
	struct aspt_table *t = p->table;
	__u64 address = *value;

	if (!address)
		return refuse(p, at, "%s: it is 0", f->name);
	if (address >= ADDRESS_LIMIT)
		return refuse(p, at, "%s: 0x%llx has more than 52 bits",
			      f->name, (unsigned long long)address);
	if (!t->regs) {
		t->base = address / ASPT_PAGE_SIZE * ASPT_PAGE_SIZE;
		t->size = ASPT_PAGE_SIZE;
	}
	if (address / ASPT_PAGE_SIZE != t->base / ASPT_PAGE_SIZE)
		return refuse(p, at, "%s: 0x%llx is outside the page 0x%llx of the others",
			      f->name, (unsigned long long)address,
			      (unsigned long long)t->base);
	*value = address % ASPT_PAGE_SIZE;
	return 0;
}

static int parse_register(struct parser *p, const struct field *f, __u32 at,
			  __u64 value)
{
	struct aspt_table *t = p->table;
	unsigned int reg;

	if (value % 4)
		return refuse(p, at, "%s: 0x%llx is not a multiple of 4",
			      f->name, (unsigned long long)value);
	if (p->layout->absolute && parse_address(p, f, at, &value))
		return -EINVAL;
	if (value > t->size - 4)
		return refuse(p, at, "%s: 0x%llx is outside the register space of 0x%x bytes",
			      f->name, (unsigned long long)value, t->size);
	for (reg = 0; reg < ASPT_REGS; reg++)
		if (t->regs & _BITUL(reg) && t->reg[reg] == value)
			return refuse(p, at, "%s: the %s register is there too",
				      f->name, aspt_register_name(reg));
	t->reg[f->reg] = value;
	t->regs |= _BITUL(f->reg);
	return 0;
}

static int parse_field(struct parser *p, const struct field *f, __u32 start)
{
	struct aspt_table *t = p->table;
	__u32 at = start + f->offset;
	__u64 value = get(p->data + at, f->size);

	show(p, f->name, f->meaning, at, f->size, false,
	     f->kind == FIELD_RESERVED);
	switch (f->kind) {
	case FIELD_REGISTER:
		return parse_register(p, f, at, value);
	case FIELD_IRQ_ID:
		if (value > ASPT_MBOX_IRQ_ID_MAX)
			return refuse(p, at, "%s: 0x%02x is above %u, bits 7:6 are reserved",
				      f->name, (unsigned int)value,
				      ASPT_MBOX_IRQ_ID_MAX);
		t->mbox_irq_id = value;
		return 0;
	case FIELD_TEE_REVISION:
		t->tee_revision = value;
		return 0;
	case FIELD_SFS_REVISION:
		t->sfs_revision = value;
		return 0;
	case FIELD_SFS_ADDRESS:
		if (!value || value >= ADDRESS_LIMIT)
			return refuse(p, at, "%s: 0x%llx is no physical address",
				      f->name, (unsigned long long)value);
		t->sfs_address = value;
		return 0;
	default:
		return 0;
	}
}

/* Returns the subtable's whole length, or a negative number. */
static int parse_subtable(struct parser *p, __u32 start)
{
	const struct layout *l = p->layout;
	struct aspt_table *t = p->table;
	__u32 left = p->length - start;
	unsigned int type, length, i;

	p->title = "no header";
	if (left < SUBTABLE_HEADER)
		return refuse(p, start, "header: %u bytes are left for it, it has %u",
			      left, SUBTABLE_HEADER);
	type = get(p->data + start, 2);
	length = get(p->data + start + 2, 2);
	p->title = type < l->types ? aspt_type_name(type) : "unknown type";
	show(p, "type", p->title, start, 2, false, false);
	show(p, "length", l->outside ? "bytes, without type and length" : "bytes",
	     start + 2, 2, false, false);

	if (length + l->outside < SUBTABLE_HEADER)
		return refuse(p, start + 2, "length: %u is shorter than the subtable's own header",
			      length);
	length += l->outside;
	if (length > left)
		return refuse(p, start + 2, "length: %u bytes, but the table has %u more",
			      length, left);
	if (type >= l->types) {
		t->unknown++;
		if (length > SUBTABLE_HEADER)
			show(p, "content", NULL, start + SUBTABLE_HEADER,
			     length - SUBTABLE_HEADER, false, true);
		return length;
	}
	if (length != l->size)
		return refuse(p, start + 2, "length: %u, not %u",
			      length - l->outside, l->size - l->outside);
	if (t->types & _BITUL(type))
		return refuse(p, start, "type: there is one of type %u before", type);
	t->types |= _BITUL(type);
	for (i = 0; i < l->subtables[type].count; i++)
		if (parse_field(p, &l->subtables[type].fields[i], start))
			return -EINVAL;
	return length;
}

static int parse_subtables(struct parser *p)
{
	const struct layout *l = p->layout;
	struct aspt_table *t = p->table;
	__u32 offset = l->first;
	unsigned int type;
	int length;

	show(p, "subtable count", NULL, l->count, l->count_size, false, false);
	t->subtables = get(p->data + l->count, 4);
	if (!t->subtables)
		return refuse(p, l->count, "subtable count: it is 0");
	while (p->subtable + 1U < t->subtables) {
		if (offset == p->length) {
			unsigned int there = p->subtable + 1;

			p->subtable = -1;
			return refuse(p, l->count,
				      "subtable count: %u, but the table ends after %u",
				      t->subtables, there);
		}
		p->subtable++;
		length = parse_subtable(p, offset);
		if (length < 0)
			return length;
		offset += length;
	}
	p->subtable = -1;
	if (offset != p->length)
		return refuse(p, offset, "subtable count: %u, but %u bytes follow the last one",
			      t->subtables, p->length - offset);
	for (type = ASPT_GLOBAL; type <= ASPT_ACPI_MAILBOX; type++)
		if (!(t->types & _BITUL(type)))
			return refuse(p, l->count, "subtables: none is of type %u (%s)",
				      type, aspt_type_name(type));
	return 0;
}

/**
 * aspt_table_parse - read and check a table
 * @data: the table with its header, which must not change meanwhile
 * @size: number of bytes there
 * @table: what it says; complete when 0 is returned
 * @error: why it is refused
 * @visitor: who wants to see each field, or NULL
 *
 * Return: 0, or -EINVAL with @error filled in.
 */
int aspt_table_parse(const void *data, size_t size, struct aspt_table *table,
		     struct aspt_error *error,
		     const struct aspt_visitor *visitor)
{
	struct parser parser = {
		.data = data,
		.table = table,
		.error = error,
		.visitor = visitor,
		.subtable = -1,
	};

	memset(table, 0, sizeof(*table));
	memset(error, 0, sizeof(*error));
	if (parse_header(&parser, size) || parse_layout(&parser))
		return -EINVAL;
	return parse_subtables(&parser);
}
