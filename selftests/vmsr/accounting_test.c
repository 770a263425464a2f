// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time and energy of VMs, against what the scheduler and the bench's model of the
 * hardware say themselves. Run as root with the module loaded, in a machine with
 * the model.
 *
 * No comparison here has a tolerance in time: a thread that sleeps has figures
 * that are exact, and where one must be running, it is asked before and after.
 */
#include <sys/wait.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "workers.h"

/* A debug kernel under emulation, with others on the same host. */
#define LONG 600

static struct vl_vm find_vm(struct __test_metadata *_metadata, uint32_t id)
{
	struct vl_vm found = {};
	struct vl_vms all = {};
	unsigned int i;

	ASSERT_EQ(0, vl_get_vms(&all));
	for (i = 0; i < all.nr; i++)
		if (all.v[i].id == id)
			found = all.v[i];
	free(all.v);
	ASSERT_EQ(id, found.id);
	return found;
}

static int64_t vm_ns(const struct vl_vm *vm)
{
	int64_t ns = 0;
	unsigned int i;

	for (i = 0; i < VL_MAX_PACKAGES; i++)
		ns += vm->ns[i];
	return ns;
}

/*
 * The VM as it is when nobody's slice is counted in part. Where a window ends in
 * the middle of a slice of the caller's, that is counted by the clock until the
 * slice ends, interrupts and all; what was too much is taken back then. So only
 * what stays is too much.
 */
static struct vl_vm find_vm_at_most(struct __test_metadata *_metadata, int fd,
				    uint32_t id, uint64_t (*ran)(void),
				    uint64_t before)
{
	struct vl_vm vm;
	int tries = 20;

	do {
		ASSERT_EQ(0, vl_wait(fd, 1));
		vm = find_vm(_metadata, id);
	} while (vm_ns(&vm) > (int64_t)(ran() - before) && --tries);
	return vm;
}

static uint64_t vm_units(const struct vl_vm *vm)
{
	uint64_t units = 0;
	unsigned int i;

	for (i = 0; i < VL_MAX_PACKAGES; i++)
		units += vm->units[i];
	return units;
}

/*
 * To the unit: a package's energy is that of VMs, rest and idle, and what VMs got
 * is that of those there are and of those that are gone. Both dumps must be of
 * one grid point: if the packages' figures changed in between, again.
 */
static void check_conservation(struct __test_metadata *_metadata)
{
	struct vl_packages p, again;
	struct vl_vms all = {};
	unsigned int i, k;

	do {
		free(all.v);
		memset(&all, 0, sizeof(all));
		ASSERT_EQ(0, vl_get_packages(&p));
		ASSERT_EQ(0, vl_get_vms(&all));
		ASSERT_EQ(0, vl_get_packages(&again));
	} while (memcmp(&p, &again, sizeof(p)));
	ASSERT_GT(p.nr, 0);
	for (i = 0; i < p.nr; i++) {
		uint64_t sum = p.p[i].departed;

		EXPECT_EQ(p.p[i].units,
			  p.p[i].vms + p.p[i].rest + p.p[i].idle);
		for (k = 0; k < all.nr; k++)
			sum += all.v[k].units[i];
		EXPECT_EQ(p.p[i].vms, sum);
	}
	free(all.v);
}

FIXTURE(energy)
{
	int dev;
	unsigned int nr_packages;
};

FIXTURE_SETUP(energy)
{
	struct vl_packages p;

	self->dev = vl_open();
	ASSERT_GE(self->dev, 0);
	ASSERT_EQ(0, vl_get_packages(&p));
	self->nr_packages = p.nr;
	model_power("20000", "1000", "10000");
}

FIXTURE_TEARDOWN(energy)
{
	close(self->dev);
}

static int make_vm(struct __test_metadata *_metadata, int dev,
		   unsigned int vcpus, unsigned int flags, const char *name,
		   uint32_t *id)
{
	struct vmsr_create_vm made;
	int fd = vl_create(dev, VMSR_INTERFACE_INTEL, vcpus, 1, vcpus, flags,
			   name, &made);

	ASSERT_GE(fd, 0);
	*id = made.id;
	return fd;
}

