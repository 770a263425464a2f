// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel announces about the two platform devices. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "monitor.h"

#define KERNEL_GROUP	1

int monitor_uevent_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* "ACTION@/devices/platform/DEVICE", a zero byte, and what is not needed. */
bool monitor_uevent_parse(const char *message, size_t size, struct monitor_uevent *event)
{
	static const char * const devices[] = { "aspt", "psp" };
	const char *end = memchr(message, '\0', size), *at, *name;
	size_t i;

	at = end ? strchr(message, '@') : NULL;
	if (!at || at == message || (size_t)(at - message) >= sizeof(event->action))
		return false;
	name = strrchr(at, '/');
	if (!name || !strstr(at, "/platform/"))
		return false;
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (strcmp(name + 1, devices[i]))
			continue;
		snprintf(event->device, sizeof(event->device), "%s", devices[i]);
		snprintf(event->action, sizeof(event->action), "%.*s",
			 (int)(at - message), message);
		return true;
	}
	return false;
}

bool monitor_uevent_next(int fd, struct monitor_uevent *event)
{
	struct sockaddr_nl sender;
	socklen_t length;
	char message[8192];
	ssize_t n;

	for (;;) {
		length = sizeof(sender);
		n = recvfrom(fd, message, sizeof(message), MSG_DONTWAIT,
			     (struct sockaddr *)&sender, &length);
		if (n <= 0)
			return false;
		/* Other processes may send to the group as well. */
		if (!sender.nl_pid && monitor_uevent_parse(message, n, event))
			return true;
	}
}
