/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What QEMU does with rapl=on, written anew from a description of it, as the peer
 * that benchmarks measure against: each second, for each thread of a VM, two looks
 * at its ticks, and for each package two reads of the energy counter by way of a
 * privileged helper.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/un.h>

#include "vmsrlib.h"

#define PEER_PACKAGE_MSR 0x611

struct peer_thread {
	int tid;
	unsigned int cpu;
	unsigned long long ticks;
};

/* Opens, reads and closes, each time. */
static inline int peer_look(int pid, struct peer_thread *t)
{
	unsigned long long user, system;
	char path[64], text[1024], *at;
	int fd, len, field;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, t->tid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return -1;
	text[len] = 0;
	/* The name, field 2, may have anything in it. */
	at = strrchr(text, ')');
	for (field = 2; at && field < 14; field++)
		at = strchr(at + 1, ' ');
	if (!at || sscanf(at, "%llu %llu", &user, &system) != 2)
		return -1;
	t->ticks = user + system;
	for (; at && field < 39; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -1;
	t->cpu = strtoul(at, NULL, 10);
	return 0;
}

/* A connection to the helper, or -1. */
static inline int peer_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (void *)&to, sizeof(to))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One MSR through the helper, which is told for which thread. */
static inline int peer_ask(int fd, unsigned int msr, unsigned int cpu, int tid,
			   uint64_t *value)
{
	uint32_t request[3] = { msr, cpu, tid };

	if (write(fd, request, sizeof(request)) != sizeof(request))
		return -1;
	return recv(fd, value, sizeof(*value), MSG_WAITALL) == sizeof(*value) ?
		       0 : -1;
}

#endif
