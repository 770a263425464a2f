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
 * The firmware library by itself: the commands of SNP, and those that replace
 * the firmware, in every state, with every argument error.
 */
#include "firmware_lib.h"

#define CURRENT_TCB	0xd516000000000004ull
#define LOWER_TCB	0xd515000000000004ull
#define HIGHER_TCB	0xd517000000000004ull

static struct sevfw_snp_platform_status status(void)
{
	struct sevfw_snp_address where = { .address = DATA };
	struct sevfw_snp_platform_status s;

	memset(at(DATA), 0xee, sizeof(s));
	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)), SEVFW_SUCCESS);
	memcpy(&s, at(DATA), sizeof(s));
	return s;
}

static unsigned int run_init_ex(uint32_t flags, uint64_t list, uint16_t max_snp_asid)
{
	struct sevfw_snp_init_ex in = {
		.flags = flags, .list_address = list, .max_snp_asid = max_snp_asid,
	};

	return run_with(SEVFW_SNP_INIT_EX, &in, sizeof(in));
}

static unsigned int run_shutdown_ex(uint32_t length, uint32_t flags)
{
	struct sevfw_snp_shutdown_ex in = { .length = length, .flags = flags };

	return run_with(SEVFW_SNP_SHUTDOWN_EX, &in, sizeof(in));
}

static unsigned int run_flushed_shutdown(uint32_t flags)
{
	CHECK_STATUS(run(SEVFW_SNP_DF_FLUSH), SEVFW_SUCCESS);
	return run_shutdown_ex(8, flags);
}

static unsigned int run_config(uint64_t tcb, uint32_t masks)
{
	struct sevfw_snp_config in = { .reported_tcb = tcb, .masks = masks };

	return run_with(SEVFW_SNP_CONFIG, &in, sizeof(in));
}

static unsigned int run_vlek(const struct sevfw_vlek *vlek)
{
	struct sevfw_snp_vlek_load in = { .length = sizeof(in), .address = DATA };

	memcpy(at(DATA), vlek, sizeof(*vlek));
	return run_with(SEVFW_SNP_VLEK_LOAD, &in, sizeof(in));
}

/* A new image where run_download() looks for it. */
static void make_image(size_t size, uint8_t major, uint8_t minor, uint32_t build, uint64_t tcb)
{
	CHECK(!sevfw_image_make(at(IMAGE), size, major, minor, build, tcb));
}

static unsigned int run_download(uint32_t length)
{
	struct sevfw_download_firmware in = { .address = IMAGE, .length = length };

	return run_with(SEVFW_DOWNLOAD_FIRMWARE, &in, sizeof(in));
}

static unsigned int run_download_ex(uint32_t length, uint32_t flags)
{
	struct sevfw_snp_download_firmware_ex in = {
		.length = sizeof(in), .address = IMAGE, .image_length = length, .flags = flags,
	};

	return run_with(SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, &in, sizeof(in));
}

