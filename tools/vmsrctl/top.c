// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl top: live on a terminal, or one table after the other. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <ncurses.h>

#include "top_view.h"
#include "vmsrctl.h"

/* A history for batch mode, where there is no width to fill. */
#define BATCH_HISTORY	20
#define ESCAPE_MS	25

static bool batch;
static uint64_t count;
static const char *sort = "power";

const struct cvm_option top_options[] = {
	{ .name = "batch", .letter = 'b', .kind = CVM_OPT_FLAG, .value = &batch,
	  .help = "print one table after the other, for files and pipes" },
	{ .name = "count", .letter = 'n', .kind = CVM_OPT_U64, .argument = "N",
	  .value = &count, .min = 1, .max = UINT32_MAX, .help = "end after so many periods" },
	{ .name = "sort", .letter = 's', .kind = CVM_OPT_STRING, .argument = "KEY",
	  .value = &sort, .help = "power (default), vcpu, overhead, energy, name or id" },
	{ }
};

/*
 * struct top - top at work
 * @packages: the host's counters now
 * @before: and a period ago
 * @ns: how long that is; 0 while it is not known
 * @first: the row at the top of the screen
 * @page: how many rows the screen has
 */
struct top {
	struct follow follow;
	struct top_view view;
	struct package_list packages;
	struct package_list before;
	uint64_t ns;
	bool utf8;
	bool help;
	size_t first;
	size_t page;
};

static const char *clock_now(void)
{
	time_t now = time(NULL);
	struct tm tm = {};
	char text[16];

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return cvm_fmt("%s", text);
}

static uint64_t newest_ns(const struct vm_list *list)
{
	return list->nr ? list->vms[0].updated_ns : 0;
}

/* After something new was seen. */
static int take(struct top *t)
{
	uint64_t now = newest_ns(&t->follow.now), before = newest_ns(&t->follow.before);

	t->view.period_ns = t->follow.period_ns;
	top_view_update(&t->view, t->follow.now.vms, t->follow.now.nr);
	/* Looked at twice in one period: the host's counters are the same too. */
	if (t->packages.nr && now && now == before)
		return CVM_OK;
	free(t->before.packages);
	t->before = t->packages;
	t->ns = before && now > before && t->before.nr ? now - before : 0;
	return package_list_get(t->follow.nl, &t->packages);
}

/* What the host drew, and who: all packages together. */
static const char *host_line(const struct top *t)
{
	uint64_t vms = 0, rest = 0, idle = 0;
	size_t i;

	if (!t->ns || t->packages.nr != t->before.nr)
		return "host: not known yet";
	for (i = 0; i < t->packages.nr; i++) {
		const struct package *now = &t->packages.packages[i];
		const struct package *old = &t->before.packages[i];

		vms += vm_mean_uw(old->vms_uj, now->vms_uj, t->ns);
		rest += vm_mean_uw(old->rest_uj, now->rest_uj, t->ns);
		idle += vm_mean_uw(old->idle_uj, now->idle_uj, t->ns);
	}
	return cvm_fmt("host: %s; VMs %s, rest %s, idle %s",
		       cvm_quantity(vms + rest + idle, CVM_MICROWATT),
		       cvm_quantity(vms, CVM_MICROWATT), cvm_quantity(rest, CVM_MICROWATT),
		       cvm_quantity(idle, CVM_MICROWATT));
}

/* ---- batch ---- */

static void batch_row(const struct top *t, const struct top_row *row, uint64_t most)
{
	cvm_out_row();
	cvm_out_u64("id", "ID", row->vm.id);
	cvm_out_string("name", "NAME", row->vm.name);
	cvm_out_u64("vcpus", "VCPUS", row->vm.vcpus);
	cvm_out_quantity("power_uw", "POWER", row->power_uw, CVM_MICROWATT);
	if (row->known) {
		cvm_out_quantity("vcpu_uw", "VCPU", row->vcpu_uw, CVM_MICROWATT);
		cvm_out_quantity("overhead_uw", "OVERHEAD", row->overhead_uw, CVM_MICROWATT);
	} else {
		cvm_out_none("vcpu_uw", "VCPU", NULL);
		cvm_out_none("overhead_uw", "OVERHEAD", NULL);
	}
	cvm_out_quantity("energy_uj", "ENERGY", row->vm.vcpu_uj + row->vm.overhead_uj,
			 CVM_MICROJOULE);
	cvm_out_string(NULL, "HISTORY", top_sparkline(row, BATCH_HISTORY, most, t->utf8));
	cvm_out_end();
}

