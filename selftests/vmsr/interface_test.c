// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vmsr and the netlink family, request by request: what they take, what
 * they refuse and how, and what a guest is promised. Run as root with the module
 * loaded.
 */
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "vmsrlib.h"

#define NOBODY 65534

#define EXPECT_ERR(err, call)						\
	do {								\
		errno = 0;						\
		EXPECT_EQ(-1, (call));					\
		EXPECT_EQ(err, errno);					\
	} while (0)

/* Run in a child without privileges; returns what it returns, 0 to 255. */
static int as_nobody(int (*fn)(int fd, int arg), int fd, int arg)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setresgid(NOBODY, NOBODY, NOBODY) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			_exit(255);
		_exit(fn(fd, arg));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* A thread that waits until it is told to end. */
struct waiter {
	pthread_t thread;
	pthread_barrier_t ready;
	int tid;
	int stop;
};

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;
	uint64_t v;

	w->tid = vl_gettid();
	pthread_barrier_wait(&w->ready);
	if (read(w->stop, &v, sizeof(v)) < 0)
		return arg;
	return NULL;
}

static void waiter_start(struct waiter *w)
{
	pthread_barrier_init(&w->ready, NULL, 2);
	w->stop = eventfd(0, EFD_CLOEXEC);
	pthread_create(&w->thread, NULL, waiter_run, w);
	pthread_barrier_wait(&w->ready);
}

static void waiter_stop(struct waiter *w)
{
	uint64_t one = 1;

	if (write(w->stop, &one, sizeof(one)) < 0)
		abort();
	pthread_join(w->thread, NULL);
	close(w->stop);
}

FIXTURE(vm)
{
	int dev, fd;
	struct vmsr_create_vm made;
};

FIXTURE_SETUP(vm)
{
	self->dev = vl_open();
	ASSERT_GE(self->dev, 0);
	self->fd = vl_create(self->dev, VMSR_INTERFACE_INTEL, 4, 2, 4, 0,
			     "under test", &self->made);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(vm)
{
	close(self->fd);
	close(self->dev);
}

TEST_F(vm, info)
{
	struct vmsr_info i = { .size = sizeof(i) };

	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &i));
	EXPECT_EQ(sizeof(i), i.size);
	EXPECT_EQ(1, i.version);
	EXPECT_GT(i.nr_packages, 0);
	EXPECT_GE(i.period_ns, 100000000);
	EXPECT_GT(i.max_vms, 0);
	EXPECT_GT(i.nr_vms, 0);
}

TEST_F(vm, create_tells_what_it_made)
{
	struct vmsr_create_vm second;
	int fd;

	EXPECT_GT(self->made.id, 0);
	EXPECT_EQ(0, self->made.map_size % getpagesize());
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->fd, F_GETFD));
	fd = vl_create(self->dev, VMSR_INTERFACE_AMD, 1, 1, 1, 0, "", &second);
	ASSERT_GE(fd, 0);
	EXPECT_NE(self->made.id, second.id);
	close(fd);
}

TEST_F(vm, create_refuses)
{
	static const struct vmsr_create_vm good = {
		.size = sizeof(good), .nr_vcpus = 1, .nr_packages = 1,
		.nr_cores = 1,
	};
	struct vmsr_create_vm c;

#define REFUSED(member, value) do {					\
		c = good;						\
		c.member = value;					\
		EXPECT_ERR(EINVAL, ioctl(self->dev, VMSR_CREATE_VM, &c));	\
	} while (0)
	REFUSED(flags, 1U << 31);
	REFUSED(flags, VMSR_CREATE_NO_OVERHEAD << 1);
	REFUSED(interface, 2);
	REFUSED(nr_vcpus, 0);
	REFUSED(nr_vcpus, VMSR_MAX_VCPUS + 1);
	REFUSED(nr_packages, 0);
	REFUSED(nr_packages, VMSR_MAX_PACKAGES + 1);
	REFUSED(nr_cores, 0);
	REFUSED(nr_cores, VMSR_MAX_VCPUS + 1);
	REFUSED(reserved, 1);
	REFUSED(size, 0);
	REFUSED(size, sizeof(good) - 1);
#undef REFUSED
	c = good;
	memset(c.name, 'x', sizeof(c.name));
	EXPECT_ERR(EINVAL, ioctl(self->dev, VMSR_CREATE_VM, &c));
	EXPECT_ERR(EFAULT, ioctl(self->dev, VMSR_CREATE_VM, NULL));
}

