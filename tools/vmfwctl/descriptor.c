// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's firmware descriptors. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"

/* A descriptor is a page of text. */
#define DESCRIPTOR_MAX	(1 << 20)

static struct json_object *member(struct json_object *object, const char *key,
				  enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *text(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

/* The image is named in another place by each kind of device. */
static const char *read_mapping(struct descriptor *d)
{
	struct json_object *mapping = member(d->json, "mapping", json_type_object);

	d->device = text(mapping, "device");
	if (!d->device)
		return "it has no 'mapping' with a 'device'";
	if (!strcmp(d->device, "flash"))
		mapping = member(mapping, "executable", json_type_object);
	d->image = text(mapping, "filename");
	return d->image ? NULL : "its 'mapping' names no file";
}

static const char *read_json(struct descriptor *d)
{
	static const char *const lists[] = { "interface-types", "targets", "features" };
	const char *error;
	unsigned int i;

	d->json = json_object_from_file(d->path);
	if (!d->json) {
		error = json_util_get_last_err();
		if (!error)
			error = "nothing is said why";
		/* It ends its line itself. */
		return cvm_fmt("it is not JSON: %.*s", (int)strcspn(error, "\n"), error);
	}
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!member(d->json, lists[i], json_type_array))
			return cvm_fmt("it has no list '%s'", lists[i]);
	d->description = text(d->json, "description");
	return read_mapping(d);
}

static void read_descriptor(struct descriptor *d)
{
	struct stat st;

	if (stat(d->path, &st))
		d->problem = cvm_fmt("it cannot be read: %s", strerror(errno));
	else if (!st.st_size && (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode)))
		d->problem = "it is empty: a mask for its name";
	else if (!S_ISREG(st.st_mode))
		d->problem = "it is no file";
	else if (st.st_size > DESCRIPTOR_MAX)
		d->problem = "it is larger than 1 MiB";
	else if (access(d->path, R_OK))
		d->problem = cvm_fmt("it cannot be read: %s", strerror(errno));
	else
		d->problem = read_json(d);
}

static const struct descriptor *find_name(const struct descriptor_list *list,
					  const char *name)
{
	unsigned int i;

	/* In the order in which they came: the earliest folder's is found first. */
	for (i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

static void add_descriptor(struct descriptor_list *list, const char *folder,
			   const char *name)
{
	const struct descriptor *hider = find_name(list, name);
	struct descriptor d = { 0 }, *items;

	d.path = cvm_fmt("%s/%s", folder, name);
	d.name = cvm_fmt("%s", name);
	d.hidden = hider;
	if (hider)
		d.problem = cvm_fmt("hidden by '%s'", hider->path);
	else
		read_descriptor(&d);
	items = cvm_alloc(list->count + 1, sizeof(d));
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(d));
	items[list->count++] = d;
	free(list->items);
	list->items = items;
}

static void add_folder(struct descriptor_list *list, const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	size_t len;

	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR)
			cvm_warn("'%s' cannot be read: %s", folder, strerror(errno));
		return;
	}
	while ((entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (entry->d_name[0] != '.' && len > 5 &&
		    !strcmp(entry->d_name + len - 5, ".json"))
			add_descriptor(list, folder, entry->d_name);
	}
	closedir(dir);
}

/* Hidden ones follow the one that hides them: these folders come in order. */
static int compare(const void *a, const void *b)
{
	const struct descriptor *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->hidden - y->hidden;
}

void descriptor_load(const char *root, struct descriptor_list *list)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	*list = (struct descriptor_list){ 0 };
	/* The base directory specification: what is not absolute does not count. */
	if (config && *config == '/')
		add_folder(list, cvm_fmt("%s%s/qemu/firmware", root, config));
	else if (home && *home == '/')
		add_folder(list, cvm_fmt("%s%s/.config/qemu/firmware", root, home));
	add_folder(list, cvm_fmt("%s/etc/qemu/firmware", root));
	add_folder(list, cvm_fmt("%s/usr/share/qemu/firmware", root));
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

void descriptor_free(struct descriptor_list *list)
{
	unsigned int i;

	for (i = 0; i < list->count; i++)
		json_object_put(list->items[i].json);
	free(list->items);
	*list = (struct descriptor_list){ 0 };
}

