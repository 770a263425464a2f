/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What aspctl, vmfwctl and vmsrctl share: a table of subcommands, options,
 * output that is text or JSON from the same calls, errors, numbers, files,
 * sysfs, generic netlink and progress.
 *
 * A tool is one table:
 *
 *	static const struct cvm_command commands[] = {
 *		{ .path = "show", .help = "what is there", .run = cmd_show },
 *		{ .path = "table", .synopsis = "[FILE]", .max_args = 1,
 *		  .help = "decode a table", .run = cmd_table },
 *		{ .path = "snp status", .help = "...", .run = cmd_snp_status },
 *		{ }
 *	};
 *	static const struct cvm_tool tool = {
 *		.name = "aspctl", .summary = "...", .commands = commands,
 *	};
 *	int main(int argc, char **argv)
 *	{
 *		return cvm_main(&tool, argc, argv);
 *	}
 *
 * and a function for each row that gathers its output and says how it ended:
 *
 *	int cmd_show(int argc, char **argv)
 *	{
 *		if (!there)
 *			return cvm_error(CVM_ABSENT,
 *					 cvm_fmt("opening %s", path),
 *					 strerror(errno),
 *					 "load the driver: modprobe psp_sev");
 *		cvm_out_u64("irq", "Interrupt", irq);
 *		return CVM_OK;
 *	}
 *
 * State is one per process (a command line is parsed once), so nothing here
 * is safe to call from several threads at the same time.
 */
#ifndef CVMTOOL_H
#define CVMTOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * enum cvm_exit - how a tool ends; also what a subcommand returns
 * @CVM_OK: it was done
 * @CVM_USAGE: the command line is wrong, nothing was tried
 * @CVM_FAIL: the system, the kernel or the firmware said no
 * @CVM_ABSENT: what was asked about does not exist here
 */
enum cvm_exit {
	CVM_OK = 0,
	CVM_USAGE = 1,
	CVM_FAIL = 2,
	CVM_ABSENT = 3,
};

/* ---- subcommands and options (main.c) ---- */

/*
 * enum cvm_option_kind - what an option takes and what its value points to
 * @CVM_OPT_FLAG: nothing; bool
 * @CVM_OPT_STRING: any text; const char *
 * @CVM_OPT_U64: a number between min and max; uint64_t
 * @CVM_OPT_SIZE: the same, with an optional suffix K, M or G; uint64_t
 * @CVM_OPT_WORDS: any text, as often as it is given; struct cvm_words
 */
enum cvm_option_kind {
	CVM_OPT_FLAG,
	CVM_OPT_STRING,
	CVM_OPT_U64,
	CVM_OPT_SIZE,
	CVM_OPT_WORDS,
};

#define CVM_WORDS_MAX 32u

/* struct cvm_words - what an option was given, in its order; one more is refused */
struct cvm_words {
	const char *word[CVM_WORDS_MAX];
	unsigned int count;
};

/*
 * struct cvm_option - one option of one subcommand
 * @name: long name without the dashes; a row without name ends the table
 * @letter: short name, or 0
 * @kind: what it takes
 * @argument: how help calls the argument, NULL for a flag
 * @help: one line
 * @value: where the value goes; untouched while the option is not given
 * @min: smallest number accepted
 * @max: largest number accepted; 0 means no limit
 */
struct cvm_option {
	const char *name;
	char letter;
	enum cvm_option_kind kind;
	const char *argument;
	const char *help;
	void *value;
	uint64_t min;
	uint64_t max;
};

/*
 * struct cvm_command - one subcommand
 * @path: one or two words, "show" or "snp status"; a row without path ends the
 *	table
 * @synopsis: its positional arguments as help shows them, NULL for none
 * @help: one line
 * @details: further text for `TOOL PATH --help`, or NULL
 * @min_args: fewest positional arguments
 * @max_args: most positional arguments; less than @min_args means any number
 * @options: its own options, or NULL. --json, --verbose, --help and --version
 *	exist everywhere and are not repeated here.
 * @run: does it; gets the positional arguments alone (argv[0] is the first,
 *	argv[argc] is NULL) and returns an enum cvm_exit
 */
