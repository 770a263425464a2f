// SPDX-License-Identifier: GPL-2.0-only
/* kexec KERNEL INITRD: starts another kernel with this one's command line, now. */
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char cmdline[4096];
	int kernel, initrd, fd;
	ssize_t len;

	if (argc != 3) {
		fputs("usage: kexec KERNEL INITRD\n", stderr);
		return 1;
	}
	kernel = open(argv[1], O_RDONLY);
	initrd = open(argv[2], O_RDONLY);
	fd = open("/proc/cmdline", O_RDONLY);
	len = read(fd, cmdline, sizeof(cmdline) - 1);
	if (kernel < 0 || initrd < 0 || len <= 0) {
		perror("kexec: opening");
		return 2;
	}
	cmdline[len - (cmdline[len - 1] == '\n')] = 0;
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(cmdline) + 1, cmdline, 0)) {
		perror("kexec_file_load");
		return 2;
	}
	fflush(NULL);
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("kexec: reboot");
	return 2;
}
