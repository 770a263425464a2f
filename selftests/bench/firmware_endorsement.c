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
 * The firmware library by itself: the platform's keys, who owns them, and where
 * they are kept. That the certificates are right is firmware_chain.c's.
 */
#include "firmware_lib.h"

static struct sevfw_cert pdh, other_pdh;
static struct sevfw_cert_chain chain, other;

/* An owner's certificate, signed by itself. */
static void make_oca(struct sevfw_cert *oca, uint8_t key[SEVFW_SCALAR_SIZE])
{
	CHECK(!sevfw_ec_generate(key));
	CHECK(!sevfw_cert_start(oca, SEVFW_USAGE_OCA, SEVFW_ECDSA_SHA256, key));
	CHECK(!sevfw_cert_sign(oca, 0, SEVFW_USAGE_OCA, key));
}

static bool owned(void)
{
	const struct sevfw_platform_status *s = at(BUFFER);

	CHECK_STATUS(run(SEVFW_PLATFORM_STATUS), SEVFW_SUCCESS);
	return s->flags & SEVFW_STATUS_OWNED;
}

/* From any state to INIT, owned by somebody. */
static void take_ownership(void)
{
	uint8_t key[SEVFW_SCALAR_SIZE];
	struct sevfw_cert oca, pek;

	go(SEVFW_PLATFORM_INIT);
	make_oca(&oca, key);
	CHECK_STATUS(run_csr(&pek), SEVFW_SUCCESS);
	CHECK(!sevfw_cert_sign(&pek, 0, SEVFW_USAGE_OCA, key));
	CHECK_STATUS(run_import(&pek, &oca), SEVFW_SUCCESS);
	CHECK(owned());
}

#define SAME(a, b)	(!memcmp(&(a), &(b), sizeof(a)))

static void test_layout(void)
{
	CHECK(sizeof(struct sevfw_cert) == 0x824);
	CHECK(SEVFW_CERT_BODY == 0x414);
	CHECK(offsetof(struct sevfw_cert, key) == 0x10);
	CHECK(offsetof(struct sevfw_cert, signatures[1]) == 0x61c);
	CHECK(sizeof(struct sevfw_amd_cert) == 0x640);
	CHECK(SEVFW_AMD_CERT_BODY == 0x440);
	CHECK(sizeof(struct sevfw_cert_chain) == 3 * 0x824);
}

/* AMD publication 55766, section 5.1.2. */
static void test_states(void)
{
	static const struct {
		unsigned int id;
		bool uninit, init, working;
	} commands[] = {
		{ SEVFW_PEK_GEN, false, true, false },
		{ SEVFW_PEK_CSR, false, true, false },
		{ SEVFW_PEK_CERT_IMPORT, false, true, false },
		{ SEVFW_PDH_GEN, false, true, true },
		{ SEVFW_PDH_CERT_EXPORT, false, true, true },
		{ SEVFW_INIT_EX, true, false, false },
		{ SEVFW_PLATFORM_RESET, true, false, false },
	};

	start(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		FOR_EACH_STATE {
			bool allowed = state == SEVFW_PLATFORM_UNINIT ? commands[i].uninit :
				       state == SEVFW_PLATFORM_INIT ? commands[i].init :
				       commands[i].working;
			unsigned int status;

			go(state);
			memset(at(BUFFER), 0, SEVFW_BUFFER_MAX);
			status = run(commands[i].id);
			CHECK((status != SEVFW_INVALID_PLATFORM_STATE) == allowed);
			CHECK(sevfw_platform_state(fw) == state);
		}
	}
}

/* Which command makes what new. */
static void test_generation(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));
	sevfw_reset(fw);
	go(SEVFW_PLATFORM_WORKING);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));

	CHECK_STATUS(sevfw_command(fw, SEVFW_PDH_GEN, ~0ull), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(!SAME(pdh.key, other_pdh.key) && SAME(chain, other));
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_WORKING);

	go(SEVFW_PLATFORM_INIT);
	pdh = other_pdh;
	CHECK_STATUS(sevfw_command(fw, SEVFW_PEK_GEN, ~0ull), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(!SAME(pdh.key, other_pdh.key));
	CHECK(!SAME(chain.pek.key, other.pek.key));
	CHECK(!SAME(chain.oca.key, other.oca.key));
	CHECK(SAME(chain.cek, other.cek));
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));
}

