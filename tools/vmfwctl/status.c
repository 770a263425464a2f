// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl status */
#include <string.h>

#include "vmfwctl.h"

/* The firmware that runs now, as it told the kernel. */
static void show_running(void)
{
	static const char *const fields[][3] = {
		{ "bios_vendor", "vendor", "Vendor" },
		{ "bios_version", "version", "Version" },
		{ "bios_date", "date", "Date" },
	};
	char buf[256];
	unsigned int i;

	cvm_out_object("running", "Running firmware");
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (cvm_sysfs_read(buf, sizeof(buf), "/sys/class/dmi/id/%s", fields[i][0]) > 0)
			cvm_out_string(fields[i][1], fields[i][2], buf);
		else
			cvm_out_none(fields[i][1], fields[i][2], NULL);
	}
	cvm_out_end();
}

/* One line that says what the state means for the next reset. */
static const char *explain(const char *state)
{
	static const char *const words[][2] = {
		{ "idle", "no image; the next reset starts the same firmware" },
		{ "staged", "an image is there, but not armed" },
		{ "armed", "the next reset starts the armed image" },
		{ "disabled", "no update is taken until the next reset" },
		{ "failed", "the last attempt failed, see below" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (state && !strcmp(state, words[i][0]))
			return words[i][1];
	return NULL;
}

int cmd_status(int argc, char **argv)
{
	const char *state, *error;
	struct fw_driver drv;
	uint64_t size, addr, disabled;
	int ret;

	(void)argc;
	(void)argv;
	ret = fw_driver_read(&drv);
	if (!ret)
		ret = fw_number("image_size", &size);
	if (!ret)
		ret = fw_number("bios_addr", &addr);
	if (ret)
		return ret;

	state = fw_text("state");
	cvm_out_string("interface", "Interface", drv.interface);
	cvm_out_string("state", "State", state);
	cvm_out_string(NULL, "Meaning", explain(state));
	cvm_out_string("hypervisor", "Hypervisor holds", fw_text("status"));
	cvm_out_quantity("bios_size_bytes", "BIOS region", drv.limits.region, CVM_BYTES);
	cvm_out_bool("resizable", "Can be resized", drv.limits.resizable);
	cvm_out_hex("capabilities", NULL, drv.capabilities, 1);
	/* The hypervisor is asked, and may not answer. */
	if (cvm_sysfs_u64(&disabled, FW_DIR "/disable"))
		cvm_out_none("disabled", NULL, NULL);
	else
		cvm_out_bool("disabled", NULL, disabled);
	if (size)
		cvm_out_quantity("image_size_bytes", "Image", size, CVM_BYTES);
	else
		cvm_out_none("image_size_bytes", "Image", "none");
	if (addr)
		cvm_out_hex("image_address", "Image address", addr, 1);
	else
		cvm_out_none("image_address", NULL, NULL);
	error = fw_text("last_error");
	if (error && *error)
		cvm_out_string("last_error", "Last error", error);
	else
		cvm_out_none("last_error", NULL, NULL);
	ret = show_attempt();
	show_running();
	return ret;
}
