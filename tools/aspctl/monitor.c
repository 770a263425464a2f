// SPDX-License-Identifier: GPL-2.0-only
/* aspctl monitor: what changes in the drivers and the firmware, as it happens. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drivers/psp/firmware.h"
#include "monitor.h"

static uint64_t interval_ms = 1000;
static bool commands;

const struct cvm_option monitor_options[] = {
	{ .name = "interval", .letter = 'i', .kind = CVM_OPT_U64, .argument = "MS",
	  .value = &interval_ms, .min = 50, .max = 3600000,
	  .help = "how often counters are read, in milliseconds (1000)" },
	{ .name = "commands", .letter = 'c', .kind = CVM_OPT_FLAG, .value = &commands,
	  .help = "also each command to the firmware, from the tracepoint of psp_sev" },
	{ }
};

/* Of each line, so that it tells something on its own. */
static const char *now(void)
{
	struct timespec ts;
	struct tm tm;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &ts);
	if (cvm_json()) {
		gmtime_r(&ts.tv_sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		return cvm_fmt("%s.%03ldZ", text, ts.tv_nsec / 1000000);
	}
	localtime_r(&ts.tv_sec, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return cvm_fmt("%s.%03ld", text, ts.tv_nsec / 1000000);
}

static void out_value(const char *key, unsigned int i, const char *text)
{
	if (!text[0])
		cvm_out_none(key, NULL, NULL);
	else if (monitor_attributes[i].number)
		cvm_out_u64(key, NULL, monitor_number(text));
	else
		cvm_out_string(key, NULL, text);
}

static const char *shown(const char *text)
{
	return text[0] ? text : "gone";
}

/* One line: an attribute's first value, or how it changed. */
static int line(unsigned int i, const char *before, const char *value)
{
	const struct monitor_attribute *a = &monitor_attributes[i];
	const char *time = now();

	cvm_out_string("time", NULL, time);
	cvm_out_string("event", NULL, before ? "change" : "value");
	cvm_out_string("device", NULL, a->device);
	cvm_out_string("attribute", NULL, a->name);
	if (before)
		out_value("before", i, before);
	out_value("value", i, value);
	if (before)
		cvm_out_format(NULL, cvm_fmt("%s %s %s", time, a->device, a->name), "%s -> %s",
			       before[0] ? before : "nothing", shown(value));
	else
		cvm_out_string(NULL, cvm_fmt("%s %s %s", time, a->device, a->name), shown(value));
	return cvm_out_flush();
}

static int lines(const struct monitor_values *before, const struct monitor_values *v)
{
	unsigned int i;
	int ret = CVM_OK;

	for (i = 0; i < MONITOR_ATTRIBUTES && !ret; i++) {
		if (!before && v->text[i][0])
			ret = line(i, NULL, v->text[i]);
		else if (before && strcmp(before->text[i], v->text[i]))
			ret = line(i, before->text[i], v->text[i]);
	}
	return ret;
}

/* The whole screen anew. */
static int screen(const struct monitor_values *before, const struct monitor_values *v,
		  double seconds)
{
	static const char home[] = "\033[H\033[J";
	unsigned int i;
	uint64_t value, last;
	int ret;

	ret = cvm_out_raw(home, sizeof(home) - 1);
	if (ret)
		return ret;
	cvm_out_string(NULL, "aspctl monitor", cvm_fmt("%s, ends with Ctrl-C", now()));
	cvm_out_table(NULL, NULL, NULL);
	for (i = 0; i < MONITOR_ATTRIBUTES; i++) {
		cvm_out_row();
		cvm_out_string(NULL, "Device", monitor_attributes[i].device);
		cvm_out_string(NULL, "Attribute", monitor_attributes[i].name);
		cvm_out_string(NULL, "Value", shown(v->text[i]));
		value = monitor_number(v->text[i]);
		last = before ? monitor_number(before->text[i]) : 0;
		/* One that went back is of a driver that was loaded anew. */
		if (monitor_attributes[i].number && before && seconds > 0 && value >= last)
			cvm_out_double(NULL, "Per second", (value - last) / seconds, 1, NULL);
		else
			cvm_out_none(NULL, "Per second", "");
		cvm_out_end();
	}
	cvm_out_end();
	return cvm_out_flush();
}

static int show_uevent(const struct monitor_uevent *e)
{
	const char *time = now();

	cvm_out_string("time", NULL, time);
	cvm_out_string("event", NULL, "device");
	cvm_out_string("device", NULL, e->device);
	cvm_out_string("action", NULL, e->action);
	cvm_out_string(NULL, cvm_fmt("%s %s", time, e->device), e->action);
	return cvm_out_flush();
}

static int show_command(const struct monitor_command *c)
{
	const char *time = now(), *name = psp_fw_command_name(c->command), *answer;

	answer = psp_fw_status_name(c->status);
	if (c->result && c->result != -EIO)
		answer = strerror(-c->result);
	cvm_out_string("time", NULL, time);
	cvm_out_string("event", NULL, "command");
	cvm_out_string("command", NULL, name);
	cvm_out_hex("number", NULL, c->command, 3);
	cvm_out_s64("result", NULL, c->result);
	cvm_out_u64("status", NULL, c->status);
	cvm_out_string("answer", NULL, answer);
	cvm_out_u64("duration_ns", NULL, c->duration_ns);
	cvm_out_format(NULL, cvm_fmt("%s %s", time, name), "%s, status 0x%02x, %s",
		       answer, c->status, cvm_quantity(c->duration_ns, CVM_NANOSECOND));
	return cvm_out_flush();
}

/* Everything that the two sources of events have. */
static int show_events(int uevents, struct monitor_trace *trace)
{
	struct monitor_command command;
	struct monitor_uevent event;
	int ret = CVM_OK;

	while (!ret && uevents >= 0 && monitor_uevent_next(uevents, &event))
		ret = show_uevent(&event);
	while (!ret && monitor_trace_next(trace, &command))
		ret = show_command(&command);
	return ret;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* Waits for an event or the next round; a negative descriptor has none. */
static void wait_for(int uevents, int trace, uint64_t until)
{
	struct pollfd fds[] = {
		{ .fd = uevents, .events = POLLIN },
		{ .fd = trace, .events = POLLIN },
	};
	uint64_t t = now_ms();

	poll(fds, 2, t < until ? (int)(until - t) : 0);
}

static int watch(int uevents, struct monitor_trace *trace)
{
	/* A list of commands cannot share a screen that is drawn anew. */
	bool live = isatty(STDOUT_FILENO) && !cvm_json() && !commands;
	struct monitor_values before, v;
	uint64_t round, last;
	int ret;

	monitor_read(&before);
	last = now_ms();
	round = last + interval_ms;
	ret = live ? screen(NULL, &before, 0) : lines(NULL, &before);
	while (!ret && !cvm_stopped()) {
		wait_for(live ? -1 : uevents, trace->fd, round);
		if (!live)
			ret = show_events(uevents, trace);
		if (ret || now_ms() < round)
			continue;
		monitor_read(&v);
		if (live)
			ret = screen(&before, &v, (now_ms() - last) / 1000.0);
		else
			ret = lines(&before, &v);
		before = v;
		last = now_ms();
		round = last + interval_ms;
	}
	return ret;
}

int cmd_monitor(int argc, char **argv)
{
	struct monitor_trace trace = { .fd = -1 };
	struct monitor_values v;
	struct machine_psp psp;
	int uevents, ret;

	(void)argc;
	(void)argv;
	if (!monitor_read(&v)) {
		machine_psp_find(&psp);
		return cvm_error(CVM_ABSENT, "looking for the drivers aspt and psp_sev",
				 "neither is there", psp.pci_driver[0] ?
				 "ccp, which drives the processor here, counts nothing" :
				 machine_driver_advice(&psp));
	}
	cvm_stop_on_signal();
	ret = commands ? monitor_trace_open(&trace) : CVM_OK;
	if (ret)
		return ret;
	uevents = monitor_uevent_open();
	ret = watch(uevents, &trace);
	if (uevents >= 0)
		close(uevents);
	monitor_trace_close(&trace);
	return ret;
}
