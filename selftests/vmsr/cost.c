// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost vmsr|peer VMS SECONDS PID [SOCKET]: VMS processes, each a VM of four vCPU
 * threads that wake six times a second, as those of an idle guest do, and of three
 * threads that sleep, are accounted for SECONDS by vmsr or by QEMU's way. Prints, for
 * each VM and second,
 *
 *	NS-OF-PID SWITCHES NS-OF-VM
 *
 * what the thread PID ran (vmsr's sampler, or QEMU's helper), how often vCPU threads
 * came onto a CPU, and what the VMM itself ran to account.
 */
#include <dirent.h>
#include <err.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "peer.h"

#define MAX_VMS	1000
#define VCPUS	4
/* The main thread is one more; QEMU has as many without any for its devices. */
#define OTHERS	2
#define THREADS	(VCPUS + OTHERS + 1)

enum phase { SET_UP, RUN, END };

static struct shared {
	atomic_int phase;
	atomic_int ready;
	atomic_ulong switches;
	atomic_ulong own_ns;
} *shared;

static struct peer_thread vcpu[VCPUS];
static pthread_barrier_t started;

static void *run_vcpu(void *arg)
{
	struct peer_thread *t = arg;
	struct rusage before, after;

	t->tid = vl_gettid();
	pthread_barrier_wait(&started);
	vl_wait_while(&shared->phase, SET_UP);
	getrusage(RUSAGE_THREAD, &before);
	while (atomic_load(&shared->phase) == RUN)
		vl_sleep_ms(1000 / 6);
	getrusage(RUSAGE_THREAD, &after);
	atomic_fetch_add(&shared->switches, after.ru_nvcsw + after.ru_nivcsw -
					    before.ru_nvcsw - before.ru_nivcsw);
	return NULL;
}

static void *sleep_on(void *unused)
{
	pthread_barrier_wait(&started);
	vl_wait_while(&shared->phase, SET_UP);
	vl_wait_while(&shared->phase, RUN);
	return unused;
}

static void start_threads(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	unsigned int i;

	pthread_barrier_init(&started, NULL, THREADS);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16 << 10);
	for (i = 0; i < VCPUS + OTHERS; i++)
		if (pthread_create(&thread, &attr,
				   i < VCPUS ? run_vcpu : sleep_on,
				   i < VCPUS ? &vcpu[i] : NULL))
			errx(1, "a thread");
	pthread_barrier_wait(&started);
}

static void be_a_vm_of_vmsr(void)
{
	unsigned int i;
	int vm = vl_create(vl_open(), VMSR_INTERFACE_INTEL, VCPUS, 1, VCPUS, 0,
			   "one of many", NULL);

	for (i = 0; i < VCPUS; i++)
		if (vm < 0 || vl_add(vm, i, vcpu[i].tid, 0, i))
			err(1, "a VM");
	atomic_fetch_add(&shared->ready, 1);
	vl_wait_while(&shared->phase, SET_UP);
	vl_wait_while(&shared->phase, RUN);
}

static uint64_t package_energy(int helper)
{
	uint64_t value;

	if (peer_ask(helper, PEER_PACKAGE_MSR, 0, vcpu[0].tid, &value))
		errx(1, "the helper does not answer");
	return value;
}

/* Which threads there are, found anew each time. */
static void find_threads(struct peer_thread *threads)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;
	unsigned int n = 0;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && n < THREADS)
			threads[n++].tid = atoi(e->d_name);
	if (n != THREADS && atomic_load(&shared->phase) == RUN)
		errx(1, "%u threads", n);
	closedir(dir);
}

/* One package, and its counter at both ends of a window. */
static void be_a_vm_of_qemu(const char *socket)
{
	struct peer_thread now[THREADS], before[THREADS];
	double energy = 0;
	uint64_t used, start;
	unsigned int i;
	int helper = peer_connect(socket), bad;

	if (helper < 0)
		err(1, "%s", socket);
	atomic_fetch_add(&shared->ready, 1);
	vl_wait_while(&shared->phase, SET_UP);
	start = vl_schedstat(getpid(), getpid());
	while (atomic_load(&shared->phase) == RUN) {
		find_threads(now);
		for (bad = 0, i = 0; i < THREADS; i++) {
			bad |= peer_look(getpid(), &now[i]);
			before[i] = now[i];
		}
		used = package_energy(helper);
		vl_sleep_ms(1000);
		used = package_energy(helper) - used;
		for (i = 0; i < THREADS; i++) {
			bad |= peer_look(getpid(), &now[i]);
			energy += used * (double)(now[i].ticks - before[i].ticks) / 100;
		}
		if (bad && atomic_load(&shared->phase) == RUN)
			errx(1, "a thread's ticks (%f)", energy);
	}
	atomic_fetch_add(&shared->own_ns, vl_schedstat(getpid(), getpid()) - start);
}

int main(int argc, char **argv)
{
	unsigned int vms, seconds, i, bad = 0;
	unsigned long ran;
	double vm_seconds;
	int pid, status;

	if (argc < 5 || (strcmp(argv[1], "vmsr") &&
			 (strcmp(argv[1], "peer") || argc != 6)))
		errx(2, "usage: cost vmsr|peer VMS SECONDS PID [SOCKET]");
	vms = atoi(argv[2]);
	seconds = atoi(argv[3]);
	pid = atoi(argv[4]);
	if (!vms || vms > MAX_VMS || !seconds)
		errx(2, "at most %u VMs", MAX_VMS);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	for (i = 0; i < vms; i++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "process %u", i);
		if (child)
			continue;
		start_threads();
		if (argc == 5)
			be_a_vm_of_vmsr();
		else
			be_a_vm_of_qemu(argv[5]);
		/* With what its threads have to say. */
		pthread_exit(NULL);
	}
	while (atomic_load(&shared->ready) < (int)vms) {
		if (waitpid(-1, &status, WNOHANG) > 0)
			errx(1, "a VM has ended");
		vl_sleep_ms(50);
	}
	vl_sleep_ms(1000);
	vl_post(&shared->phase, RUN);
	ran = vl_schedstat(pid, pid);
	vl_sleep_ms(seconds * 1000);
	ran = vl_schedstat(pid, pid) - ran;
	vl_post(&shared->phase, END);
	for (i = 0; i < vms; i++)
		if (wait(&status) < 0 || status)
			bad++;
	if (bad)
		errx(1, "%u VMs did not end well", bad);
	vm_seconds = (double)vms * seconds;
	printf("%.1f %.2f %.1f\n", ran / vm_seconds,
	       atomic_load(&shared->switches) / vm_seconds,
	       atomic_load(&shared->own_ns) / vm_seconds);
	return 0;
}