static void test_states(void)
{
	/* Allowed in: SNP's UNINIT, SNP's INIT, beside a SEV that is initialized. */
	static const struct {
		unsigned int id;
		bool uninit, init, sev;
	} commands[] = {
		{ SEVFW_SNP_INIT, true, false, false },
		{ SEVFW_SNP_INIT_EX, true, false, false },
		{ SEVFW_SNP_SHUTDOWN, true, true, false },
		{ SEVFW_SNP_SHUTDOWN_EX, true, true, false },
		{ SEVFW_SNP_PLATFORM_STATUS, true, true, true },
		{ SEVFW_SNP_DF_FLUSH, false, true, true },
		{ SEVFW_SNP_PAGE_RECLAIM, false, true, true },
		{ SEVFW_SNP_CONFIG, false, true, true },
		{ SEVFW_SNP_COMMIT, false, true, true },
		{ SEVFW_SNP_VLEK_LOAD, false, true, true },
		{ SEVFW_SNP_FEATURE_INFO, true, true, true },
		{ SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, true, true, true },
	};
	struct sevfw_config c;

	start(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		FOR_EACH_STATE {
			for (int snp = 0; snp < 2; snp++) {
				bool allowed = snp ? commands[i].init : commands[i].uninit;

				if (state != SEVFW_PLATFORM_UNINIT && !commands[i].sev)
					allowed = false;
				sevfw_reset(fw);
				if (snp)
					CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
				go(state);
				memset(at(BUFFER), 0, SEVFW_BUFFER_MAX);
				CHECK((run(commands[i].id) != SEVFW_INVALID_PLATFORM_STATE) ==
				      allowed);
				CHECK(sevfw_platform_state(fw) == state);
			}
		}
	}
	/* DOWNLOAD_FIRMWARE wants both at rest. */
	FOR_EACH_STATE {
		for (int snp = 0; snp < 2; snp++) {
			sevfw_reset(fw);
			if (snp)
				run(SEVFW_SNP_INIT);
			go(state);
			CHECK((run_download(0) == SEVFW_INVALID_PLATFORM_STATE) ==
			      (snp || state != SEVFW_PLATFORM_UNINIT));
		}
	}
	sevfw_config_default(&c);
	c.snp = false;
	start(&c);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		CHECK_STATUS(run(commands[i].id), SEVFW_INVALID_COMMAND);
}

static void test_platform_status(void)
{
	struct sevfw_snp_address where = { .address = DATA };
	struct sevfw_snp_platform_status s;
	struct sevfw_config c;

	sevfw_config_default(&c);
	c.current_tcb = 0x1122334455667788ull;
	c.reported_tcb = 0x1122334455667787ull;
	c.snp_features = 0;
	start(&c);
	FOR_EACH_STATE {
		go(state);
		s = status();
		CHECK(s.api_major == 1 && s.api_minor == 55 && s.build == 39);
		CHECK(s.state == SEVFW_SNP_UNINIT);
		CHECK(s.rmp == 0 && s.guest_count == 0);
		CHECK(s.flags == SEVFW_SNP_FEATURE_INFO_KNOWN);
		CHECK(s.current_tcb == c.current_tcb);
		CHECK(s.reported_tcb == c.reported_tcb);
		CHECK(((uint8_t *)at(DATA))[sizeof(s)] == 0);
	}
	static const uint64_t bad[] = { 0, 0x1000, MEM_END, ROM_START };
	static const uint64_t crossing[] = {
		DATA + SEVFW_PAGE - sizeof(s) + 1, MEM_END - 16, ~0ull - 8,
	};

	for (size_t i = 0; i < ARRAY_SIZE(crossing); i++) {
		where.address = crossing[i];
		CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)),
			     SEVFW_INVALID_PARAM);
	}
	where.address = DATA + SEVFW_PAGE - sizeof(s);
	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)), SEVFW_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		where.address = bad[i];
		CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)),
			     SEVFW_INVALID_ADDRESS);
	}
}

static void test_init(void)
{
	struct sevfw_snp_platform_status s;

	start(NULL);
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_INIT, ~0ull), SEVFW_SUCCESS);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_INITED);
	s = status();
	CHECK(s.state == SEVFW_SNP_INITED && s.rmp == SEVFW_SNP_RMP_INITIALIZED);
	CHECK(s.flags == (SEVFW_SNP_FEATURE_INFO_KNOWN | SEVFW_SNP_HIDING_CAPABLE));
	/* SEV comes up and goes down while SNP stays. */
	go(SEVFW_PLATFORM_INIT);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_INITED);
	sevfw_reset(fw);
	s = status();
	CHECK(s.state == SEVFW_SNP_UNINIT && s.rmp == 0);
}

