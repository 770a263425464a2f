// SPDX-License-Identifier: GPL-2.0-only
/* Where this machine has its secure processor, and who drives it. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aspctl.h"

#define PCI_SYSFS	"/sys/bus/pci/devices"
#define AMD_VENDOR	0x1022

/* PCI functions that are an AMD Secure Processor, as ccp knows them. */
static const unsigned short pci_ids[] = {
	0x1456, 0x1486, 0x14ca, 0x15c7, 0x15df, 0x1649, 0x1134, 0x17e0, 0x156e,
	0x17d8, 0x115a,
};

/* The last part of where a link leads. Return: whether it is one. */
static bool link_name(const char *path, char *name, size_t size)
{
	char target[512];
	const char *base;
	ssize_t n;

	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	base = strrchr(target, '/');
	snprintf(name, size, "%.*s", (int)size - 1, base ? base + 1 : target);
	return true;
}

/* Whose driver a device has, empty without one: its module is what a user knows. */
static void driver_name(const char *device, char *name, size_t size)
{
	name[0] = '\0';
	if (!link_name(cvm_fmt("%s/driver/module", device), name, size))
		link_name(cvm_fmt("%s/driver", device), name, size);
}

static bool is_psp(const char *function)
{
	uint64_t vendor, device;
	size_t i;

	if (cvm_sysfs_u64(&vendor, PCI_SYSFS "/%s/vendor", function) ||
	    vendor != AMD_VENDOR ||
	    cvm_sysfs_u64(&device, PCI_SYSFS "/%s/device", function))
		return false;
	for (i = 0; i < sizeof(pci_ids) / sizeof(pci_ids[0]); i++)
		if (device == pci_ids[i])
			return true;
	return false;
}

/* With several sockets there are several: the one with a driver counts. */
static void find_pci(struct machine_psp *psp)
{
	DIR *dir = opendir(PCI_SYSFS);
	struct dirent *entry;

	if (!dir)
		return;
	while (!psp->pci_driver[0] && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !is_psp(entry->d_name))
			continue;
		snprintf(psp->pci, sizeof(psp->pci), "%.*s",
			 (int)sizeof(psp->pci) - 1, entry->d_name);
		driver_name(cvm_fmt(PCI_SYSFS "/%s", entry->d_name),
			    psp->pci_driver, sizeof(psp->pci_driver));
	}
	closedir(dir);
}

void machine_psp_find(struct machine_psp *psp)
{
	memset(psp, 0, sizeof(*psp));
	psp->table = !access(ASPT_TABLE_FILE, F_OK);
	psp->aspt = !access(PSP_SYSFS, F_OK);
	driver_name(PSP_SYSFS, psp->platform_driver, sizeof(psp->platform_driver));
	find_pci(psp);
}

const char *machine_driver_advice(const struct machine_psp *psp)
{
	if (psp->platform_driver[0])
		return cvm_fmt("%s drives the processor but gives no file: see the kernel's log",
			       psp->platform_driver);
	if (psp->pci_driver[0])
		return cvm_fmt("%s drives %s, but without SEV: the kernel's log says why",
			       psp->pci_driver, psp->pci);
	if (psp->pci[0])
		return cvm_fmt("the processor is %s, its driver is missing: modprobe ccp",
			       psp->pci);
	if (psp->aspt)
		return "the processor is there, its driver is not: modprobe psp_sev";
	if (psp->table)
		return "this machine has a table ASPT: modprobe aspt, then psp_sev";
	return "no table ASPT or PCI function announces a processor: `aspctl check`";
}
