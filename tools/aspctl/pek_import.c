// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pek import: the platform gets an owner. */
#include <stdlib.h>

#include "aspctl.h"
#include "cert.h"

/* The one certificate that a file has to hold. */
static int read_one(const char *path, enum sev_cert_link which, const char *name,
		    struct sev_cert *cert, void **data)
{
	struct sev_cert_chain chain = { };
	int ret;

	ret = cert_add_file(&chain, path, data);
	if (ret)
		return ret;
	*cert = chain.cert[which];
	if (!chain.has[which] || cert->size != chain.size)
		return cvm_error(CVM_FAIL, cvm_fmt("looking for the %s in '%s'", name, path),
				 chain.has[which] ? "there are others as well" :
						    "it is another certificate",
				 "PEK comes first, then OCA: aspctl pek import PEK OCA");
	return CVM_OK;
}

/* What the firmware would refuse as well, with fewer words. */
static int check(const struct sev_cert *pek, const char *pek_path,
		 const struct sev_cert *oca, const char *oca_path)
{
	const char *why;

	if (sev_cert_verify(oca, oca, &why))
		return cvm_error(CVM_FAIL,
				 cvm_fmt("checking the OCA's own signature in '%s'", oca_path),
				 why, "an OCA has to sign itself");
	if (sev_cert_verify(pek, oca, &why))
		return cvm_error(CVM_FAIL,
				 cvm_fmt("checking the OCA's signature in '%s'", pek_path),
				 why, "sign the request of `aspctl pek csr` with its key");
	return CVM_OK;
}

static int import(const struct sev_cert *pek, const struct sev_cert *oca)
{
	struct psp_sev_pek_cert_import data = {
		.pek_cert_address = (uintptr_t)pek->data,
		.pek_cert_len = pek->size,
		.oca_cert_address = (uintptr_t)oca->data,
		.oca_cert_len = oca->size,
	};
	int ret;

	ret = sev_run(true, PSP_SEV_PEK_CERT_IMPORT, &data);
	if (ret)
		return ret;
	cvm_out_string("command", NULL, sev_command_name(PSP_SEV_PEK_CERT_IMPORT));
	cvm_out_string(NULL, "Done", "the platform belongs to the holder of the OCA's key");
	return CVM_OK;
}

int cmd_pek_import(int argc, char **argv)
{
	void *pek_data = NULL, *oca_data = NULL;
	struct sev_cert pek, oca;
	int ret;

	(void)argc;
	ret = read_one(argv[0], SEV_CHAIN_PEK, "PEK", &pek, &pek_data);
	if (!ret)
		ret = read_one(argv[1], SEV_CHAIN_OCA, "OCA", &oca, &oca_data);
	if (!ret)
		ret = check(&pek, argv[0], &oca, argv[1]);
	if (!ret)
		ret = import(&pek, &oca);
	free(oca_data);
	free(pek_data);
	return ret;
}
