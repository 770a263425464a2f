// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto
/*
 * Compares what differential.c recorded of ccp and of psp_sev, step by step.
 *
 *	compare KERNEL ASK_ARK KIND:CCP:PSP_SEV...
 *
 * Everything agrees, or one of the rules below says why not and what each of them
 * does instead; a rule that is never needed is a failure too. What is random is
 * verified: certificates up to the root ASK_ARK (in hexadecimal), a request for a
 * certificate against the key that the chain has for it, and keys are new or the
 * same as before in both records alike.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/psp_sev.h>

#include "selftests/bench/firmware_verifier.h"
#include "selftests/psp/differential.h"

#define CERTS		4
#define PUBLIC_KEY	148
/* What ccp returns: a number that user space does not know. */
#define KERNEL_ENOTSUPP	524

/* One driver's record as it is read. */
struct side {
	const char *name;
	FILE *file;
	struct record r;
	uint8_t *blob[2];
	/* Public keys of PDH, PEK, OCA and CEK as exported last, and of the request. */
	uint8_t key[CERTS][PUBLIC_KEY];
	uint8_t request[PUBLIC_KEY];
};

/* What differs, and why. Documentation/psp_sev.md has the same list. */
enum rule {
	RULE_32BIT,
	RULE_OLD_FIRMWARE,
	RULE_LATE,
	RULE_FLUSH_STATUS,
	RULE_LEFT_INITIALIZED,
	RULE_EXPORT_ORDER,
	RULE_NO_SNP,
	RULES
};

static const struct {
	const char *name;
	const char *kernels;
	const char *reason;
} rules[RULES] = {
	[RULE_32BIT] = { "32-bit", "6.1 6.12",
		"ccp has no entry for 32-bit programs, psp_sev answers them like others" },
	[RULE_OLD_FIRMWARE] = { "old-firmware", "6.1 6.12",
		"ccp returns 524, which is no error number of user space, psp_sev EOPNOTSUPP" },
	[RULE_LATE] = { "late-answer", "6.1 6.12",
		"ccp gives the device up after a time-out, psp_sev goes on when the answer comes" },
	[RULE_FLUSH_STATUS] = { "flush-status", "6.12",
		"ccp keeps the status of a failed DF_FLUSH to itself, psp_sev reports it" },
	[RULE_LEFT_INITIALIZED] = { "left-initialized", "6.1",
		"that ccp leaves a platform initialized that a command had to initialize" },
	[RULE_EXPORT_ORDER] = { "export-order", "6.1",
		"that ccp initializes for PDH_CERT_EXPORT before it looks at its arguments" },
	[RULE_NO_SNP] = { "no-snp", "6.1",
		"that ccp does not know commands 9 to 12" },
};

static const char *kernel, *kind;
static unsigned int used[RULES];
static uint8_t ca[2][V_CA_SIZE];
static unsigned int failures, steps, chains, requests;
static struct side ccp = { .name = "ccp" }, psp = { .name = "psp_sev" };
/* ccp has left the platform initialized, psp_sev has not. */
static bool left;
/* Both exported, and were asked for a request, since their keys may differ in age. */
static bool have_keys, have_request;
/* What psp_sev answers programs of 64 bits, for those of 32. */
static struct result usual[PSP_SEV_CMD_MAX][FILES];

static void die(const char *what)
{
	fprintf(stderr, "compare: %s: %s\n", what, errno ? strerror(errno) : "malformed");
	exit(2);
}

static void show(const struct side *s)
{
	const struct result *x = &s->r.result;

	printf("#     %-8s ret %d errno %d error 0x%x platform %u wrote %u %u data", s->name,
	       x->ret, x->err, x->error, x->state, x->written[0], x->written[1]);
	for (unsigned int i = 0; i < 24; i++)
		printf(" %02x", x->data[i]);
	putchar('\n');
}

static void fail(const char *what)
{
	const struct step *s = &ccp.r.step;

	printf("# %s: sequence %u, step %u: kind %u, command %u, request 0x%x, file %u, ",
	       kind, s->sequence, steps, s->kind, s->cmd, s->request, s->file);
	printf("caller %u, issue %u, data %u, blobs %u %u, lengths %u %u: %s\n", s->caller,
	       s->issue, s->data, s->blob[0], s->blob[1], s->length[0], s->length[1], what);
	show(&ccp);
	show(&psp);
	failures++;
}

