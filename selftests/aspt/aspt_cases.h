/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every table that a test uses, by name: good ones, and one for each thing
 * that can be wrong with a table, with what its refusal says.
 */
#ifndef ASPT_CASES_H
#define ASPT_CASES_H

#include "aspt_writer.h"

/*
 * struct aspt_case - a table
 * @name: of the table
 * @error: what the refusal says, NULL for a good table
 * @offset: where it says the mistake is
 * @spec: makes the description; NULL is the unrelated table
 */
struct aspt_case {
	const char *name;
	const char *error;
	unsigned int offset;
	struct aspt_spec (*spec)(void);
};

/* CASE(name, from what, with which change) defines a function of that name. */
#define CASE(_name, _base, ...)					\
static inline struct aspt_spec case_##_name(void)			\
{									\
	struct aspt_spec s = aspt_spec_##_base();			\
	__VA_ARGS__;							\
	return s;							\
}

static inline struct aspt_sub aspt_unknown(unsigned int type, int size)
{
	return (struct aspt_sub){ .type = type, .length = size, .size = size };
}

CASE(hyperv, hyperv)
CASE(openvmm, openvmm)
CASE(revision2, revision2)
CASE(revision2_full, revision2_full)
CASE(other_order, hyperv, s.sub[3] = s.sub[0]; s.sub[0] = s.sub[2]; s.sub[2] = s.sub[3])
CASE(reserved_set, hyperv, s.sub[0].reserved = 0xa5; s.sub[2].reserved = 0x5a)
CASE(highest_irq_id, hyperv, s.sub[1].irq_id = 63)
CASE(unknown_type, hyperv, s.sub[3] = s.sub[1]; s.sub[1] = aspt_unknown(0x77, 32); s.subs = 4)
CASE(unknown_short, hyperv, s.sub[3] = aspt_unknown(3, 4); s.subs = 4)
CASE(unknown_type_openvmm, openvmm, s.sub[3] = aspt_unknown(9, 4); s.sub[3].length = 0; s.subs++)
CASE(unknown_type_2, revision2, s.sub[3] = aspt_unknown(5, 40); s.subs = 4)
CASE(page_top, hyperv, s.sub[0].reg[0] += 0xffc)
CASE(page_top_2, revision2, s.sub[0].reg[0] = 0xffc)
CASE(many_pages, revision2, s.pages = 256; s.sub[0].reg[0] = 0x109fc)

CASE(truncated_header, hyperv, s.cut = 136 - 35)
CASE(truncated, hyperv, s.cut = 1)
CASE(truncated_count, hyperv, s.cut = 136 - 38)
CASE(ends_inside, hyperv, s.cut = 40; s.length = 96)
CASE(long_file, hyperv, s.length = 135)
CASE(bad_signature, hyperv, s.signature[3] = 'X')
CASE(short_length, hyperv, s.length = 35)
CASE(length_zero, hyperv, s.length = 0)
CASE(huge_length, hyperv, s.length = 0xffffffff)
CASE(bad_checksum, hyperv, s.checksum = 1)
CASE(revision_0, hyperv, s.revision = 0)
CASE(revision_3, hyperv, s.revision = 3)
CASE(no_count, hyperv, s.subs = 0; s.length = 39; s.cut = 1)
CASE(no_count_2, revision2, s.subs = 0; s.length = 51; s.cut = 1)
CASE(count_zero, hyperv, s.count = 0)
CASE(count_zero_2, revision2, s.count = 0)
CASE(count_low, hyperv, s.count = 2)
CASE(count_high, hyperv, s.count = 4)
CASE(count_huge, hyperv, s.count = 0xffffffff)
CASE(tail, hyperv, s.tail = 4)
CASE(tail_in_header, hyperv, s.count = 4; s.tail = 3)
CASE(sub_length_zero, hyperv, s.sub[1].length = 0)
CASE(sub_length_three, hyperv, s.sub[2].length = 3)
CASE(sub_length_short, hyperv, s.sub[1].length = 28)
CASE(sub_length_long, hyperv, s.sub[0].length = 64)
CASE(sub_length_over, hyperv, s.sub[2].length = 33)
CASE(sub_length_max, hyperv, s.sub[0].length = 65535)
CASE(unknown_length_zero, hyperv, s.sub[3] = aspt_unknown(9, 4); s.sub[3].length = 0; s.subs++)
CASE(openvmm_mixed, openvmm, s.sub[1].length = 32)
CASE(sub_length_2, revision2, s.sub[0].length = 32)
CASE(duplicate, hyperv, s.sub[3] = s.sub[1]; s.subs = 4)
CASE(duplicate_2, revision2_full, s.sub[5] = s.sub[3]; s.subs = 6)
CASE(no_global, hyperv, s.sub[0].type = 9)
CASE(no_sev, hyperv, s.sub[1].type = 9)
CASE(no_acpi, hyperv, s.sub[2].type = 9)
CASE(no_acpi_2, revision2, s.subs = 2)
CASE(irq_id_64, hyperv, s.sub[1].irq_id = 64)
CASE(irq_id_128, hyperv, s.sub[1].irq_id = 0x81)
CASE(irq_id_2, revision2, s.sub[1].irq_id = 0xff)
CASE(feature_zero, hyperv, s.sub[0].reg[0] = 0)
CASE(enable_zero, hyperv, s.sub[0].reg[1] = 0)
CASE(status_zero, hyperv, s.sub[0].reg[2] = 0)
CASE(cmdresp_zero, hyperv, s.sub[1].reg[0] = 0)
CASE(low_zero, hyperv, s.sub[1].reg[1] = 0)
CASE(high_zero, hyperv, s.sub[1].reg[2] = 0)
CASE(acpi_zero, hyperv, s.sub[2].reg[0] = 0)
CASE(unaligned, hyperv, s.sub[1].reg[0] += 2)
CASE(unaligned_2, revision2, s.sub[2].reg[0] += 1)
CASE(other_page, hyperv, s.sub[2].reg[0] += 0x1000)
CASE(other_page_below, hyperv, s.sub[1].reg[2] -= 0x1000)
CASE(wide_address, hyperv, s.sub[0].reg[0] |= 1ULL << 52)
CASE(all_ones, hyperv, s.sub[0].reg[0] = ~3ULL)
CASE(same_register, hyperv, s.sub[2].reg[0] = s.sub[1].reg[0])
CASE(same_register_2, revision2, s.sub[0].reg[1] = s.sub[0].reg[0])
CASE(base_zero, revision2, s.base = 0)
CASE(base_unaligned, revision2, s.base += 4)
CASE(base_wide, revision2, s.base = 1ULL << 60)
CASE(base_end, revision2, s.base = (1ULL << 52) - 4096; s.pages = 2)
CASE(pages_zero, revision2, s.pages = 0)
CASE(pages_huge, revision2, s.pages = 0xffffffff)
CASE(outside, revision2, s.sub[0].reg[2] = 0x1000)
CASE(outside_max, revision2, s.sub[0].reg[2] = 0xfffffffc)
CASE(tee_outside, revision2_full, s.sub[3].reg[2] = 0x2000)
CASE(sfs_zero, revision2_full, s.sub[4].reg[0] = 0)