TEST_F(vm, structs_may_grow)
{
	struct {
		struct vmsr_info info;
		uint64_t future;
	} i = { .info.size = sizeof(i) };
	struct vmsr_energy short_one = { .size = sizeof(short_one) - 8 };
	struct vmsr_info bad = { .size = sizeof(bad), .flags = 1 };

	EXPECT_EQ(0, ioctl(self->dev, VMSR_INFO, &i));
	EXPECT_EQ(1, i.info.version);
	i.future = 1;
	EXPECT_ERR(E2BIG, ioctl(self->dev, VMSR_INFO, &i));
	/* Not a byte after what there is to read is looked at. */
	i.info.size = UINT32_MAX;
	EXPECT_ERR(E2BIG, ioctl(self->dev, VMSR_INFO, &i));
	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_ENERGY, &short_one));
	EXPECT_ERR(EINVAL, ioctl(self->dev, VMSR_INFO, &bad));
}

TEST_F(vm, results_that_cannot_be_stored_leave_no_vm)
{
	struct vmsr_info before = { .size = sizeof(before) }, after = before;
	struct vmsr_create_vm *c;
	int lowest = dup(self->dev);

	close(lowest);
	c = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, c);
	*c = (struct vmsr_create_vm){
		.size = sizeof(*c), .nr_vcpus = 1, .nr_packages = 1,
		.nr_cores = 1,
	};
	ASSERT_EQ(0, mprotect(c, getpagesize(), PROT_READ));
	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &before));
	EXPECT_ERR(EFAULT, ioctl(self->dev, VMSR_CREATE_VM, c));
	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &after));
	EXPECT_EQ(before.nr_vms, after.nr_vms);
	EXPECT_EQ(lowest, dup(self->dev));
	munmap(c, getpagesize());
}

TEST_F(vm, no_descriptor_left)
{
	struct rlimit old, none;
	struct vmsr_info before = { .size = sizeof(before) }, after = before;

	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &before));
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none = old;
	none.rlim_cur = 3;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(-1, vl_create(self->dev, 0, 1, 1, 1, 0, "", NULL));
	EXPECT_EQ(EMFILE, errno);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	ASSERT_EQ(0, ioctl(self->dev, VMSR_INFO, &after));
	EXPECT_EQ(before.nr_vms, after.nr_vms);
}

TEST_F(vm, unknown_requests_and_foreign_descriptors)
{
	struct vmsr_energy e = { .size = sizeof(e) };
	struct vmsr_info i = { .size = sizeof(i) };
	int other = eventfd(0, 0), file = open("/dev/null", O_RDWR);
	unsigned int nr;

	EXPECT_ERR(ENOTTY, ioctl(self->dev, _IO(VMSR_IOC_TYPE, 0xff), &i));
	EXPECT_ERR(ENOTTY, ioctl(self->fd, _IO(VMSR_IOC_TYPE, 0xff), &i));
	EXPECT_ERR(ENOTTY, ioctl(self->fd, _IOW(VMSR_IOC_TYPE, 0x15, int), &e));
	/* The device is no VM and a VM is not the device. */
	EXPECT_ERR(ENOTTY, ioctl(self->dev, VMSR_VM_ENERGY, &e));
	EXPECT_ERR(ENOTTY, ioctl(self->fd, VMSR_INFO, &i));
	EXPECT_ERR(ENOTTY, ioctl(self->fd, VMSR_CREATE_VM, &i));
	/* What is neither. */
	EXPECT_ERR(ENOTTY, ioctl(other, VMSR_VM_ENERGY, &e));
	EXPECT_ERR(ENOTTY, ioctl(file, VMSR_VM_ENERGY, &e));
	EXPECT_ERR(EBADF, ioctl(-1, VMSR_VM_ENERGY, &e));
	EXPECT_ERR(EINVAL, read(self->fd, &e, sizeof(e)));
	for (nr = 0; nr < 256; nr++) {
		if (nr <= 0x01 || (nr >= 0x10 && nr <= 0x18))
			continue;
		EXPECT_ERR(ENOTTY, ioctl(self->fd, _IO(VMSR_IOC_TYPE, nr), &e));
		EXPECT_ERR(ENOTTY, ioctl(self->dev, _IO(VMSR_IOC_TYPE, nr), &e));
	}
	close(file);
	close(other);
}

