// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/psp/firmware.c
/*
 * Commands to /dev/sev for the shell tests: runs them as told and prints what
 * came back, errors too.
 *
 *	sev [OPTION...] COMMAND [BYTES]...
 *
 *	-n COUNT   so many times, stopping at the first that fails
 *	-r         opens the file for reading only
 *	-w         waits for a line on stdin after opening, and prints "open"
 *	-k         goes on after a failure
 *
 * COMMAND is status, id2, id, csr, export, import, snp-status, commit, config,
 * vlek, reset, pek-gen, pdh-gen, or a number with BYTES of zeroed data. BYTES
 * is a buffer's length, for id2, csr and export; 0 asks for the length.
 *
 * Each result is a line "ret=0 errno=0 error=0x0 ..." with the answer after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/psp_sev.h>

/* What is in @error before: shows whether it was written. */
#define UNTOUCHED	0xdeadbeef

#define BUFFER_MAX	(1 << 20)

static uint8_t buffer[2][BUFFER_MAX];

struct request {
	unsigned int cmd;
	union {
		struct psp_sev_status status;
		struct psp_sev_get_id id;
		struct psp_sev_get_id2 id2;
		struct psp_sev_pek_csr csr;
		struct psp_sev_pdh_cert_export export;
		struct psp_sev_pek_cert_import import;
		struct psp_sev_snp_status snp;
		struct psp_sev_snp_config config;
		struct psp_sev_snp_vlek_load vlek;
		uint8_t bytes[4096];
	} data;
	bool no_data;
};

static const char *const names[PSP_SEV_CMD_MAX] = {
	[PSP_SEV_FACTORY_RESET] = "reset",
	[PSP_SEV_PLATFORM_STATUS] = "status",
	[PSP_SEV_PEK_GEN] = "pek-gen",
	[PSP_SEV_PEK_CSR] = "csr",
	[PSP_SEV_PDH_GEN] = "pdh-gen",
	[PSP_SEV_PDH_CERT_EXPORT] = "export",
	[PSP_SEV_PEK_CERT_IMPORT] = "import",
	[PSP_SEV_GET_ID] = "id",
	[PSP_SEV_GET_ID2] = "id2",
	[PSP_SEV_SNP_PLATFORM_STATUS] = "snp-status",
	[PSP_SEV_SNP_COMMIT] = "commit",
	[PSP_SEV_SNP_SET_CONFIG] = "config",
	[PSP_SEV_SNP_VLEK_LOAD] = "vlek",
};

static void print_bytes(const char *name, const void *data, size_t size)
{
	const uint8_t *p = data;

	printf(" %s=", name);
	while (size--)
		printf("%02x", *p++);
}

/* Enough to see whether it is the same as before. */
static void print_sum(const char *name, const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t sum = 0;

	while (size--)
		sum = sum * 31 + *p++;
	printf(" %s=%016llx", name, (unsigned long long)sum);
}

static void print_answer(const struct request *r)
{
	const struct psp_sev_snp_status *snp = &r->data.snp;
	const struct psp_sev_status *s = &r->data.status;

	switch (r->cmd) {
	case PSP_SEV_PLATFORM_STATUS:
		printf(" api=%u.%u build=%u state=%u flags=0x%x guests=%u",
		       s->api_major, s->api_minor, s->build, s->state,
		       s->flags, s->guest_count);
		break;
	case PSP_SEV_GET_ID:
		print_bytes("id", &r->data.id, sizeof(r->data.id));
		break;
	case PSP_SEV_GET_ID2:
		printf(" length=%u", r->data.id2.length);
		if (r->data.id2.address && r->data.id2.length <= BUFFER_MAX)
			print_bytes("id", buffer[0], r->data.id2.length);
		break;
	case PSP_SEV_PEK_CSR:
		printf(" length=%u", r->data.csr.length);
		break;
	case PSP_SEV_PDH_CERT_EXPORT:
		printf(" pdh=%u chain=%u", r->data.export.pdh_cert_len,
		       r->data.export.cert_chain_len);
		if (r->data.export.pdh_cert_address &&
		    r->data.export.pdh_cert_len <= BUFFER_MAX)
			print_sum("pdh-sum", buffer[0], r->data.export.pdh_cert_len);
		break;
	case PSP_SEV_SNP_PLATFORM_STATUS:
		printf(" api=%u.%u build=%u state=%u tcb=0x%llx", snp->api_major,
		       snp->api_minor, snp->build, snp->state,
		       (unsigned long long)snp->current_tcb);
		break;
	}
}

