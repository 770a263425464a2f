/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a machine has its secure processor, and who drives it. */
#ifndef ASPCTL_MACHINE_H
#define ASPCTL_MACHINE_H

#include <stdbool.h>

/*
 * struct machine_psp - how this machine has its secure processor
 * @table: it announces it by the ACPI table ASPT
 * @aspt: the driver aspt has found it there
 * @platform_driver: what drives the platform device, or empty
 * @pci: address of the PCI function, or empty
 * @pci_driver: what drives that, or empty
 */
struct machine_psp {
	bool table;
	bool aspt;
	char platform_driver[32];
	char pci[32];
	char pci_driver[32];
};

void machine_psp_find(struct machine_psp *psp);

/*
 * machine_driver_advice - what is missing that /dev/sev would exist
 *
 * Return: a sentence without its point, never NULL.
 */
const char *machine_driver_advice(const struct machine_psp *psp);

#endif