TEST_F_TIMEOUT(energy, busy_and_idle_vm_are_told_apart, LONG)
{
	struct worker busy, idle;
	struct vmsr_energy e;
	uint32_t busy_id, idle_id;
	int busy_fd, idle_fd;
	struct vl_vm vm;
	uint64_t start, first;

	busy_fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD,
			  "busy", &busy_id);
	idle_fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD,
			  "idle", &idle_id);
	worker_start(&busy);
	worker_start(&idle);
	start = worker_ns(&busy);
	ASSERT_EQ(0, vl_add(busy_fd, 0, busy.tid, 0, 0));
	ASSERT_EQ(0, vl_add(idle_fd, 0, idle.tid, 0, 0));
	worker_set(&busy, WORK_BUSY);
	ASSERT_EQ(0, vl_wait(busy_fd, 2));
	ASSERT_EQ(0, vl_energy(busy_fd, &e));
	EXPECT_GT(e.power_uw, 0);
	first = e.vcpu_uj;
	EXPECT_GT(first, 0);
	ASSERT_EQ(0, vl_wait(busy_fd, 5));
	worker_set(&busy, WORK_IDLE);
	ASSERT_EQ(0, vl_wait(busy_fd, 2));

	ASSERT_EQ(0, vl_energy(busy_fd, &e));
	EXPECT_GT(e.vcpu_uj, first);
	EXPECT_EQ(0, e.overhead_uj);
	EXPECT_EQ(0, e.overhead_ns);
	EXPECT_EQ(0, e.power_uw);
	/* To the nanosecond what the scheduler says. */
	vm = find_vm(_metadata, busy_id);
	EXPECT_EQ(worker_ns(&busy) - start, vm_ns(&vm));
	EXPECT_EQ(vm.vcpu_uj, e.vcpu_uj);
	/* vcpu_ns never goes back, so it may be a little more. */
	EXPECT_GE(e.vcpu_ns, vm_ns(&vm));

	ASSERT_EQ(0, vl_energy(idle_fd, &e));
	EXPECT_EQ(0, e.vcpu_uj);
	EXPECT_EQ(0, e.vcpu_ns);
	EXPECT_EQ(0, e.power_uw);
	check_conservation(_metadata);
	worker_end(&busy);
	worker_end(&idle);
	close(busy_fd);
	close(idle_fd);
}

TEST_F_TIMEOUT(energy, time_is_exact_however_threads_run, LONG)
{
	static const enum work how[] = {
		WORK_BUSY, WORK_YIELD, WORK_NAP, WORK_YIELD, WORK_BUSY,
	};
	struct worker w[ARRAY_SIZE(how)];
	uint64_t start[ARRAY_SIZE(how)];
	uint32_t id[ARRAY_SIZE(how)];
	int fd[ARRAY_SIZE(how)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(how); i++) {
		fd[i] = make_vm(_metadata, self->dev, 1,
				VMSR_CREATE_NO_OVERHEAD, "worker", &id[i]);
		worker_start(&w[i]);
		start[i] = worker_ns(&w[i]);
		ASSERT_EQ(0, vl_add(fd[i], 0, w[i].tid, 0, 0));
	}
	for (i = 0; i < ARRAY_SIZE(how); i++)
		worker_set(&w[i], how[i]);
	ASSERT_EQ(0, vl_wait(fd[0], 8));
	for (i = 0; i < ARRAY_SIZE(how); i++)
		worker_set(&w[i], WORK_IDLE);
	ASSERT_EQ(0, vl_wait(fd[0], 2));
	for (i = 0; i < ARRAY_SIZE(how); i++) {
		struct vl_vm vm = find_vm(_metadata, id[i]);

		EXPECT_GT(vm_ns(&vm), 0);
		EXPECT_EQ(worker_ns(&w[i]) - start[i], vm_ns(&vm));
		worker_end(&w[i]);
	}
	check_conservation(_metadata);
	for (i = 0; i < ARRAY_SIZE(how); i++)
		close(fd[i]);
}

