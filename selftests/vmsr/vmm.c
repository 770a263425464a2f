// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tiny VMM: one vCPU under KVM whose guest reads energy MSRs, which are
 * answered from the page that vmsr maps. All that another VMM needs to do is in
 * vmsr_setup(), filter_msrs() and answer_rdmsr().
 *
 *	vmm [--amd] [--name NAME] busy|idle ROUNDS MSR...
 *
 * ROUNDS times the guest, in real mode, reads each MSR and then works, or is left
 * alone, for a period of vmsr. Prints each read as the guest saw it,
 *	guest round 0 msr 0x611 value 17
 * ("fault" for #GP), and last what the host knows,
 *	host vm 3 vcpu_uj 1200345 overhead_uj 0 exits 12
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/vmsr.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MEMORY		(64 << 10)
#define CODE		0x1000
#define MAILBOX		0x800	/* struct mailbox */
#define VECTOR_GP	13
#define PORT_READ	0x10	/* the guest has read an MSR; 0x11: #GP instead */
#define PORT_WORKED	0x12

struct mailbox {
	uint32_t msr;		/* 0: work instead */
	uint32_t low, high;
};

/* Takes its orders from the mailbox, for ever. */
asm(".pushsection .rodata\n"
	".code16\n"
	"guest_code:\n"
	"	movl	0x800, %ecx\n"
	"	testl	%ecx, %ecx\n"
	"	jz	1f\n"
	"	rdmsr\n"
	"	movl	%eax, 0x804\n"
	"	movl	%edx, 0x808\n"
	"	outb	%al, $0x10\n"
	"	jmp	guest_code\n"
	"1:	movl	$200000, %ecx\n"
	"2:	decl	%ecx\n"
	"	jnz	2b\n"
	"	outb	%al, $0x12\n"
	"	jmp	guest_code\n"
	"guest_fault:\n"		/* drops the frame and starts anew */
	"	outb	%al, $0x11\n"
	"	movw	$0xf000, %sp\n"
	"	jmp	guest_code\n"
	"guest_end:\n"
	".code64\n"
	".popsection\n");

struct vmm {
	int vmsr, kvm_vm, vcpu;
	uint32_t id;
	const char *page;		/* of vmsr */
	struct vmsr_msr msrs[16];
	uint32_t nr_msrs;
	struct kvm_run *run;
	uint8_t *memory;
	unsigned long exits;		/* RDMSRs that came here */
};

/* A VM with one vCPU: this thread. */
static void vmsr_setup(struct vmm *v, bool amd, const char *name)
{
	struct vmsr_create_vm create = {
		.size = sizeof(create),
		.interface = amd ? VMSR_INTERFACE_AMD : VMSR_INTERFACE_INTEL,
		.nr_vcpus = 1, .nr_packages = 1, .nr_cores = 1,
	};
	struct vmsr_vcpu_thread vcpu = { .size = sizeof(vcpu) };
	struct vmsr_msr_list list = {
		.size = sizeof(list), .entry_size = sizeof(v->msrs[0]),
		.nr = 16, .entries = (uintptr_t)v->msrs,
	};
	int device = open("/dev/vmsr", O_RDWR | O_CLOEXEC);

	if (device < 0)
		err(2, "/dev/vmsr");
	snprintf(create.name, sizeof(create.name), "%s", name);
	v->vmsr = ioctl(device, VMSR_CREATE_VM, &create);
	if (v->vmsr < 0)
		err(2, "VMSR_CREATE_VM");
	close(device);
	v->id = create.id;
	v->page = mmap(NULL, create.map_size, PROT_READ, MAP_SHARED, v->vmsr, 0);
	if (v->page == MAP_FAILED)
		err(2, "mapping the page");
	if (ioctl(v->vmsr, VMSR_VM_ADD_VCPU, &vcpu))
		err(2, "VMSR_VM_ADD_VCPU");
	if (ioctl(v->vmsr, VMSR_VM_LIST_MSRS, &list))
		err(2, "VMSR_VM_LIST_MSRS");
	v->nr_msrs = list.nr;
}

/* KVM shall ask about just these, in both directions. */
static void filter_msrs(struct vmm *v)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_X86_USER_SPACE_MSR,
		.args[0] = KVM_MSR_EXIT_REASON_FILTER,
	};
	struct kvm_msr_filter filter = { .flags = KVM_MSR_FILTER_DEFAULT_ALLOW };
	static uint8_t deny;	/* one bit, which is 0 */
	uint32_t i;

	if (ioctl(v->kvm_vm, KVM_ENABLE_CAP, &cap))
		err(2, "KVM_CAP_X86_USER_SPACE_MSR");
	for (i = 0; i < v->nr_msrs; i++) {
		filter.ranges[i].flags = KVM_MSR_FILTER_READ |
					 KVM_MSR_FILTER_WRITE;
		filter.ranges[i].base = v->msrs[i].index;
		filter.ranges[i].nmsrs = 1;
		filter.ranges[i].bitmap = &deny;
	}
	if (ioctl(v->kvm_vm, KVM_X86_SET_MSR_FILTER, &filter))
		err(2, "KVM_X86_SET_MSR_FILTER");
}

