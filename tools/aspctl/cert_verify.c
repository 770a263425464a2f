// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signatures of SEV's certificates, checked with OpenSSL. Keys come from
 * anywhere: those that cannot be right are refused before they cost time.
 */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "cert.h"

/* All that OpenSSL takes together with a long modulus; AMD's have 17. */
#define EXPONENT_BITS_MAX	64
#define POINT_MAX		(1 + 2 * 48)

static EVP_PKEY *key_new(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!context || EVP_PKEY_fromdata_init(context) <= 0 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

static EVP_PKEY *ec_key_new(const struct sev_cert_key *k)
{
	char group[] = "P-384";
	uint8_t point[POINT_MAX];
	OSSL_PARAM params[3];
	size_t i;

	if (k->bits == 256)
		strcpy(group, "P-256");
	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	for (i = 0; i < k->size; i++) {
		point[1 + i] = k->first[k->size - 1 - i];
		point[1 + k->size + i] = k->second[k->size - 1 - i];
	}
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
						      1 + 2 * k->size);
	params[2] = OSSL_PARAM_construct_end();
	return key_new("EC", params);
}

static EVP_PKEY *rsa_key_new(const struct sev_cert_key *k)
{
	BIGNUM *e = BN_lebin2bn(k->first, (int)k->size, NULL);
	BIGNUM *n = BN_lebin2bn(k->second, (int)k->size, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (!e || !n || !build || BN_num_bits(n) != (int)k->bits || !BN_is_odd(n) ||
	    BN_num_bits(e) > EXPONENT_BITS_MAX || !BN_is_odd(e) || BN_is_one(e))
		goto out;
	if (!OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		goto out;
	params = OSSL_PARAM_BLD_to_param(build);
	if (params)
		key = key_new("RSA", params);
out:
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	return key;
}

/* OpenSSL's form of a signature. Return: its length, 0 on failure. */
static int ecdsa_der(const struct sev_cert_signature *s, uint8_t **der)
{
	BIGNUM *r = BN_lebin2bn(s->first, (int)s->size, NULL);
	BIGNUM *t = BN_lebin2bn(s->second, (int)s->size, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int length = 0;

	*der = NULL;
	if (r && t && sig && ECDSA_SIG_set0(sig, r, t)) {
		/* They are the signature's own from here on. */
		r = NULL;
		t = NULL;
		length = i2d_ECDSA_SIG(sig, der);
	}
	ECDSA_SIG_free(sig);
	BN_free(t);
	BN_free(r);
	return length > 0 ? length : 0;
}

static bool digest_verify(EVP_PKEY *key, bool pss, bool sha384,
			  const struct sev_cert *cert, const uint8_t *sig,
			  size_t size)
{
	const EVP_MD *digest = sha384 ? EVP_sha384() : EVP_sha256();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey;
	bool good = false;

	if (!context || EVP_DigestVerifyInit(context, &pkey, digest, NULL, key) <= 0)
		goto out;
	if (pss && (EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) <= 0 ||
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST) <= 0))
		goto out;
	good = EVP_DigestVerify(context, sig, size, cert->data, cert->body) == 1;
out:
	EVP_MD_CTX_free(context);
	return good;
}

static bool verify_rsa(EVP_PKEY *key, const struct sev_cert *cert,
		       const struct sev_cert_signature *s, size_t size)
{
	uint8_t sig[512];
	size_t i;

	if (size > s->size || size > sizeof(sig))
		return false;
	for (i = 0; i < size; i++)
		sig[i] = s->first[size - 1 - i];
	return digest_verify(key, true, s->algorithm & SEV_CERT_SHA384, cert, sig, size);
}

static bool verify_ecdsa(EVP_PKEY *key, const struct sev_cert *cert,
			 const struct sev_cert_signature *s)
{
	uint8_t *der;
	int length = ecdsa_der(s, &der);
	bool good = length && digest_verify(key, false, s->algorithm & SEV_CERT_SHA384,
					    cert, der, length);

	OPENSSL_free(der);
	return good;
}

static bool verify_one(const struct sev_cert *cert,
		       const struct sev_cert_signature *s,
		       const struct sev_cert *signer, const char **why)
{
	EVP_PKEY *key;
	bool good;

	/* A key is for one algorithm: also one whose digest is weaker is refused. */
	if (s->algorithm != signer->algorithm) {
		*why = "it is by another algorithm than the key is for";
		return false;
	}
	key = signer->key.rsa ? rsa_key_new(&signer->key) : ec_key_new(&signer->key);
	if (!key) {
		*why = "the signer's key is no valid key";
		return false;
	}
	if (signer->key.rsa)
		good = verify_rsa(key, cert, s, signer->key.size);
	else
		good = verify_ecdsa(key, cert, s);
	EVP_PKEY_free(key);
	if (!good)
		*why = "it was not made with this key over this certificate";
	return good;
}

enum sev_cert_verdict sev_cert_verify(const struct sev_cert *cert,
				      const struct sev_cert *signer,
				      const char **why)
{
	enum sev_cert_verdict verdict = SEV_CERT_UNSIGNED;
	unsigned int i;

	*why = "it has no signature by such a key";
	for (i = 0; i < cert->signatures; i++) {
		if (cert->signature[i].usage != signer->usage)
			continue;
		if (verify_one(cert, &cert->signature[i], signer, why)) {
			verdict = SEV_CERT_GOOD;
			*why = NULL;
			break;
		}
		verdict = SEV_CERT_BAD;
	}
	/* AMD's name their signer beside. */
	if (verdict == SEV_CERT_GOOD && cert->amd && signer->amd &&
	    memcmp(cert->signer_id, signer->key_id, 16)) {
		*why = "it names another key as its signer's";
		verdict = SEV_CERT_BAD;
	}
	/* What failed was said; OpenSSL would keep it for whoever asks next. */
	ERR_clear_error();
	return verdict;
}

int sev_cert_fingerprint(const struct sev_cert *cert, uint8_t digest[32])
{
	return EVP_Digest(cert->data, cert->body, digest, NULL, EVP_sha256(), NULL) == 1 ? 0 : -1;
}
