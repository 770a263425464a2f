/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and layouts that the SEV firmware shares with its driver. They are
 * those of AMD publications 55766 (SEV) and 56860 (SEV-SNP), as the kernel's
 * include/linux/psp-sev.h and include/uapi/linux/psp-sev.h use them.
 *
 * Everything is little endian and packed; so is every machine this runs on.
 */
#ifndef SEVFW_ABI_H
#define SEVFW_ABI_H

#include <stdint.h>

#define SEVFW_PACKED __attribute__((packed))

enum sevfw_command_id {
	SEVFW_INIT			= 0x01,
	SEVFW_SHUTDOWN			= 0x02,
	SEVFW_PLATFORM_RESET		= 0x03,
	SEVFW_PLATFORM_STATUS		= 0x04,
	SEVFW_PEK_GEN			= 0x05,
	SEVFW_PEK_CSR			= 0x06,
	SEVFW_PEK_CERT_IMPORT		= 0x07,
	SEVFW_PDH_CERT_EXPORT		= 0x08,
	SEVFW_PDH_GEN			= 0x09,
	SEVFW_DF_FLUSH			= 0x0a,
	SEVFW_DOWNLOAD_FIRMWARE		= 0x0b,
	SEVFW_GET_ID			= 0x0c,
	SEVFW_INIT_EX			= 0x0d,

	SEVFW_DECOMMISSION		= 0x20,
	SEVFW_ACTIVATE			= 0x21,
	SEVFW_DEACTIVATE		= 0x22,
	SEVFW_GUEST_STATUS		= 0x23,
	SEVFW_LAUNCH_START		= 0x30,

	SEVFW_SNP_INIT			= 0x81,
	SEVFW_SNP_SHUTDOWN		= 0x82,
	SEVFW_SNP_PLATFORM_STATUS	= 0x83,
	SEVFW_SNP_DF_FLUSH		= 0x84,
	SEVFW_SNP_INIT_EX		= 0x85,
	SEVFW_SNP_SHUTDOWN_EX		= 0x86,
	SEVFW_SNP_PAGE_RECLAIM		= 0xc7,
	SEVFW_SNP_CONFIG		= 0xc9,
	SEVFW_SNP_DOWNLOAD_FIRMWARE_EX	= 0xca,
	SEVFW_SNP_COMMIT		= 0xcb,
	SEVFW_SNP_VLEK_LOAD		= 0xcd,
	SEVFW_SNP_FEATURE_INFO		= 0xce,
};

enum sevfw_status {
	SEVFW_SUCCESS			= 0x00,
	SEVFW_INVALID_PLATFORM_STATE	= 0x01,
	SEVFW_INVALID_GUEST_STATE	= 0x02,
	SEVFW_INVALID_CONFIG		= 0x03,
	SEVFW_INVALID_LENGTH		= 0x04,
	SEVFW_ALREADY_OWNED		= 0x05,
	SEVFW_INVALID_CERTIFICATE	= 0x06,
	SEVFW_POLICY_FAILURE		= 0x07,
	SEVFW_INACTIVE			= 0x08,
	SEVFW_INVALID_ADDRESS		= 0x09,
	SEVFW_BAD_SIGNATURE		= 0x0a,
	SEVFW_BAD_MEASUREMENT		= 0x0b,
	SEVFW_ASID_OWNED		= 0x0c,
	SEVFW_INVALID_ASID		= 0x0d,
	SEVFW_WBINVD_REQUIRED		= 0x0e,
	SEVFW_DF_FLUSH_REQUIRED		= 0x0f,
	SEVFW_INVALID_GUEST		= 0x10,
	SEVFW_INVALID_COMMAND		= 0x11,
	SEVFW_ACTIVE			= 0x12,
	SEVFW_HWERROR_PLATFORM		= 0x13,
	SEVFW_HWERROR_UNSAFE		= 0x14,
	SEVFW_UNSUPPORTED		= 0x15,
	SEVFW_INVALID_PARAM		= 0x16,
	SEVFW_RESOURCE_LIMIT		= 0x17,
	SEVFW_SECURE_DATA_INVALID	= 0x18,
	SEVFW_INVALID_PAGE_SIZE		= 0x19,
	SEVFW_INVALID_PAGE_STATE	= 0x1a,
	SEVFW_INVALID_MDATA_ENTRY	= 0x1b,
	SEVFW_INVALID_PAGE_OWNER	= 0x1c,
	SEVFW_AEAD_OVERFLOW		= 0x1d,
	SEVFW_RING_BUFFER_EXIT		= 0x1f,
	SEVFW_RMP_INIT_REQUIRED		= 0x20,
	SEVFW_BAD_SVN			= 0x21,
	SEVFW_BAD_VERSION		= 0x22,
	SEVFW_SHUTDOWN_REQUIRED		= 0x23,
	SEVFW_UPDATE_FAILED		= 0x24,
	SEVFW_RESTORE_REQUIRED		= 0x25,
	SEVFW_RMP_INIT_FAILED		= 0x26,
	SEVFW_INVALID_KEY		= 0x27,
};

