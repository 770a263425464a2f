// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to a VM while it runs: its counters are carried to another, its
 * figures are waited for, period and policy change, helpers come, events are told.
 * Run as root with the module loaded with debug=1, in a machine with the model.
 */
#include <linux/vhost.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "workers.h"

/* A debug kernel under emulation, with others on the same host. */
#define LONG 600
#define NOBODY 65534

#define EXPECT_ERR(err, call)						\
	do {								\
		errno = 0;						\
		EXPECT_EQ(-1, (call));					\
		EXPECT_EQ(err, errno);					\
	} while (0)

#define EXPECT_WHY(text) EXPECT_STREQ(text, vl_why)

FIXTURE(runtime)
{
	int dev, fd;
	struct vmsr_create_vm made;
	struct worker w;
};

static int make_vm(int dev, const char *name, struct vmsr_create_vm *made)
{
	return vl_create(dev, VMSR_INTERFACE_INTEL, 2, 2, 2,
			 VMSR_CREATE_NO_OVERHEAD, name, made);
}

FIXTURE_SETUP(runtime)
{
	self->dev = vl_open();
	ASSERT_GE(self->dev, 0);
	model_power("20000", "1000", "10000");
	self->fd = make_vm(self->dev, "under test", &self->made);
	ASSERT_GE(self->fd, 0);
	worker_start(&self->w);
	ASSERT_EQ(0, vl_add(self->fd, 0, self->w.tid, 0, 0));
}

FIXTURE_TEARDOWN(runtime)
{
	worker_end(&self->w);
	close(self->fd);
	close(self->dev);
}

static void work_for(struct __test_metadata *_metadata, int fd,
		     struct worker *w, unsigned int periods)
{
	worker_set(w, WORK_BUSY);
	ASSERT_EQ(0, vl_wait(fd, periods));
	worker_set(w, WORK_IDLE);
	ASSERT_EQ(0, vl_wait(fd, 2));
}

struct saved {
	struct vmsr_state head;
	uint64_t energy[4];
};

static int save(int fd, struct saved *s, uint32_t length)
{
	struct vmsr_state_access a = {
		.size = sizeof(a), .length = length, .data = (uintptr_t)s,
	};

	return ioctl(fd, VMSR_VM_SAVE, &a);
}

static int restore(int fd, const struct saved *s, uint32_t length)
{
	struct vmsr_state_access a = {
		.size = sizeof(a), .length = length, .data = (uintptr_t)s,
	};

	return ioctl(fd, VMSR_VM_RESTORE, &a);
}

TEST_F_TIMEOUT(runtime, restored_counter_goes_on, LONG)
{
	uint64_t before, first, value, own;
	struct saved s, again;
	struct vmsr_energy e;
	struct worker w;
	int other;

	work_for(_metadata, self->fd, &self->w, 3);
	ASSERT_EQ(0, save(self->fd, &s, sizeof(s)));
	EXPECT_EQ(sizeof(s), s.head.length);
	EXPECT_GT(s.energy[0], 0);
	EXPECT_EQ(0, s.energy[1]);
	EXPECT_EQ(s.energy[0], s.energy[2]);
	ASSERT_EQ(0, vl_read(self->fd, 0, 0x611, &before));

	/* Another VM, as on another host: its guest goes on at once. */
	other = make_vm(self->dev, "restored", NULL);
	ASSERT_GE(other, 0);
	worker_start(&w);
	ASSERT_EQ(0, vl_add(other, 0, w.tid, 0, 0));
	ASSERT_EQ(0, restore(other, &s, sizeof(s)));
	ASSERT_EQ(0, vl_read(other, 0, 0x611, &first));
	EXPECT_EQ(before, first);
	ASSERT_EQ(0, save(other, &again, sizeof(again)));
	EXPECT_EQ(0, memcmp(&s, &again, sizeof(s)));
	/* What the host shows is what was used here. */
	ASSERT_EQ(0, vl_energy(other, &e));
	EXPECT_EQ(0, e.vcpu_uj);

	work_for(_metadata, other, &w, 3);
	ASSERT_EQ(0, vl_read(other, 0, 0x611, &value));
	EXPECT_GT(value, first);
	ASSERT_EQ(0, vl_energy(other, &e));
	own = (value - first) * 1000000 / 16384;
	EXPECT_LE(own, e.vcpu_uj + 1000);
	EXPECT_GE(own + 1000, e.vcpu_uj);
	/* An old state takes nothing back. */
	ASSERT_EQ(0, restore(other, &s, sizeof(s)));
	ASSERT_EQ(0, vl_read(other, 0, 0x611, &first));
	EXPECT_EQ(value, first);
	worker_end(&w);
	close(other);
}

