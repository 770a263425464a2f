// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose page is whose, once SNP is initialized.
 *
 * From then on the firmware writes only to pages that the kernel's table of page
 * owners (RMP) gives to it, for the older commands too: the buffer of a command
 * that answers in it, memory that it names for output, the trusted memory
 * region, the persistent data (publication 56860, "SEV legacy commands"). The
 * kernel must not write to such a page, and gets it back by two steps:
 * SNP_PAGE_RECLAIM, then an update of the table. A page that does not come back
 * is nobody's any more: writing to it would be a fault wherever it is used next.
 *
 * Before SNP is initialized nothing here does anything.
 */
#include <linux/device.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/mem_encrypt.h>
#include <linux/mm.h>
#include <linux/psp-sev.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "../compat/rmp.h"
#include "psp_sev.h"

/**
 * struct psp_sev_output - memory that a command names for output
 * @address: where in the command's buffer its address is
 * @length: where its length is, 32 bits
 * @guest: the memory is a guest's, which has to be written where it is; other
 *	memory is replaced by pages of its own, as it may share its page
 */
struct psp_sev_output {
	u8 address;
	u8 length;
	bool guest;
};

/**
 * struct psp_sev_outputs - what a command of SEV writes to
 * @buffer: to its own buffer
 * @memory: to memory that it names; without a length field: to no more
 */
struct psp_sev_outputs {
	bool buffer;
	struct psp_sev_output memory[PSP_SEV_OUTPUTS_MAX];
};

#define AT(_type, _field)	offsetof(struct _type, _field)

static const struct psp_sev_outputs outputs[] = {
	[PSP_FW_PLATFORM_STATUS] = { true },
	[PSP_FW_PEK_CSR] = { true, {
		{ AT(sev_data_pek_csr, address), AT(sev_data_pek_csr, len), false } } },
	[PSP_FW_PDH_CERT_EXPORT] = { true, {
		{ AT(sev_data_pdh_cert_export, pdh_cert_address),
		  AT(sev_data_pdh_cert_export, pdh_cert_len), false },
		{ AT(sev_data_pdh_cert_export, cert_chain_address),
		  AT(sev_data_pdh_cert_export, cert_chain_len), false } } },
	[PSP_FW_GET_ID] = { true, {
		{ AT(sev_data_get_id, address), AT(sev_data_get_id, len), false } } },
	[PSP_FW_GUEST_STATUS] = { true },
	[PSP_FW_LAUNCH_START] = { true },
	[PSP_FW_LAUNCH_UPDATE_DATA] = { false, {
		{ AT(sev_data_launch_update_data, address),
		  AT(sev_data_launch_update_data, len), true } } },
	[PSP_FW_LAUNCH_UPDATE_VMSA] = { false, {
		{ AT(sev_data_launch_update_vmsa, address),
		  AT(sev_data_launch_update_vmsa, len), true } } },
	[PSP_FW_LAUNCH_MEASURE] = { true, {
		{ AT(sev_data_launch_measure, address),
		  AT(sev_data_launch_measure, len), false } } },
	[PSP_FW_LAUNCH_UPDATE_SECRET] = { false, {
		{ AT(sev_data_launch_secret, guest_address),
		  AT(sev_data_launch_secret, guest_len), true } } },
	[PSP_FW_ATTESTATION_REPORT] = { true, {
		{ AT(sev_data_attestation_report, address),
		  AT(sev_data_attestation_report, len), false } } },
	[PSP_FW_SEND_START] = { true, {
		{ AT(sev_data_send_start, session_address),
		  AT(sev_data_send_start, session_len), false } } },
	[PSP_FW_SEND_UPDATE_DATA] = { true, {
		{ AT(sev_data_send_update_data, hdr_address),
		  AT(sev_data_send_update_data, hdr_len), false },
		{ AT(sev_data_send_update_data, trans_address),
		  AT(sev_data_send_update_data, trans_len), false } } },
	[PSP_FW_SEND_UPDATE_VMSA] = { true, {
		{ AT(sev_data_send_update_vmsa, hdr_address),
		  AT(sev_data_send_update_vmsa, hdr_len), false },
		{ AT(sev_data_send_update_vmsa, trans_address),
		  AT(sev_data_send_update_vmsa, trans_len), false } } },
	[PSP_FW_RECEIVE_START] = { true },
	[PSP_FW_RECEIVE_UPDATE_DATA] = { false, {
		{ AT(sev_data_receive_update_data, guest_address),
		  AT(sev_data_receive_update_data, guest_len), true } } },
	[PSP_FW_RECEIVE_UPDATE_VMSA] = { false, {
		{ AT(sev_data_receive_update_vmsa, guest_address),
		  AT(sev_data_receive_update_vmsa, guest_len), true } } },
	[PSP_FW_DBG_DECRYPT] = { false, {
		{ AT(sev_data_dbg, dst_addr), AT(sev_data_dbg, len), true } } },
	[PSP_FW_DBG_ENCRYPT] = { false, {
		{ AT(sev_data_dbg, dst_addr), AT(sev_data_dbg, len), true } } },
};

static int psp_sev_page_back(struct psp_sev *sev, u64 pfn)
{
	bool assigned;
	int level, ret;

	/* What was given back in part is gone on with. */
	ret = snp_lookup_rmpentry(pfn, &assigned, &level);
	if (ret || !assigned)
		return ret;
	ret = psp_sev_reclaim_page(sev, PFN_PHYS(pfn));
	return ret ?: rmp_make_shared(pfn, PG_LEVEL_4K);
}

