/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ACPI mailbox of the AMD Secure Processor: one register, CmdResp, that
 * takes a command and then holds its response. Pure logic: compiles into the
 * module and into tests.
 *
 *   31   30:26   25:16    15:0
 *   0    0       command  data      written as a command
 *   1    status  -        data      read as a response
 *
 * Source: AMD publications 58028 and 58193.
 */
#ifndef ASPT_CMDRESP_H
#define ASPT_CMDRESP_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

#define CMDRESP_READY		0x80000000U
#define CMDRESP_STATUS_SHIFT	26
#define CMDRESP_STATUS_MASK	0x1fU
#define CMDRESP_COMMAND_SHIFT	16
#define CMDRESP_DATA_MASK	0xffffU

enum cmdresp_command {
	CMDRESP_PART1	= 0x82,	/* APIC id, bits 15:0 */
	CMDRESP_PART2	= 0x83,	/* APIC id, bits 31:16 */
	CMDRESP_PART3	= 0x84,	/* vector, destination mode, mailbox id */
	CMDRESP_IRQ_EN	= 0x85,	/* on or off, mailbox id */
};

enum cmdresp_status {
	CMDRESP_SUCCESS		= 0x00,
	CMDRESP_BAD_COMMAND	= 0x01,
	CMDRESP_BAD_PARAMETER	= 0x02,
	CMDRESP_BAD_STATE	= 0x03,
	CMDRESP_FAILURE		= 0x1f,
};

static inline __u32 cmdresp_command(unsigned int command, __u16 data)
{
	return command << CMDRESP_COMMAND_SHIFT | data;
}

static inline unsigned int cmdresp_status(__u32 response)
{
	return response >> CMDRESP_STATUS_SHIFT & CMDRESP_STATUS_MASK;
}

static inline __u16 cmdresp_part1(__u32 apic_id)
{
	return apic_id & CMDRESP_DATA_MASK;
}

static inline __u16 cmdresp_part2(__u32 apic_id)
{
	return apic_id >> 16;
}

/*
 * Bit 8 presumably is the message type with 0 for fixed delivery; no known
 * software sets it.
 */
static inline __u16 cmdresp_part3(__u8 vector, bool logical, __u8 mailbox)
{
	return vector | logical << 9 | (mailbox & 0x3f) << 10;
}

static inline __u16 cmdresp_irq_en(bool enable, __u8 mailbox)
{
	return enable | (mailbox & 0x3f) << 10;
}

static inline const char *cmdresp_command_name(unsigned int command)
{
	switch (command) {
	case CMDRESP_PART1:
		return "PART1";
	case CMDRESP_PART2:
		return "PART2";
	case CMDRESP_PART3:
		return "PART3";
	case CMDRESP_IRQ_EN:
		return "IRQ_EN";
	default:
		return "unknown";
	}
}

static inline const char *cmdresp_status_name(unsigned int status)
{
	switch (status) {
	case CMDRESP_SUCCESS:
		return "success";
	case CMDRESP_BAD_COMMAND:
		return "invalid command";
	case CMDRESP_BAD_PARAMETER:
		return "invalid parameter";
	case CMDRESP_BAD_STATE:
		return "invalid firmware state";
	case CMDRESP_FAILURE:
		return "failure";
	default:
		return "unknown status";
	}
}

#endif
