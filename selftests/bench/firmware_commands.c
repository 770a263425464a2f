// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto selftests/bench/firmware/sevfw.c selftests/bench/firmware/sevfw_names.c
// link: selftests/bench/firmware/sevfw_guest.c selftests/bench/firmware/sevfw_platform.c selftests/bench/firmware/sevfw_snp.c
/*
 * The firmware library by itself: every command in every state, with every
 * argument error, on a memory of this program's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "selftests/bench/firmware/sevfw_internal.h"

/* Memory from 1 MiB to 5 MiB, read-only in its last page. */
#define MEM_BASE	0x100000u
#define MEM_SIZE	0x400000u
#define MEM_END		(MEM_BASE + MEM_SIZE)
#define ROM_START	(MEM_END - 0x1000u)

#define BUFFER		0x100000u	/* where the command buffers are */
#define DATA		0x101000u
#define TMR		0x200000u

static uint8_t memory[MEM_SIZE];
static struct sevfw *fw;

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
	if (!inside(address, length, ROM_START))
		return -1;
	memcpy(memory + (address - MEM_BASE), from, length);
	return 0;
}

static const struct sevfw_memory mem = { mem_read, mem_write, NULL };

static struct sevfw *start(const struct sevfw_config *config)
{
	struct sevfw_config def;

	sevfw_free(fw);
	memset(memory, 0, sizeof(memory));
	if (!config) {
		sevfw_config_default(&def);
		config = &def;
	}
	fw = sevfw_new(config, &mem);
	return fw;
}

static void *at(uint64_t address)
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

static unsigned int run(unsigned int id)
{
	return sevfw_command(fw, id, BUFFER);
}

static unsigned int run_init(uint32_t flags, uint64_t tmr, uint32_t length)
{
	struct sevfw_init *init = at(BUFFER);

	memset(init, 0, sizeof(*init));
	init->flags = flags;
	init->tmr_address = tmr;
	init->tmr_length = length;
	return run(SEVFW_INIT);
}

/* Brings the platform into @state from wherever it is. */
static void go(enum sevfw_platform_state state)
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

/* Sizes as the kernel's structures have them. */
static void test_layout(void)
{
	CHECK(sizeof(struct sevfw_init) == 20);
	CHECK(sizeof(struct sevfw_platform_status) == 12);
	CHECK(offsetof(struct sevfw_platform_status, flags) == 3);
	CHECK(offsetof(struct sevfw_platform_status, build) == 7);
	CHECK(offsetof(struct sevfw_platform_status, guest_count) == 8);
	CHECK(sizeof(struct sevfw_get_id) == 12);
	CHECK(sizeof(struct sevfw_snp_platform_status) == 32);
	CHECK(offsetof(struct sevfw_snp_platform_status, current_tcb) == 16);
	for (unsigned int id = 0; id < 0x800; id++)
		CHECK(sevfw_command_size(id) <= SEVFW_BUFFER_MAX);
}

static void test_unknown(void)
{
	static const unsigned int known[] = {
		SEVFW_INIT, SEVFW_SHUTDOWN, SEVFW_PLATFORM_RESET, SEVFW_PLATFORM_STATUS,
		SEVFW_DF_FLUSH, SEVFW_GET_ID, SEVFW_SNP_PLATFORM_STATUS,
		SEVFW_DECOMMISSION, SEVFW_ACTIVATE, SEVFW_DEACTIVATE, SEVFW_GUEST_STATUS,
		SEVFW_LAUNCH_START,
	};

	start(NULL);
	FOR_EACH_STATE {
		go(state);
		for (unsigned int id = 0; id < 0x800; id++) {
			unsigned int i;

			for (i = 0; i < ARRAY_SIZE(known); i++)
				if (known[i] == id)
					break;
			if (i < ARRAY_SIZE(known)) {
				CHECK(strcmp(sevfw_command_name(id), "unknown"));
				continue;
			}
			CHECK_STATUS(run(id), SEVFW_INVALID_COMMAND);
			CHECK(!strcmp(sevfw_command_name(id), "unknown"));
			CHECK(sevfw_platform_state(fw) == state);
		}
	}
	CHECK_STATUS(sevfw_command(fw, UINT32_MAX, BUFFER), SEVFW_INVALID_COMMAND);
}

static void test_init(void)
{
	start(NULL);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_init(0, 0, 0), SEVFW_SUCCESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_init(0, 0, 0), SEVFW_INVALID_PLATFORM_STATE);
	sevfw_set_guests(fw, 3);
	CHECK_STATUS(run_init(0, 0, 0), SEVFW_INVALID_PLATFORM_STATE);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_WORKING);

	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_init(2, 0, 0), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE - 1), SEVFW_INVALID_LENGTH);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR + 0x1000, SEVFW_TMR_SIZE),
		     SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, 0, SEVFW_TMR_SIZE), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, MEM_END, SEVFW_TMR_SIZE), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, MEM_SIZE), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, ~0ull << 20, UINT32_MAX), SEVFW_INVALID_ADDRESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE), SEVFW_SUCCESS);
}

