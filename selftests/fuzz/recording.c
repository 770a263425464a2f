// SPDX-License-Identifier: GPL-2.0-only
// link: tools/vmsrctl/recording.c tools/vmsrctl/svg.c
// link: tools/lib/parse.c tools/lib/error.c tools/lib/units.c -lm
/*
 * Any bytes as a recording of vmsrctl: they are refused with a message, or become
 * a picture whose every number is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/internal.h"
#include "tools/vmsrctl/svg.h"

struct cvm_state cvm_state = { .json = true };
static bool told;

void cvm_out_error(const char *tried, const char *answer, const char *next,
		   enum cvm_exit code)
{
	(void)tried;
	(void)answer;
	(void)next;
	(void)code;
	told = true;
}

void cvm_out_warning(const char *text)
{
	(void)text;
}

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

/* Coordinates are in quotes, which no name is: its own are escaped. */
static void check_numbers(const char *svg)
{
	const char *at = svg, *end, *c;

	while ((at = strstr(at, "=\""))) {
		at += 2;
		end = strchr(at, '"');
		CHECK(end);
		for (c = at; c < end; c++)
			CHECK(strncmp(c, "nan", 3) && strncmp(c, "inf", 3));
		at = end + 1;
	}
}

static void draw(const struct recording *r, bool lines)
{
	struct svg_options o = { .title = "x", .width = 400, .height = 200, .lines = lines };
	char *svg = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&svg, &size);

	CHECK(f);
	svg_write(f, r, &o);
	CHECK(!fclose(f));
	check_numbers(svg);
	CHECK(size > 7 && !strcmp(svg + size - 7, "</svg>\n"));
	free(svg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t first = strlen(RECORDING_FIRST_LINE), i;
	struct recording r;
	char *text;
	int ret;

	/* The first line is given: to find it again would take for ever. */
	text = malloc(first + size + 1);
	CHECK(text);
	memcpy(text, RECORDING_FIRST_LINE, first);
	memcpy(text + first, data, size);
	text[first + size] = 0;
	told = false;
	ret = recording_parse("fuzz", text, first + size, &r);
	CHECK(told == !!ret);
	for (i = 0; i < r.nr_intervals && !ret; i++) {
		CHECK(r.intervals[i].from_ns < r.intervals[i].to_ns);
		CHECK(r.intervals[i].vm < r.nr_vms);
	}
	if (!ret && r.nr_intervals) {
		draw(&r, false);
		draw(&r, true);
	}
	recording_free(&r);
	free(text);
	cvm_forget_texts();
	return 0;
}
