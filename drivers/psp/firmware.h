/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the SEV and SNP firmware of an AMD Secure Processor is told and answers:
 * commands, their buffers, their names. Pure logic: compiles into the module,
 * into tools and into tests.
 *
 * Numbers and layouts are those of AMD publications 55766 (SEV) and 56860
 * (SNP), as in the kernel's include/linux/psp-sev.h.
 */
#ifndef PSP_FIRMWARE_H
#define PSP_FIRMWARE_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

enum psp_fw_command {
	PSP_FW_INIT			= 0x001,
	PSP_FW_SHUTDOWN			= 0x002,
	PSP_FW_PLATFORM_RESET		= 0x003,
	PSP_FW_PLATFORM_STATUS		= 0x004,
	PSP_FW_PEK_GEN			= 0x005,
	PSP_FW_PEK_CSR			= 0x006,
	PSP_FW_PEK_CERT_IMPORT		= 0x007,
	PSP_FW_PDH_CERT_EXPORT		= 0x008,
	PSP_FW_PDH_GEN			= 0x009,
	PSP_FW_DF_FLUSH			= 0x00a,
	PSP_FW_DOWNLOAD_FIRMWARE	= 0x00b,
	PSP_FW_GET_ID			= 0x00c,
	PSP_FW_INIT_EX			= 0x00d,

	PSP_FW_DECOMMISSION		= 0x020,
	PSP_FW_ACTIVATE			= 0x021,
	PSP_FW_DEACTIVATE		= 0x022,
	PSP_FW_GUEST_STATUS		= 0x023,
	PSP_FW_LAUNCH_START		= 0x030,
	PSP_FW_LAUNCH_UPDATE_DATA	= 0x031,
	PSP_FW_LAUNCH_UPDATE_VMSA	= 0x032,
	PSP_FW_LAUNCH_MEASURE		= 0x033,
	PSP_FW_LAUNCH_UPDATE_SECRET	= 0x034,
	PSP_FW_LAUNCH_FINISH		= 0x035,
	PSP_FW_ATTESTATION_REPORT	= 0x036,
	PSP_FW_SEND_START		= 0x040,
	PSP_FW_SEND_UPDATE_DATA		= 0x041,
	PSP_FW_SEND_UPDATE_VMSA		= 0x042,
	PSP_FW_SEND_FINISH		= 0x043,
	PSP_FW_SEND_CANCEL		= 0x044,
	PSP_FW_RECEIVE_START		= 0x050,
	PSP_FW_RECEIVE_UPDATE_DATA	= 0x051,
	PSP_FW_RECEIVE_UPDATE_VMSA	= 0x052,
	PSP_FW_RECEIVE_FINISH		= 0x053,
	PSP_FW_DBG_DECRYPT		= 0x060,
	PSP_FW_DBG_ENCRYPT		= 0x061,

	PSP_FW_SNP_INIT			= 0x081,
	PSP_FW_SNP_SHUTDOWN		= 0x082,
	PSP_FW_SNP_PLATFORM_STATUS	= 0x083,
	PSP_FW_SNP_DF_FLUSH		= 0x084,
	PSP_FW_SNP_INIT_EX		= 0x085,
	PSP_FW_SNP_SHUTDOWN_EX		= 0x086,
	PSP_FW_SNP_DECOMMISSION		= 0x090,
	PSP_FW_SNP_ACTIVATE		= 0x091,
	PSP_FW_SNP_GUEST_STATUS		= 0x092,
	PSP_FW_SNP_GCTX_CREATE		= 0x093,
	PSP_FW_SNP_GUEST_REQUEST	= 0x094,
	PSP_FW_SNP_ACTIVATE_EX		= 0x095,
	PSP_FW_SNP_LAUNCH_START		= 0x0a0,
	PSP_FW_SNP_LAUNCH_UPDATE	= 0x0a1,
	PSP_FW_SNP_LAUNCH_FINISH	= 0x0a2,
	PSP_FW_SNP_DBG_DECRYPT		= 0x0b0,
	PSP_FW_SNP_DBG_ENCRYPT		= 0x0b1,
	PSP_FW_SNP_PAGE_RECLAIM		= 0x0c7,
	PSP_FW_SNP_PAGE_UNSMASH		= 0x0c8,
	PSP_FW_SNP_CONFIG		= 0x0c9,
	PSP_FW_SNP_COMMIT		= 0x0cb,
	PSP_FW_SNP_VLEK_LOAD		= 0x0cd,
};

#define PSP_FW_INIT_FLAG_ES	0x00000001U

#define PSP_FW_SNP_SHUTDOWN_IOMMU	0x00000001U

