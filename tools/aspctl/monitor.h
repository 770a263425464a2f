/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `aspctl monitor`: what each of its sources gives. */
#ifndef ASPCTL_MONITOR_H
#define ASPCTL_MONITOR_H

#include "aspctl.h"

/* ---- attributes of the two drivers (monitor_counters.c) ---- */

#define MONITOR_TEXT	128

/*
 * struct monitor_attribute - one that can change
 * @device: "aspt" or "psp"
 * @name: in sysfs
 * @number: it counts, else it is a word
 */
struct monitor_attribute {
	const char *device;
	const char *name;
	bool number;
};

extern const struct monitor_attribute monitor_attributes[];
#define MONITOR_ATTRIBUTES	18

/*
 * struct monitor_values - all of them at one moment
 * @text: of each, empty where it is not there
 */
struct monitor_values {
	char text[MONITOR_ATTRIBUTES][MONITOR_TEXT];
};

/* monitor_read - read them all. Return: how many are there. */
unsigned int monitor_read(struct monitor_values *v);

/* monitor_number - the value of a counter; 0 for what is none */
uint64_t monitor_number(const char *text);

/* ---- devices that come and go (monitor_uevent.c) ---- */

/*
 * struct monitor_uevent - what happened to a device
 * @device: "aspt" or "psp"
 * @action: "add", "remove", "bind", "unbind", "change"
 */
struct monitor_uevent {
	char device[8];
	char action[16];
};

/* monitor_uevent_open - Return: a file descriptor, or -1 without a message */
int monitor_uevent_open(void);

/* monitor_uevent_next - Return: whether there was one of ours; does not wait */
bool monitor_uevent_next(int fd, struct monitor_uevent *event);

/* monitor_uevent_parse - Return: whether a message is about one of ours */
bool monitor_uevent_parse(const char *message, size_t size,
			  struct monitor_uevent *event);

/* ---- commands, from psp_sev's tracepoint (monitor_trace.c) ---- */

/*
 * struct monitor_command - one command that has ended
 * @command: its number
 * @result: 0 or a negative errno
 * @status: the firmware's
 * @duration_ns: how long it took
 */
struct monitor_command {
	unsigned int command;
	int result;
	unsigned int status;
	unsigned long long duration_ns;
};

/*
 * struct monitor_trace - a trace of our own, beside anybody else's
 * @path: the instance's folder, empty while there is none
 * @fd: its pipe, or -1
 * @used: bytes in @buffer
 * @buffer: a line that has not ended
 */
struct monitor_trace {
	char path[128];
	int fd;
	size_t used;
	char buffer[1024];
};

/*
 * monitor_trace_open - begin to trace
 *
 * Return: CVM_OK, or CVM_FAIL or CVM_ABSENT after a message, with nothing left
 * behind.
 */
int monitor_trace_open(struct monitor_trace *t);

/* monitor_trace_next - Return: whether there was a command; does not wait */
bool monitor_trace_next(struct monitor_trace *t, struct monitor_command *c);

/* monitor_trace_parse - Return: whether a line of a trace is about a command */
bool monitor_trace_parse(const char *line, struct monitor_command *c);

/* monitor_trace_close - end it; fine for one that was never opened */
void monitor_trace_close(struct monitor_trace *t);

#endif