static bool applies(enum rule rule)
{
	const char *at = strstr(rules[rule].kernels, kernel);

	/* Not 6.1 in 6.12. */
	return at && (at[strlen(kernel)] == '\0' || at[strlen(kernel)] == ' ');
}

static bool use(enum rule rule)
{
	used[rule]++;
	return true;
}

static bool next(struct side *s)
{
	if (fread(&s->r, sizeof(s->r), 1, s->file) != 1) {
		if (!feof(s->file))
			die(s->name);
		return false;
	}
	for (unsigned int i = 0; i < 2; i++) {
		const uint32_t n = s->r.result.written[i];

		if (n > BLOB_MAX || fread(s->blob[i], 1, n, s->file) != n)
			die(s->name);
	}
	return true;
}

/* All but the bytes of keys and signatures, which are random. */
static bool same_form(const uint8_t *a, const uint8_t *b, bool key_too)
{
	const size_t random[][2] = {
		{ key_too ? 0 : 20, key_too ? 0 : 164 },
		{ V_SIGNATURE(0) + 8, V_SIGNATURE(1) },
		{ V_SIGNATURE(1) + 8, V_CERT_SIZE },
	};
	size_t from = 0;

	for (unsigned int i = 0; i < 3; i++) {
		if (memcmp(a + from, b + from, random[i][0] - from))
			return false;
		from = random[i][1];
	}
	return true;
}

static void verify_chain(const struct side *s)
{
	const struct v_chain chain = {
		.pdh = s->blob[0],
		.pek = s->blob[1],
		.oca = s->blob[1] + V_CERT_SIZE,
		.cek = s->blob[1] + 2 * V_CERT_SIZE,
		.ask = ca[0],
		.ark = ca[1],
	};
	const char *where, *why = v_verify(&chain, &where);
	char text[256];

	chains++;
	if (!why)
		return;
	snprintf(text, sizeof(text), "%s of %s: %s", where, s->name, why);
	fail(text);
}

static const uint8_t *cert_of(const struct side *s, unsigned int n)
{
	return n ? s->blob[1] + (n - 1) * V_CERT_SIZE : s->blob[0];
}

static bool key_is(const struct side *s, unsigned int n, const uint8_t key[PUBLIC_KEY])
{
	return !memcmp(cert_of(s, n) + V_KEY, key, PUBLIC_KEY);
}

static void compare_chains(void)
{
	for (unsigned int n = 0; n < CERTS; n++) {
		if (!same_form(cert_of(&ccp, n), cert_of(&psp, n), n == 3))
			fail("certificates of another form");
		if (have_keys && key_is(&ccp, n, ccp.key[n]) != key_is(&psp, n, psp.key[n]))
			fail("a key is new in only one of them");
	}
	if (have_request && key_is(&ccp, 1, ccp.request) != key_is(&psp, 1, psp.request))
		fail("the request was for this PEK in only one of them");
	for (unsigned int n = 0; n < CERTS; n++) {
		memcpy(ccp.key[n], cert_of(&ccp, n) + V_KEY, PUBLIC_KEY);
		memcpy(psp.key[n], cert_of(&psp, n) + V_KEY, PUBLIC_KEY);
	}
	have_keys = true;
	verify_chain(&ccp);
	verify_chain(&psp);
}

static void compare_request(void)
{
	const char *why = v_form(ccp.blob[0], V_PEK) ?: v_form(psp.blob[0], V_PEK);

	requests++;
	if (why)
		fail(why);
	if (!same_form(ccp.blob[0], psp.blob[0], false))
		fail("requests of another form");
	memcpy(ccp.request, ccp.blob[0] + V_KEY, PUBLIC_KEY);
	memcpy(psp.request, psp.blob[0] + V_KEY, PUBLIC_KEY);
	have_request = true;
}

