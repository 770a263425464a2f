// SPDX-License-Identifier: GPL-2.0-only
/*
 * Certificates of SEV, byte by byte. Whatever the bytes are, nothing beyond
 * them is read, and what is accepted has sizes that OpenSSL can be given.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cert.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * Appendix C of 55766:
 *
 *	   0 version 1           16 public key, 1028 bytes:
 *	   4 API major              RSA: bits, exponent[512], modulus[512]
 *	   5 API minor              curves: curve, x[72], y[72]
 *	   6 reserved          1044 signature, 1564 another, 520 bytes each:
 *	   8 usage                  usage, algorithm, then
 *	  12 algorithm              RSA: signature[512]; ECDSA: r[72], s[72]
 */
#define VERSION		1
#define AT_API		4
#define AT_RESERVED	6
#define AT_USAGE	8
#define AT_ALGORITHM	12
#define AT_KEY		16
#define SIGNATURE_SIZE	520
#define RSA_MAX		512
#define EC_ROOM		72
#define CURVE_P256	1
#define CURVE_P384	2

/* Appendix B: 64 bytes, then exponent, modulus and signature of the key's size. */
#define AMD_AT_KEY_ID		4
#define AMD_AT_SIGNER_ID	20
#define AMD_AT_USAGE		36
#define AMD_AT_EXPONENT_BITS	56
#define AMD_AT_MODULUS_BITS	60
#define AMD_HEADER		64

#define RSA_BITS_WRONG	"public key: an RSA modulus of %u bits is not 2048 or 4096"

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

__attribute__((format(printf, 3, 4)))
static int fail(struct sev_cert_error *error, size_t offset, const char *fmt, ...)
{
	va_list args;

	error->offset = offset;
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	return -1;
}

static const struct {
	uint32_t usage;
	const char *name;
	int link;
} usages[] = {
	{ SEV_CERT_ARK, "ARK", SEV_CHAIN_ARK },
	{ SEV_CERT_ASK, "ASK", SEV_CHAIN_ASK },
	{ SEV_CERT_OCA, "OCA", SEV_CHAIN_OCA },
	{ SEV_CERT_PEK, "PEK", SEV_CHAIN_PEK },
	{ SEV_CERT_PDH, "PDH", SEV_CHAIN_PDH },
	{ SEV_CERT_CEK, "CEK", SEV_CHAIN_CEK },
};

const char *sev_cert_usage_name(uint32_t usage)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usages); i++)
		if (usages[i].usage == usage)
			return usages[i].name;
	return NULL;
}

const char *sev_cert_algorithm_name(uint32_t algorithm)
{
	switch (algorithm) {
	case SEV_CERT_RSA:
		return "RSA with SHA-256";
	case SEV_CERT_ECDSA:
		return "ECDSA with SHA-256";
	case SEV_CERT_ECDH:
		return "ECDH with SHA-256";
	case SEV_CERT_RSA | SEV_CERT_SHA384:
		return "RSA with SHA-384";
	case SEV_CERT_ECDSA | SEV_CERT_SHA384:
		return "ECDSA with SHA-384";
	case SEV_CERT_ECDH | SEV_CERT_SHA384:
		return "ECDH with SHA-384";
	}
	return NULL;
}

static bool is_rsa(uint32_t algorithm)
{
	return (algorithm & ~SEV_CERT_SHA384) == SEV_CERT_RSA;
}

static bool all_zero(const uint8_t *p, size_t size)
{
	while (size && !*p) {
		p++;
		size--;
	}
	return !size;
}

static int parse_rsa_key(const uint8_t *p, struct sev_cert_key *key,
			 struct sev_cert_error *error)
{
	key->bits = get32(p);
	if (key->bits != 2048 && key->bits != 4096)
		return fail(error, AT_KEY, RSA_BITS_WRONG, key->bits);
	key->rsa = true;
	key->size = key->bits / 8;
	key->first = p + 4;
	key->second = p + 4 + RSA_MAX;
	return 0;
}