/* One load from the page; here everything is in package 0 and core 0. */
static void answer_rdmsr(struct vmm *v)
{
	uint32_t i;

	v->exits++;
	for (i = 0; i < v->nr_msrs; i++) {
		const struct vmsr_msr *m = &v->msrs[i];

		if (m->index != v->run->msr.index ||
		    !(m->access & VMSR_MSR_READ))
			continue;
		v->run->msr.data = *(const volatile uint64_t *)(v->page +
								m->offset);
		v->run->msr.error = 0;
		return;
	}
	v->run->msr.error = 1;
}

static void answer_wrmsr(struct vmm *v)
{
	uint32_t i;

	v->run->msr.error = 1;
	for (i = 0; i < v->nr_msrs; i++)
		if (v->msrs[i].index == v->run->msr.index &&
		    v->msrs[i].access & VMSR_MSR_WRITE)
			v->run->msr.error = 0;
}

static void kvm_setup(struct vmm *v)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rip = CODE, .rsp = 0xf000, .rflags = 2 };
	const char *code, *fault, *end;
	uint16_t vector[2] = {};
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), size;

	v->kvm_vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (kvm < 0 || v->kvm_vm < 0)
		err(2, "/dev/kvm");
	v->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->memory == MAP_FAILED)
		err(2, "the guest's memory");
	region.userspace_addr = (uintptr_t)v->memory;
	if (ioctl(v->kvm_vm, KVM_SET_USER_MEMORY_REGION, &region))
		err(2, "KVM_SET_USER_MEMORY_REGION");
	asm("lea guest_code(%%rip), %0; lea guest_fault(%%rip), %1;"
	    "lea guest_end(%%rip), %2" : "=&r" (code), "=&r" (fault), "=r" (end));
	memcpy(v->memory + CODE, code, end - code);
	vector[0] = CODE + (fault - code);
	memcpy(v->memory + 4 * VECTOR_GP, vector, sizeof(vector));

	v->vcpu = ioctl(v->kvm_vm, KVM_CREATE_VCPU, 0);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	v->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, v->vcpu, 0);
	if (v->vcpu < 0 || v->run == MAP_FAILED)
		err(2, "KVM_CREATE_VCPU");
	if (ioctl(v->vcpu, KVM_GET_SREGS, &sregs))
		err(2, "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(v->vcpu, KVM_SET_SREGS, &sregs) ||
	    ioctl(v->vcpu, KVM_SET_REGS, &regs))
		err(2, "the vCPU's registers");
	close(kvm);
}

/* Run the guest until it has something to tell; the port says what. */
static unsigned int run(struct vmm *v)
{
	for (;;) {
		if (ioctl(v->vcpu, KVM_RUN, 0) && errno != EINTR)
			err(2, "KVM_RUN");
		switch (v->run->exit_reason) {
		case KVM_EXIT_X86_RDMSR:
			answer_rdmsr(v);
			break;
		case KVM_EXIT_X86_WRMSR:
			answer_wrmsr(v);
			break;
		case KVM_EXIT_IO:
			return v->run->io.port;
		case KVM_EXIT_INTR:
			break;
		default:
			errx(2, "the guest ended with exit %u",
			     v->run->exit_reason);
		}
	}
}

static void energy(struct vmm *v, struct vmsr_energy *e)
{
	*e = (struct vmsr_energy){ .size = sizeof(*e) };
	if (ioctl(v->vmsr, VMSR_VM_ENERGY, e))
		err(2, "VMSR_VM_ENERGY");
}

/* Let one of vmsr's periods pass: with work, or asleep. */
static void pass_time(struct vmm *v, volatile struct mailbox *mailbox, bool busy)
{
	const struct timespec nap = { .tv_nsec = 60000000 }; /* looking is work */
	struct vmsr_energy now, start;

	mailbox->msr = 0;
	energy(v, &start);
	do {
		if (!busy)
			nanosleep(&nap, NULL);
		else if (run(v) != PORT_WORKED)
			errx(2, "the guest did something else than work");
		energy(v, &now);
	} while (now.updates == start.updates);
}

int main(int argc, char **argv)
{
	unsigned long round, rounds;
	volatile struct mailbox *mailbox;
	const char *name = "vmm";
	bool amd = false, busy;
	struct vmsr_energy e;
	struct vmm v = {};
	int i = 1, m;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--amd"))
			amd = true;
		else if (!strcmp(argv[i], "--name") && i + 1 < argc)
			name = argv[++i];
		else
			errx(1, "unknown option '%s'", argv[i]);
	}
	if (argc - i < 3 || (strcmp(argv[i], "busy") && strcmp(argv[i], "idle")))
		errx(1, "usage: vmm [--amd] [--name NAME] busy|idle ROUNDS MSR...");
	busy = !strcmp(argv[i++], "busy");
	rounds = strtoul(argv[i++], NULL, 0);
	vmsr_setup(&v, amd, name);
	kvm_setup(&v);
	filter_msrs(&v);
	mailbox = (void *)(v.memory + MAILBOX);

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (round = 0; round < rounds; round++) {
		for (m = i; m < argc; m++) {
			mailbox->msr = strtoul(argv[m], NULL, 0);
			printf("guest round %lu msr 0x%x ", round, mailbox->msr);
			if (run(&v) == PORT_READ)
				printf("value %llu\n",
				       (unsigned long long)mailbox->high << 32 |
				       mailbox->low);
			else
				printf("fault\n");
		}
		pass_time(&v, mailbox, busy);
	}
	energy(&v, &e);
	printf("host vm %u vcpu_uj %llu overhead_uj %llu exits %lu\n", v.id,
	       e.vcpu_uj, e.overhead_uj, v.exits);
	return 0;
}
