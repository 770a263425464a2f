// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/aspt/table.c
// seeds: selftests/aspt/aspt-table.c --all
/*
 * libFuzzer target: the parser of ASPT tables. Its seeds are all tables of
 * the tests.
 *
 * A random change breaks length or checksum, and the parser would look no
 * further: both are put right before a second look.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/aspt/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the driver relies on in an accepted table. */
static void check(const struct aspt_table *t)
{
	unsigned int reg;

	if (!t->base || t->base % ASPT_PAGE_SIZE || !t->size ||
	    t->mbox_irq_id > ASPT_MBOX_IRQ_ID_MAX ||
	    (t->regs & ((1U << ASPT_REG_REQUIRED) - 1)) != (1U << ASPT_REG_REQUIRED) - 1)
		abort();
	for (reg = 0; reg < ASPT_REGS; reg++)
		if (t->regs & 1U << reg &&
		    (t->reg[reg] % 4 || t->reg[reg] > t->size - 4))
			abort();
}

/* Each field lies in the table and begins where the one before it ended. */
static void see(void *context, const struct aspt_field *f)
{
	size_t *left = context;

	if (f->offset + f->size > *left || (f->size && f->data[f->size - 1] > 255))
		abort();
}

static void parse(const void *data, size_t size)
{
	const struct aspt_visitor visitor = { .field = see, .context = &size };
	struct aspt_error error;
	struct aspt_table table;

	if (aspt_table_parse(data, size, &table, &error, &visitor)) {
		if (!error.text[0] || strlen(error.text) >= sizeof(error.text) - 1)
			abort();
	} else {
		check(&table);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	parse(data, size);
	if (size < ASPT_HEADER_SIZE || size > ASPT_TABLE_MAX)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	memcpy(copy, ASPT_SIGNATURE, 4);
	copy[4] = size;
	copy[5] = size >> 8;
	copy[6] = size >> 16;
	copy[7] = 0;
	copy[9] -= aspt_table_checksum(copy, size);
	parse(copy, size);
	free(copy);
	return 0;
}
