// SPDX-License-Identifier: GPL-2.0-or-later
/* Cryptography, all of it OpenSSL's: only byte orders and formats are ours. */
#include "sevfw_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#define P384_BYTES	48
#define POINT_MAX	(1 + 2 * P384_BYTES)

static const EVP_MD *md_of(enum sevfw_hash hash)
{
	return hash == SEVFW_SHA384 ? EVP_sha384() : EVP_sha256();
}

int sevfw_derive(const char *purpose, uint64_t serial, uint32_t index,
		 uint8_t out[SEVFW_DERIVED_SIZE])
{
	struct {
		char purpose[8];
		uint64_t serial;
		uint32_t index;
	} __attribute__((packed)) seed = { .serial = serial, .index = index };
	unsigned int length = 0;

	memcpy(seed.purpose, purpose, strnlen(purpose, sizeof(seed.purpose) - 1));
	if (!EVP_Digest(&seed, sizeof(seed), out, &length, EVP_sha512(), NULL))
		return -1;
	return length == SEVFW_DERIVED_SIZE ? 0 : -1;
}

/* A key out of @params, which this frees. */
static EVP_PKEY *key_from(const char *type, int selection, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!params || !context || EVP_PKEY_fromdata_init(context) <= 0 ||
	    EVP_PKEY_fromdata(context, &key, selection, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	return key;
}

/* From the public point, or from the private scalar alone, which is all that signing needs. */
static EVP_PKEY *ec_key(bool p256, const uint8_t *point, size_t length, const BIGNUM *scalar)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;

	if (b &&
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME,
					    p256 ? "P-256" : "P-384", 0) &&
	    (!point ||
	     OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, length)) &&
	    (!scalar || OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, scalar)))
		params = OSSL_PARAM_BLD_to_param(b);
	OSSL_PARAM_BLD_free(b);
	return key_from("EC", scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
}

/* The point of @scalar, uncompressed: 04, x, y, both big endian. */
static int ec_point(const BIGNUM *scalar, uint8_t out[POINT_MAX])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	int ok = point && EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) &&
		 EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
				    POINT_MAX, NULL) == POINT_MAX;

	EC_POINT_free(point);
	EC_GROUP_free(group);
	return ok ? 0 : -1;
}

static EVP_PKEY *ec_private(const uint8_t *scalar)
{
	BIGNUM *k = BN_secure_new();
	EVP_PKEY *key = NULL;

	if (k && BN_bin2bn(scalar, SEVFW_SCALAR_SIZE, k))
		key = ec_key(false, NULL, 0, k);
	BN_clear_free(k);
	return key;
}

int sevfw_ec_generate(uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	EVP_PKEY *key = EVP_EC_gen("P-384");
	BIGNUM *k = NULL;
	int ok = key && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &k) &&
		 BN_bn2binpad(k, scalar, SEVFW_SCALAR_SIZE) == SEVFW_SCALAR_SIZE;

	BN_clear_free(k);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

/*
 * The way of FIPS 186-4, B.4.1: more random bits than needed, reduced to
 * 1..n-1.
 */
int sevfw_ec_from_seed(const uint8_t seed[SEVFW_DERIVED_SIZE],
		       uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	BIGNUM *k = BN_secure_new(), *n = BN_new();
	BN_CTX *context = BN_CTX_new();
	int ok = group && k && n && context &&
		 BN_bin2bn(seed, SEVFW_DERIVED_SIZE, k) &&
		 EC_GROUP_get_order(group, n, context) && BN_sub_word(n, 1) &&
		 BN_mod(k, k, n, context) && BN_add_word(k, 1) &&
		 BN_bn2binpad(k, scalar, SEVFW_SCALAR_SIZE) == SEVFW_SCALAR_SIZE;

	BN_CTX_free(context);
	BN_free(n);
	BN_clear_free(k);
	EC_GROUP_free(group);
	return ok ? 0 : -1;
}

static void reverse(uint8_t *to, const uint8_t *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		to[i] = from[length - 1 - i];
}

int sevfw_ec_public(const uint8_t scalar[SEVFW_SCALAR_SIZE], uint8_t x[SEVFW_EC_SIZE],
		    uint8_t y[SEVFW_EC_SIZE])
{
	BIGNUM *k = BN_secure_new();
	uint8_t point[POINT_MAX];
	int ok = k && BN_bin2bn(scalar, SEVFW_SCALAR_SIZE, k) && !ec_point(k, point);

	BN_clear_free(k);
	if (!ok)
		return -1;
	memset(x, 0, SEVFW_EC_SIZE);
	memset(y, 0, SEVFW_EC_SIZE);
	reverse(x, point + 1, P384_BYTES);
	reverse(y, point + 1 + P384_BYTES, P384_BYTES);
	return 0;
}

