// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands about the platform's keys and their certificates: AMD
 * publication 55766, chapter 5. In which state each is allowed is its section
 * 5.1.2.
 */
#include "sevfw_internal.h"

#include <openssl/crypto.h>
#include <string.h>

/*
 * Also the way back from an owner outside: OCA, PEK and PDH are new, and the
 * platform owns itself.
 */
static enum sevfw_status run_pek_gen(struct sevfw *fw, void *buffer)
{
	enum sevfw_status status = SEVFW_HWERROR_PLATFORM;
	struct sevfw_identity id;

	(void)buffer;
	if (!sevfw_identity_create(fw, &id))
		status = sevfw_storage_store(fw, &id);
	OPENSSL_cleanse(&id, sizeof(id));
	return status;
}

static enum sevfw_status run_pdh_gen(struct sevfw *fw, void *buffer)
{
	enum sevfw_status status = SEVFW_HWERROR_PLATFORM;
	struct sevfw_identity id = fw->identity;

	(void)buffer;
	if (!sevfw_identity_new_pdh(fw, &id))
		status = sevfw_storage_store(fw, &id);
	OPENSSL_cleanse(&id, sizeof(id));
	return status;
}

/* The request is the certificate without signatures. */
static enum sevfw_status run_pek_csr(struct sevfw *fw, void *buffer)
{
	struct sevfw_pek_csr *csr = buffer;
	const uint32_t have = csr->length;
	struct sevfw_cert cert;

	csr->length = sizeof(cert);
	if (have < sizeof(cert))
		return SEVFW_INVALID_LENGTH;
	cert = fw->identity.pek;
	sevfw_cert_clear(&cert, 0);
	sevfw_cert_clear(&cert, 1);
	return sevfw_write(fw, csr->address, &cert, sizeof(cert));
}

/*
 * @pek is the request, signed by @oca in either place, and nothing but the
 * signature was changed.
 */
static enum sevfw_status check_import(const struct sevfw *fw, const struct sevfw_cert *pek,
				      const struct sevfw_cert *oca,
				      struct sevfw_signature *signature)
{
	const struct sevfw_signature *found;

	if (!sevfw_cert_is(oca, SEVFW_USAGE_OCA))
		return SEVFW_INVALID_CERTIFICATE;
	if (memcmp(pek, &fw->identity.pek, SEVFW_CERT_BODY))
		return SEVFW_INVALID_CERTIFICATE;
	if (!sevfw_cert_find(oca, oca))
		return SEVFW_BAD_SIGNATURE;
	found = sevfw_cert_find(pek, oca);
	if (!found)
		return SEVFW_BAD_SIGNATURE;
	*signature = *found;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_pek_cert_import(struct sevfw *fw, void *buffer)
{
	const struct sevfw_pek_cert_import *in = buffer;
	struct sevfw_identity id = fw->identity;
	struct sevfw_cert pek, oca;
	enum sevfw_status status;

	if (id.owned)
		return SEVFW_ALREADY_OWNED;
	if (in->reserved)
		return SEVFW_INVALID_PARAM;
	if (in->pek_length != sizeof(pek) || in->oca_length != sizeof(oca))
		return SEVFW_INVALID_LENGTH;
	if (sevfw_read(fw, in->pek_address, &pek, sizeof(pek)) ||
	    sevfw_read(fw, in->oca_address, &oca, sizeof(oca)))
		return SEVFW_INVALID_ADDRESS;
	status = check_import(fw, &pek, &oca, &id.pek.signatures[0]);
	if (status)
		return status;
	id.owned = true;
	id.oca = oca;
	OPENSSL_cleanse(id.oca_key, sizeof(id.oca_key));
	/* What the PDH of the former owner's time said is not to outlast it. */
	status = SEVFW_HWERROR_PLATFORM;
	if (!sevfw_identity_endorse(fw, &id.pek) && !sevfw_identity_new_pdh(fw, &id))
		status = sevfw_storage_store(fw, &id);
	OPENSSL_cleanse(&id, sizeof(id));
	return status;
}

static enum sevfw_status run_pdh_cert_export(struct sevfw *fw, void *buffer)
{
	struct sevfw_pdh_cert_export *out = buffer;
	const uint32_t pdh_length = out->pdh_length, chain_length = out->chain_length;
	struct sevfw_cert_chain chain;
	enum sevfw_status status;

	if (out->reserved)
		return SEVFW_INVALID_PARAM;
	out->pdh_length = sizeof(fw->identity.pdh);
	out->chain_length = sizeof(chain);
	if (pdh_length < sizeof(fw->identity.pdh) || chain_length < sizeof(chain))
		return SEVFW_INVALID_LENGTH;
	if (sevfw_identity_chain(fw, &chain))
		return SEVFW_HWERROR_PLATFORM;
	status = sevfw_write(fw, out->chain_address, &chain, sizeof(chain));
	if (status)
		return status;
	return sevfw_write(fw, out->pdh_address, &fw->identity.pdh, sizeof(fw->identity.pdh));
}

const struct sevfw_entry sevfw_endorsement_entries[] = {
	{
		.id = SEVFW_PEK_GEN, .name = "PEK_GEN", .run = run_pek_gen,
		.platform_states = SEVFW_WHEN_INIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PEK_CSR, .name = "PEK_CSR", .run = run_pek_csr,
		.size = sizeof(struct sevfw_pek_csr), .answers = true,
		.platform_states = SEVFW_WHEN_INIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PEK_CERT_IMPORT, .name = "PEK_CERT_IMPORT",
		.run = run_pek_cert_import, .size = sizeof(struct sevfw_pek_cert_import),
		.platform_states = SEVFW_WHEN_INIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PDH_CERT_EXPORT, .name = "PDH_CERT_EXPORT",
		.run = run_pdh_cert_export,
		.size = sizeof(struct sevfw_pdh_cert_export), .answers = true,
		.platform_states = SEVFW_WHEN_INIT | SEVFW_WHEN_WORKING,
		.snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PDH_GEN, .name = "PDH_GEN", .run = run_pdh_gen,
		.platform_states = SEVFW_WHEN_INIT | SEVFW_WHEN_WORKING,
		.snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_endorsement_entries_nr =
	sizeof(sevfw_endorsement_entries) / sizeof(sevfw_endorsement_entries[0]);
