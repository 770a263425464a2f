/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SEV firmware of an AMD Secure Processor as a C library: a state machine
 * that is given a command number and the address of a command buffer, and
 * that touches memory only through two functions of its caller. It knows
 * neither registers nor interrupts nor QEMU.
 *
 * A struct sevfw is not locked: one command at a time.
 */
#ifndef SEVFW_H
#define SEVFW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sevfw_abi.h"
#include "sevfw_cert.h"
#include "sevfw_rmp.h"

#define SEVFW_ID_SIZE		64	/* one socket's id, as GET_ID returns it */
#define SEVFW_SOCKETS_MAX	2
#define SEVFW_TMR_SIZE		(1u << 20)
#define SEVFW_TMR_SIZE_SNP	(2u << 20)	/* while SNP is initialized */
#define SEVFW_STORAGE_SIZE	(32u << 10)	/* of the flash, and of INIT_EX's buffer */
#define SEVFW_IMAGE_MAX		(128u << 10)	/* of DOWNLOAD_FIRMWARE */

struct sevfw_span {
	uint64_t base;
	uint64_t pages;			/* of 4 KiB */
};

#define SEVFW_LOGS_MAX		8

/* What the firmware looks at before it initializes SNP. */
struct sevfw_host {
	/* In SYSCFG and HWCR, of every processor. */
	bool memory_encryption;
	bool snp;
	bool vmpl;
	bool mfdm;
	bool smm_lock;
	bool hsave_clear;		/* VM_HSAVE_PA is 0 everywhere */
	bool rmp_same;			/* RMP_BASE and RMP_END are the same everywhere */
	uint64_t rmp_base;
	uint64_t rmp_end;		/* its last byte */
	/* What the IOMMUs write to: logs, and the answers to commands. */
	unsigned int logs_nr;
	struct sevfw_span logs[SEVFW_LOGS_MAX];
};

/*
 * System memory as the firmware sees it. Both functions return 0, or anything
 * else when part of the range is not memory; a failing write must not have
 * written.
 *
 * @host tells what the processors are like and returns 0. It is NULL, or
 * returns anything else, where they have no SNP: there the firmware initializes
 * it without a reverse map table, and looks at nobody's pages. @snp_off clears
 * the bit of SNP in every SYSCFG. Whoever else changes the table does not while
 * a command runs.
 */
struct sevfw_memory {
	int (*read)(void *opaque, uint64_t address, void *to, size_t length);
	int (*write)(void *opaque, uint64_t address, const void *from, size_t length);
	void *opaque;
	int (*host)(void *opaque, struct sevfw_host *host);
	void (*snp_off)(void *opaque);
};

struct sevfw_config {
	uint8_t api_major;
	uint8_t api_minor;
	uint32_t build;		/* SEV commands report its low eight bits */
	bool es;		/* INIT accepts the SEV-ES flag */
	bool snp;		/* knows the SNP commands */
	unsigned int sockets;	/* one id for each in GET_ID */
	uint64_t serial;	/* everything unique to this chip derives from it */
	uint64_t current_tcb;
	uint64_t reported_tcb;
	uint32_t snp_features;	/* SEVFW_FEATURE_* */
	bool cek_signed;	/* PDH_CERT_EXPORT gives the CEK with the ASK's signature */
};

struct sevfw;

/* A Milan-like platform: API 1.55, SEV-ES and SNP, two sockets. */
void sevfw_config_default(struct sevfw_config *config);

/* Returns NULL when out of memory or when the configuration is impossible. */
struct sevfw *sevfw_new(const struct sevfw_config *config, const struct sevfw_memory *memory);
void sevfw_free(struct sevfw *fw);

/*
 * What a power cycle leaves: the identity and what is in the flash. The
 * firmware itself is that of the configuration again.
 */
void sevfw_reset(struct sevfw *fw);

/* Runs one command to its end. Returns an enum sevfw_status. */
uint16_t sevfw_command(struct sevfw *fw, unsigned int id, uint64_t buffer);

/* How large that command's buffer is: 0 if it has none, or is not known. */
size_t sevfw_command_size(unsigned int id);

/*
 * What the firmware leaves in the two buffer address registers after each
 * command: the extended error stack, ten bits an entry, 0 after a success.
 * What AMD's entries mean is not published; here a failed command leaves one
 * entry, its own status.
 */
uint64_t sevfw_error_stack(const struct sevfw *fw);

/*
 * Pretends that @count guests are running, which is what distinguishes WORKING
 * from INIT. Ignored while the platform is not initialized. A guest that goes
 * leaves its ASID dirty until the next DF_FLUSH.
 */
void sevfw_set_guests(struct sevfw *fw, uint32_t count);
uint32_t sevfw_guests(const struct sevfw *fw);

/*
 * How many pages the hypervisor has lent to the firmware and not got back: those
 * in the states Firmware and Reclaim, the table's own apart.
 */
uint32_t sevfw_lent_pages(const struct sevfw *fw);

enum sevfw_platform_state sevfw_platform_state(const struct sevfw *fw);
enum sevfw_snp_state sevfw_snp_state(const struct sevfw *fw);

/*
 * What AMD's server gives to those who ask for the id of a chip, and publishes
 * for a family of processors. Both return 0, or -1 when OpenSSL fails.
 */
int sevfw_cek(struct sevfw *fw, struct sevfw_cert *cek);
int sevfw_ca(struct sevfw *fw, struct sevfw_ca_chain *chain);

/*
 * Makes an image that DOWNLOAD_FIRMWARE takes: this header, @size bytes in
 * all, and the signature of the ASK at its end. Such an image changes what
 * the firmware says of itself, nothing else. Returns 0, or -1 when @size is
 * impossible or OpenSSL fails.
 */
struct sevfw_image {
	uint8_t magic[8];
	uint32_t size;
	uint8_t api_major;
	uint8_t api_minor;
	uint16_t reserved;
	uint32_t build;
	uint32_t reserved2;
	uint64_t tcb;
} SEVFW_PACKED;

#define SEVFW_IMAGE_MIN		(sizeof(struct sevfw_image) + SEVFW_RSA_SIZE)

int sevfw_image_make(uint8_t *image, size_t size, uint8_t api_major, uint8_t api_minor,
		     uint32_t build, uint64_t tcb);

/*
 * Makes what SNP_VLEK_LOAD takes, as AMD's server does for the owner of a chip:
 * @hashstick encrypted for @fw's chip, for use with @tcb as the reported TCB.
 */
int sevfw_vlek_wrap(const struct sevfw *fw, const uint8_t hashstick[384], uint64_t tcb,
		    struct sevfw_vlek *vlek);

/* Flips a bit of the byte at @offset in the flash: a storage that has gone bad. */
void sevfw_corrupt_flash(struct sevfw *fw, size_t offset);

/* Names for people. Never NULL. */
const char *sevfw_platform_state_name(enum sevfw_platform_state state);
const char *sevfw_snp_state_name(enum sevfw_snp_state state);
const char *sevfw_command_name(unsigned int id);
const char *sevfw_status_name(unsigned int status);

#endif
