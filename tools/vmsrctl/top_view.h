/* SPDX-License-Identifier: GPL-2.0-only */
/* What `vmsrctl top` shows, without a terminal and without a kernel. */
#ifndef VMSRCTL_TOP_VIEW_H
#define VMSRCTL_TOP_VIEW_H

#include "vm.h"

/* Periods that are remembered. */
#define TOP_HISTORY	240

enum top_key {
	TOP_POWER,
	TOP_VCPU,
	TOP_OVERHEAD,
	TOP_ENERGY,
	TOP_NAME,
	TOP_ID,
	TOP_KEYS,
};

/* Their names, ended by NULL; `P` sorts by "power". */
extern const char *const top_key_names[];

/*
 * struct top_row - a VM
 * @seen: whether it was there the last time
 * @known: whether the parts are known: it was there twice
 * @power_uw: their sum, since the last look; the module's last period before that
 * @history: power of the last periods, a ring
 * @next: where the next one goes
 * @filled: how many there are
 */
struct top_row {
	struct vm vm;
	bool seen;
	bool known;
	uint64_t power_uw;
	uint64_t vcpu_uw;
	uint64_t overhead_uw;
	uint64_t history[TOP_HISTORY];
	unsigned int next;
	unsigned int filled;
};

/*
 * struct top_view - all of them
 * @key: what they are sorted by
 * @reverse: the smallest first (for name and number: the last)
 * @period_ns: the module's
 */
struct top_view {
	struct top_row **rows;
	size_t nr;
	enum top_key key;
	bool reverse;
	uint64_t period_ns;
};

/* top_view_update - what there is now, by number; rows of those that are gone end */
void top_view_update(struct top_view *v, const struct vm *vms, size_t nr);

/* top_view_sort - after an update, or another key */
void top_view_sort(struct top_view *v);

void top_view_free(struct top_view *v);

/* top_view_most_uw - largest power in the last @periods of all rows */
uint64_t top_view_most_uw(const struct top_view *v, unsigned int periods);

/*
 * top_sparkline - the last @columns periods as small bars, the newest on the right
 * @most_uw: what a whole bar is
 * @utf8: by block characters, else by ASCII
 *
 * Return: text of @columns columns, which lives as cvm_fmt()'s does.
 */
const char *top_sparkline(const struct top_row *row, unsigned int columns, uint64_t most_uw,
			  bool utf8);

/* top_summary - the first line: how many VMs and what they draw */
const char *top_summary(const struct top_view *v);

/* top_heading, top_line - of a table that fits into @width columns */
const char *top_heading(const struct top_view *v, unsigned int width);
const char *top_line(const struct top_view *v, const struct top_row *row, unsigned int width,
		     uint64_t most_uw, bool utf8);

/* top_history_columns - how many columns of @width the history has */
unsigned int top_history_columns(unsigned int width);

/* top_fit - @text in exactly @columns columns: cut, or with blanks behind it */
const char *top_fit(const char *text, unsigned int columns);

#endif
