// SPDX-License-Identifier: GPL-2.0-only
/*
 * What commands to /dev/sev cost, for commands.bench:
 *
 *	speed latency COMMAND COUNT	median and 99th percentile of so many
 *	speed processor COMMAND COUNT	processor time of each
 *	speed callers COMMAND COUNT N	time for each when N threads share so many,
 *					and how many commands that were in all
 *
 * in nanoseconds. COMMAND is status or id.
 *
 * Processor time is what is missing to somebody who wants all of it: a process of
 * the lowest kind counts in a loop whenever the caller sleeps. That is exact where
 * accounting by ticks is not, and knows interrupts, the kernel and user space
 * alike. The machine has one CPU.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/psp_sev.h>

#define CALLERS_MAX	64
#define WARM_UP		200
/* How long counting alone is watched, to know what a count takes. */
#define COUNTING_NS	300000000LL

static int fd;
static uint32_t command;
static unsigned long count;
static volatile uint64_t *counter;

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "speed: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void run(void)
{
	uint8_t id[128];
	struct psp_sev_status status;
	struct psp_sev_get_id2 id2 = { (uintptr_t)id, sizeof(id) };
	struct psp_sev_issue_cmd issue = { .cmd = command };

	issue.data = command == PSP_SEV_GET_ID2 ? (uintptr_t)&id2 : (uintptr_t)&status;
	need(!ioctl(fd, PSP_SEV_ISSUE_CMD, &issue), "the command");
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void latency(void)
{
	int64_t *took = calloc(count, sizeof(*took)), start;

	need(took, "memory");
	for (unsigned long i = 0; i < count; i++) {
		start = now();
		run();
		took[i] = now() - start;
	}
	qsort(took, count, sizeof(*took), compare);
	printf("%lld %lld\n", (long long)took[count / 2], (long long)took[count * 99 / 100]);
}

static void count_for_ever(void)
{
	const struct sched_param param = { 0 };

	need(!sched_setscheduler(0, SCHED_IDLE, &param), "SCHED_IDLE");
	for (;;)
		(*counter)++;
}

static void processor(void)
{
	int64_t start, alone, with;
	uint64_t before, alone_count, with_count;
	struct timespec rest = { .tv_nsec = COUNTING_NS };
	pid_t child;

	counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(counter != MAP_FAILED, "memory");
	child = fork();
	need(child >= 0, "fork");
	if (!child)
		count_for_ever();
	while (!*counter)
		sched_yield();
	before = *counter;
	start = now();
	nanosleep(&rest, NULL);
	alone = now() - start;
	alone_count = *counter - before;

	before = *counter;
	start = now();
	for (unsigned long i = 0; i < count; i++)
		run();
	with = now() - start;
	with_count = *counter - before;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("%.1f\n", (with - (double)alone * with_count / alone_count) / count);
}

static void *caller(void *part)
{
	for (unsigned long i = 0; i < (uintptr_t)part; i++)
		run();
	return NULL;
}

static void callers(unsigned int n)
{
	pthread_t thread[CALLERS_MAX];
	int64_t start = now();

	for (unsigned int i = 0; i < n; i++)
		need(!pthread_create(&thread[i], NULL, caller, (void *)(count / n)), "a thread");
	for (unsigned int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	printf("%.1f %lu\n", (double)(now() - start) / (count / n * n),
	       WARM_UP + count / n * n);
}

int main(int argc, char **argv)
{
	unsigned int n = argc > 4 ? strtoul(argv[4], NULL, 0) : 1;

	if (argc < 4 || n < 1 || n > CALLERS_MAX) {
		fprintf(stderr, "usage: speed latency|processor|callers status|id COUNT [N]\n");
		return 1;
	}
	command = strcmp(argv[2], "id") ? PSP_SEV_PLATFORM_STATUS : PSP_SEV_GET_ID2;
	count = strtoul(argv[3], NULL, 0);
	need(count >= 100, "the count");
	fd = open(PSP_SEV_DEVICE, O_RDWR | O_CLOEXEC);
	need(fd >= 0, PSP_SEV_DEVICE);
	for (int i = 0; i < WARM_UP; i++)
		run();
	if (!strcmp(argv[1], "latency"))
		latency();
	else if (!strcmp(argv[1], "processor"))
		processor();
	else
		callers(n);
	return 0;
}
