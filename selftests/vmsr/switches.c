// SPDX-License-Identifier: GPL-2.0-only
/*
 * switches none|one|both COUNT vmsr|notifiers: what a switch between two threads
 * takes, in nanoseconds, that wake each other in turns; with one or both of them
 * counted by the module of that name, each for a VM of its own. The machine has one
 * CPU.
 */
#include <err.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "vmsrlib.h"

static int turn[2];
static unsigned long count;
static unsigned int counted;
static bool by_notifiers;
static uint64_t took;

static int vcpu_of(int vm, int tid)
{
	return vm < 0 ? vm : vl_add(vm, 0, tid, 0, 0);
}

static int count_me(unsigned int i)
{
	int fd;

	if (by_notifiers) {
		fd = open("/dev/notifiers", O_WRONLY | O_CLOEXEC);
		return fd < 0 || write(fd, "+", 1) != 1 ? -1 : fd;
	}
	fd = vl_create(vl_open(), 0, 1, 1, 1, VMSR_CREATE_NO_OVERHEAD,
		       i ? "one" : "other", NULL);
	return vcpu_of(fd, vl_gettid()) ? -1 : fd;
}

static void *take_turns(void *arg)
{
	unsigned int i = (uintptr_t)arg;
	uint64_t one = 1, start = 0;
	unsigned long k;
	int fd = -1;

	if (i < counted) {
		fd = count_me(i);
		if (fd < 0)
			err(1, "not counted");
	}
	for (k = 0; k < count + 100; k++) {
		if (k == 100)
			start = vl_now_ns();
		if (read(turn[i], &one, 8) != 8 ||
		    write(turn[!i], &one, 8) != 8)
			err(1, "taking turns");
	}
	if (i)
		took = vl_now_ns() - start;
	/* A notifier must go before its thread. */
	if (fd >= 0 && by_notifiers && write(fd, "-", 1) != 1)
		err(1, "no longer counted");
	return NULL;
}

int main(int argc, char **argv)
{
	static const char * const how[] = { "none", "one", "both" };
	pthread_t thread[2];
	uint64_t one = 1;
	uintptr_t i;

	for (counted = 0; argc == 4 && counted < 3; counted++)
		if (!strcmp(argv[1], how[counted]))
			break;
	if (argc != 4 || counted == 3)
		errx(2, "usage: switches none|one|both COUNT vmsr|notifiers");
	count = strtoul(argv[2], NULL, 0);
	by_notifiers = !strcmp(argv[3], "notifiers");
	for (i = 0; i < 2; i++) {
		turn[i] = eventfd(0, EFD_CLOEXEC);
		if (turn[i] < 0)
			err(1, "eventfd");
	}
	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, take_turns, (void *)i))
			errx(1, "a thread");
	if (write(turn[0], &one, 8) != 8)
		err(1, "eventfd");
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	printf("%.2f\n", (double)took / count / 2);
	return 0;
}
