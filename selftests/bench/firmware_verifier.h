/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verifies a platform's certificates, from the Diffie-Hellman key up to the
 * root, as a guest's owner does who trusts nothing but the root.
 *
 * Written from the formats' tables in AMD publication 55766 and from the
 * standards (FIPS 186-4 for ECDSA, RFC 8017 for PSS) down to the arithmetic,
 * so that it has nothing in common with the firmware library that makes the
 * certificates: no structure, no constant, not even OpenSSL's idea of a
 * signature. What it demands beyond right signatures is what real
 * certificates look like, and what clients insist on.
 */
#ifndef FIRMWARE_VERIFIER_H
#define FIRMWARE_VERIFIER_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Appendix C: a certificate of the platform. */
#define V_CERT_SIZE	2084
#define V_BODY_SIZE	1044
#define V_KEY		16
#define V_SIGNATURE(n)	(V_BODY_SIZE + (n) * 520)
/* Appendix B: a certificate of AMD with 4096 bits. */
#define V_CA_SIZE	1600
#define V_CA_BODY	1088

#define V_ARK		0x0000u
#define V_ASK		0x0013u
#define V_UNUSED	0x1000u
#define V_OCA		0x1001u
#define V_PEK		0x1002u
#define V_PDH		0x1003u
#define V_CEK		0x1004u

static inline uint32_t v_u32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline bool v_zero(const uint8_t *p, size_t length)
{
	while (length--)
		if (*p++)
			return false;
	return true;
}

static inline size_t v_hash(bool sha384, const void *data, size_t length, uint8_t *out)
{
	EVP_Digest(data, length, out, NULL, sha384 ? EVP_sha384() : EVP_sha256(), NULL);
	return sha384 ? 48 : 32;
}

/* FIPS 186-4, section 6.4: is (r, s) a signature of the digest under (x, y)? */
static inline bool v_ecdsa(int curve, const uint8_t *x, const uint8_t *y, const uint8_t *r,
			   const uint8_t *s, const uint8_t *digest, size_t digest_length)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
	EC_POINT *q = EC_POINT_new(group), *sum = EC_POINT_new(group);
	BN_CTX *c = BN_CTX_new();
	const BIGNUM *n = EC_GROUP_get0_order(group);
	BIGNUM *bx = BN_lebin2bn(x, 72, NULL), *by = BN_lebin2bn(y, 72, NULL);
	BIGNUM *br = BN_lebin2bn(r, 72, NULL), *bs = BN_lebin2bn(s, 72, NULL);
	BIGNUM *e = BN_bin2bn(digest, digest_length, NULL);
	BIGNUM *w = BN_new(), *u1 = BN_new(), *u2 = BN_new();
	bool ok = false;

	/* A digest that is longer than n is cut on its right side. */
	if ((int)digest_length * 8 > BN_num_bits(n))
		BN_rshift(e, e, (int)digest_length * 8 - BN_num_bits(n));
	if (BN_is_zero(br) || BN_is_zero(bs) || BN_cmp(br, n) >= 0 || BN_cmp(bs, n) >= 0)
		goto out;
	if (!EC_POINT_set_affine_coordinates(group, q, bx, by, c) ||
	    EC_POINT_is_on_curve(group, q, c) != 1)
		goto out;
	BN_mod_inverse(w, bs, n, c);
	BN_mod_mul(u1, e, w, n, c);
	BN_mod_mul(u2, br, w, n, c);
	EC_POINT_mul(group, sum, u1, q, u2, c);
	if (EC_POINT_is_at_infinity(group, sum))
		goto out;
	EC_POINT_get_affine_coordinates(group, sum, bx, by, c);
	BN_nnmod(bx, bx, n, c);
	ok = !BN_cmp(bx, br);
out:
	BN_free(u2);
	BN_free(u1);
	BN_free(w);
	BN_free(e);
	BN_free(bs);
	BN_free(br);
	BN_free(by);
	BN_free(bx);
	BN_CTX_free(c);
	EC_POINT_free(sum);
	EC_POINT_free(q);
	EC_GROUP_free(group);
	return ok;
}

