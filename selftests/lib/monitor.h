/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request to the monitor of the QEMU that runs this machine, through the port
 * that selftests/vm connects to it, or from the host to a monitor's socket.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <json-c/json.h>

#define PORT "/dev/virtio-ports/org.cvm.qmp"
#define REPLY_SECONDS 60

static inline void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	exit(2);
}

struct monitor {
	int fd, lock;
};

static inline struct monitor monitor_open(const char *socket_path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct monitor m = { -1, -1 };

	if (!socket_path) {
		/* The port takes one opener: wait for another test program. */
		m.lock = open("/run/qmp.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (m.lock < 0 || flock(m.lock, LOCK_EX))
			die("/run/qmp.lock", strerror(errno));
		m.fd = open(PORT, O_RDWR | O_CLOEXEC);
		if (m.fd < 0)
			die(PORT, strerror(errno));
		return m;
	}
	if (strlen(socket_path) >= sizeof(addr.sun_path))
		die(socket_path, "too long for a socket's name");
	strcpy(addr.sun_path, socket_path);
	m.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (m.fd < 0 || connect(m.fd, (struct sockaddr *)&addr, sizeof(addr)))
		die(socket_path, strerror(errno));
	return m;
}

static inline void monitor_close(struct monitor *m)
{
	close(m->fd);
	if (m->lock >= 0)
		close(m->lock);
}

static inline void send_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("write", strerror(errno));
		text += n;
		len -= n;
	}
}

/* One line from the monitor; greetings and events come between replies. */
static inline char *read_line(int fd)
{
	static char buf[1 << 20];
	size_t len = 0;
	time_t end = time(NULL) + REPLY_SECONDS;

	while (len < sizeof(buf) - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (time(NULL) > end)
			die("monitor", "no answer");
		if (poll(&p, 1, 1000) <= 0)
			continue;
		n = read(fd, buf + len, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			die("monitor", "closed");
		if (buf[len] == '\n') {
			buf[len] = '\0';
			return buf;
		}
		len++;
	}
	die("monitor", "a line of more than a megabyte");
	return NULL;
}

/* Sends with an id and returns the reply that carries it. */
static inline json_object *command(int fd, json_object *request)
{
	static int serial;
	char id[64];

	snprintf(id, sizeof(id), "qmp-%d-%d-%ld", getpid(), serial++, (long)time(NULL));
	json_object_object_add(request, "id", json_object_new_string(id));
	send_all(fd, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN));
	send_all(fd, "\n");
	for (;;) {
		json_object *reply = json_tokener_parse(read_line(fd)), *got;

		if (reply && json_object_object_get_ex(reply, "id", &got) &&
		    !strcmp(json_object_get_string(got), id))
			return reply;
		json_object_put(reply);
	}
}

static inline json_object *request(const char *execute)
{
	json_object *r = json_object_new_object();

	json_object_object_add(r, "execute", json_object_new_string(execute));
	return r;
}

/* The request that these words are, or NULL. */
static inline json_object *request_of(int argc, char **argv)
{
	json_object *req, *args, *value;
	enum json_tokener_error err;

	if (argc == 2 && !strcmp(argv[0], "raw"))
		return json_tokener_parse(argv[1]);
	if (argc == 3 && !strcmp(argv[0], "get"))
		req = request("qom-get");
	else if (argc == 4 && !strcmp(argv[0], "set"))
		req = request("qom-set");
	else
		return NULL;
	args = json_object_new_object();
	json_object_object_add(args, "path", json_object_new_string(argv[1]));
	json_object_object_add(args, "property", json_object_new_string(argv[2]));
	if (argc == 4) {
		value = json_tokener_parse_verbose(argv[3], &err);
		if (err != json_tokener_success)
			value = json_object_new_string(argv[3]);
		json_object_object_add(args, "value", value);
	}
	json_object_object_add(req, "arguments", args);
	return req;
}

/* Consumes the request. Writes what QEMU says to @out and returns the exit status. */
static inline int perform(const char *socket_path, json_object *req, FILE *out)
{
	struct monitor m = monitor_open(socket_path);
	json_object *reply, *value, *desc;
	int status = 0;

	/* Refused when an earlier program has done it already, and no matter. */
	reply = request("qmp_capabilities");
	json_object_put(command(m.fd, reply));
	json_object_put(reply);
	reply = command(m.fd, req);
	monitor_close(&m);
	if (json_object_object_get_ex(reply, "error", &value)) {
		if (json_object_object_get_ex(value, "desc", &desc))
			value = desc;
		fprintf(out, "qmp: QEMU: %s\n", json_object_get_string(value));
		status = 2;
	} else if (json_object_object_get_ex(reply, "return", &value) &&
		   !(json_object_is_type(value, json_type_object) &&
		     !json_object_object_length(value))) {
		fprintf(out, "%s\n", json_object_get_string(value));
	}
	json_object_put(reply);
	json_object_put(req);
	return status;
}

#endif
