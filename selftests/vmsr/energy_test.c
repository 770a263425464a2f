// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/vmsr/energy.c
/*
 * The arithmetic of energy, in userspace: the same file as in the module.
 */
#include <stdint.h>
#include <stdlib.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "drivers/vmsr/energy.h"

/* A generator of its own: the same numbers on every machine. */
static uint64_t state;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* All magnitudes, not only large ones. */
static uint64_t random_up_to(unsigned int bits)
{
	return random64() >> (64 - 1 - random64() % bits);
}

TEST(units_are_those_of_the_counter)
{
	unsigned int shift;

	for (shift = 0; shift <= 31; shift++) {
		/* One joule is one joule, whatever it is counted in. */
		EXPECT_EQ(vmsr_units_from(1ULL << shift, shift), 1ULL << 24);
		EXPECT_EQ(vmsr_units_to_uj(vmsr_units_from(5ULL << shift, shift)),
			  5000000);
	}
	EXPECT_EQ(vmsr_units_from(1, 14), 1 << 10);
	EXPECT_EQ(vmsr_units_from(1, 16), 1 << 8);
	EXPECT_EQ(vmsr_units_to_uj(vmsr_units_from(1, 14)), 61);
}

TEST(microjoules_of_decades)
{
	/* 34 years at 1 kW. */
	uint64_t joules = 34ULL * 365 * 86400 * 1000;

	EXPECT_EQ(vmsr_units_to_uj(joules << 24), joules * 1000000);
}

TEST(wrap_loses_nothing)
{
	struct vmsr_counter c = {};
	uint64_t sum = 0;

	vmsr_counter_start(&c, 0xFFFFFFF0);
	sum += vmsr_counter_advance(&c, 0xFFFFFFFF, 14);
	EXPECT_EQ(sum, 15 << 10);
	sum += vmsr_counter_advance(&c, 0, 14);
	EXPECT_EQ(sum, 16 << 10);
	sum += vmsr_counter_advance(&c, 0x10, 14);
	EXPECT_EQ(sum, 32 << 10);
	/* The longest step that one register can tell. */
	sum += vmsr_counter_advance(&c, 0xF, 14);
	EXPECT_EQ(sum, (32ULL << 10) + (0xFFFFFFFFULL << 10));
}

TEST(first_value_is_not_energy)
{
	struct vmsr_counter c = {};

	vmsr_counter_start(&c, 123456789);
	EXPECT_EQ(c.total, 0);
	EXPECT_EQ(vmsr_counter_advance(&c, 123456789, 16), 0);
	EXPECT_EQ(vmsr_counter_advance(&c, 123456790, 16), 1 << 8);
}

TEST(restart_keeps_the_total)
{
	struct vmsr_counter c = {};

	vmsr_counter_start(&c, 100);
	vmsr_counter_advance(&c, 150, 14);
	vmsr_counter_start(&c, 7);
	EXPECT_EQ(vmsr_counter_advance(&c, 8, 14), 1 << 10);
	EXPECT_EQ(c.total, 51);
}

TEST(counters_finer_than_units_carry)
{
	struct vmsr_counter c = {};
	uint64_t sum = 0, i;

	/* 2^-31 J: 128 of them are one of ours. */
	vmsr_counter_start(&c, 0);
	for (i = 1; i <= 1280; i++)
		sum += vmsr_counter_advance(&c, i, 31);
	EXPECT_EQ(sum, 10);
}

TEST(how_far_a_counter_can_have_come)
{
	unsigned int shift;

	EXPECT_EQ(vmsr_counter_most(4000, 1000000000, 14), 4000 << 14);
	EXPECT_EQ(vmsr_counter_most(500, 100000000, 16), 50 << 16);
	EXPECT_EQ(vmsr_counter_most(4000, 0, 16), 0);
	/* 2^32 units of 2^-16 J are 65536 J. */
	EXPECT_EQ(vmsr_counter_most(4000, 16382000000, 16),
		  65528U << 16);
	EXPECT_EQ(vmsr_counter_most(4000, 16384000000, 16), 0xFFFFFFFF);
	for (shift = 0; shift <= 31; shift++) {
		EXPECT_EQ(vmsr_counter_most(1000000, ~0ULL, shift), 0xFFFFFFFF);
		EXPECT_EQ(vmsr_counter_most(1, 1000000000, shift), 1U << shift);
	}
}

