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
 * The reverse map table by itself, and the firmware on processors that have
 * one: what SNP_INIT wants of them and makes of the table, and which pages its
 * commands take.
 */
#define MEM_SIZE	0x800000u
#include "firmware_lib.h"

#define RMP_BASE	0x600000u
#define RMP_SIZE	0x100000u
#define RMP_LIMIT	((RMP_SIZE - 0x4000u) / 16 * 4096ull)	/* of what it covers */
#define PAGE(n)		(0x400000u + (n) * 4096u)	/* of 2 MiB that nothing else uses */
#define LOG		0x1c0000u

static struct sevfw_host host;
static int host_absent;
static unsigned int snp_offs;

static int get_host(void *opaque, struct sevfw_host *to)
{
	(void)opaque;
	*to = host;
	return host_absent;
}

static void snp_off(void *opaque)
{
	(void)opaque;
	snp_offs++;
}

static const struct sevfw_rmp rmp = {
	.read = mem_read, .write = mem_write, .base = RMP_BASE, .end = RMP_BASE + RMP_SIZE - 1,
};

/* A firmware on a machine that is as it should be, and an empty table. */
static void start_host(void)
{
	static const struct sevfw_host good = {
		.memory_encryption = true, .snp = true, .vmpl = true, .mfdm = true,
		.smm_lock = true, .hsave_clear = true, .rmp_same = true,
		.rmp_base = RMP_BASE, .rmp_end = RMP_BASE + RMP_SIZE - 1,
		.logs_nr = 1, .logs = { { LOG, 2 } },
	};
	static const struct sevfw_memory with_host = {
		mem_read, mem_write, NULL, get_host, snp_off,
	};
	struct sevfw_config config;

	host = good;
	host_absent = 0;
	snp_offs = 0;
	sevfw_free(fw);
	memset(memory, 0, sizeof(memory));
	sevfw_config_default(&config);
	fw = sevfw_new(&config, &with_host);
	if (!fw)
		ksft_exit_fail_msg("sevfw_new() failed\n");
}

static uint64_t *entry(uint64_t address)
{
	return at(RMP_BASE + 0x4000 + address / 4096 * 16);
}

static enum sevfw_page_state state(uint64_t address)
{
	struct sevfw_rmp_entry e;

	return sevfw_rmp_page(&rmp, address, &e);
}

static unsigned int subpages(uint64_t address)
{
	return (*entry(address & ~0x1fffffull) & SEVFW_RMP_SUBPAGES) >> SEVFW_RMP_SUBPAGES_SHIFT;
}

static const struct sevfw_rmp_operand shared;
static const struct sevfw_rmp_operand firmware = { .assigned = 1, .immutable = 1 };
static const struct sevfw_rmp_operand guest = { .assigned = 1, .asid = 7, .gpa = 0x12345000 };
static const struct sevfw_rmp_operand large = {
	.assigned = 1, .asid = 7, .gpa = 0x12200000, .large = 1,
};

#define UPDATE(address, operand)	sevfw_rmpupdate(&rmp, address, operand)

static void test_layout(void)
{
	start_host();
	CHECK(sizeof(struct sevfw_rmp_operand) == 16 && sizeof(struct sevfw_rmp_entry) == 16);
	CHECK(sevfw_rmp_limit(&rmp) == RMP_LIMIT);
	/* The bits are where the kernel looks for them. */
	CHECK(UPDATE(PAGE(3), &guest) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(3)) == (1ull | 0x12345000ull | 7ull << 51));
	CHECK(UPDATE(PAGE(4), &firmware) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(4)) == 5);
	CHECK(UPDATE(PAGE(0), &large) == SEVFW_RMP_FAIL_OVERLAP);
	CHECK(UPDATE(PAGE(512), &large) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(512)) == (3ull | 0x12200000ull | 7ull << 51));
	/* The rest of the address does not count. */
	CHECK(UPDATE(PAGE(5) + 0xfff, &guest) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(5)) & 1);
}

