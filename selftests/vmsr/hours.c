// SPDX-License-Identifier: GPL-2.0-only
/*
 * hours SECONDS: three VMs whose threads work a little now and then, each in its own
 * way, for so long. Then all sums of each package have to agree to the unit. Prints
 * "UNITS VMS", both of package 0 in units of 2^-24 J.
 */
#include <err.h>

#include "workers.h"

#define VMS	3

static atomic_int done;

struct guest {
	pthread_t thread;
	atomic_int tid;
	unsigned int loops;
	unsigned int nap_ms;
};

static void *run(void *arg)
{
	struct guest *g = arg;
	volatile unsigned int i;

	atomic_store(&g->tid, vl_gettid());
	while (!atomic_load(&done)) {
		for (i = 0; i < g->loops; i++)
			;
		vl_sleep_ms(g->nap_ms);
	}
	return NULL;
}

static void check_sums(struct vl_package *first)
{
	struct vl_packages p;
	struct vl_vms all = {};
	uint64_t vms;
	unsigned int i, j;

	if (vl_get_packages(&p) || vl_get_vms(&all))
		errx(1, "no answer");
	for (i = 0; i < p.nr; i++) {
		if (p.p[i].units != p.p[i].vms + p.p[i].rest + p.p[i].idle)
			errx(1, "package %u: %llu is not %llu + %llu + %llu", i,
			     (unsigned long long)p.p[i].units,
			     (unsigned long long)p.p[i].vms,
			     (unsigned long long)p.p[i].rest,
			     (unsigned long long)p.p[i].idle);
		for (vms = p.p[i].departed, j = 0; j < all.nr; j++)
			vms += all.v[j].units[i];
		if (vms != p.p[i].vms)
			errx(1, "package %u: its VMs have %llu, not %llu", i,
			     (unsigned long long)vms,
			     (unsigned long long)p.p[i].vms);
	}
	*first = p.p[0];
	free(all.v);
}

int main(int argc, char **argv)
{
	static struct guest guest[VMS] = {
		{ .loops = 2000, .nap_ms = 500 },
		{ .loops = 20000, .nap_ms = 1700 },
		{ .loops = 200000, .nap_ms = 9900 },
	};
	struct timespec left = { .tv_sec = argc == 2 ? atol(argv[1]) : 0 };
	struct vl_package before, after;
	int dev = vl_open(), vm[VMS];
	unsigned int i;

	if (dev < 0 || left.tv_sec < 1)
		errx(2, "wants /dev/vmsr and SECONDS");
	for (i = 0; i < VMS; i++) {
		vm[i] = vl_create(dev, VMSR_INTERFACE_INTEL, 1, 1, 1,
				  VMSR_CREATE_NO_OVERHEAD, "hours", NULL);
		if (vm[i] < 0 || pthread_create(&guest[i].thread, NULL, run, &guest[i]))
			err(1, "VM %u", i);
		while (!atomic_load(&guest[i].tid))
			vl_sleep_ms(1);
		if (vl_add(vm[i], 0, atomic_load(&guest[i].tid), 0, 0))
			err(1, "vCPU of VM %u", i);
	}
	check_sums(&before);
	nanosleep(&left, NULL);
	check_sums(&after);
	if (after.vms <= before.vms)
		errx(1, "the VMs used nothing");
	printf("%llu %llu\n", (unsigned long long)(after.units - before.units),
	       (unsigned long long)(after.vms - before.vms));
	atomic_store(&done, 1);
	for (i = 0; i < VMS; i++) {
		pthread_join(guest[i].thread, NULL);
		close(vm[i]);
	}
	return 0;
}
