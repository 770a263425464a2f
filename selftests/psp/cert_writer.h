/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes certificates of SEV as firmware, owners and AMD do, with keys of its
 * own. Written from the format's description, not with the tool's parser.
 */
#ifndef CERT_WRITER_H
#define CERT_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#define CERT_SIZE	2084
#define CERT_BODY	1044
#define CERT_SIGNATURE	520
#define AMD_HEADER_SIZE	64
#define AMD_CERT_MAX	(AMD_HEADER_SIZE + 3 * 512)

/* Usages and algorithms, by the numbers of the publication. */
#define U_ARK	0x0000
#define U_ASK	0x0013
#define U_NONE	0x1000
#define U_OCA	0x1001
#define U_PEK	0x1002
#define U_PDH	0x1003
#define U_CEK	0x1004
#define A_RSA	0x001
#define A_ECDSA	0x002
#define A_ECDH	0x003
#define A_384	0x100

static inline void writer_need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "making a certificate: %s failed\n", what);
	exit(2);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

static inline void put_number(uint8_t *p, size_t room, const BIGNUM *n)
{
	writer_need(n && BN_bn2lebinpad(n, p, (int)room) == (int)room, "a number");
}

static inline EVP_PKEY *key_ec(const char *curve)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	writer_need(key, curve);
	return key;
}

static inline EVP_PKEY *key_rsa(unsigned int bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	writer_need(key, "an RSA key");
	return key;
}

static inline void put_key_number(uint8_t *p, size_t room, EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;

	writer_need(EVP_PKEY_get_bn_param(key, name, &n), name);
	put_number(p, room, n);
	BN_free(n);
}

/* A certificate without signatures, of firmware 1.55. */
static inline void cert_make(uint8_t cert[CERT_SIZE], uint32_t usage, uint32_t algorithm,
			     EVP_PKEY *key)
{
	uint8_t *k = cert + 16;

	memset(cert, 0, CERT_SIZE);
	put32(cert, 1);
	cert[4] = 1;
	cert[5] = 55;
	put32(cert + 8, usage);
	put32(cert + 12, algorithm);
	if (EVP_PKEY_is_a(key, "RSA")) {
		put32(k, EVP_PKEY_get_bits(key));
		put_key_number(k + 4, 512, key, OSSL_PKEY_PARAM_RSA_E);
		put_key_number(k + 4 + 512, 512, key, OSSL_PKEY_PARAM_RSA_N);
	} else {
		put32(k, EVP_PKEY_get_bits(key) == 256 ? 1 : 2);
		put_key_number(k + 4, 72, key, OSSL_PKEY_PARAM_EC_PUB_X);
		put_key_number(k + 4 + 72, 72, key, OSSL_PKEY_PARAM_EC_PUB_Y);
	}
	put32(cert + CERT_BODY, U_NONE);
	put32(cert + CERT_BODY + CERT_SIGNATURE, U_NONE);
}

/* OpenSSL's signature of @size bytes: DER, or big endian. Return: its length. */
static inline size_t sign_raw(EVP_PKEY *key, bool sha384, const void *data, size_t size,
			      uint8_t out[600])
{
	const EVP_MD *digest = sha384 ? EVP_sha384() : EVP_sha256();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey;
	size_t length = 600;

	writer_need(context && EVP_DigestSignInit(context, &pkey, digest, NULL, key) > 0,
		    "signing");
	if (EVP_PKEY_is_a(key, "RSA"))
		writer_need(EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) > 0 &&
			    EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST) > 0,
			    "PSS");
	writer_need(EVP_DigestSign(context, out, &length, data, size) > 0, "signing");
	EVP_MD_CTX_free(context);
	return length;
}

