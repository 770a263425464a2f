// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto selftests/bench/firmware/sevfw.c selftests/bench/firmware/sevfw_names.c
// link: selftests/bench/firmware/sevfw_guest.c selftests/bench/firmware/sevfw_page.c
// link: selftests/bench/firmware/sevfw_rmp.c
// link: selftests/bench/firmware/sevfw_platform.c selftests/bench/firmware/sevfw_endorsement.c
// link: selftests/bench/firmware/sevfw_snp.c selftests/bench/firmware/sevfw_image.c
// link: selftests/bench/firmware/sevfw_identity.c selftests/bench/firmware/sevfw_storage.c
// link: selftests/bench/firmware/sevfw_cert.c selftests/bench/firmware/sevfw_key.c
// link: selftests/bench/firmware/sevfw_root.c
// runs: 5000
/*
 * libFuzzer target: commands to the SEV firmware of the bench. An input is a
 * sequence of commands, each an id, a byte that says what precedes it, and the
 * bytes that are laid into memory before it: where the command buffer is, and
 * where the pointers in it may well point.
 *
 * Certificates and images are signed, which no random change survives: an
 * input may ask for right ones at certain places.
 *
 * On processors with SNP there is a reverse map table as well: an input may
 * give pages to the firmware, and execute RMPUPDATE and PSMASH, for which there
 * are two numbers that no command has.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/bench/firmware/sevfw_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEM_SIZE	0x300000u
#define USED_SIZE	0x40000u	/* of which more than the table is used */
#define RMP_BASE	0x200000u
#define RMP_SIZE	0x100000u
#define RMPUPDATE	0xfe
#define PSMASH		0xff
#define BUFFER		0x1000u
#define COMMANDS_MAX	8

static uint8_t memory[MEM_SIZE];
static struct sevfw *fw;

static int inside(uint64_t address, size_t length)
{
	return address < MEM_SIZE && length <= MEM_SIZE - address;
}

static int mem_read(void *opaque, uint64_t address, void *to, size_t length)
{
	(void)opaque;
	if (!inside(address, length))
		return -1;
	memcpy(to, memory + address, length);
	return 0;
}

static int mem_write(void *opaque, uint64_t address, const void *from, size_t length)
{
	(void)opaque;
	if (!inside(address, length))
		return -1;
	memcpy(memory + address, from, length);
	return 0;
}

static bool has_snp;

static int get_host(void *opaque, struct sevfw_host *host)
{
	static const struct sevfw_host good = {
		.memory_encryption = true, .snp = true, .vmpl = true, .mfdm = true,
		.smm_lock = true, .hsave_clear = true, .rmp_same = true,
		.rmp_base = RMP_BASE, .rmp_end = RMP_BASE + RMP_SIZE - 1,
		.logs_nr = 1, .logs = { { 0x3e000, 2 } },
	};

	(void)opaque;
	*host = good;
	return has_snp ? 0 : -1;
}

static void snp_off(void *opaque)
{
	(void)opaque;
}

static const struct sevfw_rmp rmp = {
	.read = mem_read, .write = mem_write, .base = RMP_BASE, .end = RMP_BASE + RMP_SIZE - 1,
};

/* What holds for the 2 MiB around a page, whoever has changed the table. */
static void check_table(uint64_t address)
{
	struct sevfw_rmp_entry first, e;
	unsigned int assigned = 0;

	address &= ~(uint64_t)(SEVFW_LARGE_PAGE - 1);
	if (address + SEVFW_LARGE_PAGE > sevfw_rmp_limit(&rmp))
		return;
	if (sevfw_rmp_load(&rmp, address, &first))
		abort();
	for (unsigned int i = 1; i < SEVFW_LARGE_PAGES; i++) {
		if (sevfw_rmp_load(&rmp, address + i * SEVFW_PAGE, &e) ||
		    e.state & (SEVFW_RMP_LARGE | SEVFW_RMP_SUBPAGES))
			abort();
		assigned += e.state & SEVFW_RMP_ASSIGNED;
	}
	if ((first.state & SEVFW_RMP_SUBPAGES) >> SEVFW_RMP_SUBPAGES_SHIFT != assigned)
		abort();
	if (first.state & SEVFW_RMP_LARGE && assigned)
		abort();
}

static void execute(uint8_t what, const uint8_t *data, size_t length)
{
	struct {
		uint64_t address;
		struct sevfw_rmp_operand operand;
	} SEVFW_PACKED in = { 0 };
	struct sevfw_rmp_entry before, after;
	bool there;
	int result;

	memcpy(&in, data, length < sizeof(in) ? length : sizeof(in));
	there = !sevfw_rmp_load(&rmp, in.address, &before);
	if (what == RMPUPDATE)
		result = sevfw_rmpupdate(&rmp, in.address, &in.operand);
	else
		result = sevfw_psmash(&rmp, in.address);
	if (result < 0 || result > 4 || (!there && !result))
		abort();
	if (!there)
		return;
	if (sevfw_rmp_load(&rmp, in.address, &after))
		abort();
	if ((result || before.state & SEVFW_RMP_IMMUTABLE) &&
	    memcmp(&before, &after, sizeof(after)))
		abort();
	check_table(in.address);
}

