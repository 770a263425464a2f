// SPDX-License-Identifier: GPL-2.0-only
/* A bar on stderr for people, nothing for pipes and logs. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define BAR 30
#define NOT_BEFORE_NS	300000000ull	/* what is over by then needs no bar */
#define NOT_AGAIN_NS	100000000ull

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void cvm_progress_start(struct cvm_progress *p, const char *what,
			uint64_t total)
{
	*p = (struct cvm_progress){
		.what = what,
		.total = total,
		.on = isatty(STDERR_FILENO),
		.started_ns = now_ns(),
	};
}

void cvm_progress_update(struct cvm_progress *p, uint64_t done)
{
	static const char full[BAR + 1] = "##############################";
	double share;
	uint64_t now;

	if (!p->on)
		return;
	now = now_ns();
	if (now - p->started_ns < NOT_BEFORE_NS ||
	    now - p->drawn_ns < NOT_AGAIN_NS)
		return;
	p->drawn_ns = now;
	p->drawn = true;
	if (!p->total) {
		fprintf(stderr, "\r\033[K%s: %llu", p->what,
			(unsigned long long)done);
		return;
	}
	share = done < p->total ? (double)done / p->total : 1.0;
	fprintf(stderr, "\r\033[K%s [%-*.*s] %3d%%", p->what, BAR,
		(int)(share * BAR), full, (int)(share * 100));
}

void cvm_progress_end(struct cvm_progress *p)
{
	if (p->drawn)
		fprintf(stderr, "\r\033[K");
	p->drawn = false;
	p->on = false;
}
