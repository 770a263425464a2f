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
 * ("crypto: ccp: Add support to initialize the AMD-SP for SEV-SNP").
 */
#ifdef COMPAT_SEV_INIT_ARGS
#define COMPAT_SEV_INIT_ARG	struct sev_platform_init_args

static inline int *compat_sev_init_error(struct sev_platform_init_args *args)
{
	return &args->error;
}

static inline bool compat_sev_init_probe(struct sev_platform_init_args *args)
{
	return args->probe;
}
#else
#define COMPAT_SEV_INIT_ARG	int

static inline int *compat_sev_init_error(int *error)
{
	return error;
}

static inline bool compat_sev_init_probe(int *error)
{
	return false;
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