static void compare_blobs(void)
{
	const struct result *a = &ccp.r.result, *b = &psp.r.result;
	const uint32_t cmd = ccp.r.step.cmd;

	if (memcmp(a->written, b->written, sizeof(a->written))) {
		fail("other lengths");
	} else if (cmd == PSP_SEV_PDH_CERT_EXPORT && a->written[0] == V_CERT_SIZE) {
		/* Of one that has gone half way there is no chain. */
		if (a->written[1] == 3 * V_CERT_SIZE)
			compare_chains();
		else if (a->written[1] || !same_form(ccp.blob[0], psp.blob[0], false))
			fail("certificates of another form");
	} else if (cmd == PSP_SEV_PEK_CSR && a->written[0] == V_CERT_SIZE) {
		compare_request();
	} else {
		for (unsigned int i = 0; i < 2; i++)
			if (memcmp(ccp.blob[i], psp.blob[i], a->written[i]))
				fail("other bytes");
	}
}

static bool same(const struct result *a, const struct result *b)
{
	return a->ret == b->ret && a->err == b->err && a->error == b->error &&
	       !memcmp(a->data, b->data, sizeof(a->data));
}

/* The driver has not touched anything. */
static bool untouched(const struct side *s)
{
	return s->r.result.ret == -1 && !s->r.result.written[0] && !s->r.result.written[1] &&
	       (s->r.step.issue != PLACE_GOOD || s->r.result.error == s->r.step.error_before);
}

static void forget(void)
{
	have_keys = false;
	have_request = false;
}

static bool initializes(uint32_t cmd)
{
	return cmd == PSP_SEV_PEK_GEN || cmd == PSP_SEV_PDH_GEN || cmd == PSP_SEV_PEK_CSR ||
	       cmd == PSP_SEV_PEK_CERT_IMPORT || cmd == PSP_SEV_PDH_CERT_EXPORT;
}

static bool is_snp(uint32_t cmd)
{
	return cmd >= PSP_SEV_SNP_PLATFORM_STATUS && cmd < PSP_SEV_CMD_MAX;
}

/* PLATFORM_STATUS of a platform that only ccp has left initialized. */
static bool status_differs_by_state(void)
{
	const struct psp_sev_status *x = (const void *)ccp.r.result.data;
	struct psp_sev_status y = *(const struct psp_sev_status *)psp.r.result.data;

	if (ccp.r.result.err || psp.r.result.err || y.state != PSP_SEV_STATE_UNINIT || y.flags ||
	    x->state != PSP_SEV_STATE_INIT || !(x->flags & PSP_SEV_FLAG_ES))
		return false;
	y.state = x->state;
	y.flags = x->flags;
	return ccp.r.result.error == psp.r.result.error && !memcmp(x, &y, sizeof(y));
}

/* Is there a rule for answers that differ? */
static bool excused(void)
{
	const struct result *a = &ccp.r.result, *b = &psp.r.result;
	const struct step *s = &ccp.r.step;

	if (s->caller == CALLER_32BIT && s->request == PSP_SEV_ISSUE_CMD)
		return a->err == ENOTTY && untouched(&ccp) &&
		       b->ret == usual[s->cmd][s->file].ret &&
		       b->err == usual[s->cmd][s->file].err &&
		       b->error == usual[s->cmd][s->file].error && use(RULE_32BIT);
	if (s->caller == CALLER_32BIT)
		return a->err == ENOTTY && b->err == EINVAL && untouched(&ccp) &&
		       untouched(&psp) && use(RULE_32BIT);
	if (!strcmp(kind, "old"))
		return (s->cmd == PSP_SEV_GET_ID || s->cmd == PSP_SEV_GET_ID2) &&
		       a->err == KERNEL_ENOTSUPP && b->err == EOPNOTSUPP && untouched(&ccp) &&
		       untouched(&psp) && use(RULE_OLD_FIRMWARE);
	if (!strcmp(kind, "late"))
		return a->err == EBUSY && untouched(&ccp) && !b->err && !b->error && use(RULE_LATE);
	if (applies(RULE_NO_SNP) && is_snp(s->cmd) && a->err == EINVAL)
		return untouched(&ccp) && use(RULE_NO_SNP);
	if (applies(RULE_FLUSH_STATUS) && initializes(s->cmd) && a->err == EIO && b->err == EIO)
		return !a->error && b->error && a->state == PSP_SEV_STATE_INIT &&
		       use(RULE_FLUSH_STATUS);
	if (applies(RULE_LEFT_INITIALIZED) && left && s->cmd == PSP_SEV_PLATFORM_STATUS)
		return status_differs_by_state() && use(RULE_LEFT_INITIALIZED);
	if (applies(RULE_LEFT_INITIALIZED) && left && s->cmd == PSP_SEV_PDH_CERT_EXPORT &&
	    s->file == FILE_READ && b->err == EPERM)
		return untouched(&psp) && a->err != EPERM && use(RULE_LEFT_INITIALIZED);
	if (applies(RULE_EXPORT_ORDER) && s->cmd == PSP_SEV_PDH_CERT_EXPORT && b->err == EFAULT)
		return untouched(&psp) && use(RULE_EXPORT_ORDER) &&
		       (a->err == EFAULT || (s->file == FILE_READ && a->err == EPERM));
	return false;
}