TEST_F_TIMEOUT(energy, package_is_what_the_hardware_counted, LONG)
{
	struct vl_packages before, after;
	uint32_t raw[VL_MAX_PACKAGES];
	uint64_t uj[VL_MAX_PACKAGES];
	struct worker w;
	unsigned int i;
	uint32_t id;
	int fd;

	/* The counters stand still while both sides are asked. */
	model_freeze();
	fd = make_vm(_metadata, self->dev, 1, 0, "one", &id);
	worker_start(&w);
	ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
	ASSERT_EQ(0, vl_wait(fd, 2));
	ASSERT_EQ(0, vl_get_packages(&before));
	for (i = 0; i < before.nr; i++) {
		raw[i] = model_package("raw", i);
		uj[i] = model_package("energy-uj", i);
	}
	model_power("20000:35000", "1000", "10000:3000");
	worker_set(&w, WORK_BUSY);
	ASSERT_EQ(0, vl_wait(fd, 10));
	worker_set(&w, WORK_IDLE);
	model_freeze();
	ASSERT_EQ(0, vl_wait(fd, 2));
	ASSERT_EQ(0, vl_get_packages(&after));
	ASSERT_EQ(before.nr, after.nr);
	for (i = 0; i < after.nr; i++) {
		uint32_t counted = model_package("raw", i) - raw[i];
		uint64_t model_uj = model_package("energy-uj", i) - uj[i];
		uint64_t units = after.p[i].units - before.p[i].units;
		uint64_t module_uj = after.p[i].uj - before.p[i].uj;
		/* A unit of the counter, which may have been begun twice. */
		uint64_t unit_uj = (1000000 >> after.p[i].shift) + 1;

		EXPECT_GT(counted, 0);
		EXPECT_EQ((uint64_t)counted << (24 - after.p[i].shift), units);
		EXPECT_LE(module_uj, model_uj + 2 * unit_uj);
		EXPECT_GE(module_uj + 2 * unit_uj, model_uj);
		EXPECT_EQ(0, after.p[i].read_errors - before.p[i].read_errors);
	}
	check_conservation(_metadata);
	worker_end(&w);
	close(fd);
}

TEST_F_TIMEOUT(energy, share_of_a_constant_power, LONG)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double exact, got, per_cpu;
	struct worker w[2];
	struct vl_vm vm;
	uint32_t id;
	int fd, i;

	/*
	 * So many watts a CPU, whatever happens: then a nanosecond is worth the
	 * same at all times, and the exact share is known.
	 */
	model_power("100000", "0", "0");
	per_cpu = 100.0 * self->nr_packages / cpus;
	fd = make_vm(_metadata, self->dev, 2, VMSR_CREATE_NO_OVERHEAD, "share",
		     &id);
	ASSERT_EQ(0, vl_wait(fd, 1));
	for (i = 0; i < 2; i++) {
		worker_start(&w[i]);
		ASSERT_EQ(0, vl_add(fd, i, w[i].tid, 0, i));
	}
	worker_set(&w[0], WORK_BUSY);
	worker_set(&w[1], WORK_NAP);
	ASSERT_EQ(0, vl_wait(fd, 20));
	for (i = 0; i < 2; i++)
		worker_set(&w[i], WORK_IDLE);
	ASSERT_EQ(0, vl_wait(fd, 2));
	vm = find_vm(_metadata, id);
	exact = vm_ns(&vm) / 1e9 * per_cpu;
	got = vm_units(&vm) / (double)(1 << 24);
	TH_LOG("%.3f J for %.3f s on a CPU at %.1f W: %+.3f %%", got,
	       vm_ns(&vm) / 1e9, per_cpu, 100 * (got / exact - 1));
	EXPECT_GT(got, 0.99 * exact);
	EXPECT_LT(got, 1.01 * exact);
	for (i = 0; i < 2; i++)
		worker_end(&w[i]);
	close(fd);
}

