// SPDX-License-Identifier: GPL-2.0-only
// link: tools/aspctl/cert_parse.c tools/aspctl/cert_verify.c -lcrypto
/*
 * libFuzzer target: certificates of SEV, from any bytes to the verdict on
 * their signatures.
 *
 * Random bytes seldom are a certificate. So each input is looked at as it is,
 * and again laid over certificates that are right but for it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/aspctl/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

static void check_inside(const struct sev_cert *c, const uint8_t *p, size_t size)
{
	CHECK(p >= c->data && size <= c->size && p + size <= c->data + c->size);
}

/* What the tool relies on in an accepted certificate. */
static void check(const struct sev_cert *c, size_t size)
{
	unsigned int i;

	CHECK(c->size && c->size <= size && c->body <= c->size);
	CHECK(sev_cert_usage_name(c->usage) && sev_cert_algorithm_name(c->algorithm));
	CHECK(c->key.size * 8 == c->key.bits && c->signatures <= 2);
	check_inside(c, c->key.first, c->key.size);
	check_inside(c, c->key.second, c->key.size);
	CHECK(!c->amd == !c->key_id && !c->amd == !c->signer_id);
	for (i = 0; i < c->signatures; i++) {
		check_inside(c, c->signature[i].first, c->signature[i].size);
		if (c->signature[i].second)
			check_inside(c, c->signature[i].second, c->signature[i].size);
	}
}

static void look(const void *data, size_t size)
{
	struct sev_cert_chain chain = { };
	struct sev_cert_error error;
	const char *why;
	unsigned int i, j;
	size_t all = 0;
	int count;

	count = sev_cert_chain_add(&chain, data, size, &error);
	if (count <= 0) {
		CHECK(count == -1 && error.text[0] && error.offset <= size);
		CHECK(strlen(error.text) < sizeof(error.text) - 1);
		return;
	}
	for (i = 0; i < SEV_CHAIN_CERTS; i++) {
		if (!chain.has[i])
			continue;
		check(&chain.cert[i], size);
		all += chain.cert[i].size;
		for (j = 0; j < SEV_CHAIN_CERTS; j++)
			/* Nobody could have signed what came out of a fuzzer. */
			if (chain.has[j])
				CHECK(sev_cert_verify(&chain.cert[i], &chain.cert[j], &why) !=
				      SEV_CERT_GOOD && why);
	}
	CHECK(all == size);
}

static void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

/* Lays the input over @size zero bytes from @skip on, then makes them a certificate. */
static uint8_t *overlay(const uint8_t *data, size_t length, size_t size, size_t skip)
{
	uint8_t *p = calloc(1, size);

	if (skip < size)
		memcpy(p + skip, data, length < size - skip ? length : size - skip);
	put32(p, 1);
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t algorithms[] = { 1, 2, 0x101, 0x102 };
	uint8_t *p, what;
	size_t length;

	look(data, size);
	if (!size)
		return 0;
	what = data[0];
	/* A platform's, whose key may be RSA. Its usage and signer follow the input. */
	p = overlay(data + 1, size - 1, SEV_CERT_SIZE, what & 0x40 ? 20 : 1044);
	p[6] = 0;
	p[7] = 0;
	put32(p + 8, SEV_CERT_OCA + (what & 3));
	put32(p + 12, (what & 3) == 2 ? 3 : algorithms[what >> 2 & 3]);
	if ((algorithms[what >> 2 & 3] & 0xff) == 1 && (what & 3) != 2)
		put32(p + 16, what & 0x10 ? 2048 : 4096);
	else
		put32(p + 16, 1 + (what >> 4 & 1));
	if (what & 0x20) {
		put32(p + 1044, SEV_CERT_OCA + (what & 3));
		put32(p + 1048, algorithms[what >> 2 & 3]);
	}
	look(p, SEV_CERT_SIZE);
	free(p);
	/* AMD's. */
	length = what & 1 ? 64 + 3 * 512 : 64 + 3 * 256;
	p = overlay(data + 1, size - 1, length, what & 0x40 ? 64 : 4);
	p[9] = 0;
	put32(p + 36, what & 2 ? SEV_CERT_ASK : SEV_CERT_ARK);
	put32(p + 56, what & 1 ? 4096 : 2048);
	put32(p + 60, what & 1 ? 4096 : 2048);
	look(p, length);
	free(p);
	return 0;
}
