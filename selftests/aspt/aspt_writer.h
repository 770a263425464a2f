/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes ASPT tables, good ones and bad ones: for the parser's tests, for the
 * fuzzer's seeds and, as files, for the bench's machines.
 *
 * A table is first described, subtable by subtable, then written. What can be
 * wrong with a table is a member of the description, so that a test changes
 * one thing and leaves the rest consistent.
 */
#ifndef ASPT_WRITER_H
#define ASPT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ASPT_WRITER_MAX		4096
#define ASPT_WRITER_SUBTABLES	32

/*
 * struct aspt_sub - one subtable
 * @type: as written
 * @length: as written; -1 is the right one
 * @size: bytes it occupies; -1 is the right number
 * @irq_id: byte 4, for a SEV mailbox
 * @revision: u16 at 4, for the types 3 and 4
 * @reserved: value of every reserved byte
 * @reg: its registers in the order of the specification, or the SFS address
 */
struct aspt_sub {
	uint16_t type;
	int length;
	int size;
	uint8_t irq_id;
	uint16_t revision;
	uint8_t reserved;
	uint64_t reg[3];
};

/*
 * struct aspt_spec - a table
 * @revision: header byte 8
 * @openvmm: 8-byte count and lengths without headers
 * @signature: normally ASPT
 * @base: register base address of revision 2
 * @pages: register space of revision 2
 * @count: as written; -1 is the right one
 * @length: as written into the header; -1 is the right one
 * @checksum: added to the right one
 * @cut: bytes missing at the end
 * @tail: zero bytes added at the end, counted in the length
 * @subs: number of subtables
 * @sub: the subtables
 */
struct aspt_spec {
	uint8_t revision;
	bool openvmm;
	char signature[5];
	uint64_t base;
	uint32_t pages;
	int64_t count;
	int64_t length;
	uint8_t checksum;
	unsigned int cut;
	unsigned int tail;
	unsigned int subs;
	struct aspt_sub sub[ASPT_WRITER_SUBTABLES];
};

static inline void aspt_put(uint8_t *p, unsigned int size, uint64_t value)
{
	while (size--) {
		*p++ = value;
		value >>= 8;
	}
}

/*
 * The table of a Hyper-V generation 2 machine that hosts SNP guests, as a
 * description: all registers in one page, mailbox interrupt 1.
 */
static inline struct aspt_spec aspt_spec_hyperv(void)
{
	const uint64_t page = 0xfeb00000;
	struct aspt_spec s = {
		.revision = 1, .signature = "ASPT", .count = -1, .length = -1,
		.subs = 3,
		.sub = {
			{ .type = 0, .length = -1, .size = -1,
			  .reg = { page, page + 4, page + 8 } },
			{ .type = 1, .length = -1, .size = -1, .irq_id = 1,
			  .reg = { page + 0x10, page + 0x14, page + 0x18 } },
			{ .type = 2, .length = -1, .size = -1,
			  .reg = { page + 0x20 } },
		},
	};

	return s;
}

static inline struct aspt_spec aspt_spec_openvmm(void)
{
	struct aspt_spec s = aspt_spec_hyperv();

	s.openvmm = true;
	return s;
}

/* The same registers, announced the way revision 2 does it. */
static inline struct aspt_spec aspt_spec_revision2(void)
{
	struct aspt_spec s = aspt_spec_hyperv();
	unsigned int i, j;

	s.revision = 2;
	s.base = 0xfeb00000;
	s.pages = 1;
	for (i = 0; i < s.subs; i++)
		for (j = 0; j < 3; j++)
			s.sub[i].reg[j] &= 0xfff;
	return s;
}

/* All five types; 0x40 to 0x4c for the TEE mailbox. */
static inline struct aspt_spec aspt_spec_revision2_full(void)
{
	struct aspt_spec s = aspt_spec_revision2();

	s.sub[s.subs++] = (struct aspt_sub){
		.type = 3, .length = -1, .size = -1, .revision = 1,
		.reg = { 0x40, 0x44, 0x48 } };
	s.sub[s.subs++] = (struct aspt_sub){
		.type = 4, .length = -1, .size = -1, .revision = 1,
		.reg = { 0x7f000000 } };
	return s;
}

static inline void aspt_write_sub(uint8_t *p, const struct aspt_spec *s,
				  const struct aspt_sub *sub, unsigned int right)
{
	unsigned int wide = s->revision == 2 ? 4 : 8;
	unsigned int length = right - (s->openvmm ? 4 : 0);
	unsigned int i;

	memset(p, sub->reserved, right);
	aspt_put(p, 2, sub->type);
	aspt_put(p + 2, 2, sub->length < 0 ? length : (unsigned int)sub->length);
	switch (sub->type) {
	case 1:
		p[4] = sub->irq_id;
		break;
	case 3:
	case 4:
		aspt_put(p + 4, 2, sub->revision);
		break;
	}
	if (sub->type == 4) {
		aspt_put(p + 12, 8, sub->reg[0]);
		return;
	}
	for (i = 0; i < (sub->type == 2 ? 1 : 3) && sub->type < 4; i++)
		aspt_put(p + 8 + i * wide, wide, sub->reg[i]);
}

/*
 * aspt_write - write a table
 * @s: its description
 * @buffer: ASPT_WRITER_MAX bytes
 *
 * Return: the number of bytes, after any cut.
 */
static inline size_t aspt_write(const struct aspt_spec *s, uint8_t *buffer)
{
	unsigned int right = s->revision == 2 ? 20 : 32;
	unsigned int count_size = s->openvmm ? 8 : 4;
	uint8_t *p = buffer, sum = 0;
	size_t size, i;

	memset(buffer, 0, ASPT_WRITER_MAX);
	memcpy(p, s->signature, 4);
	p[8] = s->revision;
	memcpy(p + 10, "VRTUAL", 6);
	memcpy(p + 16, "MICROSFT", 8);
	aspt_put(p + 24, 4, 1);
	memcpy(p + 28, "MSFT", 4);
	aspt_put(p + 32, 4, 1);
	p += 36;
	if (s->revision == 2) {
		aspt_put(p, 8, s->base);
		aspt_put(p + 8, 4, s->pages);
		p += 12;
	}
	aspt_put(p, count_size, s->count < 0 ? s->subs : (uint64_t)s->count);
	p += count_size;
	for (i = 0; i < s->subs; i++) {
		aspt_write_sub(p, s, &s->sub[i], right);
		p += s->sub[i].size < 0 ? right : (unsigned int)s->sub[i].size;
	}
	p += s->tail;
	size = p - buffer;
	aspt_put(buffer + 4, 4, s->length < 0 ? size : (uint64_t)s->length);
	size -= s->cut < size ? s->cut : size;
	for (i = 0; i < size; i++)
		sum += buffer[i];
	buffer[9] = s->checksum - sum;
	return size;
}

/* The unrelated table of older client machines: two ranges, no registers. */
static inline size_t aspt_write_unrelated(uint8_t *buffer)
{
	struct aspt_spec s = { .revision = 1, .signature = "ASPT", .count = 0,
			       .length = 52, .tail = 12 };
	uint8_t sum = 0;
	size_t i;

	aspt_write(&s, buffer);
	aspt_put(buffer + 36, 4, 0xfed80000);
	aspt_put(buffer + 40, 4, 0xfed80fff);
	aspt_put(buffer + 44, 4, 0xfed81000);
	aspt_put(buffer + 48, 4, 0xfed81fff);
	buffer[9] = 0;
	for (i = 0; i < 52; i++)
		sum += buffer[i];
	buffer[9] = -sum;
	return 52;
}

#endif