/* With SNP the trusted memory region of SEV-ES is twice as large. */
static void test_tmr(void)
{
	start(NULL);
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE), SEVFW_INVALID_LENGTH);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR + SEVFW_TMR_SIZE, SEVFW_TMR_SIZE_SNP),
		     SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_init(SEVFW_INIT_ES, TMR, SEVFW_TMR_SIZE_SNP), SEVFW_SUCCESS);
}

static void test_init_ex(void)
{
	struct sevfw_snp_init_ex in = { .flags = SEVFW_SNP_INIT_RMP };
	struct sevfw_range_list *list = at(DATA);
	struct sevfw_config c;

	start(NULL);
	for (unsigned int bit = 4; bit < 32; bit++)
		CHECK_STATUS(run_init_ex(1u | 1u << bit, 0, 0), SEVFW_INVALID_PARAM);
	in.reserved = 1;
	CHECK_STATUS(run_with(SEVFW_SNP_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	in.reserved = 0;
	for (size_t i = 0; i < sizeof(in.reserved2); i++) {
		memset(in.reserved2, 0, sizeof(in.reserved2));
		in.reserved2[i] = 1;
		CHECK_STATUS(run_with(SEVFW_SNP_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	}
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0, 99), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_HIDING, 0, 0),
		     SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init_ex(0, 0, 0), SEVFW_RMP_INIT_REQUIRED);

	/* The list of pages. */
	const uint32_t flags = SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_LIST;
	static const uint64_t bad[] = { 0, 0x1000, DATA + 8, MEM_END, ~0ull - 4095 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STATUS(run_init_ex(flags, bad[i], 0), SEVFW_INVALID_ADDRESS);
	list->count = 256;
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_INVALID_PARAM);
	list->count = UINT32_MAX;
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_INVALID_PARAM);
	list->count = 255;
	list->reserved = 1;
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_INVALID_PARAM);
	list->reserved = 0;
	list->ranges[254].reserved = 1;
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_INVALID_PARAM);
	list->ranges[254].reserved = 0;
	list->ranges[254].base = 0xfed00010;
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_INVALID_ADDRESS);
	list->ranges[254].base = 0xfed00000;
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
	CHECK(status().rmp == 0);
	memset(at(DATA), 0, sizeof(*list));
	CHECK_STATUS(run_init_ex(flags, DATA, 0), SEVFW_SUCCESS);
	CHECK(status().rmp == SEVFW_SNP_RMP_INITIALIZED);
	/* Once there is an RMP it needs no other, which has no list then. */
	CHECK_STATUS(run_flushed_shutdown(0), SEVFW_SUCCESS);
	CHECK(status().rmp == SEVFW_SNP_RMP_INITIALIZED);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_LIST, DATA, 0), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RAPL_DIS | SEVFW_SNP_INIT_HIDING, 0, 99),
		     SEVFW_SUCCESS);
	CHECK(status().flags == (SEVFW_SNP_FEATURE_INFO_KNOWN | SEVFW_SNP_HIDING_CAPABLE |
				 SEVFW_SNP_HIDING_ENABLED | SEVFW_SNP_RAPL_DISABLED));
	CHECK_STATUS(run_flushed_shutdown(SEVFW_SNP_SHUTDOWN_X86), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_shutdown_ex(8, SEVFW_SNP_SHUTDOWN_IOMMU), SEVFW_SUCCESS);
	CHECK(status().flags == (SEVFW_SNP_FEATURE_INFO_KNOWN | SEVFW_SNP_HIDING_CAPABLE));
	CHECK_STATUS(run_init_ex(0, 0, 0), SEVFW_RMP_INIT_REQUIRED);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0, 0), SEVFW_SUCCESS);
	CHECK_STATUS(run_flushed_shutdown(SEVFW_SNP_SHUTDOWN_IOMMU | SEVFW_SNP_SHUTDOWN_X86),
		     SEVFW_SUCCESS);

	/* Another firmware wants a new one. */
	sevfw_reset(fw);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0, 0), SEVFW_SUCCESS);
	make_image(SEVFW_IMAGE_MIN, 1, 56, 1, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(SEVFW_IMAGE_MIN, SEVFW_DOWNLOAD_COMMIT), SEVFW_SUCCESS);
	CHECK_STATUS(run_flushed_shutdown(0), SEVFW_SUCCESS);
	CHECK_STATUS(run_init_ex(0, 0, 0), SEVFW_RMP_INIT_REQUIRED);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0, 0), SEVFW_SUCCESS);

	/* Features that are not there are reserved bits. */
	sevfw_config_default(&c);
	c.snp_features = 0;
	start(&c);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_RAPL_DIS, 0, 0),
		     SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_HIDING, 0, 9),
		     SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0, 0), SEVFW_SUCCESS);
	CHECK_STATUS(run_flushed_shutdown(SEVFW_SNP_SHUTDOWN_IOMMU | SEVFW_SNP_SHUTDOWN_X86),
		     SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_shutdown_ex(8, SEVFW_SNP_SHUTDOWN_IOMMU), SEVFW_SUCCESS);
}

