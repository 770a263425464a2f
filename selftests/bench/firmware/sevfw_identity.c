// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who the platform is. Burnt into the chip: its ids and the CEK, which derive
 * from the serial number. Made by the firmware and kept in the storage: OCA,
 * PEK and PDH.
 */
#include "sevfw_internal.h"

#include <openssl/crypto.h>
#include <string.h>

int sevfw_derive_ids(struct sevfw *fw)
{
	for (uint32_t socket = 0; socket < SEVFW_SOCKETS_MAX; socket++) {
		if (sevfw_derive("chip-id", fw->config.serial, socket, fw->ids[socket]))
			return -1;
	}
	return 0;
}

static int cek_scalar(const struct sevfw *fw, uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	uint8_t seed[SEVFW_DERIVED_SIZE];
	int ret = sevfw_derive("cek", fw->config.serial, 0, seed);

	if (!ret)
		ret = sevfw_ec_from_seed(seed, scalar);
	OPENSSL_cleanse(seed, sizeof(seed));
	return ret;
}

/* RSA takes its time, so that the two kinds of certificates are made when first asked for. */
static int prepare_cek(struct sevfw *fw)
{
	struct sevfw_signature *signature = &fw->cek.signatures[0];
	uint8_t scalar[SEVFW_SCALAR_SIZE];
	int ret = -1;

	if (fw->cek_made)
		return 0;
	if (!cek_scalar(fw, scalar))
		ret = sevfw_cert_start(&fw->cek, SEVFW_USAGE_CEK, SEVFW_ECDSA_SHA256, scalar);
	OPENSSL_cleanse(scalar, sizeof(scalar));
	if (ret || sevfw_root_sign(&fw->cek, SEVFW_CERT_BODY, signature->rsa))
		return -1;
	signature->usage = SEVFW_USAGE_ASK;
	signature->algorithm = SEVFW_RSA_SHA384;
	fw->cek_made = true;
	return 0;
}

int sevfw_cek(struct sevfw *fw, struct sevfw_cert *cek)
{
	if (prepare_cek(fw))
		return -1;
	*cek = fw->cek;
	return 0;
}

int sevfw_ca(struct sevfw *fw, struct sevfw_ca_chain *chain)
{
	if (!fw->ca_made && sevfw_root_make(&fw->ca))
		return -1;
	fw->ca_made = true;
	*chain = fw->ca;
	return 0;
}

int sevfw_identity_chain(struct sevfw *fw, struct sevfw_cert_chain *chain)
{
	chain->pek = fw->identity.pek;
	chain->oca = fw->identity.oca;
	if (sevfw_cek(fw, &chain->cek))
		return -1;
	if (!fw->config.cek_signed)
		sevfw_cert_clear(&chain->cek, 0);
	return 0;
}

static int start_cert(const struct sevfw *fw, struct sevfw_cert *cert, enum sevfw_usage usage,
		      enum sevfw_algorithm algorithm, uint8_t scalar[SEVFW_SCALAR_SIZE])
{
	if (sevfw_ec_generate(scalar) || sevfw_cert_start(cert, usage, algorithm, scalar))
		return -1;
	cert->api_major = fw->current.api_major;
	cert->api_minor = fw->current.api_minor;
	return 0;
}

int sevfw_identity_new_pdh(const struct sevfw *fw, struct sevfw_identity *id)
{
	if (start_cert(fw, &id->pdh, SEVFW_USAGE_PDH, SEVFW_ECDH_SHA256, id->pdh_key))
		return -1;
	return sevfw_cert_sign(&id->pdh, 0, SEVFW_USAGE_PEK, id->pek_key);
}

int sevfw_identity_endorse(const struct sevfw *fw, struct sevfw_cert *pek)
{
	uint8_t scalar[SEVFW_SCALAR_SIZE];
	int ret = cek_scalar(fw, scalar);

	if (!ret)
		ret = sevfw_cert_sign(pek, 1, SEVFW_USAGE_CEK, scalar);
	OPENSSL_cleanse(scalar, sizeof(scalar));
	return ret;
}

int sevfw_identity_create(const struct sevfw *fw, struct sevfw_identity *id)
{
	memset(id, 0, sizeof(*id));
	if (start_cert(fw, &id->oca, SEVFW_USAGE_OCA, SEVFW_ECDSA_SHA256, id->oca_key) ||
	    sevfw_cert_sign(&id->oca, 0, SEVFW_USAGE_OCA, id->oca_key))
		return -1;
	if (start_cert(fw, &id->pek, SEVFW_USAGE_PEK, SEVFW_ECDSA_SHA256, id->pek_key) ||
	    sevfw_cert_sign(&id->pek, 0, SEVFW_USAGE_OCA, id->oca_key) ||
	    sevfw_identity_endorse(fw, &id->pek))
		return -1;
	return sevfw_identity_new_pdh(fw, id);
}
