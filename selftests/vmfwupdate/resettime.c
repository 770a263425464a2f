// SPDX-License-Identifier: GPL-2.0-only
// link: -ljson-c
/*
 * resettime MONITOR DEBUGCON PID ROUNDS LAST SNAPSHOT...: one line for each snapshot
 * in each round: its number, then nanoseconds of QEMU's processor time and of the clock,
 * from the order to reset the machine to the first byte that its firmware writes to the
 * debug console, and the same up to the text LAST. Before each the snapshot is loaded.
 */
#include <pthread.h>
#include <semaphore.h>
#include "monitor.h"

#define SECONDS 120

struct stamp {
	long long cpu, clock;
};

static struct {
	int fd;
	const char *last;
	clockid_t cpu;
	pthread_mutex_t lock;
	sem_t done;
	bool expecting;
	size_t len;
	struct stamp first_byte, last_text;
} console = { .lock = PTHREAD_MUTEX_INITIALIZER };

static long long now(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		die("clock", strerror(errno));
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* What QEMU answers, as text. */
static void ask(int fd, json_object *req, const char *wanted)
{
	json_object *reply = command(fd, req), *value;

	if (!json_object_object_get_ex(reply, "return", &value) ||
	    (wanted && strcmp(json_object_get_string(value), wanted)))
		die("QEMU", json_object_get_string(reply));
	json_object_put(reply);
	json_object_put(req);
}

static void told(int fd, const char *verb, const char *name)
{
	json_object *req = request("human-monitor-command"), *args = json_object_new_object();
	char line[256];

	snprintf(line, sizeof(line), "%s %s", verb, name);
	json_object_object_add(args, "command-line", json_object_new_string(line));
	json_object_object_add(req, "arguments", args);
	/* A complaint is its answer. */
	ask(fd, req, "");
}

static struct stamp stamp(void)
{
	return (struct stamp) { now(console.cpu), now(CLOCK_MONOTONIC) };
}

/* Always reads: a firmware whose console is full holds up all of QEMU. */
static void *listen_to(void *unused)
{
	static char text[1 << 16];
	struct stamp at;
	ssize_t n;

	for (;;) {
		n = read(console.fd, text + console.len, sizeof(text) - 1 - console.len);
		at = stamp();
		if (n <= 0)
			die("the debug console",
			    n ? strerror(errno) : "closed, or too much to read");
		pthread_mutex_lock(&console.lock);
		if (console.expecting) {
			if (!console.len)
				console.first_byte = at;
			console.len += n;
			text[console.len] = '\0';
			if (strstr(text, console.last)) {
				console.last_text = at;
				console.expecting = false;
				console.len = 0;
				sem_post(&console.done);
			}
		}
		pthread_mutex_unlock(&console.lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	struct monitor monitor;
	struct timespec end;
	pthread_t listener;
	struct stamp from;
	int round, i;

	if (argc < 7) {
		fputs("usage: resettime MONITOR DEBUGCON PID ROUNDS LAST SNAPSHOT...\n",
		      stderr);
		return 1;
	}
	if (clock_getcpuclockid(atoi(argv[3]), &console.cpu))
		die(argv[3], "no such process");
	monitor = monitor_open(argv[1]);
	console.fd = monitor_open(argv[2]).fd;
	console.last = argv[5];
	sem_init(&console.done, 0, 0);
	if (pthread_create(&listener, NULL, listen_to, NULL))
		die("a thread", "none");
	ask(monitor.fd, request("qmp_capabilities"), NULL);

	for (round = 0; round < atoi(argv[4]); round++)
		for (i = 0; i < argc - 6; i++) {
			/* Each is the first as often as the others. */
			int which = (i + round) % (argc - 6);

			told(monitor.fd, "loadvm", argv[6 + which]);
			pthread_mutex_lock(&console.lock);
			console.expecting = true;
			pthread_mutex_unlock(&console.lock);
			from = stamp();
			/* Its answer comes before the reset. */
			ask(monitor.fd, request("system_reset"), NULL);
			clock_gettime(CLOCK_REALTIME, &end);
			end.tv_sec += SECONDS;
			if (sem_timedwait(&console.done, &end))
				die(argv[5], "the firmware does not say so");
			printf("%d %lld %lld %lld %lld\n", which,
			       console.first_byte.cpu - from.cpu,
			       console.first_byte.clock - from.clock,
			       console.last_text.cpu - from.cpu,
			       console.last_text.clock - from.clock);
		}
	return 0;
}
