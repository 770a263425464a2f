/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fw_cfg directory: what it looks like and how it is searched. Pure logic on
 * a private copy of the bytes, without a kernel in it.
 */
#ifndef VMFWUPDATE_DIRECTORY_H
#define VMFWUPDATE_DIRECTORY_H

#include <linux/types.h>

/*
 *   0        4
 *   +--------+----------------------------------------------------
 *   | count  | count entries of 64 bytes, sorted by name
 *   +--------+----------------------------------------------------
 *
 *   an entry:
 *   0        4      6       8                                   64
 *   +--------+------+-------+------------------------------------+
 *   | size   | key  | zero  | name, ended by a zero byte         |
 *   +--------+------+-------+------------------------------------+
 *
 * All numbers are big-endian.
 */
#define FWCFG_DIR_HEADER	4u
#define FWCFG_DIR_ENTRY		64u
#define FWCFG_NAME_SIZE		56u

/* QEMU has 32 slots unless told otherwise; nothing known comes near this. */
#define FWCFG_DIR_MAX_COUNT	1023u
#define FWCFG_DIR_MAX_SIZE	(FWCFG_DIR_HEADER + FWCFG_DIR_MAX_COUNT * FWCFG_DIR_ENTRY)

/* Files start here; the two top bits of a key mean other things. */
#define FWCFG_FILE_FIRST	0x20u
#define FWCFG_KEY_MASK		0x3fffu

/**
 * struct fwcfg_file - what the directory says of one file
 * @size: its length in bytes
 * @key: the number that selects it
 */
struct fwcfg_file {
	__u32 size;
	__u16 key;
};

/**
 * enum fwcfg_dir_verdict - what is wrong with a directory
 * @FWCFG_DIR_OK: nothing
 * @FWCFG_DIR_SHORT: it does not even hold its count
 * @FWCFG_DIR_COUNT: more entries than %FWCFG_DIR_MAX_COUNT
 * @FWCFG_DIR_LENGTH: the count does not belong to the length that was read
 * @FWCFG_DIR_NAME: a name is empty, has no end, or holds unprintable bytes
 * @FWCFG_DIR_KEY: a key lies outside the range for files
 * @FWCFG_DIR_TWICE: two entries have the same name
 */
enum fwcfg_dir_verdict {
	FWCFG_DIR_OK,
	FWCFG_DIR_SHORT,
	FWCFG_DIR_COUNT,
	FWCFG_DIR_LENGTH,
	FWCFG_DIR_NAME,
	FWCFG_DIR_KEY,
	FWCFG_DIR_TWICE,
};

__u32 fwcfg_dir_count(const void *dir);
enum fwcfg_dir_verdict fwcfg_dir_check(const void *dir, size_t len, __u32 *entry);
int fwcfg_dir_find(const void *dir, const char *name, struct fwcfg_file *file);
const char *fwcfg_dir_text(enum fwcfg_dir_verdict verdict);

#endif
