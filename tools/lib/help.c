// SPDX-License-Identifier: GPL-2.0-only
/* What --help prints. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* Wide enough for "cert export [FILE]"; longer ones put the text below. */
#define HELP_COLUMN 28

static void row(const char *left, const char *text)
{
	if (strlen(left) + 3 > HELP_COLUMN)
		printf("  %s\n%*s%s\n", left, HELP_COLUMN, "", text);
	else
		printf("  %-*s%s\n", HELP_COLUMN - 2, left, text);
}

static void common_options(void)
{
	row("--json", "print one JSON document, errors included");
	row("--verbose", "say more on stderr");
	row("-h, --help", "print this");
	row("-V, --version", "print the version");
}

static const char *usage_of(const struct cvm_command *cmd)
{
	return cmd->synopsis ? cvm_fmt("%s %s", cmd->path, cmd->synopsis) :
	       cmd->path;
}

/* @group: only the commands that begin with this word, or NULL for all */
int cvm_help_tool(const struct cvm_tool *tool, const char *group)
{
	size_t len = group ? strlen(group) : 0;
	const struct cvm_command *cmd;

	printf("Usage: %s [--json] [--verbose] %s%sCOMMAND [ARGUMENTS]\n\n",
	       tool->name, group ? group : "", group ? " " : "");
	printf("%s\n\nCommands:\n", tool->summary);
	for (cmd = tool->commands; cmd->path; cmd++)
		if (!group || (!strncmp(cmd->path, group, len) &&
			       cmd->path[len] == ' '))
			row(usage_of(cmd), cmd->help);
	printf("\nOptions:\n");
	common_options();
	printf("\n'%s COMMAND --help' tells more about one of them.\n"
	       "Exit status: 0 done, 1 wrong usage, 2 refused by the system or the firmware,\n"
	       "3 what was asked about is absent.\n", tool->name);
	return CVM_OK;
}

static void option_row(const struct cvm_option *opt)
{
	char letter[] = { '-', opt->letter, ',', ' ', 0 };

	if (!opt->letter)
		letter[0] = 0;
	row(cvm_fmt("%s--%s%s%s", letter, opt->name, opt->argument ? " " : "",
		    opt->argument ? opt->argument : ""), opt->help);
}

int cvm_help_command(const struct cvm_tool *tool, const struct cvm_command *cmd)
{
	const struct cvm_option *opt = cmd->options;

	printf("Usage: %s %s%s\n\n%s\n", tool->name, usage_of(cmd),
	       opt && opt->name ? " [OPTIONS]" : "", cmd->help);
	if (cmd->details)
		printf("\n%s\n", cmd->details);
	printf("\nOptions:\n");
	for (; opt && opt->name; opt++)
		option_row(opt);
	common_options();
	return CVM_OK;
}
