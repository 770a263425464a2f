// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto
/*
 * Performs generated sequences of commands against whichever driver has /dev/sev
 * and records what comes back; compare.c says where two records differ.
 *
 *	differential MODEL KIND SEED FILE
 *
 * MODEL is the bench's processor that the driver talks to. The sequences of KIND
 * follow from SEED alone:
 *
 *	all	every argument error of every command, then random ones
 *	old	those of a firmware whose version is too old for GET_ID
 *	late	an answer that comes after the driver's patience has ended
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kvm.h>
#include <linux/psp_sev.h>

#include "selftests/psp/cert_writer.h"
#include "selftests/psp/differential.h"

#define RANDOM_SEQUENCES	200
#define FILLER			0xa5
#define NOBODY			65534

/* Things in the caller's memory: each has room in these places. */
enum thing { THING_ISSUE, THING_DATA, THING_BLOB0, THING_BLOB1, THINGS };

/* Below 4 GiB, for 32-bit calls, and the same for both drivers. */
#define BASE(thing)	(0x10000000UL + (thing) * 0x1000000UL)
#define READONLY_AT	0x400000UL
#define NOACCESS_AT	0x800000UL
/* What fits before the end of the memory at PLACE_EDGE. */
#define EDGE_BYTES	8

static const char *model;
static int files[FILES];
static int ask_fd, answer_fd;
static FILE *out;
static uint64_t random_state;
static uint32_t sequences;

static EVP_PKEY *owner_key;
static uint8_t owner_cert[CERT_SIZE], pek[CERT_SIZE];
static bool pek_signed = true;

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "differential: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Marsaglia's xorshift: the same everywhere. */
static uint32_t draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % below;
}

static bool one_in(uint32_t n)
{
	return !draw(n);
}

/* One question to the machine's own monitor, through the process that asks it. */
static void ask(char *answer, size_t room, const char *question)
{
	static unsigned int asked;
	char line[256];
	size_t n = 0, want = 0, head = 0;
	int tag, status;

	snprintf(line, sizeof(line), "%d.d%u qmp %s\n", getpid(), ++asked, question);
	need(write(ask_fd, line, strlen(line)) == (ssize_t)strlen(line), "asking the monitor");
	for (;;) {
		/* "TAG STATUS BYTES", then so many bytes. */
		need(n < sizeof(line) - 1 && read(answer_fd, line + n, 1) == 1, "its answer");
		n++;
		if (!head && line[n - 1] == '\n') {
			line[n] = '\0';
			need(sscanf(line, "%d.d%*u %d %zu", &tag, &status, &want) == 3 &&
			     tag == getpid(), "its answer's form");
			head = n;
		}
		if (head && n == head + want)
			break;
	}
	line[n] = '\0';
	if (status) {
		fprintf(stderr, "differential: %s: %s\n", question, line + head);
		exit(2);
	}
	snprintf(answer, room, "%.*s", (int)strcspn(line + head, "\n"), line + head);
}

static void model_set(const char *property, const char *value)
{
	char question[128], answer[64];

	snprintf(question, sizeof(question), "set %s %s %s", model, property, value);
	ask(answer, sizeof(answer), question);
}

static size_t room_of(enum thing thing)
{
	return thing < THING_BLOB0 ? 4096 : BLOB_MAX;
}

static uint64_t address_of(enum thing thing, uint32_t place)
{
	switch (place) {
	case PLACE_GOOD:
		return BASE(thing);
	case PLACE_UNMAPPED:
		return 8;
	case PLACE_READONLY:
		return BASE(thing) + READONLY_AT;
	case PLACE_NOACCESS:
		return BASE(thing) + NOACCESS_AT;
	case PLACE_KERNEL:
		return 0xffff888000001000;
	case PLACE_NONCANONICAL:
		return 0x8000000000000000;
	case PLACE_EDGE:
		return BASE(thing) + room_of(thing) - EDGE_BYTES;
	default:
		return 0;
	}
}

