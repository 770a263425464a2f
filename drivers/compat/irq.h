/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CVM_COMPAT_IRQ_H
#define CVM_COMPAT_IRQ_H

/*
 * 6.15 made moving an interrupt at once the default on x86 and brought this
 * flag together with CONFIG_GENERIC_PENDING_IRQ_CHIPFLAGS; before that it was
 * the other way round, and deferring needs no flag.
 */
#ifndef CONFIG_GENERIC_PENDING_IRQ_CHIPFLAGS
#define IRQCHIP_MOVE_DEFERRED 0
#endif

#endif