static void test_shutdown(void)
{
	start(NULL);
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	CHECK_STATUS(run_shutdown_ex(7, 0), SEVFW_INVALID_LENGTH);
	CHECK_STATUS(run_shutdown_ex(9, 0), SEVFW_INVALID_LENGTH);
	for (unsigned int bit = 2; bit < 32; bit++)
		CHECK_STATUS(run_shutdown_ex(8, 1u << bit), SEVFW_INVALID_PARAM);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_INITED);
	/* Nobody has flushed yet what was there before. */
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_SHUTDOWN, ~0ull), SEVFW_DF_FLUSH_REQUIRED);
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_DF_FLUSH, ~0ull), SEVFW_SUCCESS);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run(SEVFW_SNP_SHUTDOWN), SEVFW_INVALID_PLATFORM_STATE);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_SHUTDOWN, ~0ull), SEVFW_SUCCESS);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
	/* Once more changes nothing. */
	CHECK_STATUS(run(SEVFW_SNP_SHUTDOWN), SEVFW_SUCCESS);
	CHECK_STATUS(run_shutdown_ex(8, 1), SEVFW_SUCCESS);

	/* The caches know a guest that is gone until they are flushed. */
	static const unsigned int flushes[] = { SEVFW_SNP_DF_FLUSH, SEVFW_DF_FLUSH };

	for (size_t i = 0; i < ARRAY_SIZE(flushes); i++) {
		sevfw_reset(fw);
		CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
		CHECK_STATUS(run(SEVFW_SNP_DF_FLUSH), SEVFW_SUCCESS);
		go(SEVFW_PLATFORM_INIT);
		sevfw_set_guests(fw, 2);
		sevfw_set_guests(fw, 1);
		go(SEVFW_PLATFORM_UNINIT);
		CHECK_STATUS(run_shutdown_ex(8, 1), SEVFW_DF_FLUSH_REQUIRED);
		CHECK_STATUS(run(SEVFW_SNP_SHUTDOWN), SEVFW_DF_FLUSH_REQUIRED);
		CHECK(sevfw_snp_state(fw) == SEVFW_SNP_INITED);
		go(SEVFW_PLATFORM_INIT);
		CHECK_STATUS(sevfw_command(fw, flushes[i], ~0ull), SEVFW_SUCCESS);
		go(SEVFW_PLATFORM_UNINIT);
		CHECK_STATUS(run_shutdown_ex(8, 1), SEVFW_SUCCESS);
	}
	/* SHUTDOWN of SEV takes its guests with it. */
	sevfw_reset(fw);
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	CHECK_STATUS(run(SEVFW_SNP_DF_FLUSH), SEVFW_SUCCESS);
	go(SEVFW_PLATFORM_WORKING);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_shutdown_ex(8, 1), SEVFW_DF_FLUSH_REQUIRED);
}

