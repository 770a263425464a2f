// SPDX-License-Identifier: GPL-2.0-only
/* aspctl cert export: the platform's certificates in one file. */
#include <stdlib.h>
#include <string.h>

#include "aspctl.h"
#include "cert.h"

static const char *cek_path, *ca_path;

const struct cvm_option cert_export_options[] = {
	{ .name = "cek", .kind = CVM_OPT_STRING, .argument = "FILE", .value = &cek_path,
	  .help = "this CEK, which AMD has signed, in place of the firmware's" },
	{ .name = "ca", .kind = CVM_OPT_STRING, .argument = "FILE", .value = &ca_path,
	  .help = "append AMD's certificates ASK and ARK from this file" },
	{ }
};

/* Also where those who read a chain expect each certificate. */
static int save(const struct sev_cert_chain *chain, const char *path)
{
	uint8_t bytes[SEV_CERT_FILE_MAX];
	size_t size = 0;
	int i;

	for (i = 0; i < SEV_CHAIN_CERTS; i++) {
		if (!chain->has[i])
			continue;
		memcpy(bytes + size, chain->cert[i].data, chain->cert[i].size);
		size += chain->cert[i].size;
	}
	return cert_save(path, bytes, size);
}

int cmd_cert_export(int argc, char **argv)
{
	void *data = NULL, *cek = NULL, *ca = NULL;
	struct sev_cert_chain chain = { };
	int ret;

	(void)argc;
	ret = export_read(&chain, &data);
	if (!ret && cek_path)
		ret = cert_set_cek(&chain, cek_path, &cek);
	if (!ret && ca_path)
		ret = cert_add_file(&chain, ca_path, &ca);
	if (!ret)
		ret = save(&chain, argv[0]);
	free(ca);
	free(cek);
	free(data);
	return ret;
}
