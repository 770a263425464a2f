// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of a platform and the way of one command through it. */
#include "sevfw_internal.h"

#include <stdlib.h>
#include <string.h>

#define ERROR_STACK_ENTRY_MASK	0x3ffu

void sevfw_config_default(struct sevfw_config *config)
{
	memset(config, 0, sizeof(*config));
	config->api_major = 1;
	config->api_minor = 55;
	config->build = 39;
	config->es = true;
	config->snp = true;
	config->sockets = 2;
	config->serial = 0x0123456789abcdefULL;
	/* Boot loader, TEE, SNP and microcode in bytes 0, 1, 6 and 7. */
	config->current_tcb = 0xd516000000000004ULL;
	config->reported_tcb = config->current_tcb;
	config->snp_features = SEVFW_FEATURE_X86_SHUTDOWN | SEVFW_FEATURE_RAPL_DIS |
			       SEVFW_FEATURE_HIDING;
	config->cek_signed = true;
}

struct sevfw *sevfw_new(const struct sevfw_config *config, const struct sevfw_memory *memory)
{
	struct sevfw *fw;

	if (config->sockets < 1 || config->sockets > SEVFW_SOCKETS_MAX)
		return NULL;
	if (!memory->read || !memory->write)
		return NULL;

	fw = calloc(1, sizeof(*fw));
	if (!fw)
		return NULL;
	fw->config = *config;
	fw->memory = *memory;
	memset(fw->flash, 0xff, sizeof(fw->flash));
	if (sevfw_derive_ids(fw)) {
		free(fw);
		return NULL;
	}
	sevfw_reset(fw);
	return fw;
}

void sevfw_free(struct sevfw *fw)
{
	if (fw)
		sevfw_storage_forget(fw);
	free(fw);
}

void sevfw_reset(struct sevfw *fw)
{
	fw->initialized = false;
	fw->es_active = false;
	sevfw_guest_forget_all(fw);
	fw->guests = 0;
	fw->asids_dirty = false;
	sevfw_storage_forget(fw);
	fw->nv_address = 0;
	fw->snp_initialized = false;
	fw->rmp_initialized = false;
	fw->rmp_used = false;
	fw->logs_nr = 0;
	fw->rapl_disabled = false;
	fw->hiding_enabled = false;
	fw->vlek_loaded = false;
	fw->snp_masks = 0;
	fw->reported_tcb = fw->config.reported_tcb;
	fw->current.api_major = fw->config.api_major;
	fw->current.api_minor = fw->config.api_minor;
	fw->current.build = fw->config.build;
	fw->current.tcb = fw->config.current_tcb;
	fw->committed = fw->current;
	fw->error_stack = 0;
}

void sevfw_set_guests(struct sevfw *fw, uint32_t count)
{
	if (!fw->initialized)
		return;
	if (count < fw->guests)
		fw->asids_dirty = true;
	fw->guests = count;
}

uint32_t sevfw_guests(const struct sevfw *fw)
{
	return fw->guests;
}

enum sevfw_platform_state sevfw_platform_state(const struct sevfw *fw)
{
	if (!fw->initialized)
		return SEVFW_PLATFORM_UNINIT;
	return fw->guests ? SEVFW_PLATFORM_WORKING : SEVFW_PLATFORM_INIT;
}

enum sevfw_snp_state sevfw_snp_state(const struct sevfw *fw)
{
	return fw->snp_initialized ? SEVFW_SNP_INITED : SEVFW_SNP_UNINIT;
}

uint64_t sevfw_error_stack(const struct sevfw *fw)
{
	return fw->error_stack;
}

static bool overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
	return a < b + b_length && b < a + a_length;
}

enum sevfw_status sevfw_reachable(struct sevfw *fw, uint64_t address, size_t length)
{
	if (!address || address + length < address)
		return SEVFW_INVALID_ADDRESS;
	if (!fw->rmp_used)
		return SEVFW_SUCCESS;
	if (overlap(address, length, fw->rmp.base, fw->rmp.end + 1 - fw->rmp.base) ||
	    (fw->es_active && overlap(address, length, fw->tmr_address, fw->tmr_length)))
		return SEVFW_INVALID_ADDRESS;
	return SEVFW_SUCCESS;
}

enum sevfw_status sevfw_writable(struct sevfw *fw, uint64_t address, size_t length)
{
	enum sevfw_status status = sevfw_reachable(fw, address, length);
	struct sevfw_rmp_entry entry;