/* Both free @key, and fail when it is NULL: the key could not be made. @pss for RSA. */
static int digest_sign(EVP_PKEY *key, bool pss, enum sevfw_hash hash, const void *data,
		       size_t length, uint8_t *signature, size_t *size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	int ok = key && context &&
		 EVP_DigestSignInit(context, &p, md_of(hash), NULL, key) > 0 &&
		 (!pss || (EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING) > 0 &&
			   EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST) > 0)) &&
		 EVP_DigestSign(context, signature, size, data, length) > 0;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

static int digest_verify(EVP_PKEY *key, bool pss, enum sevfw_hash hash, const void *data,
			 size_t length, const uint8_t *signature, size_t size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	int ok = key && context &&
		 EVP_DigestVerifyInit(context, &p, md_of(hash), NULL, key) > 0 &&
		 (!pss || (EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING) > 0 &&
			   EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST) > 0)) &&
		 EVP_DigestVerify(context, signature, size, data, length) > 0;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

int sevfw_ec_sign(const uint8_t scalar[SEVFW_SCALAR_SIZE], enum sevfw_hash hash,
		  const void *data, size_t length, uint8_t r[SEVFW_EC_SIZE],
		  uint8_t s[SEVFW_EC_SIZE])
{
	uint8_t der[128];
	size_t size = sizeof(der);
	const uint8_t *p = der;
	ECDSA_SIG *sig;
	int ok;

	if (digest_sign(ec_private(scalar), false, hash, data, length, der, &size))
		return -1;
	sig = d2i_ECDSA_SIG(NULL, &p, (long)size);
	ok = sig && BN_bn2lebinpad(ECDSA_SIG_get0_r(sig), r, SEVFW_EC_SIZE) == SEVFW_EC_SIZE &&
	     BN_bn2lebinpad(ECDSA_SIG_get0_s(sig), s, SEVFW_EC_SIZE) == SEVFW_EC_SIZE;
	ECDSA_SIG_free(sig);
	return ok ? 0 : -1;
}

/* The bytes of a field that a number of @used bytes leaves over. */
static bool rest_is_zero(const uint8_t field[SEVFW_EC_SIZE], size_t used)
{
	for (size_t i = used; i < SEVFW_EC_SIZE; i++) {
		if (field[i])
			return false;
	}
	return true;
}

int sevfw_ec_verify(bool p256, const uint8_t x[SEVFW_EC_SIZE], const uint8_t y[SEVFW_EC_SIZE],
		    enum sevfw_hash hash, const void *data, size_t length,
		    const uint8_t r[SEVFW_EC_SIZE], const uint8_t s[SEVFW_EC_SIZE])
{
	const size_t bytes = p256 ? 32 : P384_BYTES;
	uint8_t point[POINT_MAX] = { 4 };
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *br = BN_lebin2bn(r, SEVFW_EC_SIZE, NULL);
	BIGNUM *bs = BN_lebin2bn(s, SEVFW_EC_SIZE, NULL);
	uint8_t *der = NULL;
	int size, ret;

	if (!sig || !br || !bs || !ECDSA_SIG_set0(sig, br, bs)) {
		BN_free(br);
		BN_free(bs);
		ECDSA_SIG_free(sig);
		return -1;
	}
	size = i2d_ECDSA_SIG(sig, &der);
	ECDSA_SIG_free(sig);
	if (size <= 0)
		return -1;
	if (!rest_is_zero(x, bytes) || !rest_is_zero(y, bytes)) {
		OPENSSL_free(der);
		return -1;
	}
	reverse(point + 1, x, bytes);
	reverse(point + 1 + bytes, y, bytes);
	ret = digest_verify(ec_key(p256, point, 1 + 2 * bytes, NULL), false, hash, data, length,
			    der, (size_t)size);
	OPENSSL_free(der);
	return ret;
}

#define RSA_EXPONENT	65537

static BIGNUM *rsa_modulus(const struct sevfw_rsa_key *key)
{
	BIGNUM *p = BN_bin2bn(key->p, sizeof(key->p), NULL);
	BIGNUM *q = BN_bin2bn(key->q, sizeof(key->q), NULL);
	BN_CTX *context = BN_CTX_new();
	BIGNUM *n = BN_new();

	if (!p || !q || !context || !n || !BN_mul(n, p, q, context)) {
		BN_free(n);
		n = NULL;
	}
	BN_CTX_free(context);
	BN_clear_free(q);
	BN_clear_free(p);
	return n;
}

static EVP_PKEY *rsa_key(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;

	if (b && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e))
		params = OSSL_PARAM_BLD_to_param(b);
	OSSL_PARAM_BLD_free(b);
	return key_from("RSA", EVP_PKEY_PUBLIC_KEY, params);
}

