// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of energy; see energy.h. No function here can fail, and none
 * loses a unit: what a rounding takes away is given in the next step.
 */
#include "energy.h"

#define GUEST_SHIFT		14	/* VMSR_GUEST_ENERGY_SHIFT */

/*
 * A guest sees its energy in steps of 16 of its units, about a millijoule: the
 * counter is a side channel, and no honest use needs more. The step divides
 * 2^32, so a counter that starts at 1 never reads as zero, not even when it
 * wraps: Linux drops an energy counter that reads as zero.
 */
#define GUEST_STEP_SHIFT	4
#define GUEST_START		1

/**
 * vmsr_counter_start - begin to count from what the hardware shows now
 * @counter: the counter
 * @raw: the hardware's register
 *
 * What was counted before stays in @counter->total.
 */
void vmsr_counter_start(struct vmsr_counter *counter, __u32 raw)
{
	counter->last = raw;
	counter->doubted = false;
}

/**
 * vmsr_counter_most - how far a counter can have come
 * @watts: more is never drawn
 * @ns: for so long
 * @shift: the counter's unit is 2^-@shift J
 *
 * Return: so many of its units; all ones for anything.
 */
__u32 vmsr_counter_most(unsigned int watts, __u64 ns, unsigned int shift)
{
	__u64 ms = ns / 1000000, all = (0xFFFFFFFFULL * 1000) >> shift;

	if (watts && ms >= all / watts)
		return 0xFFFFFFFF;
	return (ms * watts << shift) / 1000;
}

/**
 * vmsr_counter_judge - what to make of a new value of the hardware's register
 * @counter: the counter, which has been started
 * @raw: the hardware's register
 * @most: vmsr_counter_most() since the last good value
 *
 * Back and forward are the same to a register that wraps; what tells them apart is
 * that nothing draws so much. A value that cannot be is not used, and the last good
 * one stays what is counted from: when the next value fits to that, nothing is lost.
 * When it fits to the one in doubt, and has moved, then it is the register that has
 * been changed.
 *
 * After so long that any value could be, only the latter helps.
 *
 * Return: that.
 */
enum vmsr_reading vmsr_counter_judge(struct vmsr_counter *counter, __u32 raw,
				     __u32 most)
{
	bool tells = most < 0xFFFFFFFF || !counter->doubted;

	if (tells && (__u32)(raw - counter->last) <= most) {
		counter->doubted = false;
		return VMSR_READING_GOOD;
	}
	if (counter->doubted && raw != counter->other &&
	    (__u32)(raw - counter->other) <= most)
		return VMSR_READING_MOVED;
	counter->doubted = true;
	counter->other = raw;
	return VMSR_READING_DOUBTFUL;
}

/**
 * vmsr_counter_advance - take in a new value of the hardware's register
 * @counter: the counter
 * @raw: the hardware's register
 * @shift: its unit is 2^-@shift J
 *
 * Right across a wrap, provided that the register is read more often than it
 * wraps: at 2^-16 J and 1 kW that is after 65 s.
 *
 * Return: the energy since the last time, in units.
 */
__u64 vmsr_counter_advance(struct vmsr_counter *counter, __u32 raw,
			   unsigned int shift)
{
	__u64 before = vmsr_units_from(counter->total, shift);

	counter->total += (__u32)(raw - counter->last);
	counter->last = raw;
	/*
	 * By difference of totals, so that a hardware unit finer than ours
	 * carries its remainder along.
	 */
	return vmsr_units_from(counter->total, shift) - before;
}

/**
 * vmsr_division_start - begin to share out an amount
 * @d: the division
 * @amount: what is shared out
 * @weight: the sum of all weights that will come, less than 2^64
 */
void vmsr_division_start(struct vmsr_division *d, __u64 amount, __u64 weight)
{
	d->amount = amount;
	d->weight = weight;
	d->given = 0;
	d->passed = 0;
}

/**
 * vmsr_division_next - the share of the next one
 * @d: the division
 * @weight: its weight
 *
 * Everyone gets what all weights up to its own are worth, less what was given
 * already: the remainder of one share is carried into the next, none is off by
 * a whole unit, and together they are the amount.
 *
 * Return: the share.
 */