static const uint8_t owner_key[SEVFW_SCALAR_SIZE] = { 1, 2, 3 };
static struct sevfw_cert owner;
static uint8_t image[SEVFW_IMAGE_MIN];

/* All that is signed, and is always the same. */
static void make_things(void)
{
	if (sevfw_cert_start(&owner, SEVFW_USAGE_OCA, SEVFW_ECDSA_SHA256, owner_key) ||
	    sevfw_cert_sign(&owner, 0, SEVFW_USAGE_OCA, owner_key) ||
	    sevfw_image_make(image, sizeof(image), 1, 56, 1, fw->config.current_tcb))
		abort();
}

/* The owner's certificate at 0x4000, and the platform's request with its signature at 0x5000. */
static void prepare_import(void)
{
	struct sevfw_cert cert = fw->identity.pek;

	if (sevfw_cert_sign(&cert, 1, SEVFW_USAGE_OCA, owner_key))
		abort();
	memcpy(memory + 0x4000, &owner, sizeof(owner));
	memcpy(memory + 0x5000, &cert, sizeof(cert));
}

/* What may precede a command. */
enum {
	PREPARE_RESET		= 0x01,
	PREPARE_GUESTS		= 0x02,
	PREPARE_IMPORT		= 0x04,
	PREPARE_VLEK		= 0x08,
	PREPARE_IMAGE		= 0x10,
	PREPARE_STORAGE		= 0x20,
	/* Without guests, whose number these two are: */
	PREPARE_PAGES		= 0x40,
	PREPARE_HOST		= 0x80,
};

/* Everything to the firmware, until it has its own pages. */
static void prepare_pages(void)
{
	static const struct sevfw_rmp_operand firmware = { .assigned = 1, .immutable = 1 };

	for (uint64_t page = 0; fw->rmp_used && page < USED_SIZE; page += SEVFW_PAGE)
		sevfw_rmpupdate(&rmp, page, &firmware);
}

static void prepare(uint8_t what)
{
	static const uint8_t hashstick[384];
	struct sevfw_vlek vlek;

	if (what & PREPARE_RESET)
		sevfw_reset(fw);
	if (what & PREPARE_GUESTS)
		sevfw_set_guests(fw, what >> 6);
	else
		has_snp = what & PREPARE_HOST;
	if (!(what & PREPARE_GUESTS) && what & PREPARE_PAGES)
		prepare_pages();
	if (what & PREPARE_IMPORT)
		prepare_import();
	if (what & PREPARE_VLEK && !sevfw_vlek_wrap(fw, hashstick, fw->reported_tcb, &vlek))
		memcpy(memory + 0x6000, &vlek, sizeof(vlek));
	if (what & PREPARE_IMAGE)
		memcpy(memory + 0x8000, image, sizeof(image));
	if (what & PREPARE_STORAGE)
		memset(memory + 0x10000, 0xff, SEVFW_STORAGE_SIZE);
}

/* What has to hold after every command. */
static void check(unsigned int id, uint16_t status)
{
	if (sevfw_error_stack(fw) != status || !strcmp(sevfw_status_name(status), "unknown status"))
		abort();
	if (!sevfw_command_size(id) && status == SEVFW_INVALID_LENGTH)
		abort();
	if (fw->guests && !fw->initialized)
		abort();
	/* Whoever is initialized has keys that belong together. */
	if (fw->initialized && (!sevfw_cert_is(&fw->identity.oca, SEVFW_USAGE_OCA) ||
				!sevfw_cert_is(&fw->identity.pek, SEVFW_USAGE_PEK)))
		abort();
	if (!fw->initialized && fw->identity.pek.version)
		abort();
	if (!sevfw_tcb_at_most(fw->committed.tcb, fw->current.tcb))
		abort();
	if (fw->rmp_used && !fw->snp_initialized)
		abort();
	if (fw->rmp_used) {
		check_table(0);
		check_table(RMP_BASE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sevfw_memory mem = {
		mem_read, mem_write, NULL, get_host, snp_off,
	};
	struct sevfw_config config;

	/* Making keys is slow: what is in the flash stays from one input to the next. */
	if (!fw) {
		sevfw_config_default(&config);
		fw = sevfw_new(&config, &mem);
		if (!fw)
			abort();
		make_things();
	}
	sevfw_reset(fw);
	memset(memory, 0, USED_SIZE);
	memset(memory + RMP_BASE, 0, RMP_SIZE);
	for (unsigned int i = 0; i < COMMANDS_MAX && size >= 2; i++) {
		size_t length;

		prepare(data[1]);
		length = size - 2 < SEVFW_BUFFER_MAX ? size - 2 : SEVFW_BUFFER_MAX;
		if (data[0] == RMPUPDATE || data[0] == PSMASH) {
			if (length > 24)
				length = 24;
			execute(data[0], data + 2, length);
			data += 2 + length;
			size -= 2 + length;
			continue;
		}
		if (sevfw_command_size(data[0]) < length)
			length = sevfw_command_size(data[0]);
		memcpy(memory + BUFFER, data + 2, length);
		check(data[0], sevfw_command(fw, data[0], BUFFER));
		data += 2 + length;
		size -= 2 + length;
	}
	return 0;
}
