// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands that a hypervisor gives for a guest, as far as the life of its
 * key goes: made, bound to an ASID, taken from it, forgotten. Nothing is
 * encrypted here, so there are no commands that need it to be.
 */
#include "sevfw_internal.h"

#include <string.h>

/* In a policy: the guest's registers are encrypted; the least API version. */
#define POLICY_ES		0x04u
#define POLICY_API_MAJOR(p)	(((p) >> 16) & 0xffu)
#define POLICY_API_MINOR(p)	((p) >> 24)

static struct sevfw_guest *find_guest(struct sevfw *fw, uint32_t handle)
{
	if (!handle || handle > SEVFW_GUESTS_MAX || !fw->guest[handle - 1].state)
		return NULL;
	return &fw->guest[handle - 1];
}

void sevfw_guest_forget_all(struct sevfw *fw)
{
	memset(fw->guest, 0, sizeof(fw->guest));
	memset(fw->asid_dirty, 0, sizeof(fw->asid_dirty));
}

void sevfw_guest_flush(struct sevfw *fw)
{
	memset(fw->asid_dirty, 0, sizeof(fw->asid_dirty));
}

static enum sevfw_status run_launch_start(struct sevfw *fw, void *buffer)
{
	struct sevfw_launch_start *in = buffer;
	unsigned int i;

	/* A session with the guest's owner would need that owner's key. */
	if (in->dh_length || in->session_length)
		return SEVFW_UNSUPPORTED;
	if (in->handle && !find_guest(fw, in->handle))
		return SEVFW_INVALID_GUEST;
	if (POLICY_API_MAJOR(in->policy) > fw->current.api_major ||
	    (POLICY_API_MAJOR(in->policy) == fw->current.api_major &&
	     POLICY_API_MINOR(in->policy) > fw->current.api_minor))
		return SEVFW_POLICY_FAILURE;
	if ((in->policy & POLICY_ES) && !fw->es_active)
		return SEVFW_POLICY_FAILURE;
	for (i = 0; i < SEVFW_GUESTS_MAX; i++) {
		if (!fw->guest[i].state)
			break;
	}
	if (i == SEVFW_GUESTS_MAX)
		return SEVFW_RESOURCE_LIMIT;
	fw->guest[i].policy = in->policy;
	fw->guest[i].asid = 0;
	fw->guest[i].state = SEVFW_GUEST_LAUNCHING;
	fw->guests++;
	in->handle = i + 1;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_activate(struct sevfw *fw, void *buffer)
{
	const struct sevfw_activate *in = buffer;
	struct sevfw_guest *guest = find_guest(fw, in->handle);

	if (!guest)
		return SEVFW_INVALID_GUEST;
	if (guest->asid)
		return SEVFW_ACTIVE;
	if (!in->asid || in->asid > SEVFW_ASIDS)
		return SEVFW_INVALID_ASID;
	for (unsigned int i = 0; i < SEVFW_GUESTS_MAX; i++) {
		if (fw->guest[i].state && fw->guest[i].asid == in->asid)
			return SEVFW_ASID_OWNED;
	}
	if (fw->asid_dirty[in->asid - 1])
		return SEVFW_DF_FLUSH_REQUIRED;
	guest->asid = in->asid;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_deactivate(struct sevfw *fw, void *buffer)
{
	const struct sevfw_handle *in = buffer;
	struct sevfw_guest *guest = find_guest(fw, in->handle);

	if (!guest)
		return SEVFW_INVALID_GUEST;
	if (!guest->asid)
		return SEVFW_INACTIVE;
	fw->asid_dirty[guest->asid - 1] = true;
	guest->asid = 0;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_decommission(struct sevfw *fw, void *buffer)
{
	const struct sevfw_handle *in = buffer;
	struct sevfw_guest *guest = find_guest(fw, in->handle);

	if (!guest)
		return SEVFW_INVALID_GUEST;
	if (guest->asid)
		return SEVFW_ACTIVE;
	memset(guest, 0, sizeof(*guest));
	fw->asids_dirty = true;
	if (fw->guests)
		fw->guests--;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_guest_status(struct sevfw *fw, void *buffer)
{
	struct sevfw_guest_status *s = buffer;
	const struct sevfw_guest *guest = find_guest(fw, s->handle);

	if (!guest)
		return SEVFW_INVALID_GUEST;
	s->policy = guest->policy;
	s->asid = guest->asid;
	s->state = guest->state;
	return SEVFW_SUCCESS;
}

const struct sevfw_entry sevfw_guest_entries[] = {
	{
		.id = SEVFW_DECOMMISSION, .name = "DECOMMISSION", .run = run_decommission,
		.size = sizeof(struct sevfw_handle),
		.platform_states = SEVFW_WHEN_WORKING, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_ACTIVATE, .name = "ACTIVATE", .run = run_activate,
		.size = sizeof(struct sevfw_activate),
		.platform_states = SEVFW_WHEN_WORKING, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_DEACTIVATE, .name = "DEACTIVATE", .run = run_deactivate,
		.size = sizeof(struct sevfw_handle),
		.platform_states = SEVFW_WHEN_WORKING, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_GUEST_STATUS, .name = "GUEST_STATUS", .run = run_guest_status,
		.size = sizeof(struct sevfw_guest_status), .answers = true,
		.platform_states = SEVFW_WHEN_WORKING, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_LAUNCH_START, .name = "LAUNCH_START", .run = run_launch_start,
		.size = sizeof(struct sevfw_launch_start), .answers = true,
		.platform_states = SEVFW_WHEN_INIT | SEVFW_WHEN_WORKING,
		.snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_guest_entries_nr =
	sizeof(sevfw_guest_entries) / sizeof(sevfw_guest_entries[0]);
