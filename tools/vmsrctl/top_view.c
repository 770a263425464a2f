// SPDX-License-Identifier: GPL-2.0-only
/* The table of `vmsrctl top`: history, order, and lines of any width. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "tools/lib/cvmtool.h"
#include "top_view.h"

#define NAME_LEAST	8
#define NAME_MOST	32
#define HISTORY_LEAST	8
#define HISTORY_MOST	60
#define NUMBER		9

const char *const top_key_names[] = {
	[TOP_POWER] = "power",
	[TOP_VCPU] = "vcpu",
	[TOP_OVERHEAD] = "overhead",
	[TOP_ENERGY] = "energy",
	[TOP_NAME] = "name",
	[TOP_ID] = "id",
	[TOP_KEYS] = NULL,
};

/* ---- rows ---- */

static void update_row(struct top_row *row, const struct vm *vm)
{
	uint64_t ns = vm->updated_ns - row->vm.updated_ns;

	row->seen = true;
	/* Looked at twice in one period: nothing is new. */
	if (row->filled && !ns)
		return;
	row->known = row->filled;
	row->power_uw = vm->power_uw;
	if (row->known) {
		row->vcpu_uw = vm_mean_uw(row->vm.vcpu_uj, vm->vcpu_uj, ns);
		row->overhead_uw = vm_mean_uw(row->vm.overhead_uj, vm->overhead_uj, ns);
		/* The module's own figure is of one period, and some may have been missed. */
		row->power_uw = row->vcpu_uw + row->overhead_uw;
	}
	row->vm = *vm;
	row->history[row->next] = row->power_uw;
	row->next = (row->next + 1) % TOP_HISTORY;
	if (row->filled < TOP_HISTORY)
		row->filled++;
}

static int by_id(const void *a, const void *b)
{
	const struct top_row *const *x = a, *const *y = b;

	return (*x)->vm.id < (*y)->vm.id ? -1 : (*x)->vm.id > (*y)->vm.id;
}

void top_view_update(struct top_view *v, const struct vm *vms, size_t nr)
{
	struct top_row **rows = cvm_alloc(nr, sizeof(struct top_row *)), *row;
	size_t i, old = 0;

	/* Both are in the same order: one walk. */
	qsort(v->rows, v->nr, sizeof(*v->rows), by_id);
	for (i = 0; i < v->nr; i++)
		v->rows[i]->seen = false;
	for (i = 0; i < nr; i++) {
		while (old < v->nr && v->rows[old]->vm.id < vms[i].id)
			old++;
		row = old < v->nr && v->rows[old]->vm.id == vms[i].id ? v->rows[old] : NULL;
		if (!row || row->seen)
			row = cvm_alloc(1, sizeof(*row));
		update_row(row, &vms[i]);
		rows[i] = row;
	}
	for (i = 0; i < v->nr; i++)
		if (!v->rows[i]->seen)
			free(v->rows[i]);
	free(v->rows);
	v->rows = rows;
	v->nr = nr;
	top_view_sort(v);
}

void top_view_free(struct top_view *v)
{
	size_t i;

	for (i = 0; i < v->nr; i++)
		free(v->rows[i]);
	free(v->rows);
	v->rows = NULL;
	v->nr = 0;
}

/* ---- order ---- */

static const struct top_view *sorting;

static uint64_t amount(const struct top_row *row)
{
	switch (sorting->key) {
	case TOP_VCPU:
		return row->vcpu_uw;
	case TOP_OVERHEAD:
		return row->overhead_uw;
	case TOP_ENERGY:
		return row->vm.vcpu_uj + row->vm.overhead_uj;
	default:
		return row->power_uw;
	}
}