static void test_rmpupdate_input(void)
{
	static const struct sevfw_rmp_operand bad[] = {
		{ .assigned = 2, .asid = 1 },
		{ .assigned = 1, .asid = 1, .large = 2 },
		{ .assigned = 1, .immutable = 3 },
		{ .assigned = 1, .asid = 1, .reserved = 1 },
		{ .assigned = 1, .asid = 1024 },
		{ .assigned = 1, .asid = 1, .gpa = 0x800 },
		{ .assigned = 1, .asid = 1, .gpa = 1ull << 51 },
		{ .assigned = 1, .asid = 1, .gpa = 0x1000, .large = 1 },
		{ .asid = 1 },
		{ .immutable = 1 },
		{ .assigned = 1 },
	};

	start_host();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(UPDATE(PAGE(0), &bad[i]) == SEVFW_RMP_FAIL_INPUT);
	CHECK(UPDATE(PAGE(1), &large) == SEVFW_RMP_FAIL_INPUT);
	CHECK(UPDATE(RMP_LIMIT, &guest) == SEVFW_RMP_FAIL_INPUT);
	CHECK(UPDATE(~0ull, &guest) == SEVFW_RMP_FAIL_INPUT);
	CHECK(UPDATE(RMP_LIMIT - 1, &guest) == SEVFW_RMP_SUCCESS);
	/* A table that is not memory, or too small for anything. */
	struct sevfw_rmp away = rmp;

	away.base += 0x10000000;
	away.end += 0x10000000;
	CHECK(sevfw_rmpupdate(&away, PAGE(0), &guest) == SEVFW_RMP_FAIL_INPUT);
	away.end = away.base + 0x3fff;
	CHECK(sevfw_rmpupdate(&away, 0, &guest) == SEVFW_RMP_FAIL_INPUT);
	for (size_t i = 0; i < SEVFW_LARGE_PAGES; i++)
		CHECK(*entry(PAGE(i)) == 0);
}

static void test_rmpupdate(void)
{
	start_host();
	/* What is the firmware's stays so. */
	CHECK(UPDATE(PAGE(9), &firmware) == SEVFW_RMP_SUCCESS);
	CHECK(state(PAGE(9)) == SEVFW_PAGE_FIRMWARE);
	CHECK(UPDATE(PAGE(9), &shared) == SEVFW_RMP_FAIL_PERMISSION);
	CHECK(UPDATE(PAGE(9), &firmware) == SEVFW_RMP_FAIL_PERMISSION);
	/* A guest's can be taken back. */
	CHECK(UPDATE(PAGE(8), &guest) == SEVFW_RMP_SUCCESS);
	CHECK(state(PAGE(8)) == SEVFW_PAGE_GUEST_INVALID);
	CHECK(subpages(PAGE(0)) == 2);
	CHECK(UPDATE(PAGE(8), &shared) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(8)) == 0 && subpages(PAGE(0)) == 1);
	/* What a guest has made of it stays as long as it is that guest's, at the same place. */
	CHECK(UPDATE(PAGE(8), &guest) == SEVFW_RMP_SUCCESS);
	entry(PAGE(8))[0] |= SEVFW_RMP_VALIDATED;
	entry(PAGE(8))[1] = 0x0f;
	CHECK(UPDATE(PAGE(8), &guest) == SEVFW_RMP_SUCCESS);
	CHECK(state(PAGE(8)) == SEVFW_PAGE_GUEST_VALID && entry(PAGE(8))[1] == 0x0f);
	struct sevfw_rmp_operand other = guest;

	other.asid++;
	CHECK(UPDATE(PAGE(8), &other) == SEVFW_RMP_SUCCESS);
	CHECK(state(PAGE(8)) == SEVFW_PAGE_GUEST_INVALID && entry(PAGE(8))[1] == 0);
	/* Somebody else is at it. */
	entry(PAGE(8))[0] |= SEVFW_RMP_LOCK;
	CHECK(UPDATE(PAGE(8), &shared) == SEVFW_RMP_FAIL_INUSE);
	entry(PAGE(8))[0] &= ~SEVFW_RMP_LOCK;
	/* The first of 2 MiB keeps their count. */
	CHECK(subpages(PAGE(0)) == 2);
	CHECK(UPDATE(PAGE(0), &guest) == SEVFW_RMP_SUCCESS && subpages(PAGE(0)) == 2);
	CHECK(UPDATE(PAGE(0), &shared) == SEVFW_RMP_SUCCESS && subpages(PAGE(0)) == 2);
	/* Large and small pages do not go together. */
	CHECK(UPDATE(PAGE(0), &large) == SEVFW_RMP_FAIL_OVERLAP);
	CHECK(UPDATE(PAGE(512), &large) == SEVFW_RMP_SUCCESS);
	CHECK(state(PAGE(700)) == SEVFW_PAGE_GUEST_INVALID);
	CHECK(UPDATE(PAGE(700), &guest) == SEVFW_RMP_FAIL_OVERLAP);
	CHECK(UPDATE(PAGE(512), &guest) == SEVFW_RMP_FAIL_OVERLAP);
	struct sevfw_rmp_operand shared_large = { .large = 1 };

	CHECK(UPDATE(PAGE(512), &shared_large) == SEVFW_RMP_SUCCESS);
	CHECK(*entry(PAGE(512)) == 0 && state(PAGE(700)) == SEVFW_PAGE_HYPERVISOR);
	CHECK(UPDATE(PAGE(700), &guest) == SEVFW_RMP_SUCCESS);
}

