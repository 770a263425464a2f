// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl find */
#include "descriptor.h"
#include "vmfwctl.h"

static struct cvm_words features;
static struct descriptor_wish wish = { .features = &features };
static const char *root = "";

const struct cvm_option find_options[] = {
	{ .name = "feature", .letter = 'f', .kind = CVM_OPT_WORDS, .argument = "FEATURE",
	  .value = &features, .help = "it has to have, amd-sev-snp; may be repeated" },
	{ .name = "interface", .letter = 'i', .kind = CVM_OPT_STRING, .argument = "TYPE",
	  .value = &wish.interface, .help = "it has to offer: uefi, bios" },
	{ .name = "machine", .letter = 'm', .kind = CVM_OPT_STRING, .argument = "TYPE",
	  .value = &wish.machine, .help = "it has to run on: q35, pc-q35-7.2" },
	{ .name = "arch", .letter = 'a', .kind = CVM_OPT_STRING, .argument = "NAME",
	  .value = &wish.arch, .help = "it has to run on: x86_64" },
	{ .name = "device", .letter = 'd', .kind = CVM_OPT_STRING, .argument = "DEVICE",
	  .value = &wish.device, .help = "it is mapped by: flash, kernel, memory, igvm" },
	{ .name = "root", .kind = CVM_OPT_STRING, .argument = "FOLDER",
	  .value = &root, .help = "look in a system's tree below FOLDER" },
	{ }
};

static unsigned int show_fitting(const struct descriptor_list *list)
{
	const struct descriptor *d;
	unsigned int i, fitting = 0;

	cvm_out_table("firmware", "Firmware that fits, the first choice first", "none");
	for (i = 0; i < list->count; i++) {
		d = &list->items[i];
		if (descriptor_misfit(root, d, &wish))
			continue;
		fitting++;
		cvm_out_row();
		cvm_out_string("descriptor", "Descriptor", d->path);
		cvm_out_string("device", "Device", d->device);
		cvm_out_string("image", "Image", d->image);
		cvm_out_string("description", "Description", d->description);
		cvm_out_end();
	}
	cvm_out_end();
	return fitting;
}

static void show_others(const struct descriptor_list *list, unsigned int count)
{
	const char *reason;
	unsigned int i;

	if (!count && !cvm_json())
		return;
	cvm_out_table("others", "The others", NULL);
	for (i = 0; i < list->count; i++) {
		reason = descriptor_misfit(root, &list->items[i], &wish);
		if (!reason)
			continue;
		cvm_out_row();
		cvm_out_string("descriptor", "Descriptor", list->items[i].path);
		cvm_out_string("reason", "Why not", reason);
		cvm_out_end();
	}
	cvm_out_end();
}

int cmd_find(int argc, char **argv)
{
	struct descriptor_list list;
	unsigned int fitting, count;

	(void)argc;
	(void)argv;
	descriptor_load(root, &list);
	fitting = show_fitting(&list);
	count = list.count;
	show_others(&list, count - fitting);
	descriptor_free(&list);
	if (fitting)
		return CVM_OK;
	return cvm_error(CVM_ABSENT, "looking for firmware",
			 count ? cvm_fmt("none of the %u descriptors fits", count) :
				 "there is no descriptor", NULL);
}