static int batch_table(const struct top *t)
{
	uint64_t most = top_view_most_uw(&t->view, BATCH_HISTORY);
	size_t i;

	cvm_out_string(NULL, clock_now(), top_summary(&t->view));
	cvm_out_table("vms", NULL, NULL);
	for (i = 0; i < t->view.nr; i++)
		batch_row(t, t->view.rows[i], most);
	cvm_out_end();
	return cvm_out_flush();
}

static int run_batch(struct top *t)
{
	uint64_t n = 0;
	int ret = take(t);

	while (!ret && !cvm_stopped()) {
		ret = batch_table(t);
		if (ret || (count && ++n == count))
			break;
		ret = follow_next(&t->follow);
		if (!ret && !cvm_stopped())
			ret = take(t);
		/* Between two tables. */
		if (!ret && !cvm_stopped() && !cvm_json())
			ret = cvm_out_raw("\n", 1);
	}
	return ret;
}

/* ---- on a terminal ---- */

static void put(int y, int attributes, const char *text)
{
	attrset(attributes);
	mvaddstr(y, 0, top_fit(text, COLS));
	attrset(A_NORMAL);
}

static void draw_help(void)
{
	static const char *const lines[] = {
		"p v o e n i   sort by power, vCPU, overhead, energy, name, number",
		"< >, arrows   sort by the column to the left, to the right",
		"r             the other way round",
		"up, down      scroll; also Page Up, Page Down, Home, End",
		"space         look now",
		"h ?           this",
		"q             end",
		"",
		"WATTS is the mean since the last look, VCPU the part of the vCPU",
		"threads, OVERHEAD that of the VMM's other threads.",
		"",
		"Any key goes back.",
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]) && (int)i < LINES; i++)
		put(i, A_NORMAL, lines[i]);
}

/* What there is no room for is left out: first the help, last the VMs. */
static void draw_rows(struct top *t)
{
	unsigned int columns = top_history_columns(COLS);
	uint64_t most = top_view_most_uw(&t->view, columns);
	int y = 0, end = LINES >= 6 ? LINES - 1 : LINES;
	size_t i;

	put(y++, A_BOLD, cvm_fmt("%s  %s", clock_now(), top_summary(&t->view)));
	if (LINES >= 5)
		put(y++, A_NORMAL, host_line(t));
	if (LINES >= 3)
		put(y++, A_REVERSE, top_heading(&t->view, COLS));
	t->page = end > y ? end - y : 1;
	if (t->first + t->page > t->view.nr)
		t->first = t->view.nr > t->page ? t->view.nr - t->page : 0;
	for (i = t->first; i < t->view.nr && y < end; i++)
		put(y++, A_NORMAL, top_line(&t->view, t->view.rows[i], COLS, most, t->utf8));
	if (!t->view.nr && y < end)
		put(y, A_NORMAL, "no VM");
	if (end < LINES)
		put(end, A_DIM, "q end  h help  p v o e n i sort  r reverse");
}

static void draw(struct top *t)
{
	erase();
	if (t->help)
		draw_help();
	else
		draw_rows(t);
	refresh();
}

static void sort_by(struct top *t, int key)
{
	t->view.key = (key + TOP_KEYS) % TOP_KEYS;
	top_view_sort(&t->view);
}

/* In the order of the columns. */
static void sort_beside(struct top *t, int step)
{
	static const enum top_key columns[] = {
		TOP_ID, TOP_NAME, TOP_POWER, TOP_VCPU, TOP_OVERHEAD, TOP_ENERGY,
	};
	int i = 0;

	while (columns[i] != t->view.key)
		i++;
	sort_by(t, columns[(i + step + TOP_KEYS) % TOP_KEYS]);
}