/* A coordinate has more room than it needs: all of it counts. */
static int parse_ec_key(const uint8_t *p, struct sev_cert_key *key,
			struct sev_cert_error *error)
{
	uint32_t curve = get32(p);

	if (curve != CURVE_P256 && curve != CURVE_P384)
		return fail(error, AT_KEY,
			    "public key: curve %u is not 1 (P-256) or 2 (P-384)",
			    curve);
	key->bits = curve == CURVE_P256 ? 256 : 384;
	key->size = key->bits / 8;
	key->first = p + 4;
	key->second = p + 4 + EC_ROOM;
	if (!all_zero(key->first + key->size, EC_ROOM - key->size) ||
	    !all_zero(key->second + key->size, EC_ROOM - key->size))
		return fail(error, AT_KEY + 4,
			    "public key: a coordinate is longer than its curve's %u bits",
			    key->bits);
	return 0;
}

static int parse_signature(struct sev_cert *cert, size_t offset,
			   struct sev_cert_error *error)
{
	struct sev_cert_signature *s = &cert->signature[cert->signatures];
	const uint8_t *p = cert->data + offset;

	s->usage = get32(p);
	s->algorithm = get32(p + 4);
	/* Requests have both empty, and tools write that in two ways. */
	if (s->usage == SEV_CERT_NONE || !s->algorithm)
		return 0;
	if (!sev_cert_usage_name(s->usage))
		return fail(error, offset, "signature: 0x%04x is no usage of a key", s->usage);
	if (!sev_cert_algorithm_name(s->algorithm) ||
	    (s->algorithm & ~SEV_CERT_SHA384) == SEV_CERT_ECDH)
		return fail(error, offset + 4, "signature: 0x%03x is no algorithm that signs",
			    s->algorithm);
	s->first = p + 8;
	if (is_rsa(s->algorithm)) {
		s->size = RSA_MAX;
	} else {
		s->second = s->first + EC_ROOM;
		s->size = EC_ROOM;
	}
	cert->signatures++;
	return 0;
}

static bool platform_usage(uint32_t usage)
{
	return usage >= SEV_CERT_OCA && usage <= SEV_CERT_CEK;
}

static int parse_platform(struct sev_cert *cert, size_t size,
			  struct sev_cert_error *error)
{
	const uint8_t *p = cert->data;
	bool agrees;
	int ret;

	if (size < SEV_CERT_SIZE)
		return fail(error, size, "the certificate has %zu of its %u bytes",
			    size, SEV_CERT_SIZE);
	cert->size = SEV_CERT_SIZE;
	cert->body = SEV_CERT_BODY;
	cert->api_major = p[AT_API];
	cert->api_minor = p[AT_API + 1];
	if (!all_zero(p + AT_RESERVED, 2))
		return fail(error, AT_RESERVED, "reserved bytes are not zero");
	cert->algorithm = get32(p + AT_ALGORITHM);
	if (!sev_cert_algorithm_name(cert->algorithm))
		return fail(error, AT_ALGORITHM, "algorithm: 0x%03x is not known",
			    cert->algorithm);
	/* The PDH agrees on secrets, the others sign. */
	agrees = (cert->algorithm & ~SEV_CERT_SHA384) == SEV_CERT_ECDH;
	if (cert->usage == SEV_CERT_PDH ? !agrees : agrees)
		return fail(error, AT_ALGORITHM, "algorithm: %s is not for a %s",
			    sev_cert_algorithm_name(cert->algorithm),
			    sev_cert_usage_name(cert->usage));
	if (is_rsa(cert->algorithm))
		ret = parse_rsa_key(p + AT_KEY, &cert->key, error);
	else
		ret = parse_ec_key(p + AT_KEY, &cert->key, error);
	if (!ret)
		ret = parse_signature(cert, SEV_CERT_BODY, error);
	if (!ret)
		ret = parse_signature(cert, SEV_CERT_BODY + SIGNATURE_SIZE, error);
	return ret;
}