static void test_init_without_es(void)
{
	struct sevfw_config c;

	sevfw_config_default(&c);
	c.es = false;
	start(&c);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE), SEVFW_INVALID_CONFIG);
	CHECK_STATUS(run_init(0, 0, 0), SEVFW_SUCCESS);
}

static void test_shutdown(void)
{
	start(NULL);
	FOR_EACH_STATE {
		go(state);
		/* Takes no buffer, so that any address will do. */
		CHECK_STATUS(sevfw_command(fw, SEVFW_SHUTDOWN, ~0ull), SEVFW_SUCCESS);
		CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
		CHECK(sevfw_guests(fw) == 0);
	}
}

static void test_platform_reset(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_INVALID_PLATFORM_STATE);
	go(SEVFW_PLATFORM_WORKING);
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_INVALID_PLATFORM_STATE);
	go(SEVFW_PLATFORM_UNINIT);
	fw->owned = true;
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_SUCCESS);
	CHECK(!fw->owned);
}

static void test_df_flush(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run(SEVFW_DF_FLUSH), SEVFW_INVALID_PLATFORM_STATE);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run(SEVFW_DF_FLUSH), SEVFW_SUCCESS);
	go(SEVFW_PLATFORM_WORKING);
	CHECK_STATUS(run(SEVFW_DF_FLUSH), SEVFW_SUCCESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_WORKING);
}

static void test_platform_status(void)
{
	struct sevfw_platform_status *s = at(BUFFER);
	struct sevfw_config c;

	sevfw_config_default(&c);
	c.api_major = 2;
	c.api_minor = 7;
	c.build = 0x123;
	start(&c);
	FOR_EACH_STATE {
		go(state);
		memset(s, 0xff, sizeof(*s));
		CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
		CHECK(s->api_major == 2 && s->api_minor == 7 && s->build == 0x23);
		CHECK(s->state == state);
		CHECK(s->flags == 0);
		CHECK(s->guest_count == (state == SEVFW_PLATFORM_WORKING));
	}

	/* Owner and ES are told, but not before INIT. */
	go(SEVFW_PLATFORM_UNINIT);
	fw->owned = true;
	run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE);
	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	CHECK(s->flags == (SEVFW_STATUS_OWNED | SEVFW_STATUS_ES));
	run(SEVFW_SHUTDOWN);
	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	CHECK(s->flags == 0);
}

static void test_get_id(void)
{
	struct sevfw_get_id *id = at(BUFFER);
	const uint32_t needed = 2 * SEVFW_ID_SIZE;
	uint8_t first[2 * SEVFW_ID_SIZE];
	struct sevfw_config c;

	start(NULL);
	FOR_EACH_STATE {
		go(state);
		/* The length query, with and without an address. */
		for (uint32_t length = 0; length < needed; length++) {
			id->address = length % 2 ? DATA : 0;
			id->length = length;
			CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_INVALID_LENGTH);
			CHECK(id->length == needed);
		}
		id->address = DATA;
		id->length = 4096;
		CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_SUCCESS);
		CHECK(id->length == needed);
		memcpy(first, at(DATA), needed);
		CHECK(((uint8_t *)at(DATA))[needed] == 0);
		memset(at(DATA), 0, needed);
		id->length = needed;
		CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_SUCCESS);
		CHECK(!memcmp(first, at(DATA), needed));
		CHECK(memcmp(first, first + SEVFW_ID_SIZE, SEVFW_ID_SIZE));
	}
	/* No memory there, none up to the end, and read-only memory. */
	static const uint64_t bad[] = { 0, 0x1000, MEM_END - 64, MEM_END, ROM_START, ~0ull - 8 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		id->address = bad[i];
		id->length = needed;
		CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_INVALID_ADDRESS);
	}

	/* Another serial number is another identity; the same one is the same. */
	sevfw_config_default(&c);
	c.serial++;
	start(&c);
	id->address = DATA;
	id->length = needed;
	CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_SUCCESS);
	CHECK(memcmp(first, at(DATA), SEVFW_ID_SIZE));
	c.serial--;
	c.sockets = 1;
	start(&c);
	id->address = DATA;
	id->length = SEVFW_ID_SIZE;
	CHECK_STATUS(run(SEVFW_GET_ID), SEVFW_SUCCESS);
	CHECK(id->length == SEVFW_ID_SIZE);
	CHECK(!memcmp(first, at(DATA), SEVFW_ID_SIZE));
}

