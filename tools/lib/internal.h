/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder know of each other. Tools use cvmtool.h. */
#ifndef CVM_INTERNAL_H
#define CVM_INTERNAL_H

#include "cvmtool.h"

/*
 * struct cvm_state - the one command line of this process
 * @tool: the tool, for messages
 * @json: --json
 * @verbose: --verbose
 * @failed: cvm_error() was called, so what is gathered may be incomplete
 */
struct cvm_state {
	const struct cvm_tool *tool;
	bool json;
	bool verbose;
	bool failed;
};

extern struct cvm_state cvm_state;

/* The command of one word (@second is NULL) or of two, or NULL. */
const struct cvm_command *cvm_find_command(const char *first,
					   const char *second);

/* Whether two-word commands begin with @word. */
bool cvm_is_group(const char *word);

/* Proposals for the last of the words, one a line. */
int cvm_complete(int argc, char **argv);

/* Help, version and the hidden list: all are CVM_OK. */
int cvm_help_tool(const struct cvm_tool *tool, const char *group);
int cvm_help_command(const struct cvm_tool *tool,
		     const struct cvm_command *cmd);

/* The document's "errors" and "warnings". */
void cvm_out_error(const char *tried, const char *answer, const char *next,
		   enum cvm_exit code);
void cvm_out_warning(const char *text);

/* Prints what is left and closes stdout: 0 or CVM_FAIL after a message. */
int cvm_out_finish(void);

#endif