TEST_F(vm, vcpus)
{
	struct vmsr_vcpu_thread t = { .size = sizeof(t), .reserved = 1 };
	struct waiter w[2];
	int second, i;

	for (i = 0; i < 2; i++)
		waiter_start(&w[i]);
	second = vl_create(self->dev, 0, 4, 1, 4, 0, "second", NULL);
	ASSERT_GE(second, 0);

	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_ADD_VCPU, &t));
	EXPECT_ERR(EINVAL, vl_add(self->fd, 4, w[0].tid, 0, 0));
	EXPECT_ERR(EINVAL, vl_add(self->fd, 0, w[0].tid, 2, 0));
	EXPECT_ERR(EINVAL, vl_add(self->fd, 0, w[0].tid, 0, 4));
	EXPECT_ERR(EINVAL, vl_add(self->fd, 0, -1, 0, 0));
	EXPECT_ERR(ESRCH, vl_add(self->fd, 0, 0x3fffffff, 0, 0));
	/* kthreadd */
	EXPECT_ERR(EINVAL, vl_add(self->fd, 0, 2, 0, 0));

	EXPECT_EQ(0, vl_add(self->fd, 0, w[0].tid, 0, 0));
	EXPECT_ERR(EEXIST, vl_add(self->fd, 0, w[1].tid, 0, 0));
	EXPECT_ERR(EBUSY, vl_add(self->fd, 1, w[0].tid, 0, 1));
	EXPECT_ERR(EBUSY, vl_add(second, 0, w[0].tid, 0, 0));
	/* Core 0 is in package 0. */
	EXPECT_ERR(EINVAL, vl_add(self->fd, 1, w[1].tid, 1, 0));
	EXPECT_EQ(0, vl_add(self->fd, 1, w[1].tid, 1, 1));
	/* The calling thread. */
	EXPECT_EQ(0, vl_add(self->fd, 2, 0, 1, 1));

	EXPECT_ERR(ENOENT, vl_remove(self->fd, 3));
	EXPECT_EQ(0, vl_remove(self->fd, 0));
	EXPECT_ERR(ENOENT, vl_remove(self->fd, 0));
	/* It may come back, and only where it was. */
	EXPECT_ERR(EINVAL, vl_add(self->fd, 0, w[0].tid, 0, 2));
	EXPECT_EQ(0, vl_add(second, 0, w[0].tid, 0, 0));
	EXPECT_EQ(0, vl_remove(second, 0));
	EXPECT_EQ(0, vl_add(self->fd, 0, w[0].tid, 0, 0));

	close(second);
	for (i = 0; i < 2; i++)
		waiter_stop(&w[i]);
}

static int gone_vcpus(struct __test_metadata *_metadata, uint32_t id)
{
	struct vl_vms all = {};
	unsigned int i;
	int n = -1;

	if (vl_get_vms(&all))
		return -2;
	for (i = 0; i < all.nr; i++)
		if (all.v[i].id == id)
			n = all.v[i].vcpus;
	free(all.v);
	return n;
}

TEST_F(vm, thread_that_ended)
{
	struct waiter w;

	waiter_start(&w);
	ASSERT_EQ(0, vl_add(self->fd, 0, w.tid, 0, 0));
	EXPECT_EQ(1, gone_vcpus(_metadata, self->made.id));
	waiter_stop(&w);
	while (gone_vcpus(_metadata, self->made.id) == 1)
		vl_sleep_ms(10);
	EXPECT_EQ(0, gone_vcpus(_metadata, self->made.id));
	/* Its place is free again, for a thread of today. */
	EXPECT_ERR(ENOENT, vl_remove(self->fd, 0));
	EXPECT_EQ(0, vl_add(self->fd, 0, 0, 0, 0));
}

static int add_own_and_other(int fd, int tid)
{
	if (vl_add(fd, 0, 0, 0, 0))
		return 1;
	if (!vl_add(fd, 1, tid, 0, 1) || errno != EPERM)
		return 2;
	if (!vl_add(fd, 1, 1, 0, 1) || errno != EPERM)
		return 3;
	return 0;
}

TEST_F(vm, threads_of_others)
{
	/* A descriptor may be handed on; the threads must be one's own. */
	EXPECT_EQ(0, as_nobody(add_own_and_other, self->fd, getpid()));
	/* Root may name any. */
	EXPECT_EQ(0, vl_add(self->fd, 1, 1, 0, 1));
}

