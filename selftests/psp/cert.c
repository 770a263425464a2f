// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto
/*
 * What an owner and AMD do outside a machine, and files with mistakes:
 *
 *	cert platform FOLDER	a chain of its own: chain (the CEK unsigned, as
 *				firmware has it), cek, ca, pek, oca
 *	cert owner FOLDER	an owner: oca, oca.key
 *	cert sign KEY CSR PEK	signs a request with an owner's key
 */
#include <errno.h>

#include <openssl/pem.h>

#include "selftests/psp/cert_writer.h"

static void save(const char *folder, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s%s", folder, folder[0] ? "/" : "", name);
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
}

static int platform(const char *folder)
{
	struct platform p;

	platform_make(&p);
	save(folder, "cek", p.cert[3], CERT_SIZE);
	save(folder, "ca", p.ca, p.ca_size);
	save(folder, "pek", p.cert[1], CERT_SIZE);
	save(folder, "oca", p.cert[2], CERT_SIZE);
	memset(p.cert[3] + CERT_BODY, 0, CERT_SIGNATURE);
	put32(p.cert[3] + CERT_BODY, U_NONE);
	save(folder, "chain", p.cert, sizeof(p.cert));
	platform_free(&p);
	return 0;
}

static int owner(const char *folder)
{
	EVP_PKEY *key = key_ec("P-384");
	uint8_t cert[CERT_SIZE];
	char path[4096];
	FILE *f;

	cert_make(cert, U_OCA, A_ECDSA, key);
	cert_sign(cert, 0, U_OCA, A_ECDSA, key);
	save(folder, "oca", cert, sizeof(cert));
	snprintf(path, sizeof(path), "%s/oca.key", folder);
	f = fopen(path, "w");
	writer_need(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) && !fclose(f),
		    path);
	EVP_PKEY_free(key);
	return 0;
}

static int sign(const char *key_path, const char *csr_path, const char *pek_path)
{
	uint8_t cert[CERT_SIZE];
	EVP_PKEY *key;
	FILE *f;

	f = fopen(key_path, "r");
	key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	writer_need(key, key_path);
	fclose(f);
	f = fopen(csr_path, "r");
	writer_need(f && fread(cert, 1, sizeof(cert), f) == sizeof(cert), csr_path);
	fclose(f);
	cert_sign(cert, 0, U_OCA, A_ECDSA, key);
	save("", pek_path, cert, sizeof(cert));
	EVP_PKEY_free(key);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "platform"))
		return platform(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "owner"))
		return owner(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "sign"))
		return sign(argv[2], argv[3], argv[4]);
	fprintf(stderr, "usage: cert platform FOLDER | owner FOLDER | sign KEY CSR PEK\n");
	return 1;
}
