// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmsrctl watch: attaches VMs as they start. KVM announces each with a uevent of
 * its device; those that were there before have a descriptor of it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "vmm_name.h"
#include "vmsrctl.h"

#define KERNEL_GROUP	1
/* A signal that comes just before poll() is seen after it. */
#define LONGEST_WAIT_MS	500
#define COMMAND_LINE	65536

static uint64_t delay_ms = 3000;

const struct cvm_option watch_options[] = {
	{ .name = "delay", .letter = 'd', .kind = CVM_OPT_U64, .argument = "MS",
	  .value = &delay_ms, .max = 600000,
	  .help = "leave a new VMM so long to make itself a VM of vmsr (3000)" },
	{ }
};

/*
 * struct candidate - a process to attach
 * @due_ms: when
 */
struct candidate {
	uint32_t pid;
	uint64_t due_ms;
};

/*
 * struct watch - watch at work
 * @events: the kernel's uevents
 * @queue: by time
 */
struct watch {
	struct cvm_genl *nl;
	int events;
	struct candidate *queue;
	size_t nr;
	size_t room;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static void enqueue(struct watch *w, uint32_t pid, uint64_t delay)
{
	struct candidate *larger;
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (w->queue[i].pid == pid)
			return;
	if (w->nr == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		larger = cvm_alloc(w->room, sizeof(*larger));
		if (w->nr)
			memcpy(larger, w->queue, w->nr * sizeof(*larger));
		free(w->queue);
		w->queue = larger;
	}
	w->queue[w->nr++] = (struct candidate){ pid, now_ms() + delay };
}

/* Whether a process has a VM of KVM. */
static bool has_vm(const char *pid)
{
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		found = n > 0 && (target[n] = 0, !strcmp(target, "anon_inode:kvm-vm"));
	}
	if (dir)
		closedir(dir);
	return found;
}

static int look_around(struct watch *w)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	uint64_t pid;

	if (!proc)
		return cvm_error(CVM_FAIL, "opening '/proc'", strerror(errno), NULL);
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && has_vm(entry->d_name) &&
		    !cvm_number(entry->d_name, &pid))
			enqueue(w, pid, delay_ms);
	closedir(proc);
	return CVM_OK;
}

static int events_open(struct watch *w)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };

	w->events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   NETLINK_KOBJECT_UEVENT);
	if (w->events < 0 || bind(w->events, (struct sockaddr *)&address, sizeof(address)))
		return cvm_error(CVM_FAIL, "listening to the kernel's uevents", strerror(errno),
				 NULL);
	return CVM_OK;
}