static void test_config(void)
{
	struct sevfw_snp_config in;

	start(NULL);
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	for (unsigned int bit = 2; bit < 32; bit++)
		CHECK_STATUS(run_config(CURRENT_TCB, 1u << bit), SEVFW_INVALID_PARAM);
	for (size_t i = 0; i < sizeof(in.reserved); i++) {
		memset(&in, 0, sizeof(in));
		in.reserved[i] = 0x80;
		CHECK_STATUS(run_with(SEVFW_SNP_CONFIG, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	}
	/* Each component for itself, the reserved ones too. */
	for (unsigned int shift = 0; shift < 64; shift += 8)
		CHECK_STATUS(run_config(CURRENT_TCB + (1ull << shift), 0), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_config(0x0117000000000000, 0), SEVFW_INVALID_PARAM);
	CHECK(status().reported_tcb == CURRENT_TCB);
	CHECK_STATUS(run_config(LOWER_TCB, SEVFW_SNP_MASK_CHIP_ID), SEVFW_SUCCESS);
	CHECK(status().reported_tcb == LOWER_TCB && status().current_tcb == CURRENT_TCB);
	CHECK(status().flags & SEVFW_SNP_MASK_CHIP_ID);
	CHECK(!(status().flags & SEVFW_SNP_MASK_CHIP_KEY));
	CHECK_STATUS(run_config(CURRENT_TCB, SEVFW_SNP_MASK_CHIP_KEY), SEVFW_SUCCESS);
	CHECK(!(status().flags & SEVFW_SNP_MASK_CHIP_ID));
	CHECK(status().flags & SEVFW_SNP_MASK_CHIP_KEY);
	/* No TCB at all means the committed one. */
	CHECK_STATUS(run_config(LOWER_TCB, 0), SEVFW_SUCCESS);
	CHECK_STATUS(run_config(0, SEVFW_SNP_MASK_CHIP_KEY), SEVFW_SUCCESS);
	CHECK(status().reported_tcb == CURRENT_TCB);
	/* It outlasts a shutdown, as a driver wants that starts SNP only for it. */
	CHECK_STATUS(run_flushed_shutdown(1), SEVFW_SUCCESS);
	CHECK(status().flags & SEVFW_SNP_MASK_CHIP_KEY);
	sevfw_reset(fw);
	CHECK(!(status().flags & SEVFW_SNP_MASK_CHIP_KEY));
}

static void test_vlek(void)
{
	struct sevfw_snp_vlek_load in, good = { .length = 16, .address = DATA };
	struct sevfw_vlek vlek, bad;
	uint8_t hashstick[384];
	static const uint64_t addresses[] = { 0, 0x1000, MEM_END - 431, MEM_END, ~0ull - 8 };

	start(NULL);
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	memset(hashstick, 0x5a, sizeof(hashstick));
	CHECK(!sevfw_vlek_wrap(fw, hashstick, CURRENT_TCB, &vlek));
	CHECK(!memmem(&vlek, sizeof(vlek), hashstick, 16));
	memcpy(at(DATA), &vlek, sizeof(vlek));
	for (int off = -1; off <= 1; off += 2) {
		in = good;
		in.length += off;
		CHECK_STATUS(run_with(SEVFW_SNP_VLEK_LOAD, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
	}
	in = good;
	in.version = 1;
	CHECK_STATUS(run_with(SEVFW_SNP_VLEK_LOAD, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	for (size_t i = 0; i < sizeof(in.reserved); i++) {
		in = good;
		in.reserved[i] = 1;
		CHECK_STATUS(run_with(SEVFW_SNP_VLEK_LOAD, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	}
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		in = good;
		in.address = addresses[i];
		CHECK_STATUS(run_with(SEVFW_SNP_VLEK_LOAD, &in, sizeof(in)), SEVFW_INVALID_ADDRESS);
	}
	for (size_t i = 0; i < sizeof(vlek); i++) {
		bool checked_before = (i >= 0x0c && i < 0x10) || (i >= 0x190 && i < 0x1a0);

		bad = vlek;
		((uint8_t *)&bad)[i] ^= 4;
		CHECK_STATUS(run_vlek(&bad), checked_before ? SEVFW_INVALID_PARAM :
							      SEVFW_BAD_MEASUREMENT);
	}
	CHECK(!(status().flags & SEVFW_SNP_VLEK_LOADED));
	CHECK_STATUS(run_vlek(&vlek), SEVFW_SUCCESS);
	CHECK(status().flags & SEVFW_SNP_VLEK_LOADED);
	/* The same TCB again changes nothing, another one makes the key useless. */
	CHECK_STATUS(run_config(CURRENT_TCB, 0), SEVFW_SUCCESS);
	CHECK(status().flags & SEVFW_SNP_VLEK_LOADED);
	CHECK_STATUS(run_config(LOWER_TCB, 0), SEVFW_SUCCESS);
	CHECK(!(status().flags & SEVFW_SNP_VLEK_LOADED));
	CHECK_STATUS(run_vlek(&vlek), SEVFW_INVALID_PARAM);
	CHECK(!sevfw_vlek_wrap(fw, hashstick, LOWER_TCB, &vlek));
	CHECK_STATUS(run_vlek(&vlek), SEVFW_SUCCESS);
	/* A shutdown forgets it. */
	CHECK_STATUS(run_flushed_shutdown(0), SEVFW_SUCCESS);
	CHECK(!(status().flags & SEVFW_SNP_VLEK_LOADED));
}

static void test_feature_info(void)
{
	static const struct sevfw_snp_feature_info good = { .length = 16, .address = DATA };
	struct sevfw_snp_feature_info in;
	const struct sevfw_features *f = at(DATA);
	static const uint64_t bad[] = {
		0, 0x1000, DATA + 4, DATA + 0xff8, ROM_START, MEM_END, ~0ull - 7,
	};

	start(NULL);
	for (int off = -1; off <= 1; off += 2) {
		in = good;
		in.length += off;
		CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &in, sizeof(in)),
			     SEVFW_INVALID_LENGTH);
	}
	in = good;
	in.ecx = 1;
	CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		in = good;
		in.address = bad[i];
		CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &in, sizeof(in)),
			     SEVFW_INVALID_ADDRESS);
	}
	memset(at(DATA), 0xee, 32);
	in = good;
	CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &in, sizeof(in)), SEVFW_SUCCESS);
	CHECK(f->eax == 0 && f->ebx == 0 && f->ecx == 0x0e && f->edx == 0);
	CHECK(((uint8_t *)at(DATA))[16] == 0xee);
}

