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
 * The certificates that the firmware library exports, verified by somebody
 * else: firmware_verifier.h. With owners whose keys are of every kind, made
 * here with OpenSSL alone. With arguments it is a client of /dev/sev, and
 * verifies what it was given there:
 *
 *	firmware_chain export PLATFORM		writes PDH, PEK, OCA and CEK
 *	firmware_chain provision		makes an owner and its PEK
 *	firmware_chain verify PLATFORM CA	CA is ASK and ARK, as sevctl has them
 */
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <sys/ioctl.h>

#include <linux/psp_sev.h>

#include "firmware_lib.h"
#include "firmware_verifier.h"

#define NR_CERTS	4

static uint8_t certs[NR_CERTS][V_CERT_SIZE];	/* PDH, PEK, OCA, CEK */
static uint8_t cas[2][V_CA_SIZE];		/* ASK, ARK */

static const struct v_chain view = {
	.pdh = certs[0], .pek = certs[1], .oca = certs[2], .cek = certs[3],
	.ask = cas[0], .ark = cas[1],
};

static void export_all(void)
{
	struct sevfw_pdh_cert_export out = {
		.pdh_address = DATA, .pdh_length = V_CERT_SIZE,
		.chain_address = DATA + 0x1000, .chain_length = 3 * V_CERT_SIZE,
	};
	struct sevfw_ca_chain ca;

	CHECK_STATUS(run_with(SEVFW_PDH_CERT_EXPORT, &out, sizeof(out)), SEVFW_SUCCESS);
	memcpy(certs[0], at(DATA), V_CERT_SIZE);
	memcpy(certs[1], at(DATA + 0x1000), 3 * V_CERT_SIZE);
	CHECK(!sevfw_ca(fw, &ca));
	CHECK(sizeof(ca) == sizeof(cas));
	memcpy(cas, &ca, sizeof(cas));
}

static bool verifies(void)
{
	const char *where, *why = v_verify(&view, &where);

	if (why)
		ksft_print_msg("%s: %s\n", where, why);
	return !why;
}

/* Fails, and at that certificate. */
static bool fails_at(const char *wanted)
{
	const char *where, *why = v_verify(&view, &where);

	if (why && !strcmp(where, wanted))
		return true;
	ksft_print_msg("%s, not %s: %s\n", why ? where : "nothing", wanted, why ? why : "");
	return false;
}

static void test_self_owned(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	CHECK(verifies());
	CHECK_STATUS(run(SEVFW_PDH_GEN), SEVFW_SUCCESS);
	export_all();
	CHECK(verifies());
	CHECK_STATUS(run(SEVFW_PEK_GEN), SEVFW_SUCCESS);
	export_all();
	CHECK(verifies());
	sevfw_reset(fw);
	go(SEVFW_PLATFORM_WORKING);
	export_all();
	CHECK(verifies());
}

/* Of every byte that is signed, or is a signature, one bit. */
static void test_every_byte(void)
{
	static const char *const names[NR_CERTS] = { "PDH", "PEK", "OCA", "CEK" };

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	for (unsigned int n = 0; n < NR_CERTS; n++) {
		/* All of the form, and samples of the rest: RSA takes its time. */
		for (size_t i = 0; i < V_CERT_SIZE; i += i < 180 ? 1 : 97) {
			certs[n][i] ^= 1 << i % 8;
			CHECK(fails_at(names[n]));
			certs[n][i] ^= 1 << i % 8;
		}
	}
	for (unsigned int n = 0; n < 2; n++) {
		for (size_t i = 0; i < V_CA_SIZE; i += i < 66 ? 1 : 131) {
			cas[n][i] ^= 1 << i % 8;
			/* An ARK with another id has not signed the ASK, and itself neither. */
			CHECK(fails_at(n ? "ARK" : "ASK"));
			cas[n][i] ^= 1 << i % 8;
		}
	}
	CHECK(verifies());
}

