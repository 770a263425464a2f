// SPDX-License-Identifier: GPL-2.0-only
/*
 * flags: CMPXCHG8B and CMPXCHG16B, with and without LOCK, change ZF and no other flag
 * (AMD64 Architecture Programmer's Manual, volume 3, "CMPXCHG8B"). Prints what is
 * wrong, and ends with 1 then.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ZF 0x40

/* As the flags it has all that an interrupt cannot return with: NT, VM, AC. */
#define WORD 0xffff8880041ee400

/*
 * POPF leaves an emulator with flags as such, ADD with an operand of which it would
 * have to compute them. (Below the stack pointer the compiler may have variables.)
 */
#define FLAGS_AFTER(instruction) ({					\
	uint64_t after;							\
									\
	asm volatile("lea	-128(%%rsp), %%rsp\n\t"			\
		     "push	$2\n\t"					\
		     "popf\n\t"						\
		     "add	%[word], %[sum]\n\t"			\
		     instruction "\n\t"					\
		     "pushf\n\t"					\
		     "pop	%[after]\n\t"				\
		     "lea	128(%%rsp), %%rsp"			\
		     : [after] "=&r" (after), [sum] "+&r" (sum),	\
		       "+a" (a), "+d" (d), "+m" (memory)		\
		     : [word] "r" (WORD), "b" (1UL), "c" (1UL),		\
		       [memory] "r" (&memory)				\
		     : "cc");						\
	after;								\
})

enum { NONE, CMPXCHG8B, LOCK_CMPXCHG8B, CMPXCHG16B, LOCK_CMPXCHG16B, ALL };

static const char *const name[ALL] = {
	"nothing", "cmpxchg8b", "lock cmpxchg8b", "cmpxchg16b",
	"lock cmpxchg16b",
};

static uint64_t flags_after(int what, uint64_t sum, bool equal)
{
	static struct {
		uint64_t word[2];
	} __attribute__((aligned(16))) memory;
	uint64_t a = equal ? 0 : 7, d = 0, flags;

	memory.word[0] = 0;
	memory.word[1] = 0;
	switch (what) {
	case CMPXCHG8B:
		flags = FLAGS_AFTER("cmpxchg8b	(%[memory])");
		break;
	case LOCK_CMPXCHG8B:
		flags = FLAGS_AFTER("lock cmpxchg8b	(%[memory])");
		break;
	case CMPXCHG16B:
		flags = FLAGS_AFTER("cmpxchg16b	(%[memory])");
		break;
	case LOCK_CMPXCHG16B:
		flags = FLAGS_AFTER("lock cmpxchg16b	(%[memory])");
		break;
	default:
		flags = FLAGS_AFTER("");
	}
	if (what != NONE && !!memory.word[0] != equal) {
		printf("%s: stored what it must not, or did not store\n", name[what]);
		exit(1);
	}
	return flags;
}

int main(void)
{
	static const uint64_t sums[] = { 0, 1, -WORD, ~0UL, 1UL << 63 };
	uint64_t flags, expected;
	int what, i, wrong = 0;

	for (i = 0; i < 2 * (int)(sizeof(sums) / sizeof(sums[0])); i++) {
		bool equal = i & 1;

		for (what = CMPXCHG8B; what < ALL; what++) {
			expected = flags_after(NONE, sums[i / 2], equal) & ~ZF;
			expected |= equal ? ZF : 0;
			flags = flags_after(what, sums[i / 2], equal);
			if (flags == expected)
				continue;
			printf("%s: flags 0x%lx, expected 0x%lx\n", name[what], flags, expected);
			wrong = 1;
		}
	}
	return wrong;
}
