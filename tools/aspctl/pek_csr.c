// SPDX-License-Identifier: GPL-2.0-only
/* aspctl pek csr: the request that an owner signs. */
#include <unistd.h>

#include "aspctl.h"
#include "cert.h"

static int read_request(int fd, uint8_t *request)
{
	struct psp_sev_pek_csr csr = {
		.address = (uintptr_t)request,
		.length = SEV_CERT_SIZE,
	};
	unsigned int status;
	int ret;

	ret = sev_issue(fd, PSP_SEV_PEK_CSR, &csr, &status);
	if (ret)
		return sev_error(PSP_SEV_PEK_CSR, ret, status);
	if (csr.length != SEV_CERT_SIZE)
		return cvm_error(CVM_FAIL, "SEV command PEK_CSR",
				 cvm_fmt("the request has %u bytes, not %u", csr.length,
					 SEV_CERT_SIZE), NULL);
	return CVM_OK;
}

int cmd_pek_csr(int argc, char **argv)
{
	uint8_t request[SEV_CERT_SIZE] = { };
	struct sev_cert_chain chain = { };
	int fd, ret;

	(void)argc;
	ret = sev_open(true, &fd);
	if (ret)
		return ret;
	ret = read_request(fd, request);
	close(fd);
	if (!ret)
		ret = cert_add(&chain, request, sizeof(request), "the firmware's request");
	return ret ? ret : cert_save(argv[0], request, sizeof(request));
}
