// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds a VM with one thread that works, and answers questions on stdin, one
 * line each:
 *	vm         make it
 *	wait       until two more grid points have passed
 *	packages   "ID.DIE" of each, in the order in which they were found
 *	units N    energy of package N in units of 2^-24 J
 *	errors N   its reads that failed
 *	energy     energy of the VM's vCPU in microjoules
 *	ns         time that it ran, exactly
 *	sums       "ok" when VMs, rest and idle are each package exactly
 *	idle, work let the thread sleep, and work again
 *	pin N      let it run on CPU N alone, for as long as that is online
 *	part N     energy of package N that is the VM's, in units of 2^-24 J
 *	ran        time that the thread ran since it is in the VM, by the scheduler
 *	attach PID make a VM of a process; its number
 *	vcpus ID   the threads that are its vCPUs, in order; "none" without such a VM
 *	vcpu-uj ID energy of them in microjoules
 *	checks, check-errors   those of the module itself (debug=1)
 */
#include <err.h>

#include "workers.h"

static struct worker worker;
static uint64_t start_ns;
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
	start_ns = worker_ns(&worker);
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

static void print_packages(void)
{
	struct vl_packages p;
	unsigned int i;

	if (vl_get_packages(&p))
		errx(1, "no packages");
	for (i = 0; i < p.nr; i++)
		printf("%s%u.%u", i ? " " : "", p.p[i].id, p.p[i].die);
	printf("\n");
}

static struct vl_package package(unsigned int i)
{
	struct vl_packages p;
	int ret = vl_get_packages(&p);

	if (ret || i >= p.nr)
		errx(1, "no package %u (%d)", i, ret);
	return p.p[i];
}

static unsigned long long part(unsigned int package)
{
	unsigned long long units = 0;
	struct vl_vms all = {};
	unsigned int i;

	if (vl_get_vms(&all) || package >= VL_MAX_PACKAGES)
		errx(1, "no VMs");
	for (i = 0; i < all.nr; i++)
		if (all.v[i].id == id)
			units = all.v[i].units[package];
	free(all.v);
	return units;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void print_vcpus(uint32_t vm_id)
{
	struct vl_threads t;
	unsigned int i;

	if (vl_get_threads(vm_id, &t)) {
		puts("none");
		return;
	}
	qsort(t.tid, t.nr, sizeof(t.tid[0]), by_value);
	for (i = 0; i < t.nr; i++)
		printf("%u ", t.tid[i]);
	printf("\n");
}

static unsigned long long vcpu_uj(uint32_t vm_id)
{
	unsigned long long uj = 0;
	struct vl_vms all = {};
	unsigned int i;

	if (vl_get_vms(&all))
		errx(1, "no VMs");
	for (i = 0; i < all.nr; i++)
		if (all.v[i].id == vm_id)
			uj = all.v[i].vcpu_uj;
	free(all.v);
	return uj;
}

static struct vl_config config(void)
{
	struct vl_config c;

	if (vl_get_config(&c))
		errx(1, "no configuration");
	return c;
}

static long long vm_ns(void)
{
	int64_t ns;

	if (vl_sums(id, NULL, &ns))
		errx(1, "no VMs");
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
		else if (!strcmp(line, "packages\n"))
			print_packages();
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
		else if (sscanf(line, "pin %u", &i) == 1)
			puts(worker_pin(&worker, i) ? "no CPU" : "ok");
		else if (sscanf(line, "attach %u", &i) == 1)
			printf("%d\n", vl_attach(i, NULL));
		else if (sscanf(line, "vcpus %u", &i) == 1)
			print_vcpus(i);
		else if (sscanf(line, "vcpu-uj %u", &i) == 1)
			printf("%llu\n", vcpu_uj(i));
		else if (sscanf(line, "part %u", &i) == 1)
			printf("%llu\n", part(i));
		else if (!strcmp(line, "ran\n"))
			printf("%llu\n", (unsigned long long)
			       (worker_ns(&worker) - start_ns));
		else if (!strcmp(line, "checks\n"))
			printf("%llu\n", (unsigned long long)config().checks);
		else if (!strcmp(line, "check-errors\n"))
			printf("%llu\n", (unsigned long long)
			       config().check_errors);
		else if (!strcmp(line, "idle\n"))
			worker_set(&worker, WORK_IDLE), puts("ok");
		else if (!strcmp(line, "work\n"))
			worker_set(&worker, WORK_BUSY), puts("ok");
		else
			puts("what?");
	}
	return 0;
}