static void test_psmash(void)
{
	start_host();
	CHECK(sevfw_psmash(&rmp, PAGE(1)) == SEVFW_RMP_FAIL_INPUT);
	CHECK(sevfw_psmash(&rmp, PAGE(0) + 1) == SEVFW_RMP_FAIL_INPUT);
	CHECK(sevfw_psmash(&rmp, PAGE(0)) == SEVFW_RMP_FAIL_BADADDR);
	CHECK(sevfw_psmash(&rmp, RMP_LIMIT + 0x200000 - RMP_LIMIT % 0x200000) ==
	      SEVFW_RMP_FAIL_BADADDR);
	CHECK(UPDATE(PAGE(0), &guest) == SEVFW_RMP_SUCCESS);
	CHECK(sevfw_psmash(&rmp, PAGE(0)) == SEVFW_RMP_FAIL_BADADDR);
	CHECK(UPDATE(PAGE(0), &shared) == SEVFW_RMP_SUCCESS);
	CHECK(UPDATE(PAGE(0), &large) == SEVFW_RMP_SUCCESS);
	entry(PAGE(0))[0] |= SEVFW_RMP_VALIDATED | SEVFW_RMP_LOCK;
	CHECK(sevfw_psmash(&rmp, PAGE(0)) == SEVFW_RMP_FAIL_INUSE);
	entry(PAGE(0))[0] ^= SEVFW_RMP_LOCK | SEVFW_RMP_IMMUTABLE;
	CHECK(sevfw_psmash(&rmp, PAGE(0)) == SEVFW_RMP_FAIL_PERMISSION);
	entry(PAGE(0))[0] ^= SEVFW_RMP_IMMUTABLE;
	entry(PAGE(0))[1] = 0x0f;
	CHECK(sevfw_psmash(&rmp, PAGE(0)) == SEVFW_RMP_SUCCESS);
	for (unsigned int i = 0; i < SEVFW_LARGE_PAGES; i++) {
		uint64_t want = 1 | (0x12200000 + i * 4096ull) | 7ull << 51 | SEVFW_RMP_VALIDATED;

		if (!i)
			want |= 511 << 3;
		CHECK(entry(PAGE(i))[0] == want && entry(PAGE(i))[1] == 0x0f);
	}
	CHECK(*entry(PAGE(512)) == 0);
	/* Now each by itself. */
	CHECK(UPDATE(PAGE(300), &shared) == SEVFW_RMP_SUCCESS && subpages(PAGE(0)) == 510);
}

