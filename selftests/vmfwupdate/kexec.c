// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec KERNEL INITRD [WORD]: starts another kernel with this one's command line, and
 * WORD at its end, now.
 */
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char cmdline[4096], *end;
	int kernel, initrd, fd;
	ssize_t len;

	if (argc != 3 && argc != 4) {
		fputs("usage: kexec KERNEL INITRD [WORD]\n", stderr);
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
	end = cmdline + len - (cmdline[len - 1] == '\n');
	*end = 0;
	if (argc > 3)
		snprintf(end, cmdline + sizeof(cmdline) - end, " %s", argv[3]);
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(cmdline) + 1, cmdline, 0)) {
		perror("kexec_file_load");
		return 2;
	}
	fflush(NULL);
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("kexec: reboot");
	return 2;
}