static void map_memory(void)
{
	for (enum thing t = 0; t < THINGS; t++) {
		const uint64_t at[] = { BASE(t), BASE(t) + READONLY_AT, BASE(t) + NOACCESS_AT };

		for (int i = 0; i < 3; i++)
			need(mmap((void *)at[i], room_of(t), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_POPULATE,
				  -1, 0) == (void *)at[i], "memory");
		memset((void *)at[0], FILLER, room_of(t));
		memset((void *)at[1], FILLER, room_of(t));
		need(!mprotect((void *)at[1], room_of(t), PROT_READ), "mprotect");
		need(!mprotect((void *)at[2], room_of(t), PROT_NONE), "mprotect");
	}
}

/* Puts bytes where the caller has them, as far as it can. */
static void place(enum thing thing, uint32_t where, const void *bytes, size_t size)
{
	void *p = (void *)address_of(thing, where);

	if (where == PLACE_READONLY)
		need(!mprotect(p, room_of(thing), PROT_READ | PROT_WRITE), "mprotect");
	if (where == PLACE_GOOD || where == PLACE_READONLY)
		memcpy(p, bytes, size);
	else if (where == PLACE_EDGE)
		memcpy(p, bytes, size < EDGE_BYTES ? size : EDGE_BYTES);
	if (where == PLACE_READONLY)
		need(!mprotect(p, room_of(thing), PROT_READ), "mprotect");
}

static void make_data(const struct step *s, uint8_t data[64])
{
	const uint64_t a = address_of(THING_BLOB0, s->blob[0]);
	const uint64_t b = address_of(THING_BLOB1, s->blob[1]);

	memset(data, FILLER, 64);
	switch (s->cmd) {
	case PSP_SEV_PEK_CSR:
		*(struct psp_sev_pek_csr *)data = (struct psp_sev_pek_csr){ a, s->length[0] };
		break;
	case PSP_SEV_GET_ID2:
		*(struct psp_sev_get_id2 *)data = (struct psp_sev_get_id2){ a, s->length[0] };
		break;
	case PSP_SEV_PDH_CERT_EXPORT:
		*(struct psp_sev_pdh_cert_export *)data =
			(struct psp_sev_pdh_cert_export){ a, s->length[0], b, s->length[1] };
		break;
	case PSP_SEV_PEK_CERT_IMPORT:
		*(struct psp_sev_pek_cert_import *)data =
			(struct psp_sev_pek_cert_import){ a, s->length[0], b, s->length[1] };
		break;
	case PSP_SEV_SNP_SET_CONFIG:
		memset(data, 0, 64);
		break;
	case PSP_SEV_SNP_VLEK_LOAD:
		*(struct psp_sev_snp_vlek_load *)data = (struct psp_sev_snp_vlek_load){
			.len = s->length[0], .vlek_wrapped_version = s->value,
			.vlek_wrapped_address = a };
		break;
	}
}