static unsigned int run_init_ex(uint32_t flags, uint64_t list)
{
	struct sevfw_snp_init_ex in = { .flags = flags, .list_address = list };

	return run_with(SEVFW_SNP_INIT_EX, &in, sizeof(in));
}

static unsigned int run_shutdown_ex(uint32_t flags)
{
	struct sevfw_snp_shutdown_ex in = { .length = sizeof(in), .flags = flags };

	run(SEVFW_SNP_DF_FLUSH);
	return run_with(SEVFW_SNP_SHUTDOWN_EX, &in, sizeof(in));
}

/* Every condition broken by itself, and then the platform comes up all the same. */
static void test_conditions(void)
{
	bool *const conditions[] = {
		&host.memory_encryption, &host.snp, &host.vmpl, &host.mfdm, &host.smm_lock,
		&host.hsave_clear, &host.rmp_same,
	};
	static const struct {
		uint64_t base, end;
	} bounds[] = {
		{ RMP_BASE + 0x80000, RMP_BASE + 0x17ffff },
		{ RMP_BASE, RMP_BASE + 0x7ffff },
		{ RMP_BASE, RMP_BASE - 1 },
		{ RMP_BASE, RMP_BASE },
		{ 0x10000000, 0x100fffff },
		{ 0x800000, 0x9fffff },
		{ 0, ~0ull },
	};

	start_host();
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		*conditions[i] = false;
		CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_INVALID_CONFIG);
		CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_INVALID_CONFIG);
		*conditions[i] = true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		host.rmp_base = bounds[i].base;
		host.rmp_end = bounds[i].end;
		CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_INVALID_CONFIG);
	}
	host.rmp_base = RMP_BASE;
	host.rmp_end = RMP_BASE + RMP_SIZE - 1;
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
	/* Without a new table guests may have run already. */
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
	CHECK_STATUS(run_shutdown_ex(0), SEVFW_SUCCESS);
	host.hsave_clear = false;
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_INVALID_CONFIG);
	CHECK_STATUS(run_init_ex(0, 0), SEVFW_SUCCESS);
	/* Part of the table cannot be written. */
	start_host();
	host.rmp_base = ROM_START & ~0xfffffull;
	host.rmp_end = host.rmp_base + RMP_SIZE - 1;
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_RMP_INIT_FAILED);
	CHECK(sevfw_snp_state(fw) == SEVFW_SNP_UNINIT);
	/* Processors without SNP. */
	host_absent = -1;
	CHECK_STATUS(run(SEVFW_SNP_INIT), SEVFW_SUCCESS);
}