TEST_F_TIMEOUT(energy, guest_sees_what_the_vm_used, LONG)
{
	uint64_t value, last = 0, package;
	const char *page;
	struct vmsr_create_vm made;
	struct vmsr_msr msr[32], *m = NULL;
	struct vmsr_msr_list list = {
		.size = sizeof(list), .entry_size = sizeof(msr[0]), .nr = 32,
		.entries = (uintptr_t)msr,
	};
	const volatile struct vmsr_page *head;
	struct vmsr_energy e;
	struct worker w[2];
	unsigned int i, seen = 0;
	int fd;

	fd = vl_create(self->dev, VMSR_INTERFACE_INTEL, 2, 2, 2,
		       VMSR_CREATE_NO_OVERHEAD, "guest", &made);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, ioctl(fd, VMSR_VM_LIST_MSRS, &list));
	for (i = 0; i < list.nr; i++)
		if (msr[i].index == 0x611)
			m = &msr[i];
	ASSERT_NE(NULL, m);
	page = mmap(NULL, made.map_size, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, page);
	head = (const void *)page;
	/* Two packages, of which one works. */
	for (i = 0; i < 2; i++) {
		worker_start(&w[i]);
		ASSERT_EQ(0, vl_add(fd, i, w[i].tid, i, i));
	}
	worker_set(&w[0], WORK_BUSY);
	for (i = 0; i < 200; i++) {
		uint32_t sequence;
		uint64_t at;

		/* The values of one moment: as a VMM would read several. */
		do {
			while ((sequence = head->sequence) & 1)
				;
			__atomic_thread_fence(__ATOMIC_ACQUIRE);
			package = *(volatile uint64_t *)(page + m->offset);
			at = head->updated_ns;
			__atomic_thread_fence(__ATOMIC_ACQUIRE);
		} while (head->sequence != sequence);
		ASSERT_GE(package, last);
		/* On the grid, and nowhere else. */
		ASSERT_EQ(0, at % head->period_ns);
		ASSERT_EQ(1, package % 16);
		seen += package != last;
		last = package;
		vl_sleep_ms(10);
	}
	EXPECT_GT(seen, 1);
	worker_set(&w[0], WORK_IDLE);
	ASSERT_EQ(0, vl_wait(fd, 2));

	/* By ioctl, from the page, and in microjoules: one and the same. */
	ASSERT_EQ(0, vl_read(fd, 0, 0x611, &value));
	EXPECT_EQ(value, *(volatile uint64_t *)(page + m->offset));
	ASSERT_EQ(0, vl_energy(fd, &e));
	EXPECT_LE((value - 1) * 1000000 / 16384, e.vcpu_uj);
	EXPECT_GT((value - 1 + 16) * 1000000 / 16384 + 1, e.vcpu_uj);
	/* The other package did nothing. */
	ASSERT_EQ(0, vl_read(fd, 1, 0x611, &value));
	EXPECT_EQ(1, value);
	for (i = 0; i < 2; i++)
		worker_end(&w[i]);
	munmap((void *)page, made.map_size);
	close(fd);
}

/* What a VM was told is between what its process had run at two moments. */
#define EXPECT_BETWEEN(low, ns, high) do {				\
		int64_t __ns = (ns);					\
									\
		EXPECT_LE((int64_t)(low), __ns);			\
		EXPECT_LE(__ns, (int64_t)(high));			\
	} while (0)