TEST_F(runtime, hostile_state_is_refused)
{
	struct vmsr_state_access a = { .size = sizeof(a), .reserved = 1 };
	struct saved good, s;
	uint64_t value;

	ASSERT_EQ(0, save(self->fd, &good, sizeof(good)));
	a.length = sizeof(good);
	a.data = (uintptr_t)&good;
	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_SAVE, &a));
	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_RESTORE, &a));
	a.reserved = 0;
	a.flags = 1;
	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_RESTORE, &a));
	/* Too little room: the kernel says how much it takes. */
	a.flags = 0;
	a.length = sizeof(good) - 1;
	EXPECT_ERR(ENOSPC, ioctl(self->fd, VMSR_VM_SAVE, &a));
	EXPECT_EQ(sizeof(good), a.length);
	EXPECT_ERR(EFAULT, save(self->fd, (void *)8, sizeof(good)));
	EXPECT_ERR(EFAULT, restore(self->fd, (void *)8, sizeof(good)));

#define REFUSED(err, member, value) do {				\
		s = good;						\
		s.energy[0] = 1ULL << 40;				\
		s.member = value;					\
		EXPECT_ERR(err, restore(self->fd, &s, sizeof(s)));	\
	} while (0)
	REFUSED(EBADMSG, head.magic, 0);
	REFUSED(EOPNOTSUPP, head.version, 2);
	REFUSED(EOPNOTSUPP, head.version, 0);
	REFUSED(EBADMSG, head.length, sizeof(s) + 8);
	REFUSED(EBADMSG, head.length, 0);
	REFUSED(EBADMSG, head.shift, 14);
	REFUSED(EBADMSG, head.reserved, 1);
	REFUSED(EINVAL, head.interface, VMSR_INTERFACE_AMD);
	REFUSED(EINVAL, head.nr_packages, 1);
	REFUSED(EINVAL, head.nr_packages, 0x40000002);
	REFUSED(EINVAL, head.nr_cores, 3);
	REFUSED(EBADMSG, energy[3], VMSR_STATE_ENERGY_MAX + 1);
	REFUSED(EBADMSG, energy[1], ~0ULL);
#undef REFUSED
	EXPECT_ERR(EBADMSG, restore(self->fd, &good, sizeof(good.head) - 1));
	EXPECT_ERR(EBADMSG, restore(self->fd, &good, sizeof(good) - 8));
	EXPECT_ERR(EBADMSG, restore(self->fd, &good, 0));
	EXPECT_ERR(EBADMSG, restore(self->fd, &good, ~0U));
	/* None of these has moved anything. */
	ASSERT_EQ(0, vl_read(self->fd, 0, 0x611, &value));
	EXPECT_EQ(1, value);
	s = good;
	s.energy[0] = VMSR_STATE_ENERGY_MAX;
	EXPECT_EQ(0, restore(self->fd, &s, sizeof(s)));
	ASSERT_EQ(0, vl_read(self->fd, 0, 0x611, &value));
	EXPECT_NE(0, value);
}

TEST_F_TIMEOUT(runtime, poll_waits_for_figures, LONG)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN };
	struct vmsr_energy e;
	int i;

	ASSERT_EQ(0, vl_energy(self->fd, &e));
	/* Periods pass, but an idle VM has no news. */
	ASSERT_EQ(0, vl_wait(self->fd, 3));
	EXPECT_EQ(0, poll(&p, 1, 0));
	worker_set(&self->w, WORK_BUSY);
	for (i = 0; i < 3; i++) {
		uint64_t last = e.vcpu_uj;

		ASSERT_EQ(1, poll(&p, 1, -1));
		EXPECT_EQ(POLLIN, p.revents);
		/* It stays so until they are read. */
		EXPECT_EQ(1, poll(&p, 1, 0));
		ASSERT_EQ(0, vl_energy(self->fd, &e));
		EXPECT_GT(e.vcpu_uj, last);
	}
	worker_set(&self->w, WORK_IDLE);
	ASSERT_EQ(0, vl_wait(self->fd, 2));
	EXPECT_EQ(0, poll(&p, 1, 0));
}