/* The process of a thread: KVM names the one that made the VM. */
static uint32_t process_of(uint64_t tid)
{
	char line[256], path[64];
	unsigned int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%llu/status", (unsigned long long)tid);
	f = fopen(path, "re");
	while (f && !pid && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %u", &pid) != 1)
			pid = 0;
	if (f)
		fclose(f);
	return pid;
}

/* The thread that an event of a new VM names, or 0. */
static uint64_t created_by(const char *message, size_t size)
{
	const char *at = message, *end = message + size;
	bool created = false, kvm = false;
	uint64_t pid = 0;

	for (; at < end && memchr(at, 0, end - at); at += strlen(at) + 1) {
		if (!strcmp(at, "DEVNAME=kvm"))
			kvm = true;
		else if (!strcmp(at, "EVENT=create"))
			created = true;
		else if (!strncmp(at, "PID=", 4) && cvm_number(at + 4, &pid))
			pid = 0;
	}
	return kvm && created ? pid : 0;
}

static int read_events(struct watch *w)
{
	struct sockaddr_nl sender;
	socklen_t length;
	char message[8192];
	uint32_t pid;
	ssize_t n;

	for (;;) {
		length = sizeof(sender);
		n = recvfrom(w->events, message, sizeof(message), MSG_DONTWAIT,
			     (struct sockaddr *)&sender, &length);
		if (n < 0 && errno == ENOBUFS) {
			cvm_note("some events were lost; looking at all processes");
			return look_around(w);
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return cvm_error(CVM_FAIL, "reading the kernel's uevents",
					 strerror(errno), NULL);
		if (n <= 0)
			return CVM_OK;
		/* Other processes may send to the group as well. */
		if (sender.nl_pid)
			continue;
		pid = process_of(created_by(message, n));
		if (pid)
			enqueue(w, pid, delay_ms);
	}
}

/* What its VMM calls it, or else the kernel the process. */
static const char *name_of(uint32_t pid)
{
	static char name[VMSR_NAME_SIZE];
	char *words = cvm_alloc(COMMAND_LINE, 1);
	size_t size;
	bool found;
	FILE *f;

	f = fopen(cvm_fmt("/proc/%u/cmdline", pid), "re");
	size = f ? fread(words, 1, COMMAND_LINE, f) : 0;
	if (f)
		fclose(f);
	found = vmm_name(words, size, name, sizeof(name));
	free(words);
	return found ? name : NULL;
}

static int attach(struct watch *w, uint32_t pid)
{
	const char *name = name_of(pid), *words;
	int id = vm_attach_quiet(w->nl, pid, name, &words);

	if (id == -EEXIST) {
		cvm_note("the process %u belongs to a VM already", pid);
		return CVM_OK;
	}
	if (id == -ESRCH) {
		cvm_note("the process %u has ended", pid);
		return CVM_OK;
	}
	/* The module is gone, or this was never allowed: nothing will work. */
	if (id == -ENOENT || id == -EOPNOTSUPP || id == -EPERM)
		return cvm_error(cvm_errno(-id), cvm_fmt("attaching the process %u", pid),
				 words ? words : strerror(-id), id == -EPERM ? "this needs root" :
				 "is the module vmsr still loaded?");
	if (id < 0) {
		cvm_warn("attaching the process %u: %s", pid, words ? words : strerror(-id));
		return CVM_OK;
	}
	cvm_out_string("event", NULL, "attached");
	cvm_out_u64("id", NULL, id);
	cvm_out_u64("pid", NULL, pid);
	cvm_out_string("name", NULL, name);
	cvm_out_format(NULL, "attached", "VM %d, process %u%s%s", id, pid, name ? ", " : "",
		       name ? name : "");
	return CVM_OK;
}

static int attach_due(struct watch *w)
{
	uint64_t now = now_ms();
	size_t i, kept = 0;
	int ret = CVM_OK;

	for (i = 0; i < w->nr; i++) {
		if (ret || w->queue[i].due_ms > now) {
			w->queue[kept++] = w->queue[i];
			continue;
		}
		ret = attach(w, w->queue[i].pid);
		if (!ret)
			ret = cvm_out_flush();
	}
	w->nr = kept;
	return ret;
}

static void wait_for_more(const struct watch *w)
{
	struct pollfd pfd = { .fd = w->events, .events = POLLIN };
	uint64_t now = now_ms(), ms = LONGEST_WAIT_MS;
	size_t i;

	for (i = 0; i < w->nr; i++) {
		uint64_t left = w->queue[i].due_ms > now ? w->queue[i].due_ms - now : 0;

		if (left < ms)
			ms = left;
	}
	poll(&pfd, 1, ms);
}

int cmd_watch(int argc, char **argv)
{
	struct watch w = { .events = -1 };
	int ret;

	(void)argc;
	(void)argv;
	cvm_stop_on_signal();
	ret = vmsr_open(&w.nl);
	if (ret)
		return ret;
	/* First the events, so that no VM starts between the two. */
	ret = events_open(&w);
	if (!ret)
		ret = look_around(&w);
	while (!ret && !cvm_stopped()) {
		wait_for_more(&w);
		ret = read_events(&w);
		if (!ret)
			ret = attach_due(&w);
	}
	if (w.events >= 0)
		close(w.events);
	free(w.queue);
	cvm_genl_close(w.nl);
	return ret;
}