static int open_device(int fd, int arg)
{
	(void)fd;
	(void)arg;
	return vl_open() < 0 && errno == EACCES ? 0 : 1;
}

static int ask_netlink(int fd, int arg)
{
	struct vl_packages p;
	struct vl_config c;
	struct vl_vms v = {};

	(void)fd;
	if (vl_get_packages(&p) != -EPERM || p.nr)
		return 1;
	if (vl_get_vms(&v) != -EPERM || v.nr)
		return 2;
	if (vl_attach(arg, NULL) != -EPERM)
		return 3;
	if (vl_detach(1) != -EPERM)
		return 4;
	if (vl_get_config(&c) != -EPERM || c.source[0])
		return 5;
	if (vl_set_policy(VMSR_POLICY_BUSY) != -EPERM)
		return 6;
	if (vl_set_threshold(1, 1) != -EPERM)
		return 7;
	return vl_add_helper_by_netlink(1, arg) == -EPERM ? 0 : 8;
}

TEST(nobody_may_nothing)
{
	EXPECT_EQ(0, as_nobody(open_device, -1, 0));
	EXPECT_EQ(0, as_nobody(ask_netlink, -1, getpid()));
}

static uint64_t msr(struct __test_metadata *_metadata, int fd,
		    unsigned int vcpu, unsigned int index)
{
	uint64_t value = ~0ULL;

	EXPECT_EQ(0, vl_read(fd, vcpu, index, &value)) {
		TH_LOG("MSR 0x%x: errno %d", index, errno);
	}
	return value;
}

TEST_F(vm, contract_with_an_intel_guest)
{
	static const unsigned int absent[] = { 0x613, 0x619, 0x639, 0x641, 0x64D };
	static const unsigned int faults[] = {
		0x618, 0x61B, 0x61C, 0x638, 0x63A, 0x640, 0x642, 0x65C,
		0xC0010299, 0xC001029A, 0xC001029B, 0x10, 0,
	};
	uint64_t v;
	unsigned int i;

	/* Of a vCPU that does not exist there is no MSR. */
	EXPECT_ERR(ENOENT, vl_read(self->fd, 0, 0x611, &v));
	ASSERT_EQ(0, vl_add(self->fd, 0, 0, 0, 0));

	v = msr(_metadata, self->fd, 0, 0x606);
	EXPECT_EQ(3, v & 0xf);
	EXPECT_EQ(VMSR_GUEST_ENERGY_SHIFT, v >> 8 & 0x1f);
	EXPECT_EQ(10, v >> 16 & 0xf);
	/* At the very first look. */
	EXPECT_NE(0, msr(_metadata, self->fd, 0, 0x611));
	EXPECT_EQ(0, msr(_metadata, self->fd, 0, 0x611) >> 32);
	v = msr(_metadata, self->fd, 0, 0x614);
	EXPECT_EQ(100 * 8, v & 0x7fff);
	v = msr(_metadata, self->fd, 0, 0x610);
	EXPECT_EQ(1, v >> 63);
	EXPECT_EQ(0, v & (1ULL << 15 | 1ULL << 47 | 1ULL << 16));
	for (i = 0; i < ARRAY_SIZE(absent); i++)
		EXPECT_EQ(0, msr(_metadata, self->fd, 0, absent[i]));
	for (i = 0; i < ARRAY_SIZE(faults); i++)
		EXPECT_ERR(ENXIO, vl_read(self->fd, 0, faults[i], &v));

	/* A write to the locked limit is taken and ignored. */
	v = msr(_metadata, self->fd, 0, 0x610);
	EXPECT_EQ(0, vl_write(self->fd, 0, 0x610, 0x8000));
	EXPECT_EQ(v, msr(_metadata, self->fd, 0, 0x610));
	EXPECT_ERR(ENXIO, vl_write(self->fd, 0, 0x606, 1));
	EXPECT_ERR(ENXIO, vl_write(self->fd, 0, 0x611, 1));
	EXPECT_ERR(ENXIO, vl_write(self->fd, 0, 0x614, 1));
	EXPECT_ERR(ENXIO, vl_write(self->fd, 0, 0x10, 1));
	EXPECT_ERR(ENOENT, vl_write(self->fd, 3, 0x610, 1));
}