enum sevfw_platform_state {
	SEVFW_PLATFORM_UNINIT		= 0,
	SEVFW_PLATFORM_INIT		= 1,
	SEVFW_PLATFORM_WORKING		= 2,
};

enum sevfw_snp_state {
	SEVFW_SNP_UNINIT		= 0,
	SEVFW_SNP_INITED		= 1,
};

enum sevfw_guest_state {
	SEVFW_GUEST_NONE		= 0,
	SEVFW_GUEST_LAUNCHING		= 1,
};

#define SEVFW_INIT_ES			0x1u

struct sevfw_init {
	uint32_t flags;
	uint32_t reserved;
	uint64_t tmr_address;
	uint32_t tmr_length;
} SEVFW_PACKED;

struct sevfw_init_ex {
	uint32_t length;		/* of this structure */
	uint32_t flags;
	uint64_t tmr_address;
	uint32_t tmr_length;
	uint32_t reserved;
	uint64_t nv_address;
	uint32_t nv_length;
} SEVFW_PACKED;

/* In SEVFW_PLATFORM_STATUS the flags are not aligned; owner is bit 0, ES bit 8. */
#define SEVFW_STATUS_OWNED		0x00000001u
#define SEVFW_STATUS_ES			0x00000100u

struct sevfw_platform_status {
	uint8_t api_major;
	uint8_t api_minor;
	uint8_t state;
	uint32_t flags;
	uint8_t build;
	uint32_t guest_count;
} SEVFW_PACKED;

struct sevfw_pek_csr {
	uint64_t address;
	uint32_t length;
} SEVFW_PACKED;

struct sevfw_pek_cert_import {
	uint64_t pek_address;
	uint32_t pek_length;
	uint32_t reserved;
	uint64_t oca_address;
	uint32_t oca_length;
} SEVFW_PACKED;

struct sevfw_pdh_cert_export {
	uint64_t pdh_address;
	uint32_t pdh_length;
	uint32_t reserved;
	uint64_t chain_address;
	uint32_t chain_length;
} SEVFW_PACKED;

struct sevfw_download_firmware {
	uint64_t address;
	uint32_t length;
} SEVFW_PACKED;

struct sevfw_get_id {
	uint64_t address;
	uint32_t length;
} SEVFW_PACKED;

struct sevfw_handle {
	uint32_t handle;
} SEVFW_PACKED;

struct sevfw_activate {
	uint32_t handle;
	uint32_t asid;
} SEVFW_PACKED;

struct sevfw_guest_status {
	uint32_t handle;
	uint32_t policy;
	uint32_t asid;
	uint8_t state;
} SEVFW_PACKED;

/* In @handle a guest whose key is shared, or 0; then the new one's. */
struct sevfw_launch_start {
	uint32_t handle;
	uint32_t policy;
	uint64_t dh_address;
	uint32_t dh_length;
	uint32_t reserved;
	uint64_t session_address;
	uint32_t session_length;
} SEVFW_PACKED;