static void test_csr(void)
{
	struct sevfw_pek_csr *csr = at(BUFFER);
	struct sevfw_cert pek;
	static const uint64_t bad[] = { 0, 0x1000, MEM_END - 64, MEM_END, ROM_START, ~0ull - 8 };

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	for (uint32_t length = 0; length < sizeof(pek); length += 521) {
		csr->address = length % 2 ? DATA : 0;
		csr->length = length;
		CHECK_STATUS(run(SEVFW_PEK_CSR), SEVFW_INVALID_LENGTH);
		CHECK(csr->length == sizeof(pek));
	}
	csr->length = sizeof(pek) - 1;
	CHECK_STATUS(run(SEVFW_PEK_CSR), SEVFW_INVALID_LENGTH);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		csr->address = bad[i];
		csr->length = sizeof(pek);
		CHECK_STATUS(run(SEVFW_PEK_CSR), SEVFW_INVALID_ADDRESS);
	}
	memset(at(DATA), 0xee, 4096);
	csr->address = DATA;
	csr->length = 4096;
	CHECK_STATUS(run(SEVFW_PEK_CSR), SEVFW_SUCCESS);
	CHECK(csr->length == sizeof(pek));
	CHECK(((uint8_t *)at(DATA))[sizeof(pek)] == 0xee);
	memcpy(&pek, at(DATA), sizeof(pek));
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(!memcmp(&pek, &chain.pek, SEVFW_CERT_BODY));
	for (size_t i = 0; i < 2; i++) {
		static const uint8_t zero[SEVFW_RSA_SIZE];

		CHECK(pek.signatures[i].usage == 0x1000);
		CHECK(pek.signatures[i].algorithm == 0);
		CHECK(!memcmp(pek.signatures[i].rsa, zero, sizeof(zero)));
	}
}

static void test_export(void)
{
	struct sevfw_pdh_cert_export out;
	static const struct sevfw_pdh_cert_export good = {
		.pdh_address = DATA, .pdh_length = sizeof(pdh),
		.chain_address = DATA + 0x1000, .chain_length = sizeof(chain),
	};

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	/* Both lengths are told whichever is short, and nothing is written. */
	for (unsigned int i = 0; i < 4; i++) {
		out = good;
		if (i == 0)
			out.pdh_length--;
		else if (i == 1)
			out.chain_length--;
		else if (i == 2)
			out.pdh_length = 0;
		else
			memset(&out, 0, sizeof(out));
		memset(at(DATA), 0, 0x4000);
		CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)),
			     SEVFW_INVALID_LENGTH);
		CHECK(out.pdh_length == sizeof(pdh) && out.chain_length == sizeof(chain));
		CHECK(!*(uint32_t *)at(DATA) && !*(uint32_t *)at(DATA + 0x1000));
	}
	out = good;
	out.reserved = 1;
	CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)), SEVFW_INVALID_PARAM);
	out = good;
	out.pdh_address = ROM_START;
	CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)), SEVFW_INVALID_ADDRESS);
	out = good;
	out.chain_address = MEM_END - sizeof(chain) + 1;
	CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)), SEVFW_INVALID_ADDRESS);
	memset(at(DATA), 0xee, 0x4000);
	out = good;
	out.pdh_length = 0x10000;
	out.chain_length = 0x10000;
	CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)), SEVFW_SUCCESS);
	CHECK(out.pdh_length == sizeof(pdh) && out.chain_length == sizeof(chain));
	CHECK(((uint8_t *)at(DATA))[sizeof(pdh)] == 0xee);
	CHECK(((uint8_t *)at(DATA + 0x1000))[sizeof(chain)] == 0xee);
}

static void test_cek(void)
{
	struct sevfw_cert cek;
	struct sevfw_config c;

	start(NULL);
	CHECK(!sevfw_cek(fw, &cek));
	sevfw_config_default(&c);
	c.cek_signed = false;
	start(&c);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(!memcmp(&chain.cek, &cek, SEVFW_CERT_BODY));
	CHECK(chain.cek.signatures[0].usage == SEVFW_USAGE_NONE);
	CHECK(chain.cek.signatures[0].algorithm == SEVFW_ALGORITHM_NONE);
	CHECK(!sevfw_cek(fw, &other.cek));
	CHECK(other.cek.signatures[0].usage == SEVFW_USAGE_ASK);
	c.serial++;
	start(&c);
	CHECK(!sevfw_cek(fw, &other.cek));
	CHECK(!SAME(other.cek.key, cek.key));
}

