/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of aspt: each exchange with the mailbox, each new target of the
 * interrupt.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM aspt

#if !defined(ASPT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ASPT_TRACE_H

#include <linux/tracepoint.h>

#include "cmdresp.h"

TRACE_EVENT(aspt_cmdresp,
	    TP_PROTO(unsigned int command, u16 data, u32 response, int result,
		     u64 duration_ns),
	    TP_ARGS(command, data, response, result, duration_ns),
	    TP_STRUCT__entry(__field(unsigned int, command)
			     __field(u16, data)
			     __field(u32, response)
			     __field(int, result)
			     __field(u64, duration_ns)),
	    TP_fast_assign(__entry->command = command;
			   __entry->data = data;
			   __entry->response = response;
			   __entry->result = result;
			   __entry->duration_ns = duration_ns;),
	    TP_printk("command=%s data=0x%04x response=0x%08x result=%d duration_ns=%llu",
		      __print_symbolic(__entry->command,
				       { CMDRESP_PART1, "PART1" },
				       { CMDRESP_PART2, "PART2" },
				       { CMDRESP_PART3, "PART3" },
				       { CMDRESP_IRQ_EN, "IRQ_EN" }),
		      __entry->data, __entry->response, __entry->result,
		      __entry->duration_ns)
);

TRACE_EVENT(aspt_target,
	    TP_PROTO(unsigned int irq, u32 apic_id, u32 vector, int result),
	    TP_ARGS(irq, apic_id, vector, result),
	    TP_STRUCT__entry(__field(unsigned int, irq)
			     __field(u32, apic_id)
			     __field(u32, vector)
			     __field(int, result)),
	    TP_fast_assign(__entry->irq = irq;
			   __entry->apic_id = apic_id;
			   __entry->vector = vector;
			   __entry->result = result;),
	    TP_printk("irq=%u apic_id=0x%08x vector=0x%02x result=%d",
		      __entry->irq, __entry->apic_id, __entry->vector,
		      __entry->result)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH aspt
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