static void test_table(void)
{
	struct sevfw_range_list *list = at(DATA);
	unsigned int wrong = 0;

	start_host();
	memset(at(RMP_BASE), 0xee, RMP_SIZE);
	list->count = 3;
	list->ranges[0] = (struct sevfw_range){ .base = PAGE(3), .pages = 2 };
	/* Around the table, whose own pages are the firmware's. */
	list->ranges[1] = (struct sevfw_range){ .base = RMP_BASE - 4096, .pages = 258 };
	/* Where there is no table any more. */
	list->ranges[2] = (struct sevfw_range){ .base = RMP_LIMIT - 4096, .pages = UINT32_MAX };
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_LIST, DATA), SEVFW_SUCCESS);
	for (uint64_t page = 0; page < RMP_LIMIT; page += 4096) {
		enum sevfw_page_state want = SEVFW_PAGE_HYPERVISOR;

		if (page == PAGE(3) || page == PAGE(4) || page == RMP_BASE - 4096 ||
		    page == RMP_BASE + RMP_SIZE || page == RMP_LIMIT - 4096)
			want = SEVFW_PAGE_HV_FIXED;
		if (page >= RMP_BASE && page < RMP_BASE + RMP_SIZE)
			want = SEVFW_PAGE_FIRMWARE;
		if (page == LOG || page == LOG + 4096)
			want = SEVFW_PAGE_FIRMWARE_IOMMU;
		wrong += state(page) != want;
	}
	CHECK(wrong == 0);
	CHECK(state(RMP_LIMIT) == SEVFW_PAGE_DEFAULT);
	CHECK(subpages(RMP_BASE) == 255 && subpages(LOG) == 2);
	for (unsigned int i = 0; i < 0x4000; i++)
		CHECK(*(uint8_t *)at(RMP_BASE + i) == 0);
	CHECK(UPDATE(PAGE(3), &shared) == SEVFW_RMP_FAIL_PERMISSION);
	CHECK(UPDATE(LOG, &shared) == SEVFW_RMP_FAIL_PERMISSION);
	CHECK(UPDATE(RMP_BASE, &shared) == SEVFW_RMP_FAIL_PERMISSION);
	/* A shutdown leaves the table to the next one, until the IOMMUs are released. */
	CHECK_STATUS(run_shutdown_ex(0), SEVFW_SUCCESS);
	CHECK(state(LOG) == SEVFW_PAGE_FIRMWARE_IOMMU);
	CHECK_STATUS(run_init_ex(0, 0), SEVFW_SUCCESS);
	CHECK(state(PAGE(3)) == SEVFW_PAGE_HV_FIXED);
	CHECK_STATUS(run_shutdown_ex(SEVFW_SNP_SHUTDOWN_IOMMU), SEVFW_SUCCESS);
	CHECK(state(LOG) == SEVFW_PAGE_RECLAIM && state(LOG + 4096) == SEVFW_PAGE_RECLAIM);
	CHECK(UPDATE(LOG, &shared) == SEVFW_RMP_SUCCESS);
	CHECK(snp_offs == 0);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_SUCCESS);
	CHECK(state(PAGE(3)) == SEVFW_PAGE_HYPERVISOR);
	CHECK_STATUS(run_shutdown_ex(SEVFW_SNP_SHUTDOWN_IOMMU | SEVFW_SNP_SHUTDOWN_X86),
		     SEVFW_SUCCESS);
	CHECK(snp_offs == 1);
}

static unsigned int run_reclaim(uint64_t address)
{
	struct sevfw_snp_address in = { .address = address };

	return run_with(SEVFW_SNP_PAGE_RECLAIM, &in, sizeof(in));
}

static void test_reclaim(void)
{
	static const struct {
		uint64_t entry;
		bool reclaimed;
	} pages[] = {
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE, true },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LOCK, true },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | 7ull << 51, true },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | SEVFW_RMP_VALIDATED | 7ull << 51,
		  true },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | 1ull << 48 | 1 << 12, true },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | 2ull << 48 | 1 << 12, false },
		{ SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | SEVFW_RMP_VMSA, false },
		{ SEVFW_RMP_IMMUTABLE, false },
	};

	start_host();
	CHECK_STATUS(run_reclaim(PAGE(1)), SEVFW_INVALID_PLATFORM_STATE);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		*entry(PAGE(1)) = pages[i].entry;
		CHECK_STATUS(run_reclaim(PAGE(1)),
			     pages[i].reclaimed ? SEVFW_SUCCESS : SEVFW_INVALID_PAGE_STATE);
		CHECK(*entry(PAGE(1)) == (pages[i].reclaimed ? pages[i].entry &
			~(SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LOCK) : pages[i].entry));
	}
	/* Once more, and what the hypervisor has anyway. */
	*entry(PAGE(1)) = SEVFW_RMP_ASSIGNED;
	CHECK_STATUS(run_reclaim(PAGE(1)), SEVFW_SUCCESS);
	CHECK_STATUS(run_reclaim(PAGE(2)), SEVFW_SUCCESS);
	CHECK(*entry(PAGE(2)) == 0);
	for (unsigned int bit = 1; bit < 12; bit++)
		CHECK_STATUS(run_reclaim(PAGE(1) | 1u << bit), SEVFW_INVALID_PARAM);
	CHECK_STATUS(run_reclaim(0), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_reclaim(~0xfffull), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_reclaim(RMP_BASE), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_reclaim(RMP_LIMIT), SEVFW_INVALID_PAGE_STATE);
	/* The size has to be the page's. */
	CHECK_STATUS(run_reclaim(PAGE(0) | 1), SEVFW_INVALID_PAGE_SIZE);
	*entry(PAGE(1)) = 0;
	*entry(PAGE(0)) = SEVFW_RMP_ASSIGNED | SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LARGE;
	CHECK_STATUS(run_reclaim(PAGE(0)), SEVFW_INVALID_PAGE_SIZE);
	CHECK_STATUS(run_reclaim(PAGE(1)), SEVFW_INVALID_PAGE_SIZE);
	/* (Another 2 MiB than that would reach into the table.) */
	CHECK_STATUS(run_reclaim(PAGE(1) | 1), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_reclaim(PAGE(0) | 1), SEVFW_SUCCESS);
	CHECK(state(PAGE(5)) == SEVFW_PAGE_RECLAIM);
}