/* The state that the platform is in after a step. */
static void compare_states(void)
{
	const uint32_t a = ccp.r.result.state, b = psp.r.result.state;
	const struct step *s = &ccp.r.step;

	if (a == b) {
		if (a != STATE_UNKNOWN)
			left = false;
		return;
	}
	if (!strcmp(kind, "late") && a == STATE_UNKNOWN && b == PSP_SEV_STATE_UNINIT)
		return;
	if (applies(RULE_LEFT_INITIALIZED) && a == PSP_SEV_STATE_INIT &&
	    b == PSP_SEV_STATE_UNINIT && use(RULE_LEFT_INITIALIZED)) {
		/* A command that was not heard, or not carried out, leaves all as it was. */
		if (!left && !(s->kind == STEP_ISSUE && initializes(s->cmd)))
			fail("which command has initialized the platform?");
		left = true;
		return;
	}
	fail("the platform is in another state");
}

static void compare_step(void)
{
	const struct step *s = &ccp.r.step;

	if (memcmp(s, &psp.r.step, sizeof(*s))) {
		printf("# %s: step %u: the sequences themselves differ\n", kind, steps);
		exit(1);
	}
	if (s->kind == STEP_ISSUE && s->cmd < PSP_SEV_CMD_MAX && s->caller != CALLER_32BIT)
		usual[s->cmd][s->file] = psp.r.result;
	if (same(&ccp.r.result, &psp.r.result))
		compare_blobs();
	else if (!excused())
		fail("other answers");
	/* What only one of them has done makes keys that are not of one age. */
	if (s->caller == CALLER_32BIT)
		forget();
	compare_states();
}

static void compare_files(char *names)
{
	char *rest = names;
	bool more;

	kind = strsep(&rest, ":");
	ccp.file = fopen(strsep(&rest, ":") ?: "", "r");
	psp.file = rest ? fopen(rest, "r") : NULL;
	if (!ccp.file || !psp.file)
		die(names);
	left = false;
	forget();
	for (;;) {
		more = next(&ccp);
		if (next(&psp) != more)
			die("records of different length");
		if (!more)
			break;
		steps++;
		compare_step();
	}
	fclose(ccp.file);
	fclose(psp.file);
}

static void read_ca(const char *path)
{
	FILE *f = fopen(path, "r");
	uint8_t *p = ca[0];

	if (!f)
		die(path);
	if (fscanf(f, "\"") < 0)
		die(path);
	for (size_t i = 0; i < sizeof(ca); i++)
		if (fscanf(f, "%2hhx", p + i) != 1)
			die(path);
	fclose(f);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: compare KERNEL ASK_ARK KIND:CCP:PSP_SEV...\n");
		return 2;
	}
	kernel = argv[1];
	read_ca(argv[2]);
	for (unsigned int i = 0; i < 2; i++) {
		ccp.blob[i] = malloc(BLOB_MAX);
		psp.blob[i] = malloc(BLOB_MAX);
		if (!ccp.blob[i] || !psp.blob[i])
			die("memory");
	}
	for (int i = 3; i < argc; i++)
		compare_files(argv[i]);
	for (enum rule r = 0; r < RULES; r++) {
		if (!applies(r))
			continue;
		printf("# %u times %s: %s\n", used[r], rules[r].name, rules[r].reason);
		if (!used[r])
			failures++;
	}
	printf("# %u steps, %u chains and %u requests verified\n", steps, chains, requests);
	printf("# %u differences without a reason, or reasons without a difference\n", failures);
	return failures || !chains || !requests;
}
