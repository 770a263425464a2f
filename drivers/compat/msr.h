/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 6.16 renamed the rdmsrl family to rdmsrq. Its functions cannot be asked for by
 * the preprocessor, but rdmsrq itself is a macro, as rdmsrl was.
 */
#ifndef CVM_COMPAT_MSR_H
#define CVM_COMPAT_MSR_H

#include <asm/msr.h>

#ifndef rdmsrq
#define rdmsrq_safe(index, value)	rdmsrl_safe(index, value)
#define rdmsrq_safe_on_cpu(cpu, index, value) \
	rdmsrl_safe_on_cpu(cpu, index, value)
#endif

#endif
