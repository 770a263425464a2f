// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates in the format of AMD publication 55766, appendix C. */
#include "sevfw_cert.h"

#include <string.h>

#define CERT_VERSION	1
#define HASH_BIT	0x100u

void sevfw_cert_clear(struct sevfw_cert *cert, unsigned int slot)
{
	struct sevfw_signature *signature = &cert->signatures[slot];

	memset(signature, 0, sizeof(*signature));
	signature->usage = SEVFW_USAGE_NONE;
	signature->algorithm = SEVFW_ALGORITHM_NONE;
}

int sevfw_cert_start(struct sevfw_cert *cert, enum sevfw_usage usage,
		     enum sevfw_algorithm algorithm, const uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	uint8_t x[SEVFW_EC_SIZE], y[SEVFW_EC_SIZE];

	if (sevfw_ec_public(scalar, x, y))
		return -1;
	memset(cert, 0, sizeof(*cert));
	cert->version = CERT_VERSION;
	cert->usage = usage;
	cert->algorithm = algorithm;
	cert->key.ec.curve = SEVFW_CURVE_P384;
	memcpy(cert->key.ec.x, x, sizeof(x));
	memcpy(cert->key.ec.y, y, sizeof(y));
	sevfw_cert_clear(cert, 0);
	sevfw_cert_clear(cert, 1);
	return 0;
}

int sevfw_cert_sign(struct sevfw_cert *cert, unsigned int slot, enum sevfw_usage usage,
		    const uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	struct sevfw_signature *signature = &cert->signatures[slot];

	sevfw_cert_clear(cert, slot);
	if (sevfw_ec_sign(scalar, SEVFW_SHA256, cert, SEVFW_CERT_BODY, signature->ec.r,
			  signature->ec.s))
		return -1;
	signature->usage = usage;
	signature->algorithm = SEVFW_ECDSA_SHA256;
	return 0;
}

static bool is_rsa(uint32_t algorithm)
{
	return (algorithm & ~HASH_BIT) == SEVFW_RSA_SHA256;
}

static bool is_ecdsa(uint32_t algorithm)
{
	return (algorithm & ~HASH_BIT) == SEVFW_ECDSA_SHA256;
}

bool sevfw_cert_is(const struct sevfw_cert *cert, enum sevfw_usage usage)
{
	if (cert->version != CERT_VERSION || cert->reserved || cert->usage != usage)
		return false;
	if (is_rsa(cert->algorithm))
		return cert->key.rsa.bits == 2048 || cert->key.rsa.bits == 4096;
	return is_ecdsa(cert->algorithm) && (cert->key.ec.curve == SEVFW_CURVE_P256 ||
					     cert->key.ec.curve == SEVFW_CURVE_P384);
}

static bool verify(const struct sevfw_cert *cert, const struct sevfw_signature *signature,
		   const struct sevfw_cert *signer)
{
	const struct sevfw_pubkey *key = &signer->key;
	enum sevfw_hash hash = signer->algorithm & HASH_BIT ? SEVFW_SHA384 : SEVFW_SHA256;

	if (signature->usage != signer->usage || signature->algorithm != signer->algorithm)
		return false;
	if (is_rsa(signer->algorithm))
		return !sevfw_rsa_verify(key->rsa.exponent, key->rsa.modulus, key->rsa.bits / 8,
					 hash, cert, SEVFW_CERT_BODY, signature->rsa);
	return !sevfw_ec_verify(key->ec.curve == SEVFW_CURVE_P256, key->ec.x, key->ec.y, hash,
				cert, SEVFW_CERT_BODY, signature->ec.r, signature->ec.s);
}

const struct sevfw_signature *sevfw_cert_find(const struct sevfw_cert *cert,
					      const struct sevfw_cert *signer)
{
	if (!sevfw_cert_is(signer, signer->usage))
		return NULL;
	for (size_t i = 0; i < 2; i++) {
		if (verify(cert, &cert->signatures[i], signer))
			return &cert->signatures[i];
	}
	return NULL;
}
