/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/sev: commands to the SEV and SNP firmware of an AMD Secure Processor.
 *
 * The interface is binary compatible with that of the in-tree driver ccp, as
 * in <linux/psp-sev.h> of the newest kernel, on every kernel that psp_sev
 * supports. The names differ so that both headers can be included.
 */
#ifndef _UAPI_LINUX_PSP_SEV_H
#define _UAPI_LINUX_PSP_SEV_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PSP_SEV_DEVICE	"/dev/sev"

/**
 * enum psp_sev_cmd - what PSP_SEV_ISSUE_CMD does
 * @PSP_SEV_FACTORY_RESET: forget all keys and certificates. No data. Shuts an
 *	initialized platform down first; EBUSY while guests run.
 * @PSP_SEV_PLATFORM_STATUS: version and state, &struct psp_sev_status
 * @PSP_SEV_PEK_GEN: make a new platform endorsement key. No data.
 * @PSP_SEV_PEK_CSR: request for a certificate, &struct psp_sev_pek_csr
 * @PSP_SEV_PDH_GEN: make a new Diffie-Hellman key. No data.
 * @PSP_SEV_PDH_CERT_EXPORT: certificates of the platform,
 *	&struct psp_sev_pdh_cert_export
 * @PSP_SEV_PEK_CERT_IMPORT: certificates of the owner,
 *	&struct psp_sev_pek_cert_import
 * @PSP_SEV_GET_ID: unique id of the chips, &struct psp_sev_get_id; deprecated
 * @PSP_SEV_GET_ID2: the same in its own length, &struct psp_sev_get_id2
 * @PSP_SEV_SNP_PLATFORM_STATUS: version and state, &struct psp_sev_snp_status
 * @PSP_SEV_SNP_COMMIT: commit the firmware that runs now. No data.
 * @PSP_SEV_SNP_SET_CONFIG: reported TCB and masks, &struct psp_sev_snp_config
 * @PSP_SEV_SNP_VLEK_LOAD: versioned loaded endorsement key,
 *	&struct psp_sev_snp_vlek_load
 * @PSP_SEV_CMD_MAX: all above are below
 */
enum psp_sev_cmd {
	PSP_SEV_FACTORY_RESET,
	PSP_SEV_PLATFORM_STATUS,
	PSP_SEV_PEK_GEN,
	PSP_SEV_PEK_CSR,
	PSP_SEV_PDH_GEN,
	PSP_SEV_PDH_CERT_EXPORT,
	PSP_SEV_PEK_CERT_IMPORT,
	PSP_SEV_GET_ID,
	PSP_SEV_GET_ID2,
	PSP_SEV_SNP_PLATFORM_STATUS,
	PSP_SEV_SNP_COMMIT,
	PSP_SEV_SNP_SET_CONFIG,
	PSP_SEV_SNP_VLEK_LOAD,
	PSP_SEV_CMD_MAX
};

/**
 * enum psp_sev_error - status of the firmware, in @error of
 *	&struct psp_sev_issue_cmd
 * @PSP_SEV_SUCCESS: done
 * @PSP_SEV_INVALID_PLATFORM_STATE: not allowed in the platform's state; also
 *	reported when a needed initialization could not even be tried
 * @PSP_SEV_INVALID_GUEST_STATE: not allowed in the guest's state
 * @PSP_SEV_INVALID_CONFIG: the platform configuration is invalid
 * @PSP_SEV_INVALID_LENGTH: a buffer is too small
 * @PSP_SEV_ALREADY_OWNED: the platform has an owner already
 * @PSP_SEV_INVALID_CERTIFICATE: a certificate is invalid
 * @PSP_SEV_POLICY_FAILURE: the guest policy forbids it
 * @PSP_SEV_INACTIVE: the guest is inactive
 * @PSP_SEV_INVALID_ADDRESS: an address is invalid
 * @PSP_SEV_BAD_SIGNATURE: a signature is wrong
 * @PSP_SEV_BAD_MEASUREMENT: a measurement is wrong
 * @PSP_SEV_ASID_OWNED: the ASID is in use
 * @PSP_SEV_INVALID_ASID: the ASID is invalid
 * @PSP_SEV_WBINVD_REQUIRED: caches must be flushed first
 * @PSP_SEV_DF_FLUSH_REQUIRED: the data fabric must be flushed first
 * @PSP_SEV_INVALID_GUEST: the guest handle is invalid
 * @PSP_SEV_INVALID_COMMAND: the firmware does not know the command
 * @PSP_SEV_ACTIVE: the guest is active
 * @PSP_SEV_HW_ERROR_PLATFORM: hardware error, the platform is affected
 * @PSP_SEV_HW_ERROR_UNSAFE: hardware error, the state is unsafe
 * @PSP_SEV_UNSUPPORTED: a feature is not supported
 * @PSP_SEV_INVALID_PARAM: a parameter is invalid
 * @PSP_SEV_RESOURCE_LIMIT: the firmware ran out of a resource
 * @PSP_SEV_SECURE_DATA_INVALID: the persistent data failed its check
 * @PSP_SEV_INVALID_PAGE_SIZE: an RMP entry has another page size
 * @PSP_SEV_INVALID_PAGE_STATE: an RMP entry has another state
 * @PSP_SEV_INVALID_MDATA_ENTRY: a metadata entry is invalid
 * @PSP_SEV_INVALID_PAGE_OWNER: a page has another owner
 * @PSP_SEV_AEAD_OVERFLOW: the message counter would overflow
 * @PSP_SEV_RING_BUFFER_EXIT: the ring buffer mode was left
 * @PSP_SEV_RMP_INIT_REQUIRED: the RMP must be initialized first
 * @PSP_SEV_BAD_SVN: the security version is too low
 * @PSP_SEV_BAD_VERSION: the firmware version is not allowed
 * @PSP_SEV_SHUTDOWN_REQUIRED: the platform must be shut down first
 * @PSP_SEV_UPDATE_FAILED: a firmware update failed
 * @PSP_SEV_RESTORE_REQUIRED: the committed firmware must be restored
 * @PSP_SEV_RMP_INIT_FAILED: initializing the RMP failed
 * @PSP_SEV_INVALID_KEY: a key is invalid
 */