/* Right certificates in the wrong place, and of another time. */
static void test_mixtures(void)
{
	uint8_t old[NR_CERTS][V_CERT_SIZE], now[NR_CERTS][V_CERT_SIZE];
	struct sevfw_config c;

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	memcpy(old, certs, sizeof(old));
	CHECK_STATUS(run(SEVFW_PEK_GEN), SEVFW_SUCCESS);
	export_all();
	memcpy(now, certs, sizeof(now));
	memcpy(certs[0], old[0], V_CERT_SIZE);
	CHECK(fails_at("PDH"));
	memcpy(certs, now, sizeof(now));
	memcpy(certs[1], old[1], V_CERT_SIZE);
	CHECK(fails_at("PEK"));
	memcpy(certs, now, sizeof(now));
	memcpy(certs[2], old[2], V_CERT_SIZE);
	CHECK(fails_at("PEK"));
	memcpy(certs, now, sizeof(now));
	memcpy(certs[1], certs[2], V_CERT_SIZE);
	CHECK(fails_at("PEK"));

	/* Another chip: its own CEK does not endorse this PEK. */
	sevfw_config_default(&c);
	c.serial = 77;
	start(&c);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	CHECK(verifies());
	CHECK(memcmp(certs[3], now[3], V_BODY_SIZE));
	memcpy(certs[1], now[1], V_CERT_SIZE);
	memcpy(certs[2], now[2], V_CERT_SIZE);
	CHECK(fails_at("PEK"));

	/* Of one chip, the CEK is always the same. */
	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	CHECK(!memcmp(certs[3], now[3], V_BODY_SIZE));

	/* As a real processor exports it: the signature is AMD's server's to add. */
	sevfw_config_default(&c);
	c.cek_signed = false;
	start(&c);
	go(SEVFW_PLATFORM_INIT);
	export_all();
	CHECK(fails_at("CEK"));
	CHECK(!sevfw_cek(fw, at(DATA)));
	memcpy(certs[3], at(DATA), V_CERT_SIZE);
	CHECK(verifies());
}

static void put_u32(uint8_t *p, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = value >> 8 * i;
}

static void put_number(uint8_t *to, size_t size, EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;

	CHECK(EVP_PKEY_get_bn_param(key, name, &n) == 1);
	CHECK(BN_bn2lebinpad(n, to, size) == (int)size);
	BN_free(n);
}

/* Signs a certificate in the first place, as an owner's tool does. */
static void owner_sign(uint8_t *cert, EVP_PKEY *key, uint32_t algorithm)
{
	const bool rsa = (algorithm & 0xff) == 1;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t raw[512], *out = cert + V_SIGNATURE(0);
	size_t length = sizeof(raw);
	EVP_PKEY_CTX *p;

	CHECK(EVP_DigestSignInit(c, &p, algorithm & 0x100 ? EVP_sha384() : EVP_sha256(), NULL,
				 key) == 1);
	if (rsa) {
		EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST);
	}
	CHECK(EVP_DigestSign(c, raw, &length, cert, V_BODY_SIZE) == 1);
	EVP_MD_CTX_free(c);
	memset(out, 0, 520);
	put_u32(out, V_OCA);
	put_u32(out + 4, algorithm);
	if (rsa) {
		for (size_t i = 0; i < length; i++)
			out[8 + i] = raw[length - 1 - i];
	} else {
		const uint8_t *der = raw;
		ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, length);

		CHECK(BN_bn2lebinpad(ECDSA_SIG_get0_r(sig), out + 8, 72) == 72);
		CHECK(BN_bn2lebinpad(ECDSA_SIG_get0_s(sig), out + 80, 72) == 72);
		ECDSA_SIG_free(sig);
	}
}

static void owner_cert(uint8_t *cert, EVP_PKEY *key, uint32_t algorithm, uint32_t size)
{
	memset(cert, 0, V_CERT_SIZE);
	put_u32(cert, 1);
	put_u32(cert + 8, V_OCA);
	put_u32(cert + 12, algorithm);
	put_u32(cert + V_KEY, size);
	if ((algorithm & 0xff) == 1) {
		put_number(cert + V_KEY + 4, 512, key, OSSL_PKEY_PARAM_RSA_E);
		put_number(cert + V_KEY + 4 + 512, 512, key, OSSL_PKEY_PARAM_RSA_N);
	} else {
		put_number(cert + V_KEY + 4, 72, key, OSSL_PKEY_PARAM_EC_PUB_X);
		put_number(cert + V_KEY + 76, 72, key, OSSL_PKEY_PARAM_EC_PUB_Y);
	}
	put_u32(cert + V_SIGNATURE(1), V_UNUSED);
	owner_sign(cert, key, algorithm);
}

static void own_with(EVP_PKEY *key, uint32_t algorithm, uint32_t size)
{
	uint8_t oca[V_CERT_SIZE], pek[V_CERT_SIZE];
	struct sevfw_pek_csr csr = { .address = DATA, .length = V_CERT_SIZE };
	struct sevfw_pek_cert_import in = {
		.pek_address = DATA, .pek_length = V_CERT_SIZE,
		.oca_address = DATA + 0x1000, .oca_length = V_CERT_SIZE,
	};

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(run_with(SEVFW_PEK_CSR, &csr, sizeof(csr)), SEVFW_SUCCESS);
	memcpy(pek, at(DATA), sizeof(pek));
	owner_cert(oca, key, algorithm, size);
	owner_sign(pek, key, algorithm);
	memcpy(at(DATA), pek, sizeof(pek));
	memcpy(at(DATA + 0x1000), oca, sizeof(oca));
	CHECK_STATUS(run_with(SEVFW_PEK_CERT_IMPORT, &in, sizeof(in)), SEVFW_SUCCESS);
	export_all();
	CHECK(!memcmp(certs[2], oca, sizeof(oca)));
	CHECK(verifies());
	/* What the owner signed is not what the next one signs. */
	certs[2][V_KEY + 5] ^= 1;
	CHECK(fails_at("OCA"));
}

