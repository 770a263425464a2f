// SPDX-License-Identifier: GPL-2.0-only
/* Recordings as text: written, and read from anybody. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/cvmtool.h"
#include "recording.h"

#define WORDS		8

void recording_write_session(FILE *f, const struct recording_session *s)
{
	fprintf(f, "session %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
		s->realtime_ns, s->monotonic_ns, s->period_ns, s->boot);
}

void recording_write_sample(FILE *f, const struct vm *vm)
{
	const char *c = vm->name;

	fprintf(f, "sample %" PRIu64 " %" PRIu32 " %" PRIu64 " %" PRIu64, vm->updated_ns, vm->id,
		vm->vcpu_uj, vm->overhead_uj);
	fprintf(f, " %" PRIu64 " %" PRIu64 " ", vm->vcpu_ns, vm->overhead_ns);
	if (!*c)
		fputc('-', f);
	else if (!strcmp(c, "-"))
		fputs("%2d", f), c++;
	for (; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '%')
			fprintf(f, "%%%02x", (unsigned char)*c);
		else
			fputc(*c, f);
	}
	fputc('\n', f);
}

size_t recording_whole(const char *text, size_t size)
{
	while (size && !text[size - 1])
		size--;
	while (size && text[size - 1] != '\n')
		size--;
	return size;
}

/*
 * struct last - where a VM was when it was last seen
 * @id: its number
 * @name: as it was read
 * @vm: place among the VMs
 * @session: in which session
 */
struct last {
	uint32_t id;
	bool used;
	char name[VMSR_NAME_SIZE];
	size_t vm;
	size_t session;
	uint64_t monotonic_ns;
	uint64_t values[4];
};

/*
 * struct reader - a recording being taken apart
 * @line: the line's number
 * @session: number of the session, 0 before the first
 * @shift_ns: from the monotonic clock to the picture's time
 * @latest_ns: the latest time there is so far
 * @lasts: a hash table by id
 */
struct reader {
	const char *name;
	struct recording *r;
	size_t line;
	size_t session;
	uint64_t shift_ns;
	uint64_t latest_ns;
	struct last *lasts;
	size_t nr_lasts;
	size_t room_lasts;
	size_t room_vms;
	size_t room_intervals;
};

static int wrong(const struct reader *rd, const char *what)
{
	return cvm_error(CVM_FAIL, cvm_fmt("reading '%s'", rd->name),
			 cvm_fmt("line %zu: %s", rd->line, what), NULL);
}

static struct last *slot(struct last *lasts, size_t room, uint32_t id)
{
	size_t i = id * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (room - 1);

	while (lasts[i].used && lasts[i].id != id)
		i = (i + 1) & (room - 1);
	return &lasts[i];
}

static struct last *last_of(struct reader *rd, uint32_t id)
{
	struct last *larger, *l;
	size_t i, room;

	if (2 * rd->nr_lasts >= rd->room_lasts) {
		room = rd->room_lasts ? 2 * rd->room_lasts : 64;
		larger = cvm_alloc(room, sizeof(*larger));
		for (i = 0; i < rd->room_lasts; i++)
			if (rd->lasts[i].used)
				*slot(larger, room, rd->lasts[i].id) = rd->lasts[i];
		free(rd->lasts);
		rd->lasts = larger;
		rd->room_lasts = room;
	}
	l = slot(rd->lasts, rd->room_lasts, id);
	if (!l->used)
		rd->nr_lasts++;
	return l;
}

