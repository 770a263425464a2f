/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording as a picture. */
#ifndef VMSRCTL_SVG_H
#define VMSRCTL_SVG_H

#include <stdio.h>

#include "recording.h"

/*
 * struct svg_options - how it looks
 * @title: above the picture
 * @width: in pixels
 * @height: in pixels
 * @lines: a line for each VM, else areas on top of each other
 */
struct svg_options {
	const char *title;
	unsigned int width;
	unsigned int height;
	bool lines;
};

#define SVG_LEAST_WIDTH		400
#define SVG_LEAST_HEIGHT	200
#define SVG_MOST		10000

/* svg_write - @r has an interval at least */
void svg_write(FILE *f, const struct recording *r, const struct svg_options *o);

#endif
