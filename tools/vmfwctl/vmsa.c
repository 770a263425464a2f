// SPDX-License-Identifier: GPL-2.0-only
/* What a virtual processor starts with. */
#include <string.h>

#include "launch.h"

/*
 * Offsets in the save area (AMD64 Architecture Programmer's Manual, volume 2,
 * table B-4). A segment is u16 selector, u16 attributes, u32 limit, u64 base.
 */
enum {
	VMSA_ES = 0x00,
	VMSA_CS = 0x10,
	VMSA_SS = 0x20,
	VMSA_DS = 0x30,
	VMSA_FS = 0x40,
	VMSA_GS = 0x50,
	VMSA_GDTR = 0x60,
	VMSA_LDTR = 0x70,
	VMSA_IDTR = 0x80,
	VMSA_TR = 0x90,
	VMSA_EFER = 0xd0,
	VMSA_CR4 = 0x148,
	VMSA_CR0 = 0x158,
	VMSA_DR7 = 0x160,
	VMSA_DR6 = 0x168,
	VMSA_RFLAGS = 0x170,
	VMSA_RIP = 0x178,
	VMSA_G_PAT = 0x268,
	VMSA_RDX = 0x310,
	VMSA_SEV_FEATURES = 0x3b0,
	VMSA_XCR0 = 0x3e8,
	VMSA_MXCSR = 0x408,
	VMSA_FCW = 0x410,
};

/* Where the monitors differ. */
static const struct registers {
	uint16_t boot_cs, cs, ss, tr;
	uint64_t pat;
	uint32_t mxcsr;
	uint16_t fcw;
} registers[] = {
	[LAUNCH_QEMU] = { 0x9b, 0x9b, 0x93, 0x8b, 0x0007040600070406, 0x1f80, 0x37f },
	[LAUNCH_EC2] = { 0x9a, 0x9b, 0x92, 0x83, 0x0007040600070406, 0, 0 },
	[LAUNCH_GCE] = { 0x9b, 0x9b, 0x93, 0x8b, 0x00070106, 0, 0 },
};

/* RDX after a reset where the monitor does not put the signature there. */
#define RDX_RESET 0x600

static void segment(uint8_t *page, unsigned int offset, uint16_t selector,
		    uint16_t attributes, uint64_t base)
{
	fw_put(page + offset, 2, selector);
	fw_put(page + offset + 2, 2, attributes);
	fw_put(page + offset + 4, 4, 0xffff);
	fw_put(page + offset + 8, 8, base);
}

void launch_vmsa_build(const struct launch_config *config, uint32_t entry,
		       uint8_t page[LAUNCH_VMSA_SIZE])
{
	const struct registers *r = &registers[config->vmm];

	memset(page, 0, LAUNCH_VMSA_SIZE);
	segment(page, VMSA_ES, 0, 0x93, 0);
	segment(page, VMSA_CS, 0xf000, entry == LAUNCH_RESET_VECTOR ? r->boot_cs : r->cs,
		entry & 0xffff0000);
	segment(page, VMSA_SS, 0, r->ss, 0);
	segment(page, VMSA_DS, 0, 0x93, 0);
	segment(page, VMSA_FS, 0, 0x93, 0);
	segment(page, VMSA_GS, 0, 0x93, 0);
	segment(page, VMSA_GDTR, 0, 0, 0);
	segment(page, VMSA_LDTR, 0, 0x82, 0);
	segment(page, VMSA_IDTR, 0, 0, 0);
	segment(page, VMSA_TR, 0, r->tr, 0);
	/* SVME and MCE are set by KVM, the rest is the state after a reset. */
	fw_put(page + VMSA_EFER, 8, 0x1000);
	fw_put(page + VMSA_CR4, 8, 0x40);
	fw_put(page + VMSA_CR0, 8, 0x10);
	fw_put(page + VMSA_DR7, 8, 0x400);
	fw_put(page + VMSA_DR6, 8, 0xffff0ff0);
	fw_put(page + VMSA_RFLAGS, 8, 0x2);
	fw_put(page + VMSA_RIP, 8, entry & 0xffff);
	fw_put(page + VMSA_G_PAT, 8, r->pat);
	fw_put(page + VMSA_RDX, 8, config->vmm == LAUNCH_QEMU ? config->signature : RDX_RESET);
	fw_put(page + VMSA_SEV_FEATURES, 8, config->mode == LAUNCH_SNP ? config->features : 0);
	fw_put(page + VMSA_XCR0, 8, 0x1);
	fw_put(page + VMSA_MXCSR, 4, r->mxcsr);
	fw_put(page + VMSA_FCW, 2, r->fcw);
}

/* Versions of a model differ in features that are not measured. */
static const struct {
	const char *name;
	uint32_t signature;
	char last_version;
} models[] = {
	{ "EPYC", 0x800f12, '5' },
	{ "EPYC-IBPB", 0x800f12, 0 },
	{ "EPYC-Rome", 0x830f10, '5' },
	{ "EPYC-Milan", 0xa00f11, '3' },
	{ "EPYC-Genoa", 0xa10f10, '2' },
	{ "EPYC-Turin", 0xb00f00, '1' },
};

#define MODELS (sizeof(models) / sizeof(models[0]))

const char *launch_cpu_model(unsigned int index)
{
	return index < MODELS ? models[index].name : NULL;
}

int launch_cpu_signature(const char *name, uint32_t *signature)
{
	const char *version;
	unsigned int i;
	size_t len;

	for (i = 0; i < MODELS; i++) {
		len = strlen(models[i].name);
		if (strncmp(name, models[i].name, len))
			continue;
		version = name + len;
		if (*version &&
		    (strncmp(version, "-v", 2) || version[2] < '1' ||
		     version[2] > models[i].last_version || version[3]))
			continue;
		*signature = models[i].signature;
		return 0;
	}
	return -1;
}
