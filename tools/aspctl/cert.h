/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The certificates of SEV, taken apart and verified. Pure logic: it compiles
 * into the tool, into a test and into a fuzzer.
 *
 * Two formats, from AMD publication 55766. Appendix C: certificates of one
 * platform (PDH, PEK, OCA, CEK), always 2084 bytes. Appendix B: AMD's own
 * (ASK, ARK), whose length follows from their key's. Neither names its format;
 * all numbers are little endian, those of keys and signatures included.
 */
#ifndef ASPCTL_CERT_H
#define ASPCTL_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of a platform's certificate, and how much of it is signed. */
#define SEV_CERT_SIZE		2084
#define SEV_CERT_BODY		1044
/* A whole chain has six. */
#define SEV_CERT_LIST_MAX	8
/* Longest file of certificates that makes sense. */
#define SEV_CERT_FILE_MAX	(SEV_CERT_LIST_MAX * SEV_CERT_SIZE)

/*
 * enum sev_cert_usage - what a key is for
 * @SEV_CERT_ARK: AMD's root key
 * @SEV_CERT_ASK: AMD's SEV signing key, signed by the ARK
 * @SEV_CERT_NONE: in a signature: there is none
 * @SEV_CERT_OCA: certificate authority of the platform's owner, signs itself
 * @SEV_CERT_PEK: platform endorsement key, signed by OCA and CEK
 * @SEV_CERT_PDH: platform Diffie-Hellman key, signed by the PEK
 * @SEV_CERT_CEK: chip endorsement key, signed by the ASK
 */
enum sev_cert_usage {
	SEV_CERT_ARK	= 0x0000,
	SEV_CERT_ASK	= 0x0013,
	SEV_CERT_NONE	= 0x1000,
	SEV_CERT_OCA	= 0x1001,
	SEV_CERT_PEK	= 0x1002,
	SEV_CERT_PDH	= 0x1003,
	SEV_CERT_CEK	= 0x1004,
};

/* Algorithms: a kind of key, and SHA-384 instead of SHA-256. */
#define SEV_CERT_RSA		0x001
#define SEV_CERT_ECDSA		0x002
#define SEV_CERT_ECDH		0x003
#define SEV_CERT_SHA384		0x100

/*
 * struct sev_cert_key - a public key; pointers go into the certificate
 * @rsa: RSA, else an elliptic curve
 * @bits: of the modulus, or of the curve: 256 or 384
 * @first: exponent, or x
 * @second: modulus, or y
 * @size: bytes of each
 */
struct sev_cert_key {
	bool rsa;
	unsigned int bits;
	const uint8_t *first;
	const uint8_t *second;
	size_t size;
};

/*
 * struct sev_cert_signature - a signature; pointers go into the certificate
 * @usage: of the key that made it
 * @algorithm: SEV_CERT_RSA or SEV_CERT_ECDSA, and the digest
 * @first: the signature of RSA, or r
 * @second: s
 * @size: bytes of each
 */
struct sev_cert_signature {
	uint32_t usage;
	uint32_t algorithm;
	const uint8_t *first;
	const uint8_t *second;
	size_t size;
};

/*
 * struct sev_cert - a certificate that was taken apart
 * @amd: AMD's format, else a platform's
 * @api_major: of the firmware that made it; not in AMD's
 * @api_minor: of the firmware that made it; not in AMD's
 * @usage: &enum sev_cert_usage
 * @algorithm: what the key is used with
 * @key: the key it is about
 * @key_id: 16 bytes that name the key; AMD's only, else NULL
 * @signer_id: 16 bytes that name the signer's key; AMD's only, else NULL
 * @signatures: how many of @signature are there
 * @signature: those that are not empty
 * @data: the whole certificate
 * @size: its length
 * @body: how much of it, from the start, is signed
 */
struct sev_cert {
	bool amd;
	uint8_t api_major;
	uint8_t api_minor;
	uint32_t usage;
	uint32_t algorithm;
	struct sev_cert_key key;
	const uint8_t *key_id;
	const uint8_t *signer_id;
	unsigned int signatures;
	struct sev_cert_signature signature[2];
	const uint8_t *data;
	size_t size;
	size_t body;
};

/*
 * struct sev_cert_error - why bytes are no certificate
 * @offset: of the field, from the start of the bytes
 * @text: which field, what it says and what it should
 */
struct sev_cert_error {
	size_t offset;
	char text[128];
};

/*
 * sev_cert_parse - take apart the certificate at the start of some bytes
 * @data: bytes of any origin; they have to stay while @cert is used
 * @size: how many there are; more than the certificate is fine
 *
 * Accepts an ARK without signature where the bytes end with it: AMD published
 * one for the first EPYC.
 *
 * Return: 0 with @cert, or -1 with @error. Both are written completely.
 */
int sev_cert_parse(const void *data, size_t size, struct sev_cert *cert,
		   struct sev_cert_error *error);

/* What struct sev_cert_chain is indexed by, from the platform to its root. */
enum sev_cert_link {
	SEV_CHAIN_PDH,
	SEV_CHAIN_PEK,
	SEV_CHAIN_OCA,
	SEV_CHAIN_CEK,
	SEV_CHAIN_ASK,
	SEV_CHAIN_ARK,
	SEV_CHAIN_CERTS
};

/*
 * struct sev_cert_chain - certificates by their usage
 * @has: whether there is one
 * @cert: it
 * @size: of all of them together
 */
struct sev_cert_chain {
	bool has[SEV_CHAIN_CERTS];
	struct sev_cert cert[SEV_CHAIN_CERTS];
	size_t size;
};

/*
 * sev_cert_chain_add - take apart certificates that follow each other
 * @chain: gets them; zeroed before the first call
 * @data: as for sev_cert_parse(), but nothing else may follow
 *
 * Any order is accepted, but each usage only once over all calls.
 *
 * Return: how many there were (not 0), or -1 with @error.
 */
int sev_cert_chain_add(struct sev_cert_chain *chain, const void *data,
		       size_t size, struct sev_cert_error *error);

/* sev_cert_usage_name - "PEK"; NULL for what is not known */
const char *sev_cert_usage_name(uint32_t usage);

/* sev_cert_algorithm_name - "ECDSA with SHA-256"; NULL for what is not known */
const char *sev_cert_algorithm_name(uint32_t algorithm);

/*
 * enum sev_cert_verdict - what is to be said of a signature
 * @SEV_CERT_GOOD: it was made with that key over that certificate
 * @SEV_CERT_BAD: it was not
 * @SEV_CERT_UNSIGNED: there is no signature by such a key
 */
enum sev_cert_verdict {
	SEV_CERT_GOOD,
	SEV_CERT_BAD,
	SEV_CERT_UNSIGNED,
};

/*
 * sev_cert_verify - whether a key has signed a certificate (cert_verify.c)
 * @cert: what is signed
 * @signer: whose key it should be; may be @cert
 * @why: a sentence without its point on anything but SEV_CERT_GOOD
 */
enum sev_cert_verdict sev_cert_verify(const struct sev_cert *cert,
				      const struct sev_cert *signer,
				      const char **why);

/* sev_cert_fingerprint - SHA-256 of what is signed. Return: 0, or -1. */
int sev_cert_fingerprint(const struct sev_cert *cert, uint8_t digest[32]);

#endif