/* RFC 8017, section 9.1.2, with MGF1 over the same hash and a salt of its length. */
static inline bool v_pss(bool sha384, const uint8_t *em, size_t em_length,
			 const uint8_t *digest)
{
	const size_t h = sha384 ? 48 : 32, db_length = em_length - h - 1;
	const uint8_t *masked = em, *hash = em + db_length;
	uint8_t db[512], mask[64], seed[64 + 4], m[8 + 64 + 64], again[64];

	if (em[em_length - 1] != 0xbc || em[0] & 0x80)
		return false;
	memcpy(seed, hash, h);
	for (size_t i = 0; i < db_length; i++) {
		if (i % h == 0) {
			uint32_t n = i / h;

			seed[h] = n >> 24;
			seed[h + 1] = n >> 16;
			seed[h + 2] = n >> 8;
			seed[h + 3] = n;
			v_hash(sha384, seed, h + 4, mask);
		}
		db[i] = masked[i] ^ mask[i % h];
	}
	db[0] &= 0x7f;
	if (!v_zero(db, db_length - h - 1) || db[db_length - h - 1] != 1)
		return false;
	memset(m, 0, 8);
	memcpy(m + 8, digest, h);
	memcpy(m + 8 + h, db + db_length - h, h);
	v_hash(sha384, m, 8 + 2 * h, again);
	return !memcmp(again, hash, h);
}

static inline bool v_rsa(size_t size, const uint8_t *exponent, const uint8_t *modulus,
			 const uint8_t *signature, bool sha384, const uint8_t *digest)
{
	BN_CTX *c = BN_CTX_new();
	BIGNUM *n = BN_lebin2bn(modulus, size, NULL), *e = BN_lebin2bn(exponent, size, NULL);
	BIGNUM *s = BN_lebin2bn(signature, size, NULL), *m = BN_new();
	uint8_t em[512];
	bool ok = BN_num_bits(n) == (int)size * 8 && BN_is_odd(n) && BN_is_odd(e) &&
		  BN_cmp(s, n) < 0 && BN_mod_exp(m, s, e, n, c) &&
		  BN_bn2binpad(m, em, size) == (int)size && v_pss(sha384, em, size, digest);

	BN_free(m);
	BN_free(s);
	BN_free(e);
	BN_free(n);
	BN_CTX_free(c);
	return ok;
}

/* The form of a platform's certificate: NULL, or what is wrong with it. */
static inline const char *v_form(const uint8_t *cert, uint32_t usage)
{
	const uint32_t algorithm = v_u32(cert + 12);
	const uint8_t *key = cert + V_KEY;
	size_t bytes;

	if (v_u32(cert) != 1)
		return "version is not 1";
	if (cert[6] || cert[7])
		return "reserved bytes are not zero";
	if (v_u32(cert + 8) != usage)
		return "another usage";
	if (algorithm == 1 || algorithm == 0x101) {
		if (usage != V_OCA)
			return "RSA is for owners";
		return v_u32(key) == 2048 || v_u32(key) == 4096 ? NULL : "a strange RSA key";
	}
	if (algorithm != (usage == V_PDH ? 3 : 2) && (usage != V_OCA || algorithm != 0x102))
		return "another algorithm";
	if (v_u32(key) != 2 && (usage != V_OCA || v_u32(key) != 1))
		return "the curve is not P-384";
	bytes = v_u32(key) == 1 ? 32 : 48;
	if (!v_zero(key + 4 + bytes, 72 - bytes) || !v_zero(key + 76 + bytes, 72 - bytes) ||
	    !v_zero(key + 148, 1028 - 148))
		return "the key's unused bytes are not zero";
	return NULL;
}