/* Persistent data that INIT_EX lends to the firmware. */
#define PSP_FW_NV_SIZE		32768

/* Lengths of buffers that only pass through, from somebody else in the kernel. */
#define PSP_FW_SIZE_DOWNLOAD_FIRMWARE		12
#define PSP_FW_SIZE_DECOMMISSION		4
#define PSP_FW_SIZE_ACTIVATE			8
#define PSP_FW_SIZE_DEACTIVATE			4
#define PSP_FW_SIZE_GUEST_STATUS		13
#define PSP_FW_SIZE_LAUNCH_START		36
#define PSP_FW_SIZE_LAUNCH_UPDATE_DATA		20
#define PSP_FW_SIZE_LAUNCH_UPDATE_VMSA		20
#define PSP_FW_SIZE_LAUNCH_MEASURE		20
#define PSP_FW_SIZE_LAUNCH_UPDATE_SECRET	52
#define PSP_FW_SIZE_LAUNCH_FINISH		4
#define PSP_FW_SIZE_ATTESTATION_REPORT		36
#define PSP_FW_SIZE_SEND_START			68
#define PSP_FW_SIZE_SEND_UPDATE_DATA		52
#define PSP_FW_SIZE_SEND_UPDATE_VMSA		48
#define PSP_FW_SIZE_SEND_FINISH			4
#define PSP_FW_SIZE_SEND_CANCEL			4
#define PSP_FW_SIZE_RECEIVE_START		36
#define PSP_FW_SIZE_RECEIVE_UPDATE_DATA		52
#define PSP_FW_SIZE_RECEIVE_UPDATE_VMSA		52
#define PSP_FW_SIZE_RECEIVE_FINISH		4
#define PSP_FW_SIZE_DBG_DECRYPT			28
#define PSP_FW_SIZE_DBG_ENCRYPT			28
#define PSP_FW_SIZE_SNP_INIT_EX			64
#define PSP_FW_SIZE_SNP_DECOMMISSION		8
#define PSP_FW_SIZE_SNP_ACTIVATE		12
#define PSP_FW_SIZE_SNP_GUEST_STATUS		16
#define PSP_FW_SIZE_SNP_GCTX_CREATE		8
#define PSP_FW_SIZE_SNP_GUEST_REQUEST		24
#define PSP_FW_SIZE_SNP_LAUNCH_START		48
#define PSP_FW_SIZE_SNP_LAUNCH_UPDATE		32
#define PSP_FW_SIZE_SNP_LAUNCH_FINISH		64
#define PSP_FW_SIZE_SNP_DBG_DECRYPT		24
#define PSP_FW_SIZE_SNP_DBG_ENCRYPT		24
#define PSP_FW_SIZE_SNP_PAGE_RECLAIM		8
#define PSP_FW_SIZE_SNP_PAGE_UNSMASH		8

/* Fields follow each other without padding, aligned or not. */
#pragma pack(push, 1)

struct psp_fw_init {
	__u32 flags;
	__u32 reserved;
	__u64 tmr_address;
	__u32 tmr_length;
};

struct psp_fw_init_ex {
	__u32 length;
	__u32 flags;
	__u64 tmr_address;
	__u32 tmr_length;
	__u32 reserved;
	__u64 nv_address;
	__u32 nv_length;
};

struct psp_fw_pek_csr {
	__u64 address;
	__u32 length;
};

struct psp_fw_pek_cert_import {
	__u64 pek_address;
	__u32 pek_length;
	__u32 reserved;
	__u64 oca_address;
	__u32 oca_length;
};

struct psp_fw_pdh_cert_export {
	__u64 pdh_address;
	__u32 pdh_length;
	__u32 reserved;
	__u64 chain_address;
	__u32 chain_length;
};

struct psp_fw_get_id {
	__u64 address;
	__u32 length;
};

struct psp_fw_snp_address {
	__u64 address;
};

struct psp_fw_snp_commit {
	__u32 length;
};

struct psp_fw_snp_shutdown_ex {
	__u32 length;
	__u32 flags;
};

#pragma pack(pop)

/**
 * struct psp_fw_command_info - what is known of a command
 * @id: &enum psp_fw_command
 * @name: as the publications write it
 * @size: length of its buffer, 0 without one
 */
struct psp_fw_command_info {
	__u16 id;
	const char *name;
	__u16 size;
};

const struct psp_fw_command_info *psp_fw_command_info(unsigned int id);
const char *psp_fw_command_name(unsigned int id);
const char *psp_fw_status_name(unsigned int status);
const char *psp_fw_state_name(unsigned int state);

#endif