/* RFC 8017, section 3.2: d, and what makes signing four times as fast. */
static EVP_PKEY *rsa_private(const struct sevfw_rsa_key *key)
{
	BN_CTX *c = BN_CTX_secure_new();
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	BIGNUM *n, *e, *p, *q, *p1, *q1, *d, *dp, *dq, *qi;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *made = NULL;

	if (!c || !b)
		goto out;
	BN_CTX_start(c);
	n = BN_CTX_get(c);
	e = BN_CTX_get(c);
	p = BN_CTX_get(c);
	q = BN_CTX_get(c);
	p1 = BN_CTX_get(c);
	q1 = BN_CTX_get(c);
	d = BN_CTX_get(c);
	dp = BN_CTX_get(c);
	dq = BN_CTX_get(c);
	qi = BN_CTX_get(c);
	if (qi && BN_set_word(e, RSA_EXPONENT) && BN_bin2bn(key->p, sizeof(key->p), p) &&
	    BN_bin2bn(key->q, sizeof(key->q), q) && BN_mul(n, p, q, c) &&
	    BN_sub(p1, p, BN_value_one()) && BN_sub(q1, q, BN_value_one()) &&
	    BN_mul(d, p1, q1, c) && BN_mod_inverse(d, e, d, c) && BN_mod(dp, d, p1, c) &&
	    BN_mod(dq, d, q1, c) && BN_mod_inverse(qi, q, p, c) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_D, d) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR1, p) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR2, q) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi))
		params = OSSL_PARAM_BLD_to_param(b);
	if (params)
		made = key_from("RSA", EVP_PKEY_KEYPAIR, params);
	BN_CTX_end(c);
out:
	OSSL_PARAM_BLD_free(b);
	BN_CTX_free(c);
	return made;
}

int sevfw_rsa_public(const struct sevfw_rsa_key *key, uint8_t exponent[SEVFW_RSA_SIZE],
		     uint8_t modulus[SEVFW_RSA_SIZE])
{
	BIGNUM *n = rsa_modulus(key);
	int ok = n && BN_bn2lebinpad(n, modulus, SEVFW_RSA_SIZE) == SEVFW_RSA_SIZE;

	BN_free(n);
	memset(exponent, 0, SEVFW_RSA_SIZE);
	exponent[0] = RSA_EXPONENT & 0xff;
	exponent[2] = RSA_EXPONENT >> 16;
	return ok ? 0 : -1;
}

int sevfw_rsa_sign(const struct sevfw_rsa_key *key, enum sevfw_hash hash, const void *data,
		   size_t length, uint8_t signature[SEVFW_RSA_SIZE])
{
	uint8_t big[SEVFW_RSA_SIZE];
	size_t size = sizeof(big);

	if (digest_sign(rsa_private(key), true, hash, data, length, big, &size) ||
	    size != sizeof(big))
		return -1;
	reverse(signature, big, size);
	return 0;
}

int sevfw_rsa_verify(const uint8_t *exponent, const uint8_t *modulus, size_t size,
		     enum sevfw_hash hash, const void *data, size_t length,
		     const uint8_t *signature)
{
	uint8_t big[SEVFW_RSA_SIZE];
	BIGNUM *n, *e;
	int ret = -1;

	if (size > sizeof(big))
		return -1;
	reverse(big, signature, size);
	n = BN_lebin2bn(modulus, (int)size, NULL);
	e = BN_lebin2bn(exponent, (int)size, NULL);
	/* A key of another size than it says, and exponents that take forever. */
	if (n && e && BN_num_bytes(n) == (int)size && BN_is_odd(n) && BN_num_bits(e) <= 64 &&
	    BN_is_odd(e) && !BN_is_one(e))
		ret = digest_verify(rsa_key(n, e), true, hash, data, length, big, size);
	BN_free(e);
	BN_free(n);
	return ret;
}

static int gcm(bool encrypt, const uint8_t key[32], const uint8_t iv[SEVFW_IV_SIZE],
	       const void *aad, size_t aad_length, uint8_t *data, size_t length,
	       uint8_t tag[SEVFW_TAG_SIZE])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t none[SEVFW_TAG_SIZE];
	int n = 0;
	int ok = c && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, iv, encrypt) &&
		 EVP_CipherUpdate(c, NULL, &n, aad, (int)aad_length) &&
		 EVP_CipherUpdate(c, data, &n, data, (int)length) &&
		 (encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, SEVFW_TAG_SIZE, tag)) &&
		 EVP_CipherFinal_ex(c, none, &n) > 0 &&
		 (!encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, SEVFW_TAG_SIZE, tag));

	EVP_CIPHER_CTX_free(c);
	return ok ? 0 : -1;
}

int sevfw_seal(const uint8_t key[32], const uint8_t iv[SEVFW_IV_SIZE], const void *aad,
	       size_t aad_length, void *data, size_t length, uint8_t tag[SEVFW_TAG_SIZE])
{
	return gcm(true, key, iv, aad, aad_length, data, length, tag);
}

int sevfw_unseal(const uint8_t key[32], const uint8_t iv[SEVFW_IV_SIZE], const void *aad,
		 size_t aad_length, void *data, size_t length,
		 const uint8_t tag[SEVFW_TAG_SIZE])
{
	uint8_t copy[SEVFW_TAG_SIZE];

	memcpy(copy, tag, sizeof(copy));
	return gcm(false, key, iv, aad, aad_length, data, length, copy);
}