static void test_ownership(void)
{
	static const uint8_t no_key[SEVFW_SCALAR_SIZE];
	struct sevfw_cert oca, pek;

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK(!owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	take_ownership();
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(chain.pek.key, other.pek.key) && !SAME(chain.pek, other.pek));
	CHECK(!SAME(chain.oca.key, other.oca.key));
	CHECK(!SAME(pdh.key, other_pdh.key));
	CHECK(!memcmp(fw->identity.oca_key, no_key, sizeof(no_key)));
	/* Nobody takes it from the owner. */
	memcpy(&oca, at(DATA + 0x1000), sizeof(oca));
	CHECK_STATUS(run_csr(&pek), SEVFW_SUCCESS);
	CHECK_STATUS(run_import(&pek, &oca), SEVFW_ALREADY_OWNED);
	/* It lasts, and is not told before INIT. */
	sevfw_reset(fw);
	CHECK(!owned());
	go(SEVFW_PLATFORM_INIT);
	CHECK(owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(SAME(chain, other) && SAME(pdh, other_pdh));
	CHECK_STATUS(run(SEVFW_PDH_GEN), SEVFW_SUCCESS);
	CHECK(owned());
	/* The two ways out of it. */
	CHECK_STATUS(run(SEVFW_PEK_GEN), SEVFW_SUCCESS);
	CHECK(!owned());
	take_ownership();
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_SUCCESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	go(SEVFW_PLATFORM_INIT);
	CHECK(!owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(!SAME(chain.pek.key, other.pek.key));
}

/* PEK_CERT_IMPORT with everything that can be wrong with its certificates. */
static void test_import_certificates(void)
{
	uint8_t key[SEVFW_SCALAR_SIZE], foreign[SEVFW_SCALAR_SIZE];
	struct sevfw_cert oca, pek, bad, foreign_oca;

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	make_oca(&oca, key);
	make_oca(&foreign_oca, foreign);
	CHECK_STATUS(run_csr(&pek), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);

	CHECK_STATUS(run_import(&pek, &oca), SEVFW_BAD_SIGNATURE);
	CHECK_STATUS(run_import(&chain.pek, &oca), SEVFW_BAD_SIGNATURE);
	CHECK(!sevfw_cert_sign(&pek, 0, SEVFW_USAGE_OCA, key));
	CHECK_STATUS(run_import(&pek, &foreign_oca), SEVFW_BAD_SIGNATURE);
	for (size_t at_byte = 0; at_byte < SEVFW_CERT_BODY; at_byte += 37) {
		bad = pek;
		((uint8_t *)&bad)[at_byte] ^= 1;
		CHECK_STATUS(run_import(&bad, &oca), SEVFW_INVALID_CERTIFICATE);
	}
	bad = pek;
	bad.signatures[0].ec.r[5] ^= 1;
	CHECK_STATUS(run_import(&bad, &oca), SEVFW_BAD_SIGNATURE);
	bad = pek;
	bad.signatures[0].ec.s[SEVFW_EC_SIZE - 1] ^= 1;
	CHECK_STATUS(run_import(&bad, &oca), SEVFW_BAD_SIGNATURE);
	bad = pek;
	bad.signatures[0].usage = SEVFW_USAGE_CEK;
	CHECK_STATUS(run_import(&bad, &oca), SEVFW_BAD_SIGNATURE);
	bad = pek;
	bad.signatures[0].algorithm = SEVFW_ECDSA_SHA384;
	CHECK_STATUS(run_import(&bad, &oca), SEVFW_BAD_SIGNATURE);

	/* The owner's certificate. */
	static const struct {
		size_t offset;
		uint32_t value;
		enum sevfw_status status;
	} fields[] = {
		{ 0x00, 0, SEVFW_INVALID_CERTIFICATE },		/* version */
		{ 0x00, 2, SEVFW_INVALID_CERTIFICATE },
		{ 0x04, 0x00010000, SEVFW_INVALID_CERTIFICATE },	/* reserved */
		{ 0x04, 0x01000000, SEVFW_INVALID_CERTIFICATE },
		{ 0x08, SEVFW_USAGE_PEK, SEVFW_INVALID_CERTIFICATE },
		{ 0x0c, SEVFW_ALGORITHM_NONE, SEVFW_INVALID_CERTIFICATE },
		{ 0x0c, SEVFW_ECDH_SHA256, SEVFW_INVALID_CERTIFICATE },
		{ 0x0c, SEVFW_RSA_SHA256, SEVFW_INVALID_CERTIFICATE },
		{ 0x0c, 0x202, SEVFW_INVALID_CERTIFICATE },
		{ 0x0c, SEVFW_ECDSA_SHA384, SEVFW_BAD_SIGNATURE },
		{ 0x10, 0, SEVFW_INVALID_CERTIFICATE },		/* the curve */
		{ 0x10, 3, SEVFW_INVALID_CERTIFICATE },
		{ 0x10, SEVFW_CURVE_P256, SEVFW_BAD_SIGNATURE },
		{ 0x14, 0x12345678, SEVFW_BAD_SIGNATURE },		/* no point of the curve */
		{ 0x414, SEVFW_USAGE_CEK, SEVFW_BAD_SIGNATURE },
		{ 0x418, SEVFW_RSA_SHA256, SEVFW_BAD_SIGNATURE },
		{ 0x41c, 0x12345678, SEVFW_BAD_SIGNATURE },
	};
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		bad = oca;
		memcpy((uint8_t *)&bad + fields[i].offset, &fields[i].value, 4);
		CHECK_STATUS(run_import(&pek, &bad), fields[i].status);
	}
	/* A key and signature of nothing but zeros. */
	bad = oca;
	memset(&bad.key.ec.x, 0, sizeof(bad.key.ec.x));
	memset(&bad.key.ec.y, 0, sizeof(bad.key.ec.y));
	memset(&bad.signatures[0].ec, 0, sizeof(bad.signatures[0].ec));
	CHECK_STATUS(run_import(&pek, &bad), SEVFW_BAD_SIGNATURE);
	/* RSA keys that are none. */
	bad = oca;
	bad.algorithm = SEVFW_RSA_SHA256;
	bad.signatures[0].algorithm = SEVFW_RSA_SHA256;
	memset(&bad.key, 0, sizeof(bad.key));
	bad.key.rsa.bits = 2048;
	CHECK_STATUS(run_import(&pek, &bad), SEVFW_BAD_SIGNATURE);
	memset(bad.key.rsa.modulus, 0xff, sizeof(bad.key.rsa.modulus));
	memset(bad.key.rsa.exponent, 0xff, sizeof(bad.key.rsa.exponent));
	CHECK_STATUS(run_import(&pek, &bad), SEVFW_BAD_SIGNATURE);
	CHECK(!owned());
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(chain, other) && SAME(pdh, other_pdh));

	/* The signature may be in either place, and the other one is replaced. */
	bad = chain.pek;
	CHECK(!sevfw_cert_sign(&bad, 1, SEVFW_USAGE_OCA, key));
	CHECK_STATUS(run_import(&bad, &oca), SEVFW_SUCCESS);
	CHECK(owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(SAME(chain.pek.signatures[0], bad.signatures[1]));
	CHECK(chain.pek.signatures[1].usage == SEVFW_USAGE_CEK);
}

static void test_import_arguments(void)
{
	static const struct sevfw_pek_cert_import good = {
		.pek_address = DATA, .pek_length = sizeof(struct sevfw_cert),
		.oca_address = DATA + 0x1000, .oca_length = sizeof(struct sevfw_cert),
	};
	struct sevfw_pek_cert_import in;
	static const uint64_t bad[] = { 0, 0x1000, MEM_END - 64, MEM_END, ~0ull - 8 };

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	in = good;
	in.reserved = 0x80000000;
	CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	for (int off = -1; off <= 1; off += 2) {
		in = good;
		in.pek_length += off;
		CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)),
			     SEVFW_INVALID_LENGTH);
		in = good;
		in.oca_length += off;
		CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)),
			     SEVFW_INVALID_LENGTH);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		in = good;
		in.pek_address = bad[i];
		CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)),
			     SEVFW_INVALID_ADDRESS);
		in = good;
		in.oca_address = bad[i];
		CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)),
			     SEVFW_INVALID_ADDRESS);
	}
	CHECK(!owned());
}