/* As a program for i386 does it. */
static long call_32bit(int fd, uint32_t request, uint32_t argument)
{
	long ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "a" (54L), "b" ((long)fd), "c" ((long)request), "d" ((long)argument)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

/* The request that came last, for as long as there is no newer one. */
static void sign_request(void)
{
	if (!pek_signed)
		cert_sign(pek, 0, U_OCA, A_ECDSA, owner_key);
	pek_signed = true;
}

static uint32_t written_to(uint64_t address)
{
	const uint8_t *p = (const uint8_t *)address;
	uint32_t n = BLOB_MAX;

	while (n >= 8 && *(const uint64_t *)(p + n - 8) == FILLER * 0x0101010101010101ULL)
		n -= 8;
	while (n && p[n - 1] == FILLER)
		n--;
	return n;
}

static uint32_t state(void)
{
	struct psp_sev_status status;
	struct psp_sev_issue_cmd issue = {
		.cmd = PSP_SEV_PLATFORM_STATUS, .data = (uintptr_t)&status };

	return ioctl(files[FILE_READ], PSP_SEV_ISSUE_CMD, &issue) ? STATE_UNKNOWN : status.state;
}

static void do_issue(const struct step *s, struct result *r)
{
	const int fd = files[s->file];
	struct psp_sev_issue_cmd issue = {
		.cmd = s->cmd,
		.data = address_of(THING_DATA, s->data),
		.error = s->error_before,
	};
	uint8_t data[64];
	uint64_t argument = address_of(THING_ISSUE, s->issue);
	long ret;

	if (s->cmd == PSP_SEV_PEK_CERT_IMPORT && s->content == CONTENT_CERTIFICATE) {
		sign_request();
		place(THING_BLOB0, s->blob[0], pek, CERT_SIZE);
		place(THING_BLOB1, s->blob[1], owner_cert, CERT_SIZE);
	}
	make_data(s, data);
	place(THING_DATA, s->data, data, sizeof(data));
	place(THING_ISSUE, s->issue, &issue, sizeof(issue));

	if (s->caller == CALLER_NOBODY)
		need(!seteuid(NOBODY), "seteuid");
	errno = 0;
	if (s->caller == CALLER_32BIT) {
		ret = call_32bit(fd, s->request, argument);
		r->err = ret < 0 ? -ret : 0;
		r->ret = ret < 0 ? -1 : ret;
	} else {
		r->ret = ioctl(fd, s->request, argument);
		r->err = r->ret < 0 ? errno : 0;
	}
	if (s->caller == CALLER_NOBODY)
		need(!seteuid(0), "seteuid");

	if (s->issue == PLACE_GOOD || s->issue == PLACE_READONLY)
		r->error = ((struct psp_sev_issue_cmd *)argument)->error;
	if (s->data == PLACE_GOOD || s->data == PLACE_READONLY)
		memcpy(r->data, (void *)address_of(THING_DATA, s->data), sizeof(r->data));
	/* GET_ID's answer is longer than any structure, and is taken for a blob. */
	if (s->cmd == PSP_SEV_GET_ID && s->data == PLACE_GOOD) {
		memset(r->data, 0, sizeof(r->data));
		memcpy((void *)BASE(THING_BLOB0), (void *)BASE(THING_DATA),
		       sizeof(struct psp_sev_get_id));
		memset((void *)BASE(THING_DATA), FILLER, sizeof(struct psp_sev_get_id));
	}
	for (int i = 0; i < 2; i++) {
		if (s->blob[i] == PLACE_GOOD && s->cmd != PSP_SEV_PEK_CERT_IMPORT)
			r->written[i] = written_to(BASE(THING_BLOB0 + i));
	}
	if (!r->err && s->cmd == PSP_SEV_PEK_CSR && r->written[0] == CERT_SIZE) {
		memcpy(pek, (void *)BASE(THING_BLOB0), CERT_SIZE);
		pek_signed = false;
	}
}

static void do_kvm_init(struct result *r)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;
	struct kvm_sev_cmd cmd = { .id = KVM_SEV_INIT, .sev_fd = files[FILE_READ_WRITE] };

	need(kvm >= 0, "/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	need(vm >= 0, "KVM_CREATE_VM");
	r->ret = ioctl(vm, KVM_MEMORY_ENCRYPT_OP, &cmd);
	r->err = r->ret < 0 ? errno : 0;
	r->error = cmd.error;
	close(vm);
	close(kvm);
}

static void do_open(struct result *r)
{
	int fd;

	need(!seteuid(NOBODY), "seteuid");
	fd = open(PSP_SEV_DEVICE, O_RDWR | O_CLOEXEC);
	r->ret = fd < 0 ? -1 : 0;
	r->err = fd < 0 ? errno : 0;
	need(!seteuid(0), "seteuid");
	if (fd >= 0)
		close(fd);
}

static void do_guests(uint32_t count)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", count);
	model_set("guests", text);
}

/* The status that the next such command gets, or how late it is answered. */
static void do_fault(const struct step *s)
{
	char text[64] = "";

	if (s->cmd && s->value2)
		snprintf(text, sizeof(text), "sev-late@0x%x=%u#1", s->cmd, s->value2);
	else if (s->cmd)
		snprintf(text, sizeof(text), "sev-status@0x%x=0x%x#1", s->cmd, s->value);
	model_set("fault", text);
}