	if (status || !fw->rmp_used || !length)
		return status;
	for (uint64_t page = address / SEVFW_PAGE; page <= (address + length - 1) / SEVFW_PAGE;
	     page++) {
		switch (sevfw_rmp_page(&fw->rmp, page * SEVFW_PAGE, &entry)) {
		case SEVFW_PAGE_FIRMWARE:
		case SEVFW_PAGE_DEFAULT:
			break;
		default:
			return SEVFW_INVALID_PAGE_STATE;
		}
	}
	return SEVFW_SUCCESS;
}

enum sevfw_status sevfw_read(struct sevfw *fw, uint64_t address, void *to, size_t length)
{
	enum sevfw_status status = sevfw_reachable(fw, address, length);

	if (status)
		return status;
	if (fw->memory.read(fw->memory.opaque, address, to, length))
		return SEVFW_INVALID_ADDRESS;
	return SEVFW_SUCCESS;
}

enum sevfw_status sevfw_write(struct sevfw *fw, uint64_t address, const void *from,
			      size_t length)
{
	enum sevfw_status status = sevfw_writable(fw, address, length);

	if (status)
		return status;
	if (fw->memory.write(fw->memory.opaque, address, from, length))
		return SEVFW_INVALID_ADDRESS;
	return SEVFW_SUCCESS;
}

static const struct sevfw_entry *find_entry(unsigned int id)
{
	const struct {
		const struct sevfw_entry *entries;
		size_t nr;
	} tables[] = {
		{ sevfw_platform_entries, sevfw_platform_entries_nr },
		{ sevfw_guest_entries, sevfw_guest_entries_nr },
		{ sevfw_endorsement_entries, sevfw_endorsement_entries_nr },
		{ sevfw_image_entries, sevfw_image_entries_nr },
		{ sevfw_snp_entries, sevfw_snp_entries_nr },
		{ sevfw_page_entries, sevfw_page_entries_nr },
	};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (size_t i = 0; i < tables[t].nr; i++) {
			if (tables[t].entries[i].id == id)
				return &tables[t].entries[i];
		}
	}
	return NULL;
}

/* A command buffer that was answered in is ready to be given back: only its first page. */
static void release_buffer(struct sevfw *fw, uint64_t address)
{
	struct sevfw_rmp_entry entry;

	if (!fw->rmp_used || sevfw_rmp_load(&fw->rmp, address, &entry))
		return;
	entry.state &= ~(SEVFW_RMP_IMMUTABLE | SEVFW_RMP_LOCK);
	sevfw_rmp_store(&fw->rmp, address, &entry);
}

static enum sevfw_status run_entry(struct sevfw *fw, const struct sevfw_entry *e,
				   uint64_t address)
{
	uint8_t buffer[SEVFW_BUFFER_MAX];
	enum sevfw_status status;

	if (!(e->platform_states & SEVFW_IN(sevfw_platform_state(fw))) ||
	    !(e->snp_states & SEVFW_IN(sevfw_snp_state(fw))))
		return SEVFW_INVALID_PLATFORM_STATE;

	if (e->answers) {
		status = sevfw_writable(fw, address, e->size);
		if (status)
			return status;
	}
	if (e->size) {
		status = sevfw_read(fw, address, buffer, e->size);
		if (status)
			return status;
	}
	status = e->run(fw, buffer);
	if (e->answers) {
		if (sevfw_write(fw, address, buffer, e->size))
			status = SEVFW_INVALID_ADDRESS;
		release_buffer(fw, address);
	}
	return status;
}

uint16_t sevfw_command(struct sevfw *fw, unsigned int id, uint64_t buffer)
{
	const struct sevfw_entry *e = find_entry(id);
	enum sevfw_status status = SEVFW_INVALID_COMMAND;

	if (e && (!e->snp || fw->config.snp))
		status = run_entry(fw, e, buffer);
	fw->error_stack = status & ERROR_STACK_ENTRY_MASK;
	return status;
}

size_t sevfw_command_size(unsigned int id)
{
	const struct sevfw_entry *e = find_entry(id);

	return e ? e->size : 0;
}

const char *sevfw_command_name(unsigned int id)
{
	const struct sevfw_entry *e = find_entry(id);

	return e ? e->name : "unknown";
}