static void test_snp_platform_status(void)
{
	struct sevfw_snp_address *where = at(BUFFER);
	struct sevfw_snp_platform_status *s = at(DATA);
	struct sevfw_config c;

	sevfw_config_default(&c);
	c.current_tcb = 0x1122334455667788ull;
	c.reported_tcb = 0x1122334455667787ull;
	start(&c);
	FOR_EACH_STATE {
		go(state);
		memset(s, 0xff, sizeof(*s) + 1);
		where->address = DATA;
		CHECK_STATUS(run(SEVFW_SNP_PLATFORM_STATUS), SEVFW_SUCCESS);
		CHECK(s->api_major == 1 && s->api_minor == 55 && s->build == 39);
		CHECK(s->state == SEVFW_SNP_UNINIT);
		CHECK(s->rmp == 0 && s->flags == 0 && s->guest_count == 0);
		CHECK(s->current_tcb == c.current_tcb);
		CHECK(s->reported_tcb == c.reported_tcb);
		CHECK(((uint8_t *)s)[sizeof(*s)] == 0xff);
	}
	where->address = MEM_END - 16;
	CHECK_STATUS(run(SEVFW_SNP_PLATFORM_STATUS), SEVFW_INVALID_ADDRESS);
	where->address = 0;
	CHECK_STATUS(run(SEVFW_SNP_PLATFORM_STATUS), SEVFW_INVALID_ADDRESS);
	c.snp = false;
	start(&c);
	where->address = DATA;
	CHECK_STATUS(run(SEVFW_SNP_PLATFORM_STATUS), SEVFW_INVALID_COMMAND);
}

/* Every command that takes a buffer, with the buffer where no memory is. */
static void test_bad_buffer(void)
{
	static const uint64_t bad[] = {
		0, 1, MEM_BASE - 1, MEM_END - 1, MEM_END, ~0ull, ~0ull - 4,
	};

	start(NULL);
	for (unsigned int id = 0; id < 0x800; id++) {
		if (!sevfw_command_size(id))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
			CHECK_STATUS(sevfw_command(fw, id, bad[i]), SEVFW_INVALID_ADDRESS);
	}
	/* Readable, but the answer cannot be written. */
	CHECK_STATUS(sevfw_command(fw, SEVFW_PLATFORM_STATUS, ROM_START), SEVFW_INVALID_ADDRESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
}

static void test_error_stack(void)
{
	start(NULL);
	CHECK(sevfw_error_stack(fw) == 0);
	CHECK_STATUS(run(0x7ff), SEVFW_INVALID_COMMAND);
	CHECK(sevfw_error_stack(fw) == SEVFW_INVALID_COMMAND);
	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	CHECK(sevfw_error_stack(fw) == 0);
}

static void test_reset(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_WORKING);
	fw->owned = true;
	sevfw_reset(fw);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
	CHECK(fw->owned);
	sevfw_set_guests(fw, 1);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
}

static void test_config(void)
{
	static const struct sevfw_memory none = { NULL, NULL, NULL };
	struct sevfw_config c;

	sevfw_config_default(&c);
	CHECK(!sevfw_new(&c, &none));
	c.sockets = 0;
	CHECK(!sevfw_new(&c, &mem));
	c.sockets = SEVFW_SOCKETS_MAX + 1;
	CHECK(!sevfw_new(&c, &mem));
}

static void test_names(void)
{
	CHECK(!strcmp(sevfw_status_name(0x00), "success"));
	CHECK(!strcmp(sevfw_status_name(0x11), "invalid command"));
	CHECK(!strcmp(sevfw_status_name(0x27), "invalid key"));
	CHECK(!strcmp(sevfw_status_name(0x1e), "unknown status"));
	CHECK(!strcmp(sevfw_status_name(0xffff), "unknown status"));
	CHECK(!strcmp(sevfw_platform_state_name(SEVFW_PLATFORM_WORKING), "working"));
	CHECK(!strcmp(sevfw_platform_state_name(9), "invalid"));
	CHECK(!strcmp(sevfw_snp_state_name(SEVFW_SNP_INITED), "init"));
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "layout of the command buffers", test_layout },
	{ "unknown commands", test_unknown },
	{ "INIT", test_init },
	{ "INIT without SEV-ES", test_init_without_es },
	{ "SHUTDOWN", test_shutdown },
	{ "PLATFORM_RESET", test_platform_reset },
	{ "DF_FLUSH", test_df_flush },
	{ "PLATFORM_STATUS", test_platform_status },
	{ "GET_ID", test_get_id },
	{ "SNP_PLATFORM_STATUS", test_snp_platform_status },
	{ "command buffer outside memory", test_bad_buffer },
	{ "extended error stack", test_error_stack },
	{ "reset", test_reset },
	{ "impossible configurations", test_config },
	{ "names", test_names },
};

int main(void)
{
	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(tests));
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		failures = 0;
		tests[i].run();
		ksft_test_result(!failures, "%s\n", tests[i].name);
	}
	sevfw_free(fw);
	ksft_finished();
}