/* Numbers: the largest first. What is equal stays in the order of VMs' numbers. */
static int compare(const void *a, const void *b)
{
	const struct top_row *x = *(struct top_row *const *)a;
	const struct top_row *y = *(struct top_row *const *)b;
	int order = 0;

	if (sorting->key == TOP_NAME)
		order = strcmp(x->vm.name, y->vm.name);
	else if (sorting->key != TOP_ID && amount(x) != amount(y))
		order = amount(x) > amount(y) ? -1 : 1;
	if (!order && sorting->key != TOP_ID)
		return by_id(a, b);
	if (!order)
		order = by_id(a, b);
	return sorting->reverse ? -order : order;
}

void top_view_sort(struct top_view *v)
{
	sorting = v;
	qsort(v->rows, v->nr, sizeof(*v->rows), compare);
}

/* ---- text ---- */

/* Characters that this terminal cannot show, or that move its cursor, as '?'. */
const char *top_fit(const char *text, unsigned int columns)
{
	const char *from = cvm_printable(text), *kept;
	char *fitted = cvm_alloc(strlen(from) + columns + 1, 1);
	unsigned int used = 0, size = 0;
	mbstate_t state = {};
	wchar_t c;
	int width;
	size_t n;

	while (*from) {
		n = mbrtowc(&c, from, strlen(from), &state);
		width = n == (size_t)-1 || n == (size_t)-2 ? -1 : wcwidth(c);
		if (used + (width < 0 ? 1 : width) > columns)
			break;
		if (width < 0) {
			memset(&state, 0, sizeof(state));
			fitted[size++] = '?';
			used++;
			/* The whole of a character that the locale does not have. */
			for (from++; (*from & 0xc0) == 0x80; from++)
				;
			continue;
		}
		memcpy(fitted + size, from, n);
		size += n;
		used += width;
		from += n;
	}
	while (used < columns) {
		fitted[size++] = ' ';
		used++;
	}
	fitted[size] = 0;
	kept = cvm_fmt("%s", fitted);
	free(fitted);
	return kept;
}

uint64_t top_view_most_uw(const struct top_view *v, unsigned int periods)
{
	uint64_t most = 0;
	unsigned int k;
	size_t i;

	for (i = 0; i < v->nr; i++) {
		const struct top_row *row = v->rows[i];

		for (k = 1; k <= periods && k <= row->filled; k++) {
			uint64_t uw = row->history[(row->next + TOP_HISTORY - k) % TOP_HISTORY];

			if (uw > most)
				most = uw;
		}
	}
	return most;
}

const char *top_sparkline(const struct top_row *row, unsigned int columns, uint64_t most_uw,
			  bool utf8)
{
	static const char *const blocks[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	static const char *const signs[] = { "_", ".", "-", "=", "+", "*", "%", "#" };
	const char *const *bars = utf8 ? blocks : signs;
	char *text = cvm_alloc(columns * 3 + 1, 1), *to = text;
	const char *kept;
	unsigned int k, bar;

	for (k = columns; k > 0; k--) {
		uint64_t uw;

		if (k > row->filled) {
			*to++ = ' ';
			continue;
		}
		uw = row->history[(row->next + TOP_HISTORY - k) % TOP_HISTORY];
		bar = !most_uw ? 0 : uw >= most_uw ? 7 : (__uint128_t)uw * 8 / most_uw;
		to = stpcpy(to, bars[bar]);
	}
	kept = cvm_fmt("%s", text);
	free(text);
	return kept;
}

const char *top_summary(const struct top_view *v)
{
	uint64_t power = 0;
	size_t i;

	for (i = 0; i < v->nr; i++)
		power += v->rows[i]->power_uw;
	return cvm_fmt("%zu VM%s, %s, every %s", v->nr, v->nr == 1 ? "" : "s",
		       cvm_quantity(power, CVM_MICROWATT),
		       cvm_quantity(v->period_ns, CVM_NANOSECOND));
}

/*
 * struct layout - how wide each column is; 0 leaves it out
 *
 * A narrow terminal first loses the energy, then the history, vCPUs, numbers and the
 * parts; power and name stay.
 */
struct layout {
	unsigned int name, power, vcpu, overhead, history, id, vcpus, energy;
};

static struct layout layout_of(unsigned int width)
{
	struct layout l = { .power = NUMBER };
	unsigned int left, name;
	struct {
		unsigned int *column;
		unsigned int width;
	} wanted[] = {
		{ &l.vcpu, NUMBER }, { &l.overhead, NUMBER }, { &l.id, 6 },
		{ &l.vcpus, 5 }, { &l.history, HISTORY_LEAST }, { &l.energy, 12 },
	};
	size_t i;

	if (width < NUMBER + 1 + NAME_LEAST) {
		l.name = width > NUMBER + 1 ? width - NUMBER - 1 : 0;
		if (l.power > width)
			l.power = width;
		return l;
	}
	left = width - NUMBER - 1 - NAME_LEAST;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (left < wanted[i].width + 1)
			break;
		*wanted[i].column = wanted[i].width;
		left -= wanted[i].width + 1;
	}
	/* What is left is the name's and the history's. */
	name = !l.history ? left : left / 2;
	if (name > NAME_MOST - NAME_LEAST)
		name = NAME_MOST - NAME_LEAST;
	l.name = NAME_LEAST + name;
	left -= name;
	if (l.history)
		l.history += left < HISTORY_MOST - HISTORY_LEAST ? left :
			     HISTORY_MOST - HISTORY_LEAST;
	return l;
}

