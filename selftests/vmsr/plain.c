// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMM that knows nothing of vmsr: two vCPUs whose guest works for ever, a third
 * one once it gets a line on stdin, and a thread that is none. Prints the vCPUs'
 * threads, one a line.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY	(64 << 10)
#define CODE	0x1000

static int kvm, vm;

static void *vcpu_run(void *arg)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, (unsigned long)arg);
	struct kvm_sregs sregs;

	if (vcpu < 0 || ioctl(vcpu, KVM_GET_SREGS, &sregs))
		err(2, "a vCPU");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) ||
	    ioctl(vcpu, KVM_SET_REGS, &regs))
		err(2, "the vCPU's registers");
	printf("%ld\n", syscall(SYS_gettid));
	while (!ioctl(vcpu, KVM_RUN, 0) || errno == EINTR)
		;
	err(2, "KVM_RUN");
}

static void *rest(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void start(void *(*fn)(void *), unsigned long arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, (void *)arg))
		errx(2, "a thread");
}

int main(void)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	uint8_t *memory;

	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (kvm < 0 || vm < 0 || memory == MAP_FAILED)
		err(2, "/dev/kvm");
	region.userspace_addr = (uintptr_t)memory;
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		err(2, "the guest's memory");
	memcpy(memory + CODE, "\xeb\xfe", 2);	/* jmp to itself */
	setvbuf(stdout, NULL, _IOLBF, 0);
	start(rest, 0);
	start(vcpu_run, 0);
	start(vcpu_run, 1);
	if (getchar() != EOF)
		start(vcpu_run, 2);
	for (;;)
		pause();
}
