/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures in Prometheus's text format. */
#ifndef VMSRCTL_METRICS_TEXT_H
#define VMSRCTL_METRICS_TEXT_H

#include <stdio.h>

#include "vm.h"

void metrics_write(FILE *f, const struct vm *vms, size_t nr_vms, const struct package *packages,
		   size_t nr_packages);

#endif
