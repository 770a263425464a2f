// SPDX-License-Identifier: GPL-2.0-only
/* Power over time as SVG: areas or lines, axes with units, a legend. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/lib/cvmtool.h"
#include "svg.h"

/* VMs with a colour of their own; all others together are one more. */
#define SHOWN		8
#define FONT		12
#define LEFT		72
#define TOP		44
#define BOTTOM		52
#define LEGEND_LEAST	90
/* Beside the name, and for each of its characters. */
#define LEGEND_FRAME	50
#define LEGEND_CHAR	7.5
#define LEGEND_LINE	20
#define NAME_WIDTH	20
#define NS		1e9
/* Not yet a step further, and as good as nothing. */
#define TINY		0.000000001
#define SMALL		0.000001

/* Told apart by people who see colours differently too (Okabe and Ito), and grey. */
static const char *const colours[SHOWN + 1] = {
	"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a900", "#5d3a9b",
	"#999999",
};

/*
 * struct series - what has a colour
 * @name: in the legend
 * @joules: all of it
 * @watts: by bin; not a number where nothing is known
 */
struct series {
	const char *name;
	double joules;
	double *watts;
};

/*
 * struct chart - the picture being made
 * @start: time of its left edge, seconds
 * @seconds: from there to the right edge
 * @bins: columns that time is cut into, each a pixel or wider
 * @x: left edge of the plot
 * @w: its width
 * @top: highest power of the axis
 */
struct chart {
	const struct recording *r;
	const struct svg_options *o;
	double start;
	double seconds;
	unsigned int bins;
	struct series series[SHOWN + 1];
	size_t nr;
	int x, y, w, h;
	double top;
};

static void escaped(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*text, f);
		}
	}
}

/* No more than @columns characters of UTF-8. */
static const char *shortened(const char *text, int columns)
{
	const char *c, *cut = text;
	int n = 0;

	for (c = text; *c; c++) {
		if ((*c & 0xc0) == 0x80)
			continue;
		if (n == columns - 1)
			cut = c;
		if (++n > columns)
			return cvm_fmt("%.*s…", (int)(cut - text), text);
	}
	return text;
}

static const struct recorded_vm *sorting;

static int by_energy(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, k = *(const size_t *)b;

	if (sorting[i].joules != sorting[k].joules)
		return sorting[i].joules < sorting[k].joules ? 1 : -1;
	return i < k ? -1 : i > k;
}

/* Which series each VM is in: the largest have one each. */
static size_t *make_series(struct chart *c)
{
	const struct recording *r = c->r;
	size_t *order = cvm_alloc(r->nr_vms, sizeof(*order)), i;
	size_t *series = cvm_alloc(r->nr_vms, sizeof(*series));
	size_t own = r->nr_vms <= SHOWN + 1 ? r->nr_vms : SHOWN;

	for (i = 0; i < r->nr_vms; i++)
		order[i] = i;
	sorting = r->vms;
	qsort(order, r->nr_vms, sizeof(*order), by_energy);
	for (i = 0; i < r->nr_vms; i++) {
		const struct recorded_vm *vm = &r->vms[order[i]];
		size_t s = i < own ? i : own;

		series[order[i]] = s;
		c->series[s].joules += vm->joules;
		if (i < own)
			c->series[s].name = cvm_fmt("%s (%u)", shortened(vm->name, NAME_WIDTH),
						    vm->id);
	}
	c->nr = own;
	if (r->nr_vms > own)
		c->series[c->nr++].name = cvm_fmt("%zu others", r->nr_vms - own);
	free(order);
	return series;
}

/* An interval's energy, in the bins that it covers. */
static void spread(const struct chart *c, double *joules, const struct recorded_interval *i)
{
	double all = (i->vcpu_uj + (double)i->overhead_uj) / 1e6;
	double from = (i->from_ns / NS - c->start) / c->seconds * c->bins;
	double to = (i->to_ns / NS - c->start) / c->seconds * c->bins;
	unsigned int bin, last;

	if (from < 0)
		from = 0;
	if (to > c->bins)
		to = c->bins;
	if (to <= from)
		to = from + TINY;
	last = to >= c->bins ? c->bins - 1 : to;
	for (bin = from >= c->bins ? c->bins - 1 : from; bin <= last; bin++) {
		double low = from > bin ? from : bin, high = to < bin + 1 ? to : bin + 1;

		if (high <= low)
			continue;
		if (isnan(joules[bin]))
			joules[bin] = 0;
		joules[bin] += all * (high - low) / (to - from);
	}
}

static void fill_bins(struct chart *c, const size_t *series)
{
	unsigned int bin;
	size_t i;

	for (i = 0; i < c->nr; i++) {
		c->series[i].watts = cvm_alloc(c->bins, sizeof(double));
		for (bin = 0; bin < c->bins; bin++)
			c->series[i].watts[bin] = NAN;
	}
	for (i = 0; i < c->r->nr_intervals; i++)
		spread(c, c->series[series[c->r->intervals[i].vm]].watts, &c->r->intervals[i]);
	for (i = 0; i < c->nr; i++)
		for (bin = 0; bin < c->bins; bin++)
			c->series[i].watts[bin] *= c->bins / c->seconds;
}

