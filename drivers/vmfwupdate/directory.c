// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a fw_cfg directory. The bytes come from the hypervisor, so they are
 * copied first and nothing of them is believed before fwcfg_dir_check() passed.
 */
#include <linux/types.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "directory.h"

static __u32 get_be(const __u8 *p, unsigned int bytes)
{
	__u32 v = 0;

	while (bytes--)
		v = v << 8 | *p++;
	return v;
}

static const __u8 *entry_at(const void *dir, __u32 index)
{
	return (const __u8 *)dir + FWCFG_DIR_HEADER + (size_t)index * FWCFG_DIR_ENTRY;
}

static const char *entry_name(const __u8 *entry)
{
	return (const char *)entry + 8;
}

static int name_is_good(const char *name)
{
	size_t i;

	for (i = 0; i < FWCFG_NAME_SIZE && name[i]; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return 0;
	return i > 0 && i < FWCFG_NAME_SIZE;
}

/**
 * fwcfg_dir_count() - the number of entries that a directory claims
 * @dir: at least %FWCFG_DIR_HEADER bytes
 *
 * Return: the count as the hypervisor gives it, unchecked.
 */
__u32 fwcfg_dir_count(const void *dir)
{
	return get_be(dir, 4);
}

/**
 * fwcfg_dir_check() - is this a directory that may be searched?
 * @dir: a private copy of the directory, header included
 * @len: how many bytes were read
 * @entry: where to put the number of the first bad entry
 *
 * QEMU sorts the entries by name, but other implementations need not, so two
 * entries of one name are looked for among all: the count is small.
 *
 * Return: %FWCFG_DIR_OK, or what is wrong first.
 */
enum fwcfg_dir_verdict fwcfg_dir_check(const void *dir, size_t len, __u32 *entry)
{
	__u32 count, i, j;

	*entry = 0;
	if (len < FWCFG_DIR_HEADER)
		return FWCFG_DIR_SHORT;
	count = fwcfg_dir_count(dir);
	if (count > FWCFG_DIR_MAX_COUNT)
		return FWCFG_DIR_COUNT;
	if (len != FWCFG_DIR_HEADER + (size_t)count * FWCFG_DIR_ENTRY)
		return FWCFG_DIR_LENGTH;

	for (i = 0; i < count; i++) {
		const __u8 *e = entry_at(dir, i);
		__u32 key = get_be(e + 4, 2);

		*entry = i;
		if (!name_is_good(entry_name(e)))
			return FWCFG_DIR_NAME;
		if (key < FWCFG_FILE_FIRST || key > FWCFG_KEY_MASK)
			return FWCFG_DIR_KEY;
		for (j = 0; j < i; j++)
			if (!strcmp(entry_name(entry_at(dir, j)), entry_name(e)))
				return FWCFG_DIR_TWICE;
	}
	*entry = 0;
	return FWCFG_DIR_OK;
}

/**
 * fwcfg_dir_find() - looks a file up by its name
 * @dir: a directory that fwcfg_dir_check() found good
 * @name: the whole name
 * @file: where to put what the directory says
 *
 * Return: 0, or -ENOENT.
 */
int fwcfg_dir_find(const void *dir, const char *name, struct fwcfg_file *file)
{
	__u32 count = fwcfg_dir_count(dir), i;

	for (i = 0; i < count; i++) {
		const __u8 *e = entry_at(dir, i);

		if (strcmp(entry_name(e), name))
			continue;
		file->size = get_be(e, 4);
		file->key = (__u16)get_be(e + 4, 2);
		return 0;
	}
	return -ENOENT;
}

/**
 * fwcfg_dir_text() - says in words what is wrong
 * @verdict: what fwcfg_dir_check() returned
 *
 * Return: a constant string.
 */
const char *fwcfg_dir_text(enum fwcfg_dir_verdict verdict)
{
	switch (verdict) {
	case FWCFG_DIR_OK:
		return "good";
	case FWCFG_DIR_SHORT:
		return "shorter than its own header";
	case FWCFG_DIR_COUNT:
		return "more entries than any hypervisor has";
	case FWCFG_DIR_LENGTH:
		return "its count changed between two reads";
	case FWCFG_DIR_NAME:
		return "a name without an end or with unprintable bytes";
	case FWCFG_DIR_KEY:
		return "a key outside the range for files";
	case FWCFG_DIR_TWICE:
		return "two files of the same name";
	}
	return "unknown";
}
