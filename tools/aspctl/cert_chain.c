// SPDX-License-Identifier: GPL-2.0-only
/* aspctl cert chain: who has signed what, and whether it is true. */
#include <stdlib.h>

#include "aspctl.h"
#include "cert.h"

static const char *cek_path, *ca_path;

const struct cvm_option cert_chain_options[] = {
	{ .name = "cek", .kind = CVM_OPT_STRING, .argument = "FILE", .value = &cek_path,
	  .help = "take the CEK, which AMD has signed, from this file" },
	{ .name = "ca", .kind = CVM_OPT_STRING, .argument = "FILE", .value = &ca_path,
	  .help = "AMD's certificates ASK and ARK; then every link has to be good" },
	{ }
};

/* Every signature that has to be there, from the platform to its root. */
static const struct {
	enum sev_cert_link cert;
	enum sev_cert_link signer;
} links[] = {
	{ SEV_CHAIN_PDH, SEV_CHAIN_PEK },
	{ SEV_CHAIN_PEK, SEV_CHAIN_OCA },
	{ SEV_CHAIN_PEK, SEV_CHAIN_CEK },
	{ SEV_CHAIN_OCA, SEV_CHAIN_OCA },
	{ SEV_CHAIN_CEK, SEV_CHAIN_ASK },
	{ SEV_CHAIN_ASK, SEV_CHAIN_ARK },
	{ SEV_CHAIN_ARK, SEV_CHAIN_ARK },
};

static const char * const names[SEV_CHAIN_CERTS] = {
	"PDH", "PEK", "OCA", "CEK", "ASK", "ARK",
};

static void show_cert(const struct sev_cert *c)
{
	uint8_t digest[32];

	cvm_out_row();
	cvm_out_string("name", "Certificate", sev_cert_usage_name(c->usage));
	if (c->amd)
		cvm_out_none("api_version", "API", NULL);
	else
		cvm_out_format("api_version", "API", "%u.%u", c->api_major, c->api_minor);
	cvm_out_string("algorithm", "Algorithm", sev_cert_algorithm_name(c->algorithm));
	cvm_out_format("key", "Key", c->key.rsa ? "RSA-%u" : "P-%u", c->key.bits);
	cvm_out_u64("signatures", "Signatures", c->signatures);
	if (sev_cert_fingerprint(c, digest))
		cvm_out_none("sha256", "SHA-256", NULL);
	else
		cvm_out_bytes("sha256", "SHA-256", digest, sizeof(digest));
	cvm_out_end();
}

/* AMD signs a CEK on its server, so that the firmware's has no signature. */
static const char *missing(const struct sev_cert_chain *chain, int cert, int signer)
{
	if (!chain->has[cert])
		return cvm_fmt("there is no %s", names[cert]);
	if (!chain->has[signer])
		return signer == SEV_CHAIN_ASK || signer == SEV_CHAIN_ARK ?
			cvm_fmt("there is no %s: give AMD's with --ca", names[signer]) :
			cvm_fmt("there is no %s", names[signer]);
	if (cert == SEV_CHAIN_CEK && !chain->cert[cert].signatures)
		return "the firmware's CEK has no signature: give AMD's with --cek";
	if (cert == SEV_CHAIN_ARK && !chain->cert[cert].signatures)
		return "this ARK was published without its signature";
	return NULL;
}

/* Return: 1 for a bad link, 0 for a good one, -1 for one that cannot be checked. */
static int show_link(const struct sev_cert_chain *chain, int cert, int signer)
{
	const char *why = missing(chain, cert, signer), *result = "not checkable";
	int ret = -1;

	if (!why) {
		ret = sev_cert_verify(&chain->cert[cert], &chain->cert[signer], &why) !=
		      SEV_CERT_GOOD;
		result = ret ? "bad" : "good";
	}
	cvm_out_row();
	cvm_out_string("certificate", "Certificate", names[cert]);
	cvm_out_string("signer", "Signed by", names[signer]);
	cvm_out_string("result", "Result", result);
	cvm_out_string("reason", "Reason", why);
	cvm_out_end();
	return ret;
}

static int show(const struct sev_cert_chain *chain)
{
	int bad = 0, unknown = 0, ret;
	size_t i;

	cvm_out_table("certificates", NULL, NULL);
	for (i = 0; i < SEV_CHAIN_CERTS; i++)
		if (chain->has[i])
			show_cert(&chain->cert[i]);
	cvm_out_end();
	cvm_out_table("links", "Signatures", NULL);
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		ret = show_link(chain, links[i].cert, links[i].signer);
		bad += ret > 0;
		unknown += ret < 0;
	}
	cvm_out_end();
	cvm_out_bool("complete", "Good up to AMD's root", !bad && !unknown);
	if (bad)
		return cvm_error(CVM_FAIL, "verifying the chain",
				 cvm_fmt("bad signatures: %d", bad),
				 "do not trust this platform with a secret");
	if (unknown && ca_path)
		return cvm_error(CVM_FAIL, "verifying the chain up to AMD's root",
				 cvm_fmt("signatures that cannot be checked: %d", unknown),
				 NULL);
	return CVM_OK;
}

int cmd_cert_chain(int argc, char **argv)
{
	void *data = NULL, *cek = NULL, *ca = NULL;
	struct sev_cert_chain chain = { };
	int ret;

	if (argc)
		ret = cert_add_file(&chain, argv[0], &data);
	else
		ret = export_read(&chain, &data);
	if (!ret && cek_path)
		ret = cert_set_cek(&chain, cek_path, &cek);
	if (!ret && ca_path)
		ret = cert_add_file(&chain, ca_path, &ca);
	if (!ret)
		ret = show(&chain);
	free(ca);
	free(cek);
	free(data);
	return ret;
}