/* 1, 2 or 5 times a power of ten, so that @most steps are enough. */
static double nice_step(double range, int most)
{
	static const double factors[] = { 1, 2, 5, 10 };
	double least = range / most, ten = pow(10, floor(log10(least)));
	size_t i;

	for (i = 0; i < 3 && factors[i] * ten < least * (1 - TINY); i++)
		;
	return factors[i] * ten;
}

static double highest(const struct chart *c)
{
	double most = 0, sum, watts;
	unsigned int bin;
	size_t i;

	for (bin = 0; bin < c->bins; bin++) {
		for (sum = 0, i = 0; i < c->nr; i++) {
			watts = c->series[i].watts[bin];
			if (isnan(watts))
				continue;
			sum = c->o->lines ? fmax(sum, watts) : sum + watts;
		}
		most = fmax(most, sum);
	}
	/* Nothing used anything: an axis all the same. */
	return most > SMALL ? most : 1;
}

static double x_of(const struct chart *c, double bin)
{
	return c->x + c->w * bin / c->bins;
}

static double y_of(const struct chart *c, double watts)
{
	return c->y + c->h * (1 - watts / c->top);
}

/* "0.25 W", with as many places as the step needs; small ones in milliwatts. */
static const char *watts_text(double watts, double step)
{
	int places = 0;
	double scale = step < 0.01 ? 1000 : 1;

	while (places < 6 && fabs(step * scale * pow(10, places) -
				  round(step * scale * pow(10, places))) > SMALL)
		places++;
	return cvm_fmt("%.*f %s", places, watts * scale, scale > 1 ? "mW" : "W");
}

static void power_axis(FILE *f, struct chart *c)
{
	double most = highest(c), step = nice_step(most, 6), y;
	int i, n = ceil(most / step - TINY);

	c->top = n * step;
	for (i = 0; i <= n; i++) {
		y = y_of(c, i * step);
		fprintf(f, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n",
			c->x, y, c->x + c->w, y);
		fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", c->x - 8,
			y + 4, watts_text(i * step, step));
	}
	fprintf(f, "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">",
		c->y + c->h / 2);
	fprintf(f, "power%s</text>\n", c->o->lines ? "" : ", stacked");
}

/* Steps of time that people count in. */
static double time_step(double seconds, int most)
{
	static const unsigned int steps[] = {
		1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
		86400, 172800, 604800,
	};
	double least = seconds / most;
	size_t i;

	if (least <= 0.5)
		return nice_step(seconds, most);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] >= least)
			return steps[i];
	return 86400 * nice_step(seconds / 86400, most);
}

static const char *time_text(double at, double step, double range)
{
	const char *fmt = range >= 86400 * 2 ? "%m-%d %H:%M" : step < 60 ? "%H:%M:%S" : "%H:%M";
	time_t seconds = floor(at + SMALL);
	struct tm tm = {};
	char text[32];
	int places = 0;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), fmt, &tm);
	if (step >= 1)
		return cvm_fmt("%s", text);
	while (places < 9 && step * pow(10, places) < 1 - SMALL)
		places++;
	/* ".250", without the zero before it */
	return cvm_fmt("%s%s", text, cvm_fmt("%.*f", places, fabs(at - seconds)) + 1);
}

static void time_axis(FILE *f, const struct chart *c)
{
	double step = time_step(c->seconds, c->w / 80 > 1 ? c->w / 80 : 1);
	double at = ceil(c->start / step - SMALL) * step, x;
	time_t first = c->start;
	struct tm tm = {};
	char text[32];

	for (; at <= c->start + c->seconds * (1 + TINY); at += step) {
		x = x_of(c, (at - c->start) / c->seconds * c->bins);
		fprintf(f, "<line class=\"axis\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n",
			x, c->y + c->h, x, c->y + c->h + 5);
		fprintf(f, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x,
			c->y + c->h + 20, time_text(at, step, c->seconds));
	}
	gmtime_r(&first, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">time (UTC), from %s</text>\n",
		c->x + c->w / 2, c->y + c->h + 42, text);
}

/* The bins from @bin on where the series is known: their end. */
static unsigned int stretch(const struct chart *c, size_t series, unsigned int bin)
{
	while (bin < c->bins && !isnan(c->series[series].watts[bin]))
		bin++;
	return bin;
}

/* A step for each bin; bins of the same height are one. */
static void steps(FILE *f, const struct chart *c, const double *watts, unsigned int from,
		  unsigned int to)
{
	unsigned int bin, run;

	for (bin = from; bin < to; bin = run) {
		for (run = bin + 1;
		     run < to && fabs(watts[run] - watts[bin]) < c->top / 10000; run++)
			;
		fprintf(f, " %.1f,%.1f %.1f,%.1f", x_of(c, bin), y_of(c, watts[bin]),
			x_of(c, run), y_of(c, watts[bin]));
	}
}