/* Gives a page to the firmware, which the next command may answer in. */
static void give(uint64_t address)
{
	CHECK(UPDATE(address, &firmware) == SEVFW_RMP_SUCCESS);
}

static void take(uint64_t address)
{
	CHECK_STATUS(run_reclaim(address), SEVFW_SUCCESS);
	CHECK(UPDATE(address, &shared) == SEVFW_RMP_SUCCESS);
}

/* With the command buffer in a page of its own, which changes hands. */
static unsigned int run_at(unsigned int id, uint64_t where, void *buffer, size_t size)
{
	unsigned int status;

	memcpy(at(where), buffer, size);
	status = sevfw_command(fw, id, where);
	memcpy(buffer, at(where), size);
	return status;
}

static void test_answers(void)
{
	struct sevfw_snp_address where = { .address = PAGE(7) };
	struct sevfw_snp_feature_info info = { .length = sizeof(info), .address = PAGE(7) };
	struct sevfw_platform_status s;
	struct sevfw_get_id id = { .address = PAGE(20) + 4032, .length = 128 };

	start_host();
	/* Before, it writes where it is told. */
	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)), SEVFW_SUCCESS);
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_SUCCESS);

	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)),
		     SEVFW_INVALID_PAGE_STATE);
	CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &info, sizeof(info)),
		     SEVFW_INVALID_PAGE_STATE);
	give(PAGE(7));
	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)), SEVFW_SUCCESS);
	CHECK_STATUS(run_with(SEVFW_SNP_FEATURE_INFO, &info, sizeof(info)), SEVFW_SUCCESS);
	take(PAGE(7));

	/* The command buffer, too, where it is answered in; then it is half given back. */
	memset(at(PAGE(9)), 0xee, sizeof(s));
	CHECK_STATUS(sevfw_command(fw, SEVFW_PLATFORM_STATUS, PAGE(9)), SEVFW_INVALID_PAGE_STATE);
	CHECK(*(uint8_t *)at(PAGE(9)) == 0xee && state(PAGE(9)) == SEVFW_PAGE_HYPERVISOR);
	give(PAGE(9));
	CHECK_STATUS(run_at(SEVFW_PLATFORM_STATUS, PAGE(9), &s, sizeof(s)), SEVFW_SUCCESS);
	CHECK(s.api_major == 1 && state(PAGE(9)) == SEVFW_PAGE_RECLAIM);
	CHECK_STATUS(sevfw_command(fw, SEVFW_PLATFORM_STATUS, PAGE(9)), SEVFW_INVALID_PAGE_STATE);
	take(PAGE(9));
	/* Also after a failure. */
	give(PAGE(9));
	id.length = 1;
	CHECK_STATUS(run_at(SEVFW_GET_ID, PAGE(9), &id, sizeof(id)), SEVFW_INVALID_LENGTH);
	CHECK(id.length == 128 && state(PAGE(9)) == SEVFW_PAGE_RECLAIM);
	take(PAGE(9));

	/* Every page that an answer touches. */
	give(PAGE(9));
	give(PAGE(20));
	CHECK_STATUS(run_at(SEVFW_GET_ID, PAGE(9), &id, sizeof(id)), SEVFW_INVALID_PAGE_STATE);
	take(PAGE(9));
	give(PAGE(9));
	give(PAGE(21));
	CHECK_STATUS(run_at(SEVFW_GET_ID, PAGE(9), &id, sizeof(id)), SEVFW_SUCCESS);
	CHECK(*(uint8_t *)at(PAGE(20) + 4032) || *(uint8_t *)at(PAGE(20) + 4033));

	/* Nobody reads or writes the table through the firmware. */
	where.address = RMP_BASE + 0x8000;
	CHECK_STATUS(run_with(SEVFW_SNP_PLATFORM_STATUS, &where, sizeof(where)),
		     SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_COMMIT, RMP_BASE), SEVFW_INVALID_ADDRESS);
	/* Afterwards it is as before. */
	CHECK_STATUS(run_shutdown_ex(SEVFW_SNP_SHUTDOWN_IOMMU), SEVFW_SUCCESS);
	CHECK_STATUS(run_with(SEVFW_PLATFORM_STATUS, &s, sizeof(s)), SEVFW_SUCCESS);
}