TEST(nonsense_that_passes_is_ignored)
{
	static const uint32_t nonsense[] = { 0, 1, 999, 1101, 0xFFFFFFFF };
	struct vmsr_counter c = {};
	unsigned int i;

	for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		vmsr_counter_start(&c, 1000);
		EXPECT_EQ(vmsr_counter_judge(&c, nonsense[i], 100),
			  VMSR_READING_DOUBTFUL);
		/* The same again is no proof of anything. */
		EXPECT_EQ(vmsr_counter_judge(&c, nonsense[i], 100),
			  VMSR_READING_DOUBTFUL);
		EXPECT_EQ(vmsr_counter_judge(&c, 1100, 100), VMSR_READING_GOOD);
		EXPECT_EQ(vmsr_counter_advance(&c, 1100, 24), 100);
	}
	/* Across a wrap. */
	vmsr_counter_start(&c, 0xFFFFFFF0);
	EXPECT_EQ(vmsr_counter_judge(&c, 0xFFFFFFEF, 100),
		  VMSR_READING_DOUBTFUL);
	EXPECT_EQ(vmsr_counter_judge(&c, 0x10, 100), VMSR_READING_GOOD);
}

TEST(counter_that_was_set_is_counted_anew)
{
	struct vmsr_counter c = {};

	vmsr_counter_start(&c, 1000);
	EXPECT_EQ(vmsr_counter_judge(&c, 5000, 100), VMSR_READING_DOUBTFUL);
	EXPECT_EQ(vmsr_counter_judge(&c, 4999, 100), VMSR_READING_DOUBTFUL);
	EXPECT_EQ(vmsr_counter_judge(&c, 5050, 100), VMSR_READING_MOVED);
	vmsr_counter_start(&c, 5050);
	EXPECT_EQ(vmsr_counter_judge(&c, 5060, 100), VMSR_READING_GOOD);
	EXPECT_EQ(vmsr_counter_advance(&c, 5060, 24), 10);
	EXPECT_EQ(c.total, 10);
	/* After so long that any value could be: still not that of before. */
	EXPECT_EQ(vmsr_counter_judge(&c, 5000, 100), VMSR_READING_DOUBTFUL);
	EXPECT_EQ(vmsr_counter_judge(&c, 5000, 0xFFFFFFFF),
		  VMSR_READING_DOUBTFUL);
	EXPECT_EQ(vmsr_counter_judge(&c, 7000, 0xFFFFFFFF), VMSR_READING_MOVED);
	/* Where nothing was in doubt it is as good as ever. */
	vmsr_counter_start(&c, 1000);
	EXPECT_EQ(vmsr_counter_judge(&c, 999, 0xFFFFFFFF), VMSR_READING_GOOD);
}

TEST(counter_against_wide_arithmetic)
{
	unsigned int shift, i;

	state = 1;
	for (shift = 0; shift <= 31; shift++) {
		struct vmsr_counter c = {};
		uint32_t raw = random64();
		uint64_t sum = 0;
		__uint128_t all = 0;

		vmsr_counter_start(&c, raw);
		for (i = 0; i < 1000; i++) {
			uint32_t step = random_up_to(32);

			raw += step;
			all += step;
			sum += vmsr_counter_advance(&c, raw, shift);
		}
		EXPECT_EQ(sum, (uint64_t)((all << 24) >> shift));
	}
}

TEST(division_is_the_whole)
{
	unsigned int round, i, n;

	state = 2;
	for (round = 0; round < 20000; round++) {
		uint64_t amount = random_up_to(50), weights[64], total = 0;
		uint64_t given = 0;
		struct vmsr_division d;

		n = 1 + random64() % 64;
		for (i = 0; i < n; i++) {
			weights[i] = random64() % 4 ? random_up_to(42) : 0;
			total += weights[i];
		}
		vmsr_division_start(&d, amount, total);
		for (i = 0; i < n; i++) {
			uint64_t share = vmsr_division_next(&d, weights[i]);
			__uint128_t exact;

			given += share;
			if (!weights[i]) {
				ASSERT_EQ(share, 0);
				continue;
			}
			exact = (__uint128_t)amount * weights[i];
			/* Less than one unit off. */
			ASSERT_TRUE((share + 1) * (__uint128_t)total > exact);
			ASSERT_TRUE(!share ||
				    (share - 1) * (__uint128_t)total < exact);
		}
		if (total)
			ASSERT_EQ(given, amount);
		ASSERT_EQ(vmsr_division_rest(&d), amount - given);
		ASSERT_EQ(vmsr_division_rest(&d), 0);
	}
}

TEST(division_carries_small_shares)
{
	struct vmsr_division d;
	uint64_t sum = 0;
	int i;

	/* Each is worth a third of a unit: together they are ten, not none. */
	vmsr_division_start(&d, 10, 30);
	for (i = 0; i < 30; i++)
		sum += vmsr_division_next(&d, 1);
	EXPECT_EQ(sum, 10);
}

