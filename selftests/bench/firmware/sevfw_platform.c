// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of SEV and SEV-ES that manage the platform. */
#include "sevfw_internal.h"

#include <string.h>

/*
 * The trusted memory region is the firmware's alone from here on; nothing in
 * this library needs its contents, so that it is only checked to be there.
 */
static enum sevfw_status check_tmr(struct sevfw *fw, uint64_t address, uint32_t length)
{
	const uint32_t size = fw->snp_initialized ? SEVFW_TMR_SIZE_SNP : SEVFW_TMR_SIZE;
	uint8_t byte;

	if (length < size)
		return SEVFW_INVALID_LENGTH;
	if (address % size)
		return SEVFW_INVALID_ADDRESS;
	if (sevfw_read(fw, address, &byte, 1) ||
	    sevfw_read(fw, address + length - 1, &byte, 1))
		return SEVFW_INVALID_ADDRESS;
	return sevfw_writable(fw, address, length);
}

static enum sevfw_status init(struct sevfw *fw, uint32_t flags, uint64_t tmr_address,
			      uint32_t tmr_length, uint64_t nv_address)
{
	enum sevfw_status status;

	if (flags & ~SEVFW_INIT_ES)
		return SEVFW_INVALID_PARAM;
	if (flags & SEVFW_INIT_ES) {
		if (!fw->config.es)
			return SEVFW_INVALID_CONFIG;
		status = check_tmr(fw, tmr_address, tmr_length);
		if (status)
			return status;
	}
	status = sevfw_storage_load(fw, nv_address);
	if (status)
		return status;
	fw->initialized = true;
	fw->es_active = flags & SEVFW_INIT_ES;
	fw->tmr_address = tmr_address;
	fw->tmr_length = tmr_length;
	fw->guests = 0;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_init(struct sevfw *fw, void *buffer)
{
	const struct sevfw_init *in = buffer;

	return init(fw, in->flags, in->tmr_address, in->tmr_length, 0);
}

static enum sevfw_status run_init_ex(struct sevfw *fw, void *buffer)
{
	const struct sevfw_init_ex *in = buffer;

	if (in->length != sizeof(*in) || in->nv_length != SEVFW_STORAGE_SIZE)
		return SEVFW_INVALID_LENGTH;
	if (in->reserved)
		return SEVFW_INVALID_PARAM;
	if (!in->nv_address || in->nv_address % SEVFW_PAGE)
		return SEVFW_INVALID_ADDRESS;
	return init(fw, in->flags, in->tmr_address, in->tmr_length, in->nv_address);
}

static enum sevfw_status run_shutdown(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	sevfw_set_guests(fw, 0);
	fw->initialized = false;
	fw->es_active = false;
	sevfw_storage_forget(fw);
	sevfw_guest_forget_all(fw);
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_platform_reset(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	return sevfw_storage_erase(fw);
}

static enum sevfw_status run_platform_status(struct sevfw *fw, void *buffer)
{
	struct sevfw_platform_status *s = buffer;

	memset(s, 0, sizeof(*s));
	s->api_major = fw->current.api_major;
	s->api_minor = fw->current.api_minor;
	s->build = (uint8_t)fw->current.build;
	s->state = sevfw_platform_state(fw);
	if (!fw->initialized)
		return SEVFW_SUCCESS;	/* the rest is not known yet */
	if (fw->identity.owned)
		s->flags |= SEVFW_STATUS_OWNED;
	if (fw->es_active)
		s->flags |= SEVFW_STATUS_ES;
	s->guest_count = fw->guests;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_df_flush(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	fw->asids_dirty = false;
	sevfw_guest_flush(fw);
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_get_id(struct sevfw *fw, void *buffer)
{
	struct sevfw_get_id *id = buffer;
	const uint32_t needed = fw->config.sockets * SEVFW_ID_SIZE;

	if (id->length < needed) {
		id->length = needed;
		return SEVFW_INVALID_LENGTH;
	}
	id->length = needed;
	return sevfw_write(fw, id->address, fw->ids, needed);
}

const struct sevfw_entry sevfw_platform_entries[] = {
	{
		.id = SEVFW_INIT, .name = "INIT", .run = run_init,
		.size = sizeof(struct sevfw_init),
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_INIT_EX, .name = "INIT_EX", .run = run_init_ex,
		.size = sizeof(struct sevfw_init_ex),
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_SHUTDOWN, .name = "SHUTDOWN", .run = run_shutdown,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PLATFORM_RESET, .name = "PLATFORM_RESET", .run = run_platform_reset,
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_PLATFORM_STATUS, .name = "PLATFORM_STATUS", .run = run_platform_status,
		.size = sizeof(struct sevfw_platform_status), .answers = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_DF_FLUSH, .name = "DF_FLUSH", .run = run_df_flush,
		.platform_states = SEVFW_WHEN_INIT | SEVFW_WHEN_WORKING,
		.snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_GET_ID, .name = "GET_ID", .run = run_get_id,
		.size = sizeof(struct sevfw_get_id), .answers = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_platform_entries_nr =
	sizeof(sevfw_platform_entries) / sizeof(sevfw_platform_entries[0]);