bool descriptor_has(const struct descriptor *d, const char *key, const char *word)
{
	struct json_object *list = member(d->json, key, json_type_array), *item;
	size_t i;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		item = json_object_array_get_idx(list, i);
		if (json_object_is_type(item, json_type_string) &&
		    !strcmp(json_object_get_string(item), word))
			return true;
	}
	return false;
}

/*
 * Descriptors speak of versioned types, "pc-q35-*", while people say q35, which
 * QEMU takes for the newest of them.
 */
static bool machine_fits(const char *pattern, const char *machine)
{
	static const char *const aliases[][2] = {
		{ "q35", "pc-q35-" }, { "pc", "pc-i440fx-" },
	};
	unsigned int i;

	if (!fnmatch(pattern, machine, 0))
		return true;
	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(machine, aliases[i][0]))
			return !strncmp(pattern, aliases[i][1], strlen(aliases[i][1])) ||
			       !fnmatch(pattern, aliases[i][1], 0);
	return false;
}

/* One target has to have both: a machine is one of its architecture's. */
static bool target_fits(struct json_object *target, const struct descriptor_wish *wish)
{
	struct json_object *machines = member(target, "machines", json_type_array), *item;
	const char *arch = text(target, "architecture");
	size_t i;

	if (wish->arch && (!arch || strcmp(arch, wish->arch)))
		return false;
	if (!wish->machine)
		return true;
	for (i = 0; machines && i < json_object_array_length(machines); i++) {
		item = json_object_array_get_idx(machines, i);
		if (json_object_is_type(item, json_type_string) &&
		    machine_fits(json_object_get_string(item), wish->machine))
			return true;
	}
	return false;
}

static bool targets_fit(const struct descriptor *d, const struct descriptor_wish *wish)
{
	struct json_object *targets = member(d->json, "targets", json_type_array);
	size_t i;

	if (!wish->arch && !wish->machine)
		return true;
	for (i = 0; targets && i < json_object_array_length(targets); i++)
		if (target_fits(json_object_array_get_idx(targets, i), wish))
			return true;
	return false;
}

static const char *add_reason(const char *reasons, const char *reason)
{
	return reasons ? cvm_fmt("%s; %s", reasons, reason) : reason;
}

const char *descriptor_misfit(const char *root, const struct descriptor *d,
			      const struct descriptor_wish *wish)
{
	const struct cvm_words *features = wish->features;
	const char *reasons = NULL;
	unsigned int i;

	if (d->problem)
		return d->problem;
	for (i = 0; features && i < features->count; i++)
		if (!descriptor_has(d, "features", features->word[i]))
			reasons = add_reason(reasons, cvm_fmt("lacks the feature %s",
							      features->word[i]));
	if (wish->interface && !descriptor_has(d, "interface-types", wish->interface))
		reasons = add_reason(reasons, cvm_fmt("lacks the interface %s", wish->interface));
	if (wish->device && strcmp(d->device, wish->device))
		reasons = add_reason(reasons, cvm_fmt("is for the device %s, not %s",
						      d->device, wish->device));
	if (!targets_fit(d, wish))
		reasons = add_reason(reasons, cvm_fmt("is not for %s%s%s%s",
						      wish->machine ? "the machine " : "",
						      wish->machine ? wish->machine : "",
						      wish->machine && wish->arch ? " on " : "",
						      wish->arch ? wish->arch : ""));
	if (access(cvm_fmt("%s%s", root, d->image), F_OK))
		reasons = add_reason(reasons, cvm_fmt("its image '%s' is not there", d->image));
	return reasons;
}

const struct descriptor *descriptor_of_image(const struct descriptor_list *list,
					     const char *file)
{
	const struct descriptor *found = NULL;
	struct stat st, other;
	unsigned int i;

	if (stat(file, &st))
		return NULL;
	for (i = 0; !found && i < list->count; i++)
		if (!list->items[i].problem && !stat(list->items[i].image, &other) &&
		    st.st_dev == other.st_dev && st.st_ino == other.st_ino)
			found = &list->items[i];
	return found;
}
