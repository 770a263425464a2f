// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of aspt and psp_sev that change. Reading them sends no command. */
#include "monitor.h"

const struct monitor_attribute monitor_attributes[] = {
	{ "aspt", "enabled", false },
	{ "aspt", "interrupts", true },
	{ "aspt", "retargets", true },
	{ "aspt", "cmdresp_commands", true },
	{ "aspt", "cmdresp_errors", true },
	{ "aspt", "cmdresp_timeouts", true },
	{ "psp", "platform_state", false },
	{ "psp", "snp_state", false },
	{ "psp", "commands", true },
	{ "psp", "interrupts", true },
	{ "psp", "lost_interrupts", true },
	{ "psp", "spurious_interrupts", true },
	{ "psp", "errors", true },
	{ "psp", "timeouts", true },
	{ "psp", "late_answers", true },
	{ "psp", "pending", false },
	{ "psp", "poll", false },
	{ "psp", "last_error", false },
};

_Static_assert(sizeof(monitor_attributes) / sizeof(monitor_attributes[0]) == MONITOR_ATTRIBUTES,
	       "the header says how many");

unsigned int monitor_read(struct monitor_values *v)
{
	unsigned int i, there = 0;

	for (i = 0; i < MONITOR_ATTRIBUTES; i++) {
		if (cvm_sysfs_read(v->text[i], sizeof(v->text[i]),
				   "/sys/bus/platform/devices/%s/%s",
				   monitor_attributes[i].device,
				   monitor_attributes[i].name) < 0)
			v->text[i][0] = '\0';
		else
			there++;
	}
	return there;
}

uint64_t monitor_number(const char *text)
{
	uint64_t value;

	return cvm_number(text, &value) ? 0 : value;
}