static void steps_back(FILE *f, const struct chart *c, const double *watts, unsigned int from,
		       unsigned int to)
{
	unsigned int bin, run;

	for (bin = to; bin > from; bin = run) {
		for (run = bin - 1;
		     run > from && fabs(watts[run - 1] - watts[bin - 1]) < c->top / 10000; run--)
			;
		fprintf(f, " %.1f,%.1f %.1f,%.1f", x_of(c, bin), y_of(c, watts[bin - 1]),
			x_of(c, run), y_of(c, watts[bin - 1]));
	}
}

static void draw_lines(FILE *f, const struct chart *c)
{
	unsigned int bin, end;
	size_t i;

	for (i = c->nr; i-- > 0;) {
		for (bin = 0; bin < c->bins; bin = end + 1) {
			end = stretch(c, i, bin);
			if (end == bin)
				continue;
			fprintf(f, "<polyline class=\"line\" stroke=\"%s\" points=\"", colours[i]);
			steps(f, c, c->series[i].watts, bin, end);
			fputs("\"/>\n", f);
		}
	}
}

/* The largest at the bottom. */
static void draw_areas(FILE *f, const struct chart *c)
{
	double *below = cvm_alloc(c->bins, sizeof(*below));
	double *above = cvm_alloc(c->bins, sizeof(*above));
	unsigned int bin, end;
	size_t i;

	for (i = 0; i < c->nr; i++) {
		for (bin = 0; bin < c->bins; bin++)
			above[bin] = below[bin] + (isnan(c->series[i].watts[bin]) ? 0 :
						   c->series[i].watts[bin]);
		for (bin = 0; bin < c->bins; bin = end + 1) {
			end = stretch(c, i, bin);
			if (end == bin)
				continue;
			fprintf(f, "<polygon class=\"area\" fill=\"%s\" points=\"", colours[i]);
			steps(f, c, above, bin, end);
			steps_back(f, c, below, bin, end);
			fputs("\"/>\n", f);
		}
		memcpy(below, above, c->bins * sizeof(*below));
	}
	free(below);
	free(above);
}

/* In the order of the areas, the topmost first. */
static void legend(FILE *f, const struct chart *c)
{
	int x = c->x + c->w + 18, y = c->y + 2;
	size_t i, k;

	for (k = 0; k < c->nr; k++, y += LEGEND_LINE) {
		i = c->o->lines ? k : c->nr - 1 - k;
		fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x,
			y, colours[i]);
		fprintf(f, "<text x=\"%d\" y=\"%d\">", x + 18, y + 10);
		escaped(f, c->series[i].name);
		fprintf(f, "<title>%s in all</title></text>\n",
			cvm_quantity(c->series[i].joules * 1e6, CVM_MICROJOULE));
	}
}

static int characters(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* After the series have their names. */
static int legend_width(const struct chart *c)
{
	int most = 0, n, width;
	size_t i;

	for (i = 0; i < c->nr; i++) {
		n = characters(c->series[i].name);
		if (n > most)
			most = n;
	}
	width = LEGEND_FRAME + LEGEND_CHAR * most;
	return width > LEGEND_LEAST ? width : LEGEND_LEAST;
}

static void measure(struct chart *c)
{
	const struct recording *r = c->r;
	uint64_t from = UINT64_MAX, to = 0;
	size_t i;

	for (i = 0; i < r->nr_intervals; i++) {
		if (r->intervals[i].from_ns < from)
			from = r->intervals[i].from_ns;
		if (r->intervals[i].to_ns > to)
			to = r->intervals[i].to_ns;
	}
	c->start = from / NS;
	c->seconds = (to - from) / NS;
	c->x = LEFT;
	c->y = TOP;
	c->w = (int)c->o->width - LEFT - legend_width(c);
	/* Very wide characters in a very small picture. */
	if (c->w < LEFT)
		c->w = LEFT;
	c->h = c->o->height - TOP - BOTTOM;
	c->bins = c->w;
}

void svg_write(FILE *f, const struct recording *r, const struct svg_options *o)
{
	struct chart c = { .r = r, .o = o };
	size_t *series = make_series(&c), i;

	measure(&c);
	fill_bins(&c, series);
	free(series);
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n"
		"<style>\n"
		"text { font: %dpx sans-serif; fill: #222 }\n"
		".heading { font-size: 16px; font-weight: bold }\n"
		".grid { stroke: #ddd }\n"
		".axis { stroke: #222 }\n"
		".area { stroke: #fff; stroke-width: 0.5 }\n"
		".line { fill: none; stroke-width: 1.8; stroke-linejoin: round }\n"
		"</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		o->width, o->height, o->width, o->height, FONT);
	fprintf(f, "<text class=\"heading\" x=\"%d\" y=\"26\">", c.x);
	escaped(f, o->title);
	fputs("</text>\n", f);
	power_axis(f, &c);
	if (o->lines)
		draw_lines(f, &c);
	else
		draw_areas(f, &c);
	fprintf(f, "<path class=\"axis\" fill=\"none\" d=\"M%d %dV%dH%d\"/>\n", c.x, c.y, c.y + c.h,
		c.x + c.w);
	time_axis(f, &c);
	legend(f, &c);
	fputs("</svg>\n", f);
	for (i = 0; i < c.nr; i++)
		free(c.series[i].watts);
}