/* Numbers below a limit; only digits, as they are written. */
static int number(const struct reader *rd, const char *what, const char *word, uint64_t max,
		  uint64_t *value)
{
	size_t digits = strspn(word, "0123456789");

	if (!digits || word[digits] || cvm_number(word, value))
		return wrong(rd, cvm_fmt("%s is '%.40s', not a number", what, word));
	if (*value > max)
		return wrong(rd, cvm_fmt("%s is %s, more than %" PRIu64, what, word, max));
	return CVM_OK;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* In place: what is read is never shorter. */
static int decode_name(const struct reader *rd, char *name)
{
	char *from = name, *to = name;
	int high, low;

	if (!strcmp(name, "-"))
		*from = 0;
	while (*from) {
		if (*from != '%') {
			*to++ = *from++;
			continue;
		}
		high = hex(from[1]);
		low = high < 0 ? -1 : hex(from[2]);
		if (low < 0 || !(high << 4 | low))
			return wrong(rd, "the name has a % that two digits do not follow, or %00");
		*to++ = high << 4 | low;
		from += 3;
	}
	*to = 0;
	if (to - name >= VMSR_NAME_SIZE)
		return wrong(rd, cvm_fmt("the name has more than %d bytes", VMSR_NAME_SIZE - 1));
	return CVM_OK;
}

static int read_session(struct reader *rd, char **words, size_t n)
{
	struct recording_session s = {};
	int ret;

	if (n != 5)
		return wrong(rd, "a session has four words: two times, the period, the boot");
	ret = number(rd, "the time of day", words[1], INT64_MAX, &s.realtime_ns);
	if (!ret)
		ret = number(rd, "the monotonic time", words[2], INT64_MAX, &s.monotonic_ns);
	if (!ret)
		ret = number(rd, "the period", words[3], INT64_MAX, &s.period_ns);
	if (ret)
		return ret;
	if (!s.period_ns)
		return wrong(rd, "the period is 0");
	rd->session++;
	rd->shift_ns = s.realtime_ns - s.monotonic_ns;
	if (s.realtime_ns < rd->latest_ns) {
		cvm_warn("%s: line %zu: the clock had been set back; this session is shown right after the one before",
			 rd->name, rd->line);
		rd->shift_ns += rd->latest_ns - s.realtime_ns;
	}
	return CVM_OK;
}

static size_t vm_place(struct reader *rd, const struct last *l, uint32_t id, const char *name)
{
	struct recording *r = rd->r;

	/* It is the same VM in a later session, unless its name says otherwise. */
	if (l->used && !strcmp(l->name, name))
		return l->vm;
	r->vms = cvm_grow(r->vms, r->nr_vms, &rd->room_vms, sizeof(*r->vms));
	r->vms[r->nr_vms] = (struct recorded_vm){ .id = id, .name = cvm_printable(name) };
	return r->nr_vms++;
}

static int add_interval(struct reader *rd, const struct last *l, const struct last *now)
{
	static const char *const what[] = { "vCPU energy", "overhead energy", "vCPU time",
					    "overhead time" };
	struct recording *r = rd->r;
	struct recorded_interval *i;
	size_t k;

	if (now->monotonic_ns <= l->monotonic_ns)
		return wrong(rd, cvm_fmt("VM %u was at %" PRIu64 " already, not before %" PRIu64,
					 now->id, l->monotonic_ns, now->monotonic_ns));
	for (k = 0; k < 4; k++)
		if (now->values[k] < l->values[k])
			return wrong(rd, cvm_fmt("the %s of VM %u went back: %" PRIu64 ", %" PRIu64,
						 what[k], now->id, l->values[k],
						 now->values[k]));
	r->intervals = cvm_grow(r->intervals, r->nr_intervals, &rd->room_intervals,
				sizeof(*r->intervals));
	i = &r->intervals[r->nr_intervals++];
	i->vm = now->vm;
	i->from_ns = l->monotonic_ns + rd->shift_ns;
	i->to_ns = now->monotonic_ns + rd->shift_ns;
	i->vcpu_uj = now->values[0] - l->values[0];
	i->overhead_uj = now->values[1] - l->values[1];
	r->vms[now->vm].joules += (i->vcpu_uj + (double)i->overhead_uj) / 1e6;
	return CVM_OK;
}

static int read_sample(struct reader *rd, char **words, size_t n)
{
	static const char *const what[] = { "the vCPU energy", "the overhead energy",
					    "the vCPU time", "the overhead time" };
	struct last now = { .used = true }, *l;
	uint64_t id, time;
	int ret;
	size_t i;

	if (!rd->session)
		return wrong(rd, "a sample before the first session");
	if (n != WORDS)
		return wrong(rd, "a sample has seven words: time, VM, 2 energies, 2 times, name");
	ret = number(rd, "the time", words[1], INT64_MAX, &now.monotonic_ns);
	if (!ret)
		ret = number(rd, "the VM", words[2], UINT32_MAX, &id);
	for (i = 0; i < 4 && !ret; i++)
		ret = number(rd, what[i], words[3 + i], UINT64_MAX, &now.values[i]);
	if (!ret)
		ret = decode_name(rd, words[7]);
	if (ret)
		return ret;
	time = now.monotonic_ns + rd->shift_ns;
	if (time > INT64_MAX)
		return wrong(rd, "the time is too late for a date");
	l = last_of(rd, id);
	now.id = id;
	now.session = rd->session;
	now.vm = vm_place(rd, l, id, words[7]);
	strcpy(now.name, words[7]);
	if (l->used && l->session == now.session && l->vm == now.vm)
		ret = add_interval(rd, l, &now);
	*l = now;
	if (time > rd->latest_ns)
		rd->latest_ns = time;
	return ret;
}

static int read_line(struct reader *rd, char *line)
{
	char *words[WORDS + 1], *at = line;
	size_t n = 0;

	if (line[0] == '#')
		return CVM_OK;
	while (at && n < WORDS + 1)
		words[n++] = strsep(&at, " ");
	if (!strcmp(words[0], "session"))
		return read_session(rd, words, at ? WORDS + 1 : n);
	if (!strcmp(words[0], "sample"))
		return read_sample(rd, words, at ? WORDS + 1 : n);
	return wrong(rd, cvm_fmt("it begins with '%.40s', not with session or sample", words[0]));
}

int recording_parse(const char *name, char *text, size_t size, struct recording *r)
{
	struct reader rd = { .name = name, .r = r, .line = 1 };
	size_t whole = recording_whole(text, size), first = strlen(RECORDING_FIRST_LINE);
	char *at = text, *end, *stop = text + whole;
	int ret = CVM_OK;

	*r = (struct recording){};
	if (whole < first || memcmp(text, RECORDING_FIRST_LINE, first))
		return cvm_error(CVM_FAIL, cvm_fmt("reading '%s'", name),
				 cvm_fmt("line 1 is not '%.*s'", (int)first - 1,
					 RECORDING_FIRST_LINE),
				 "recordings are made by vmsrctl record");
	for (at += first; at < stop && !ret; at = end + 1) {
		rd.line++;
		end = memchr(at, '\n', stop - at);
		*end = 0;
		if (strlen(at) != (size_t)(end - at))
			ret = wrong(&rd, "it has a zero byte");
		else
			ret = read_line(&rd, at);
	}
	if (!ret && whole < size)
		cvm_warn("%s: line %zu is not whole, as after a crash; it is left out", name,
			 rd.line + 1);
	free(rd.lasts);
	return ret;
}

void recording_free(struct recording *r)
{
	free(r->vms);
	free(r->intervals);
}
