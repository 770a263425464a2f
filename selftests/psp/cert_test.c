// SPDX-License-Identifier: GPL-2.0-only
// link: tools/aspctl/cert_parse.c tools/aspctl/cert_verify.c -lcrypto
/*
 * Certificates of SEV: what the parser accepts and what it calls a mistake,
 * and which signatures are believed.
 */
#include <stdint.h>
#include <stdlib.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "selftests/psp/cert_writer.h"
#include "tools/aspctl/cert.h"

FIXTURE(chain)
{
	struct platform p;
	struct sev_cert_error error;
};

FIXTURE_SETUP(chain)
{
	platform_make(&self->p);
}

FIXTURE_TEARDOWN(chain)
{
	platform_free(&self->p);
}

/* In memory of exactly its size, so that a tool for that sees what is beyond. */
static int parse(const void *data, size_t size, struct sev_cert *cert,
		 struct sev_cert_error *error)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	return sev_cert_parse(copy, size, cert, error);
}

TEST_F(chain, a_platforms_certificate)
{
	struct sev_cert c;

	ASSERT_EQ(parse(self->p.cert[1], CERT_SIZE, &c, &self->error), 0);
	EXPECT_FALSE(c.amd);
	EXPECT_EQ(c.usage, SEV_CERT_PEK);
	EXPECT_EQ(c.api_major, 1);
	EXPECT_EQ(c.api_minor, 55);
	EXPECT_EQ(c.algorithm, SEV_CERT_ECDSA);
	EXPECT_FALSE(c.key.rsa);
	EXPECT_EQ(c.key.bits, 384);
	EXPECT_EQ(c.key.first, c.data + 20);
	EXPECT_EQ(c.key.second, c.data + 92);
	EXPECT_EQ(c.signatures, 2);
	EXPECT_EQ(c.signature[1].usage, SEV_CERT_CEK);
	EXPECT_EQ(c.size, CERT_SIZE);
	EXPECT_EQ(c.body, CERT_BODY);
	EXPECT_STREQ(sev_cert_usage_name(c.usage), "PEK");
	EXPECT_STREQ(sev_cert_algorithm_name(c.algorithm), "ECDSA with SHA-256");
}

TEST_F(chain, amds_certificates)
{
	struct sev_cert c;

	ASSERT_EQ(parse(self->p.ca, self->p.ca_size, &c, &self->error), 0);
	EXPECT_TRUE(c.amd);
	EXPECT_EQ(c.usage, SEV_CERT_ASK);
	EXPECT_EQ(c.key.bits, 2048);
	EXPECT_EQ(c.size, 64 + 3 * 256);
	EXPECT_EQ(c.signatures, 1);
	ASSERT_EQ(parse(self->p.ca + c.size, self->p.ca_size - c.size, &c, &self->error), 0);
	EXPECT_EQ(c.usage, SEV_CERT_ARK);
	/* As the first EPYC's was published. */
	ASSERT_EQ(parse(self->p.ca + c.size, 64 + 2 * 256, &c, &self->error), 0);
	EXPECT_EQ(c.usage, SEV_CERT_ARK);
	EXPECT_EQ(c.signatures, 0);
	EXPECT_EQ(c.size, 64 + 2 * 256);
	/* An ASK has no such excuse. */
	EXPECT_EQ(parse(self->p.ca, 64 + 2 * 256, &c, &self->error), -1);
}

#define LONG_COORDINATE(bits) "public key: a coordinate is longer than its curve's " bits " bits"

