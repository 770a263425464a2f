// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine monitor as far as SEV sees one: makes a VM with KVM and
 * gives KVM the commands for it that it is told to, in this order:
 *
 *	kvm STEP...
 *
 *	init     KVM_SEV_INIT
 *	start    KVM_SEV_LAUNCH_START, without a session: LAUNCH_START, ACTIVATE
 *	status   KVM_SEV_GUEST_STATUS
 *	wrong    start with a file that is not /dev/sev
 *	wait     prints "waiting" and waits for a line on stdin
 *
 * Each but wait is one line "STEP errno=0 error=0x0 ...". A step that fails does
 * not end it; the VM ends with the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

/* What is in the error field before: shows whether it was written. */
#define UNTOUCHED	0xdeadbeef

static int vm, sev;

static int command(const char *step, int fd, uint32_t id, void *data)
{
	struct kvm_sev_cmd cmd = {
		.id = id,
		.data = (uintptr_t)data,
		.error = UNTOUCHED,
		.sev_fd = fd,
	};
	int err = ioctl(vm, KVM_MEMORY_ENCRYPT_OP, &cmd) < 0 ? errno : 0;

	printf("%s errno=%s error=", step, err ? strerrorname_np(err) ?: "?" : "0");
	if (cmd.error == UNTOUCHED)
		printf("untouched");
	else
		printf("0x%x", cmd.error);
	return err;
}

static bool run(const char *step)
{
	struct kvm_sev_launch_start start = { };
	struct kvm_sev_guest_status status = { };
	int other, c;

	if (!strcmp(step, "init")) {
		command(step, sev, KVM_SEV_INIT, NULL);
	} else if (!strcmp(step, "start")) {
		if (!command(step, sev, KVM_SEV_LAUNCH_START, &start))
			printf(" handle=%u", start.handle);
	} else if (!strcmp(step, "status")) {
		if (!command(step, sev, KVM_SEV_GUEST_STATUS, &status))
			printf(" handle=%u policy=0x%x state=%u", status.handle,
			       status.policy, status.state);
	} else if (!strcmp(step, "wrong")) {
		other = open("/dev/null", O_RDWR | O_CLOEXEC);
		command(step, other, KVM_SEV_LAUNCH_START, &start);
		close(other);
	} else if (!strcmp(step, "wait")) {
		puts("waiting");
		fflush(stdout);
		while ((c = getchar()) != '\n' && c != EOF)
			;
		return true;
	} else {
		return false;
	}
	putchar('\n');
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int i;

	sev = open("/dev/sev", O_RDWR | O_CLOEXEC);
	if (kvm < 0 || sev < 0) {
		printf("open: /dev/kvm %s, /dev/sev %s\n", kvm < 0 ? "failed" : "works",
		       sev < 0 ? "failed" : "works");
		return 3;
	}
	printf("api=%d\n", ioctl(kvm, KVM_GET_API_VERSION, 0));
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0) {
		printf("KVM_CREATE_VM errno=%s\n", strerrorname_np(errno));
		return 3;
	}
	for (i = 1; i < argc; i++) {
		if (run(argv[i]))
			continue;
		fprintf(stderr, "kvm: no step '%s'\n", argv[i]);
		return 2;
	}
	return 0;
}
