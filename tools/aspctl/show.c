// SPDX-License-Identifier: GPL-2.0-only
/* aspctl show: what the drivers tell in sysfs. Sends no command. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aspctl.h"
#include "drivers/aspt/table.h"

/* Text is good for people and numbers for programs: both are made here. */
static void show_number(const char *folder, const char *attribute,
			const char *label)
{
	uint64_t value;

	if (cvm_sysfs_u64(&value, "%s/%s", folder, attribute))
		cvm_out_none(attribute, label, NULL);
	else
		cvm_out_u64(attribute, label, value);
}

static void show_text(const char *folder, const char *attribute,
		      const char *label)
{
	char text[256];

	if (cvm_sysfs_read(text, sizeof(text), "%s/%s", folder, attribute) < 0)
		cvm_out_none(attribute, label, NULL);
	else
		cvm_out_string(attribute, label, text);
}

static void show_flag(const char *folder, const char *attribute,
		      const char *label)
{
	uint64_t value;

	if (cvm_sysfs_u64(&value, "%s/%s", folder, attribute))
		cvm_out_none(attribute, label, NULL);
	else
		cvm_out_bool(attribute, label, value);
}

static void show_registers(void)
{
	unsigned int reg;
	uint64_t value;

	cvm_out_object("registers", "Register offsets");
	for (reg = 0; reg < ASPT_REGS; reg++)
		if (!cvm_sysfs_u64(&value, ASPT_SYSFS "/registers/%s",
				   aspt_register_key(reg)))
			cvm_out_hex(aspt_register_key(reg),
				    aspt_register_name(reg), value, 1);
	cvm_out_end();
}

static void show_aspt(void)
{
	char cpus[256];
	uint64_t irq;

	cvm_out_object("aspt", "ASPT");
	show_number(ASPT_SYSFS, "revision", "Table revision");
	show_text(ASPT_SYSFS, "layout", "Table layout");
	show_text(ASPT_SYSFS, "register_base", "Registers at");
	show_registers();
	show_number(ASPT_SYSFS, "mailbox_id", "Mailbox interrupt");
	show_number(ASPT_SYSFS, "irq", "Linux interrupt");
	if (!cvm_sysfs_u64(&irq, ASPT_SYSFS "/irq") &&
	    cvm_sysfs_read(cpus, sizeof(cpus),
			   "/proc/irq/%u/effective_affinity_list", (unsigned int)irq) >= 0)
		cvm_out_string("cpu", "Sent to CPU", cpus);
	else
		cvm_out_none("cpu", "Sent to CPU", NULL);
	show_flag(ASPT_SYSFS, "enabled", "Source on");
	show_number(ASPT_SYSFS, "interrupts", "Interrupts");
	show_number(ASPT_SYSFS, "retargets", "Retargets");
	show_number(ASPT_SYSFS, "cmdresp_commands", "CmdResp commands");
	show_number(ASPT_SYSFS, "cmdresp_errors", "CmdResp errors");
	show_number(ASPT_SYSFS, "cmdresp_timeouts", "CmdResp time-outs");
	cvm_out_end();
}

static void show_psp(void)
{
	char link[256];
	ssize_t n = readlink(PSP_SYSFS "/driver", link, sizeof(link) - 1);
	const char *driver = NULL;

	if (n > 0) {
		link[n] = '\0';
		driver = strrchr(link, '/') ? strrchr(link, '/') + 1 : link;
	}
	cvm_out_object("psp", "PSP");
	cvm_out_string("driver", "Driver", driver);
	if (driver) {
		show_text(PSP_SYSFS, "api_version", "SEV API");
		show_number(PSP_SYSFS, "build", "Firmware build");
		show_text(PSP_SYSFS, "platform_state", "Platform");
		show_text(PSP_SYSFS, "snp_state", "SNP");
		show_flag(PSP_SYSFS, "poll", "Polling");
		show_number(PSP_SYSFS, "commands", "Commands");
		show_number(PSP_SYSFS, "interrupts", "Interrupts");
		show_number(PSP_SYSFS, "lost_interrupts", "Lost interrupts");
		show_number(PSP_SYSFS, "spurious_interrupts", "Spurious interrupts");
		show_number(PSP_SYSFS, "errors", "Errors");
		show_number(PSP_SYSFS, "timeouts", "Time-outs");
		show_number(PSP_SYSFS, "late_answers", "Late answers");
		show_text(PSP_SYSFS, "pending", "Pending command");
		show_text(PSP_SYSFS, "last_error", "Last error");
	}
	cvm_out_end();
	if (!driver)
		cvm_warn("no driver for the device psp: modprobe psp_sev");
}

int cmd_show(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (access(ASPT_SYSFS "/revision", F_OK)) {
		const char *next = "this machine has a table ASPT: modprobe aspt";

		if (access(ASPT_TABLE_FILE, F_OK))
			next = "this machine announces no secure processor by an ACPI table ASPT";
		return cvm_error(CVM_ABSENT, "looking for the driver aspt",
				 "it is not there", next);
	}
	show_aspt();
	show_psp();
	return CVM_OK;
}