TEST_F_TIMEOUT(runtime, period_changes, LONG)
{
	uint32_t ms = 300, bad = 99, worse = 10001, fair = 9;
	const volatile struct vmsr_page *page;
	struct vl_config c;
	struct saved s;
	uint64_t at;

	page = mmap(NULL, self->made.map_size, PROT_READ, MAP_SHARED, self->fd,
		    0);
	ASSERT_NE(MAP_FAILED, (void *)page);
	ASSERT_EQ(0, vl_get_config(&c));
	EXPECT_EQ(100, c.period_ms);
	EXPECT_STREQ("amd-msr", c.source);

	EXPECT_EQ(-ERANGE, vl_set_config(&bad, NULL));
	EXPECT_NE(0, vl_why[0]);
	EXPECT_EQ(-ERANGE, vl_set_config(&worse, NULL));
	EXPECT_EQ(-ERANGE, vl_set_config(NULL, &fair));
	EXPECT_NE(0, vl_why[0]);
	EXPECT_EQ(-EINVAL, vl_set_config(NULL, NULL));
	EXPECT_WHY("neither a period nor a policy is given");
	ASSERT_EQ(0, vl_get_config(&c));
	EXPECT_EQ(100, c.period_ms);

	ASSERT_EQ(0, vl_set_config(&ms, NULL));
	ASSERT_EQ(0, vl_get_config(&c));
	EXPECT_EQ(300, c.period_ms);
	EXPECT_EQ(300000000, page->period_ns);
	worker_set(&self->w, WORK_BUSY);
	ASSERT_EQ(0, vl_wait(self->fd, 2));
	at = page->updated_ns;
	EXPECT_EQ(0, at % 300000000);
	ASSERT_EQ(0, vl_wait(self->fd, 1));
	EXPECT_GE(page->updated_ns, at + 300000000);
	/* One that is asleep for long wakes up for a short one. */
	ms = 10000;
	ASSERT_EQ(0, vl_set_config(&ms, NULL));
	ms = 100;
	ASSERT_EQ(0, vl_set_config(&ms, NULL));
	at = page->updated_ns;
	ASSERT_EQ(0, vl_wait(self->fd, 2));
	EXPECT_GT(page->updated_ns, at);
	EXPECT_EQ(0, page->updated_ns % 100000000);
	worker_set(&self->w, WORK_IDLE);
	ASSERT_EQ(0, save(self->fd, &s, sizeof(s)));
	munmap((void *)page, self->made.map_size);
}

static uint64_t core_uj(unsigned int core)
{
	return model_package("core-energy-uj", core);
}

static uint64_t vm_units(struct __test_metadata *_metadata, uint32_t id,
			 int64_t *ns)
{
	uint64_t units;

	ASSERT_EQ(0, vl_sums(id, &units, ns));
	return units;
}

/* What a VM that has CPU 3 to itself gets, as a part of what core 3 used. */
static double part_of_core(struct __test_metadata *_metadata, int fd,
			   uint32_t id, struct worker *w, double *of_time)
{
	uint64_t units, uj;
	int64_t start, ns;

	model_freeze();
	ASSERT_EQ(0, vl_wait(fd, 2));
	units = vm_units(_metadata, id, &start);
	uj = core_uj(3);
	model_power("0", "0", "10000");
	worker_set(w, WORK_BUSY);
	ASSERT_EQ(0, vl_wait(fd, 30));
	worker_set(w, WORK_IDLE);
	model_freeze();
	ASSERT_EQ(0, vl_wait(fd, 2));
	units = vm_units(_metadata, id, &ns) - units;
	uj = core_uj(3) - uj;
	/* Exactly: what it ran, at 10 W. */
	*of_time = units / (double)(1 << 24) / ((ns - start) / 1e9 * 10);
	return units / (double)(1 << 24) / (uj / 1e6);
}