static void test_owners(void)
{
	static const struct {
		uint32_t algorithm;
		uint32_t size;		/* bits of RSA, or number of the curve */
	} kinds[] = {
		{ 0x002, 2 }, { 0x102, 2 }, { 0x002, 1 }, { 0x102, 1 },
		{ 0x001, 2048 }, { 0x101, 2048 }, { 0x101, 4096 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		EVP_PKEY *key;

		if ((kinds[i].algorithm & 0xff) == 1)
			key = EVP_RSA_gen(kinds[i].size);
		else
			key = EVP_EC_gen(kinds[i].size == 1 ? "P-256" : "P-384");
		CHECK(key);
		own_with(key, kinds[i].algorithm, kinds[i].size);
		EVP_PKEY_free(key);
	}
}

static const struct test tests[] = {
	{ "a platform that owns itself", test_self_owned },
	{ "one bit is wrong", test_every_byte },
	{ "certificates that do not belong together", test_mixtures },
	{ "owners with keys of every kind", test_owners },
};

static void load(const char *name, void *to, size_t size)
{
	FILE *f = fopen(name, "rb");

	if (!f || fread(to, 1, size, f) != size || fgetc(f) != EOF) {
		fprintf(stderr, "firmware_chain: %s: not a file of %zu bytes\n", name, size);
		exit(2);
	}
	fclose(f);
}

static int verify_files(const char *platform, const char *ca)
{
	const char *where, *why;

	load(platform, certs, sizeof(certs));
	load(ca, cas, sizeof(cas));
	why = v_verify(&view, &where);
	if (why)
		printf("%s: %s\n", where, why);
	else
		printf("all certificates are right\n");
	return why ? 1 : 0;
}

/* One command to /dev/sev; ends the program unless it succeeds. */
static void sev(unsigned int command, void *data)
{
	struct psp_sev_issue_cmd issue = { .cmd = command, .data = (uintptr_t)data };
	int fd = open(PSP_SEV_DEVICE, O_RDWR);

	if (fd < 0 || ioctl(fd, PSP_SEV_ISSUE_CMD, &issue)) {
		fprintf(stderr, "firmware_chain: command %u of %s: %s, status 0x%x\n", command,
			PSP_SEV_DEVICE, strerror(errno), issue.error);
		exit(1);
	}
	close(fd);
}

static int export_file(const char *name)
{
	struct psp_sev_pdh_cert_export out = {
		.pdh_cert_address = (uintptr_t)certs[0],
		.pdh_cert_len = V_CERT_SIZE,
		.cert_chain_address = (uintptr_t)certs[1],
		.cert_chain_len = 3 * V_CERT_SIZE,
	};
	FILE *f;

	sev(PSP_SEV_PDH_CERT_EXPORT, &out);
	f = fopen(name, "wb");
	if (!f || fwrite(certs, sizeof(certs), 1, f) != 1 || fclose(f)) {
		fprintf(stderr, "firmware_chain: %s: %s\n", name, strerror(errno));
		return 2;
	}
	return 0;
}

static int provision(void)
{
	uint8_t oca[V_CERT_SIZE], pek[V_CERT_SIZE];
	struct psp_sev_pek_csr csr = { .address = (uintptr_t)pek, .length = sizeof(pek) };
	struct psp_sev_pek_cert_import in = {
		.pek_cert_address = (uintptr_t)pek,
		.pek_cert_len = sizeof(pek),
		.oca_cert_address = (uintptr_t)oca,
		.oca_cert_len = sizeof(oca),
	};
	EVP_PKEY *key = EVP_EC_gen("P-384");

	sev(PSP_SEV_PEK_CSR, &csr);
	owner_cert(oca, key, 0x002, 2);
	owner_sign(pek, key, 0x002);
	EVP_PKEY_free(key);
	sev(PSP_SEV_PEK_CERT_IMPORT, &in);
	return failures ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "export"))
		return export_file(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "provision"))
		return provision();
	if (argc == 4 && !strcmp(argv[1], "verify"))
		return verify_files(argv[2], argv[3]);
	if (argc != 1) {
		fprintf(stderr, "usage: firmware_chain [export FILE|provision|verify FILE FILE]\n");
		return 2;
	}
	run_tests(tests, ARRAY_SIZE(tests));
}
