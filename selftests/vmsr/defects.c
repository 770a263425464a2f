// SPDX-License-Identifier: GPL-2.0-only
/*
 * defects NUMBER: whether vmsr is free of one of the 22 known defects of virtual
 * RAPL that samples threads in user space; the tests defect-NN-*.sh say what each
 * is. Run as root with the module loaded, in a machine with the model. Says what
 * is wrong and ends with 1, or ends with 0.
 */
#include <err.h>

#include "workers.h"

#define CHECK(condition, fmt, ...)					\
	do {								\
		if (!(condition))					\
			errx(1, "%s: " fmt, #condition, __VA_ARGS__);	\
	} while (0)

static int dev;

static int vm_make(unsigned int interface, unsigned int vcpus,
		   unsigned int packages, unsigned int flags,
		   struct vmsr_create_vm *made)
{
	int fd = vl_create(dev, interface, vcpus, packages, vcpus, flags,
			   "defect", made);

	if (fd < 0)
		err(1, "a VM");
	return fd;
}

static void vcpu_add(int fd, unsigned int vcpu, int tid, unsigned int package)
{
	if (vl_add(fd, vcpu, tid, package, vcpu))
		err(1, "vCPU %u", vcpu);
}

static uint64_t msr(int fd, unsigned int vcpu, unsigned int index)
{
	uint64_t value;

	if (vl_read(fd, vcpu, index, &value))
		err(1, "MSR 0x%x of vCPU %u", index, vcpu);
	return value;
}

static struct vmsr_energy energy(int fd)
{
	struct vmsr_energy e;

	if (vl_energy(fd, &e))
		err(1, "energy");
	return e;
}

static void periods(int fd, unsigned int n)
{
	if (vl_wait(fd, n))
		err(1, "waiting");
}

static struct vl_packages packages(void)
{
	struct vl_packages p;

	if (vl_get_packages(&p) || !p.nr)
		errx(1, "packages");
	return p;
}

/* Time of a VM, exactly. */
static int64_t exact_ns(uint32_t id)
{
	int64_t ns;

	if (vl_sums(id, NULL, &ns))
		errx(1, "VMs");
	return ns;
}

/* A thread that never runs for a whole tick of 10 ms has its time all the same. */
static void ticks(void)
{
	struct vmsr_create_vm made;
	struct worker w;
	uint64_t start, ran;
	int64_t ns;
	int fd = vm_make(0, 1, 1, VMSR_CREATE_NO_OVERHEAD, &made);

	worker_start(&w);
	start = worker_ns(&w);
	vcpu_add(fd, 0, w.tid, 0);
	worker_set(&w, WORK_NAP);
	periods(fd, 4);
	worker_set(&w, WORK_IDLE);
	ran = worker_ns(&w) - start;
	periods(fd, 2);
	ns = exact_ns(made.id);
	CHECK(ns == (int64_t)ran, "%lld of %llu ns", (long long)ns, (unsigned long long)ran);
	CHECK(energy(fd).vcpu_uj > 0, "%llu uJ", energy(fd).vcpu_uj);
	worker_end(&w);
}

/* Between two windows there is nothing: ten of them are what the hardware did. */
static void gaps(void)
{
	struct vl_packages before, after;
	uint32_t raw[VL_MAX_PACKAGES];
	unsigned int i;
	int fd = vm_make(0, 1, 1, 0, NULL);

	model_freeze();
	periods(fd, 2);
	before = packages();
	for (i = 0; i < before.nr; i++)
		raw[i] = model_package("raw", i);
	model_power("20000", "1000", "10000");
	periods(fd, 10);
	model_freeze();
	periods(fd, 2);
	after = packages();
	for (i = 0; i < before.nr; i++) {
		uint32_t counted = model_package("raw", i) - raw[i];
		uint64_t units = after.p[i].units - before.p[i].units;

		CHECK(counted && units == (uint64_t)counted <<
		      (24 - after.p[i].shift), "package %u: %llu, raw %u", i,
		      (unsigned long long)units, counted);
	}
}

/* A read that fails at the start is not zero from which the counter leaps. */
static void first_read(void)
{
	struct vl_packages p;
	uint32_t raw;
	int fd;

	model_freeze();
	qmp(NULL, 0, "set " RAPL " fault gp=0xC001029B@0");
	fd = vm_make(0, 1, 1, 0, NULL);
	periods(fd, 3);
	p = packages();
	CHECK(p.p[0].read_errors, "%llu errors", (unsigned long long)p.p[0].read_errors);
	raw = model_package("raw", 0);
	qmp(NULL, 0, "set " RAPL " fault \"\"");
	CHECK(raw > 1000, "raw %u: too little to tell", raw);
	periods(fd, 3);
	p = packages();
	CHECK(p.p[0].units == 0, "%llu units", (unsigned long long)p.p[0].units);
	CHECK(p.p[0].reads > p.p[0].read_errors, "%llu reads",
	      (unsigned long long)p.p[0].reads);
}

/* A vCPU's thread that ends takes nothing away and adds nothing. */
static void exited_thread(void)
{
	struct vmsr_create_vm made;
	struct vmsr_energy before, after;
	struct worker w;
	uint64_t ran;
	int fd = vm_make(0, 1, 1, VMSR_CREATE_NO_OVERHEAD, &made);

	worker_start(&w);
	vcpu_add(fd, 0, w.tid, 0);
	worker_set(&w, WORK_BUSY);
	periods(fd, 3);
	worker_set(&w, WORK_IDLE);
	ran = worker_ns(&w);
	periods(fd, 2);
	before = energy(fd);
	CHECK(before.vcpu_uj > 0, "%llu uJ", before.vcpu_uj);
	worker_end(&w);
	periods(fd, 4);
	after = energy(fd);
	CHECK(after.vcpu_uj >= before.vcpu_uj, "%llu to %llu uJ", before.vcpu_uj,
	      after.vcpu_uj);
	/* What it ran on its way out is far less than what it worked. */
	CHECK(after.vcpu_uj < 2 * before.vcpu_uj, "%llu to %llu uJ",
	      before.vcpu_uj, after.vcpu_uj);
	CHECK(after.vcpu_ns < 2 * ran, "%llu ns", after.vcpu_ns);
}

/* A nanosecond of overhead is worth the same later as at first. */
static void decay(void)
{
	double worth[3];
	struct worker w, vcpu;
	struct vmsr_energy e, last;
	int fd = vm_make(0, 1, 1, 0, NULL), i;

	model_power("100000", "0", "0");
	worker_start(&vcpu);
	worker_start(&w);
	vcpu_add(fd, 0, vcpu.tid, 0);
	worker_set(&w, WORK_BUSY);
	periods(fd, 2);
	last = energy(fd);
	for (i = 0; i < 3; i++) {
		periods(fd, 8);
		e = energy(fd);
		worth[i] = (double)(e.overhead_uj - last.overhead_uj) /
			   (e.overhead_ns - last.overhead_ns);
		last = e;
	}
	CHECK(worth[2] > 0.9 * worth[0] && worth[2] < 1.1 * worth[0],
	      "%.5f, %.5f, %.5f uJ/ns", worth[0], worth[1], worth[2]);
	worker_end(&w);
	worker_end(&vcpu);
}

/* The main thread works, and nobody else. */
static void main_thread(void)
{
	volatile unsigned int i;
	struct vmsr_energy e;
	struct worker w;
	uint64_t before, ran;
	int fd = vm_make(0, 1, 1, 0, NULL);

	worker_start(&w);
	vcpu_add(fd, 0, w.tid, 0);
	before = process_ns();
	for (i = 0; i < 20000000; i++)
		;
	ran = process_ns() - before;
	periods(fd, 2);
	e = energy(fd);
	CHECK(e.overhead_ns >= ran, "%llu of %llu ns", e.overhead_ns, (unsigned long long)ran);
	CHECK(e.overhead_uj > 0 && !e.vcpu_uj, "%llu and %llu uJ",
	      e.overhead_uj, e.vcpu_uj);
	worker_end(&w);
}

/* All vCPUs of a package read the same, whoever of them works. */
static void same_for_all(void)
{
	struct vmsr_create_vm made;
	struct worker w[4];
	unsigned int i, round, seen = 0;
	uint64_t last = 0;
	int fd = vm_make(0, 4, 1, 0, &made);

	for (i = 0; i < 4; i++) {
		worker_start(&w[i]);
		vcpu_add(fd, i, w[i].tid, 0);
	}
	worker_set(&w[0], WORK_BUSY);
	for (round = 0; round < 100; round++) {
		uint64_t first = msr(fd, 0, 0x611), other[4];

		for (i = 1; i < 4; i++)
			other[i] = msr(fd, i, 0x611);
		/* No grid point in between. */
		if (msr(fd, 0, 0x611) != first)
			continue;
		for (i = 1; i < 4; i++)
			CHECK(other[i] == first, "vCPU %u: %llu, not %llu", i,
			      (unsigned long long)other[i], (unsigned long long)first);
		seen += first != last;
		last = first;
		vl_sleep_ms(5);
	}
	CHECK(seen > 1, "it changed %u times", seen);
	for (i = 0; i < 4; i++)
		worker_end(&w[i]);
}

/* vCPUs that come late, and go, and come again; none beyond what was said. */
static void vcpu_hotplug(void)
{
	struct worker w[3];
	unsigned int i;
	uint64_t v, before;
	int fd = vm_make(0, 8, 1, VMSR_CREATE_NO_OVERHEAD, NULL);

	for (i = 0; i < 3; i++)
		worker_start(&w[i]);
	vcpu_add(fd, 7, w[0].tid, 0);
	CHECK(vl_add(fd, 8, w[1].tid, 0, 0) && errno == EINVAL, "errno %d", errno);
	CHECK(vl_add(fd, ~0U, w[1].tid, 0, 0) && errno == EINVAL, "errno %d",
	      errno);
	CHECK(vl_read(fd, 8, 0x611, &v) && errno == ENOENT, "errno %d", errno);
	CHECK(vl_read(fd, 3, 0x611, &v) && errno == ENOENT, "errno %d", errno);
	worker_set(&w[1], WORK_BUSY);
	periods(fd, 2);
	before = msr(fd, 7, 0x611);
	vcpu_add(fd, 3, w[1].tid, 0);
	CHECK(msr(fd, 3, 0x611) >= before, "%llu", (unsigned long long)before);
	periods(fd, 3);
	CHECK(msr(fd, 7, 0x611) > before, "%llu", (unsigned long long)before);
	if (vl_remove(fd, 3))
		err(1, "removing");
	periods(fd, 2);
	before = msr(fd, 3, 0x611);
	periods(fd, 2);
	CHECK(msr(fd, 3, 0x611) == before, "%llu", (unsigned long long)before);
	vcpu_add(fd, 3, w[2].tid, 0);
	for (i = 0; i < 3; i++)
		worker_end(&w[i]);
}

/* What a VM has used and run, exactly and of one moment. */
static double joules(uint32_t id, double *seconds)
{
	uint64_t units;
	int64_t ns;

	if (vl_sums(id, &units, &ns))
		errx(1, "VMs");
	*seconds = ns / 1e9;
	return units / (double)(1 << 24);
}

/*
 * Two VMs on the threads of one core, of which one works half as long as the other.
 * All of it is in one window: whatever else ran there in it, a second is worth the
 * same to both.
 */
static void threads_of_a_core(void)
{
	double start[2], ran[2], used[2], at[2], core, worth;
	struct vmsr_create_vm made[2];
	cpu_set_t elsewhere;
	struct worker w[2];
	int fd[2], i;

	CPU_ZERO(&elsewhere);
	CPU_SET(0, &elsewhere);
	if (sched_setaffinity(0, sizeof(elsewhere), &elsewhere))
		err(1, "CPU 0");
	model_freeze();
	for (i = 0; i < 2; i++) {
		fd[i] = vm_make(0, 1, 1, VMSR_CREATE_NO_OVERHEAD, &made[i]);
		worker_start(&w[i]);
		vcpu_add(fd[i], 0, w[i].tid, 0);
		if (worker_pin(&w[i], 2 + i))
			err(1, "CPU %d", 2 + i);
	}
	periods(fd[0], 1);
	for (i = 0; i < 2; i++)
		start[i] = joules(made[i].id, &at[i]);
	core = model_package("core-energy-uj", 1) / 1e6;
	model_power("0", "0", "10000");
	worker_set(&w[0], WORK_BUSY);
	worker_set(&w[1], WORK_BUSY);
	vl_sleep_ms(1000);
	worker_set(&w[1], WORK_IDLE);
	vl_sleep_ms(1000);
	worker_set(&w[0], WORK_IDLE);
	model_freeze();
	core = model_package("core-energy-uj", 1) / 1e6 - core;
	periods(fd[0], 1);
	for (i = 0; i < 2; i++) {
		used[i] = joules(made[i].id, &ran[i]) - start[i];
		ran[i] -= at[i];
		CHECK(ran[i] > 0, "VM %d", i);
		printf("# VM %d: %.4f J in %.4f s\n", i, used[i], ran[i]);
	}
	CHECK(ran[0] > 1.3 * ran[1], "%.4f s", ran[1]);
	worth = used[0] / ran[0] * ran[1] / used[1];
	CHECK(worth > 0.99 && worth < 1.01, "%.4f", worth);
	/* Together they have what the core measured, and who else was there a little. */
	CHECK(used[0] + used[1] < 1.001 * core, "of %.4f J", core);
	CHECK(used[0] + used[1] > 0.5 * core, "of %.4f J", core);
	for (i = 0; i < 2; i++)
		worker_end(&w[i]);
}

/* Twenty VMs do not make anybody read more often than one does. */
static void cost(void)
{
	uint64_t reads, n;
	struct vmsr_energy e;
	struct worker w[20];
	int fd[20], i;

	for (i = 0; i < 20; i++) {
		fd[i] = vm_make(0, 1, 1, VMSR_CREATE_NO_OVERHEAD, NULL);
		worker_start(&w[i]);
		vcpu_add(fd[i], 0, w[i].tid, 0);
		worker_set(&w[i], WORK_NAP);
	}
	e = energy(fd[0]);
	n = e.updates;
	reads = model_package("reads", 0);
	periods(fd[0], 10);
	/* In this order: no read that is counted is of a later period. */
	reads = model_package("reads", 0) - reads;
	e = energy(fd[0]);
	n = e.updates - n;
	CHECK(reads && reads <= n + 1, "%llu reads in %llu periods", (unsigned long long)reads,
	      (unsigned long long)n);
	for (i = 0; i < 20; i++)
		worker_end(&w[i]);
}

/* Without a VM nothing is read; some ten seconds after the last one, too. */
static void nobody_reads(void)
{
	uint64_t reads = model_package("reads", 0);
	int fd;

	vl_sleep_ms(500);
	CHECK(model_package("reads", 0) == reads, "%llu reads before",
	      (unsigned long long)reads);
	fd = vm_make(0, 1, 1, 0, NULL);
	periods(fd, 3);
	CHECK(model_package("reads", 0) >= reads + 3, "%llu reads before",
	      (unsigned long long)reads);
	close(fd);
	while (packages().p[0].active)
		vl_sleep_ms(200);
	reads = model_package("reads", 0);
	vl_sleep_ms(500);
	CHECK(model_package("reads", 0) == reads, "%llu reads before",
	      (unsigned long long)reads);
}

/* The host's limit, TDP and units stay with the host; a write does not fault. */
static void host_values(void)
{
	uint64_t limit;
	int fd = vm_make(VMSR_INTERFACE_INTEL, 1, 1, 0, NULL);

	vcpu_add(fd, 0, 0, 0);
	limit = msr(fd, 0, 0x610);
	CHECK(limit >> 63, "0x610 is 0x%llx", (unsigned long long)limit);
	/* The model's TDP is 200 W, the administrator's 77 W. */
	CHECK((msr(fd, 0, 0x614) & 0x7fff) == 77 * 8, "0x614 is 0x%llx",
	      (unsigned long long)msr(fd, 0, 0x614));
	CHECK((limit & 0x7fff) == 77 * 8, "0x610 is 0x%llx", (unsigned long long)limit);
	if (vl_write(fd, 0, 0x610, 0x8001))
		err(1, "writing 0x610");
	CHECK(msr(fd, 0, 0x610) == limit, "0x610 was 0x%llx", (unsigned long long)limit);
	CHECK(msr(fd, 0, 0x606) == 0xa0e03, "0x606 is 0x%llx",
	      (unsigned long long)msr(fd, 0, 0x606));
}

/* A guest that looks before anything ran finds every counter there. */
static void early_look(void)
{
	int intel = vm_make(VMSR_INTERFACE_INTEL, 1, 1, 0, NULL);
	int amd = vm_make(VMSR_INTERFACE_AMD, 1, 1, 0, NULL);
	struct worker w[2];

	worker_start(&w[0]);
	worker_start(&w[1]);
	vcpu_add(intel, 0, w[0].tid, 0);
	vcpu_add(amd, 0, w[1].tid, 0);
	CHECK(msr(intel, 0, 0x611), "0x611 is %d", 0);
	CHECK(msr(amd, 0, 0xC001029A), "0xC001029A is %d", 0);
	CHECK(msr(amd, 0, 0xC001029B), "0xC001029B is %d", 0);
}

/* A guest sees each of its cores, and its packages apart. */
static void domains(void)
{
	uint64_t core[2], package[2];
	struct worker w[2];
	unsigned int i;
	int fd = vl_create(dev, VMSR_INTERFACE_AMD, 2, 2, 2,
			   VMSR_CREATE_NO_OVERHEAD, "domains", NULL);

	for (i = 0; i < 2; i++) {
		worker_start(&w[i]);
		if (vl_add(fd, i, w[i].tid, i, i))
			err(1, "vCPU %u", i);
		core[i] = msr(fd, i, 0xC001029A);
		package[i] = msr(fd, i, 0xC001029B);
	}
	worker_set(&w[1], WORK_BUSY);
	periods(fd, 3);
	worker_set(&w[1], WORK_IDLE);
	periods(fd, 2);
	CHECK(msr(fd, 1, 0xC001029A) > core[1], "core 1 was %llu", (unsigned long long)core[1]);
	CHECK(msr(fd, 0, 0xC001029A) == core[0], "core 0 was %llu",
	      (unsigned long long)core[0]);
	CHECK(msr(fd, 1, 0xC001029B) > package[1], "package 1 was %llu",
	      (unsigned long long)package[1]);
	CHECK(msr(fd, 0, 0xC001029B) == package[0], "package 0 was %llu",
	      (unsigned long long)package[0]);
	for (i = 0; i < 2; i++)
		worker_end(&w[i]);
}

/* On AMD, for guests of both vendors. */
static void vendors(void)
{
	static const unsigned int counter[] = { 0x611, 0xC001029B };
	struct vl_config c;
	struct worker w[2];
	unsigned int i;
	int fd[2];

	CHECK(!vl_get_config(&c) && !strcmp(c.source, "amd-msr"), "source %s",
	      c.source);
	for (i = 0; i < 2; i++) {
		fd[i] = vm_make(i, 1, 1, 0, NULL);
		worker_start(&w[i]);
		vcpu_add(fd[i], 0, w[i].tid, 0);
		worker_set(&w[i], WORK_BUSY);
	}
	periods(fd[0], 4);
	for (i = 0; i < 2; i++)
		CHECK(msr(fd[i], 0, counter[i]) > 1, "0x%x", counter[i]);
	for (i = 0; i < 2; i++)
		worker_end(&w[i]);
}

static const struct {
	int number;
	void (*fn)(void);
} defects[] = {
	{ 1, ticks }, { 2, gaps }, { 4, first_read }, { 5, exited_thread },
	{ 6, decay }, { 7, main_thread }, { 10, same_for_all },
	{ 11, vcpu_hotplug }, { 15, threads_of_a_core }, { 16, cost }, { 17, nobody_reads },
	{ 19, host_values }, { 20, early_look }, { 21, domains },
	{ 22, vendors },
};

int main(int argc, char **argv)
{
	unsigned int i;

	dev = vl_open();
	if (dev < 0)
		err(1, "/dev/vmsr");
	model_power("20000", "1000", "10000");
	for (i = 0; argc == 2 && i < sizeof(defects) / sizeof(defects[0]); i++)
		if (defects[i].number == atoi(argv[1])) {
			defects[i].fn();
			return 0;
		}
	errx(2, "usage: defects NUMBER");
}
