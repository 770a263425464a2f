/* SPDX-License-Identifier: GPL-2.0-only */
/* How a VMM's command line calls its VM. */
#ifndef VMSRCTL_VMM_NAME_H
#define VMSRCTL_VMM_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * vmm_name - from the words of a command line, a zero byte behind each
 * @name: result, cut to @room with its zero byte
 *
 * Knows QEMU's -name, and --name or --id as Firecracker and others have it.
 *
 * Return: whether there is one.
 */
bool vmm_name(const char *words, size_t size, char *name, size_t room);

#endif
