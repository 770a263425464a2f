// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pdh export: the certificate of the key that guests' owners agree with. */
#include <stdlib.h>

#include "aspctl.h"
#include "cert.h"

int cmd_pdh_export(int argc, char **argv)
{
	struct sev_cert_chain chain = { };
	void *data;
	int ret;

	(void)argc;
	ret = export_read(&chain, &data);
	if (ret)
		return ret;
	ret = cert_save(argv[0], chain.cert[SEV_CHAIN_PDH].data,
			chain.cert[SEV_CHAIN_PDH].size);
	free(data);
	return ret;
}