static unsigned int run_init_ex(uint64_t address)
{
	struct sevfw_init_ex in = {
		.length = sizeof(in), .nv_address = address, .nv_length = SEVFW_STORAGE_SIZE,
	};

	return run_with(SEVFW_INIT_EX, &in, sizeof(in));
}

static bool storage_is_empty(void)
{
	const uint8_t *bytes = at(STORAGE);

	for (size_t i = 0; i < SEVFW_STORAGE_SIZE; i++) {
		if (bytes[i] != 0xff)
			return false;
	}
	return true;
}

static void test_init_ex_arguments(void)
{
	static const struct sevfw_init_ex good = {
		.length = 36, .flags = SEVFW_INIT_ES, .tmr_address = TMR,
		.tmr_length = SEVFW_TMR_SIZE, .nv_address = STORAGE,
		.nv_length = SEVFW_STORAGE_SIZE,
	};
	struct sevfw_init_ex in;
	static const uint64_t bad[] = {
		0, 0x1000, STORAGE + 32, STORAGE + 2048, MEM_END - 0x1000, MEM_END,
		~0ull - 4095, ROM_START,
	};

	start(NULL);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	memset(at(ROM_START), 0xff, ROM_SIZE);
	for (int off = -1; off <= 1; off += 2) {
		in = good;
		in.length += off;
		CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
		in = good;
		in.nv_length += off;
		CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
	}
	in = good;
	in.reserved = 1;
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	in = good;
	in.flags |= 2;
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_PARAM);
	in = good;
	in.tmr_length--;
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_LENGTH);
	in = good;
	in.tmr_address += 4096;
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_ADDRESS);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		in = good;
		in.nv_address = bad[i];
		CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_INVALID_ADDRESS);
	}
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
	CHECK(storage_is_empty());
	in = good;
	CHECK_STATUS(run_with(SEVFW_INIT_EX, &in, sizeof(in)), SEVFW_SUCCESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_INIT);
	CHECK(!storage_is_empty());
}