static void test_regions(void)
{
	struct sevfw_init init = {
		.flags = SEVFW_INIT_ES, .tmr_address = TMR, .tmr_length = SEVFW_TMR_SIZE_SNP,
	};
	struct sevfw_init_ex ex = {
		.length = sizeof(ex), .nv_address = STORAGE, .nv_length = SEVFW_STORAGE_SIZE,
	};

	start_host();
	CHECK_STATUS(run_init_ex(SEVFW_SNP_INIT_RMP, 0), SEVFW_SUCCESS);
	/* All of the TMR is the firmware's, and nobody's as long as it is in use. */
	CHECK_STATUS(run_with(SEVFW_INIT, &init, sizeof(init)), SEVFW_INVALID_PAGE_STATE);
	for (uint64_t page = TMR; page < TMR + SEVFW_TMR_SIZE_SNP; page += 4096)
		give(page);
	CHECK_STATUS(run_reclaim(TMR + 0x12000), SEVFW_SUCCESS);
	CHECK_STATUS(run_with(SEVFW_INIT, &init, sizeof(init)), SEVFW_INVALID_PAGE_STATE);
	CHECK(UPDATE(TMR + 0x12000, &shared) == SEVFW_RMP_SUCCESS);
	give(TMR + 0x12000);
	CHECK_STATUS(run_with(SEVFW_INIT, &init, sizeof(init)), SEVFW_SUCCESS);
	CHECK_STATUS(run_reclaim(TMR + 0x12000), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(sevfw_command(fw, SEVFW_SNP_COMMIT, TMR), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run(SEVFW_SHUTDOWN), SEVFW_SUCCESS);
	take(TMR + 0x12000);
	/* The storage is written to. */
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &ex, sizeof(ex)), SEVFW_INVALID_PAGE_STATE);
	for (unsigned int i = 0; i < SEVFW_STORAGE_SIZE / 4096; i++)
		give(STORAGE + i * 4096);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &ex, sizeof(ex)), SEVFW_SUCCESS);
	CHECK_STATUS(run(SEVFW_PEK_GEN), SEVFW_SUCCESS);
}

static const struct test tests[] = {
	{ "entries are laid out as a kernel reads them", test_layout },
	{ "RMPUPDATE refuses operands that make no sense", test_rmpupdate_input },
	{ "RMPUPDATE and who has a page", test_rmpupdate },
	{ "PSMASH", test_psmash },
	{ "the conditions of SNP_INIT, each broken", test_conditions },
	{ "the table that SNP_INIT makes, and what a shutdown leaves of it", test_table },
	{ "SNP_PAGE_RECLAIM", test_reclaim },
	{ "answers go only to the firmware's pages", test_answers },
	{ "TMR and storage are the firmware's", test_regions },
};

int main(void)
{
	run_tests(tests, ARRAY_SIZE(tests));
}
