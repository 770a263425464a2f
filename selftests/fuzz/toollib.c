// SPDX-License-Identifier: GPL-2.0-only
// link: tools/lib/parse.c tools/lib/error.c tools/lib/units.c
/*
 * Text of any origin through tools/lib: numbers are those that were written,
 * and what is printed cannot harm a terminal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/internal.h"

struct cvm_state cvm_state = { .json = true };

/* Messages of the parsers go nowhere. */
void cvm_out_error(const char *tried, const char *answer, const char *next,
		   enum cvm_exit code)
{
	(void)tried;
	(void)answer;
	(void)next;
	(void)code;
}

void cvm_out_warning(const char *text)
{
	(void)text;
}

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

/* The same number by another way. */
static void check_number(const char *text)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	const char *digits = hex ? text + 2 : text;
	size_t n = strspn(digits, hex ? "0123456789abcdefABCDEF" :
					"0123456789");
	uint64_t v = 0;
	int ret = cvm_number(text, &v);

	if (ret == 0) {
		char *end;

		CHECK(n && !digits[n]);
		errno = 0;
		CHECK(strtoull(digits, &end, hex ? 16 : 10) == v);
		CHECK(!*end && !errno);
	} else {
		CHECK(ret == -EINVAL || ret == -ERANGE);
		CHECK(ret == -ERANGE || !n || digits[n]);
	}
}

/* Printable text stays as it is; a second pass changes nothing. */
static void check_printable(const char *text)
{
	const char *once = cvm_printable(text), *c;

	for (c = once; *c; c++) {
		CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
		CHECK(!((unsigned char)c[0] == 0xc2 &&
			(unsigned char)c[1] < 0xa0));
	}
	CHECK(!strcmp(once, cvm_printable(once)));
	CHECK(strlen(once) >= strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of exactly its size, so that reading beyond it is noticed. */
	char *text = cvm_alloc(size + 1, 1);
	unsigned char bytes[4];
	uint64_t v = 5;
	int ret;

	memcpy(text, data, size);
	check_number(text);
	check_printable(text);
	ret = cvm_parse_size("SIZE", text, 5, 1 << 30, &v);
	CHECK(v >= 5 && v <= 1 << 30);
	CHECK(ret == CVM_OK || ret == CVM_USAGE);
	if (cvm_parse_hex("BYTES", text, bytes, sizeof(bytes)) == CVM_OK)
		CHECK(strlen(text) == 8);
	for (unsigned int unit = CVM_BYTES; unit <= CVM_NANOSECOND; unit++)
		CHECK(strlen(cvm_quantity(v, unit)) < 32);
	cvm_forget_texts();
	free(text);
	return 0;
}