/* The buffer is the driver's, who writes it to a file. */
static void test_storage(void)
{
	static uint8_t file[SEVFW_STORAGE_SIZE], before[SEVFW_STORAGE_SIZE];

	start(NULL);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	memcpy(file, at(STORAGE), sizeof(file));
	/* No key is in it to be read. */
	CHECK(!memmem(file, sizeof(file), fw->identity.pek_key, SEVFW_SCALAR_SIZE));
	CHECK(!memmem(file, sizeof(file), chain.pek.key.ec.x, 48));

	/* Every command that changes what is kept changes the buffer. */
	static const unsigned int changing[] = { SEVFW_PEK_GEN, SEVFW_PDH_GEN };

	for (size_t i = 0; i < ARRAY_SIZE(changing); i++) {
		memcpy(before, at(STORAGE), sizeof(before));
		CHECK_STATUS(run(changing[i]), SEVFW_SUCCESS);
		CHECK(memcmp(before, at(STORAGE), sizeof(before)));
	}
	uint8_t key[SEVFW_SCALAR_SIZE];
	struct sevfw_cert oca, pek;

	memcpy(before, at(STORAGE), sizeof(before));
	make_oca(&oca, key);
	CHECK_STATUS(run_csr(&pek), SEVFW_SUCCESS);
	CHECK(!memcmp(before, at(STORAGE), sizeof(before)));
	CHECK(!sevfw_cert_sign(&pek, 0, SEVFW_USAGE_OCA, key));
	CHECK_STATUS(run_import(&pek, &oca), SEVFW_SUCCESS);
	CHECK(memcmp(before, at(STORAGE), sizeof(before)));
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);

	/* After a power cycle, at another place. */
	memcpy(at(STORAGE + 0x10000), at(STORAGE), SEVFW_STORAGE_SIZE);
	sevfw_reset(fw);
	CHECK_STATUS(run_init_ex(STORAGE + 0x10000), SEVFW_SUCCESS);
	CHECK(owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));
	/* The flash holds another identity, which is nobody's. */
	go(SEVFW_PLATFORM_INIT);
	CHECK(!owned());
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	CHECK(!SAME(chain.pek.key, other.pek.key));
	/* An old file is the old identity. */
	go(SEVFW_PLATFORM_UNINIT);
	memcpy(at(STORAGE), file, sizeof(file));
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK(!owned());
}

