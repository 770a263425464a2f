// SPDX-License-Identifier: GPL-2.0-only
// link: -lm
/*
 * accuracy pinned|floating|hopping VMS SECONDS WATTS...: what VMs of one vCPU each
 * were told to have used, by vmsr and by QEMU's way on the same threads at the same
 * time, against what is true. Each package draws the same power at all times (one
 * number a package), so a nanosecond on one of its CPUs is worth the same always and
 * the truth is the scheduler's own figure for the thread, times that. Prints
 *
 *	PLACE VMS MEDIAN WORST MEDIAN WORST
 *
 * errors of a VM in per cent: of vmsr, then of the other.
 */
#include <err.h>
#include <math.h>
#include <stddef.h>

#include "peer.h"
#include "workers.h"

#define MAX_VMS		100
#define CYCLE_NS	100000000
/* So many tenths of a second a hopping thread stays on a package. */
#define STAY		7

enum place { PINNED, FLOATING, HOPPING };

static struct load {
	pthread_t thread;
	struct peer_thread seen;
	unsigned int package;
	uint64_t burn_ns;
	/* What it ran on each package, and had run when it came to this one. */
	uint64_t ns[VL_MAX_PACKAGES], since;
	/* For a hop: the thread is to wait for it, and does. */
	atomic_int asked, parked;
	atomic_int waits, rests;
	int vm;
	uint32_t id;
	double peer_j, exact_j, vmsr_j;
} load[MAX_VMS];

static unsigned int vms, packages, cpus;
static enum place place;
static double watts[VL_MAX_PACKAGES];
static unsigned int package_of[256], cpus_of[VL_MAX_PACKAGES];
static int msr_of[VL_MAX_PACKAGES];
static uint32_t counted[VL_MAX_PACKAGES];
static atomic_int go, stop;

static uint64_t thread_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void bring_to(int tid, unsigned int package)
{
	unsigned int cpu;
	cpu_set_t set;

	CPU_ZERO(&set);
	for (cpu = 0; cpu < cpus; cpu++)
		if (package_of[cpu] == package)
			CPU_SET(cpu, &set);
	if (sched_setaffinity(tid, sizeof(set), &set))
		err(1, "sched_setaffinity");
}

static void *work(void *arg)
{
	struct load *l = arg;
	uint64_t start;

	l->seen.tid = vl_gettid();
	if (place != FLOATING)
		bring_to(0, l->package);
	atomic_store(&l->waits, 1);
	vl_wait_while(&go, 0);
	while (!atomic_load(&stop)) {
		if (atomic_load(&l->asked)) {
			atomic_store(&l->parked, 1);
			vl_wait_while(&l->asked, 1);
		}
		start = thread_ns();
		while (thread_ns() - start < l->burn_ns)
			;
		vl_sleep_ms((CYCLE_NS - l->burn_ns) / 1000000);
	}
	atomic_store(&l->rests, 1);
	/* Not to its end: what it still does there nobody could compare. */
	pause();
	return NULL;
}

static uint64_t ran(const struct load *l)
{
	return vl_schedstat(getpid(), l->seen.tid);
}

/*
 * To the next package, while it waits for just that: a thread that may wake at any
 * time could run on either before it is looked at, and nobody knew what it ran where.
 */
static void hop(struct load *l)
{
	uint64_t now;

	vl_wait_asleep(l->seen.tid);
	now = ran(l);
	l->ns[l->package] += now - l->since;
	l->since = now;
	l->package = (l->package + 1) % packages;
	bring_to(l->seen.tid, l->package);
	atomic_store(&l->parked, 0);
	vl_post(&l->asked, 0);
}

static void find_cpus(void)
{
	unsigned int cpu, p;
	char path[80];
	FILE *f;

	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	for (cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%u/topology/physical_package_id",
			 cpu);
		f = fopen(path, "r");
		if (!f || fscanf(f, "%u", &p) != 1 || p >= packages)
			errx(1, "%s", path);
		fclose(f);
		package_of[cpu] = p;
		if (cpus_of[p]++)
			continue;
		snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
		msr_of[p] = open(path, O_RDONLY | O_CLOEXEC);
		if (msr_of[p] < 0)
			err(1, "%s", path);
	}
}

static uint32_t counter(unsigned int package)
{
	uint64_t value;

	if (pread(msr_of[package], &value, 8, PEER_PACKAGE_MSR) != 8)
		err(1, "the counter of package %u", package);
	return value;
}

/*
 * One window of all VMs ends and the next begins: a share of the capacity of where
 * the vCPU is now. QEMU has a gap there, in which energy is lost, and reads for each
 * VM anew; neither is held against it here.
 */
