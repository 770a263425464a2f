/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The callbacks of a binary attribute get it as const from Linux 6.16 on
 * ("sysfs: constify bin_attribute argument of bin_attribute::read/write()").
 * A driver writes BIN_ATTRIBUTE_ARG where the newest kernel has
 * const struct bin_attribute *. The type of the callback itself is asked.
 */
#ifndef CVM_COMPAT_SYSFS_H
#define CVM_COMPAT_SYSFS_H

#include <linux/sysfs.h>

struct file;

ssize_t compat_bin_attribute_const(struct file *filp, struct kobject *kobj,
				   const struct bin_attribute *attr,
				   char *buf, loff_t pos, size_t len);

#define BIN_ATTRIBUTE_IS_CONST \
	__builtin_types_compatible_p(typeof(((struct bin_attribute *)0)->read), \
				     typeof(compat_bin_attribute_const) *)

#define BIN_ATTRIBUTE_ARG \
	typeof(__builtin_choose_expr(BIN_ATTRIBUTE_IS_CONST, \
				     (const struct bin_attribute *)0, \
				     (struct bin_attribute *)0))

#endif