static void test_storage_lost(void)
{
	start(NULL);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	storage_is_rom = true;
	CHECK_STATUS(run(SEVFW_PEK_GEN), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run(SEVFW_PDH_GEN), SEVFW_INVALID_ADDRESS);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(SAME(pdh, other_pdh) && SAME(chain, other));
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_INVALID_ADDRESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
}

/* What is not what this chip wrote is refused once, and is empty then. */
static void test_storage_corrupt(void)
{
	static const size_t offsets[] = {
		0, 8, 12, 16, 28, 32, 47, 48, 100, 4096, SEVFW_STORAGE_SIZE - 1,
	};
	static uint8_t file[SEVFW_STORAGE_SIZE];
	struct sevfw_config c;

	start(NULL);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	run(SEVFW_SHUTDOWN);
	memcpy(file, at(STORAGE), sizeof(file));
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		memcpy(at(STORAGE), file, sizeof(file));
		*(uint8_t *)at(STORAGE + offsets[i]) ^= 0x10;
		CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SECURE_DATA_INVALID);
		CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
		CHECK(storage_is_empty());
		CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
		CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
		CHECK(!SAME(chain.pek.key, other.pek.key));
		run(SEVFW_SHUTDOWN);
	}
	memset(at(STORAGE), 0, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SECURE_DATA_INVALID);

	/* The flash goes bad. */
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		go(SEVFW_PLATFORM_INIT);
		run(SEVFW_SHUTDOWN);
		sevfw_corrupt_flash(fw, offsets[i]);
		CHECK_STATUS(run_init(0, 0, 0), SEVFW_SECURE_DATA_INVALID);
		CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_UNINIT);
		CHECK_STATUS(run_init(0, 0, 0), SEVFW_SUCCESS);
	}

	/* Another chip's. */
	sevfw_config_default(&c);
	c.serial ^= 1;
	start(&c);
	memcpy(at(STORAGE), file, sizeof(file));
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SECURE_DATA_INVALID);
}

/* PLATFORM_RESET empties the storage that was in use. */
static void test_storage_reset(void)
{
	start(NULL);
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&pdh, &chain), SEVFW_SUCCESS);
	run(SEVFW_SHUTDOWN);
	CHECK(!storage_is_empty());
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_SUCCESS);
	CHECK(storage_is_empty());
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	CHECK_STATUS(run_export(&other_pdh, &other), SEVFW_SUCCESS);
	CHECK(!SAME(chain.pek.key, other.pek.key));

	/* A buffer of which any byte has become somebody else's is left alone. */
	run(SEVFW_SHUTDOWN);
	*(uint8_t *)at(STORAGE + SEVFW_STORAGE_SIZE - 1) = 0x5a;
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_SUCCESS);
	CHECK(*(uint8_t *)at(STORAGE) != 0xff);
	CHECK(*(uint8_t *)at(STORAGE + SEVFW_STORAGE_SIZE - 1) == 0x5a);

	/* After a reset of the machine nothing is known of it. */
	memset(at(STORAGE), 0xff, SEVFW_STORAGE_SIZE);
	CHECK_STATUS(run_init_ex(STORAGE), SEVFW_SUCCESS);
	sevfw_reset(fw);
	CHECK_STATUS(run(SEVFW_PLATFORM_RESET), SEVFW_SUCCESS);
	CHECK(!storage_is_empty());
}

static const struct test tests[] = {
	{ "layout of the certificates", test_layout },
	{ "which state allows which command", test_states },
	{ "PEK_GEN and PDH_GEN", test_generation },
	{ "PEK_CSR", test_csr },
	{ "PDH_CERT_EXPORT", test_export },
	{ "the CEK of a chip", test_cek },
	{ "a platform and its owner", test_ownership },
	{ "PEK_CERT_IMPORT of wrong certificates", test_import_certificates },
	{ "PEK_CERT_IMPORT with wrong arguments", test_import_arguments },
	{ "INIT_EX with wrong arguments", test_init_ex_arguments },
	{ "storage in the driver's buffer", test_storage },
	{ "storage that takes no writes", test_storage_lost },
	{ "storage that went bad", test_storage_corrupt },
	{ "storage and PLATFORM_RESET", test_storage_reset },
};

int main(void)
{
	run_tests(tests, ARRAY_SIZE(tests));
}