TEST_F_TIMEOUT(runtime, policies_share_as_they_say, LONG)
{
	double core, capacity, of_time, unused;
	cpu_set_t elsewhere;

	/*
	 * Nothing but CPUs that are awake draws power, and one VM works. Whoever
	 * turns that on and off stays away from its core: what ran there in the
	 * same window, but without power, has its share of it.
	 */
	CPU_ZERO(&elsewhere);
	CPU_SET(0, &elsewhere);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(elsewhere), &elsewhere));
	ASSERT_EQ(0, worker_pin(&self->w, 3));
	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_CORE));
	/* Whatever else the core had to do, the VM gets what its own time was worth. */
	core = part_of_core(_metadata, self->fd, self->made.id, &self->w,
			    &of_time);
	TH_LOG("policy core: %.4f of its time's worth, %.4f of its core's energy",
	       of_time, core);
	EXPECT_LE(core, 1.0001);
	EXPECT_GT(of_time, 0.99);
	EXPECT_LT(of_time, 1.01);
	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_CAPACITY));
	capacity = part_of_core(_metadata, self->fd, self->made.id, &self->w,
				&unused);
	TH_LOG("policy capacity: %.4f of its core's energy", capacity);
	/* It had one of the two CPUs that were there. */
	EXPECT_LT(capacity, 0.7);
}

static uint64_t awake_ns(void)
{
	char report[8192], *line;
	uint64_t ns = 0;
	unsigned int cpu;

	/* Of one moment. */
	qmp(report, sizeof(report), "get " RAPL " report");
	for (line = strtok(report, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "cpu-busy-ns-%u ", &cpu) == 1 &&
		    (cpu == 2 || cpu == 3))
			ns += strtoull(strchr(line, ' '), NULL, 10);
	return ns;
}

TEST_F_TIMEOUT(runtime, busy_shares_among_those_that_were, LONG)
{
	struct vl_packages before, after;
	struct vmsr_energy e;
	uint64_t units, start, awake, end, windows;
	uint32_t usual = 100, ms = 10000;
	double got, share, at_most;
	cpu_set_t elsewhere;
	struct worker rest;
	int64_t ns_before, ns;

	/*
	 * All in one window, so that the share is that of the whole, in whatever
	 * order things happen: the VM has CPU 3 for as long as the package draws
	 * power, the rest of the host CPU 2 for half of that.
	 */
	CPU_ZERO(&elsewhere);
	CPU_SET(0, &elsewhere);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(elsewhere), &elsewhere));
	worker_start(&rest);
	ASSERT_EQ(0, worker_pin(&rest, 2));
	ASSERT_EQ(0, worker_pin(&self->w, 3));
	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_BUSY));
	ASSERT_EQ(0, vl_set_config(&ms, NULL));
	model_freeze();
	ASSERT_EQ(0, vl_wait(self->fd, 1));
	ASSERT_EQ(0, vl_energy(self->fd, &e));
	windows = e.updates;
	units = vm_units(_metadata, self->made.id, &ns_before);
	ASSERT_EQ(0, vl_get_packages(&before));
	start = worker_ns(&rest);
	awake = awake_ns();
	worker_set(&self->w, WORK_BUSY);
	worker_set(&rest, WORK_BUSY);
	model_power("100000", "0", "0");
	vl_sleep_ms(1000);
	worker_set(&rest, WORK_IDLE);
	vl_sleep_ms(1000);
	model_freeze();
	worker_set(&self->w, WORK_IDLE);
	ASSERT_EQ(0, vl_wait(self->fd, 1));
	awake = awake_ns() - awake;
	end = worker_ns(&rest);
	units = vm_units(_metadata, self->made.id, &ns) - units;
	ASSERT_EQ(0, vl_energy(self->fd, &e));
	ASSERT_EQ(windows + 1, e.updates);
	ASSERT_EQ(0, vl_get_packages(&after));
	ASSERT_EQ(0, vl_set_config(&usual, NULL));
	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_CAPACITY));
	worker_end(&rest);

	ns -= ns_before;
	got = units / (double)(after.p[1].units - before.p[1].units);
	share = (double)ns / awake;
	at_most = (double)ns / (ns + end - start);
	TH_LOG("policy busy: %.4f of the energy, for %.4f of the time awake, at most %.4f",
	       got, share, at_most);
	EXPECT_GT(after.p[1].units, before.p[1].units);
	EXPECT_GT(got, 0.99 * share);
	EXPECT_LE(got, 1.0001 * at_most);
	EXPECT_LT(got, 1.01 * share);
	/* Idle time is worth nothing. */
	EXPECT_EQ(before.p[1].idle, after.p[1].idle);
}