static void peer_window(bool first)
{
	uint32_t used[VL_MAX_PACKAGES], now;
	unsigned int i, p;

	for (p = 0; p < packages; p++) {
		now = counter(p);
		used[p] = now - counted[p];
		counted[p] = now;
	}
	for (i = 0; i < vms; i++) {
		struct load *l = &load[i];
		struct peer_thread before = l->seen;

		if (peer_look(getpid(), &l->seen))
			err(1, "a thread's ticks");
		p = package_of[l->seen.cpu];
		if (!first)
			l->peer_j += used[p] / 16384.0 *
				     (l->seen.ticks - before.ticks) /
				     (100.0 * cpus_of[p]);
	}
}

static void begin(unsigned int i)
{
	struct load *l = &load[i];
	uint64_t burn = CYCLE_NS / vms;
	struct vmsr_create_vm made;
	static int dev = -1;

	if (dev < 0)
		dev = vl_open();
	if (burn > CYCLE_NS / 2)
		burn = CYCLE_NS / 2;
	/* Some do three times as much as others. */
	l->burn_ns = burn / 2 + burn * (i % 8) / 8;
	l->package = i % packages;
	if (pthread_create(&l->thread, NULL, work, l))
		errx(1, "a thread");
	while (!atomic_load(&l->waits))
		vl_sleep_ms(1);
	/* Now it sleeps for nothing else but the start. */
	vl_wait_asleep(l->seen.tid);
	l->vm = vl_create(dev, VMSR_INTERFACE_INTEL, 1, 1, 1,
			  VMSR_CREATE_NO_OVERHEAD, "measured", &made);
	if (l->vm < 0 || vl_add(l->vm, 0, l->seen.tid, 0, 0))
		err(1, "a VM");
	l->id = made.id;
	l->since = ran(l);
}

static void collect(void)
{
	struct vl_vms all = {};
	unsigned int i, k, p;

	if (vl_get_vms(&all))
		errx(1, "the VMs");
	for (i = 0; i < vms; i++) {
		struct load *l = &load[i];

		for (k = 0; k < all.nr; k++)
			for (p = 0; all.v[k].id == l->id && p < packages; p++)
				l->vmsr_j += all.v[k].units[p] /
					     (double)(1 << 24);
		vl_wait_asleep(l->seen.tid);
		l->ns[l->package] += ran(l) - l->since;
		for (p = 0; p < packages; p++)
			l->exact_j += l->ns[p] / 1e9 * watts[p] / cpus_of[p];
	}
	free(all.v);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_errors(size_t told)
{
	double e[MAX_VMS];
	unsigned int i;

	for (i = 0; i < vms; i++) {
		double j = *(const double *)((const char *)&load[i] + told);

		e[i] = 100 * fabs(j / load[i].exact_j - 1);
	}
	qsort(e, vms, sizeof(e[0]), compare);
	printf(" %.3f %.3f", e[vms / 2], e[vms - 1]);
}

int main(int argc, char **argv)
{
	static const char * const places[] = { "pinned", "floating", "hopping" };
	unsigned int i, tenth, seconds;

	for (i = 0; argc > 1 && i < 3 && strcmp(argv[1], places[i]); i++)
		;
	if (argc < 5 || i == 3)
		errx(2, "usage: accuracy pinned|floating|hopping VMS SECONDS WATTS...");
	place = i;
	vms = atoi(argv[2]);
	seconds = atoi(argv[3]);
	packages = argc - 4;
	if (!vms || vms > MAX_VMS || !seconds || packages > VL_MAX_PACKAGES)
		errx(2, "at most %u VMs and %u packages", MAX_VMS,
		     VL_MAX_PACKAGES);
	for (i = 0; i < packages; i++)
		watts[i] = atof(argv[4 + i]);
	find_cpus();
	for (i = 0; i < vms; i++)
		begin(i);
	/* Both begin before the load does, and end after it. */
	if (vl_wait(load[0].vm, 2))
		err(1, "waiting");
	peer_window(true);
	vl_post(&go, 1);
	for (tenth = 1; tenth <= 10 * (seconds + 1); tenth++) {
		vl_sleep_ms(100);
		for (i = 0; place == HOPPING && i < vms; i++) {
			if (atomic_load(&load[i].parked))
				hop(&load[i]);
			if (tenth % STAY == i % STAY && tenth < 10 * seconds)
				atomic_store(&load[i].asked, 1);
		}
		if (tenth == 10 * seconds)
			atomic_store(&stop, 1);
		if (tenth % 10 == 0)
			peer_window(false);
	}
	for (i = 0; i < vms; i++)
		while (!atomic_load(&load[i].rests)) {
			if (atomic_load(&load[i].parked))
				hop(&load[i]);
			vl_sleep_ms(10);
		}
	if (vl_wait(load[0].vm, 3))
		err(1, "waiting");
	collect();
	printf("%s %u", places[place], vms);
	print_errors(offsetof(struct load, vmsr_j));
	print_errors(offsetof(struct load, peer_j));
	putchar('\n');
	return 0;
}
