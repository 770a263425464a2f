/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format of `vmsrctl record`: lines of words between single blanks.
 *
 *	vmsr-recording 1 uJ ns
 *	session REALTIME MONOTONIC PERIOD BOOT
 *	sample MONOTONIC VM VCPU_ENERGY OVERHEAD_ENERGY VCPU_TIME OVERHEAD_TIME NAME
 *
 * The first line has the version and the units. A session begins whenever a
 * recorder does; its two times are of one moment, in the kernel's clocks of
 * these names, and BOOT is the kernel's random boot_id. Energy and time of a VM are counted
 * from its beginning. In NAME, blanks, control characters and % are written as
 * %XX, and an empty one is "-". Lines that begin with # are comments.
 */
#ifndef VMSRCTL_RECORDING_H
#define VMSRCTL_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vm.h"

#define RECORDING_FIRST_LINE "vmsr-recording 1 uJ ns\n"

struct recording_session {
	uint64_t realtime_ns;
	uint64_t monotonic_ns;
	uint64_t period_ns;
	char boot[40];
};

/*
 * struct recorded_vm - a VM of a recording
 * @name: harmless to a terminal
 * @joules: energy of all its intervals
 */
struct recorded_vm {
	uint32_t id;
	const char *name;
	double joules;
};

/*
 * struct recorded_interval - what a VM used between two samples
 * @vm: place among the VMs
 * @from_ns: CLOCK_REALTIME
 * @to_ns: later than that
 */
struct recorded_interval {
	size_t vm;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t vcpu_uj;
	uint64_t overhead_uj;
};

struct recording {
	struct recorded_vm *vms;
	size_t nr_vms;
	struct recorded_interval *intervals;
	size_t nr_intervals;
};

void recording_write_session(FILE *f, const struct recording_session *s);
void recording_write_sample(FILE *f, const struct vm *vm);

/*
 * recording_whole - how many of the bytes at a recording's end are whole lines
 *
 * The rest, or zero bytes, is what a crash leaves.
 */
size_t recording_whole(const char *text, size_t size);

/*
 * recording_parse - take a recording apart
 * @name: of the file, for messages
 * @text: its content, which is changed, with a zero byte behind it
 * @r: result, for recording_free() in any case
 *
 * Return: CVM_OK, or CVM_FAIL after a message with the line's number.
 */
int recording_parse(const char *name, char *text, size_t size, struct recording *r);

void recording_free(struct recording *r);

#endif