static void perform(const struct step *step)
{
	struct record r = { .step = *step };

	r.step.sequence = sequences;
	switch (step->kind) {
	case STEP_ISSUE:
		do_issue(step, &r.result);
		break;
	case STEP_KVM_INIT:
		do_kvm_init(&r.result);
		break;
	case STEP_GUESTS:
		do_guests(step->value);
		break;
	case STEP_FAULT:
		do_fault(step);
		break;
	case STEP_OPEN:
		do_open(&r.result);
		break;
	case STEP_PAUSE:
		usleep(step->value * 1000);
		break;
	}
	r.result.state = step->kind == STEP_FAULT ? STATE_UNKNOWN : state();
	need(fwrite(&r, sizeof(r), 1, out) == 1, "the record");
	for (int i = 0; i < 2; i++) {
		void *blob = (void *)BASE(THING_BLOB0 + i);

		need(fwrite(blob, 1, r.result.written[i], out) == r.result.written[i],
		     "the record");
		memset(blob, FILLER, r.result.written[i]);
		/* These have written what is not looked at. */
		if (step->cmd == PSP_SEV_PEK_CERT_IMPORT || step->blob[i] == PLACE_EDGE)
			memset(blob, FILLER, BLOB_MAX);
	}
}

/* The command as a careful caller gives it. */
static struct step proper(uint32_t cmd)
{
	struct step s = {
		.kind = STEP_ISSUE,
		.request = PSP_SEV_ISSUE_CMD,
		.cmd = cmd,
		.error_before = 0xdeadbeef,
	};

	switch (cmd) {
	case PSP_SEV_PEK_CSR:
		s.length[0] = CERT_SIZE;
		break;
	case PSP_SEV_PDH_CERT_EXPORT:
		s.length[0] = CERT_SIZE;
		s.length[1] = 3 * CERT_SIZE;
		break;
	case PSP_SEV_PEK_CERT_IMPORT:
		s.length[0] = CERT_SIZE;
		s.length[1] = CERT_SIZE;
		s.content = CONTENT_CERTIFICATE;
		break;
	case PSP_SEV_GET_ID2:
		s.length[0] = 128;
		break;
	case PSP_SEV_SNP_VLEK_LOAD:
		s.length[0] = sizeof(struct psp_sev_snp_vlek_load);
		break;
	}
	return s;
}

static uint32_t blobs_of(uint32_t cmd)
{
	switch (cmd) {
	case PSP_SEV_PEK_CSR:
	case PSP_SEV_GET_ID2:
	case PSP_SEV_SNP_VLEK_LOAD:
		return 1;
	case PSP_SEV_PDH_CERT_EXPORT:
	case PSP_SEV_PEK_CERT_IMPORT:
		return 2;
	}
	return 0;
}

static void issue(uint32_t cmd)
{
	struct step s = proper(cmd);

	perform(&s);
}

static void set_guests(uint32_t count)
{
	struct step s = { .kind = STEP_GUESTS, .value = count };

	perform(&s);
}

static void set_fault(uint32_t command, uint32_t status, uint32_t late_ms)
{
	struct step s = { .kind = STEP_FAULT, .cmd = command, .value = status, .value2 = late_ms };

	perform(&s);
}

static void kvm_init(void)
{
	struct step s = { .kind = STEP_KVM_INIT };

	perform(&s);
}

/* From here on the platform is as new. */
static void begin(bool initialized)
{
	sequences++;
	issue(PSP_SEV_FACTORY_RESET);
	if (initialized)
		kvm_init();
}

static const uint32_t lengths[] = {
	0, 1, 64, 127, 128, 129, CERT_SIZE - 1, CERT_SIZE, CERT_SIZE + 1, 3 * CERT_SIZE - 1,
	3 * CERT_SIZE, PSP_SEV_BLOB_MAX, PSP_SEV_BLOB_MAX + 1, 0x7fffffff, 0xffffffff,
};