TEST_F_TIMEOUT(energy, other_threads_are_overhead, LONG)
{
	uint64_t before, after, low, vcpu;
	struct worker w, helper[3];
	struct vmsr_energy e;
	struct vl_vm vm;
	uint32_t id;
	int fd, i;

	fd = make_vm(_metadata, self->dev, 1, 0, "overhead", &id);
	worker_start(&w);
	for (i = 0; i < 3; i++)
		worker_start(&helper[i]);
	vcpu = worker_ns(&w);
	before = process_ns();
	ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
	after = process_ns();
	worker_set(&w, WORK_NAP);
	worker_set(&helper[0], WORK_BUSY);
	worker_set(&helper[1], WORK_YIELD);
	worker_set(&helper[2], WORK_NAP);
	ASSERT_EQ(0, vl_wait(fd, 5));
	worker_set(&w, WORK_IDLE);
	for (i = 0; i < 3; i++)
		worker_set(&helper[i], WORK_IDLE);
	low = process_ns() - after;
	ASSERT_EQ(0, vl_wait(fd, 2));
	vm = find_vm_at_most(_metadata, fd, id, process_ns, before);
	EXPECT_BETWEEN(low, vm_ns(&vm), process_ns() - before);
	ASSERT_EQ(0, vl_energy(fd, &e));
	EXPECT_EQ(worker_ns(&w) - vcpu, e.vcpu_ns);
	EXPECT_GT(e.overhead_ns, e.vcpu_ns);
	EXPECT_GT(e.overhead_uj, e.vcpu_uj);
	EXPECT_GT(e.vcpu_uj, 0);
	check_conservation(_metadata);
	worker_end(&w);
	for (i = 0; i < 3; i++)
		worker_end(&helper[i]);
	close(fd);
}

static void *burn(void *arg)
{
	volatile unsigned int i;

	for (i = 0; i < 100000; i++)
		;
	return arg;
}

TEST_F_TIMEOUT(energy, threads_that_start_and_end_lose_nothing, LONG)
{
	uint64_t before, after, low;
	struct worker w;
	struct vl_vm vm;
	uint32_t id;
	int fd, i;

	fd = make_vm(_metadata, self->dev, 1, 0, "churn", &id);
	worker_start(&w);
	before = cgroup_ns();
	ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
	after = process_ns();
	for (i = 0; i < 300; i++) {
		pthread_t t;

		ASSERT_EQ(0, pthread_create(&t, NULL, burn, NULL));
		pthread_join(t, NULL);
	}
	low = process_ns() - after;
	ASSERT_EQ(0, vl_wait(fd, 2));
	vm = find_vm_at_most(_metadata, fd, id, cgroup_ns, before);
	vl_sleep_ms(1);
	/* A group's time is told in whole microseconds. */
	EXPECT_BETWEEN(low, vm_ns(&vm), cgroup_ns() + 1000 - before);
	check_conservation(_metadata);
	worker_end(&w);
	close(fd);
}

TEST_F_TIMEOUT(energy, vcpu_threads_that_end_lose_nothing, LONG)
{
	uint64_t ran = 0;
	struct vl_vm vm;
	uint32_t id;
	int fd, i;

	fd = make_vm(_metadata, self->dev, 50, VMSR_CREATE_NO_OVERHEAD, "mortal",
		     &id);
	for (i = 0; i < 50; i++) {
		struct worker w;
		uint64_t start;

		worker_start(&w);
		start = worker_ns(&w);
		ASSERT_EQ(0, vl_add(fd, i, w.tid, 0, i));
		worker_set(&w, WORK_NAP);
		vl_sleep_ms(5);
		worker_set(&w, WORK_IDLE);
		ran += worker_ns(&w) - start;
		/* The steps to its end come on top. */
		worker_end(&w);
	}
	ASSERT_EQ(0, vl_wait(fd, 3));
	vm = find_vm(_metadata, id);
	EXPECT_GT(vm_ns(&vm), ran);
	EXPECT_EQ(0, vm.vcpus);
	check_conservation(_metadata);
	close(fd);
}

TEST_F_TIMEOUT(energy, added_and_removed_while_running, LONG)
{
	uint64_t added_low, added_high, gone_low, gone_high;
	struct worker w;
	struct vl_vm vm;
	uint32_t id;
	int fd, i;
	clockid_t clock;
	struct timespec ts;

#define THREAD_NS() ({							\
		clock_gettime(clock, &ts);				\
		ts.tv_sec * 1000000000ULL + ts.tv_nsec;			\
	})
	fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD, "guest",
		     &id);
	worker_start(&w);
	ASSERT_EQ(0, pthread_getcpuclockid(w.thread, &clock));
	worker_set(&w, WORK_BUSY);
	for (i = 0; i < 5; i++) {
		struct vl_vm start = find_vm(_metadata, id);

		added_low = THREAD_NS();
		ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
		added_high = THREAD_NS();
		ASSERT_EQ(0, vl_wait(fd, 3));
		gone_low = THREAD_NS();
		ASSERT_EQ(0, vl_remove(fd, 0));
		gone_high = THREAD_NS();
		/* It goes on, but not for the VM. */
		ASSERT_EQ(0, vl_wait(fd, 2));
		vm = find_vm(_metadata, id);
		EXPECT_BETWEEN(gone_low - added_high, vm_ns(&vm) - vm_ns(&start),
			       gone_high - added_low);
	}
	worker_end(&w);
	close(fd);