/* Each byte that is changed, the words, and where they point to. */
TEST_F(chain, mistakes_are_named)
{
	static const struct {
		int cert;
		unsigned int offset;
		uint32_t value;
		const char *text;
		unsigned int at;
	} cases[] = {
		{ 1, 0, 2, "version: 2 is not 1", 0 },
		{ 1, 6, 0x10020001, "reserved bytes are not zero", 6 },
		{ 1, 8, 0x1005, "usage: 0x1005 is that of no certificate", 8 },
		{ 1, 8, 0x1000, "usage: 0x1000 is that of no certificate", 8 },
		{ 1, 12, 0x002 | 0x200, "algorithm: 0x202 is not known", 12 },
		{ 1, 12, 0, "algorithm: 0x000 is not known", 12 },
		{ 1, 12, 3, "algorithm: ECDH with SHA-256 is not for a PEK", 12 },
		{ 0, 12, 2, "algorithm: ECDSA with SHA-256 is not for a PDH", 12 },
		{ 1, 12, 1, "public key: an RSA modulus of 2 bits is not 2048 or 4096", 16 },
		{ 1, 16, 0, "public key: curve 0 is not 1 (P-256) or 2 (P-384)", 16 },
		{ 1, 16, 3, "public key: curve 3 is not 1 (P-256) or 2 (P-384)", 16 },
		{ 1, 16, 1, LONG_COORDINATE("256"), 20 },
		{ 1, 20 + 48, 1, LONG_COORDINATE("384"), 20 },
		{ 1, 92 + 68, 1 << 31, LONG_COORDINATE("384"), 20 },
		{ 1, 1044, 0x1005, "signature: 0x1005 is no usage of a key", 1044 },
		{ 1, 1564, 7, "signature: 0x0007 is no usage of a key", 1564 },
		{ 1, 1048, 3, "signature: 0x003 is no algorithm that signs", 1048 },
		{ 1, 1048, 0x402, "signature: 0x402 is no algorithm that signs", 1048 },
	};
	uint8_t copy[CERT_SIZE];
	struct sev_cert c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(copy, self->p.cert[cases[i].cert], CERT_SIZE);
		put32(copy + cases[i].offset, cases[i].value);
		EXPECT_EQ(parse(copy, CERT_SIZE, &c, &self->error), -1);
		EXPECT_STREQ(self->error.text, cases[i].text);
		EXPECT_EQ(self->error.offset, cases[i].at);
	}
	put32(self->p.ca + 60, 2047);
	EXPECT_EQ(parse(self->p.ca, self->p.ca_size, &c, &self->error), -1);
	EXPECT_EQ(self->error.offset, 60);
	put32(self->p.ca + 60, 4096);
	EXPECT_EQ(parse(self->p.ca, self->p.ca_size, &c, &self->error), -1);
	EXPECT_STREQ(self->error.text,
		     "public key: room for an exponent of 2048 bits beside a modulus of 4096");
	put32(self->p.ca + 56, 4096);
	EXPECT_EQ(parse(self->p.ca, 64 + 3 * 512 - 1, &c, &self->error), -1);
	EXPECT_STREQ(self->error.text, "the certificate has 1599 of its 1600 bytes");
}

TEST_F(chain, every_shorter_one_is_refused)
{
	struct sev_cert c;
	size_t size;

	for (size = 0; size < CERT_SIZE; size++) {
		ASSERT_EQ(parse(self->p.cert[2], size, &c, &self->error), -1);
		ASSERT_EQ(self->error.offset, size);
	}
	EXPECT_EQ(parse(self->p.cert[2], CERT_SIZE, &c, &self->error), 0);
}

/* Two ways to say that there is none. */
TEST_F(chain, empty_signatures)
{
	struct sev_cert c;

	put32(self->p.cert[1] + 1044, U_NONE);
	put32(self->p.cert[1] + 1564 + 4, 0);
	ASSERT_EQ(parse(self->p.cert[1], CERT_SIZE, &c, &self->error), 0);
	EXPECT_EQ(c.signatures, 0);
}

