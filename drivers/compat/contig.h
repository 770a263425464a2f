/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The third argument of alloc_contig_range() says how since Linux 6.16 ("mm/
 * page_alloc: add alloc flags to alloc_contig_range()"), and before that the
 * kind of memory it takes. A driver writes ACR_FLAGS_NONE, for movable memory.
 */
#ifndef CVM_COMPAT_CONTIG_H
#define CVM_COMPAT_CONTIG_H

#include <linux/gfp.h>

#ifndef ACR_FLAGS_NONE
#define ACR_FLAGS_NONE MIGRATE_MOVABLE
#endif

#endif
