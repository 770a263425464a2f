/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The digest that SEV, SEV-ES or SEV-SNP measures when a guest is launched with
 * a given firmware, for comparison with the attestation report. Pure logic and
 * SHA from OpenSSL.
 */
#ifndef VMFWCTL_LAUNCH_H
#define VMFWCTL_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "igvm.h"
#include "image.h"

#define LAUNCH_DIGEST_MAX	48u
#define LAUNCH_VCPUS_MAX	4096u
#define LAUNCH_VMSA_SIZE	4096u
/* Where KVM says that the VMSA of every processor lies. */
#define LAUNCH_VMSA_ADDRESS	0xfffffffff000ull
/* Where the first processor starts. */
#define LAUNCH_RESET_VECTOR	0xfffffff0u
#define LAUNCH_TABLE_SIZE	176u

enum launch_mode {
	LAUNCH_SNP,
	LAUNCH_SEV_ES,
	LAUNCH_SEV,
};

/* enum launch_vmm - who launches: they differ in order, pages and registers */
enum launch_vmm {
	LAUNCH_QEMU,
	LAUNCH_EC2,
	LAUNCH_GCE,
	LAUNCH_HYPERV,
};

/*
 * struct launch_config - what the digest depends on besides the firmware
 * @vcpus: 1 to LAUNCH_VCPUS_MAX
 * @signature: CPUID 1 EAX of the virtual processor; QEMU alone measures it
 * @features: SEV_FEATURES of the VMSA; SNP alone measures it
 * @table: launch_hashes_table()'s, or NULL when the firmware boots no kernel
 */
struct launch_config {
	enum launch_mode mode;
	enum launch_vmm vmm;
	unsigned int vcpus;
	uint32_t signature;
	uint64_t features;
	const uint8_t *table;
};

/* struct launch_digest - @size bytes: 48 for SNP, 32 for the others */
struct launch_digest {
	uint8_t bytes[LAUNCH_DIGEST_MAX];
	unsigned int size;
};

/*
 * launch_image_digest - of a raw image
 *
 * Return: 0, or -1 with @fault when such a launch cannot be, or be measured.
 */
int launch_image_digest(const struct fwimage *image,
			const struct launch_config *config,
			struct launch_digest *digest, struct fw_fault *fault);

/*
 * launch_igvm_digest - of an IGVM file, on SEV-SNP
 * @igvm: opened; says itself what the processor starts with
 * @vmm: LAUNCH_QEMU: a page without data is a zero page, and the single VMSA
 *	comes last, at KVM's address. LAUNCH_HYPERV (OpenVMM too): such a page
 *	is a normal one full of zeros, and the VMSA comes where it stands.
 * @expected: digest in the file's ID block, or its size 0; set on failure too
 *
 * Return: 0, or -1 with @fault. What is not measured in a known way is refused.
 */
int launch_igvm_digest(const struct igvm *igvm, enum launch_vmm vmm,
		       struct launch_digest *digest,
		       struct launch_digest *expected, struct fw_fault *fault);

/*
 * launch_vmsa_build - the save area that a processor starts with (vmsa.c)
 * @entry: its first instruction
 * @page: result
 */
void launch_vmsa_build(const struct launch_config *config, uint32_t entry,
		       uint8_t page[LAUNCH_VMSA_SIZE]);

/*
 * launch_cpu_signature - of a processor model by QEMU's name: "EPYC-Milan-v2"
 *
 * Return: 0, or -1 for no such name.
 */
int launch_cpu_signature(const char *name, uint32_t *signature);

/* launch_cpu_model - name of each model without its versions; NULL after the last */
const char *launch_cpu_model(unsigned int index);

/*
 * launch_hashes_table - the table of kernel hashes, as QEMU puts it into the guest
 * @hashes: SHA-256 of command line (with its NUL), initrd and kernel, in this order
 */
void launch_hashes_table(const uint8_t hashes[3][32],
			 uint8_t table[LAUNCH_TABLE_SIZE]);

#endif