TEST_F_TIMEOUT(runtime, core_that_cannot_be_read, LONG)
{
	struct vl_packages before, after;
	unsigned int i;

	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_CORE));
	ASSERT_EQ(0, vl_get_packages(&before));
	qmp(NULL, 0, "set " RAPL " fault gp=0xC001029A@1");
	work_for(_metadata, self->fd, &self->w, 3);
	ASSERT_EQ(0, vl_get_packages(&after));
	EXPECT_GT(after.p[0].read_errors, before.p[0].read_errors);
	qmp(NULL, 0, "set " RAPL " fault \"\"");
	for (i = 0; i < after.nr; i++) {
		EXPECT_GT(after.p[i].units, before.p[i].units);
		EXPECT_EQ(after.p[i].units, after.p[i].vms + after.p[i].rest +
			  after.p[i].idle);
	}
	ASSERT_EQ(0, vl_set_policy(VMSR_POLICY_CAPACITY));
}

static int listen_as_nobody(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setresuid(NOBODY, NOBODY, NOBODY))
			_exit(2);
		_exit(vl_listen() < 0 && errno == EPERM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return status;
}

TEST_F_TIMEOUT(runtime, events, LONG)
{
	int events = vl_listen(), fd;
	struct vmsr_create_vm made;
	struct vl_event e;
	uint32_t id;
	pid_t pid;

	ASSERT_GE(events, 0);
	EXPECT_EQ(0, listen_as_nobody());

	fd = make_vm(self->dev, "short", &made);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, vl_next_event(events, made.id, &e));
	EXPECT_EQ(VMSR_CMD_VM_ADDED, e.what);
	EXPECT_STREQ("short", e.name);
	close(fd);
	ASSERT_EQ(0, vl_next_event(events, made.id, &e));
	EXPECT_EQ(VMSR_CMD_VM_REMOVED, e.what);

	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	id = vl_attach(pid, "attached");
	ASSERT_EQ(0, vl_next_event(events, id, &e));
	EXPECT_EQ(VMSR_CMD_VM_ADDED, e.what);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ASSERT_EQ(0, vl_next_event(events, id, &e));
	EXPECT_EQ(VMSR_CMD_VM_REMOVED, e.what);

	/* A power that is crossed, upwards and downwards, once each. */
	ASSERT_EQ(0, vl_set_threshold(self->made.id, 1000000));
	worker_set(&self->w, WORK_BUSY);
	ASSERT_EQ(0, vl_next_event(events, self->made.id, &e));
	EXPECT_EQ(VMSR_CMD_POWER_CROSSED, e.what);
	EXPECT_EQ(1, e.above);
	EXPECT_GE(e.power_uw, 1000000);
	EXPECT_EQ(1000000, e.threshold_uw);
	ASSERT_EQ(0, vl_wait(self->fd, 3));
	worker_set(&self->w, WORK_IDLE);
	ASSERT_EQ(0, vl_next_event(events, self->made.id, &e));
	EXPECT_EQ(VMSR_CMD_POWER_CROSSED, e.what);
	EXPECT_EQ(0, e.above);
	EXPECT_LT(e.power_uw, 1000000);
	/* Without a threshold nothing is told. */
	ASSERT_EQ(0, vl_set_threshold(self->made.id, 0));
	work_for(_metadata, self->fd, &self->w, 2);
	EXPECT_EQ(-1, recv(events, &e, sizeof(e), MSG_DONTWAIT));
	EXPECT_EQ(-ENOENT, vl_set_threshold(0x7ffffff0, 1));
	EXPECT_WHY("there is no such VM");
	close(events);
}

static uint64_t other_process_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int add_helper(int fd, int pid)
{
	struct vmsr_helper h = { .size = sizeof(h), .pid = pid };

	return ioctl(fd, VMSR_VM_ADD_HELPER, &h);
}

