/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a file is not what it should be, for the parts that know no tool. */
#ifndef VMFWCTL_FAULT_H
#define VMFWCTL_FAULT_H

/*
 * struct fw_fault - one sentence without a capital or a full stop
 * @text: names the field and both values: "section 3 has the unknown type 0x20"
 */
struct fw_fault {
	char text[256];
};

/*
 * fw_fault_set - say what is wrong; too long a text is cut
 *
 * Return: -1, so that `return fw_fault_set(...)` ends a function.
 */
int fw_fault_set(struct fw_fault *fault, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
