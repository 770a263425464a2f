/* SPDX-License-Identifier: GPL-2.0-only */
/* Launch digests, for the subcommands that print them. */
#ifndef VMFWCTL_MEASURE_H
#define VMFWCTL_MEASURE_H

#include <stddef.h>

#include "launch.h"

/* No firmware and no IGVM file is larger. */
#define MEASURE_FILE_MAX	(256u << 20)

/*
 * measure_data - the digest of a firmware that has been read, of either kind
 * @file: its name, for messages
 * @config: a raw image's; of an IGVM file, mode and vmm alone count
 *
 * Return: CVM_OK, or CVM_FAIL after a message.
 */
int measure_data(const char *file, const void *data, size_t size,
		 const struct launch_config *config,
		 struct launch_digest *digest);

/* measure_hex - a digest as text; lives as long as cvm_fmt()'s */
const char *measure_hex(const struct launch_digest *digest);

#endif