enum psp_sev_error {
	PSP_SEV_SUCCESS			= 0x00,
	PSP_SEV_INVALID_PLATFORM_STATE	= 0x01,
	PSP_SEV_INVALID_GUEST_STATE	= 0x02,
	PSP_SEV_INVALID_CONFIG		= 0x03,
	PSP_SEV_INVALID_LENGTH		= 0x04,
	PSP_SEV_ALREADY_OWNED		= 0x05,
	PSP_SEV_INVALID_CERTIFICATE	= 0x06,
	PSP_SEV_POLICY_FAILURE		= 0x07,
	PSP_SEV_INACTIVE		= 0x08,
	PSP_SEV_INVALID_ADDRESS		= 0x09,
	PSP_SEV_BAD_SIGNATURE		= 0x0a,
	PSP_SEV_BAD_MEASUREMENT		= 0x0b,
	PSP_SEV_ASID_OWNED		= 0x0c,
	PSP_SEV_INVALID_ASID		= 0x0d,
	PSP_SEV_WBINVD_REQUIRED		= 0x0e,
	PSP_SEV_DF_FLUSH_REQUIRED	= 0x0f,
	PSP_SEV_INVALID_GUEST		= 0x10,
	PSP_SEV_INVALID_COMMAND		= 0x11,
	PSP_SEV_ACTIVE			= 0x12,
	PSP_SEV_HW_ERROR_PLATFORM	= 0x13,
	PSP_SEV_HW_ERROR_UNSAFE		= 0x14,
	PSP_SEV_UNSUPPORTED		= 0x15,
	PSP_SEV_INVALID_PARAM		= 0x16,
	PSP_SEV_RESOURCE_LIMIT		= 0x17,
	PSP_SEV_SECURE_DATA_INVALID	= 0x18,
	PSP_SEV_INVALID_PAGE_SIZE	= 0x19,
	PSP_SEV_INVALID_PAGE_STATE	= 0x1a,
	PSP_SEV_INVALID_MDATA_ENTRY	= 0x1b,
	PSP_SEV_INVALID_PAGE_OWNER	= 0x1c,
	PSP_SEV_AEAD_OVERFLOW		= 0x1d,
	PSP_SEV_RING_BUFFER_EXIT	= 0x1f,
	PSP_SEV_RMP_INIT_REQUIRED	= 0x20,
	PSP_SEV_BAD_SVN			= 0x21,
	PSP_SEV_BAD_VERSION		= 0x22,
	PSP_SEV_SHUTDOWN_REQUIRED	= 0x23,
	PSP_SEV_UPDATE_FAILED		= 0x24,
	PSP_SEV_RESTORE_REQUIRED	= 0x25,
	PSP_SEV_RMP_INIT_FAILED		= 0x26,
	PSP_SEV_INVALID_KEY		= 0x27
};

/**
 * enum psp_sev_state - state of the platform
 * @PSP_SEV_STATE_UNINIT: not initialized
 * @PSP_SEV_STATE_INIT: initialized
 * @PSP_SEV_STATE_WORKING: initialized, and there are guests
 */
enum psp_sev_state {
	PSP_SEV_STATE_UNINIT,
	PSP_SEV_STATE_INIT,
	PSP_SEV_STATE_WORKING
};

/* Longest certificate blob that is passed on. */
#define PSP_SEV_BLOB_MAX	0x4000

#define PSP_SEV_FLAG_OWNED	0x00000001U	/* owned by somebody outside */
#define PSP_SEV_FLAG_ES		0x00000100U	/* SEV-ES is on */

