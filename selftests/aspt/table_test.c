// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/aspt/table.c
/*
 * The parser of ASPT tables, outside the kernel: what good tables say, what
 * the refusal of each bad one says, and what no table can bring about. Prints
 * KTAP.
 */
#include <stdio.h>
#include <stdlib.h>

#include "drivers/aspt/cmdresp.h"
#include "drivers/aspt/table.h"

#include "aspt_cases.h"

#include "kselftest.h"

static unsigned int passed, failed;

static void check(bool good, const char *name, const char *detail)
{
	printf("%sok %u %s\n", good ? "" : "not ", passed + failed + 1, name);
	if (good) {
		passed++;
		return;
	}
	failed++;
	printf("# %s\n", detail);
}

/*
 * The table is copied to the end of a block of just its size, so that a tool
 * that watches memory sees a read beyond it.
 */
static int parse(const uint8_t *data, size_t size, struct aspt_table *table,
		 struct aspt_error *error, const struct aspt_visitor *visitor)
{
	void *copy = malloc(size ? size : 1);
	int ret;

	memcpy(copy, data, size);
	ret = aspt_table_parse(copy, size, table, error, visitor);
	free(copy);
	return ret;
}

static void test_case(const struct aspt_case *c)
{
	uint8_t buffer[ASPT_WRITER_MAX];
	char name[80], detail[400];
	struct aspt_table table;
	struct aspt_error error;
	size_t size = aspt_case_write(c, buffer);
	int ret = parse(buffer, size, &table, &error, NULL);
	bool good;

	snprintf(name, sizeof(name), "table %s is %s", c->name,
		 c->error ? "refused" : "accepted");
	snprintf(detail, sizeof(detail), "%d '%s' at %u, wanted '%s' at %u",
		 ret, error.text, error.offset, c->error ? c->error : "",
		 c->offset);
	if (c->error)
		good = ret < 0 && strstr(error.text, c->error) &&
		       error.offset == c->offset && !strchr(error.text, '\n');
	else
		good = ret == 0 && !error.text[0];
	check(good, name, detail);
}

static const uint32_t hyperv_regs[] = { 0, 4, 8, 0x10, 0x14, 0x18, 0x20 };

static void test_values(const char *name, struct aspt_spec spec,
			unsigned int types, bool openvmm)
{
	uint8_t buffer[ASPT_WRITER_MAX];
	size_t size = aspt_write(&spec, buffer);
	struct aspt_table t;
	struct aspt_error e;
	bool good;

	good = !parse(buffer, size, &t, &e, NULL) &&
	       t.revision == spec.revision && t.openvmm == openvmm &&
	       t.length == size && t.subtables == spec.subs && !t.unknown &&
	       t.base == 0xfeb00000 && t.size == 4096 && t.mbox_irq_id == 1 &&
	       t.types == types &&
	       !memcmp(t.reg, hyperv_regs, sizeof(hyperv_regs));
	if (types & 1 << ASPT_TEE_MAILBOX)
		good = good && t.regs == 0x3ff && t.tee_revision == 1 &&
		       t.reg[ASPT_REG_TEE_BUFFER_HIGH] == 0x48 &&
		       t.sfs_revision == 1 && t.sfs_address == 0x7f000000;
	else
		good = good && t.regs == 0x7f;
	check(good, name, "a value differs");
}

/* The documented table, byte by byte where the reference gives the bytes. */
static void test_hyperv_bytes(void)
{
	struct aspt_spec spec = aspt_spec_hyperv();
	uint8_t b[ASPT_WRITER_MAX];
	size_t size = aspt_write(&spec, b);
	static const uint8_t sev[32] = {
		1, 0, 32, 0, 1, 0, 0, 0,
		0x10, 0, 0xb0, 0xfe, 0, 0, 0, 0,
		0x14, 0, 0xb0, 0xfe, 0, 0, 0, 0,
		0x18, 0, 0xb0, 0xfe, 0, 0, 0, 0,
	};

	check(size == 0x88 && b[4] == 0x88 && b[8] == 1 &&
	      !memcmp(b + 10, "VRTUALMICROSFT", 14) && b[36] == 3 &&
	      !memcmp(b + 72, sev, sizeof(sev)),
	      "the writer's Hyper-V table is the documented one", "a byte differs");
}

struct seen {
	unsigned int end;
	bool gap;
};

static void see(void *context, const struct aspt_field *f)
{
	struct seen *seen = context;

	if (f->offset != seen->end)
		seen->gap = true;
	seen->end = f->offset + f->size;
}

/* Whoever prints a table shows all of it: fields follow without a gap. */
static void test_visitor(void)
{
	uint8_t buffer[ASPT_WRITER_MAX];
	char name[80], detail[80];
	struct aspt_table table;
	struct aspt_error error;
	size_t i, size;

	for (i = 0; i < ASPT_CASES; i++) {
		struct seen seen = { 0 };
		struct aspt_visitor visitor = { see, &seen };

		if (aspt_cases[i].error)
			continue;
		size = aspt_case_write(&aspt_cases[i], buffer);
		parse(buffer, size, &table, &error, &visitor);
		snprintf(name, sizeof(name), "every byte of %s is shown",
			 aspt_cases[i].name);
		snprintf(detail, sizeof(detail), "up to %u of %zu, %s",
			 seen.end, size, seen.gap ? "gap" : "no gap");
		check(!seen.gap && seen.end == size, name, detail);
	}
}

