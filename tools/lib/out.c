// SPDX-License-Identifier: GPL-2.0-only
/* Output is gathered as a tree; render.c prints it as text or as JSON. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "render.h"

static struct node root = { .kind = NODE_OBJECT };
static struct node *inside = &root;
static struct node *errors, *warnings;
/* Documents are lines now, and an empty one is left out. */
static bool streaming;
/* What made writing stdout fail; reported once. */
static int write_errno;

/* A mistake in the tool, not of its user. */
static void misuse(const char *what, const char *key)
{
	fprintf(stderr, "%s: internal error: %s: %s\n",
		cvm_state.tool ? cvm_state.tool->name : "cvm", what,
		key ? key : "(no key)");
	abort();
}

static char *copy(const char *text)
{
	return text ? strdup(cvm_printable(text)) : NULL;
}

static struct node *append(struct node *parent, enum node_kind kind,
			   const char *key, const char *label)
{
	struct node *n = cvm_alloc(1, sizeof(*n));

	n->kind = kind;
	n->key = key ? strdup(key) : NULL;
	n->label = copy(label);
	n->parent = parent;
	if (parent->last)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
	return n;
}

/* The same for what a tool adds, where mistakes can be made. */
static struct node *add(enum node_kind kind, const char *key, const char *label)
{
	const struct node *n;

	if (inside->kind == NODE_TABLE && kind != NODE_ROW)
		misuse("only rows belong in a table", key);
	if (inside->kind != NODE_TABLE && kind == NODE_ROW)
		misuse("a row outside a table", inside->key);
	if (inside == &root && key &&
	    (!strcmp(key, "errors") || !strcmp(key, "warnings")))
		misuse("a key that is reserved", key);
	if (inside->kind == NODE_OBJECT || inside->kind == NODE_ROW)
		for (n = inside->first; key && n; n = n->next)
			if (n->key && !strcmp(n->key, key))
				misuse("the same key twice", key);
	return append(inside, kind, key, label);
}

static void release(struct node *n)
{
	struct node *child, *next;

	for (child = n->first; child; child = next) {
		next = child->next;
		release(child);
		free(child);
	}
	free(n->key);
	free(n->label);
	free(n->text);
	json_object_put(n->json);
}

static void value(const char *key, const char *label, const char *text,
		  struct json_object *json, bool number)
{
	struct node *n = add(NODE_VALUE, key, label);

	n->text = copy(text);
	n->json = json;
	n->number = number;
}

static struct json_object *json_text(const char *text)
{
	return json_object_new_string(cvm_printable(text));
}

void cvm_out_string(const char *key, const char *label, const char *text)
{
	if (text)
		value(key, label, text, json_text(text), false);
	else
		cvm_out_none(key, label, NULL);
}

void cvm_out_format(const char *key, const char *label, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	cvm_out_string(key, label, text);
	free(text);
}

void cvm_out_u64(const char *key, const char *label, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	value(key, label, text, json_object_new_uint64(v), true);
}

void cvm_out_s64(const char *key, const char *label, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	value(key, label, text, json_object_new_int64(v), true);
}

void cvm_out_double(const char *key, const char *label, double v, int decimals,
		    const char *unit)
{
	/* The largest double has 309 digits before the point. */
	char number[384], text[448];

	if (!isfinite(v)) {
		cvm_out_none(key, label, NULL);
		return;
	}
	snprintf(number, sizeof(number), "%.*f",
		 decimals < 0 ? 0 : decimals > 20 ? 20 : decimals, v);
	snprintf(text, sizeof(text), "%s%s%.32s", number, unit ? " " : "",
		 unit ? unit : "");
	value(key, label, text, json_object_new_double_s(v, number), true);
}

void cvm_out_hex(const char *key, const char *label, uint64_t v, int digits)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*llx",
		 digits < 1 ? 1 : digits > 16 ? 16 : digits,
		 (unsigned long long)v);
	value(key, label, text, json_text(text), true);
}

void cvm_out_bool(const char *key, const char *label, bool v)
{
	value(key, label, v ? "yes" : "no", json_object_new_boolean(v), false);
}

void cvm_out_bytes(const char *key, const char *label, const void *data,
		   size_t size)
{
	const unsigned char *from = data;
	char *text = cvm_alloc(size * 2 + 1, 1);
	size_t i;

	for (i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", from[i]);
	cvm_out_string(key, label, text);
	free(text);
}

void cvm_out_none(const char *key, const char *label, const char *text)
{
	/* A null pointer is json-c's null. */
	value(key, label, text ? text : "-", NULL, false);
}

void cvm_out_quantity(const char *key, const char *label, uint64_t v,
		      enum cvm_unit unit)
{
	value(key, label, cvm_quantity(v, unit), json_object_new_uint64(v),
	      true);
}

void cvm_out_object(const char *key, const char *label)
{
	inside = add(NODE_OBJECT, key, label);
}

void cvm_out_list(const char *key, const char *label)
{
	inside = add(NODE_LIST, key, label);
}

void cvm_out_table(const char *key, const char *label, const char *empty)
{
	inside = add(NODE_TABLE, key, label);
	inside->text = copy(empty);
}

void cvm_out_row(void)
{
	inside = add(NODE_ROW, NULL, NULL);
}

void cvm_out_end(void)
{
	if (inside == &root)
		misuse("more ends than beginnings", NULL);
	inside = inside->parent;
}

void cvm_out_error(const char *tried, const char *answer, const char *next,
		   enum cvm_exit code)
{
	struct node *at = inside;

	if (!errors)
		errors = append(&root, NODE_LIST, "errors", NULL);
	inside = errors;
	cvm_out_object(NULL, NULL);
	cvm_out_string("tried", NULL, tried);
	cvm_out_string("answer", NULL, answer);
	cvm_out_string("next", NULL, next);
	cvm_out_u64("exit_status", NULL, code);
	inside = at;
}

void cvm_out_warning(const char *text)
{
	struct node *at = inside;

	if (!warnings)
		warnings = append(&root, NODE_LIST, "warnings", NULL);
	inside = warnings;
	cvm_out_string(NULL, NULL, text);
	inside = at;
}

static int print(void)
{
	if (cvm_state.json)
		render_json(&root, streaming);
	else
		render_text(&root);
	release(&root);
	root = (struct node){ .kind = NODE_OBJECT };
	inside = &root;
	errors = NULL;
	warnings = NULL;
	if (fflush(stdout) || ferror(stdout)) {
		if (!write_errno) {
			write_errno = errno ? errno : EIO;
			fprintf(stderr, "%s: writing the output: %s\n",
				cvm_state.tool->name, strerror(write_errno));
		}
		return CVM_FAIL;
	}
	return CVM_OK;
}

int cvm_out_flush(void)
{
	int ret;

	streaming = true;
	ret = print();
	cvm_forget_texts();
	return ret;
}

int cvm_out_raw(const void *data, size_t size)
{
	int ret;

	streaming = true;
	ret = print();
	if (ret)
		return ret;
	errno = 0;
	fwrite(data, 1, size, stdout);
	return print();
}

int cvm_out_finish(void)
{
	int ret;

	/* A subcommand that failed half way may have left things open. */
	inside = &root;
	errno = 0;
	ret = print();
	/* Some file systems tell only now that the disk is full. */
	errno = 0;
	if (fclose(stdout) && !ret && !write_errno) {
		fprintf(stderr, "%s: writing the output: %s\n",
			cvm_state.tool->name,
			strerror(errno ? errno : EIO));
		ret = CVM_FAIL;
	}
	cvm_forget_texts();
	return ret;
}
