/* SPDX-License-Identifier: GPL-2.0-only */
/* The tree between out.c, which gathers it, and render.c, which prints it. */
#ifndef CVM_RENDER_H
#define CVM_RENDER_H

#include <stdbool.h>

#include <json-c/json.h>

enum node_kind {
	NODE_VALUE,
	NODE_OBJECT,
	NODE_LIST,
	NODE_TABLE,
	NODE_ROW,
};

/*
 * struct node - a value, or what holds others
 * @kind: which of them
 * @key: JSON name, or NULL
 * @label: text name, or NULL
 * @text: a value as text; of a table, what is said when it is empty
 * @json: a value in JSON, NULL for null
 * @number: a value that is aligned to the right in a table
 * @parent: what holds it
 * @first: first of those it holds
 * @last: last of them
 * @next: next one in the same parent
 */
struct node {
	enum node_kind kind;
	char *key;
	char *label;
	char *text;
	struct json_object *json;
	bool number;
	struct node *parent;
	struct node *first;
	struct node *last;
	struct node *next;
};

/* Nothing is printed for a tree that holds nothing to show. */
void render_text(const struct node *root);

/* @line: on one line, and an empty document is left out */
void render_json(const struct node *root, bool line);

#endif