/* Did @signer sign @cert in place @n? NULL, or why not. */
static inline const char *v_signed(const uint8_t *cert, unsigned int n, const uint8_t *signer)
{
	const uint8_t *signature = cert + V_SIGNATURE(n), *key = signer + V_KEY;
	const uint32_t algorithm = v_u32(signer + 12);
	const bool sha384 = algorithm & 0x100;
	uint8_t digest[64];
	size_t length;

	if (v_u32(signature) != v_u32(signer + 8))
		return "the signature names another key";
	if (v_u32(signature + 4) != algorithm)
		return "the signature names another algorithm";
	length = v_hash(sha384, cert, V_BODY_SIZE, digest);
	if ((algorithm & 0xff) == 1)
		return v_rsa(v_u32(key) / 8, key + 4, key + 4 + 512, signature + 8, sha384,
			     digest) ? NULL : "the signature is wrong";
	if (!v_zero(signature + 152, 520 - 152))
		return "the signature's unused bytes are not zero";
	return v_ecdsa(v_u32(key) == 1 ? NID_X9_62_prime256v1 : NID_secp384r1, key + 4,
		       key + 76, signature + 8, signature + 80, digest, length) ?
		NULL : "the signature is wrong";
}

static inline const char *v_unsigned(const uint8_t *cert, unsigned int n)
{
	const uint8_t *signature = cert + V_SIGNATURE(n);

	if (v_u32(signature) != V_UNUSED || !v_zero(signature + 4, 516))
		return "a signature that nobody needs";
	return NULL;
}

/* AMD's own certificates, of which @signer signed @cert. */
static inline const char *v_ca(const uint8_t *cert, uint32_t usage, const uint8_t *signer)
{
	uint8_t digest[64];

	if (v_u32(cert) != 1 || v_u32(cert + 36) != usage || !v_zero(cert + 40, 16) ||
	    v_u32(cert + 56) != 4096 || v_u32(cert + 60) != 4096)
		return "not the certificate that belongs there";
	if (memcmp(cert + 20, signer + 4, 16))
		return "it names another key as its signer's";
	v_hash(true, cert, V_CA_BODY, digest);
	return v_rsa(512, signer + 64, signer + 576, cert + V_CA_BODY, true, digest) ?
		NULL : "the signature is wrong";
}

/* The CEK is an ordinary certificate, but the key above it is in AMD's format. */
static inline const char *v_cek(const uint8_t *cek, const uint8_t *ask)
{
	const uint8_t *signature = cek + V_SIGNATURE(0);
	uint8_t digest[64];

	if (v_u32(signature) != V_ASK || v_u32(signature + 4) != 0x101)
		return "not signed by an ASK";
	v_hash(true, cek, V_BODY_SIZE, digest);
	return v_rsa(512, ask + 64, ask + 576, signature + 8, true, digest) ?
		NULL : "the signature is wrong";
}

/* What sevctl exports, in its order. */
struct v_chain {
	const uint8_t *pdh, *pek, *oca, *cek, *ask, *ark;
};

/*
 * NULL if all is well from the root down. Else what is wrong, and @where the
 * link's name.
 */
static inline const char *v_verify(const struct v_chain *c, const char **where)
{
	const char *e;

	*where = "ARK";
	e = v_ca(c->ark, V_ARK, c->ark);
	if (e)
		return e;
	*where = "ASK";
	e = v_ca(c->ask, V_ASK, c->ark);
	if (e)
		return e;
	*where = "CEK";
	e = v_form(c->cek, V_CEK);
	if (!e)
		e = v_cek(c->cek, c->ask);
	if (!e)
		e = v_unsigned(c->cek, 1);
	if (e)
		return e;
	*where = "OCA";
	e = v_form(c->oca, V_OCA);
	if (!e)
		e = v_signed(c->oca, 0, c->oca);
	if (!e)
		e = v_unsigned(c->oca, 1);
	if (e)
		return e;
	*where = "PEK";
	e = v_form(c->pek, V_PEK);
	if (!e)
		e = v_signed(c->pek, 0, c->oca);
	if (!e)
		e = v_signed(c->pek, 1, c->cek);
	if (e)
		return e;
	*where = "PDH";
	e = v_form(c->pdh, V_PDH);
	if (!e)
		e = v_signed(c->pdh, 0, c->pek);
	if (!e)
		e = v_unsigned(c->pdh, 1);
	return e;
}

#endif
