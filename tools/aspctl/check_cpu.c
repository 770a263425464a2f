// SPDX-License-Identifier: GPL-2.0-only
/* What the processor says of itself. */
#include <cpuid.h>
#include <string.h>

#include "check.h"

#define HYPERVISOR_LEAF	0x40000000U

/* Leaf 1 ECX */
#define SSE3		(1U << 0)
#define SSSE3		(1U << 9)
#define FMA		(1U << 12)
#define CX16		(1U << 13)
#define SSE4_1		(1U << 19)
#define SSE4_2		(1U << 20)
#define MOVBE		(1U << 22)
#define POPCNT		(1U << 23)
#define OSXSAVE		(1U << 27)
#define AVX		(1U << 28)
#define F16C		(1U << 29)
#define HYPERVISOR	(1U << 31)
/* Leaf 1 EDX */
#define FPU		(1U << 0)
#define CX8		(1U << 8)
#define CMOV		(1U << 15)
#define MMX		(1U << 23)
#define FXSR		(1U << 24)
#define SSE		(1U << 25)
#define SSE2		(1U << 26)
/* Leaf 7 EBX */
#define BMI1		(1U << 3)
#define AVX2		(1U << 5)
#define BMI2		(1U << 8)
#define AVX512F		(1U << 16)
#define AVX512DQ	(1U << 17)
#define AVX512CD	(1U << 28)
#define AVX512BW	(1U << 30)
#define AVX512VL	(1U << 31)
/* Leaf 8000_0001 ECX, EDX */
#define LAHF		(1U << 0)
#define LZCNT		(1U << 5)
#define LONG_MODE	(1U << 29)
/* XCR0 */
#define STATE_AVX	0x06U
#define STATE_AVX512	0xe6U

/*
 * struct level - what a level of the x86-64 psABI adds to the one below
 */
static const struct level {
	uint32_t basic_ecx;
	uint32_t basic_edx;
	uint32_t structured_ebx;
	uint32_t extended_ecx;
	uint32_t extended_edx;
	uint64_t xcr0;
} levels[] = {
	{ .basic_edx = FPU | CX8 | CMOV | MMX | FXSR | SSE | SSE2, .extended_edx = LONG_MODE },
	{ .basic_ecx = SSE3 | SSSE3 | CX16 | SSE4_1 | SSE4_2 | POPCNT, .extended_ecx = LAHF },
	{ .basic_ecx = FMA | MOVBE | OSXSAVE | AVX | F16C, .structured_ebx = BMI1 | AVX2 | BMI2,
	  .extended_ecx = LZCNT, .xcr0 = STATE_AVX },
	{ .structured_ebx = AVX512F | AVX512DQ | AVX512CD | AVX512BW | AVX512VL,
	  .xcr0 = STATE_AVX512 },
};

static bool has(uint64_t value, uint64_t bits)
{
	return (value & bits) == bits;
}

unsigned int check_cpu_level(const struct check_cpu *cpu)
{
	const struct level *l;
	unsigned int i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		l = &levels[i];
		if (!has(cpu->basic_ecx, l->basic_ecx) || !has(cpu->basic_edx, l->basic_edx) ||
		    !has(cpu->structured_ebx, l->structured_ebx) ||
		    !has(cpu->extended_ecx, l->extended_ecx) ||
		    !has(cpu->extended_edx, l->extended_edx) || !has(cpu->xcr0, l->xcr0))
			break;
	}
	return i;
}

static uint64_t read_xcr0(void)
{
	uint32_t low, high;

	/* XGETBV, without a compiler flag that would let it use AVX elsewhere. */
	__asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a" (low), "=d" (high) : "c" (0));
	return (uint64_t)high << 32 | low;
}

static void gather_vendor(struct check_cpu *cpu)
{
	uint32_t eax, ebx, ecx, edx;

	__cpuid(0, eax, ebx, ecx, edx);
	memcpy(cpu->vendor, &ebx, 4);
	memcpy(cpu->vendor + 4, &edx, 4);
	memcpy(cpu->vendor + 8, &ecx, 4);
	if (!(cpu->basic_ecx & HYPERVISOR))
		return;
	__cpuid(HYPERVISOR_LEAF, eax, ebx, ecx, edx);
	cpu->hyperv = !memcmp(&ebx, "Micr", 4) && !memcmp(&ecx, "osof", 4) &&
		      !memcmp(&edx, "t Hv", 4);
}

void check_cpu_gather(struct check_cpu *cpu)
{
	uint32_t eax, ebx, ecx, edx;

	memset(cpu, 0, sizeof(*cpu));
	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
		cpu->basic_ecx = ecx;
		cpu->basic_edx = edx;
	}
	gather_vendor(cpu);
	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		cpu->structured_ebx = ebx;
	if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) {
		cpu->extended_ecx = ecx;
		cpu->extended_edx = edx;
	}
	if (cpu->basic_ecx & OSXSAVE)
		cpu->xcr0 = read_xcr0();
	__get_cpuid(0x8000001f, &cpu->sev[0], &cpu->sev[1], &cpu->sev[2], &cpu->sev[3]);
}
