// SPDX-License-Identifier: GPL-2.0-only
// link: tools/vmsrctl/vm.c tools/vmsrctl/metrics_text.c tools/vmsrctl/top_view.c
// link: tools/vmsrctl/recording.c tools/vmsrctl/vmm_name.c
// link: tools/lib/error.c tools/lib/out.c tools/lib/render.c tools/lib/units.c
// link: tools/lib/parse.c -ljson-c
/*
 * The parts of vmsrctl that need no kernel, with VMs made up by the caller: lines
 *	ID VCPU_UJ OVERHEAD_UJ POWER_UW UPDATED_NS NAME
 * on stdin, where NAME is the rest of the line and \xNN in it a byte; a line "--"
 * ends a period.
 *
 *	metrics                     the last period in Prometheus's format
 *	top WIDTH KEY [reverse]     what is on the screen after the last period
 *	record                      a recording of all periods
 *	name WORD...                how a VMM with this command line calls its VM
 *	watts WORD                  a power in microwatts, or "no"
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/internal.h"
#include "tools/vmsrctl/metrics_text.h"
#include "tools/vmsrctl/recording.h"
#include "tools/vmsrctl/top_view.h"
#include "tools/vmsrctl/vmm_name.h"

#define MOST 64

struct cvm_state cvm_state;
static struct vm vms[MOST];
static size_t nr;

static void unescape(char *to, size_t room, const char *from)
{
	unsigned int byte;
	size_t n = 0;

	for (; *from && *from != '\n' && n + 1 < room; n++) {
		if (sscanf(from, "\\x%2x", &byte) == 1) {
			to[n] = byte;
			from += 4;
		} else {
			to[n] = *from++;
		}
	}
	to[n] = 0;
}

/* Whether there is one more period. */
static bool period(void)
{
	unsigned long long figures[5];
	char line[512];
	int at;

	nr = 0;
	while (fgets(line, sizeof(line), stdin)) {
		struct vm *vm = &vms[nr];

		if (!strcmp(line, "--\n"))
			return true;
		if (nr == MOST ||
		    sscanf(line, "%llu %llu %llu %llu %llu %n", &figures[0], &figures[1],
			   &figures[2], &figures[3], &figures[4], &at) != 5) {
			fprintf(stderr, "not a VM: %s", line);
			exit(1);
		}
		*vm = (struct vm){
			.id = figures[0], .vcpu_uj = figures[1], .overhead_uj = figures[2],
			.power_uw = figures[3], .updated_ns = figures[4], .vcpus = 2, .pid = 1000,
			.owner = VMSR_OWNER_ATTACHED, .vcpu_ns = figures[1],
			.overhead_ns = figures[2],
		};
		unescape(vm->name, sizeof(vm->name), line + at);
		nr++;
	}
	return nr;
}

static void metrics(void)
{
	static const struct package packages[] = {
		{ .id = 1, .cpus = 4, .active = true, .vms_uj = 1500000, .rest_uj = 1,
		  .idle_uj = UINT64_MAX, .read_errors = 3 },
		{ .index = 1, .id = 2, .die = 1 },
	};

	metrics_write(stdout, vms, nr, packages, 2);
}

static void top(unsigned int width, const struct top_view *v)
{
	unsigned int columns = top_history_columns(width);
	uint64_t most = top_view_most_uw(v, columns);
	size_t i;

	printf("%s\n%s|\n", top_summary(v), top_heading(v, width));
	for (i = 0; i < v->nr; i++)
		printf("%s|\n", top_line(v, v->rows[i], width, most, true));
}

static int run_top(const char *width, const char *key, bool reverse)
{
	struct top_view v = { .reverse = reverse, .period_ns = 1000000000 };

	while (strcmp(top_key_names[v.key], key))
		v.key++;
	while (period())
		top_view_update(&v, vms, nr);
	top(atoi(width), &v);
	top_view_free(&v);
	return 0;
}

static int run_record(void)
{
	struct recording_session s = { 1700000000000000000, 1000000000, 1000000000, "boot" };
	size_t i;

	fputs(RECORDING_FIRST_LINE, stdout);
	recording_write_session(stdout, &s);
	while (period())
		for (i = 0; i < nr; i++)
			recording_write_sample(stdout, &vms[i]);
	return 0;
}

static int run_name(int argc, char **argv)
{
	char words[4096], name[VMSR_NAME_SIZE];
	size_t size = 0;
	int i;

	for (i = 0; i < argc; i++)
		size += snprintf(words + size, sizeof(words) - size, "%s", argv[i]) + 1;
	puts(vmm_name(words, size, name, sizeof(name)) ? name : "(none)");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	uint64_t uw;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (!strcmp(what, "metrics")) {
		while (period())
			metrics();
		return 0;
	}
	if (!strcmp(what, "top") && argc >= 4)
		return run_top(argv[2], argv[3], argc > 4);
	if (!strcmp(what, "record"))
		return run_record();
	if (!strcmp(what, "name"))
		return run_name(argc - 2, argv + 2);
	if (!strcmp(what, "watts") && argc == 3) {
		if (vm_watts(argv[2], &uw))
			printf("%llu\n", (unsigned long long)uw);
		else
			puts("no");
		return 0;
	}
	fprintf(stderr, "usage: vmsrctl_parts metrics|top|record|name|watts ...\n");
	return 1;
}