/* Whether to go on. */
static bool on_key(struct top *t, int key)
{
	size_t last = t->view.nr > t->page ? t->view.nr - t->page : 0;

	if (t->help && key != KEY_RESIZE && key != 'q' && key != 'Q') {
		t->help = false;
		return true;
	}
	switch (key) {
	case 'q':
	case 'Q':
		return false;
	case 'h':
	case 'H':
	case '?':
	case KEY_F(1):
		t->help = true;
		break;
	case 'p':
	case 'P':
		sort_by(t, TOP_POWER);
		break;
	case 'v':
	case 'V':
		sort_by(t, TOP_VCPU);
		break;
	case 'o':
	case 'O':
		sort_by(t, TOP_OVERHEAD);
		break;
	case 'e':
	case 'E':
		sort_by(t, TOP_ENERGY);
		break;
	case 'n':
	case 'N':
		sort_by(t, TOP_NAME);
		break;
	case 'i':
	case 'I':
		sort_by(t, TOP_ID);
		break;
	case 'r':
	case 'R':
		t->view.reverse = !t->view.reverse;
		top_view_sort(&t->view);
		break;
	case '<':
	case KEY_LEFT:
		sort_beside(t, -1);
		break;
	case '>':
	case KEY_RIGHT:
		sort_beside(t, 1);
		break;
	case KEY_UP:
	case 'k':
		t->first -= t->first > 0;
		break;
	case KEY_DOWN:
	case 'j':
		t->first += t->first < last;
		break;
	case KEY_PPAGE:
		t->first -= t->first < t->page ? t->first : t->page;
		break;
	case KEY_NPAGE:
		t->first = t->first + t->page < last ? t->first + t->page : last;
		break;
	case KEY_HOME:
		t->first = 0;
		break;
	case KEY_END:
		t->first = last;
		break;
	case ' ':
		t->follow.next_ns = 0;
		break;
	}
	return true;
}

/* Until there is a key, or it is time. Return: whether to go on. */
static bool keys(struct top *t)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int key;

	poll(&in, 1, follow_due_ms(&t->follow));
	/* The terminal is gone. */
	if (in.revents & (POLLHUP | POLLERR | POLLNVAL))
		return false;
	while ((key = getch()) != ERR)
		if (!on_key(t, key))
			return false;
	return true;
}

static int run_screen(struct top *t)
{
	bool fresh = true;
	uint64_t n = 0;
	int ret = CVM_OK;

	for (;;) {
		if (fresh) {
			ret = take(t);
			if (ret || (count && n++ == count))
				break;
		}
		draw(t);
		cvm_forget_texts();
		if (cvm_stopped() || !keys(t) || cvm_stopped())
			break;
		ret = follow_look(&t->follow, &fresh);
		if (ret)
			break;
	}
	return ret;
}

/* Messages would be lost below the screen: they are kept until it is gone. */
static void give_back(int kept, int errors)
{
	char text[4096];
	ssize_t n;

	fflush(stderr);
	dup2(errors, STDERR_FILENO);
	close(errors);
	lseek(kept, 0, SEEK_SET);
	while ((n = read(kept, text, sizeof(text))) > 0)
		if (cvm_write_all(STDERR_FILENO, text, n))
			break;
	close(kept);
}

static int with_screen(struct top *t)
{
	int kept, errors, ret;
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cvm_error(CVM_USAGE, "drawing the screen",
				 "this is no terminal", "--batch is for files and pipes");
	set_escdelay(ESCAPE_MS);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return cvm_error(CVM_FAIL, "drawing the screen",
				 cvm_fmt("the terminal '%s' is not known",
					 getenv("TERM") ? getenv("TERM") : ""),
				 "set TERM to what it is, or use --batch");
	kept = memfd_create("messages", MFD_CLOEXEC);
	errors = dup(STDERR_FILENO);
	if (kept >= 0 && errors >= 0)
		dup2(kept, STDERR_FILENO);
	cbreak();
	noecho();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	curs_set(0);
	ret = run_screen(t);
	endwin();
	delscreen(screen);
	if (kept >= 0 && errors >= 0)
		give_back(kept, errors);
	return ret;
}

int cmd_top(int argc, char **argv)
{
	unsigned int key;
	struct top t = {};
	int ret;

	(void)argc;
	(void)argv;
	ret = cvm_parse_choice("--sort", sort, top_key_names, &key);
	if (ret)
		return ret;
	/* Characters as the terminal has them, numbers as JSON does. */
	setlocale(LC_CTYPE, "");
	t.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	t.view.key = key;
	cvm_stop_on_signal();
	ret = follow_open(&t.follow);
	if (ret)
		return ret;
	ret = batch || cvm_json() ? run_batch(&t) : with_screen(&t);
	top_view_free(&t.view);
	free(t.packages.packages);
	free(t.before.packages);
	follow_close(&t.follow);
	return ret;
}
