// SPDX-License-Identifier: GPL-2.0-only
/* The command line: words, options, and the subcommand they name. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#ifndef CVM_VERSION
#define CVM_VERSION "unknown"
#endif

struct cvm_state cvm_state;

static volatile sig_atomic_t stop_signals;

bool cvm_json(void)
{
	return cvm_state.json;
}

bool cvm_verbose(void)
{
	return cvm_state.verbose;
}

static void stop_handler(int sig)
{
	if (++stop_signals > 1) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void cvm_stop_on_signal(void)
{
	/* Without SA_RESTART: a loop that waits has to see the signal. */
	struct sigaction sa = { .sa_handler = stop_handler };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

bool cvm_stopped(void)
{
	return stop_signals > 0;
}

/*
 * struct parser - the command line being taken apart
 * @argc: arguments left
 * @argv: the next one
 * @words: what is no option: the path first, then positional arguments
 * @nwords: their number
 * @path: how many of them name the command
 * @cmd: the command, once it is known
 */
struct parser {
	int argc;
	char **argv;
	char **words;
	int nwords;
	int path;
	const struct cvm_command *cmd;
	bool help;
	bool version;
	bool list;
};

/* The words of a path, compared without building the joined string. */
static bool path_is(const char *path, const char *first, const char *second)
{
	size_t len = strlen(first);

	if (strncmp(path, first, len))
		return false;
	if (!second)
		return !path[len];
	return path[len] == ' ' && !strcmp(path + len + 1, second);
}

const struct cvm_command *cvm_find_command(const char *first,
					   const char *second)
{
	const struct cvm_command *cmd;

	for (cmd = cvm_state.tool->commands; cmd->path; cmd++)
		if (path_is(cmd->path, first, second))
			return cmd;
	return NULL;
}

bool cvm_is_group(const char *word)
{
	const struct cvm_command *cmd;
	size_t len = strlen(word);

	for (cmd = cvm_state.tool->commands; cmd->path; cmd++)
		if (!strncmp(cmd->path, word, len) && cmd->path[len] == ' ')
			return true;
	return false;
}

/* How many letters to add, drop or change: only words this short are typed. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[64], diagonal, above, i, j;
	size_t la = strlen(a), lb = strlen(b);

	if (lb + 1 > sizeof(row) / sizeof(row[0]) || la > 63)
		return -1;
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			above = row[j];
			if (a[i - 1] != b[j - 1])
				diagonal++;
			if (above + 1 < diagonal)
				diagonal = above + 1;
			if (row[j - 1] + 1 < diagonal)
				diagonal = row[j - 1] + 1;
			row[j] = diagonal;
			diagonal = above;
		}
	}
	return row[lb];
}

/* The table's path nearest to what was typed, if it is near at all. */
static const char *guess(const char *typed)
{
	unsigned int best = strlen(typed) < 4 ? 2 : 3, d;
	const struct cvm_command *cmd;
	const char *path = NULL;

	for (cmd = cvm_state.tool->commands; cmd->path; cmd++) {
		d = distance(typed, cmd->path);
		if (d < best) {
			best = d;
			path = cmd->path;
		}
	}
	return path;
}

static int unknown_command(const char *typed, const char *both)
{
	const char *near = guess(both);

	if (!near)
		near = guess(typed);
	return cvm_error(CVM_USAGE, cvm_fmt("no command '%s'", typed), NULL,
			 near ? cvm_fmt("did you mean '%s'?", near) :
				cvm_fmt("'%s --help' lists the commands",
					cvm_state.tool->name));
}

/* Finds out which command the words name, as soon as they do. */
static int resolve(struct parser *p, bool complete)
{
	const char *first, *second, *both;

	if (p->cmd || !p->nwords)
		return CVM_OK;
	first = p->words[0];
	second = p->nwords > 1 ? p->words[1] : NULL;
	if (second || !cvm_is_group(first)) {
		p->cmd = second ? cvm_find_command(first, second) : NULL;
		p->path = p->cmd ? 2 : 1;
		if (!p->cmd)
			p->cmd = cvm_find_command(first, NULL);
		if (p->cmd)
			return CVM_OK;
		/* The next word has not been looked at, but helps to guess. */
		if (!second && p->argc > 1)
			second = p->argv[1];
		both = second ? cvm_fmt("%s %s", first, second) : first;
		return unknown_command(cvm_is_group(first) ? both : first, both);
	}
	/* A word that is a command and begins others too: the next decides. */
	if (complete) {
		p->cmd = cvm_find_command(first, NULL);
		p->path = 1;
	}
	return CVM_OK;
}