#define NR_LENGTHS	(sizeof(lengths) / sizeof(lengths[0]))

static void sweep_places(uint32_t cmd, bool initialized)
{
	begin(initialized);
	for (uint32_t p = 0; p < PLACES; p++) {
		struct step s = proper(cmd);

		s.data = p;
		perform(&s);
		s.file = FILE_READ;
		perform(&s);
		s = proper(cmd);
		s.issue = p;
		perform(&s);
	}
}

static void sweep_blobs(uint32_t cmd, uint32_t blob, bool initialized)
{
	struct step s;

	begin(initialized);
	/* A request to sign, so that the import has something. */
	if (cmd == PSP_SEV_PEK_CERT_IMPORT)
		issue(PSP_SEV_PEK_CSR);
	for (uint32_t p = 0; p < PLACES; p++) {
		s = proper(cmd);
		s.blob[blob] = p;
		perform(&s);
	}
	begin(initialized);
	for (uint32_t i = 0; i < NR_LENGTHS; i++) {
		s = proper(cmd);
		s.length[blob] = lengths[i];
		perform(&s);
	}
}

static void sweep_callers(void)
{
	const uint32_t requests[] = {
		0, _IOWR('S', 1, struct psp_sev_issue_cmd), _IOWR('T', 0, struct psp_sev_issue_cmd),
		_IOWR('S', 0, char[20]), _IOW('S', 0, struct psp_sev_issue_cmd),
		_IOR('S', 0, struct psp_sev_issue_cmd), _IO('S', 0),
	};
	const uint32_t unknown[] = { PSP_SEV_CMD_MAX, PSP_SEV_CMD_MAX + 1, 0x7fffffff, 0xffffffff };
	struct step s = { .kind = STEP_OPEN };

	begin(false);
	perform(&s);
	for (uint32_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		s = proper(PSP_SEV_PLATFORM_STATUS);
		s.request = requests[i];
		perform(&s);
		s.caller = CALLER_32BIT;
		perform(&s);
	}
	for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		s = proper(unknown[i]);
		perform(&s);
	}
	begin(false);
	for (uint32_t cmd = 0; cmd < PSP_SEV_CMD_MAX; cmd++)
		for (uint32_t c = 0; c < CALLERS; c++)
			for (uint32_t f = 0; f < FILES; f++) {
				s = proper(cmd);
				s.caller = c;
				s.file = f;
				perform(&s);
			}
}

/* An owner comes, is there, and is forgotten. */
static void owners(bool initialized)
{
	begin(initialized);
	issue(PSP_SEV_PDH_CERT_EXPORT);
	issue(PSP_SEV_PEK_CSR);
	issue(PSP_SEV_PEK_CERT_IMPORT);
	issue(PSP_SEV_PLATFORM_STATUS);
	issue(PSP_SEV_PDH_CERT_EXPORT);
	issue(PSP_SEV_PEK_CERT_IMPORT);
	issue(PSP_SEV_PDH_GEN);
	issue(PSP_SEV_PDH_CERT_EXPORT);
	issue(PSP_SEV_PEK_GEN);
	issue(PSP_SEV_PDH_CERT_EXPORT);
	issue(PSP_SEV_PEK_CERT_IMPORT);
}

/* Each command while there are guests. */
static void working(void)
{
	begin(true);
	set_guests(2);
	for (uint32_t cmd = 0; cmd < PSP_SEV_CMD_MAX; cmd++)
		issue(cmd);
	set_guests(0);
}

/* Each command with a firmware that refuses one of the commands it takes. */
static void refusals(void)
{
	const uint32_t commands[] = {
		0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0c, 0x81,
	};
	const uint32_t statuses[] = { 0x03, 0x04, 0x13, 0x17, 0x18, 0xffff };

	for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		begin(false);
		for (uint32_t cmd = 0; cmd <= PSP_SEV_SNP_PLATFORM_STATUS; cmd++) {
			/* INIT and DF_FLUSH are needed only then. */
			if (commands[i] == 0x01 || commands[i] == 0x0a)
				issue(PSP_SEV_FACTORY_RESET);
			set_fault(commands[i], statuses[draw(6)], 0);
			issue(cmd);
		}
		set_fault(0, 0, 0);
	}
}

