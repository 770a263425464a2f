/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arithmetic of energy, with nothing of the kernel in it: the same file is
 * compiled into the module and into a test.
 *
 * Inside the module energy is counted in 64 bits of 2^-24 J ("units", 60 nJ):
 * fine enough that every counter of hardware there is fits without loss, and
 * long enough for 34 years at 1 kW.
 */
#ifndef VMSR_ENERGY_H
#define VMSR_ENERGY_H

#include <linux/types.h>

#include <linux/vmsr.h>

#ifdef __KERNEL__
#include <linux/math64.h>
#define vmsr_mul_div(a, b, c)	mul_u64_u64_div_u64(a, b, c)
#define vmsr_mul_shr(a, b, n)	mul_u64_u32_shr(a, b, n)
#else
#include <stdbool.h>
#define vmsr_mul_div(a, b, c)	((__u64)((__uint128_t)(a) * (b) / (c)))
#define vmsr_mul_shr(a, b, n)	((__u64)(((__uint128_t)(a) * (b)) >> (n)))
#endif

#define VMSR_UNIT_SHIFT		24

/**
 * struct vmsr_counter - a hardware counter of 32 bits, extended
 * @total: what it has counted since vmsr_counter_start()
 * @last: what the hardware showed last, and was believed
 * @doubted: what it showed after that was not
 * @other: the newest of what was not
 */
struct vmsr_counter {
	__u64 total;
	__u32 last;
	bool doubted;
	__u32 other;
};

/**
 * enum vmsr_reading - what to make of a value of the hardware's register
 * @VMSR_READING_GOOD: it counts from the last good one
 * @VMSR_READING_DOUBTFUL: it cannot; which of the two is wrong is not known yet
 * @VMSR_READING_MOVED: the register counts, but from somewhere else
 */
enum vmsr_reading {
	VMSR_READING_GOOD,
	VMSR_READING_DOUBTFUL,
	VMSR_READING_MOVED,
};

void vmsr_counter_start(struct vmsr_counter *counter, __u32 raw);
__u32 vmsr_counter_most(unsigned int watts, __u64 ns, unsigned int shift);
enum vmsr_reading vmsr_counter_judge(struct vmsr_counter *counter, __u32 raw,
				     __u32 most);
__u64 vmsr_counter_advance(struct vmsr_counter *counter, __u32 raw,
			   unsigned int shift);

/**
 * struct vmsr_division - an amount being shared out by weights
 * @amount: all of it
 * @weight: sum of all weights
 * @given: what has been given so far
 * @passed: weights so far
 */
struct vmsr_division {
	__u64 amount;
	__u64 weight;
	__u64 given;
	__u64 passed;
};

void vmsr_division_start(struct vmsr_division *d, __u64 amount, __u64 weight);
__u64 vmsr_division_next(struct vmsr_division *d, __u64 weight);
__u64 vmsr_division_rest(struct vmsr_division *d);

/**
 * struct vmsr_load - who used a package's processors during a window, in ns
 * @window: length of the window, times the CPUs that were there
 * @idle: while nothing ran
 * @vms: while threads of VMs ran
 */
struct vmsr_load {
	__u64 window;
	__u64 idle;
	__u64 vms;
};

void vmsr_division_policy(struct vmsr_division *d, __u64 amount,
			  const struct vmsr_load *load,
			  enum vmsr_policy policy);
__u64 vmsr_division_idle(struct vmsr_division *d,
			 const struct vmsr_load *load,
			 enum vmsr_policy policy);

__u64 vmsr_units_from(__u64 counter, unsigned int shift);
__u64 vmsr_units_to_uj(__u64 units);
__u64 vmsr_units_to_guest(__u64 units);
__u64 vmsr_power_uw(__u64 units, __u64 ns);

#endif