/* Signs in place @slot with a key of @usage that is for @algorithm. */
static inline void cert_sign(uint8_t cert[CERT_SIZE], unsigned int slot, uint32_t usage,
			     uint32_t algorithm, EVP_PKEY *key)
{
	uint8_t *s = cert + CERT_BODY + slot * CERT_SIGNATURE, raw[600];
	size_t n = sign_raw(key, algorithm & A_384, cert, CERT_BODY, raw), i;
	const uint8_t *der = raw;
	ECDSA_SIG *sig;

	memset(s, 0, CERT_SIGNATURE);
	put32(s, usage);
	put32(s + 4, algorithm);
	if (EVP_PKEY_is_a(key, "RSA")) {
		for (i = 0; i < n; i++)
			s[8 + i] = raw[n - 1 - i];
		return;
	}
	sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	writer_need(sig, "a signature");
	put_number(s + 8, 72, ECDSA_SIG_get0_r(sig));
	put_number(s + 8 + 72, 72, ECDSA_SIG_get0_s(sig));
	ECDSA_SIG_free(sig);
}

/* AMD's format. Return: its length with the signature by @signer. */
static inline size_t amd_make(uint8_t cert[AMD_CERT_MAX], uint32_t usage, EVP_PKEY *key,
			      EVP_PKEY *signer)
{
	size_t size = EVP_PKEY_get_bits(key) / 8, body = AMD_HEADER_SIZE + 2 * size, n, i;
	uint8_t raw[600];

	memset(cert, 0, AMD_CERT_MAX);
	put32(cert, 1);
	memset(cert + 4, usage == U_ARK ? 0xa1 : 0xa2, 16);
	memset(cert + 20, 0xa1, 16);
	put32(cert + 36, usage);
	put32(cert + 56, size * 8);
	put32(cert + 60, size * 8);
	put_key_number(cert + AMD_HEADER_SIZE, size, key, OSSL_PKEY_PARAM_RSA_E);
	put_key_number(cert + AMD_HEADER_SIZE + size, size, key, OSSL_PKEY_PARAM_RSA_N);
	n = sign_raw(signer, size == 512, cert, body, raw);
	for (i = 0; i < n; i++)
		cert[body + i] = raw[n - 1 - i];
	return body + n;
}

/*
 * struct platform - a whole chain and its keys
 * @cert: PDH, PEK, OCA, CEK; the CEK with AMD's signature
 * @ca: ASK, then ARK
 * @ca_size: of both
 * @ask_size: of the first
 */
struct platform {
	EVP_PKEY *pdh;
	EVP_PKEY *pek;
	EVP_PKEY *oca;
	EVP_PKEY *cek;
	EVP_PKEY *ask;
	EVP_PKEY *ark;
	uint8_t cert[4][CERT_SIZE];
	uint8_t ca[2 * AMD_CERT_MAX];
	size_t ca_size;
	size_t ask_size;
};

static inline void platform_make(struct platform *p)
{
	memset(p, 0, sizeof(*p));
	p->pdh = key_ec("P-384");
	p->pek = key_ec("P-384");
	p->oca = key_ec("P-384");
	p->cek = key_ec("P-384");
	p->ask = key_rsa(2048);
	p->ark = key_rsa(2048);
	cert_make(p->cert[0], U_PDH, A_ECDH, p->pdh);
	cert_make(p->cert[1], U_PEK, A_ECDSA, p->pek);
	cert_make(p->cert[2], U_OCA, A_ECDSA, p->oca);
	cert_make(p->cert[3], U_CEK, A_ECDSA, p->cek);
	cert_sign(p->cert[0], 0, U_PEK, A_ECDSA, p->pek);
	cert_sign(p->cert[1], 0, U_OCA, A_ECDSA, p->oca);
	cert_sign(p->cert[1], 1, U_CEK, A_ECDSA, p->cek);
	cert_sign(p->cert[2], 0, U_OCA, A_ECDSA, p->oca);
	cert_sign(p->cert[3], 0, U_ASK, A_RSA, p->ask);
	p->ask_size = amd_make(p->ca, U_ASK, p->ask, p->ark);
	p->ca_size = p->ask_size + amd_make(p->ca + p->ask_size, U_ARK, p->ark, p->ark);
}

static inline void platform_free(struct platform *p)
{
	EVP_PKEY_free(p->pdh);
	EVP_PKEY_free(p->pek);
	EVP_PKEY_free(p->oca);
	EVP_PKEY_free(p->cek);
	EVP_PKEY_free(p->ask);
	EVP_PKEY_free(p->ark);
}

#endif
