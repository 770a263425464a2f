// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of SEV and SEV-ES that manage the platform. */
#include "sevfw_internal.h"

#include <openssl/evp.h>
#include <string.h>

int sevfw_derive_ids(struct sevfw *fw)
{
	for (uint32_t socket = 0; socket < SEVFW_SOCKETS_MAX; socket++) {
		struct {
			char purpose[8];
			uint64_t serial;
			uint32_t socket;
		} SEVFW_PACKED seed = { "chip-id", fw->config.serial, socket };
		unsigned int length = 0;

		if (!EVP_Digest(&seed, sizeof(seed), fw->ids[socket], &length,
				EVP_sha512(), NULL) || length != SEVFW_ID_SIZE)
			return -1;
	}
	return 0;
}

/*
 * The trusted memory region is the firmware's alone from here on; nothing in
 * this library needs its contents, so that it is only checked to be there.
 */
static enum sevfw_status check_tmr(struct sevfw *fw, uint64_t address, uint32_t length)
{
	uint8_t byte;

	if (length < SEVFW_TMR_SIZE)
		return SEVFW_INVALID_LENGTH;
	if (address % SEVFW_TMR_SIZE)
		return SEVFW_INVALID_ADDRESS;
	if (sevfw_read(fw, address, &byte, 1))
		return SEVFW_INVALID_ADDRESS;
	return sevfw_read(fw, address + length - 1, &byte, 1);
}

static enum sevfw_status run_init(struct sevfw *fw, void *buffer)
{
	const struct sevfw_init *init = buffer;
	enum sevfw_status status;

	if (init->flags & ~SEVFW_INIT_ES)
		return SEVFW_INVALID_PARAM;
	if (init->flags & SEVFW_INIT_ES) {
		if (!fw->config.es)
			return SEVFW_INVALID_CONFIG;
		status = check_tmr(fw, init->tmr_address, init->tmr_length);
		if (status)
			return status;
	}
	fw->initialized = true;
	fw->es_active = init->flags & SEVFW_INIT_ES;
	fw->guests = 0;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_shutdown(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	fw->initialized = false;
	fw->es_active = false;
	fw->guests = 0;
	sevfw_guest_forget_all(fw);
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_platform_reset(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	fw->owned = false;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_platform_status(struct sevfw *fw, void *buffer)
{
	struct sevfw_platform_status *s = buffer;

	memset(s, 0, sizeof(*s));
	s->api_major = fw->config.api_major;
	s->api_minor = fw->config.api_minor;
	s->build = (uint8_t)fw->config.build;
	s->state = sevfw_platform_state(fw);
	if (!fw->initialized)
		return SEVFW_SUCCESS;	/* the rest is not known yet */
	if (fw->owned)
		s->flags |= SEVFW_STATUS_OWNED;
	if (fw->es_active)
		s->flags |= SEVFW_STATUS_ES;
	s->guest_count = fw->guests;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_df_flush(struct sevfw *fw, void *buffer)
{
	(void)buffer;
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