/* What is wrong with an image: the same for both commands. */
static void check_images(unsigned int (*download)(uint32_t length))
{
	const size_t size = 4096;

	CHECK_STATUS(download(SEVFW_IMAGE_MIN - 1), SEVFW_INVALID_LENGTH);
	CHECK_STATUS(download(SEVFW_IMAGE_MAX + 1), SEVFW_INVALID_LENGTH);
	memset(at(IMAGE), 0, size);
	CHECK_STATUS(download(size), SEVFW_BAD_SIGNATURE);
	make_image(size, 1, 56, 1, CURRENT_TCB);
	CHECK_STATUS(download(size - 1), SEVFW_BAD_SIGNATURE);
	for (size_t i = 0; i < size; i += 61) {
		*(uint8_t *)at(IMAGE + i) ^= 1;
		CHECK_STATUS(download(size), SEVFW_BAD_SIGNATURE);
		*(uint8_t *)at(IMAGE + i) ^= 1;
	}
	make_image(size, 1, 54, 99, CURRENT_TCB);
	CHECK_STATUS(download(size), SEVFW_BAD_VERSION);
	make_image(size, 0, 99, 99, CURRENT_TCB);
	CHECK_STATUS(download(size), SEVFW_BAD_VERSION);
	make_image(size, 1, 55, 38, CURRENT_TCB);
	CHECK_STATUS(download(size), SEVFW_BAD_VERSION);
	make_image(size, 1, 56, 1, LOWER_TCB);
	CHECK_STATUS(download(size), SEVFW_BAD_SVN);
	make_image(size, 1, 56, 1, 0xff16000000000003);
	CHECK_STATUS(download(size), SEVFW_BAD_SVN);
	CHECK(status().api_minor == 55 && status().build == 39);
}

