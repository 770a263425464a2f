/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that do what a test tells them, and the bench's model of energy as
 * seen from inside the machine.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "vmsrlib.h"

enum work {
	WORK_IDLE,	/* asleep until told otherwise */
	WORK_BUSY,	/* never gives the CPU away by itself */
	WORK_YIELD,	/* gives it away all the time */
	WORK_NAP,	/* sleeps and wakes */
	WORK_END,
};

struct worker {
	pthread_t thread;
	int tid;
	atomic_int work;
	atomic_int asleep;
};

static inline void worker_idle(struct worker *w)
{
	atomic_store(&w->asleep, 1);
	vl_wait_while(&w->work, WORK_IDLE);
	atomic_store(&w->asleep, 0);
}

static inline void *worker_run(void *arg)
{
	struct worker *w = arg;
	volatile unsigned int i;

	w->tid = vl_gettid();
	for (;;) {
		switch (atomic_load(&w->work)) {
		case WORK_IDLE:
			worker_idle(w);
			break;
		case WORK_BUSY:
			for (i = 0; i < 10000; i++)
				;
			break;
		case WORK_YIELD:
			sched_yield();
			break;
		case WORK_NAP:
			for (i = 0; i < 10000; i++)
				;
			vl_sleep_ms(1);
			break;
		case WORK_END:
			return NULL;
		}
	}
}

/* Whether the kernel has it off its CPU: its own figures are up to date then. */
static inline bool worker_sleeps(struct worker *w)
{
	char path[64], state = 0;
	FILE *f;

	if (!atomic_load(&w->asleep))
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", w->tid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

static inline void worker_set(struct worker *w, enum work work)
{
	vl_post(&w->work, work);
	while (work == WORK_IDLE && !worker_sleeps(w))
		vl_sleep_ms(1);
}

static inline void worker_start(struct worker *w)
{
	pthread_attr_t attr;

	memset(w, 0, sizeof(*w));
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	if (pthread_create(&w->thread, &attr, worker_run, w)) {
		perror("pthread_create");
		abort();
	}
	pthread_attr_destroy(&attr);
	while (!worker_sleeps(w))
		vl_sleep_ms(1);
}

static inline void worker_end(struct worker *w)
{
	worker_set(w, WORK_END);
	pthread_join(w->thread, NULL);
}

static inline int worker_pin(struct worker *w, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(w->tid, sizeof(set), &set);
}

static inline uint64_t worker_ns(struct worker *w)
{
	return vl_schedstat(getpid(), w->tid);
}

/* Everything that this process has run, the caller included. */
static inline uint64_t process_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/*
 * The same by the control group that the caller is moved to, its only member. It
 * includes what a thread still runs after the process has stopped counting it,
 * on its way out, and may lack what the caller has run since it last slept.
 */
static inline uint64_t cgroup_ns(void)
{
	static const char dir[] = "/sys/fs/cgroup/vmsr-test";
	unsigned long long us = 0;
	char path[64], line[64];
	FILE *f;

	mkdir(dir, 0755);
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%d", getpid()) < 0 || fclose(f)) {
		perror(path);
		abort();
	}
	snprintf(path, sizeof(path), "%s/cpu.stat", dir);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f) ||
	    sscanf(line, "usage_usec %llu", &us) != 1) {
		perror(path);
		abort();
	}
	fclose(f);
	return us * 1000;
}

/* ---- the model, through QEMU's monitor ---- */

#define RAPL "/machine/peripheral/rapl0"

/*
 * Asks QEMU through the process that answers all tests of this machine (see
 * answers.c), and ends this program when the answer is an error: no figure can be trusted then.
 */
static inline void qmp(char *out, size_t size, const char *fmt, ...)
{
	static FILE *ask, *answer;
	char words[256], mine[32], tag[32], text[8192];
	size_t bytes;
	int status;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (!ask) {
		/* For both directions: opening does not wait for the other end. */
		ask = fopen("/run/cvm-ask", "r+");
		answer = fopen("/run/cvm-answer", "r+");
		if (!ask || !answer) {
			perror("no pipe to the process that answers");
			exit(1);
		}
		/* The rest of it may be another process's. */
		setvbuf(answer, NULL, _IONBF, 0);
	}
	snprintf(mine, sizeof(mine), "%d.c", getpid());
	fprintf(ask, "%s qmp %s\n", mine, words);
	fflush(ask);
	if (fscanf(answer, "%31s %d %zu", tag, &status, &bytes) != 3 ||
	    fgetc(answer) != '\n' || strcmp(tag, mine) ||
	    bytes >= sizeof(text) || fread(text, 1, bytes, answer) != bytes) {
		fprintf(stderr, "not the answer to: %s\n", words);
		exit(1);
	}
	text[bytes] = 0;
	if (status) {
		fprintf(stderr, "%s: %s", words, text);
		exit(1);
	}
	if (out)
		snprintf(out, size, "%s", text);
}

/* Milliwatts of an idle package, of a core, of a CPU that is awake. */
static inline void model_power(const char *package, const char *core,
			       const char *cpu)
{
	qmp(NULL, 0, "set " RAPL " package-idle-mw \"%s\"", package);
	qmp(NULL, 0, "set " RAPL " core-idle-mw \"%s\"", core);
	qmp(NULL, 0, "set " RAPL " cpu-busy-mw \"%s\"", cpu);
}

static inline void model_freeze(void)
{
	model_power("0", "0", "0");
	/* Two of the model's own ticks: the counters show the last of it. */
	vl_sleep_ms(5);
}

static inline uint64_t model_value(const char *key)
{
	char report[8192], *line;
	size_t len = strlen(key);

	qmp(report, sizeof(report), "get " RAPL " report");
	for (line = strtok(report, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, key, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	fprintf(stderr, "the model reports no %s\n", key);
	exit(1);
}

static inline uint64_t model_package(const char *what, unsigned int i)
{
	char key[64];

	snprintf(key, sizeof(key), "%s-%u", what, i);
	return model_value(key);
}

#endif
