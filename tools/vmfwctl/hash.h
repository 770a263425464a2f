/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 of memory and of files. */
#ifndef VMFWCTL_HASH_H
#define VMFWCTL_HASH_H

#include <stddef.h>
#include <stdint.h>

#define FW_SHA256_SIZE 32u

/* fw_sha256 - CVM_OK, or CVM_FAIL after a message */
int fw_sha256(const void *data, size_t size, uint8_t hash[FW_SHA256_SIZE]);

/*
 * fw_sha256_file - of a file of any size, read piece by piece
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int fw_sha256_file(const char *path, uint8_t hash[FW_SHA256_SIZE]);

#endif
