/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and signatures in the formats that SEV uses: everything is little
 * endian but private keys, which never leave the library. Functions return 0,
 * or -1 when OpenSSL refuses; a verification that fails is -1 as well.
 */
#ifndef SEVFW_KEY_H
#define SEVFW_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEVFW_EC_SIZE		72	/* the room that formats have for a coordinate */
#define SEVFW_SCALAR_SIZE	48	/* a private key on P-384, big endian */
#define SEVFW_RSA_SIZE		512
#define SEVFW_DERIVED_SIZE	64
#define SEVFW_IV_SIZE		12
#define SEVFW_TAG_SIZE		16

enum sevfw_hash {
	SEVFW_SHA256,
	SEVFW_SHA384,
};

/*
 * What fuses would hold: bytes that depend on the serial number and on
 * @purpose alone. @purpose has at most seven characters.
 */
int sevfw_derive(const char *purpose, uint64_t serial, uint32_t index,
		 uint8_t out[SEVFW_DERIVED_SIZE]);

int sevfw_ec_generate(uint8_t scalar[SEVFW_SCALAR_SIZE]);
int sevfw_ec_from_seed(const uint8_t seed[SEVFW_DERIVED_SIZE],
		       uint8_t scalar[SEVFW_SCALAR_SIZE]);
int sevfw_ec_public(const uint8_t scalar[SEVFW_SCALAR_SIZE], uint8_t x[SEVFW_EC_SIZE],
		    uint8_t y[SEVFW_EC_SIZE]);
int sevfw_ec_sign(const uint8_t scalar[SEVFW_SCALAR_SIZE], enum sevfw_hash hash,
		  const void *data, size_t length, uint8_t r[SEVFW_EC_SIZE],
		  uint8_t s[SEVFW_EC_SIZE]);
int sevfw_ec_verify(bool p256, const uint8_t x[SEVFW_EC_SIZE], const uint8_t y[SEVFW_EC_SIZE],
		    enum sevfw_hash hash, const void *data, size_t length,
		    const uint8_t r[SEVFW_EC_SIZE], const uint8_t s[SEVFW_EC_SIZE]);

/* A private RSA key with exponent 65537, as its two primes, big endian. */
struct sevfw_rsa_key {
	uint8_t p[SEVFW_RSA_SIZE / 2];
	uint8_t q[SEVFW_RSA_SIZE / 2];
};

/* PSS, with a salt as long as the digest. */
int sevfw_rsa_public(const struct sevfw_rsa_key *key, uint8_t exponent[SEVFW_RSA_SIZE],
		     uint8_t modulus[SEVFW_RSA_SIZE]);
int sevfw_rsa_sign(const struct sevfw_rsa_key *key, enum sevfw_hash hash, const void *data,
		   size_t length, uint8_t signature[SEVFW_RSA_SIZE]);
/* @size of the key in bytes. */
int sevfw_rsa_verify(const uint8_t *exponent, const uint8_t *modulus, size_t size,
		     enum sevfw_hash hash, const void *data, size_t length,
		     const uint8_t *signature);

/* AES-256-GCM in place; @aad is not encrypted. */
int sevfw_seal(const uint8_t key[32], const uint8_t iv[SEVFW_IV_SIZE], const void *aad,
	       size_t aad_length, void *data, size_t length, uint8_t tag[SEVFW_TAG_SIZE]);
int sevfw_unseal(const uint8_t key[32], const uint8_t iv[SEVFW_IV_SIZE], const void *aad,
		 size_t aad_length, void *data, size_t length,
		 const uint8_t tag[SEVFW_TAG_SIZE]);

#endif