#undef THREAD_NS
}

TEST_F_TIMEOUT(energy, children_are_not_the_vm, LONG)
{
	uint64_t before, after, low;
	struct worker w;
	struct vl_vm vm;
	int fd, i, status;
	uint32_t id;

	fd = make_vm(_metadata, self->dev, 1, 0, "parent", &id);
	worker_start(&w);
	before = process_ns();
	ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
	after = process_ns();
	for (i = 0; i < 40; i++) {
		pid_t pid = fork();

		if (!pid) {
			burn(NULL);
			burn(NULL);
			if (i & 1)
				_exit(0);
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
	}
	low = process_ns() - after;
	ASSERT_EQ(0, vl_wait(fd, 2));
	vm = find_vm_at_most(_metadata, fd, id, process_ns, before);
	EXPECT_BETWEEN(low, vm_ns(&vm), process_ns() - before);
	check_conservation(_metadata);
	worker_end(&w);
	close(fd);
}

static uint64_t other_process_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

TEST_F_TIMEOUT(energy, attached_process_goes_on_after_exec, LONG)
{
	uint64_t before, after, low;
	struct vl_vm vm;
	uint32_t any;
	int fd, id, status, go[2];
	pid_t pid;
	char c = 0;

	/* Another VM, to count grid points with. */
	fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD, "clock",
		     &any);
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	if (!pid) {
		if (read(go[0], &c, 1) != 1)
			_exit(1);
		burn(NULL);
		execl("/bin/sh", "sh", "-c",
		      "i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; kill -STOP $$; exit 7",
		      NULL);
		_exit(1);
	}
	vl_wait_asleep(pid);
	before = other_process_ns(pid);
	id = vl_attach(pid, NULL);
	ASSERT_GT(id, 0);
	after = other_process_ns(pid);
	ASSERT_EQ(1, write(go[1], &c, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	low = other_process_ns(pid) - after;
	ASSERT_EQ(0, vl_wait(fd, 2));
	vm = find_vm(_metadata, id);
	EXPECT_EQ(VMSR_OWNER_ATTACHED, vm.owner);
	EXPECT_EQ(pid, vm.pid);
	EXPECT_GT(vm.overhead_uj, 0);
	EXPECT_EQ(0, vm.vcpus);
	EXPECT_BETWEEN(low, vm_ns(&vm), other_process_ns(pid) - before);
	kill(pid, SIGCONT);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(7, WEXITSTATUS(status));
	check_conservation(_metadata);
	close(fd);
}

TEST_F_TIMEOUT(energy, energy_of_vms_that_are_gone_is_kept, LONG)
{
	struct vl_packages before, after;
	uint32_t id, any;
	int fd, clock_fd, i;
	struct worker w;

	clock_fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD,
			   "clock", &any);
	worker_start(&w);
	worker_set(&w, WORK_BUSY);
	ASSERT_EQ(0, vl_get_packages(&before));
	/* They come and go in mid-window, with a thread that runs. */
	for (i = 0; i < 30; i++) {
		fd = make_vm(_metadata, self->dev, 1, 0, "short", &id);
		ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
		vl_sleep_ms(7);
		close(fd);
		if (i % 10 == 9)
			check_conservation(_metadata);
	}
	worker_set(&w, WORK_IDLE);
	ASSERT_EQ(0, vl_wait(clock_fd, 3));
	ASSERT_EQ(0, vl_get_packages(&after));
	check_conservation(_metadata);
	for (i = 0; i < before.nr; i++) {
		if (after.p[i].departed > before.p[i].departed)
			break;
	}
	EXPECT_LT(i, before.nr);
	worker_end(&w);
	close(clock_fd);
}

/* The index of the package that a CPU is in, or -1 when it is not online. */
static int package_of(const struct vl_packages *p, int cpu)
{
	char path[80];
	unsigned int i;
	int id = -1;
	FILE *f;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%d/topology/physical_package_id",
		 cpu);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &id) != 1)
		id = -1;
	fclose(f);
	for (i = 0; i < p->nr; i++)
		if ((int)p->p[i].id == id)
			return i;
	return -1;
}

