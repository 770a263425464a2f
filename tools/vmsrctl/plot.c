// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl plot FILE: a recording as a picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "svg.h"
#include "vmsrctl.h"

#define LARGEST (512u << 20)

static const char *output = "-", *title = "Power of virtual machines";
static uint64_t width = 960, height = 420;
static bool lines;

const struct cvm_option plot_options[] = {
	{ .name = "output", .letter = 'o', .kind = CVM_OPT_STRING, .argument = "FILE",
	  .value = &output, .help = "where the SVG goes; standard output otherwise" },
	{ .name = "lines", .letter = 'l', .kind = CVM_OPT_FLAG, .value = &lines,
	  .help = "a line for each VM instead of areas on top of each other" },
	{ .name = "title", .letter = 't', .kind = CVM_OPT_STRING, .argument = "TEXT",
	  .value = &title, .help = "what stands above the picture" },
	{ .name = "width", .kind = CVM_OPT_U64, .argument = "PIXELS", .value = &width,
	  .min = SVG_LEAST_WIDTH, .max = SVG_MOST, .help = "width of the picture (960)" },
	{ .name = "height", .kind = CVM_OPT_U64, .argument = "PIXELS", .value = &height,
	  .min = SVG_LEAST_HEIGHT, .max = SVG_MOST, .help = "height of the picture (420)" },
	{ }
};

static int draw(const struct recording *r)
{
	struct svg_options o = {
		.title = cvm_printable(title), .width = width, .height = height, .lines = lines,
	};
	char *svg = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&svg, &size);
	int ret;

	if (f)
		svg_write(f, r, &o);
	if (!f || fclose(f))
		ret = cvm_error(CVM_FAIL, "drawing the picture", strerror(ENOMEM), NULL);
	else
		ret = cvm_write_file(output, svg, size, 0644);
	free(svg);
	return ret;
}

int cmd_plot(int argc, char **argv)
{
	struct recording r;
	size_t size;
	void *text;
	int ret;

	(void)argc;
	ret = cvm_read_file(argv[0], LARGEST, &text, &size);
	if (ret)
		return ret;
	ret = recording_parse(argv[0], text, size, &r);
	if (!ret && !r.nr_intervals)
		ret = cvm_error(CVM_FAIL, cvm_fmt("drawing '%s'", argv[0]),
				"no VM has two samples of one session", "record for longer");
	if (!ret)
		ret = draw(&r);
	recording_free(&r);
	free(text);
	return ret;
}