static unsigned int download_ex(uint32_t length)
{
	return run_download_ex(length, SEVFW_DOWNLOAD_COMMIT);
}

static void test_download(void)
{
	struct sevfw_download_firmware in = { .length = 4096 };
	const struct sevfw_platform_status *s = at(BUFFER);
	static const uint64_t bad[] = { 0, 0x1000, IMAGE + 16, MEM_END - 4064, ~0ull - 31 };

	start(NULL);
	make_image(4096, 1, 55, 39, CURRENT_TCB);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		in.address = bad[i];
		in.length = 4096;
		CHECK_STATUS(run_with(SEVFW_DOWNLOAD_FIRMWARE, &in, sizeof(in)),
			     SEVFW_INVALID_ADDRESS);
	}
	check_images(run_download);
	/* The same one again, the largest, and the smallest. */
	make_image(4096, 1, 55, 39, CURRENT_TCB);
	CHECK_STATUS(run_download(4096), SEVFW_SUCCESS);
	make_image(SEVFW_IMAGE_MAX, 1, 55, 40, CURRENT_TCB);
	CHECK_STATUS(run_download(SEVFW_IMAGE_MAX), SEVFW_SUCCESS);
	make_image(SEVFW_IMAGE_MIN, 2, 3, 0x1234, HIGHER_TCB);
	CHECK_STATUS(run_download(SEVFW_IMAGE_MIN), SEVFW_SUCCESS);
	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	CHECK(s->api_major == 2 && s->api_minor == 3 && s->build == 0x34);
	CHECK(status().api_major == 2 && status().build == 0x1234);
	CHECK(status().current_tcb == HIGHER_TCB && status().reported_tcb == HIGHER_TCB);
	/* It was committed. */
	make_image(4096, 1, 55, 41, HIGHER_TCB);
	CHECK_STATUS(run_download(4096), SEVFW_BAD_VERSION);
	/* The mainboard starts its own again. */
	sevfw_reset(fw);
	CHECK(status().api_major == 1 && status().build == 39);
	CHECK(sevfw_image_make(at(IMAGE), SEVFW_IMAGE_MIN - 1, 1, 1, 1, 1));
	CHECK(sevfw_image_make(at(IMAGE), SEVFW_IMAGE_MAX + 1, 1, 1, 1, 1));
}

