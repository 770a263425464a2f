// SPDX-License-Identifier: GPL-2.0-only
/* What the shell may propose for the word being typed. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

static void propose(const char *word, const char *typed)
{
	if (!strncmp(word, typed, strlen(typed)))
		printf("%s\n", word);
}

/* The first words of all commands, or the second ones of a group, once each. */
static void propose_commands(const char *group, const char *typed)
{
	size_t skip = group ? strlen(group) + 1 : 0, len;
	const struct cvm_command *cmd, *other;

	for (cmd = cvm_state.tool->commands; cmd->path; cmd++) {
		if (group && (strncmp(cmd->path, group, skip - 1) ||
			      cmd->path[skip - 1] != ' '))
			continue;
		len = strcspn(cmd->path + skip, " ");
		/* A word that begins several commands: the first one says it. */
		for (other = cvm_state.tool->commands; other != cmd; other++)
			if (!strncmp(other->path, cmd->path, skip + len) &&
			    (!other->path[skip + len] ||
			     other->path[skip + len] == ' '))
				break;
		if (other == cmd)
			propose(cvm_fmt("%.*s", (int)len, cmd->path + skip),
				typed);
	}
}

static void propose_options(const struct cvm_command *cmd, const char *typed)
{
	static const char *const common[] = {
		"--json", "--verbose", "--help", "--version",
	};
	const struct cvm_option *opt;
	size_t i;

	for (opt = cmd ? cmd->options : NULL; opt && opt->name; opt++)
		propose(cvm_fmt("--%s", opt->name), typed);
	for (i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		propose(common[i], typed);
}

/* Whether the word after @arg is its value. */
static bool takes_value(const struct cvm_command *cmd, const char *arg)
{
	const struct cvm_option *opt;

	for (opt = cmd ? cmd->options : NULL; opt && opt->name; opt++)
		if (opt->kind != CVM_OPT_FLAG &&
		    (!strcmp(arg, cvm_fmt("--%s", opt->name)) ||
		     (opt->letter && arg[1] == opt->letter && !arg[2])))
			return true;
	return false;
}

int cvm_complete(int argc, char **argv)
{
	const struct cvm_command *cmd = NULL;
	const char *group = NULL, *typed;
	int i;

	/* The --json that cvm_main() saw is one of the words typed. */
	cvm_state.json = false;
	if (argc < 1)
		return CVM_OK;
	typed = argv[argc - 1];
	for (i = 0; i < argc - 1; i++) {
		if (!strcmp(argv[i], "--"))
			return CVM_OK;
		if (argv[i][0] == '-') {
			/* Its value is the user's business. */
			if (takes_value(cmd, argv[i]) && ++i == argc - 1)
				return CVM_OK;
			continue;
		}
		if (cmd && !group)
			continue;
		cmd = cvm_find_command(group ? group : argv[i],
				       group ? argv[i] : NULL);
		if (!group && cvm_is_group(argv[i]))
			group = argv[i];
		else
			group = NULL;
		if (!cmd && !group)
			return CVM_OK;
	}
	if (typed[0] == '-')
		propose_options(cmd, typed);
	else if (group || !cmd)
		propose_commands(group, typed);
	return CVM_OK;
}