static int need_value(struct parser *p, const char *shown, const char **text)
{
	if (p->argc < 2)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("option '%s' needs a value", shown),
				 NULL, NULL);
	p->argc--;
	*text = *++p->argv;
	return CVM_OK;
}

static int unknown_option(struct parser *p, const char *shown)
{
	const char *next;

	if (p->cmd)
		next = cvm_fmt("'%s %s --help' lists its options",
			       cvm_state.tool->name, p->cmd->path);
	else
		next = cvm_fmt("options of a command come after its name, see '%s --help'",
			       cvm_state.tool->name);
	return cvm_error(CVM_USAGE, cvm_fmt("no option '%s'", shown), NULL,
			 next);
}

static int add_word(struct cvm_words *words, const char *shown, const char *text)
{
	if (words->count == CVM_WORDS_MAX)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("option '%s' is given more than %u times",
					 shown, CVM_WORDS_MAX), NULL, NULL);
	words->word[words->count++] = text;
	return CVM_OK;
}

static int set_option(const struct cvm_option *opt, const char *shown,
		      const char *text)
{
	uint64_t max = opt->max ? opt->max : UINT64_MAX;

	switch (opt->kind) {
	case CVM_OPT_STRING:
		*(const char **)opt->value = text;
		return CVM_OK;
	case CVM_OPT_U64:
		return cvm_parse_u64(shown, text, opt->min, max, opt->value);
	case CVM_OPT_SIZE:
		return cvm_parse_size(shown, text, opt->min, max, opt->value);
	case CVM_OPT_WORDS:
		return add_word(opt->value, shown, text);
	case CVM_OPT_FLAG:
		break;
	}
	*(bool *)opt->value = true;
	return CVM_OK;
}

static int long_option(struct parser *p)
{
	const char *name = *p->argv + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const char *shown = cvm_fmt("--%.*s", (int)len, name);
	struct {
		const char *name;
		bool *flag;
	} common[] = {
		{ "json", &cvm_state.json },
		{ "verbose", &cvm_state.verbose },
		{ "help", &p->help },
		{ "version", &p->version },
		{ "list-commands", &p->list },
	};
	const struct cvm_option *opt;
	bool *flag = NULL;
	size_t i;

	if (value)
		value++;
	for (i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (!strcmp(shown + 2, common[i].name))
			flag = common[i].flag;
	for (opt = p->cmd ? p->cmd->options : NULL; opt && opt->name; opt++)
		if (!flag && !strcmp(shown + 2, opt->name))
			break;
	if (!flag && (!opt || !opt->name))
		return unknown_option(p, shown);
	if (!flag && opt->kind == CVM_OPT_FLAG)
		flag = opt->value;
	if (flag) {
		if (value)
			return cvm_error(CVM_USAGE,
					 cvm_fmt("option '%s' takes no value, but was given '%s'",
						 shown, value), NULL, NULL);
		*flag = true;
		return CVM_OK;
	}
	if (!value) {
		int ret = need_value(p, shown, &value);

		if (ret)
			return ret;
	}
	return set_option(opt, shown, value);
}

/* "-x", "-xVALUE", "-x VALUE" and flags joined in one word */
static int short_options(struct parser *p)
{
	const char *letter = *p->argv + 1;
	const struct cvm_option *opt;

	for (; *letter; letter++) {
		const char *shown = cvm_fmt("-%c", *letter);
		const char *value = letter + 1;

		if (*letter == 'h') {
			p->help = true;
			continue;
		}
		if (*letter == 'V') {
			p->version = true;
			continue;
		}
		for (opt = p->cmd ? p->cmd->options : NULL;
		     opt && opt->name; opt++)
			if (opt->letter == *letter)
				break;
		if (!opt || !opt->name)
			return unknown_option(p, shown);
		if (opt->kind == CVM_OPT_FLAG) {
			*(bool *)opt->value = true;
			continue;
		}
		if (!*value) {
			int ret = need_value(p, shown, &value);

			if (ret)
				return ret;
		}
		return set_option(opt, shown, value);
	}
	return CVM_OK;
}

static int parse(struct parser *p)
{
	bool options = true;
	int ret = CVM_OK;

	for (; p->argc > 0 && !ret; p->argc--, p->argv++) {
		const char *arg = *p->argv;

		if (options && !strcmp(arg, "--")) {
			options = false;
		} else if (options && !strncmp(arg, "--", 2)) {
			ret = long_option(p);
		} else if (options && arg[0] == '-' && arg[1]) {
			ret = short_options(p);
		} else {
			p->words[p->nwords++] = *p->argv;
			ret = resolve(p, false);
		}
	}
	return ret ? ret : resolve(p, true);
}

static int check_arguments(const struct cvm_command *cmd, int argc, char **argv)
{
	const char *next = cvm_fmt("usage: %s %s%s%s", cvm_state.tool->name,
				   cmd->path, cmd->synopsis ? " " : "",
				   cmd->synopsis ? cmd->synopsis : "");

	if (argc < cmd->min_args)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("'%s' needs %s", cmd->path,
					 cmd->min_args == 1 ? "an argument" :
					 cvm_fmt("%d arguments", cmd->min_args)),
				 NULL, next);
	if (cmd->max_args >= cmd->min_args && argc > cmd->max_args)
		return cvm_error(CVM_USAGE,
				 cvm_fmt("'%s' does not take '%s'", cmd->path,
					 argv[cmd->max_args]), NULL, next);
	return CVM_OK;
}