static u64 psp_sev_first_pfn(const void *memory)
{
	return virt_to_phys((void *)memory) >> PAGE_SHIFT;
}

/* The kernel maps memory in its entirety, which is all that addresses here are of. */
static unsigned long psp_sev_pages(const void *memory, size_t size)
{
	return PAGE_ALIGN(offset_in_page(memory) + size) >> PAGE_SHIFT;
}

/**
 * psp_sev_pages_lend - give memory to the firmware
 * @sev: the device
 * @memory: whole pages, in the kernel's direct mapping
 * @size: in bytes
 *
 * Return: 0; -EFAULT when the table of page owners refuses, after which some of
 * it may be the firmware's: psp_sev_pages_back() knows.
 */
int psp_sev_pages_lend(struct psp_sev *sev, const void *memory, size_t size)
{
	unsigned long i, pages = psp_sev_pages(memory, size);
	u64 pfn = psp_sev_first_pfn(memory);
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!sev->snp_live)
		return 0;
	for (i = 0; i < pages; i++) {
		ret = rmp_make_private(pfn + i, 0, PG_LEVEL_4K, 0, true);
		if (ret) {
			dev_err_ratelimited(sev->dev, "a page could not be given to the firmware (%pe)\n",
					    ERR_PTR(ret));
			return ret;
		}
	}
	return 0;
}

/**
 * psp_sev_pages_back - take memory back from the firmware
 * @sev: the device
 * @memory: what psp_sev_pages_lend() got; parts that are the kernel's stay so
 * @size: likewise
 *
 * Return: 0; an error number when some of it is not to be used any more; this is
 * for the caller to report.
 */
int psp_sev_pages_back(struct psp_sev *sev, const void *memory, size_t size)
{
	unsigned long pages = psp_sev_pages(memory, size);
	u64 pfn = psp_sev_first_pfn(memory);
	int ret = 0;

	lockdep_assert_held(&sev->lock);

	if (!psp_sev_snp_host())
		return 0;
	while (!ret && pages--)
		ret = psp_sev_page_back(sev, pfn++);
	return ret;
}

/**
 * psp_sev_page_is_lent - does a page belong to somebody else than the kernel
 * @memory: the page, in the kernel's direct mapping
 *
 * Return: whether it does, by the table of page owners.
 */
bool psp_sev_page_is_lent(const void *memory)
{
	bool assigned;
	int level;

	return psp_sev_snp_host() &&
	       (snp_lookup_rmpentry(psp_sev_first_pfn(memory), &assigned, &level) ||
		assigned);
}

static void psp_sev_put_loan(struct psp_sev_loan *loan, void *buffer)
{
	u64 address = psp_sev_address(loan->original);

	memcpy(loan->original, loan->memory, loan->length);
	memcpy(buffer + loan->address, &address, sizeof(address));
}

static int psp_sev_lend_output(struct psp_sev_call *call,
			       const struct psp_sev_output *output,
			       struct psp_sev_loan *loan)
{
	void *buffer = call->sev->buffer, *memory;
	u64 address;
	u32 length;

	memcpy(&address, buffer + output->address, sizeof(address));
	memcpy(&length, buffer + output->length, sizeof(length));
	/* A question for a length. */
	if (!address || !length)
		return 0;
	/* The firmware refuses what is no memory; there is no page to lend. */
	address = __sme_clr(address);
	if (!pfn_valid(address >> PAGE_SHIFT) ||
	    !pfn_valid((address + length - 1) >> PAGE_SHIFT))
		return 0;
	if (output->guest)
		return psp_sev_lend_foreign(call, phys_to_virt(address), length);

	memory = psp_sev_firmware_blob(call, length);
	if (!memory)
		return -ENOMEM;
	loan->original = phys_to_virt(address);
	loan->memory = memory;
	loan->length = length;
	loan->address = output->address;
	address = psp_sev_address(memory);
	memcpy(buffer + output->address, &address, sizeof(address));
	return 0;
}

/**
 * psp_sev_lend_outputs - give the firmware what a command writes to
 * @call: the request
 * @id: &enum psp_fw_command; its buffer is in place
 *
 * Return: 0; -ENOMEM; -EFAULT when the table of page owners refuses.
 */
int psp_sev_lend_outputs(struct psp_sev_call *call, unsigned int id)
{
	struct psp_sev *sev = call->sev;
	unsigned int i;
	int ret;

	memset(sev->loans, 0, sizeof(sev->loans));
	if (id >= ARRAY_SIZE(outputs))
		return 0;
	for (i = 0; i < PSP_SEV_OUTPUTS_MAX; i++) {
		if (!outputs[id].memory[i].length)
			break;
		ret = psp_sev_lend_output(call, &outputs[id].memory[i],
					  &sev->loans[i]);
		if (ret)
			return ret;
	}
	if (!outputs[id].buffer)
		return 0;
	sev->buffer_lent = true;
	return psp_sev_pages_lend(sev, sev->buffer, PAGE_SIZE);
}

/**
 * psp_sev_outputs_back - take it back after the answer, and hand it on
 * @call: the request
 *
 * Memory of the request's own is taken back when the request ends.
 *
 * Return: 0, or an error number when the command's buffer did not come back.
 */
int psp_sev_outputs_back(struct psp_sev_call *call)
{
	struct psp_sev *sev = call->sev;
	unsigned int i;
	int ret;

	ret = psp_sev_buffer_back(sev);
	if (ret)
		return ret;
	for (i = 0; i < PSP_SEV_OUTPUTS_MAX; i++)
		if (sev->loans[i].memory)
			psp_sev_put_loan(&sev->loans[i], sev->buffer);
	return 0;
}