/* What an accepted table promises to those who use it, whatever its bytes. */
static bool promises(const struct aspt_table *t)
{
	unsigned int reg;

	if (!t->base || t->base % 4096 || !t->size || t->size % 4096 ||
	    t->mbox_irq_id > 63 || (t->regs & 0x7f) != 0x7f)
		return false;
	for (reg = 0; reg < ASPT_REGS; reg++)
		if (t->regs & 1 << reg &&
		    (t->reg[reg] % 4 || t->reg[reg] > t->size - 4))
			return false;
	return true;
}

static void fix_checksum(uint8_t *b, size_t size)
{
	b[9] -= aspt_table_checksum(b, size);
}

/* Every length, and every byte with every value that matters. */
static void test_neighbours(void)
{
	static const uint8_t values[] = { 0, 1, 4, 20, 28, 32, 63, 64, 0x7f, 0x80, 0xff };
	uint8_t buffer[ASPT_WRITER_MAX], copy[ASPT_WRITER_MAX];
	unsigned int i, v, at, cut, bad = 0, accepted = 0, tried = 0;
	struct aspt_table table;
	struct aspt_error error;
	char detail[80];
	size_t size;
	int ret;

	for (i = 0; i < ASPT_CASES; i++) {
		size = aspt_case_write(&aspt_cases[i], buffer);
		for (cut = 1; cut <= size; cut++) {
			memcpy(copy, buffer, size);
			if (size - cut >= 36) {
				aspt_put(copy + 4, 4, size - cut);
				fix_checksum(copy, size - cut);
			}
			ret = parse(copy, size - cut, &table, &error, NULL);
			bad += ret ? !error.text[0] : !promises(&table);
			tried++;
		}
		for (at = 0; at < size; at++)
			for (v = 0; v < sizeof(values); v++) {
				memcpy(copy, buffer, size);
				copy[at] = values[v];
				if (at != 9)
					fix_checksum(copy, size);
				ret = parse(copy, size, &table, &error, NULL);
				bad += ret ? !error.text[0] : !promises(&table);
				accepted += !ret;
				tried++;
			}
	}
	snprintf(detail, sizeof(detail), "%u of %u are wrong", bad, tried);
	check(!bad && accepted > 1000 && tried > 50000,
	      "tables near these are refused with a reason or keep the promises", detail);
}

static void test_encoding(void)
{
	check(cmdresp_command(CMDRESP_PART1, 0x1234) == 0x00821234 &&
	      cmdresp_command(CMDRESP_IRQ_EN, 0x0401) == 0x00850401,
	      "CmdResp: command and data", "wrong bits");
	check(cmdresp_part1(0xfedcba98) == 0xba98 &&
	      cmdresp_part2(0xfedcba98) == 0xfedc &&
	      cmdresp_part1(0x1ff) == 0x1ff && cmdresp_part2(0x1ff) == 0,
	      "CmdResp: a 32-bit APIC id in two parts", "wrong bits");
	check(cmdresp_part3(0x31, false, 1) == 0x0431 &&
	      cmdresp_part3(0xef, true, 63) == 0xfeef &&
	      !(cmdresp_part3(0xff, true, 0xff) & 1 << 8),
	      "CmdResp: vector, destination mode and mailbox id", "wrong bits");
	check(cmdresp_irq_en(true, 1) == 0x0401 && cmdresp_irq_en(false, 63) == 0xfc00,
	      "CmdResp: switching the source", "wrong bits");
	check(cmdresp_status(0x80000000) == CMDRESP_SUCCESS &&
	      cmdresp_status(0x84000000) == CMDRESP_BAD_COMMAND &&
	      cmdresp_status(0x88001234) == CMDRESP_BAD_PARAMETER &&
	      cmdresp_status(0x8c000000) == CMDRESP_BAD_STATE &&
	      cmdresp_status(0xfc000000) == CMDRESP_FAILURE,
	      "CmdResp: status of a response", "wrong bits");
	check(!strcmp(cmdresp_status_name(3), "invalid firmware state") &&
	      !strcmp(cmdresp_status_name(17), "unknown status") &&
	      !strcmp(cmdresp_command_name(0x84), "PART3"),
	      "CmdResp: names", "a name differs");
}

int main(void)
{
	size_t i;

	printf("TAP version 13\n");
	for (i = 0; i < ASPT_CASES; i++)
		test_case(&aspt_cases[i]);
	test_hyperv_bytes();
	test_values("values of revision 1", aspt_spec_hyperv(), 7, false);
	test_values("values of OpenVMM's table", aspt_spec_openvmm(), 7, true);
	test_values("values of revision 2", aspt_spec_revision2(), 7, false);
	test_values("values of revision 2 with all types",
		    aspt_spec_revision2_full(), 0x1f, false);
	test_visitor();
	test_neighbours();
	test_encoding();
	printf("1..%u\n", passed + failed);
	return failed ? KSFT_FAIL : KSFT_PASS;
}