struct sevfw_snp_address {
	uint64_t address;
} SEVFW_PACKED;

#define SEVFW_SNP_RMP_INITIALIZED	0x01u

#define SEVFW_SNP_MASK_CHIP_ID		0x00000001u
#define SEVFW_SNP_MASK_CHIP_KEY		0x00000002u
#define SEVFW_SNP_VLEK_LOADED		0x00000004u
#define SEVFW_SNP_FEATURE_INFO_KNOWN	0x00000008u
#define SEVFW_SNP_RAPL_DISABLED		0x00000010u
#define SEVFW_SNP_HIDING_CAPABLE	0x00000020u
#define SEVFW_SNP_HIDING_ENABLED	0x00000040u

struct sevfw_snp_platform_status {
	uint8_t api_major;
	uint8_t api_minor;
	uint8_t state;
	uint8_t rmp;
	uint32_t build;
	uint32_t flags;
	uint32_t guest_count;
	uint64_t current_tcb;
	uint64_t reported_tcb;
} SEVFW_PACKED;

#define SEVFW_SNP_INIT_RMP		0x01u
#define SEVFW_SNP_INIT_LIST		0x02u
#define SEVFW_SNP_INIT_RAPL_DIS		0x04u
#define SEVFW_SNP_INIT_HIDING		0x08u

struct sevfw_snp_init_ex {
	uint32_t flags;
	uint32_t reserved;
	uint64_t list_address;
	uint16_t max_snp_asid;
	uint8_t reserved2[46];
} SEVFW_PACKED;

struct sevfw_range {
	uint64_t base;
	uint32_t pages;
	uint32_t reserved;
} SEVFW_PACKED;

struct sevfw_range_list {
	uint32_t count;
	uint32_t reserved;
	struct sevfw_range ranges[255];	/* the list is one page at most */
} SEVFW_PACKED;

#define SEVFW_SNP_SHUTDOWN_IOMMU	0x01u
#define SEVFW_SNP_SHUTDOWN_X86		0x02u

struct sevfw_snp_shutdown_ex {
	uint32_t length;		/* of this structure */
	uint32_t flags;
} SEVFW_PACKED;

#define SEVFW_RECLAIM_LARGE		0x01u	/* in the address of SNP_PAGE_RECLAIM */

struct sevfw_snp_config {
	uint64_t reported_tcb;
	uint32_t masks;			/* SEVFW_SNP_MASK_* */
	uint8_t reserved[52];
} SEVFW_PACKED;

#define SEVFW_DOWNLOAD_COMMIT		0x01u

struct sevfw_snp_download_firmware_ex {
	uint32_t length;		/* of this structure */
	uint32_t reserved;
	uint64_t address;
	uint32_t image_length;
	uint32_t flags;
} SEVFW_PACKED;

struct sevfw_snp_commit {
	uint32_t length;		/* of this structure */
} SEVFW_PACKED;

struct sevfw_snp_vlek_load {
	uint32_t length;		/* of this structure */
	uint8_t version;
	uint8_t reserved[3];
	uint64_t address;
} SEVFW_PACKED;

/* A versioned loaded endorsement key, encrypted for one chip. */
struct sevfw_vlek {
	uint8_t iv[12];
	uint32_t reserved;
	uint8_t wrapped[384];
	uint64_t tcb;
	uint64_t reserved2;
	uint8_t tag[16];
} SEVFW_PACKED;

struct sevfw_snp_feature_info {
	uint32_t length;		/* of this structure */
	uint32_t ecx;			/* the subfunction */
	uint64_t address;
} SEVFW_PACKED;

#define SEVFW_FEATURE_X86_SHUTDOWN	0x02u
#define SEVFW_FEATURE_RAPL_DIS		0x04u
#define SEVFW_FEATURE_HIDING		0x08u

/* CPUID 8000_0024 as the firmware tells it. */
struct sevfw_features {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;			/* SEVFW_FEATURE_* */
	uint32_t edx;
} SEVFW_PACKED;

#endif
