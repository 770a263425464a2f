/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 6.9's new topology code renamed topology_max_die_per_package() to
 * topology_max_dies_per_package(). Both are inline functions; what tells them
 * apart is topology_amd_node_id, a macro that came with the same series.
 */
#ifndef CVM_COMPAT_TOPOLOGY_H
#define CVM_COMPAT_TOPOLOGY_H

#include <linux/topology.h>

#ifndef topology_amd_node_id
#define topology_max_dies_per_package() topology_max_die_per_package()
#endif

#endif
