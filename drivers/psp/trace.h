/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of psp_sev: each command when it is sent and when it has ended.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM psp_sev

#if !defined(PSP_SEV_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PSP_SEV_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(psp_sev_command_start,
	    TP_PROTO(unsigned int command, bool poll),
	    TP_ARGS(command, poll),
	    TP_STRUCT__entry(__field(unsigned int, command)
			     __field(bool, poll)),
	    TP_fast_assign(__entry->command = command;
			   __entry->poll = poll;),
	    TP_printk("command=0x%03x %s", __entry->command,
		      __entry->poll ? "poll" : "interrupt")
);

TRACE_EVENT(psp_sev_command_end,
	    TP_PROTO(unsigned int command, int result, u32 response,
		     u64 duration_ns),
	    TP_ARGS(command, result, response, duration_ns),
	    TP_STRUCT__entry(__field(unsigned int, command)
			     __field(int, result)
			     __field(u32, response)
			     __field(u64, duration_ns)),
	    TP_fast_assign(__entry->command = command;
			   __entry->result = result;
			   __entry->response = response;
			   __entry->duration_ns = duration_ns;),
	    TP_printk("command=0x%03x result=%d status=0x%04x duration_ns=%llu",
		      __entry->command, __entry->result,
		      __entry->response & 0xffff, __entry->duration_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH psp
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
