// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMM that knows nothing of vmsr: one vCPU under KVM whose guest loops for ever. Its
 * words mean nothing to it. The VM and the vCPU are made and run by a thread that is
 * not the process's first.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY	4096

static void *run(void *arg)
{
	static const uint8_t code[] = { 0xeb, 0xfe };	/* jmp . */
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_sregs sregs;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, vcpu;
	void *memory;

	(void)arg;
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (kvm < 0 || vm < 0)
		err(2, "/dev/kvm");
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(2, "the guest's memory");
	memcpy(memory, code, sizeof(code));
	region.userspace_addr = (uintptr_t)memory;
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) || vcpu < 0 ||
	    ioctl(vcpu, KVM_GET_SREGS, &sregs))
		err(2, "the VM");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) || ioctl(vcpu, KVM_SET_REGS, &regs))
		err(2, "the vCPU's registers");
	/* Its exit reasons are of no interest: it has none but a signal. */
	while (!ioctl(vcpu, KVM_RUN, 0))
		;
	err(2, "KVM_RUN");
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL))
		errx(2, "no thread");
	pthread_join(thread, NULL);
	return 0;
}