static int parse_amd(struct sev_cert *cert, size_t size,
		     struct sev_cert_error *error)
{
	struct sev_cert_signature *s = &cert->signature[0];
	const uint8_t *p = cert->data;
	uint32_t bits;

	cert->amd = true;
	cert->key_id = p + AMD_AT_KEY_ID;
	cert->signer_id = p + AMD_AT_SIGNER_ID;
	bits = get32(p + AMD_AT_MODULUS_BITS);
	if (bits != 2048 && bits != 4096)
		return fail(error, AMD_AT_MODULUS_BITS, RSA_BITS_WRONG, bits);
	if (get32(p + AMD_AT_EXPONENT_BITS) != bits)
		return fail(error, AMD_AT_EXPONENT_BITS,
			    "public key: room for an exponent of %u bits beside a modulus of %u",
			    get32(p + AMD_AT_EXPONENT_BITS), bits);
	cert->key.rsa = true;
	cert->key.bits = bits;
	cert->key.size = bits / 8;
	cert->algorithm = SEV_CERT_RSA | (bits == 4096 ? SEV_CERT_SHA384 : 0);
	cert->body = AMD_HEADER + 2 * cert->key.size;
	cert->size = cert->body + cert->key.size;
	cert->key.first = p + AMD_HEADER;
	cert->key.second = p + AMD_HEADER + cert->key.size;
	if (size == cert->body && cert->usage == SEV_CERT_ARK) {
		cert->size = cert->body;
		return 0;
	}
	if (size < cert->size)
		return fail(error, size, "the certificate has %zu of its %zu bytes",
			    size, cert->size);
	/* Only the ARK signs them, with a key as long as theirs. */
	s->usage = SEV_CERT_ARK;
	s->algorithm = cert->algorithm;
	s->first = p + cert->body;
	s->size = cert->key.size;
	cert->signatures = 1;
	return 0;
}

int sev_cert_parse(const void *data, size_t size, struct sev_cert *cert,
		   struct sev_cert_error *error)
{
	uint32_t version, usage;

	memset(cert, 0, sizeof(*cert));
	memset(error, 0, sizeof(*error));
	cert->data = data;
	if (size < AMD_HEADER)
		return fail(error, size, "%zu bytes are too few for a certificate", size);
	version = get32(cert->data);
	if (version != VERSION)
		return fail(error, 0, "version: %u is not %u", version, VERSION);
	/* What is the usage in one format is part of a random number in the other. */
	cert->usage = get32(cert->data + AT_USAGE);
	if (platform_usage(cert->usage))
		return parse_platform(cert, size, error);
	usage = get32(cert->data + AMD_AT_USAGE);
	if (usage == SEV_CERT_ARK || usage == SEV_CERT_ASK) {
		cert->usage = usage;
		return parse_amd(cert, size, error);
	}
	return fail(error, AT_USAGE, "usage: 0x%04x is that of no certificate", cert->usage);
}

static int link_of(uint32_t usage)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usages); i++)
		if (usages[i].usage == usage)
			return usages[i].link;
	return -1;
}

int sev_cert_chain_add(struct sev_cert_chain *chain, const void *data,
		       size_t size, struct sev_cert_error *error)
{
	const uint8_t *bytes = data;
	size_t offset = 0;
	int count = 0;

	do {
		struct sev_cert cert;
		int link;

		if (sev_cert_parse(bytes + offset, size - offset, &cert, error)) {
			error->offset += offset;
			return -1;
		}
		link = link_of(cert.usage);
		if (chain->has[link])
			return fail(error, offset, "a second %s", sev_cert_usage_name(cert.usage));
		chain->has[link] = true;
		chain->cert[link] = cert;
		chain->size += cert.size;
		offset += cert.size;
		count++;
	} while (offset < size);
	return count;
}
