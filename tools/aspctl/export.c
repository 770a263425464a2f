// SPDX-License-Identifier: GPL-2.0-only
/* The firmware's certificates, and those of files, for the subcommands. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aspctl.h"
#include "cert.h"

#define CHAIN_SIZE	(3 * SEV_CERT_SIZE)

int cert_add(struct sev_cert_chain *chain, const void *data, size_t size,
	     const char *origin)
{
	struct sev_cert_error error;

	if (sev_cert_chain_add(chain, data, size, &error) > 0)
		return CVM_OK;
	return cvm_error(CVM_FAIL, cvm_fmt("decoding the certificates of %s", origin),
			 cvm_fmt("%s (at offset %zu)", error.text, error.offset),
			 NULL);
}

int cert_add_file(struct sev_cert_chain *chain, const char *path, void **data)
{
	size_t size;
	int ret;

	ret = cvm_read_file(path, SEV_CERT_FILE_MAX, data, &size);
	if (ret)
		return ret;
	return cert_add(chain, *data, size,
			strcmp(path, "-") ? cvm_fmt("'%s'", path) : "standard input");
}

static bool same_key(const struct sev_cert *a, const struct sev_cert *b)
{
	return a->algorithm == b->algorithm && a->key.bits == b->key.bits &&
	       !memcmp(a->key.first, b->key.first, a->key.size) &&
	       !memcmp(a->key.second, b->key.second, a->key.size);
}

int cert_set_cek(struct sev_cert_chain *chain, const char *path, void **data)
{
	struct sev_cert_chain file = { };
	const struct sev_cert *cek = &file.cert[SEV_CHAIN_CEK];
	int ret;

	ret = cert_add_file(&file, path, data);
	if (ret)
		return ret;
	if (!file.has[SEV_CHAIN_CEK])
		return cvm_error(CVM_FAIL, cvm_fmt("looking for a CEK in '%s'", path),
				 "it is another certificate", NULL);
	if (chain->has[SEV_CHAIN_CEK] && !same_key(&chain->cert[SEV_CHAIN_CEK], cek))
		return cvm_error(CVM_FAIL,
				 cvm_fmt("comparing the CEK in '%s' with the platform's", path),
				 "it is about another key",
				 "ask for the CEK of this chip: `aspctl id` tells which it is");
	chain->has[SEV_CHAIN_CEK] = true;
	chain->cert[SEV_CHAIN_CEK] = *cek;
	return CVM_OK;
}

int cert_save(const char *path, const void *data, size_t size)
{
	int ret = cvm_write_file(path, data, size, 0644);

	if (ret || !strcmp(path, "-"))
		return ret;
	cvm_out_string("file", "File", path);
	cvm_out_u64("bytes", "Bytes", size);
	return CVM_OK;
}

/* The driver copies as much as the firmware says, which has to be these lengths. */
static int fetch(uint8_t *bytes)
{
	struct psp_sev_pdh_cert_export export = {
		.pdh_cert_address = (uintptr_t)bytes,
		.pdh_cert_len = SEV_CERT_SIZE,
		.cert_chain_address = (uintptr_t)(bytes + SEV_CERT_SIZE),
		.cert_chain_len = CHAIN_SIZE,
	};
	int ret;

	/* Only a platform that has to be initialized first needs more than reading. */
	ret = sev_run(!access(PSP_SEV_DEVICE, W_OK), PSP_SEV_PDH_CERT_EXPORT, &export);
	if (ret)
		return ret;
	if (export.pdh_cert_len != SEV_CERT_SIZE || export.cert_chain_len != CHAIN_SIZE)
		return cvm_error(CVM_FAIL, "SEV command PDH_CERT_EXPORT",
				 cvm_fmt("the certificates have %u and %u bytes, not %u and %u",
					 export.pdh_cert_len, export.cert_chain_len,
					 SEV_CERT_SIZE, CHAIN_SIZE), NULL);
	return CVM_OK;
}

int export_read(struct sev_cert_chain *chain, void **data)
{
	uint8_t *bytes = cvm_alloc(1, SEV_CERT_SIZE + CHAIN_SIZE);
	unsigned int i;
	int ret;

	ret = fetch(bytes);
	if (!ret)
		ret = cert_add(chain, bytes, SEV_CERT_SIZE + CHAIN_SIZE, "the firmware");
	for (i = SEV_CHAIN_PDH; !ret && i <= SEV_CHAIN_CEK; i++)
		if (!chain->has[i] || chain->cert[i].data != bytes + i * SEV_CERT_SIZE)
			ret = cvm_error(CVM_FAIL, "decoding the certificates of the firmware",
					"they are not PDH, PEK, OCA and CEK, in this order",
					NULL);
	if (ret)
		free(bytes);
	else
		*data = bytes;
	return ret;
}