__u64 vmsr_division_next(struct vmsr_division *d, __u64 weight)
{
	__u64 so_far, share;

	/* Weights that exceed their own sum must not invent anything. */
	if (weight > d->weight - d->passed)
		weight = d->weight - d->passed;
	if (!weight)
		return 0;
	d->passed += weight;
	so_far = vmsr_mul_div(d->amount, d->passed, d->weight);
	share = so_far - d->given;
	d->given = so_far;
	return share;
}

/**
 * vmsr_division_rest - all that has not been given yet
 * @d: the division
 *
 * Return: that; the division is finished.
 */
__u64 vmsr_division_rest(struct vmsr_division *d)
{
	__u64 share = d->amount - d->given;

	d->given = d->amount;
	d->passed = d->weight;
	return share;
}

/**
 * vmsr_division_policy - begin to share out a package's energy
 * @d: the division
 * @amount: energy of the package during the window
 * @load: who used its processors
 * @policy: capacity: a nanosecond is worth the same whether others were busy or
 *	not, amount / (window * CPUs); busy: who was busy pays for everything,
 *	amount / (busy time)
 *
 * The shares of the VMs follow by vmsr_division_next() with their nanoseconds,
 * then vmsr_division_idle(), and vmsr_division_rest() for the rest of the host.
 */
void vmsr_division_policy(struct vmsr_division *d, __u64 amount,
			  const struct vmsr_load *load,
			  enum vmsr_policy policy)
{
	__u64 busy = load->window > load->idle ? load->window - load->idle : 0;
	__u64 weight = policy == VMSR_POLICY_BUSY ? busy : busy + load->idle;

	/* The clock is read at other moments for the one than for the other. */
	if (weight < load->vms)
		weight = load->vms;
	vmsr_division_start(d, amount, weight);
}

/**
 * vmsr_division_idle - what nobody was worth
 * @d: a division begun by vmsr_division_policy()
 * @load: who used the package's processors
 * @policy: how it is shared
 *
 * Return: the share of idle time; all that is left when nothing ran at all.
 */
__u64 vmsr_division_idle(struct vmsr_division *d,
			 const struct vmsr_load *load, enum vmsr_policy policy)
{
	if (load->window <= load->idle && !load->vms)
		return vmsr_division_rest(d);
	if (policy == VMSR_POLICY_BUSY)
		return 0;
	return vmsr_division_next(d, load->idle);
}

/**
 * vmsr_units_from - a hardware counter's value in units
 * @counter: extended value
 * @shift: its unit is 2^-@shift J; the register field has five bits
 *
 * Return: the same in units of 2^-24 J.
 */
__u64 vmsr_units_from(__u64 counter, unsigned int shift)
{
	if (shift <= VMSR_UNIT_SHIFT)
		return counter << (VMSR_UNIT_SHIFT - shift);
	return counter >> (shift - VMSR_UNIT_SHIFT);
}

/**
 * vmsr_units_to_uj - units in microjoules
 * @units: energy
 *
 * Return: whole microjoules.
 */
__u64 vmsr_units_to_uj(__u64 units)
{
	return vmsr_mul_shr(units, 1000000, VMSR_UNIT_SHIFT);
}

/**
 * vmsr_units_to_guest - what a guest's counter shows
 * @units: energy
 *
 * Return: the counter before it is cut to 32 bits: quantised, never zero in its
 * low 32 bits, never less than for a smaller energy.
 */
__u64 vmsr_units_to_guest(__u64 units)
{
	unsigned int shift = VMSR_UNIT_SHIFT - GUEST_SHIFT + GUEST_STEP_SHIFT;

	return ((units >> shift) << GUEST_STEP_SHIFT) + GUEST_START;
}

/**
 * vmsr_power_uw - mean power
 * @units: energy
 * @ns: during so long
 *
 * Return: microwatts; 0 for no time to speak of.
 */
__u64 vmsr_power_uw(__u64 units, __u64 ns)
{
	__u64 uj = vmsr_units_to_uj(units);

	if (ns < 1000)
		return 0;
	/* Whole microwatts up to 18 GJ, after that no longer of interest. */
	if (uj < 1ULL << 44)
		return uj * 1000000 / (ns / 1000);
	return uj / (ns / 1000) * 1000000;
}
