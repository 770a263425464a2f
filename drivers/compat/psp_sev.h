/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The in-kernel interface of ccp in the forms that it has had. What there is
 * was asked by psp_sev.mk.
 */
#ifndef CVM_COMPAT_PSP_SEV_H
#define CVM_COMPAT_PSP_SEV_H

#include <linux/psp-sev.h>

/*
 * sev_platform_init() took no more than a pointer to the status before 6.9
 * ("crypto: ccp: Add support to initialize the AMD-SP for SEV-SNP"). A driver
 * writes COMPAT_SEV_PLATFORM_INIT(function), whose function takes that pointer
 * and whether the caller is only being loaded.
 */
#ifdef COMPAT_SEV_INIT_ARGS
#define COMPAT_SEV_PLATFORM_INIT(function)				\
int sev_platform_init(struct sev_platform_init_args *args)		\
{									\
	return function(&args->error, args->probe);			\
}
#else
#define COMPAT_SEV_PLATFORM_INIT(function)				\
int sev_platform_init(int *error)					\
{									\
	return function(error, false);					\
}
#endif

/*
 * A symbol's version depends on which structures its file has seen whole. Since
 * "crypto: ccp: Skip SEV and SNP INIT for kdump boot" ccp's file sees more.
 */
#ifdef COMPAT_SEV_SHUTDOWN
#include <linux/crash_dump.h>
#endif

#endif