unsigned int top_history_columns(unsigned int width)
{
	return layout_of(width).history;
}

/* One line of cells; numbers to the right, but for text. */
static const char *cells(const struct layout *l, const char *const *text, unsigned int width)
{
	const struct {
		unsigned int width;
		bool number;
	} columns[] = {
		{ l->id, true }, { l->name, false }, { l->vcpus, true }, { l->power, true },
		{ l->vcpu, true }, { l->overhead, true }, { l->energy, true },
		{ l->history, false },
	};
	const char *line = "";
	size_t i, len;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!columns[i].width)
			continue;
		len = strlen(text[i]);
		line = cvm_fmt("%s%s%*s%s", line, *line ? " " : "",
			       columns[i].number && len < columns[i].width ?
			       (int)(columns[i].width - len) : 0, "",
			       columns[i].number && len < columns[i].width ? text[i] :
			       top_fit(text[i], columns[i].width));
	}
	return top_fit(line, width);
}

/* '>' at the one that they are sorted by. */
static const char *title(const struct top_view *v, enum top_key key, const char *text)
{
	return v->key == key ? cvm_fmt("%s%s", v->reverse ? "<" : ">", text) : text;
}

const char *top_heading(const struct top_view *v, unsigned int width)
{
	const struct layout l = layout_of(width);
	const char *const text[] = {
		title(v, TOP_ID, "ID"), title(v, TOP_NAME, "NAME"), "VCPUS",
		title(v, TOP_POWER, "WATTS"), title(v, TOP_VCPU, "VCPU"),
		title(v, TOP_OVERHEAD, "OVERHEAD"), title(v, TOP_ENERGY, "ENERGY"), "HISTORY",
	};

	return cells(&l, text, width);
}

/* Watts, with as much as there is room and sense for. */
static const char *watts(uint64_t uw)
{
	unsigned int places = uw < 10000000 ? 3 : uw < 100000000 ? 2 : 1;

	return cvm_fmt("%.*f", places, uw / 1e6);
}

const char *top_line(const struct top_view *v, const struct top_row *row, unsigned int width,
		     uint64_t most_uw, bool utf8)
{
	const struct layout l = layout_of(width);
	const char *const text[] = {
		cvm_fmt("%u", row->vm.id), row->vm.name, cvm_fmt("%u", row->vm.vcpus),
		watts(row->power_uw), row->known ? watts(row->vcpu_uw) : "-",
		row->known ? watts(row->overhead_uw) : "-",
		cvm_quantity(row->vm.vcpu_uj + row->vm.overhead_uj, CVM_MICROJOULE),
		l.history ? top_sparkline(row, l.history, most_uw, utf8) : "",
	};

	(void)v;
	return cells(&l, text, width);
}
