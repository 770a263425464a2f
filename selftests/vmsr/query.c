// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds a VM with one thread that works, and answers questions on stdin, one
 * line each:
 *	vm         make it
 *	wait       until two more grid points have passed
 *	units N    energy of package N in units of 2^-24 J
 *	errors N   its reads that failed
 *	energy     energy of the VM's vCPU in microjoules
 *	ns         time that it ran, exactly
 *	sums       "ok" when VMs, rest and idle are each package exactly
 *	idle       let the thread sleep
 */
#include <err.h>

#include "workers.h"

static struct worker worker;
static uint32_t id;
static int vm = -1;

static const char *make_vm(void)
{
	int dev = vl_open();
	struct vmsr_create_vm made;

	if (dev < 0)
		return "no device";
	vm = vl_create(dev, VMSR_INTERFACE_INTEL, 1, 1, 1,
		       VMSR_CREATE_NO_OVERHEAD, "query", &made);
	close(dev);
	id = made.id;
	worker_start(&worker);
	if (vm < 0 || vl_add(vm, 0, worker.tid, 0, 0))
		return "no VM";
	worker_set(&worker, WORK_BUSY);
	return "ok";
}

static const char *sums(void)
{
	struct vl_packages p;
	unsigned int i;

	if (vl_get_packages(&p))
		return "no packages";
	for (i = 0; i < p.nr; i++)
		if (p.p[i].units != p.p[i].vms + p.p[i].rest + p.p[i].idle)
			return "differ";
	return "ok";
}

static struct vl_package package(unsigned int i)
{
	struct vl_packages p;
	int ret = vl_get_packages(&p);

	if (ret || i >= p.nr)
		errx(1, "no package %u (%d)", i, ret);
	return p.p[i];
}

static long long vm_ns(void)
{
	struct vl_vms all = {};
	long long ns = 0;
	unsigned int i, k;

	if (vl_get_vms(&all))
		errx(1, "no VMs");
	for (i = 0; i < all.nr; i++)
		for (k = 0; all.v[i].id == id && k < VL_MAX_PACKAGES; k++)
			ns += all.v[i].ns[k];
	free(all.v);
	return ns;
}

int main(void)
{
	struct vmsr_energy e;
	char line[64];
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "vm\n"))
			puts(make_vm());
		else if (!strcmp(line, "wait\n"))
			puts(vl_wait(vm, 2) ? "no VM" : "ok");
		else if (sscanf(line, "units %u", &i) == 1)
			printf("%llu\n", (unsigned long long)package(i).units);
		else if (sscanf(line, "errors %u", &i) == 1)
			printf("%llu\n", (unsigned long long)package(i).read_errors);
		else if (!strcmp(line, "energy\n"))
			printf("%llu\n", vl_energy(vm, &e) ? 0 : e.vcpu_uj);
		else if (!strcmp(line, "ns\n"))
			printf("%lld\n", vm_ns());
		else if (!strcmp(line, "sums\n"))
			puts(sums());
		else if (!strcmp(line, "idle\n"))
			worker_set(&worker, WORK_IDLE), puts("ok");
		else
			puts("what?");
	}
	return 0;
}