TEST_F(vm, contract_with_an_amd_guest)
{
	uint64_t v;
	int fd = vl_create(self->dev, VMSR_INTERFACE_AMD, 2, 1, 2, 0, "amd", NULL);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, vl_add(fd, 1, 0, 0, 1));
	EXPECT_EQ(VMSR_GUEST_ENERGY_SHIFT,
		  msr(_metadata, fd, 1, 0xC0010299) >> 8 & 0x1f);
	EXPECT_NE(0, msr(_metadata, fd, 1, 0xC001029A));
	EXPECT_NE(0, msr(_metadata, fd, 1, 0xC001029B));
	EXPECT_ERR(ENXIO, vl_read(fd, 1, 0x606, &v));
	EXPECT_ERR(ENXIO, vl_read(fd, 1, 0x611, &v));
	EXPECT_ERR(ENXIO, vl_write(fd, 1, 0xC0010299, 0));
	close(fd);
}

TEST_F(vm, list_of_msrs_leads_into_the_page)
{
	struct {
		struct vmsr_msr msr;
		uint32_t future;
	} entry[32];
	struct vmsr_msr_list list = {
		.size = sizeof(list), .entry_size = sizeof(entry[0]),
		.entries = (uintptr_t)entry,
	};
	const char *page;
	unsigned int i;

	ASSERT_EQ(0, vl_add(self->fd, 3, 0, 1, 3));
	page = mmap(NULL, self->made.map_size, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, page);

	EXPECT_ERR(ENOSPC, ioctl(self->fd, VMSR_VM_LIST_MSRS, &list));
	ASSERT_GT(list.nr, 0);
	ASSERT_LE(list.nr, ARRAY_SIZE(entry));
	memset(entry, 0xff, sizeof(entry));
	ASSERT_EQ(0, ioctl(self->fd, VMSR_VM_LIST_MSRS, &list));
	for (i = 0; i < list.nr; i++) {
		const struct vmsr_msr *m = &entry[i].msr;
		uint32_t at = m->offset + 1 * m->package_stride +
			      3 * m->core_stride;
		uint64_t v;

		EXPECT_EQ(0, entry[i].future);
		EXPECT_EQ(0, m->reserved);
		EXPECT_TRUE(m->access & VMSR_MSR_READ);
		EXPECT_EQ(m->index == 0x610, !!(m->access & VMSR_MSR_WRITE));
		ASSERT_LE(at + 8, self->made.map_size);
		memcpy(&v, page + at, sizeof(v));
		EXPECT_EQ(v, msr(_metadata, self->fd, 3, m->index));
	}
	list.entry_size = sizeof(struct vmsr_msr) - 4;
	EXPECT_ERR(EINVAL, ioctl(self->fd, VMSR_VM_LIST_MSRS, &list));
	list.entry_size = sizeof(entry[0]);
	list.entries = 8;
	EXPECT_ERR(EFAULT, ioctl(self->fd, VMSR_VM_LIST_MSRS, &list));
}