TEST_F(chain, a_chain_in_any_order)
{
	struct sev_cert_chain chain = { };
	uint8_t mixed[4 * CERT_SIZE];
	int i;

	for (i = 0; i < 4; i++)
		memcpy(mixed + i * CERT_SIZE, self->p.cert[3 - i], CERT_SIZE);
	EXPECT_EQ(sev_cert_chain_add(&chain, mixed, sizeof(mixed), &self->error), 4);
	EXPECT_EQ(sev_cert_chain_add(&chain, self->p.ca, self->p.ca_size, &self->error), 2);
	for (i = 0; i < SEV_CHAIN_CERTS; i++)
		EXPECT_TRUE(chain.has[i]);
	EXPECT_EQ(chain.cert[SEV_CHAIN_CEK].data, &mixed[0]);
	EXPECT_EQ(sev_cert_chain_add(&chain, self->p.cert[2], CERT_SIZE, &self->error), -1);
	EXPECT_STREQ(self->error.text, "a second OCA");
	memset(&chain, 0, sizeof(chain));
	EXPECT_EQ(sev_cert_chain_add(&chain, mixed, 2 * CERT_SIZE + 1, &self->error), -1);
	EXPECT_EQ(self->error.offset, 2 * CERT_SIZE + 1);
	memset(&chain, 0, sizeof(chain));
	EXPECT_EQ(sev_cert_chain_add(&chain, mixed, 0, &self->error), -1);
}

static enum sev_cert_verdict verify(const uint8_t *cert, size_t size, const uint8_t *signer,
				    size_t signer_size, const char **why)
{
	struct sev_cert_error error;
	struct sev_cert c, s;

	if (sev_cert_parse(cert, size, &c, &error) ||
	    sev_cert_parse(signer, signer_size, &s, &error))
		return 99;
	return sev_cert_verify(&c, &s, why);
}

#define VERIFY(cert, signer) verify(cert, CERT_SIZE, signer, CERT_SIZE, &why)
#define VERIFY_CEK() verify(self->p.cert[3], CERT_SIZE, self->p.ca, self->p.ca_size, &why)

TEST_F(chain, good_signatures)
{
	const uint8_t *ark = self->p.ca + self->p.ask_size;
	size_t ark_size = self->p.ca_size - self->p.ask_size;
	const char *why;

	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_GOOD);
	EXPECT_EQ(VERIFY(self->p.cert[1], self->p.cert[2]), SEV_CERT_GOOD);
	EXPECT_EQ(VERIFY(self->p.cert[1], self->p.cert[3]), SEV_CERT_GOOD);
	EXPECT_EQ(VERIFY(self->p.cert[2], self->p.cert[2]), SEV_CERT_GOOD);
	EXPECT_EQ(VERIFY_CEK(), SEV_CERT_GOOD);
	EXPECT_EQ(verify(self->p.ca, self->p.ca_size, ark, ark_size, &why), SEV_CERT_GOOD);
	EXPECT_EQ(verify(ark, ark_size, ark, ark_size, &why), SEV_CERT_GOOD);
	EXPECT_EQ(why, NULL);
}

/* Not one bit of what is signed, of the signature or of the key may differ. */
TEST_F(chain, any_changed_bit_is_bad)
{
	static const unsigned int signed_bits[] = {
		4 * 8, 5 * 8 + 7, 16 * 8 + 40, 20 * 8, 139 * 8, 164 * 8, 1043 * 8 + 7,
	};
	const char *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signed_bits); i++) {
		uint8_t copy[CERT_SIZE];

		memcpy(copy, self->p.cert[0], CERT_SIZE);
		copy[signed_bits[i] / 8] ^= 1 << signed_bits[i] % 8;
		EXPECT_EQ(VERIFY(copy, self->p.cert[1]), SEV_CERT_BAD);
		EXPECT_STREQ(why, "it was not made with this key over this certificate");
	}
	for (i = 1052; i < 1052 + 144; i++) {
		uint8_t copy[CERT_SIZE];

		memcpy(copy, self->p.cert[0], CERT_SIZE);
		copy[i] ^= 0x10;
		EXPECT_EQ(VERIFY(copy, self->p.cert[1]), SEV_CERT_BAD);
	}
	self->p.ca[64 + 2 * 256] ^= 1;
	EXPECT_EQ(verify(self->p.ca, self->p.ca_size, self->p.ca + self->p.ask_size,
			 self->p.ca_size - self->p.ask_size, &why), SEV_CERT_BAD);
}

