/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's firmware descriptors: JSON files that say which image is good for what
 * (QEMU's docs/interop/firmware.json). Three folders, the most specific first:
 * $XDG_CONFIG_HOME/qemu/firmware, /etc/qemu/firmware, /usr/share/qemu/firmware.
 * A name in an earlier folder hides the same name in a later one, an empty file
 * hides it without a replacement, and the names decide the order.
 */
#ifndef VMFWCTL_DESCRIPTOR_H
#define VMFWCTL_DESCRIPTOR_H

#include <cvmtool.h>

struct json_object;

/*
 * struct descriptor - one file
 * @path: where it is
 * @name: its last component
 * @hidden: by the same name in an earlier folder
 * @problem: why it cannot be used at all, or NULL
 * @json: what it says; NULL with a problem
 * @description: for people
 * @device: flash, kernel, memory or igvm
 * @image: the firmware's file, as the descriptor names it
 */
struct descriptor {
	const char *path;
	const char *name;
	bool hidden;
	const char *problem;
	struct json_object *json;
	const char *description;
	const char *device;
	const char *image;
};

/* struct descriptor_list - all of them, in the order in which they are tried */
struct descriptor_list {
	struct descriptor *items;
	unsigned int count;
};

/*
 * struct descriptor_wish - what a descriptor is to offer; NULL, or none: anything
 * @machine: a machine type, or the alias q35 or pc
 */
struct descriptor_wish {
	const struct cvm_words *features;
	const char *interface;
	const char *machine;
	const char *arch;
	const char *device;
};

/*
 * descriptor_load - read the descriptors of all three folders
 * @root: folder in which these are looked for, "" for the real ones
 *
 * Folders that are not there are empty. Silent: what is wrong with a file is in
 * its @problem.
 */
void descriptor_load(const char *root, struct descriptor_list *list);

/* descriptor_free - gives back what the list holds */
void descriptor_free(struct descriptor_list *list);

/*
 * descriptor_misfit - why a descriptor does not offer what is wished for
 * @root: as above; the image has to be there too
 *
 * Return: all reasons in one line, or NULL when it fits.
 */
const char *descriptor_misfit(const char *root, const struct descriptor *d,
			      const struct descriptor_wish *wish);

/* descriptor_has - whether a string is in the list @key of the descriptor */
bool descriptor_has(const struct descriptor *d, const char *key, const char *word);

/* descriptor_of_image - the first one for this file, links resolved; or NULL */
const struct descriptor *descriptor_of_image(const struct descriptor_list *list,
					     const char *file);

#endif