/* Works when told to, then stops itself. */
static pid_t helper_start(int go)
{
	volatile unsigned int i;
	pid_t pid = fork();
	char c;

	if (pid)
		return pid;
	while (read(go, &c, 1) == 1) {
		for (i = 0; i < 3000000; i++)
			;
		raise(SIGSTOP);
	}
	_exit(0);
}

static int add_as_nobody(int fd, int go)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setresuid(NOBODY, NOBODY, NOBODY))
			_exit(2);
		if (add_helper(fd, getppid()) != -1 || errno != EPERM)
			_exit(3);
		pid = helper_start(go);
		if (add_helper(fd, pid))
			_exit(4);
		kill(pid, SIGKILL);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

TEST_F_TIMEOUT(runtime, helper_processes_are_overhead, LONG)
{
	struct vmsr_helper bad = { .size = sizeof(bad), .pid = 1, .reserved = 1 };
	uint64_t before, after, low;
	struct vmsr_create_vm made;
	struct vmsr_energy e;
	int fd, go[2], status, i;
	pid_t pid[2];
	char c = 0;

	/* Overhead of helpers alone: no thread of this process is in it. */
	fd = vl_create(self->dev, 0, 1, 1, 1, 0, "helped", &made);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, pipe(go));
	EXPECT_ERR(EINVAL, ioctl(fd, VMSR_VM_ADD_HELPER, &bad));
	EXPECT_ERR(EINVAL, add_helper(fd, 0));
	EXPECT_ERR(ESRCH, add_helper(fd, 0x3fffffff));
	EXPECT_ERR(EINVAL, add_helper(fd, self->w.tid));
	EXPECT_EQ(0, add_as_nobody(fd, go[0]));
	for (i = 0; i < 2; i++)
		pid[i] = helper_start(go[0]);
	/* This VM has no overhead to count it for. */
	EXPECT_ERR(EINVAL, add_helper(self->fd, pid[0]));

	vl_wait_asleep(pid[0]);
	vl_wait_asleep(pid[1]);
	before = other_process_ns(pid[0]) + other_process_ns(pid[1]);
	ASSERT_EQ(0, add_helper(fd, pid[0]));
	EXPECT_ERR(EEXIST, add_helper(fd, pid[0]));
	EXPECT_EQ(-ENOENT, vl_add_helper_by_netlink(0x7ffffff0, pid[1]));
	EXPECT_EQ(-EEXIST, vl_add_helper_by_netlink(made.id, pid[0]));
	EXPECT_WHY("this process belongs to a VM already");
	ASSERT_EQ(0, vl_add_helper_by_netlink(made.id, pid[1]));
	after = other_process_ns(pid[0]) + other_process_ns(pid[1]);
	ASSERT_EQ(2, write(go[1], "go", 2));
	for (i = 0; i < 2; i++)
		waitpid(pid[i], &status, WUNTRACED);
	low = other_process_ns(pid[0]) + other_process_ns(pid[1]);
	ASSERT_EQ(0, vl_wait(fd, 2));
	ASSERT_EQ(0, vl_energy(fd, &e));
	EXPECT_GE(e.overhead_ns, low - after);
	/* The child of nobody's ran a little before it was killed. */
	EXPECT_LE(low - before, e.overhead_ns + (after - before));
	EXPECT_GT(e.overhead_uj, 0);
	EXPECT_EQ(0, e.vcpu_ns);
	/* The VM goes on without them, and they without it. */
	kill(pid[0], SIGKILL);
	waitpid(pid[0], NULL, 0);
	ASSERT_EQ(0, vl_wait(fd, 3));
	close(fd);
	kill(pid[1], SIGKILL);
	waitpid(pid[1], NULL, 0);
	close(go[0]);
	close(go[1]);
	(void)c;
}

/*
 * The kernel's worker for this process's vhost device, and whether it is a kernel
 * thread, as before 6.4, rather than one of the process's own.
 */
static int vhost_worker(bool *apart)
{
	char path[64], comm[32], wanted[32];
	int tid, found = 0;
	FILE *f;

	snprintf(wanted, sizeof(wanted), "vhost-%d", getpid());
	for (tid = 2; tid < 32768 && !found; tid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", tid);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fscanf(f, "%31s", comm) == 1 && !strcmp(comm, wanted))
			found = tid;
		fclose(f);
	}
	snprintf(path, sizeof(path), "/proc/self/task/%d", found);
	*apart = access(path, F_OK);
	return found;
}

