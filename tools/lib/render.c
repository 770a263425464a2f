// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tree of out.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "render.h"

#define INDENT 2

/* Columns a terminal gives: characters, of which UTF-8 may need several bytes. */
static int width(const char *text)
{
	int n = 0;

	for (; text && *text; text++)
		if ((*text & 0xc0) != 0x80)
			n++;
	return n;
}

static void pad(int n)
{
	if (n > 0)
		printf("%*s", n, "");
}

/* The cell of @row in the column called @label. */
static const struct node *cell(const struct node *row, const char *label)
{
	const struct node *n;

	for (n = row->first; n; n = n->next)
		if (n->kind == NODE_VALUE && n->label &&
		    !strcmp(n->label, label))
			return n;
	return NULL;
}

/* Whether a row before the one that @n is in already has its column. */
static bool seen(const struct node *table, const struct node *n)
{
	const struct node *row;

	for (row = table->first; row != n->parent; row = row->next)
		if (cell(row, n->label))
			return true;
	return false;
}

/* The @i-th column's label, or NULL behind the last. */
static const char *column(const struct node *table, int i)
{
	const struct node *row, *n;

	for (row = table->first; row; row = row->next)
		for (n = row->first; n; n = n->next)
			if (n->kind == NODE_VALUE && n->label &&
			    !seen(table, n) && !i--)
				return n->label;
	return NULL;
}

static int column_width(const struct node *table, const char *label)
{
	const struct node *row, *n;
	int w = width(label);

	for (row = table->first; row; row = row->next) {
		n = cell(row, label);
		if (n && width(n->text) > w)
			w = width(n->text);
	}
	return w;
}

static bool column_is_number(const struct node *table, const char *label)
{
	const struct node *row, *n;

	for (row = table->first; row; row = row->next) {
		n = cell(row, label);
		if (n && n->number)
			return true;
	}
	return false;
}

/* No trailing blanks: the last column is not padded. */
static void print_cell(const char *text, int w, bool right, bool last)
{
	if (right)
		pad(w - width(text));
	fputs(text, stdout);
	if (!right && !last)
		pad(w - width(text));
	if (!last)
		fputs("  ", stdout);
}

static void table_text(const struct node *table, int indent)
{
	struct {
		const char *label;
		int width;
		bool right;
	} *columns;
	const struct node *row, *n;
	int count = 0, i;

	if (!table->first) {
		/* After an error nobody knows whether there is none. */
		if (table->text && !cvm_state.failed) {
			pad(indent);
			printf("%s\n", table->text);
		}
		return;
	}
	while (column(table, count))
		count++;
	columns = cvm_alloc(count, sizeof(*columns));
	pad(indent);
	for (i = 0; i < count; i++) {
		columns[i].label = column(table, i);
		columns[i].width = column_width(table, columns[i].label);
		columns[i].right = column_is_number(table, columns[i].label);
		print_cell(columns[i].label, columns[i].width,
			   columns[i].right, i == count - 1);
	}
	putchar('\n');
	for (row = table->first; row; row = row->next) {
		pad(indent);
		for (i = 0; i < count; i++) {
			n = cell(row, columns[i].label);
			print_cell(n ? n->text : "-", columns[i].width,
				   columns[i].right, i == count - 1);
		}
		putchar('\n');
	}
	free(columns);
}

static void children_text(const struct node *parent, int indent);

static void child_text(const struct node *n, int indent, int labels)
{
	bool in_list = n->parent->kind == NODE_LIST;

	if (!n->label && !in_list && n->kind != NODE_TABLE)
		return;
	if (n->kind == NODE_VALUE) {
		pad(indent);
		if (in_list)
			printf("%s\n", n->text);
		else
			printf("%s:%*s %s\n", n->label,
			       labels - width(n->label), "", n->text);
		return;
	}
	if (n->label) {
		pad(indent);
		printf("%s:\n", n->label);
		indent += INDENT;
	}
	if (n->kind == NODE_TABLE)
		table_text(n, indent);
	else
		children_text(n, indent);
}

/*
 * Values of one parent are aligned with each other. Between two unnamed
 * objects of a list stands an empty line.
 */
static void children_text(const struct node *parent, int indent)
{
	const struct node *n;
	int labels = 0;

	for (n = parent->first; n; n = n->next)
		if (n->kind == NODE_VALUE && width(n->label) > labels)
			labels = width(n->label);
	for (n = parent->first; n; n = n->next) {
		if (n != parent->first && parent->kind == NODE_LIST &&
		    n->kind == NODE_OBJECT && !n->label)
			putchar('\n');
		child_text(n, indent, labels);
	}
}

void render_text(const struct node *root)
{
	children_text(root, 0);
}

static struct json_object *to_json(const struct node *n)
{
	bool array = n->kind == NODE_LIST || n->kind == NODE_TABLE;
	struct json_object *json, *child;
	const struct node *c;

	if (n->kind == NODE_VALUE)
		return json_object_get(n->json);
	json = array ? json_object_new_array() : json_object_new_object();
	for (c = n->first; c; c = c->next) {
		if (!array && !c->key)
			continue;
		child = to_json(c);
		if (array)
			json_object_array_add(json, child);
		else
			json_object_object_add(json, c->key, child);
	}
	return json;
}

void render_json(const struct node *root, bool line)
{
	struct json_object *json;
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (line && !root->first)
		return;
	flags |= line ? JSON_C_TO_STRING_PLAIN :
			JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	json = to_json(root);
	puts(json_object_to_json_string_ext(json, flags));
	json_object_put(json);
}