TEST_F(vm, page)
{
	size_t size = self->made.map_size;
	const volatile struct vmsr_page *page;
	void *p;

	p = mmap(NULL, size, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	page = p;
	EXPECT_EQ(VMSR_PAGE_MAGIC, page->magic);
	EXPECT_EQ(VMSR_PAGE_VERSION, page->version);
	EXPECT_LE(page->size, size);
	EXPECT_EQ(0, page->sequence & 1);
	EXPECT_EQ(2, page->nr_packages);
	EXPECT_EQ(4, page->nr_cores);
	EXPECT_GE(page->period_ns, 100000000);
	EXPECT_NE(0, *(uint64_t *)((char *)p + page->packages));
	EXPECT_NE(0, *(uint64_t *)((char *)p + page->cores));
	EXPECT_EQ(0, page->reserved[0]);

	/* Nobody writes to it, now or later. */
	EXPECT_ERR(EACCES, mprotect(p, size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size, PROT_READ | PROT_WRITE,
				   MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size, PROT_READ, MAP_PRIVATE,
				   self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	/* Nothing behind its end. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size + getpagesize(), PROT_READ,
				   MAP_SHARED, self->fd, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED,
				   self->fd, size));
	/* The device itself shows nothing. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size, PROT_READ, MAP_SHARED,
				   self->dev, 0));
	EXPECT_EQ(0, munmap(p, size));
}

static int vm_exists(uint32_t id)
{
	struct vl_vms all = {};
	unsigned int i;
	int found = 0;

	if (vl_get_vms(&all))
		return -1;
	for (i = 0; i < all.nr; i++)
		found |= all.v[i].id == id;
	free(all.v);
	return found;
}

TEST_F(vm, lives_as_long_as_descriptor_and_mapping)
{
	struct vmsr_create_vm made;
	int fd = vl_create(self->dev, 0, 1, 1, 1, 0, "mapped", &made), copy;
	void *p;

	ASSERT_GE(fd, 0);
	copy = dup(fd);
	p = mmap(NULL, made.map_size, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	close(fd);
	EXPECT_EQ(1, vm_exists(made.id));
	close(copy);
	EXPECT_EQ(1, vm_exists(made.id));
	EXPECT_EQ(VMSR_PAGE_MAGIC, *(volatile uint32_t *)p);
	munmap(p, made.map_size);
	EXPECT_EQ(0, vm_exists(made.id));
}

TEST_F(vm, ends_with_its_process)
{
	struct vmsr_create_vm made = {};
	int status, fds[2];
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (!pid) {
		int fd = vl_create(self->dev, 0, 1, 1, 1, 0, "child", &made);

		if (fd < 0 || vl_add(fd, 0, 0, 0, 0) ||
		    write(fds[1], &made, sizeof(made)) != sizeof(made))
			_exit(1);
		pause();
	}
	ASSERT_EQ(sizeof(made), read(fds[0], &made, sizeof(made)));
	EXPECT_EQ(1, vm_exists(made.id));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, vm_exists(made.id));
	close(fds[0]);
	close(fds[1]);
}

/* The process that netlink names, or -1 without such a VM. */
static int vm_pid(uint32_t id)
{
	struct vl_vms all = {};
	int pid = -1, i;

	if (vl_get_vms(&all))
		return -1;
	for (i = 0; i < all.nr; i++)
		if (all.v[i].id == id)
			pid = all.v[i].pid;
	free(all.v);
	return pid;
}

TEST_F(vm, outlives_its_process_with_a_descriptor)
{
	struct { struct vmsr_create_vm vm; int fd; } made = {};
	int status, fds[2], pidfd, fd;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (!pid) {
		made.fd = vl_create(self->dev, 0, 1, 1, 1, 0, "child", &made.vm);
		if (made.fd < 0 || write(fds[1], &made, sizeof(made)) != sizeof(made))
			_exit(1);
		pause();
	}
	ASSERT_EQ(sizeof(made), read(fds[0], &made, sizeof(made)));
	EXPECT_EQ(pid, vm_pid(made.vm.id));
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	fd = syscall(SYS_pidfd_getfd, pidfd, made.fd, 0);
	ASSERT_GE(fd, 0);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, vm_pid(made.vm.id));
	close(fd);
	EXPECT_EQ(-1, vm_pid(made.vm.id));
	close(pidfd);
	close(fds[0]);
	close(fds[1]);
}

TEST_F(vm, netlink_refuses)
{
	static const char too_long[] =
		"a name that is longer than any VM's name may ever be";
	struct waiter w;
	pid_t pid;
	int id;

	waiter_start(&w);
	EXPECT_EQ(-ENOENT, vl_detach(0x7ffffff0));
	EXPECT_EQ(-EPERM, vl_detach(self->made.id));
	EXPECT_EQ(-ESRCH, vl_attach(0x7ff0, NULL));
	EXPECT_EQ(-ERANGE, vl_attach(0, NULL));
	EXPECT_EQ(-ESRCH, vl_attach(-5, NULL));
	EXPECT_EQ(-EINVAL, vl_attach(2, NULL));
	EXPECT_EQ(-EINVAL, vl_attach(w.tid, NULL));
	EXPECT_EQ(-EINVAL, vl_attach(getpid(), too_long));
	waiter_stop(&w);

	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	id = vl_attach(pid, "attached");
	EXPECT_GT(id, 0);
	EXPECT_EQ(-EEXIST, vl_attach(pid, NULL));
	EXPECT_EQ(1, vm_exists(id));
	EXPECT_EQ(0, vl_detach(id));
	EXPECT_EQ(0, vm_exists(id));
	EXPECT_EQ(-ENOENT, vl_detach(id));
	id = vl_attach(pid, NULL);
	EXPECT_GT(id, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* An attached VM ends with its process. */
	while (vm_exists(id) == 1)
		vl_sleep_ms(10);
	EXPECT_EQ(0, vm_exists(id));
}

/*
 * Dumps are sent in several parts, each made when the one before is read. What one
 * says in the end: 0 or a negative errno, and whether something changed meanwhile.
 */
struct dump {
	int fd, parts, messages;
	bool disturbed;
};

static int dump_begin(struct dump *d, int cmd, uint32_t vm)
{
	struct vl_request r;

	*d = (struct dump){};
	vl_request(&r, vl_family(), cmd, NLM_F_DUMP);
	r.n.nlmsg_flags &= ~NLM_F_ACK;
	if (vm)
		vl_put(&r, VMSR_A_VCPU_VM, &vm, sizeof(vm));
	d->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	return send(d->fd, &r, r.n.nlmsg_len, 0) < 0 ? -errno : 0;
}

static int dump_end(struct dump *d)
{
	static char buf[4096];
	int len, ret = -EIO;

	/* Reading it with a small buffer keeps the parts small. */
	while (ret == -EIO && (len = recv(d->fd, buf, sizeof(buf), 0)) > 0) {
		struct nlmsghdr *n = (void *)buf;

		d->parts++;
		for (; NLMSG_OK(n, (unsigned int)len); n = NLMSG_NEXT(n, len)) {
			d->disturbed |= n->nlmsg_flags & NLM_F_DUMP_INTR;
			if (n->nlmsg_type == NLMSG_DONE || n->nlmsg_type == NLMSG_ERROR)
				memcpy(&ret, NLMSG_DATA(n), sizeof(ret));
			else
				d->messages++;
		}
	}
	close(d->fd);
	return ret;
}

#define MANY_VMS 60

TEST_F(vm, dumps_tell_that_vms_changed)
{
	int fds[MANY_VMS], i, fd;
	struct dump d;

	for (i = 0; i < MANY_VMS; i++) {
		fds[i] = vl_create(self->dev, VMSR_INTERFACE_INTEL, 1, 1, 1, 0, "one of many",
				   NULL);
		ASSERT_GE(fds[i], 0);
	}
	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VM_GET, 0));
	EXPECT_EQ(0, dump_end(&d));
	EXPECT_FALSE(d.disturbed);
	EXPECT_EQ(MANY_VMS + 1, d.messages);
	EXPECT_GT(d.parts, 2);

	/* One that comes. */
	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VM_GET, 0));
	fd = vl_create(self->dev, VMSR_INTERFACE_INTEL, 1, 1, 1, 0, "new", NULL);
	EXPECT_GE(fd, 0);
	EXPECT_EQ(0, dump_end(&d));
	EXPECT_TRUE(d.disturbed);

	/* One that goes, which was told already. */
	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VM_GET, 0));
	close(fds[0]);
	EXPECT_EQ(0, dump_end(&d));
	EXPECT_TRUE(d.disturbed);

	close(fd);
	for (i = 1; i < MANY_VMS; i++)
		close(fds[i]);
}