#define RING_PAGES 16

static int vhost_start(int kick)
{
	static char memory[RING_PAGES * 4096] __attribute__((aligned(4096)));
	struct {
		struct vhost_memory head;
		struct vhost_memory_region region;
	} table = {
		.head.nregions = 1,
		.region = {
			.memory_size = sizeof(memory),
			.userspace_addr = (uintptr_t)memory,
		},
	};
	int fd = open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC), one = 1;
	uint64_t cid = 3;
	unsigned int i;

	if (fd < 0 || ioctl(fd, VHOST_SET_OWNER) ||
	    ioctl(fd, VHOST_SET_MEM_TABLE, &table) ||
	    ioctl(fd, VHOST_VSOCK_SET_GUEST_CID, &cid))
		return -1;
	for (i = 0; i < 2; i++) {
		struct vhost_vring_state num = { .index = i, .num = 64 };
		struct vhost_vring_file file = { .index = i, .fd = kick };
		char *ring = memory + i * 8 * 4096;
		struct vhost_vring_addr addr = {
			.index = i,
			.desc_user_addr = (uintptr_t)ring,
			.avail_user_addr = (uintptr_t)ring + 4096,
			.used_user_addr = (uintptr_t)ring + 8192,
		};

		if (ioctl(fd, VHOST_SET_VRING_NUM, &num) ||
		    ioctl(fd, VHOST_SET_VRING_ADDR, &addr) ||
		    ioctl(fd, VHOST_SET_VRING_KICK, &file))
			return -1;
	}
	return ioctl(fd, VHOST_VSOCK_SET_RUNNING, &one) ? -1 : fd;
}

/* What the process and its worker have run. */
static uint64_t both_ns(int worker, bool apart)
{
	return process_ns() + (apart ? vl_schedstat(worker, worker) : 0);
}

TEST_F_TIMEOUT(runtime, vhost_workers_are_overhead, LONG)
{
	int kick = eventfd(0, 0), vhost = vhost_start(kick), tid, fd, i;
	uint64_t before, after, low, one = 1, worked;
	struct vmsr_energy e;
	bool apart;

	ASSERT_GE(vhost, 0);
	tid = vhost_worker(&apart);
	ASSERT_GT(tid, 0);
	TH_LOG("the worker is a thread of %s", apart ? "the kernel" : "the process");
	/* Attached: everything but vCPUs is overhead. */
	fd = vl_create(self->dev, 0, 2, 1, 2, 0, "vhost", NULL);
	ASSERT_GE(fd, 0);
	before = both_ns(tid, apart);
	ASSERT_EQ(0, vl_add(fd, 0, 0, 0, 0));
	/* The first look for workers comes with the next period. */
	ASSERT_EQ(0, vl_wait(fd, 3));
	after = both_ns(tid, apart);
	worked = vl_schedstat(tid, tid);
	for (i = 0; i < 300; i++) {
		ASSERT_EQ(sizeof(one), write(kick, &one, sizeof(one)));
		vl_sleep_ms(1);
	}
	worked = vl_schedstat(tid, tid) - worked;
	low = both_ns(tid, apart);
	ASSERT_EQ(0, vl_wait(fd, 2));
	ASSERT_EQ(0, vl_energy(fd, &e));
	EXPECT_GT(worked, 0);
	EXPECT_GE(e.vcpu_ns + e.overhead_ns, low - after);
	EXPECT_LE(e.vcpu_ns + e.overhead_ns, both_ns(tid, apart) - before);
	/* The worker's own time is in the overhead, and not by chance. */
	EXPECT_GE(e.overhead_ns, worked);
	close(vhost);
	ASSERT_EQ(0, vl_wait(fd, 3));
	close(fd);
	close(kick);
}

/* After all others. */
FIXTURE(sums)
{
};

FIXTURE_SETUP(sums)
{
}

FIXTURE_TEARDOWN(sums)
{
}

TEST_F(sums, the_module_found_nothing_wrong)
{
	struct vl_config c;

	ASSERT_EQ(0, vl_get_config(&c));
	EXPECT_GT(c.checks, 10);
	EXPECT_EQ(0, c.check_errors);
}

TEST_HARNESS_MAIN
