// SPDX-License-Identifier: GPL-2.0-only
/* Numbers and words that people type. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/* -1 for what is no digit, which is below every base when taken as unsigned */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * The number at the beginning of @text; *@end is what follows it. strtoull()
 * would take signs, spaces and a leading 0 as octal.
 */
static int number_prefix(const char *text, uint64_t *value, const char **end)
{
	int base = 10, d;
	uint64_t v = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	*end = text;
	for (; (d = digit(**end)) >= 0 && d < base; ++*end)
		if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return -ERANGE;
	if (*end == text)
		return -EINVAL;
	*value = v;
	return 0;
}

int cvm_number(const char *text, uint64_t *value)
{
	const char *end;
	uint64_t v;
	int ret = number_prefix(text, &v, &end);

	if (ret)
		return ret;
	if (*end)
		return -EINVAL;
	*value = v;
	return 0;
}

static int not_a(const char *kind, const char *what, const char *text)
{
	return cvm_error(CVM_USAGE,
			 cvm_fmt("%s: '%s' is not %s", what, text, kind),
			 NULL, NULL);
}

static int in_range(const char *what, const char *text, uint64_t v,
		    uint64_t min, uint64_t max, bool fits, uint64_t *value)
{
	if (fits && v >= min && v <= max) {
		*value = v;
		return CVM_OK;
	}
	if (max == UINT64_MAX && fits)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("%s: '%s' is below %llu", what, text,
					 (unsigned long long)min), NULL, NULL);
	return cvm_error(CVM_USAGE,
			 cvm_fmt("%s: '%s' is not between %llu and %llu", what,
				 text, (unsigned long long)min,
				 (unsigned long long)max), NULL, NULL);
}

int cvm_parse_u64(const char *what, const char *text, uint64_t min,
		  uint64_t max, uint64_t *value)
{
	uint64_t v = 0;
	int ret = cvm_number(text, &v);

	if (ret == -EINVAL)
		return not_a("a number", what, text);
	return in_range(what, text, v, min, max, !ret, value);
}

int cvm_parse_size(const char *what, const char *text, uint64_t min,
		   uint64_t max, uint64_t *value)
{
	static const char suffixes[] = "KMG";
	const char *end = text, *suffix;
	uint64_t v = 0;
	int ret = number_prefix(text, &v, &end);

	if (!ret && *end) {
		suffix = strchr(suffixes, *end & ~0x20);
		if (!suffix || end[1])
			ret = -EINVAL;
		else if (__builtin_mul_overflow(v, UINT64_C(1024) <<
						10 * (suffix - suffixes), &v))
			ret = -ERANGE;
	}
	if (ret == -EINVAL)
		return not_a("a size (a number, with K, M or G if you like)",
			     what, text);
	return in_range(what, text, v, min, max, !ret, value);
}

int cvm_parse_hex(const char *what, const char *text, void *data, size_t size)
{
	unsigned char *to = data;
	size_t i;

	for (i = 0; text[i]; i++)
		if (digit(text[i]) < 0)
			return not_a("hexadecimal", what, text);
	if (i != 2 * size)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("%s: '%s' has %zu hexadecimal digits, not %zu",
					 what, text, i, 2 * size), NULL, NULL);
	for (i = 0; i < size; i++)
		to[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	return CVM_OK;
}

int cvm_parse_choice(const char *what, const char *text,
		     const char *const *choices, unsigned int *index)
{
	const char *all = "";
	unsigned int i;

	for (i = 0; choices[i]; i++) {
		if (!strcmp(text, choices[i])) {
			*index = i;
			return CVM_OK;
		}
		all = cvm_fmt("%s%s%s", all, i ? ", " : "", choices[i]);
	}
	return cvm_error(CVM_USAGE,
			 cvm_fmt("%s: '%s' is not one of: %s", what, text, all),
			 NULL, NULL);
}
