// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pek import: the platform gets an owner. */
#include <stdlib.h>

#include "aspctl.h"
#include "cert.h"

/* What the firmware would refuse as well, with fewer words. */
static int check(const struct sev_cert_chain *chain, const char *pek_path,
		 const char *oca_path)
{
	const struct sev_cert *pek = &chain->cert[SEV_CHAIN_PEK];
	const struct sev_cert *oca = &chain->cert[SEV_CHAIN_OCA];
	const char *why;

	if (!chain->has[SEV_CHAIN_PEK])
		return cvm_error(CVM_FAIL, cvm_fmt("looking for a PEK in '%s'", pek_path),
				 "it is another certificate",
				 "PEK comes first, then OCA: aspctl pek import PEK OCA");
	if (!chain->has[SEV_CHAIN_OCA])
		return cvm_error(CVM_FAIL, cvm_fmt("looking for an OCA in '%s'", oca_path),
				 "it is another certificate", NULL);
	if (sev_cert_verify(oca, oca, &why))
		return cvm_error(CVM_FAIL, cvm_fmt("checking the OCA's own signature in '%s'", oca_path),
				 why, "an OCA has to sign itself");
	if (sev_cert_verify(pek, oca, &why))
		return cvm_error(CVM_FAIL, cvm_fmt("checking the OCA's signature in '%s'", pek_path),
				 why, "sign the request of `aspctl pek csr` with the key of this OCA");
	return CVM_OK;
}

static int import(const struct sev_cert_chain *chain)
{
	const struct sev_cert *pek = &chain->cert[SEV_CHAIN_PEK];
	const struct sev_cert *oca = &chain->cert[SEV_CHAIN_OCA];
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
	struct sev_cert_chain chain = { };
	void *pek = NULL, *oca = NULL;
	int ret;

	(void)argc;
	ret = cert_add_file(&chain, argv[0], &pek);
	if (!ret)
		ret = cert_add_file(&chain, argv[1], &oca);
	if (!ret)
		ret = check(&chain, argv[0], argv[1]);
	if (!ret)
		ret = import(&chain);
	free(oca);
	free(pek);
	return ret;
}
