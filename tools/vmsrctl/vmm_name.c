// SPDX-License-Identifier: GPL-2.0-only
/* The name of a VM, out of its VMM's command line. */
#include <stdio.h>
#include <string.h>

#include "vmm_name.h"

/* No part of a character in the end. */
static void cut(char *name, size_t room)
{
	size_t len = strlen(name);

	if (len + 1 < room)
		return;
	while (len && (name[len - 1] & 0xc0) == 0x80)
		len--;
	if (len && (name[len - 1] & 0x80))
		name[len - 1] = 0;
}

/* QEMU's "web", "guest=web,debug-threads=on" and "process=x,guest=web"; ",," is one comma. */
static void take(const char *value, char *name, size_t room)
{
	const char *from = value;
	size_t n = 0;
	bool guest;

	for (;;) {
		guest = !strncmp(from, "guest=", 6);
		if (guest)
			from += 6;
		/* Only the first part may come without its key. */
		if (guest || (from == value && !memchr(from, '=', strcspn(from, ","))))
			break;
		for (; *from && (from[0] != ',' || from[1] == ','); from++)
			from += from[0] == ',';
		if (!*from++)
			return;
	}
	for (; *from && n + 1 < room; from++) {
		if (*from == ',' && *++from != ',')
			break;
		name[n++] = *from;
	}
	name[n] = 0;
	cut(name, room);
}

bool vmm_name(const char *words, size_t size, char *name, size_t room)
{
	const char *word, *end = words + size, *next, *value;

	name[0] = 0;
	/* A last word without its zero byte is not whole. */
	for (word = words; word < end; word = next) {
		next = memchr(word, 0, end - word);
		if (!next)
			break;
		next++;
		value = NULL;
		if (!strncmp(word, "--name=", 7))
			value = word + 7;
		else if (!strncmp(word, "--id=", 5))
			value = word + 5;
		else if ((!strcmp(word, "-name") || !strcmp(word, "--name") ||
			  !strcmp(word, "--id")) && next < end && memchr(next, 0, end - next))
			value = next;
		if (value)
			take(value, name, room);
		if (name[0])
			return true;
	}
	return false;
}