static int run(int fd, struct request *r)
{
	struct psp_sev_issue_cmd issue = {
		.cmd = r->cmd,
		.data = r->no_data ? 0 : (uintptr_t)&r->data,
		.error = UNTOUCHED,
	};
	int ret = ioctl(fd, PSP_SEV_ISSUE_CMD, &issue);
	int err = ret < 0 ? errno : 0;

	printf("ret=%d errno=%s", ret, err ? strerrorname_np(err) ?: "?" : "0");
	if (issue.error == UNTOUCHED)
		printf(" error=untouched");
	else
		printf(" error=0x%x", issue.error);
	/* A length is an answer too. */
	if (!err || (err == EIO && issue.error == PSP_SEV_INVALID_LENGTH))
		print_answer(r);
	putchar('\n');
	fflush(stdout);
	return err;
}

static void prepare(struct request *r, uint32_t size, uint32_t size2)
{
	uint64_t a = size ? (uintptr_t)buffer[0] : 0;
	uint64_t b = size2 ? (uintptr_t)buffer[1] : 0;

	memset(&r->data, 0, sizeof(r->data));
	switch (r->cmd) {
	case PSP_SEV_GET_ID2:
		r->data.id2 = (struct psp_sev_get_id2){ a, size };
		break;
	case PSP_SEV_PEK_CSR:
		r->data.csr = (struct psp_sev_pek_csr){ a, size };
		break;
	case PSP_SEV_PDH_CERT_EXPORT:
		r->data.export = (struct psp_sev_pdh_cert_export){ a, size, b, size2 };
		break;
	case PSP_SEV_PEK_CERT_IMPORT:
		r->data.import = (struct psp_sev_pek_cert_import){ a, size, b, size2 };
		break;
	case PSP_SEV_SNP_VLEK_LOAD:
		r->data.vlek.len = size;
		r->data.vlek.vlek_wrapped_address = (uintptr_t)buffer[0];
		break;
	}
}

static bool parse_command(const char *text, struct request *r)
{
	char *end;
	unsigned int i;

	for (i = 0; i < PSP_SEV_CMD_MAX; i++)
		if (!strcmp(text, names[i])) {
			r->cmd = i;
			return true;
		}
	r->cmd = strtoul(text, &end, 0);
	return *text && !*end;
}

int main(int argc, char **argv)
{
	bool wait = false, keep_going = false;
	unsigned long count = 1, i;
	struct request r = { };
	int fd, opt, err = 0, flags = O_RDWR;

	while ((opt = getopt(argc, argv, "+n:rwk0")) != -1) {
		switch (opt) {
		case 'n':
			count = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			flags = O_RDONLY;
			break;
		case 'w':
			wait = true;
			break;
		case 'k':
			keep_going = true;
			break;
		case '0':
			r.no_data = true;
			break;
		default:
			return 2;
		}
	}
	if (optind >= argc || !parse_command(argv[optind], &r)) {
		fprintf(stderr, "sev: which command?\n");
		return 2;
	}
	fd = open(PSP_SEV_DEVICE, flags | O_CLOEXEC);
	if (fd < 0) {
		printf("open errno=%s\n", strerrorname_np(errno));
		return 3;
	}
	if (wait) {
		puts("open");
		fflush(stdout);
		while ((opt = getchar()) != '\n' && opt != EOF)
			;
	}
	for (i = 0; i < count && (!err || keep_going); i++) {
		prepare(&r, argc > optind + 1 ? strtoul(argv[optind + 1], NULL, 0) : 0,
			argc > optind + 2 ? strtoul(argv[optind + 2], NULL, 0) : 0);
		if (count > 1 && i + 1 < count) {
			/* Only the last of many is worth a line. */
			struct psp_sev_issue_cmd issue = {
				.cmd = r.cmd, .data = (uintptr_t)&r.data };

			err = ioctl(fd, PSP_SEV_ISSUE_CMD, &issue) < 0 ? errno : 0;
			if (err)
				printf("command %lu: errno=%s error=0x%x\n", i,
				       strerrorname_np(err), issue.error);
			continue;
		}
		err = run(fd, &r);
	}
	return err ? 1 : 0;
}