struct cvm_command {
	const char *path;
	const char *synopsis;
	const char *help;
	const char *details;
	int min_args;
	int max_args;
	const struct cvm_option *options;
	int (*run)(int argc, char **argv);
};

/*
 * struct cvm_tool - a tool
 * @name: as the user types it
 * @summary: one line
 * @commands: the table, ended by a row without path
 */
struct cvm_tool {
	const char *name;
	const char *summary;
	const struct cvm_command *commands;
};

/*
 * cvm_main - parse the command line, run the subcommand, print its output
 *
 * Understands `TOOL [--json] [--verbose] WORD [WORD] [arguments]`, options
 * before, between and after the words, `--` as the end of options, --help and
 * --version at every place, and the hidden --list-commands, which prints the
 * table's paths one a line. `TOOL --complete WORD...` prints what may stand in
 * the last word's place, so that a tool's bash completion is always
 *
 *	_aspctl() {
 *		mapfile -t COMPREPLY < <("$1" --complete \
 *			"${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
 *	}
 *	complete -o default -F _aspctl aspctl
 *
 * Return: the process's exit status. Never CVM_OK when the output could not be
 * written completely.
 */
int cvm_main(const struct cvm_tool *tool, int argc, char **argv);

/* cvm_json - whether --json was given. Few need it: cvm_out_* asks itself. */
bool cvm_json(void);

/* cvm_verbose - whether --verbose was given. */
bool cvm_verbose(void);

/*
 * cvm_stop_on_signal - let SIGINT, SIGTERM and SIGHUP end a loop, not the process
 *
 * For subcommands that run until they are told to stop: they are successful
 * then and their output is completed. A second signal ends the process.
 * System calls that wait return EINTR.
 */
void cvm_stop_on_signal(void);

/* cvm_stopped - whether such a signal has come. */
bool cvm_stopped(void);

/* ---- errors (error.c) ---- */

/*
 * cvm_error - report why something did not work
 * @code: CVM_USAGE, CVM_FAIL or CVM_ABSENT
 * @tried: what was tried, quoting what the user gave: "opening '/dev/sev'"
 * @answer: what the kernel or the firmware answered: strerror(errno), or NULL
 *	where @tried says everything
 * @next: what the user can do now, or NULL
 *
 * Text: "TOOL: TRIED: ANSWER" and "TOOL: hint: NEXT" on stderr. With --json: an
 * element of "errors" in the document on stdout, beside what was gathered.
 *
 * Return: @code, so that `return cvm_error(...)` ends a subcommand.
 */
int cvm_error(enum cvm_exit code, const char *tried, const char *answer,
	      const char *next);

/*
 * cvm_errno - CVM_ABSENT for an errno that says something is not there
 * (ENOENT, ENODEV, ENXIO, ENOTDIR), CVM_FAIL for any other
 */
enum cvm_exit cvm_errno(int err);

/*
 * cvm_warn - something the user should know although the command succeeds
 *
 * stderr, or an element of "warnings" with --json.
 */
void cvm_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* cvm_note - a line on stderr, with --verbose only */
void cvm_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * cvm_fmt - format a string that lives until cvm_out_flush() or the end
 *
 * Keeps errno, so it may stand beside strerror(errno) in one call.
 */
