/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a machine can host SNP guests. Facts are gathered in one place and
 * judged in another, which is pure logic and compiles into a test as well.
 */
#ifndef ASPCTL_CHECK_H
#define ASPCTL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"

/*
 * struct check_cpu - what CPUID says, of the processor that asks
 * @vendor: of leaf 0
 * @hyperv: of leaf 4000_0000: Hyper-V runs this machine
 * @basic_ecx: of leaf 1
 * @basic_edx: of leaf 1
 * @extended_ecx: of leaf 8000_0001
 * @extended_edx: of leaf 8000_0001
 * @structured_ebx: of leaf 7
 * @xcr0: which states the kernel saves; 0 without OSXSAVE
 * @sev: EAX to EDX of leaf 8000_001F; 0 without it
 */
struct check_cpu {
	char vendor[13];
	bool hyperv;
	uint32_t basic_ecx;
	uint32_t basic_edx;
	uint32_t extended_ecx;
	uint32_t extended_edx;
	uint32_t structured_ebx;
	uint64_t xcr0;
	uint32_t sev[4];
};

/*
 * struct check_msr - a register that every processor has
 * @err: 0, or the negative errno of the attempt to read it
 * @all: bits that are set on every processor
 * @any: bits that are set on one at least
 */
struct check_msr {
	int err;
	uint64_t all;
	uint64_t any;
};

/* What can be asked about and need not be known. */
enum check_known {
	CHECK_UNKNOWN,
	CHECK_NO,
	CHECK_YES,
};

/*
 * struct check_facts - all that is looked at
 * @cpu: CPUID
 * @syscfg: MSR C001_0010
 * @hwcr: MSR C001_0015
 * @rmp_base: MSR C001_0132
 * @rmp_end: MSR C001_0133
 * @iommus: how many AMD IOMMUs the kernel drives
 * @iommu_features: what all of them have, their extended features
 * @iommu_features_known: the kernel shows them
 * @release: of the kernel
 * @config_sev: it was built with CONFIG_KVM_AMD_SEV
 * @host_snp: it has the functions of an SNP host
 * @cmdline: its parameters
 * @kvm_amd: the module is loaded
 * @kvm: whether its parameters sev, sev_es, sev_snp are on
 * @psp: the secure processor
 * @dev_sev: 0 when /dev/sev can be used, or a negative errno
 * @api_known: the firmware told its version
 * @api_major: of the SEV API
 * @api_minor: of the SEV API
 */
struct check_facts {
	struct check_cpu cpu;
	struct check_msr syscfg;
	struct check_msr hwcr;
	struct check_msr rmp_base;
	struct check_msr rmp_end;
	unsigned int iommus;
	uint64_t iommu_features;
	bool iommu_features_known;
	char release[128];
	enum check_known config_sev;
	enum check_known host_snp;
	char cmdline[4096];
	bool kvm_amd;
	enum check_known kvm[3];
	struct machine_psp psp;
	int dev_sev;
	bool api_known;
	uint8_t api_major;
	uint8_t api_minor;
};

/*
 * struct check_result - the judgement on one requirement
 * @key: which, for programs
 * @title: which, for people
 * @met: CHECK_UNKNOWN when the machine does not tell
 * @found: what was found
 * @advice: what to do when it is not met or not known; else NULL
 *
 * Strings live as cvm_fmt()'s.
 */
struct check_result {
	const char *key;
	const char *title;
	enum check_known met;
	const char *found;
	const char *advice;
};

/* check_cpu_gather - CPUID (check_cpu.c) */
void check_cpu_gather(struct check_cpu *cpu);

/* check_cpu_level - the x86-64 ABI level, 1 to 4; 0 for less (check_cpu.c) */
unsigned int check_cpu_level(const struct check_cpu *cpu);

/* check_facts_gather - everything (check_facts.c) */
void check_facts_gather(struct check_facts *f);

/*
 * check_judge - the @i-th requirement, from 0 (check_rules.c)
 *
 * Return: false behind the last.
 */
bool check_judge(const struct check_facts *f, unsigned int i,
		 struct check_result *result);

#endif