static void test_download_ex(void)
{
	static const struct sevfw_snp_download_firmware_ex good = {
		.length = 24, .address = IMAGE, .image_length = 4096,
	};
	struct sevfw_snp_download_firmware_ex in;

	start(NULL);
	for (int off = -1; off <= 1; off += 2) {
		in = good;
		in.length += off;
		CHECK_STATUS(run_with(SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, &in, sizeof(in)),
			     SEVFW_INVALID_LENGTH);
	}
	in = good;
	in.reserved = 1;
	CHECK_STATUS(run_with(SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, &in, sizeof(in)),
		     SEVFW_INVALID_PARAM);
	in = good;
	in.flags = 2;
	CHECK_STATUS(run_with(SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, &in, sizeof(in)),
		     SEVFW_INVALID_PARAM);
	in = good;
	in.address += 4;
	CHECK_STATUS(run_with(SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, &in, sizeof(in)),
		     SEVFW_INVALID_ADDRESS);
	run(SEVFW_SNP_INIT);
	go(SEVFW_PLATFORM_WORKING);
	check_images(download_ex);

	/* Without commitment the way back is open. */
	make_image(4096, 1, 56, 7, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SUCCESS);
	CHECK(status().api_minor == 56 && status().current_tcb == HIGHER_TCB);
	CHECK(status().reported_tcb == CURRENT_TCB);
	CHECK_STATUS(run_config(HIGHER_TCB, 0), SEVFW_INVALID_PARAM);
	make_image(4096, 1, 55, 39, CURRENT_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SUCCESS);
	make_image(4096, 1, 56, 7, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, SEVFW_DOWNLOAD_COMMIT), SEVFW_SUCCESS);
	CHECK(status().reported_tcb == HIGHER_TCB);
	make_image(4096, 1, 55, 39, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_BAD_VERSION);
	/* Guests were there all the time; they would not outlive another interface. */
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_WORKING);
	make_image(4096, 2, 0, 0, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SHUTDOWN_REQUIRED);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SHUTDOWN_REQUIRED);
	run(SEVFW_SNP_DF_FLUSH);
	CHECK_STATUS(run_shutdown_ex(8, 1), SEVFW_SUCCESS);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SUCCESS);
}

static void test_commit(void)
{
	struct sevfw_snp_commit in = { .length = 4 };
	uint8_t hashstick[384] = { 1 };
	struct sevfw_vlek vlek;

	start(NULL);
	run(SEVFW_SNP_INIT);
	in.length = 3;
	CHECK_STATUS(run_with(SEVFW_SNP_COMMIT, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
	in.length = 5;
	CHECK_STATUS(run_with(SEVFW_SNP_COMMIT, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
	in.length = 4;
	CHECK(!sevfw_vlek_wrap(fw, hashstick, CURRENT_TCB, &vlek));
	CHECK_STATUS(run_vlek(&vlek), SEVFW_SUCCESS);
	CHECK_STATUS(run_with(SEVFW_SNP_COMMIT, &in, sizeof(in)), SEVFW_SUCCESS);
	CHECK(status().flags & SEVFW_SNP_VLEK_LOADED);
	make_image(4096, 1, 56, 7, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_SUCCESS);
	CHECK(status().flags & SEVFW_SNP_VLEK_LOADED);
	CHECK_STATUS(run_with(SEVFW_SNP_COMMIT, &in, sizeof(in)), SEVFW_SUCCESS);
	CHECK(status().reported_tcb == HIGHER_TCB);
	CHECK(!(status().flags & SEVFW_SNP_VLEK_LOADED));
	CHECK_STATUS(run_config(HIGHER_TCB, 0), SEVFW_SUCCESS);
	make_image(4096, 1, 55, 39, HIGHER_TCB);
	CHECK_STATUS(run_download_ex(4096, 0), SEVFW_BAD_VERSION);
}

static const struct test tests[] = {
	{ "which state allows which command", test_states },
	{ "SNP_PLATFORM_STATUS", test_platform_status },
	{ "SNP_INIT", test_init },
	{ "SNP and the trusted memory region", test_tmr },
	{ "SNP_INIT_EX", test_init_ex },
	{ "SNP_SHUTDOWN and SNP_SHUTDOWN_EX", test_shutdown },
	{ "SNP_CONFIG", test_config },
	{ "SNP_VLEK_LOAD", test_vlek },
	{ "SNP_FEATURE_INFO", test_feature_info },
	{ "DOWNLOAD_FIRMWARE", test_download },
	{ "SNP_DOWNLOAD_FIRMWARE_EX", test_download_ex },
	{ "SNP_COMMIT", test_commit },
};

int main(void)
{
	run_tests(tests, ARRAY_SIZE(tests));
}