const char *cvm_fmt(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * cvm_forget_texts - free the strings of cvm_fmt(), cvm_printable() and
 * cvm_quantity(), for a loop that does not call cvm_out_flush()
 */
void cvm_forget_texts(void);

/*
 * cvm_alloc - zeroed memory, or the end of the process with a message
 *
 * Return: memory for free(); never NULL.
 */
void *cvm_alloc(size_t count, size_t size)
	__attribute__((malloc, alloc_size(1, 2)));

/*
 * cvm_grow - room for one more in an array
 * @array: of cvm_alloc() or cvm_grow(); NULL while @room is 0
 * @nr: how many are in it
 * @room: how many it has room for
 * @size: bytes of each
 *
 * Return: @array, or a larger one in its place.
 */
void *cvm_grow(void *array, size_t nr, size_t *room, size_t size);

/*
 * cvm_printable - a copy of @text that cannot harm a terminal
 *
 * Control characters become \xNN, and bytes that are not UTF-8 too: names and
 * messages may come from a hypervisor. Lives as long as cvm_fmt()'s.
 * The cvm_out functions and cvm_error do this by themselves.
 */
const char *cvm_printable(const char *text);

/* ---- output (out.c) ---- */

/*
 * Output is gathered as a tree and printed when the subcommand returns: as
 * text with aligned columns, or as one JSON document with --json.
 *
 * @key is the JSON name (lower case, words joined by '_', the base unit last:
 * "energy_uj"), @label the text one. Both are NULL for an element of a list.
 * A @label of NULL elsewhere leaves the field out of the text; a @key of NULL
 * outside a list leaves it out of the JSON. The keys "errors" and "warnings" of
 * the document itself belong to cvm_error() and cvm_warn().
 */

/* cvm_out_string - any text; NULL is written as cvm_out_none() does */
void cvm_out_string(const char *key, const char *label, const char *value);

/* cvm_out_format - text made by a format */
void cvm_out_format(const char *key, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* cvm_out_u64 - a number without a unit */
void cvm_out_u64(const char *key, const char *label, uint64_t value);

/* cvm_out_s64 - a signed number without a unit */
void cvm_out_s64(const char *key, const char *label, int64_t value);

/*
 * cvm_out_double - a number with @decimals places; text adds @unit unless NULL
 *
 * What is not finite is written as cvm_out_none() does.
 */
void cvm_out_double(const char *key, const char *label, double value,
		    int decimals, const char *unit);

/*
 * cvm_out_hex - an address or a register, 0x and @digits digits at least
 *
 * A string in JSON too: numbers above 2^53 do not survive many JSON readers.
 */
void cvm_out_hex(const char *key, const char *label, uint64_t value,
		 int digits);

/* cvm_out_bool - yes or no; true or false in JSON */
void cvm_out_bool(const char *key, const char *label, bool value);

/* cvm_out_bytes - a byte string in lower-case hexadecimal digits */
void cvm_out_bytes(const char *key, const char *label, const void *data,
		   size_t size);

/* cvm_out_none - @text ("not supported"; NULL: "-") in text, null in JSON */
void cvm_out_none(const char *key, const char *label, const char *text);

/*
 * enum cvm_unit - what a quantity is counted in
 * @CVM_BYTES: bytes; text in KiB, MiB, GiB
 * @CVM_MICROJOULE: text in mJ, J, kJ, MJ
 * @CVM_MICROWATT: text in mW, W, kW
 * @CVM_NANOSECOND: text in us, ms, s
 */
enum cvm_unit {
	CVM_BYTES,
	CVM_MICROJOULE,
	CVM_MICROWATT,
	CVM_NANOSECOND,
};

/* cvm_out_quantity - scaled for people in text, the plain number in JSON */
void cvm_out_quantity(const char *key, const char *label, uint64_t value,
		      enum cvm_unit unit);

/* cvm_quantity - the text of cvm_out_quantity(); lives as long as cvm_fmt()'s */
const char *cvm_quantity(uint64_t value, enum cvm_unit unit);

/*
 * cvm_out_object - fields that belong together follow, until cvm_out_end()
 *
 * Text: the label as a heading, the fields indented below. In a list @key is
 * NULL and @label is the element's heading.
 */
void cvm_out_object(const char *key, const char *label);

/* cvm_out_list - elements follow (fields or objects), until cvm_out_end() */
void cvm_out_list(const char *key, const char *label);

/*
 * cvm_out_table - rows follow, until cvm_out_end()
 * @key: JSON name of the array
 * @label: heading, or NULL for none
 * @empty: what text says when there is no row: "no VM is known" (not after an
 *	error)
 *
 * Text: a column for each label, the first row that has it gives its place.
 */
void cvm_out_table(const char *key, const char *label, const char *empty);

/* cvm_out_row - the fields of one row follow, until cvm_out_end() */
void cvm_out_row(void);

/* cvm_out_end - close the innermost object, list, table or row */
void cvm_out_end(void);

/*
 * cvm_out_flush - print what was gathered now and start anew
 *
 * For subcommands that go on (monitor, top): with --json each document is one
 * line, from the first flush on. Frees the strings of cvm_fmt(), cvm_printable()
 * and cvm_quantity(), so that memory does not grow.
 *
 * Return: CVM_OK, or CVM_FAIL after a message when stdout does not take it.
 */
int cvm_out_flush(void);

/*
 * cvm_out_raw - bytes that are the output (a certificate, metrics), as they are
 *
 * They are written at once, and with --json too; no document follows them then
 * unless there is an error or a warning.
 *
 * Return: CVM_OK, or CVM_FAIL after a message.
 */
int cvm_out_raw(const void *data, size_t size);

/* ---- numbers and words from the command line (parse.c) ---- */

/*
 * cvm_parse_u64 - a whole number, decimal or with 0x
 * @what: how the message calls it: "PID"
 * @text: what the user wrote
 * @min: smallest accepted
 * @max: largest accepted
 * @value: result; untouched on failure
 *
 * Return: CVM_OK, or CVM_USAGE after a message that quotes @text.
 */
int cvm_parse_u64(const char *what, const char *text, uint64_t min,
		  uint64_t max, uint64_t *value);

/* cvm_parse_size - the same with an optional K, M or G (times 1024 each) */
int cvm_parse_size(const char *what, const char *text, uint64_t min,
		   uint64_t max, uint64_t *value);

/*
 * cvm_parse_hex - exactly @size bytes from 2 * @size hexadecimal digits
 *
 * Return: CVM_OK, or CVM_USAGE after a message.
 */
int cvm_parse_hex(const char *what, const char *text, void *data, size_t size);

/*
 * cvm_parse_choice - one word of a list
 * @choices: the words, ended by NULL
 * @index: place of the word
 *
 * Return: CVM_OK, or CVM_USAGE after a message that names the words.
 */
int cvm_parse_choice(const char *what, const char *text,
		     const char *const *choices, unsigned int *index);

/*
 * cvm_number - the silent parser below those, for text of any origin
 *
 * Return: 0, -EINVAL for what is no number, -ERANGE above 64 bits.
 */
int cvm_number(const char *text, uint64_t *value);

/* ---- files and sysfs (file.c) ---- */

/*
 * cvm_read_file - the whole of a file
 * @path: a regular file, a sysfs attribute, a pipe; "-" is stdin
 * @limit: most bytes accepted
 * @data: result for free(); a zero byte follows the content
 * @size: its length without that byte
 *
 * Sizes that the file system tells are a hint only: reads until the end.
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int cvm_read_file(const char *path, size_t limit, void **data, size_t *size);

/*
 * cvm_write_file - put bytes into a file, completely or not at all
 * @path: a new file, one to replace, or a device; "-" is stdout
 * @mode: permissions of a new file
 *
 * A regular file is written beside its final name and renamed, so this is not
 * for sysfs: see cvm_sysfs_write() and cvm_write_all(). One that replaces another
 * has its owner, group and mode; where the caller may not give it away, nothing
 * is replaced. ACLs and other extended attributes are not kept.
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int cvm_write_file(const char *path, const void *data, size_t size,
		   unsigned int mode);

/*
 * cvm_sysfs_read - an attribute's text without its last newline
 * @buf: result, always terminated
 * @size: its size; a longer attribute is -EFBIG
 * @fmt: the path
 *
 * Silent, for attributes that need not be there.
 *
 * Return: the length, or a negative errno.
 */
int cvm_sysfs_read(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* cvm_sysfs_u64 - an attribute that is a number. Return: 0 or a negative errno. */
int cvm_sysfs_u64(uint64_t *value, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * cvm_sysfs_write - write an attribute, in one write as sysfs wants it
 *
 * Return: 0 or the kernel's negative errno.
 */
int cvm_sysfs_write(const char *value, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * cvm_write_all - write(2) until everything is written
 *
 * Return: 0 or a negative errno.
 */
int cvm_write_all(int fd, const void *data, size_t size);

/* ---- progress (progress.c) ---- */

/*
 * struct cvm_progress - a bar on stderr
 *
 * Drawn only when stderr is a terminal, at most ten times a second, and only
 * once the work has lasted a moment.
 */
struct cvm_progress {
	const char *what;
	uint64_t total;
	uint64_t started_ns;
	uint64_t drawn_ns;
	bool on;
	bool drawn;
};

/* cvm_progress_start - begin; @total of 0 shows the amount without a share */
void cvm_progress_start(struct cvm_progress *p, const char *what,
			uint64_t total);

/* cvm_progress_update - @done of total is done */
void cvm_progress_update(struct cvm_progress *p, uint64_t done);

/* cvm_progress_end - wipe the bar away; before a message, and in the end */
void cvm_progress_end(struct cvm_progress *p);

/* ---- generic netlink (genl.c) ---- */

struct cvm_genl;
struct nl_msg;
struct nlmsghdr;

/*
 * cvm_genl_fn - gets each answer or event; nlmsg and genlmsg functions of
 * libnl take @hdr apart. Return: CVM_OK to go on, else the end and its code.
 */
typedef int (*cvm_genl_fn)(struct nlmsghdr *hdr, void *arg);

/*
 * cvm_genl_open - connect to a generic netlink family
 * @nl: result, for cvm_genl_close()
 * @family: its name
 * @module: the kernel module that brings it, for the message
 *
 * Return: CVM_OK; CVM_ABSENT after a message when the family is not there;
 * CVM_FAIL after a message.
 */
int cvm_genl_open(struct cvm_genl **nl, const char *family,
		  const char *module);

/* cvm_genl_close - NULL is fine */
void cvm_genl_close(struct cvm_genl *nl);

/*
 * cvm_genl_msg - an empty request, to be filled by nla_put_*()
 * @flags: 0, or NLM_F_DUMP
 *
 * Return: never NULL; cvm_genl_do() takes it.
 */
struct nl_msg *cvm_genl_msg(struct cvm_genl *nl, uint8_t cmd, int flags);

/*
 * cvm_genl_do - send a request and wait for all its answers
 * @msg: is freed in any case
 * @tried: what it does, for the message: "attaching process 42"
 * @fn: called for each answer once all have come; NULL when none is expected.
 *	A dump that changed under way has been repeated.
 *
 * The kernel's own words (extended acknowledgment) are part of the message,
 * and its warnings are shown.
 *
 * Return: CVM_OK, or after a message CVM_ABSENT for ENOENT, ENODEV and ESRCH,
 * CVM_FAIL for everything else, or what @fn returned.
 */
int cvm_genl_do(struct cvm_genl *nl, struct nl_msg *msg, const char *tried,
		cvm_genl_fn fn, void *arg);

/*
 * cvm_genl_do_quiet - the same for a caller who expects some of the errors
 * @words: the kernel's words, or NULL when there are none; may be NULL
 *
 * Return: 0, or the kernel's negative errno. @fn has to return 0.
 */
int cvm_genl_do_quiet(struct cvm_genl *nl, struct nl_msg *msg,
		      const char **words, cvm_genl_fn fn, void *arg);

/*
 * cvm_genl_listen - receive a multicast group's events on this connection
 *
 * Use a connection of its own for it: cvm_genl_do() would not tell events from
 * answers.
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message.
 */
int cvm_genl_listen(struct cvm_genl *nl, const char *group);

/*
 * cvm_genl_wait - hand the events that come within @timeout_ms to @fn
 * @timeout_ms: -1 waits for ever, until cvm_stopped()
 *
 * Returns after the first batch of events. Events lost because the reader was
 * slow are reported by cvm_warn().
 *
 * Return: CVM_OK (also when nothing came or a signal did), CVM_FAIL after a
 * message, or what @fn returned.
 */
int cvm_genl_wait(struct cvm_genl *nl, int timeout_ms, cvm_genl_fn fn,
		  void *arg);

/* cvm_genl_fd - for poll(); cvm_genl_wait(nl, 0, ...) reads what came */
int cvm_genl_fd(const struct cvm_genl *nl);

#endif