TEST_F_TIMEOUT(energy, time_is_counted_where_it_ran, LONG)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct vl_packages p;
	unsigned int round;
	struct worker w;
	struct vl_vm vm;
	int fd, cpu;
	uint32_t id;

	ASSERT_EQ(0, vl_get_packages(&p));
	fd = make_vm(_metadata, self->dev, 1, VMSR_CREATE_NO_OVERHEAD, "moving",
		     &id);
	worker_start(&w);
	ASSERT_EQ(0, vl_add(fd, 0, w.tid, 0, 0));
	ASSERT_EQ(0, vl_wait(fd, 2));
	/* It sleeps while it is moved, so each round's time is known exactly. */
	for (round = 0; round < 2; round++) {
		for (cpu = 0; cpu < cpus; cpu++) {
			struct vl_vm before = find_vm(_metadata, id);
			int here = package_of(&p, cpu);
			uint64_t start = worker_ns(&w);
			unsigned int i;

			ASSERT_GE(here, 0);
			ASSERT_EQ(0, worker_pin(&w, cpu));
			worker_set(&w, round ? WORK_YIELD : WORK_BUSY);
			vl_sleep_ms(50);
			worker_set(&w, WORK_IDLE);
			ASSERT_EQ(0, vl_wait(fd, 2));
			vm = find_vm(_metadata, id);
			start = worker_ns(&w) - start;
			for (i = 0; i < p.nr; i++)
				EXPECT_EQ((int)i == here ? start : 0,
					  vm.ns[i] - before.ns[i]);
		}
	}
	check_conservation(_metadata);
	worker_end(&w);
	close(fd);
}

TEST_F_TIMEOUT(energy, thousand_vms, LONG)
{
	static struct worker w[1000];
	static int fd[1000];
	struct vmsr_info info = { .size = sizeof(info) };
	struct vl_vms all = {};
	unsigned int i, n = 0, before;
	uint64_t sum = 0;
	uint32_t id;

	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &info));
	before = info.nr_vms;
	for (i = 0; i < 1000; i++) {
		fd[i] = make_vm(_metadata, self->dev, 1,
				VMSR_CREATE_NO_OVERHEAD, "of many", &id);
		worker_start(&w[i]);
		ASSERT_EQ(0, vl_add(fd[i], 0, w[i].tid, 0, 0));
	}
	/* One in ten works; the others are there. */
	for (i = 0; i < 1000; i += 10)
		worker_set(&w[i], WORK_NAP);
	ASSERT_EQ(0, vl_wait(fd[0], 10));
	for (i = 0; i < 1000; i += 10)
		worker_set(&w[i], WORK_IDLE);
	ASSERT_EQ(0, vl_wait(fd[0], 2));
	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &info));
	EXPECT_EQ(before + 1000, info.nr_vms);
	ASSERT_EQ(0, vl_get_vms(&all));
	for (i = 0; i < all.nr; i++) {
		n += vm_ns(&all.v[i]) > 0;
		sum += vm_units(&all.v[i]);
	}
	free(all.v);
	EXPECT_GE(n, 100);
	EXPECT_GT(sum, 0);
	check_conservation(_metadata);
	for (i = 0; i < 1000; i++) {
		close(fd[i]);
		worker_end(&w[i]);
	}
	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &info));
	EXPECT_EQ(before, info.nr_vms);
}

TEST_HARNESS_MAIN
