// SPDX-License-Identifier: GPL-2.0-only
/* aspctl check: whether this machine can host SNP guests. */
#include "aspctl.h"
#include "check.h"

static const char *word(enum check_known met)
{
	switch (met) {
	case CHECK_YES:
		return "ok";
	case CHECK_NO:
		return "no";
	default:
		return "unknown";
	}
}

static void show(const struct check_result *r)
{
	cvm_out_row();
	cvm_out_string("result", "Result", word(r->met));
	cvm_out_string("requirement", NULL, r->key);
	cvm_out_string(NULL, "Requirement", r->title);
	cvm_out_string("found", "Found", r->found);
	cvm_out_string("advice", "What to do", r->advice);
	cvm_out_end();
}

int cmd_check(int argc, char **argv)
{
	unsigned int i, count[3] = { };
	struct check_result result;
	struct check_facts facts;

	(void)argc;
	(void)argv;
	check_facts_gather(&facts);
	cvm_out_table("requirements", NULL, NULL);
	for (i = 0; check_judge(&facts, i, &result); i++) {
		show(&result);
		count[result.met]++;
	}
	cvm_out_end();
	cvm_out_string("abi_level", NULL, cvm_fmt("x86-64-v%u", check_cpu_level(&facts.cpu)));
	if (count[CHECK_NO] || !count[CHECK_UNKNOWN])
		cvm_out_bool("able", "Can host SNP guests", !count[CHECK_NO]);
	else
		cvm_out_none("able", "Can host SNP guests", "unknown");
	if (count[CHECK_NO])
		return cvm_error(CVM_ABSENT, "checking what SNP guests need",
				 cvm_fmt("%u of %u requirements are not met", count[CHECK_NO], i),
				 NULL);
	if (count[CHECK_UNKNOWN])
		return cvm_error(CVM_FAIL, "checking what SNP guests need",
				 cvm_fmt("%u of %u requirements could not be found out",
					 count[CHECK_UNKNOWN], i), NULL);
	return CVM_OK;
}