static void mutate(struct step *s)
{
	const uint32_t blobs = blobs_of(s->cmd), blob = blobs == 2 ? draw(2) : 0;

	switch (draw(blobs ? 9 : 5)) {
	case 0:
		s->file = draw(FILES);
		break;
	case 1:
		s->data = draw(PLACES);
		break;
	case 2:
		s->issue = draw(PLACES);
		break;
	case 3:
		s->caller = CALLER_NOBODY;
		break;
	case 4:
		s->error_before = draw(3);
		break;
	case 5:
		s->content = CONTENT_GARBAGE;
		s->value = draw(2);
		break;
	case 6:
		s->blob[blob] = draw(PLACES);
		break;
	default:
		s->length[blob] = lengths[draw(NR_LENGTHS)];
	}
}

static void random_sequence(void)
{
	bool initialized = one_in(3);
	bool guests = initialized && one_in(3);

	begin(initialized);
	if (guests)
		set_guests(1 + draw(3));
	for (uint32_t n = 2 + draw(5); n; n--) {
		struct step s = proper(draw(PSP_SEV_CMD_MAX));

		while (one_in(2))
			mutate(&s);
		perform(&s);
	}
	if (guests)
		set_guests(0);
}

static void perform_all(void)
{
	for (uint32_t i = 0; i < 2; i++)
		owners(i);
	for (uint32_t cmd = 0; cmd < PSP_SEV_CMD_MAX; cmd++) {
		sweep_places(cmd, cmd == PSP_SEV_PDH_CERT_EXPORT);
		for (uint32_t b = 0; b < blobs_of(cmd); b++)
			sweep_blobs(cmd, b, !b);
	}
	sweep_callers();
	working();
	refusals();
	for (uint32_t i = 0; i < RANDOM_SEQUENCES; i++)
		random_sequence();
}

static void perform_old(void)
{
	sequences++;
	issue(PSP_SEV_GET_ID);
	issue(PSP_SEV_GET_ID2);
}

static void perform_late(void)
{
	struct step pause = { .kind = STEP_PAUSE, .value = 2500 };

	begin(false);
	set_fault(0x0c, 0, 3000);
	issue(PSP_SEV_GET_ID2);
	issue(PSP_SEV_PLATFORM_STATUS);
	perform(&pause);
	issue(PSP_SEV_PLATFORM_STATUS);
	issue(PSP_SEV_GET_ID2);
}

int main(int argc, char **argv)
{
	const int flags[FILES] = { O_RDWR, O_RDONLY, O_WRONLY };

	if (argc != 5) {
		fprintf(stderr, "usage: differential MODEL all|old|late SEED FILE\n");
		return 1;
	}
	model = argv[1];
	random_state = strtoull(argv[3], NULL, 0);
	need(random_state, "the seed");
	out = fopen(argv[4], "w");
	need(out, argv[4]);
	ask_fd = open("/run/cvm-ask", O_RDWR | O_CLOEXEC);
	answer_fd = open("/run/cvm-answer", O_RDWR | O_CLOEXEC);
	need(ask_fd >= 0 && answer_fd >= 0, "the monitor");
	for (int i = 0; i < FILES; i++) {
		files[i] = open(PSP_SEV_DEVICE, flags[i] | O_CLOEXEC);
		need(files[i] >= 0, PSP_SEV_DEVICE);
	}
	map_memory();
	owner_key = key_ec("P-384");
	cert_make(owner_cert, U_OCA, A_ECDSA, owner_key);
	cert_sign(owner_cert, 0, U_OCA, A_ECDSA, owner_key);

	if (!strcmp(argv[2], "old"))
		perform_old();
	else if (!strcmp(argv[2], "late"))
		perform_late();
	else
		perform_all();
	need(!fclose(out), argv[4]);
	printf("%u sequences from seed %s\n", sequences, argv[3]);
	return 0;
}