#define GOOD(_name)		{ #_name, NULL, 0, case_##_name }
#define BAD(_name, _at, _text)	{ #_name, _text, _at, case_##_name }

/* Revision 1: subtables at 40, 72, 104. Revision 2: at 52, 72, 92, 112, 132. */
static const struct aspt_case aspt_cases[] = {
	GOOD(hyperv),
	GOOD(openvmm),
	GOOD(revision2),
	GOOD(revision2_full),
	GOOD(other_order),
	GOOD(reserved_set),
	GOOD(highest_irq_id),
	GOOD(unknown_type),
	GOOD(unknown_short),
	GOOD(unknown_type_openvmm),
	GOOD(unknown_type_2),
	GOOD(page_top),
	GOOD(page_top_2),
	GOOD(many_pages),

	BAD(truncated_header, 0, "header: 35 bytes are too short for it, it has 36"),
	BAD(truncated, 4, "length: 136, but the table ends after 135 bytes"),
	BAD(truncated_count, 4, "length: 136, but the table ends after 38 bytes"),
	BAD(ends_inside, 74,
	    "subtable 1 (SEV mailbox): length: 32 bytes, but the table has 24 more"),
	BAD(long_file, 4, "length: 135, but 136 bytes are there"),
	BAD(bad_signature, 0, "signature: it is not ASPT"),
	BAD(short_length, 4, "length: 35 is shorter than the header of 36 bytes"),
	BAD(length_zero, 4, "length: 0 is shorter than the header of 36 bytes"),
	BAD(huge_length, 4, "length: 4294967295 is more than any such table has"),
	BAD(bad_checksum, 9, "checksum: 0x"),
	BAD(revision_0, 8, "revision: 0 is not known, 1 and 2 are"),
	BAD(revision_3, 8, "revision: 3 is not known, 1 and 2 are"),
	BAD(no_count, 39, "subtable count: the table of 39 bytes ends before it"),
	BAD(no_count_2, 51, "subtable count: the table of 51 bytes ends before it"),
	BAD(count_zero, 36, "subtable count: it is 0"),
	BAD(count_zero_2, 48, "subtable count: it is 0"),
	BAD(count_low, 104, "subtable count: 2, but 32 bytes follow the last one"),
	BAD(count_high, 36, "subtable count: 4, but the table ends after 3"),
	BAD(count_huge, 36, "subtable count: 4294967295, but the table ends after 3"),
	BAD(tail, 136, "subtable count: 3, but 4 bytes follow the last one"),
	BAD(tail_in_header, 136,
	    "subtable 3 (no header): header: 3 bytes are left for it, it has 4"),
	BAD(sub_length_zero, 74,
	    "subtable 1 (SEV mailbox): length: 0 is shorter than the subtable's own header"),
	BAD(sub_length_three, 106,
	    "subtable 2 (ACPI mailbox): length: 3 is shorter than the subtable's own header"),
	BAD(sub_length_short, 74, "subtable 1 (SEV mailbox): length: 28, not 32"),
	BAD(sub_length_long, 42, "subtable 0 (global registers): length: 64, not 32"),
	BAD(sub_length_over, 106,
	    "subtable 2 (ACPI mailbox): length: 33 bytes, but the table has 32 more"),
	BAD(sub_length_max, 42,
	    "subtable 0 (global registers): length: 65535 bytes, but the table has 96 more"),
	BAD(unknown_length_zero, 138,
	    "subtable 3 (unknown type): length: 0 is shorter than the subtable's own header"),
	BAD(openvmm_mixed, 78, "subtable 1 (SEV mailbox): length: 32, not 28"),
	BAD(sub_length_2, 54, "subtable 0 (global registers): length: 32, not 20"),
	BAD(duplicate, 136, "subtable 3 (SEV mailbox): type: there is one of type 1 before"),
	BAD(duplicate_2, 152, "subtable 5 (TEE mailbox): type: there is one of type 3 before"),
	BAD(no_global, 36, "subtables: none is of type 0 (global registers)"),
	BAD(no_sev, 36, "subtables: none is of type 1 (SEV mailbox)"),
	BAD(no_acpi, 36, "subtables: none is of type 2 (ACPI mailbox)"),
	BAD(no_acpi_2, 48, "subtables: none is of type 2 (ACPI mailbox)"),
	BAD(irq_id_64, 76, "mailbox interrupt id: 0x40 is above 63, bits 7:6 are reserved"),
	BAD(irq_id_128, 76, "mailbox interrupt id: 0x81 is above 63, bits 7:6 are reserved"),
	BAD(irq_id_2, 76, "mailbox interrupt id: 0xff is above 63, bits 7:6 are reserved"),
	BAD(feature_zero, 48, "feature register address: it is 0"),
	BAD(enable_zero, 56, "interrupt enable register address: it is 0"),
	BAD(status_zero, 64, "interrupt status register address: it is 0"),
	BAD(cmdresp_zero, 80, "(SEV mailbox): CmdResp register address: it is 0"),
	BAD(low_zero, 88, "buffer low register address: it is 0"),
	BAD(high_zero, 96, "buffer high register address: it is 0"),
	BAD(acpi_zero, 112, "(ACPI mailbox): CmdResp register address: it is 0"),
	BAD(unaligned, 80, "CmdResp register address: 0xfeb00012 is not a multiple of 4"),
	BAD(unaligned_2, 100, "CmdResp register offset: 0x21 is not a multiple of 4"),
	BAD(other_page, 112,
	    "CmdResp register address: 0xfeb01020 is outside the page 0xfeb00000"),
	BAD(other_page_below, 96,
	    "buffer high register address: 0xfeaff018 is outside the page 0xfeb00000"),
	BAD(wide_address, 48, "register address: 0x100000feb00000 has more than 52 bits"),
	BAD(all_ones, 48, "register address: 0xfffffffffffffffc has more than 52 bits"),
	BAD(same_register, 112, "CmdResp register address: the SEV CmdResp register is there too"),
	BAD(same_register_2, 64,
	    "interrupt enable register offset: the feature register is there too"),
	BAD(base_zero, 36, "register base address: it is 0"),
	BAD(base_unaligned, 36, "register base address: 0xfeb00004 does not begin a page"),
	BAD(base_wide, 36, "register base address: 0x1000000000000000 has more than 52 bits"),
	BAD(base_end, 36, "register base address: 0xffffffffff000 has more than 52 bits"),
	BAD(pages_zero, 44, "register space: it is 0 pages"),
	BAD(pages_huge, 44, "register space: 4294967295 pages are more than 4096"),
	BAD(outside, 68,
	    "status register offset: 0x1000 is outside the register space of 0x1000 bytes"),
	BAD(outside_max, 68,
	    "status register offset: 0xfffffffc is outside the register space"),
	BAD(tee_outside, 128,
	    "subtable 3 (TEE mailbox): buffer high register offset: 0x2000 is outside"),
	BAD(sfs_zero, 144,
	    "subtable 4 (SFS status): status buffer address: 0x0 is no physical address"),
	{ "unrelated", "unrelated table of older client machines", 36, NULL },
};

#undef CASE
#undef GOOD
#undef BAD

#define ASPT_CASES	(sizeof(aspt_cases) / sizeof(aspt_cases[0]))

static inline size_t aspt_case_write(const struct aspt_case *c, uint8_t *buffer)
{
	struct aspt_spec spec;

	if (!c->spec)
		return aspt_write_unrelated(buffer);
	spec = c->spec();
	return aspt_write(&spec, buffer);
}

#endif
