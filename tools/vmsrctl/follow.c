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

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
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
	if (found.nr && !is_new(f, &found) && newest(&found) < grid) {
		/* The module is at it now. */
		f->next_ns = mono + f->period_ns / 20;
		free(found.vms);
		return CVM_OK;
	}
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
	bool fresh;
	int ret;

	*f = (struct follow){};
	ret = vmsr_open(&f->nl);
	if (ret)
		return ret;
	ret = follow_look(f, &fresh);
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
