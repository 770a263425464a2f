// SPDX-License-Identifier: GPL-2.0-only
/* SHA-256 of memory and of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <cvmtool.h>
#include <openssl/evp.h>

#include "hash.h"

#define PIECE 65536u

static int hash_failed(void)
{
	return cvm_error(CVM_FAIL, "hashing", "OpenSSL could not do it", NULL);
}

int fw_sha256(const void *data, size_t size, uint8_t hash[FW_SHA256_SIZE])
{
	if (!EVP_Digest(data, size, hash, NULL, EVP_sha256(), NULL))
		return hash_failed();
	return CVM_OK;
}

/* Return: 0, or a negative errno; @good goes false when hashing fails. */
static int hash_fd(int fd, EVP_MD_CTX *context, bool *good)
{
	static uint8_t piece[PIECE];
	ssize_t n;

	do {
		n = read(fd, piece, sizeof(piece));
		if (n > 0 && !EVP_DigestUpdate(context, piece, n))
			*good = false;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

int fw_sha256_file(const char *path, uint8_t hash[FW_SHA256_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	EVP_MD_CTX *context;
	bool good;

	if (fd < 0)
		return cvm_error(cvm_errno(errno), cvm_fmt("opening '%s'", path),
				 strerror(errno), NULL);
	context = EVP_MD_CTX_new();
	good = context && EVP_DigestInit_ex2(context, EVP_sha256(), NULL);
	err = good ? -hash_fd(fd, context, &good) : 0;
	good = good && EVP_DigestFinal_ex(context, hash, NULL);
	EVP_MD_CTX_free(context);
	close(fd);
	if (err)
		return cvm_error(CVM_FAIL, cvm_fmt("reading '%s'", path), strerror(err), NULL);
	return good ? CVM_OK : hash_failed();
}
