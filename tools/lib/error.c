// SPDX-License-Identifier: GPL-2.0-only
/* Messages, and the memory they live in. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *tool_name(void)
{
	return cvm_state.tool ? cvm_state.tool->name : "cvm";
}

void *cvm_alloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p) {
		fprintf(stderr, "%s: out of memory\n", tool_name());
		exit(CVM_FAIL);
	}
	return p;
}

void *cvm_grow(void *array, size_t nr, size_t *room, size_t size)
{
	void *larger;

	if (nr < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	larger = cvm_alloc(*room, size);
	if (nr)
		memcpy(larger, array, nr * size);
	free(array);
	return larger;
}

/*
 * struct text - a string of cvm_fmt() and cvm_printable()
 * @next: the one made before
 * @chars: its bytes
 */
struct text {
	struct text *next;
	char chars[];
};

static struct text *texts;

static char *text_alloc(size_t size)
{
	struct text *t = cvm_alloc(1, sizeof(*t) + size);

	t->next = texts;
	texts = t;
	return t->chars;
}

void cvm_forget_texts(void)
{
	struct text *t;

	while ((t = texts)) {
		texts = t->next;
		free(t);
	}
}

static const char *vfmt(const char *fmt, va_list args)
{
	int saved = errno;
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = text_alloc(len < 0 ? 1 : (size_t)len + 1);
	if (len >= 0)
		vsnprintf(text, (size_t)len + 1, fmt, args);
	errno = saved;
	return text;
}

const char *cvm_fmt(const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = vfmt(fmt, args);
	va_end(args);
	return text;
}

/*
 * Length of the UTF-8 character at @s, or 0 for bytes that are none, are
 * longer than need be, or stand for a surrogate. A terminating zero byte ends
 * every sequence, so nothing behind it is looked at.
 */
static size_t utf8_length(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xf8 || s[0] < 0xc0)
		return 0;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	c = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

const char *cvm_printable(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	char *copy = text_alloc(strlen(text) * 4 + 1), *to = copy;
	size_t n;

	while (*s) {
		n = utf8_length(s);
		/* C0, DEL, and C1 in its UTF-8 form (c2 80 to c2 9f) */
		if (!n || *s < 0x20 || *s == 0x7f ||
		    (n == 2 && s[0] == 0xc2 && s[1] < 0xa0)) {
			to += sprintf(to, "\\x%02x", *s++);
			continue;
		}
		memcpy(to, s, n);
		to += n;
		s += n;
	}
	return copy;
}

int cvm_error(enum cvm_exit code, const char *tried, const char *answer,
	      const char *next)
{
	cvm_state.failed = true;
	tried = cvm_printable(tried);
	if (answer)
		answer = cvm_printable(answer);
	if (next)
		next = cvm_printable(next);
	if (cvm_state.json) {
		cvm_out_error(tried, answer, next, code);
		return code;
	}
	fprintf(stderr, "%s: %s%s%s\n", tool_name(), tried, answer ? ": " : "",
		answer ? answer : "");
	if (next)
		fprintf(stderr, "%s: hint: %s\n", tool_name(), next);
	return code;
}

enum cvm_exit cvm_errno(int err)
{
	switch (err) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ENOTDIR:
		return CVM_ABSENT;
	}
	return CVM_FAIL;
}

void cvm_warn(const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = cvm_printable(vfmt(fmt, args));
	va_end(args);
	if (cvm_state.json)
		cvm_out_warning(text);
	else
		fprintf(stderr, "%s: warning: %s\n", tool_name(), text);
}

void cvm_note(const char *fmt, ...)
{
	const char *text;
	va_list args;

	if (!cvm_state.verbose)
		return;
	va_start(args, fmt);
	text = cvm_printable(vfmt(fmt, args));
	va_end(args);
	fprintf(stderr, "%s: %s\n", tool_name(), text);
}
