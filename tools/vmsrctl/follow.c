// SPDX-License-Identifier: GPL-2.0-only
/* Looks at all VMs once a period of the module, just after its grid point. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vmsrctl.h"

#define MS		1000000ull
#define SECOND		(1000 * MS)
/* A signal that comes just before the sleep is seen after it. */
#define LONGEST_SLEEP	(500 * MS)
/* How often to look for all VMs of one grid point, in as many parts of a period. */
#define TRIES		20

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/*
 * Whether these are all VMs as of one grid point that is @grid or later. While
 * the module is at it, some are told of anew and others not yet.
 */
static bool is_whole(const struct vm_list *list, uint64_t grid)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (list->vms[i].updated_ns < grid ||
		    list->vms[i].updated_ns != list->vms[0].updated_ns)
			return false;
	return true;
}

static uint64_t newest(const struct vm_list *list)
{
	uint64_t ns = 0;
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (list->vms[i].updated_ns > ns)
			ns = list->vms[i].updated_ns;
	return ns;
}

static bool is_new(const struct follow *f, const struct vm_list *found)
{
	if (found->nr != f->now.nr)
		return true;
	return newest(found) != newest(&f->now);
}

int follow_look(struct follow *f, bool *fresh)
{
	uint64_t mono = now_ns(CLOCK_MONOTONIC), grid;
	struct config config;
	struct vm_list found;
	int ret;

	*fresh = false;
	if (mono < f->next_ns)
		return CVM_OK;
	ret = config_get(f->nl, &config);
	if (ret)
		return ret;
	f->period_ns = config.period_ms * MS;
	ret = vm_list_get(f->nl, &found);
	if (ret) {
		free(found.vms);
		return ret;
	}
	f->offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	grid = mono - mono % f->period_ns;
	if (found.nr && (!is_new(f, &found) ||
			 (!is_whole(&found, grid) && ++f->tries < TRIES))) {
		f->next_ns = mono + f->period_ns / TRIES;
		free(found.vms);
		return CVM_OK;
	}
	f->tries = 0;
	/* The module may have been at a grid point after this look began. */
	if (newest(&found) > grid)
		grid = newest(&found);
	f->next_ns = grid + f->period_ns + f->period_ns / 50;
	*fresh = true;
	free(f->before.vms);
	f->before = f->now;
	f->now = found;
	return CVM_OK;
}

unsigned int follow_due_ms(const struct follow *f)
{
	uint64_t mono = now_ns(CLOCK_MONOTONIC);

	return mono < f->next_ns ? (f->next_ns - mono) / MS + 1 : 0;
}

void follow_wait(const struct follow *f)
{
	uint64_t mono = now_ns(CLOCK_MONOTONIC), ns;
	struct timespec ts;

	if (mono >= f->next_ns)
		return;
	ns = f->next_ns - mono;
	if (ns > LONGEST_SLEEP)
		ns = LONGEST_SLEEP;
	ts = (struct timespec){ ns / SECOND, ns % SECOND };
	nanosleep(&ts, NULL);
}

int follow_next(struct follow *f)
{
	bool fresh = false;
	int ret = CVM_OK;

	while (!ret && !fresh && !cvm_stopped()) {
		follow_wait(f);
		ret = follow_look(f, &fresh);
	}
	return ret;
}

int follow_open(struct follow *f)
{
	int ret;

	*f = (struct follow){};
	ret = vmsr_open(&f->nl);
	if (ret)
		return ret;
	ret = follow_next(f);
	if (ret)
		follow_close(f);
	return ret;
}

void follow_close(struct follow *f)
{
	free(f->now.vms);
	free(f->before.vms);
	cvm_genl_close(f->nl);
}
