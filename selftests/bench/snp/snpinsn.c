// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executes RMPUPDATE and PSMASH as it is told, for the tests of their emulation.
 * The parameter "page" reads as the address of 4 MiB that are the module's own,
 * aligned to their size. Into "run" one writes
 *
 *	update ADDRESS GPA ASSIGNED LARGE IMMUTABLE RESERVED ASID
 *	smash ADDRESS
 *
 * in hexadecimal; it then reads as EAX and the arithmetic flags, or as "fault".
 * Nobody looks after a page that is left to somebody else.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <asm/asm.h>
#include <asm/processor-flags.h>

#define ORDER	10
#define FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | X86_EFLAGS_SF | \
		 X86_EFLAGS_OF)

struct operand {
	u64 gpa;
	u8 assigned;
	u8 large;
	u8 immutable;
	u8 reserved;
	u32 asid;
} __packed;

static struct page *pages;
static DEFINE_MUTEX(lock);
static char answer[64] = "nothing was run\n";

/* The carry is set before, to see that it stays. */
#define EXECUTE(bytes, address, operand) do {						\
	unsigned long ax_ = (address), flags_ = 0;					\
	unsigned int fault_ = 0;							\
											\
	asm volatile("stc\n1: .byte " bytes "\n\tpushf\n\tpop %[flags]\n\tjmp 3f\n"	\
		     "2:\tmovl $1, %[fault]\n3:\n" _ASM_EXTABLE(1b, 2b)			\
		     : "+a" (ax_), [flags] "+r" (flags_), [fault] "+r" (fault_)		\
		     : "c" (operand) : "memory", "cc");					\
	if (fault_)									\
		strscpy(answer, "fault\n", sizeof(answer));				\
	else										\
		scnprintf(answer, sizeof(answer), "%lx %lx\n", ax_, flags_ & FLAGS);	\
} while (0)

static int run_set(const char *text, const struct kernel_param *kp)
{
	struct operand op = { };
	unsigned int assigned, large, immutable, reserved;
	u64 address;
	int ret = 0;

	mutex_lock(&lock);
	if (sscanf(text, "update %llx %llx %x %x %x %x %x", &address, &op.gpa, &assigned, &large,
		   &immutable, &reserved, &op.asid) == 7) {
		op.assigned = assigned;
		op.large = large;
		op.immutable = immutable;
		op.reserved = reserved;
		EXECUTE("0xf2, 0x0f, 0x01, 0xfe", address, &op);
	} else if (sscanf(text, "smash %llx", &address) == 1) {
		EXECUTE("0xf3, 0x0f, 0x01, 0xff", address, &op);
	} else {
		ret = -EINVAL;
	}
	mutex_unlock(&lock);
	return ret;
}

static int run_get(char *buffer, const struct kernel_param *kp)
{
	int length;

	mutex_lock(&lock);
	length = sysfs_emit(buffer, "%s", answer);
	mutex_unlock(&lock);
	return length;
}

static const struct kernel_param_ops run_ops = { .set = run_set, .get = run_get };

module_param_cb(run, &run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "an instruction to execute; reads as its result");

static int page_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%llx\n", (u64)page_to_phys(pages));
}

static const struct kernel_param_ops page_ops = { .get = page_get };

module_param_cb(page, &page_ops, NULL, 0400);
MODULE_PARM_DESC(page, "the address of the module's own memory");

static int __init snpinsn_init(void)
{
	pages = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, ORDER);
	return pages ? 0 : -ENOMEM;
}

static void __exit snpinsn_exit(void)
{
	__free_pages(pages, ORDER);
}

module_init(snpinsn_init);
module_exit(snpinsn_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test: executes RMPUPDATE and PSMASH");
