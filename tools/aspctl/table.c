// SPDX-License-Identifier: GPL-2.0-only
/* aspctl table */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aspctl.h"
#include "drivers/aspt/table.h"

/* No subtable that is worth a column is longer. */
#define BYTES_SHOWN	16

static const char *field_value(const struct aspt_field *f)
{
	static char text[2 * BYTES_SHOWN + 4];
	unsigned int i, n;

	if (f->text) {
		snprintf(text, sizeof(text), "%.*s", (int)f->size,
			 (const char *)f->data);
		return text;
	}
	if (f->size <= 8) {
		snprintf(text, sizeof(text), "0x%0*llx", (int)f->size * 2,
			 (unsigned long long)f->value);
		return text;
	}
	n = f->size < BYTES_SHOWN ? f->size : BYTES_SHOWN;
	for (i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", f->data[i]);
	strcpy(text + 2 * i, n < f->size ? "..." : "");
	return text;
}

static void show_field(void *context, const struct aspt_field *f)
{
	const char *part = "table";

	(void)context;
	if (f->subtable >= 0)
		part = cvm_fmt("%d %s", f->subtable, f->title);
	cvm_out_row();
	cvm_out_format(NULL, "Offset", "%3u", f->offset);
	cvm_out_u64("offset", NULL, f->offset);
	cvm_out_u64("size", "Size", f->size);
	if (f->subtable >= 0)
		cvm_out_u64("subtable", NULL, f->subtable);
	else
		cvm_out_none("subtable", NULL, NULL);
	cvm_out_string("part", "Part", part);
	cvm_out_string("name", "Field", f->name);
	cvm_out_string("value", "Value", field_value(f));
	cvm_out_string("meaning", "Meaning", f->meaning ? f->meaning : "");
	cvm_out_bool("reserved", NULL, f->reserved);
	cvm_out_end();
}

static void show_result(const struct aspt_table *t)
{
	unsigned int reg;

	cvm_out_string("layout", "Layout", t->openvmm ?
		       "revision 1 as OpenVMM writes it" :
		       t->revision == 1 ? "revision 1" : "revision 2");
	cvm_out_u64("revision", NULL, t->revision);
	cvm_out_bool("openvmm", NULL, t->openvmm);
	cvm_out_hex("register_base", "Registers at", t->base, 1);
	cvm_out_quantity("register_size_bytes", "Register space", t->size, CVM_BYTES);
	cvm_out_u64("mailbox_id", "Mailbox interrupt", t->mbox_irq_id);
	if (t->unknown)
		cvm_out_u64("unknown_subtables", "Unknown subtables", t->unknown);
	cvm_out_object("registers", "Register offsets");
	for (reg = 0; reg < ASPT_REGS; reg++)
		if (t->regs & 1U << reg)
			cvm_out_hex(aspt_register_key(reg),
				    aspt_register_name(reg), t->reg[reg], 1);
	cvm_out_end();
	if (t->types & 1U << ASPT_SFS_STATUS)
		cvm_out_hex("sfs_address", "SFS status buffer", t->sfs_address, 1);
}

int cmd_table(int argc, char **argv)
{
	const struct aspt_visitor visitor = { .field = show_field };
	const char *path = argc ? argv[0] : ASPT_TABLE_FILE;
	struct aspt_error error;
	struct aspt_table table;
	size_t size;
	void *data;
	int ret;

	ret = cvm_read_file(path, ASPT_TABLE_MAX, &data, &size);
	if (ret)
		return ret;
	cvm_out_string("file", NULL, path);
	cvm_out_table("fields", NULL, "nothing in it can be decoded");
	ret = aspt_table_parse(data, size, &table, &error, &visitor);
	cvm_out_end();
	free(data);
	cvm_out_bool("valid", "Valid", !ret);
	if (!ret) {
		show_result(&table);
		return CVM_OK;
	}
	cvm_out_u64("error_offset", NULL, error.offset);
	return cvm_error(CVM_FAIL,
			 cvm_fmt("decoding '%s'", path),
			 cvm_fmt("%s (at offset %u)", error.text, error.offset),
			 "the driver refuses this table too: its author has to mend it");
}