static int list_commands(void)
{
	const struct cvm_command *cmd;

	for (cmd = cvm_state.tool->commands; cmd->path; cmd++)
		printf("%s\n", cmd->path);
	return CVM_OK;
}

static int version(void)
{
	if (cvm_state.json) {
		cvm_out_string("name", NULL, cvm_state.tool->name);
		cvm_out_string("version", NULL, CVM_VERSION);
	} else {
		printf("%s %s\n", cvm_state.tool->name, CVM_VERSION);
	}
	return CVM_OK;
}

static int no_command(const struct parser *p)
{
	const char *name = cvm_state.tool->name;

	if (!p->nwords)
		return cvm_error(CVM_USAGE, "no command given", NULL,
				 cvm_fmt("'%s --help' lists the commands",
					 name));
	return cvm_error(CVM_USAGE,
			 cvm_fmt("'%s' needs one more word", p->words[0]), NULL,
			 cvm_fmt("'%s %s --help' lists them", name,
				 p->words[0]));
}

static int run(struct parser *p)
{
	int ret = parse(p);

	if (p->version && !ret)
		return version();
	/* The others are text, whatever else is wanted. */
	if (!ret && (p->list || p->help))
		cvm_state.json = false;
	if (p->list && !ret)
		return list_commands();
	if (p->help && !ret)
		return p->cmd ? cvm_help_command(cvm_state.tool, p->cmd) :
		       cvm_help_tool(cvm_state.tool,
				     p->nwords ? p->words[0] : NULL);
	if (ret)
		return ret;
	if (!p->cmd)
		return no_command(p);
	p->words += p->path;
	p->nwords -= p->path;
	ret = check_arguments(p->cmd, p->nwords, p->words);
	return ret ? ret : p->cmd->run(p->nwords, p->words);
}

int cvm_main(const struct cvm_tool *tool, int argc, char **argv)
{
	struct parser p = { .argc = argc - 1, .argv = argv + 1 };
	char **words;
	int i, ret, written;

	cvm_state = (struct cvm_state){ .tool = tool };
	/* Known before anything can go wrong: errors are JSON then, too. */
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			cvm_state.json = true;
	words = cvm_alloc(argc + 1, sizeof(*words));
	p.words = words;
	/* No argument at all (argc 0) is as good as none given. */
	if (argc < 1)
		p.argc = 0;
	/* What is typed so far need not make sense: not for the parser. */
	if (argc > 1 && !strcmp(argv[1], "--complete"))
		ret = cvm_complete(argc - 2, argv + 2);
	else
		ret = run(&p);
	written = cvm_out_finish();
	free(words);
	return ret ? ret : written;
}