#define MANY_VCPUS 200

TEST_F(vm, dump_of_vcpus_outlives_their_vm)
{
	struct vmsr_create_vm made;
	struct dump d;
	int fd, i;

	fd = vl_create(self->dev, VMSR_INTERFACE_INTEL, MANY_VCPUS, 1, MANY_VCPUS, 0, "wide",
		       &made);
	ASSERT_GE(fd, 0);
	/* A vCPU that was removed is still told. */
	for (i = 0; i < MANY_VCPUS; i++) {
		ASSERT_EQ(0, vl_add(fd, i, 0, 0, i));
		ASSERT_EQ(0, vl_remove(fd, i));
	}
	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VCPU_GET, made.id));
	EXPECT_EQ(0, dump_end(&d));
	EXPECT_FALSE(d.disturbed);
	EXPECT_EQ(MANY_VCPUS, d.messages);
	EXPECT_GT(d.parts, 2);

	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VCPU_GET, made.id));
	close(fd);
	EXPECT_EQ(0, dump_end(&d));
	EXPECT_TRUE(d.disturbed);
	EXPECT_LT(d.messages, MANY_VCPUS);

	/* One that is not there in the beginning is an error. */
	ASSERT_EQ(0, dump_begin(&d, VMSR_CMD_VCPU_GET, made.id));
	EXPECT_EQ(-ENOENT, dump_end(&d));
}

TEST_HARNESS_MAIN
