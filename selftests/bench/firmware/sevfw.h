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

#define SEVFW_ID_SIZE		64	/* one socket's id, as GET_ID returns it */
#define SEVFW_SOCKETS_MAX	2
#define SEVFW_TMR_SIZE		(1u << 20)

/*
 * System memory as the firmware sees it. Both return 0, or anything else when
 * part of the range is not memory; a failing write must not have written.
 */
struct sevfw_memory {
	int (*read)(void *opaque, uint64_t address, void *to, size_t length);
	int (*write)(void *opaque, uint64_t address, const void *from, size_t length);
	void *opaque;
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
};

struct sevfw;

/* A Milan-like platform: API 1.55, SEV-ES and SNP, two sockets. */
void sevfw_config_default(struct sevfw_config *config);

/* Returns NULL when out of memory or when the configuration is impossible. */
struct sevfw *sevfw_new(const struct sevfw_config *config, const struct sevfw_memory *memory);
void sevfw_free(struct sevfw *fw);

/* What a power cycle leaves: the identity and the persistent data. */
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
 * from INIT. Ignored while the platform is not initialized.
 */
void sevfw_set_guests(struct sevfw *fw, uint32_t count);
uint32_t sevfw_guests(const struct sevfw *fw);

enum sevfw_platform_state sevfw_platform_state(const struct sevfw *fw);
enum sevfw_snp_state sevfw_snp_state(const struct sevfw *fw);

/* Names for people. Never NULL. */
const char *sevfw_platform_state_name(enum sevfw_platform_state state);
const char *sevfw_snp_state_name(enum sevfw_snp_state state);
const char *sevfw_command_name(unsigned int id);
const char *sevfw_status_name(unsigned int status);

#endif