TEST_F(chain, keys_that_are_none)
{
	const char *why;
	uint8_t top;

	/* Not on the curve; zero; a modulus that is even, or shorter than it says. */
	self->p.cert[1][20] ^= 1;
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_BAD);
	EXPECT_STREQ(why, "the signer's key is no valid key");
	memset(self->p.cert[1] + 20, 0, 144);
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_BAD);
	EXPECT_STREQ(why, "the signer's key is no valid key");
	self->p.ca[64 + 256] &= ~1;
	EXPECT_EQ(VERIFY_CEK(), SEV_CERT_BAD);
	EXPECT_STREQ(why, "the signer's key is no valid key");
	self->p.ca[64 + 256] |= 1;
	top = self->p.ca[64 + 511];
	self->p.ca[64 + 511] = 0;
	EXPECT_EQ(VERIFY_CEK(), SEV_CERT_BAD);
	EXPECT_STREQ(why, "the signer's key is no valid key");
	self->p.ca[64 + 511] = top;
	/* An exponent as long as the modulus would take for ever. */
	memset(self->p.ca + 64, 0xff, 256);
	EXPECT_EQ(VERIFY_CEK(), SEV_CERT_BAD);
	EXPECT_STREQ(why, "the signer's key is no valid key");
}

TEST_F(chain, signatures_of_others)
{
	EVP_PKEY *other = key_ec("P-384");
	const char *why;

	/* By a key that only says it is the PEK. */
	cert_sign(self->p.cert[0], 0, U_PEK, A_ECDSA, other);
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_BAD);
	/* By the right key in another's name. */
	cert_sign(self->p.cert[0], 0, U_OCA, A_ECDSA, self->p.pek);
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_UNSIGNED);
	EXPECT_STREQ(why, "it has no signature by such a key");
	/* With another digest than the key is for. */
	cert_sign(self->p.cert[0], 0, U_PEK, A_ECDSA | A_384, self->p.pek);
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_BAD);
	EXPECT_STREQ(why, "it is by another algorithm than the key is for");
	/* A good one beside a bad one counts. */
	cert_sign(self->p.cert[0], 1, U_PEK, A_ECDSA, self->p.pek);
	EXPECT_EQ(VERIFY(self->p.cert[0], self->p.cert[1]), SEV_CERT_GOOD);
	/* AMD's names its signer. */
	self->p.ca[self->p.ask_size + 4] ^= 1;
	EXPECT_EQ(verify(self->p.ca, self->p.ca_size, self->p.ca + self->p.ask_size,
			 self->p.ca_size - self->p.ask_size, &why), SEV_CERT_BAD);
	EXPECT_STREQ(why, "it names another key as its signer's");
	EVP_PKEY_free(other);
}

/* Of RSA without a curve. */
static EVP_PKEY *key_new(const char *curve)
{
	if (curve)
		return key_ec(curve);
	return key_rsa(2048);
}

/* Owners may choose: RSA, the smaller curve, the longer digest. */
TEST_F(chain, other_algorithms)
{
	static const struct {
		const char *curve;
		uint32_t algorithm;
	} cases[] = {
		{ "P-256", A_ECDSA },
		{ "P-384", A_ECDSA | A_384 },
		{ NULL, A_RSA },
		{ NULL, A_RSA | A_384 },
	};
	const char *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EVP_PKEY *key = key_new(cases[i].curve);

		cert_make(self->p.cert[2], U_OCA, cases[i].algorithm, key);
		cert_sign(self->p.cert[2], 0, U_OCA, cases[i].algorithm, key);
		cert_sign(self->p.cert[1], 0, U_OCA, cases[i].algorithm, key);
		EXPECT_EQ(VERIFY(self->p.cert[2], self->p.cert[2]), SEV_CERT_GOOD);
		EXPECT_EQ(VERIFY(self->p.cert[1], self->p.cert[2]), SEV_CERT_GOOD);
		EXPECT_EQ(VERIFY(self->p.cert[1], self->p.cert[3]), SEV_CERT_GOOD);
		EVP_PKEY_free(key);
	}
}

TEST_HARNESS_MAIN
