// SPDX-License-Identifier: GPL-2.0-only
/*
 * uevents TEXT: prints the kernel's events whose path has TEXT, one a line, its
 * variables separated by '|'. Says "listening" first; runs until it is killed.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	char buf[8192];
	ssize_t len, i;
	int fd;

	if (argc != 2) {
		fputs("usage: uevents TEXT\n", stderr);
		return 1;
	}
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("uevents");
		return 2;
	}
	puts("listening");
	fflush(stdout);
	while ((len = recv(fd, buf, sizeof(buf) - 1, 0)) > 0) {
		buf[len] = 0;
		if (!strstr(buf, argv[1]))
			continue;
		for (i = 0; i < len - 1; i++)
			if (!buf[i])
				buf[i] = '|';
		puts(buf);
		fflush(stdout);
	}
	return 2;
}
