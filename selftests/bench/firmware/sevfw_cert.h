/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two certificate formats of AMD publication 55766: appendix B (ARK and
 * ASK, what AMD signs with) and appendix C (everything else). Big numbers are
 * little endian, unlike in any standard.
 */
#ifndef SEVFW_CERT_H
#define SEVFW_CERT_H

#include <stddef.h>

#include "sevfw_abi.h"
#include "sevfw_key.h"

enum sevfw_usage {
	SEVFW_USAGE_ARK		= 0x0000,
	SEVFW_USAGE_ASK		= 0x0013,
	SEVFW_USAGE_NONE	= 0x1000,	/* of an empty signature */
	SEVFW_USAGE_OCA		= 0x1001,
	SEVFW_USAGE_PEK		= 0x1002,
	SEVFW_USAGE_PDH		= 0x1003,
	SEVFW_USAGE_CEK		= 0x1004,
};

/* Bit 8 is the hash: SHA-256 or SHA-384. */
enum sevfw_algorithm {
	SEVFW_ALGORITHM_NONE		= 0x000,
	SEVFW_RSA_SHA256		= 0x001,
	SEVFW_ECDSA_SHA256		= 0x002,
	SEVFW_ECDH_SHA256		= 0x003,
	SEVFW_RSA_SHA384		= 0x101,
	SEVFW_ECDSA_SHA384		= 0x102,
	SEVFW_ECDH_SHA384		= 0x103,
};

#define SEVFW_CURVE_P256	1u
#define SEVFW_CURVE_P384	2u

struct sevfw_pubkey {
	union {
		struct {
			uint32_t curve;
			uint8_t x[SEVFW_EC_SIZE];
			uint8_t y[SEVFW_EC_SIZE];
		} SEVFW_PACKED ec;
		struct {
			uint32_t bits;
			uint8_t exponent[SEVFW_RSA_SIZE];
			uint8_t modulus[SEVFW_RSA_SIZE];
		} SEVFW_PACKED rsa;
	};
} SEVFW_PACKED;

struct sevfw_signature {
	uint32_t usage;			/* of the key that signed */
	uint32_t algorithm;
	union {
		struct {
			uint8_t r[SEVFW_EC_SIZE];
			uint8_t s[SEVFW_EC_SIZE];
		} SEVFW_PACKED ec;
		uint8_t rsa[SEVFW_RSA_SIZE];
	};
} SEVFW_PACKED;

struct sevfw_cert {
	uint32_t version;		/* 1 */
	uint8_t api_major;		/* of the firmware that made it */
	uint8_t api_minor;
	uint16_t reserved;
	uint32_t usage;
	uint32_t algorithm;
	struct sevfw_pubkey key;
	/* Signatures are over all that is above. */
	struct sevfw_signature signatures[2];
} SEVFW_PACKED;

#define SEVFW_CERT_BODY		offsetof(struct sevfw_cert, signatures)

struct sevfw_cert_chain {
	struct sevfw_cert pek;
	struct sevfw_cert oca;
	struct sevfw_cert cek;
} SEVFW_PACKED;

/* AMD's own format, here always with 4096 bits. */
struct sevfw_amd_cert {
	uint32_t version;		/* 1 */
	uint8_t key_id[16];
	uint8_t signer_id[16];
	uint32_t usage;
	uint8_t reserved[16];
	uint32_t exponent_bits;
	uint32_t modulus_bits;
	uint8_t exponent[SEVFW_RSA_SIZE];
	uint8_t modulus[SEVFW_RSA_SIZE];
	uint8_t signature[SEVFW_RSA_SIZE];
} SEVFW_PACKED;

#define SEVFW_AMD_CERT_BODY	offsetof(struct sevfw_amd_cert, signature)

/* As AMD publishes it for a family of processors: the ASK comes first. */
struct sevfw_ca_chain {
	struct sevfw_amd_cert ask;
	struct sevfw_amd_cert ark;
} SEVFW_PACKED;

/*
 * Fills @cert but for signatures, which are left empty, with the public key of
 * @scalar. Returns 0, or -1 when OpenSSL fails.
 */
int sevfw_cert_start(struct sevfw_cert *cert, enum sevfw_usage usage,
		     enum sevfw_algorithm algorithm, const uint8_t scalar[SEVFW_SCALAR_SIZE]);

/* Empties that signature. */
void sevfw_cert_clear(struct sevfw_cert *cert, unsigned int slot);

/* Signs with the key @scalar, whose usage is @usage, by ECDSA and SHA-256. */
int sevfw_cert_sign(struct sevfw_cert *cert, unsigned int slot, enum sevfw_usage usage,
		    const uint8_t scalar[SEVFW_SCALAR_SIZE]);

/*
 * Is this a certificate of that usage, with a key that can sign, whoever it is
 * signed by?
 */
bool sevfw_cert_is(const struct sevfw_cert *cert, enum sevfw_usage usage);

/* The signature of @cert that @signer made, or NULL if there is none that is right. */
const struct sevfw_signature *sevfw_cert_find(const struct sevfw_cert *cert,
					      const struct sevfw_cert *signer);

#endif