TEST(weights_beyond_their_sum_invent_nothing)
{
	struct vmsr_division d;

	vmsr_division_start(&d, 1000, 10);
	EXPECT_EQ(vmsr_division_next(&d, 7), 700);
	EXPECT_EQ(vmsr_division_next(&d, 7), 300);
	EXPECT_EQ(vmsr_division_next(&d, 7), 0);
	EXPECT_EQ(vmsr_division_rest(&d), 0);

	vmsr_division_start(&d, 1000, 0);
	EXPECT_EQ(vmsr_division_next(&d, 7), 0);
	EXPECT_EQ(vmsr_division_rest(&d), 1000);
}

static uint64_t share(uint64_t amount, const struct vmsr_load *load,
		      enum vmsr_policy policy, uint64_t ns, uint64_t *idle,
		      uint64_t *rest)
{
	struct vmsr_division d;
	uint64_t vm;

	vmsr_division_policy(&d, amount, load, policy);
	vm = vmsr_division_next(&d, ns);
	*idle = vmsr_division_idle(&d, load, policy);
	*rest = vmsr_division_rest(&d);
	return vm;
}

TEST(policy_capacity)
{
	/* Four CPUs for a second: a VM on one, the rest on half a one. */
	struct vmsr_load load = {
		.window = 4000000000, .idle = 2500000000, .vms = 1000000000,
	};
	uint64_t idle, rest;

	EXPECT_EQ(share(4000, &load, VMSR_POLICY_CAPACITY, load.vms, &idle, &rest),
		  1000);
	EXPECT_EQ(idle, 2500);
	EXPECT_EQ(rest, 500);
}

TEST(policy_busy)
{
	struct vmsr_load load = {
		.window = 4000000000, .idle = 2500000000, .vms = 1000000000,
	};
	uint64_t idle, rest;

	EXPECT_EQ(share(3000, &load, VMSR_POLICY_BUSY, load.vms, &idle, &rest),
		  2000);
	EXPECT_EQ(idle, 0);
	EXPECT_EQ(rest, 1000);
}

TEST(policies_without_work)
{
	struct vmsr_load load = { .window = 2000, .idle = 2000 };
	struct vmsr_load nothing = {};
	uint64_t idle, rest;

	EXPECT_EQ(share(777, &load, VMSR_POLICY_BUSY, 0, &idle, &rest), 0);
	EXPECT_EQ(idle, 777);
	EXPECT_EQ(rest, 0);
	EXPECT_EQ(share(777, &load, VMSR_POLICY_CAPACITY, 0, &idle, &rest), 0);
	EXPECT_EQ(idle, 777);
	EXPECT_EQ(share(777, &nothing, VMSR_POLICY_CAPACITY, 0, &idle, &rest), 0);
	EXPECT_EQ(idle, 777);
}

TEST(policies_conserve)
{
	unsigned int i;

	state = 3;
	for (i = 0; i < 100000; i++) {
		/* Also loads that cannot be: more work than time. */
		struct vmsr_load load = {
			.window = random_up_to(44), .idle = random_up_to(44),
			.vms = random_up_to(44),
		};
		uint64_t amount = random_up_to(50), idle, rest, vm;

		vm = share(amount, &load, i & 1, load.vms, &idle, &rest);
		ASSERT_EQ(vm + idle + rest, amount);
	}
}

TEST(guest_never_sees_zero_nor_goes_back)
{
	uint64_t units, last = 0;

	EXPECT_NE((uint32_t)vmsr_units_to_guest(0), 0);
	state = 4;
	/* Around each of the first wraps of 32 bits at 2^-14 J. */
	for (units = 0; units < 5ULL << 42; units += 1 + random_up_to(36)) {
		uint64_t guest = vmsr_units_to_guest(units);

		ASSERT_NE((uint32_t)guest, 0);
		ASSERT_GE(guest, last);
		last = guest;
	}
	for (units = (1ULL << 42) - 100000; units < (1ULL << 42) + 100000; units++)
		ASSERT_NE((uint32_t)vmsr_units_to_guest(units), 0);
}

TEST(guest_is_quantised_and_loses_nothing)
{
	uint64_t base = vmsr_units_to_guest(0), units = 0, last = base;
	unsigned int i;

	state = 5;
	for (i = 0; i < 100000; i++) {
		uint64_t guest;

		units += random_up_to(20);
		guest = vmsr_units_to_guest(units);
		ASSERT_EQ((guest - base) % 16, 0);
		/* What is not shown yet is less than one step. */
		ASSERT_LT(units - ((guest - base) << 10), 16 << 10);
		ASSERT_GE(guest, last);
		last = guest;
	}
}

TEST(power)
{
	EXPECT_EQ(vmsr_power_uw(100ULL << 24, 1000000000), 100000000);
	EXPECT_EQ(vmsr_power_uw(10ULL << 24, 100000000), 100000000);
	EXPECT_EQ(vmsr_power_uw(1ULL << 24, 0), 0);
	/* Absurd, but no fault. */
	EXPECT_GT(vmsr_power_uw(UINT64_MAX, 100000000), 0);
}

TEST_HARNESS_MAIN
