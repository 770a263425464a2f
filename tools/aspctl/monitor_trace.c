// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command to the firmware, from psp_sev's tracepoint. The trace is an
 * instance of its own: what others trace is not touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dirent.h>

#include "monitor.h"

#define PREFIX	"aspctl-"

static const char * const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* What a monitor that was killed has left. */
static void remove_stale(const char *instances)
{
	DIR *dir = opendir(instances);
	struct dirent *entry;
	int pid;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (sscanf(entry->d_name, PREFIX "%d", &pid) == 1 && pid > 0 &&
		    kill(pid, 0) && errno == ESRCH)
			rmdir(cvm_fmt("%s/%s", instances, entry->d_name));
	closedir(dir);
}

static int failed(struct monitor_trace *t, const char *what, int err)
{
	const char *next = err == EACCES || err == EPERM ? "only root may trace: use sudo" : NULL;

	monitor_trace_close(t);
	return cvm_error(cvm_errno(err), what, strerror(err), next);
}

static const char *find_root(void)
{
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (!access(cvm_fmt("%s/instances", roots[i]), F_OK) || errno == EACCES)
			return roots[i];
	return NULL;
}

int monitor_trace_open(struct monitor_trace *t)
{
	const char *root = find_root(), *folder;
	int ret;

	t->path[0] = '\0';
	t->fd = -1;
	t->used = 0;
	if (!root)
		return cvm_error(CVM_ABSENT, cvm_fmt("looking for '%s/instances'", roots[0]),
				 "it is not there", "mount -t tracefs none /sys/kernel/tracing");
	remove_stale(cvm_fmt("%s/instances", root));
	folder = cvm_fmt("%s/instances/" PREFIX "%d", root, getpid());
	if (mkdir(folder, 0700))
		return failed(t, cvm_fmt("creating '%s'", folder), errno);
	snprintf(t->path, sizeof(t->path), "%s", folder);
	ret = cvm_sysfs_write("1", "%s/events/psp_sev/psp_sev_command_end/enable", t->path);
	if (ret == -ENOENT) {
		monitor_trace_close(t);
		return cvm_error(CVM_ABSENT, "looking for the tracepoint psp_sev_command_end",
				 "it is not there", "modprobe psp_sev");
	}
	if (ret)
		return failed(t, "turning the tracepoint psp_sev_command_end on", -ret);
	/* Else some kernels tell of events only once half the buffer is full. */
	cvm_sysfs_write("0", "%s/buffer_percent", t->path);
	t->fd = open(cvm_fmt("%s/trace_pipe", t->path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0)
		return failed(t, cvm_fmt("opening '%s/trace_pipe'", t->path), errno);
	return CVM_OK;
}

bool monitor_trace_parse(const char *line, struct monitor_command *c)
{
	const char *event = strstr(line, "psp_sev_command_end: ");

	memset(c, 0, sizeof(*c));
	return event && sscanf(event,
			       "psp_sev_command_end: command=%x result=%d status=%x duration_ns=%llu",
			       &c->command, &c->result, &c->status, &c->duration_ns) == 4;
}

/* The next line that is complete, or NULL. Longer ones than the buffer go by. */
static const char *next_line(struct monitor_trace *t, char *line, size_t size)
{
	char *end = memchr(t->buffer, '\n', t->used);
	size_t length;

	if (!end) {
		if (t->used == sizeof(t->buffer))
			t->used = 0;
		return NULL;
	}
	length = end - t->buffer;
	snprintf(line, size, "%.*s", (int)length, t->buffer);
	t->used -= length + 1;
	memmove(t->buffer, end + 1, t->used);
	return line;
}

bool monitor_trace_next(struct monitor_trace *t, struct monitor_command *c)
{
	char line[sizeof(t->buffer)];
	ssize_t n;

	if (t->fd < 0)
		return false;
	for (;;) {
		while (next_line(t, line, sizeof(line)))
			if (monitor_trace_parse(line, c))
				return true;
		n = read(t->fd, t->buffer + t->used, sizeof(t->buffer) - t->used);
		if (n <= 0)
			return false;
		t->used += n;
	}
}

void monitor_trace_close(struct monitor_trace *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (t->path[0] && rmdir(t->path))
		cvm_warn("removing '%s': %s", t->path, strerror(errno));
	t->path[0] = '\0';
}
