// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto selftests/bench/firmware/sevfw.c selftests/bench/firmware/sevfw_names.c
// link: selftests/bench/firmware/sevfw_guest.c selftests/bench/firmware/sevfw_page.c
// link: selftests/bench/firmware/sevfw_rmp.c
// link: selftests/bench/firmware/sevfw_platform.c selftests/bench/firmware/sevfw_endorsement.c
// link: selftests/bench/firmware/sevfw_snp.c selftests/bench/firmware/sevfw_image.c
// link: selftests/bench/firmware/sevfw_identity.c selftests/bench/firmware/sevfw_storage.c
// link: selftests/bench/firmware/sevfw_cert.c selftests/bench/firmware/sevfw_key.c
// link: selftests/bench/firmware/sevfw_root.c
/*
 * The firmware library by itself: the commands of SEV that have nothing to do
 * with keys, in every state, with every argument error.
 */
#include "firmware_lib.h"

/* Sizes as the kernel's structures have them. */
static void test_layout(void)
{
	CHECK(sizeof(struct sevfw_init) == 20);
	CHECK(sizeof(struct sevfw_platform_status) == 12);
	CHECK(offsetof(struct sevfw_platform_status, flags) == 3);
	CHECK(offsetof(struct sevfw_platform_status, build) == 7);
	CHECK(offsetof(struct sevfw_platform_status, guest_count) == 8);
	CHECK(sizeof(struct sevfw_get_id) == 12);
	CHECK(sizeof(struct sevfw_init_ex) == 36);
	CHECK(sizeof(struct sevfw_pek_csr) == 12);
	CHECK(sizeof(struct sevfw_pek_cert_import) == 28);
	CHECK(sizeof(struct sevfw_pdh_cert_export) == 28);
	CHECK(sizeof(struct sevfw_download_firmware) == 12);
	CHECK(sizeof(struct sevfw_snp_init_ex) == 64);
	CHECK(sizeof(struct sevfw_range_list) <= SEVFW_PAGE);
	CHECK(sizeof(struct sevfw_snp_shutdown_ex) == 8);
	CHECK(sizeof(struct sevfw_snp_config) == 64);
	CHECK(sizeof(struct sevfw_snp_download_firmware_ex) == 24);
	CHECK(sizeof(struct sevfw_snp_vlek_load) == 16);
	CHECK(sizeof(struct sevfw_vlek) == 432);
	CHECK(sizeof(struct sevfw_snp_feature_info) == 16);
	CHECK(sizeof(struct sevfw_features) == 16);
	CHECK(sizeof(struct sevfw_snp_platform_status) == 32);
	CHECK(offsetof(struct sevfw_snp_platform_status, current_tcb) == 16);
	for (unsigned int id = 0; id < 0x800; id++)
		CHECK(sevfw_command_size(id) <= SEVFW_BUFFER_MAX);
}

static void test_unknown(void)
{
	static const unsigned int known[] = {
		SEVFW_INIT, SEVFW_SHUTDOWN, SEVFW_PLATFORM_RESET, SEVFW_PLATFORM_STATUS,
		SEVFW_DF_FLUSH, SEVFW_GET_ID, SEVFW_INIT_EX, SEVFW_PEK_GEN, SEVFW_PEK_CSR,
		SEVFW_PEK_CERT_IMPORT, SEVFW_PDH_CERT_EXPORT, SEVFW_PDH_GEN,
		SEVFW_DOWNLOAD_FIRMWARE, SEVFW_SNP_INIT, SEVFW_SNP_INIT_EX, SEVFW_SNP_PAGE_RECLAIM,
		SEVFW_SNP_SHUTDOWN, SEVFW_SNP_SHUTDOWN_EX, SEVFW_SNP_PLATFORM_STATUS,
		SEVFW_SNP_DF_FLUSH, SEVFW_SNP_CONFIG, SEVFW_SNP_COMMIT, SEVFW_SNP_VLEK_LOAD,
		SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, SEVFW_SNP_FEATURE_INFO,
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

	/* ES is told, but not before INIT. The owner is: see firmware_endorsement.c. */
	go(SEVFW_PLATFORM_UNINIT);
	run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE);
	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	CHECK(s->flags == SEVFW_STATUS_ES);
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

/*
 * Every command that takes a buffer, in every state that allows it, with the
 * buffer where no memory is.
 */
static void test_bad_buffer(void)
{
	static const uint64_t bad[] = {
		0, 1, MEM_BASE - 1, MEM_END - 1, MEM_END, ~0ull, ~0ull - 4,
	};
	unsigned int seen = 0;

	start(NULL);
	for (unsigned int id = 0; id < 0x800; id++) {
		bool allowed = false;

		if (!sevfw_command_size(id))
			continue;
		FOR_EACH_STATE {
			for (int snp = 0; snp < 2; snp++) {
				sevfw_reset(fw);
				if (snp)
					run(SEVFW_SNP_INIT);
				go(state);
				for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
					unsigned int status = sevfw_command(fw, id, bad[i]);

					if (status == SEVFW_INVALID_PLATFORM_STATE)
						continue;
					allowed = true;
					CHECK_STATUS(status, SEVFW_INVALID_ADDRESS);
				}
				CHECK(sevfw_platform_state(fw) == state);
			}
		}
		CHECK(allowed);
		seen++;
	}
	CHECK(seen == 22);
	/* Readable, but the answer cannot be written. */
	go(SEVFW_PLATFORM_UNINIT);
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
	sevfw_reset(fw);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
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

static const struct test tests[] = {
	{ "layout of the command buffers", test_layout },
	{ "unknown commands", test_unknown },
	{ "INIT", test_init },
	{ "INIT without SEV-ES", test_init_without_es },
	{ "SHUTDOWN", test_shutdown },
	{ "DF_FLUSH", test_df_flush },
	{ "PLATFORM_STATUS", test_platform_status },
	{ "GET_ID", test_get_id },
	{ "command buffer outside memory", test_bad_buffer },
	{ "extended error stack", test_error_stack },
	{ "reset", test_reset },
	{ "impossible configurations", test_config },
	{ "names", test_names },
};

int main(void)
{
	run_tests(tests, ARRAY_SIZE(tests));
}