/**
 * struct psp_sev_status - answer to PSP_SEV_PLATFORM_STATUS
 * @api_major: major API version
 * @api_minor: minor API version
 * @state: &enum psp_sev_state
 * @flags: PSP_SEV_FLAG_OWNED, PSP_SEV_FLAG_ES
 * @build: build of the firmware, its low eight bits
 * @guest_count: number of guests
 */
struct psp_sev_status {
	__u8 api_major;
	__u8 api_minor;
	__u8 state;
	__u32 flags;
	__u8 build;
	__u32 guest_count;
} __attribute__((packed));

/**
 * struct psp_sev_pek_csr - for PSP_SEV_PEK_CSR
 * @address: of the buffer; 0 asks for the length
 * @length: of the buffer, then of the request; 0 asks for it
 */
struct psp_sev_pek_csr {
	__u64 address;
	__u32 length;
} __attribute__((packed));

/**
 * struct psp_sev_pdh_cert_export - for PSP_SEV_PDH_CERT_EXPORT
 * @pdh_cert_address: of the buffer for the PDH certificate
 * @pdh_cert_len: its length, then the certificate's
 * @cert_chain_address: of the buffer for the chain PEK, OCA, CEK
 * @cert_chain_len: its length, then the chain's
 *
 * Any of the four being 0 asks for both lengths.
 */
struct psp_sev_pdh_cert_export {
	__u64 pdh_cert_address;
	__u32 pdh_cert_len;
	__u64 cert_chain_address;
	__u32 cert_chain_len;
} __attribute__((packed));

/**
 * struct psp_sev_pek_cert_import - for PSP_SEV_PEK_CERT_IMPORT
 * @pek_cert_address: of the PEK certificate
 * @pek_cert_len: its length
 * @oca_cert_address: of the owner's CA certificate
 * @oca_cert_len: its length
 */
struct psp_sev_pek_cert_import {
	__u64 pek_cert_address;
	__u32 pek_cert_len;
	__u64 oca_cert_address;
	__u32 oca_cert_len;
} __attribute__((packed));

/**
 * struct psp_sev_get_id - answer to PSP_SEV_GET_ID
 * @socket1: id of the chip in the first socket
 * @socket2: id of the chip in the second socket
 */
struct psp_sev_get_id {
	__u8 socket1[64];
	__u8 socket2[64];
} __attribute__((packed));

/**
 * struct psp_sev_get_id2 - for PSP_SEV_GET_ID2
 * @address: of the buffer; 0 asks for the length
 * @length: of the buffer, then of the id; 0 asks for it
 */
struct psp_sev_get_id2 {
	__u64 address;
	__u32 length;
} __attribute__((packed));

/**
 * struct psp_sev_snp_status - answer to PSP_SEV_SNP_PLATFORM_STATUS
 * @api_major: major API version
 * @api_minor: minor API version
 * @state: 0 not initialized, 1 initialized
 * @rmp: bit 0, the RMP is initialized
 * @build: build of the firmware
 * @flags: bit 0 chip id masked, 1 chip key masked, 2 VLEK loaded
 * @guest_count: number of guests
 * @current_tcb: TCB version that runs
 * @reported_tcb: TCB version that attestation reports name
 */
struct psp_sev_snp_status {
	__u8 api_major;
	__u8 api_minor;
	__u8 state;
	__u8 rmp;
	__u32 build;
	__u32 flags;
	__u32 guest_count;
	__u64 current_tcb;
	__u64 reported_tcb;
} __attribute__((packed));

/**
 * struct psp_sev_snp_config - for PSP_SEV_SNP_SET_CONFIG
 * @reported_tcb: TCB version for attestation reports
 * @flags: bit 0 mask the chip id, 1 mask the chip key
 * @reserved: 0
 */
struct psp_sev_snp_config {
	__u64 reported_tcb;
	__u32 flags;
	__u8 reserved[52];
} __attribute__((packed));

#define PSP_SEV_VLEK_HASHSTICK_SIZE	432

/**
 * struct psp_sev_snp_vlek_load - for PSP_SEV_SNP_VLEK_LOAD
 * @len: 16, the length of this structure
 * @vlek_wrapped_version: 0
 * @reserved: 0
 * @vlek_wrapped_address: of PSP_SEV_VLEK_HASHSTICK_SIZE bytes
 */
struct psp_sev_snp_vlek_load {
	__u32 len;
	__u8 vlek_wrapped_version;
	__u8 reserved[3];
	__u64 vlek_wrapped_address;
} __attribute__((packed));

/**
 * struct psp_sev_issue_cmd - what PSP_SEV_ISSUE_CMD takes
 * @cmd: &enum psp_sev_cmd
 * @data: address of the command's structure
 * @error: the firmware's status, &enum psp_sev_error; left alone when the
 *	firmware was not asked
 */
struct psp_sev_issue_cmd {
	__u32 cmd;
	__u64 data;
	__u32 error;
} __attribute__((packed));

#define PSP_SEV_ISSUE_CMD	_IOWR('S', 0, struct psp_sev_issue_cmd)

#endif
