/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the firmware library share: a memory, a firmware that
 * lives in it, and checks that say what they found. Included once a program.
 */
#ifndef FIRMWARE_LIB_H
#define FIRMWARE_LIB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include "kselftest.h"
#include "selftests/bench/firmware/sevfw_internal.h"

/* Memory from 1 MiB to 5 MiB or as a test wants it, read-only in its last pages. */
#define MEM_BASE	0x100000u
#ifndef MEM_SIZE
#define MEM_SIZE	0x400000u
#endif
#define MEM_END		(MEM_BASE + MEM_SIZE)
#define ROM_SIZE	0x10000u
#define ROM_START	(MEM_END - ROM_SIZE)

#define BUFFER		0x100000u	/* where the command buffers are */
#define DATA		0x101000u
#define STORAGE		0x120000u	/* of INIT_EX */
#define IMAGE		0x140000u	/* of DOWNLOAD_FIRMWARE */
#define TMR		0x200000u

static uint8_t memory[MEM_SIZE];
static struct sevfw *fw;

/* Makes the storage's buffer unwritable, when set. */
static bool storage_is_rom;

static int inside(uint64_t address, size_t length, uint64_t end)
{
	return address >= MEM_BASE && address < end && length <= end - address;
}

static int mem_read(void *opaque, uint64_t address, void *to, size_t length)
{
	(void)opaque;
	if (!inside(address, length, MEM_END))
		return -1;
	memcpy(to, memory + (address - MEM_BASE), length);
	return 0;
}

static int mem_write(void *opaque, uint64_t address, const void *from, size_t length)
{
	(void)opaque;
	if (!inside(address, length, ROM_START) || (storage_is_rom && address == STORAGE))
		return -1;
	memcpy(memory + (address - MEM_BASE), from, length);
	return 0;
}

static const struct sevfw_memory mem = { mem_read, mem_write, NULL };

/* A new firmware, by default that of sevfw_config_default(). */
static inline void start(const struct sevfw_config *config)
{
	struct sevfw_config def;

	sevfw_free(fw);
	memset(memory, 0, sizeof(memory));
	storage_is_rom = false;
	if (!config) {
		sevfw_config_default(&def);
		config = &def;
	}
	fw = sevfw_new(config, &mem);
	if (!fw)
		ksft_exit_fail_msg("sevfw_new() failed\n");
}

static inline void *at(uint64_t address)
{
	return memory + (address - MEM_BASE);
}

/* One check is one condition; a test is a function full of them. */
static unsigned int failures;

#define CHECK(cond) do {							\
	if (!(cond)) {								\
		failures++;							\
		ksft_print_msg("line %d: not so: %s\n", __LINE__, #cond);	\
	}									\
} while (0)

#define CHECK_STATUS(got, want) do {						\
	unsigned int g_ = (got), w_ = (want);					\
	if (g_ != w_) {								\
		failures++;							\
		ksft_print_msg("line %d: status 0x%02x (%s), expected 0x%02x (%s)\n", \
			       __LINE__, g_, sevfw_status_name(g_), w_,		\
			       sevfw_status_name(w_));				\
	}									\
} while (0)

static inline unsigned int run(unsigned int id)
{
	return sevfw_command(fw, id, BUFFER);
}

/* Runs a command with this buffer; what comes back is there afterwards. */
static inline unsigned int run_with(unsigned int id, void *buffer, size_t size)
{
	unsigned int status;

	memcpy(at(BUFFER), buffer, size);
	status = run(id);
	memcpy(buffer, at(BUFFER), size);
	return status;
}

static inline unsigned int run_init(uint32_t flags, uint64_t tmr, uint32_t length)
{
	struct sevfw_init init = { .flags = flags, .tmr_address = tmr, .tmr_length = length };

	return run_with(SEVFW_INIT, &init, sizeof(init));
}

/* Brings the platform into @state from wherever it is. */
static inline void go(enum sevfw_platform_state state)
{
	run(SEVFW_SHUTDOWN);
	if (state != SEVFW_PLATFORM_UNINIT)
		run_init(0, 0, 0);
	if (state == SEVFW_PLATFORM_WORKING)
		sevfw_set_guests(fw, 1);
	CHECK(sevfw_platform_state(fw) == state);
}

#define FOR_EACH_STATE \
	for (enum sevfw_platform_state state = SEVFW_PLATFORM_UNINIT;	\
	     state <= SEVFW_PLATFORM_WORKING; state++)

/* Exports the platform's certificates to @pdh and @chain. */
static inline unsigned int run_export(struct sevfw_cert *pdh, struct sevfw_cert_chain *chain)
{
	struct sevfw_pdh_cert_export out = {
		.pdh_address = DATA,
		.pdh_length = sizeof(*pdh),
		.chain_address = DATA + 0x1000,
		.chain_length = sizeof(*chain),
	};
	unsigned int status = run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out));

	memcpy(pdh, at(DATA), sizeof(*pdh));
	memcpy(chain, at(DATA + 0x1000), sizeof(*chain));
	return status;
}

/* A request for the PEK's certificate. */
static inline unsigned int run_csr(struct sevfw_cert *pek)
{
	struct sevfw_pek_csr csr = { .address = DATA, .length = sizeof(*pek) };
	unsigned int status = run_with(SEVFW_PEK_CSR, &csr, sizeof(csr));

	memcpy(pek, at(DATA), sizeof(*pek));
	return status;
}

static inline unsigned int run_import(const struct sevfw_cert *pek,
				      const struct sevfw_cert *oca)
{
	struct sevfw_pek_cert_import in = {
		.pek_address = DATA,
		.pek_length = sizeof(*pek),
		.oca_address = DATA + 0x1000,
		.oca_length = sizeof(*oca),
	};

	memcpy(at(DATA), pek, sizeof(*pek));
	memcpy(at(DATA + 0x1000), oca, sizeof(*oca));
	return run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in));
}

struct test {
	const char *name;
	void (*run)(void);
};

static inline void run_tests(const struct test *tests, unsigned int nr)
{
	ksft_print_header();
	ksft_set_plan(nr);
	for (unsigned int i = 0; i < nr; i++) {
		failures = 0;
		tests[i].run();
		ksft_test_result(!failures, "%s\n", tests[i].name);
	}
	sevfw_free(fw);
	ksft_finished();
}

#endif
