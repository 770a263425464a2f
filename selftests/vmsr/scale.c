// SPDX-License-Identifier: GPL-2.0-only
/*
 * scale VMS ROUNDS: so many VMs of four vCPUs each, made and ended again ROUNDS
 * times while some of their threads run, with all that belongs to them. Ends with
 * 1 if anything is left, or if threads that sleep are looked for on a CPU: that is
 * a call of another CPU for nearly each.
 */
#include <err.h>
#include <pthread.h>

#include "vmsrlib.h"

#define VCPUS 4
#define MAX_VMS 1000

static struct thread {
	pthread_t thread;
	atomic_int tid;
	bool works;
} threads[MAX_VMS * VCPUS];

static atomic_int stop, go;
static int vm[MAX_VMS];

static void *run(void *arg)
{
	struct thread *t = arg;
	volatile unsigned int i;

	vl_post(&t->tid, vl_gettid());
	while (!atomic_load(&stop)) {
		if (!t->works || !atomic_load(&go)) {
			vl_wait_while(t->works ? &go : &stop, 0);
			continue;
		}
		for (i = 0; i < 20000; i++)
			;
		vl_sleep_ms(5);
	}
	return NULL;
}

static void thread_start(struct thread *t)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16 << 10);
	if (pthread_create(&t->thread, &attr, run, t))
		errx(1, "a thread");
	pthread_attr_destroy(&attr);
	vl_wait_while(&t->tid, 0);
}

static unsigned int count_vms(int dev)
{
	struct vmsr_info i = { .size = sizeof(i) };

	if (ioctl(dev, VMSR_INFO, &i))
		err(1, "VMSR_INFO");
	return i.nr_vms;
}

/* Calls that CPUs had from others; flushes of TLBs are among them. */
static unsigned long count_calls(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	unsigned long calls = 0, n;
	char line[4096], *at, *end;

	if (!f)
		err(1, "/proc/interrupts");
	while (fgets(line, sizeof(line), f)) {
		at = strstr(line, "CAL:");
		if (!at)
			continue;
		for (at += 4; n = strtoul(at, &end, 10), end != at; at = end)
			calls += n;
	}
	fclose(f);
	return calls;
}

/* While all threads sleep: adding and removing them is no CPU's business. */
static void look_for_sleepers(int dev, unsigned int nr)
{
	int fd = vl_create(dev, 0, nr, 1, nr, VMSR_CREATE_NO_OVERHEAD, "asleep",
			   NULL);
	unsigned long calls = count_calls(), others;
	struct vmsr_energy e;
	unsigned int i;

	if (fd < 0)
		err(1, "a VM");
	for (i = 0; i < nr; i++)
		if (vl_add(fd, i, atomic_load(&threads[i].tid), 0, i))
			err(1, "vCPU %u", i);
	for (i = 0; i < nr; i++)
		if (vl_remove(fd, i))
			err(1, "vCPU %u", i);
	calls = count_calls() - calls;
	/* At the end of each period CPUs are called to read counters. */
	if (vl_energy(fd, &e))
		err(1, "energy");
	others = (e.updates + 1) * sysconf(_SC_NPROCESSORS_ONLN);
	close(fd);
	printf("%u sleeping threads added and removed: %lu calls of CPUs, up to %lu for counters\n",
	       nr, calls, others);
	if (calls > nr / 2 + others)
		errx(1, "these are too many");
}

static void make(int dev, unsigned int i)
{
	unsigned int k;

	vm[i] = vl_create(dev, i & 1, VCPUS, 1, VCPUS, VMSR_CREATE_NO_OVERHEAD,
			  "of many", NULL);
	if (vm[i] < 0)
		err(1, "VM %u", i);
	for (k = 0; k < VCPUS; k++)
		if (vl_add(vm[i], k, atomic_load(&threads[i * VCPUS + k].tid), 0,
			   k))
			err(1, "vCPU %u of VM %u", k, i);
}

/* A VM whose thread ran has used energy; all have their four threads. */
static void look(unsigned int vms)
{
	struct vl_vms all = {};
	unsigned int i, used = 0, whole = 0;

	if (vl_get_vms(&all))
		errx(1, "the VMs cannot be read");
	for (i = 0; i < all.nr; i++) {
		used += all.v[i].vcpu_uj > 0;
		whole += all.v[i].vcpus == VCPUS;
	}
	free(all.v);
	if (all.nr != vms || whole != vms || used < vms / 10)
		errx(1, "%u VMs, %u of them whole, %u with energy", all.nr,
		     whole, used);
}

int main(int argc, char **argv)
{
	unsigned int vms, rounds, i, r;
	int dev = vl_open();

	if (dev < 0 || argc != 3)
		errx(2, "usage: scale VMS ROUNDS, with /dev/vmsr");
	vms = atoi(argv[1]);
	rounds = atoi(argv[2]);
	if (!vms || vms > MAX_VMS)
		errx(2, "VMS is 1 to %u", MAX_VMS);
	for (i = 0; i < vms * VCPUS; i++) {
		threads[i].works = i % (10 * VCPUS) == 0;
		thread_start(&threads[i]);
	}
	look_for_sleepers(dev, vms * VCPUS < 800 ? vms * VCPUS : 800);
	vl_post(&go, 1);
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < vms; i++)
			make(dev, i);
		/* Each that works runs in the VM, with this window's end. */
		if (vl_wait(vm[0], 3))
			err(1, "waiting");
		look(vms);
		for (i = 0; i < vms; i++)
			close(vm[i]);
		if (count_vms(dev))
			errx(1, "%u VMs are left", count_vms(dev));
	}
	vl_post(&stop, 1);
	for (i = 0; i < vms * VCPUS; i++)
		pthread_join(threads[i].thread, NULL);
	printf("%u VMs with %u vCPUs, %u times\n", vms, vms * VCPUS, rounds);
	return 0;
}
