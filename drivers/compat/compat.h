/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that knows older kernels. Included before everything else in
 * every file of the modules. The drivers are written for the newest kernel;
 * each shim here says what changed and probes for the feature, not for a
 * version, because stable kernels carry back-ports.
 */
#ifndef CVM_COMPAT_H
#define CVM_COMPAT_H

#ifndef CONFIG_X86_64
#error "cvm-modules are for x86-64 only"
#endif

/*
 * The shims include headers that print, and pr_fmt must be known before those.
 * A driver's own definition is this same one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "contig.h"
#include "irq.h"
#include "msr.h"
#include "sysfs.h"
#include "topology.h"

#endif
