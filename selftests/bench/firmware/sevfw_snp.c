// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of SEV-SNP that manage the platform: AMD publication 56860, chapter 8. */
#include "sevfw_internal.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

static bool is_zero(const uint8_t *bytes, size_t length)
{
	while (length--) {
		if (*bytes++)
			return false;
	}
	return true;
}

static uint32_t status_flags(const struct sevfw *fw)
{
	uint32_t flags = fw->snp_masks | SEVFW_SNP_FEATURE_INFO_KNOWN;

	if (fw->vlek_loaded)
		flags |= SEVFW_SNP_VLEK_LOADED;
	if (fw->rapl_disabled)
		flags |= SEVFW_SNP_RAPL_DISABLED;
	if (fw->config.snp_features & SEVFW_FEATURE_HIDING)
		flags |= SEVFW_SNP_HIDING_CAPABLE;
	if (fw->hiding_enabled)
		flags |= SEVFW_SNP_HIDING_ENABLED;
	return flags;
}

static enum sevfw_status run_snp_platform_status(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_address *where = buffer;
	struct sevfw_snp_platform_status s;

	memset(&s, 0, sizeof(s));
	s.api_major = fw->current.api_major;
	s.api_minor = fw->current.api_minor;
	s.state = sevfw_snp_state(fw);
	s.rmp = fw->rmp_initialized ? SEVFW_SNP_RMP_INITIALIZED : 0;
	s.build = fw->current.build;
	s.flags = status_flags(fw);
	s.current_tcb = fw->current.tcb;
	s.reported_tcb = fw->reported_tcb;
	/* In one page, of which only this is looked at. */
	if (where->address % SEVFW_PAGE > SEVFW_PAGE - sizeof(s))
		return SEVFW_INVALID_PARAM;
	return sevfw_write(fw, where->address, &s, sizeof(s));
}

/* @list: what only the hypervisor may ever have, or NULL. */
static enum sevfw_status init(struct sevfw *fw, bool init_rmp,
			      const struct sevfw_range_list *list)
{
	enum sevfw_status status;
	struct sevfw_host host;

	if (!init_rmp && (!fw->rmp_initialized || fw->rmp_tcb != fw->committed.tcb))
		return SEVFW_RMP_INIT_REQUIRED;
	if (fw->memory.host && !fw->memory.host(fw->memory.opaque, &host)) {
		status = sevfw_host_check(fw, &host, init_rmp);
		if (!status && init_rmp)
			status = sevfw_rmp_fill(fw, &host, list);
		if (status)
			return status;
		fw->rmp_used = true;
	}
	if (init_rmp)
		fw->rmp_tcb = fw->committed.tcb;
	fw->rmp_initialized = true;
	fw->snp_initialized = true;
	/* Whatever was in the caches before belongs to nobody now. */
	fw->asids_dirty = true;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_init(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	return init(fw, true, NULL);
}

static enum sevfw_status read_list(struct sevfw *fw, uint64_t address,
				   struct sevfw_range_list *list)
{
	const size_t header = offsetof(struct sevfw_range_list, ranges);

	if (address % SEVFW_PAGE)
		return SEVFW_INVALID_ADDRESS;
	if (sevfw_read(fw, address, list, header))
		return SEVFW_INVALID_ADDRESS;
	if (list->reserved || list->count > sizeof(list->ranges) / sizeof(list->ranges[0]))
		return SEVFW_INVALID_PARAM;
	if (list->count && sevfw_read(fw, address + header, list->ranges,
				      list->count * sizeof(list->ranges[0])))
		return SEVFW_INVALID_ADDRESS;
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->ranges[i].reserved)
			return SEVFW_INVALID_PARAM;
		if (list->ranges[i].base % SEVFW_PAGE)
			return SEVFW_INVALID_ADDRESS;
	}
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_init_ex(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_init_ex *in = buffer;
	uint32_t allowed = SEVFW_SNP_INIT_RMP | SEVFW_SNP_INIT_LIST;
	bool init_rmp = in->flags & SEVFW_SNP_INIT_RMP, listed = in->flags & SEVFW_SNP_INIT_LIST;
	struct sevfw_range_list list;
	enum sevfw_status status;

	if (fw->config.snp_features & SEVFW_FEATURE_RAPL_DIS)
		allowed |= SEVFW_SNP_INIT_RAPL_DIS;
	if (fw->config.snp_features & SEVFW_FEATURE_HIDING)
		allowed |= SEVFW_SNP_INIT_HIDING;
	if (in->flags & ~allowed || in->reserved ||
	    !is_zero(in->reserved2, sizeof(in->reserved2)))
		return SEVFW_INVALID_PARAM;
	/* The ASIDs of guests whose memory is hidden have to end somewhere. */
	if (!(in->flags & SEVFW_SNP_INIT_HIDING) != !in->max_snp_asid)
		return SEVFW_INVALID_PARAM;
	/* A table that is there keeps what was listed when it was made. */
	if (listed && !init_rmp)
		return SEVFW_INVALID_PARAM;
	if (listed) {
		status = read_list(fw, in->list_address, &list);
		if (status)
			return status;
	}
	status = init(fw, init_rmp, listed ? &list : NULL);
	if (status)
		return status;
	fw->rapl_disabled = in->flags & SEVFW_SNP_INIT_RAPL_DIS;
	fw->hiding_enabled = in->flags & SEVFW_SNP_INIT_HIDING;
	return SEVFW_SUCCESS;
}

static enum sevfw_status shutdown_snp(struct sevfw *fw, uint32_t flags)
{
	enum sevfw_status status;

	if (!fw->snp_initialized)
		return SEVFW_SUCCESS;
	if (fw->asids_dirty)
		return SEVFW_DF_FLUSH_REQUIRED;
	if (flags & SEVFW_SNP_SHUTDOWN_IOMMU) {
		status = fw->rmp_used ? sevfw_rmp_release_logs(fw) : SEVFW_SUCCESS;
		if (status)
			return status;
		fw->rmp_initialized = false;
		if (fw->rmp_used && flags & SEVFW_SNP_SHUTDOWN_X86)
			fw->memory.snp_off(fw->memory.opaque);
	}
	fw->snp_initialized = false;
	fw->rmp_used = false;
	fw->rapl_disabled = false;
	fw->hiding_enabled = false;
	fw->vlek_loaded = false;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_shutdown(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	return shutdown_snp(fw, 0);
}

static enum sevfw_status run_snp_shutdown_ex(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_shutdown_ex *in = buffer;
	uint32_t allowed = SEVFW_SNP_SHUTDOWN_IOMMU;

	if (fw->config.snp_features & SEVFW_FEATURE_X86_SHUTDOWN)
		allowed |= SEVFW_SNP_SHUTDOWN_X86;
	if (in->length != sizeof(*in))
		return SEVFW_INVALID_LENGTH;
	if (in->flags & ~allowed)
		return SEVFW_INVALID_PARAM;
	/* A processor without SNP beside an IOMMU that enforces it would be no good. */
	if (in->flags & SEVFW_SNP_SHUTDOWN_X86 && !(in->flags & SEVFW_SNP_SHUTDOWN_IOMMU))
		return SEVFW_INVALID_PARAM;
	return shutdown_snp(fw, in->flags);
}

static enum sevfw_status run_snp_df_flush(struct sevfw *fw, void *buffer)
{
	(void)buffer;
	fw->asids_dirty = false;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_config(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_config *in = buffer;
	uint64_t tcb = in->reported_tcb ? in->reported_tcb : fw->committed.tcb;

	if (in->masks & ~(SEVFW_SNP_MASK_CHIP_ID | SEVFW_SNP_MASK_CHIP_KEY) ||
	    !is_zero(in->reserved, sizeof(in->reserved)) ||
	    !sevfw_tcb_at_most(tcb, fw->committed.tcb))
		return SEVFW_INVALID_PARAM;
	if (tcb != fw->reported_tcb)
		fw->vlek_loaded = false;
	fw->reported_tcb = tcb;
	fw->snp_masks = in->masks;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_commit(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_commit *in = buffer;

	if (in->length != sizeof(*in))
		return SEVFW_INVALID_LENGTH;
	sevfw_commit(fw);
	return SEVFW_SUCCESS;
}

/* The TCB is not secret, but nobody may change it. */
static int vlek_key(const struct sevfw *fw, uint8_t key[SEVFW_DERIVED_SIZE])
{
	return sevfw_derive("vlek", fw->config.serial, 0, key);
}

int sevfw_vlek_wrap(const struct sevfw *fw, const uint8_t hashstick[384], uint64_t tcb,
		    struct sevfw_vlek *vlek)
{
	uint8_t key[SEVFW_DERIVED_SIZE];
	int ret = -1;

	memset(vlek, 0, sizeof(*vlek));
	memcpy(vlek->wrapped, hashstick, sizeof(vlek->wrapped));
	vlek->tcb = tcb;
	if (RAND_bytes(vlek->iv, sizeof(vlek->iv)) > 0 && !vlek_key(fw, key))
		ret = sevfw_seal(key, vlek->iv, &vlek->tcb, sizeof(vlek->tcb), vlek->wrapped,
				 sizeof(vlek->wrapped), vlek->tag);
	OPENSSL_cleanse(key, sizeof(key));
	return ret;
}

static enum sevfw_status run_snp_vlek_load(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_vlek_load *in = buffer;
	uint8_t key[SEVFW_DERIVED_SIZE];
	struct sevfw_vlek vlek;
	int ret = -1;

	if (in->length != sizeof(*in))
		return SEVFW_INVALID_LENGTH;
	if (in->version || !is_zero(in->reserved, sizeof(in->reserved)))
		return SEVFW_INVALID_PARAM;
	if (sevfw_read(fw, in->address, &vlek, sizeof(vlek)))
		return SEVFW_INVALID_ADDRESS;
	if (vlek.reserved || vlek.reserved2 || vlek.tcb != fw->reported_tcb)
		return SEVFW_INVALID_PARAM;
	if (!vlek_key(fw, key))
		ret = sevfw_unseal(key, vlek.iv, &vlek.tcb, sizeof(vlek.tcb), vlek.wrapped,
				   sizeof(vlek.wrapped), vlek.tag);
	OPENSSL_cleanse(key, sizeof(key));
	/* Nothing here makes attestation reports: that there is a key is all that is kept. */
	OPENSSL_cleanse(&vlek, sizeof(vlek));
	if (ret)
		return SEVFW_BAD_MEASUREMENT;
	fw->vlek_loaded = true;
	return SEVFW_SUCCESS;
}

static enum sevfw_status run_snp_feature_info(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_feature_info *in = buffer;
	struct sevfw_features features = { .ecx = fw->config.snp_features };

	if (in->length != sizeof(*in))
		return SEVFW_INVALID_LENGTH;
	if (in->ecx)
		return SEVFW_INVALID_PARAM;
	if (in->address % 8 || in->address % SEVFW_PAGE > SEVFW_PAGE - sizeof(features))
		return SEVFW_INVALID_ADDRESS;
	return sevfw_write(fw, in->address, &features, sizeof(features));
}

const struct sevfw_entry sevfw_snp_entries[] = {
	{
		/* SEV comes up after SNP, and goes down before it. */
		.id = SEVFW_SNP_INIT, .name = "SNP_INIT", .run = run_snp_init, .snp = true,
		.platform_states = SEVFW_WHEN_UNINIT,
		.snp_states = SEVFW_WHEN_SNP_UNINIT,
	}, {
		.id = SEVFW_SNP_INIT_EX, .name = "SNP_INIT_EX", .run = run_snp_init_ex,
		.size = sizeof(struct sevfw_snp_init_ex), .snp = true,
		.platform_states = SEVFW_WHEN_UNINIT,
		.snp_states = SEVFW_WHEN_SNP_UNINIT,
	}, {
		.id = SEVFW_SNP_SHUTDOWN, .name = "SNP_SHUTDOWN", .run = run_snp_shutdown,
		.snp = true,
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_SNP_SHUTDOWN_EX, .name = "SNP_SHUTDOWN_EX",
		.run = run_snp_shutdown_ex, .snp = true,
		.size = sizeof(struct sevfw_snp_shutdown_ex),
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_SNP_PLATFORM_STATUS, .name = "SNP_PLATFORM_STATUS",
		.run = run_snp_platform_status, .snp = true,
		.size = sizeof(struct sevfw_snp_address),
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	}, {
		.id = SEVFW_SNP_DF_FLUSH, .name = "SNP_DF_FLUSH", .run = run_snp_df_flush,
		.snp = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_WHEN_SNP_INIT,
	}, {
		.id = SEVFW_SNP_CONFIG, .name = "SNP_CONFIG", .run = run_snp_config,
		.size = sizeof(struct sevfw_snp_config), .snp = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_WHEN_SNP_INIT,
	}, {
		.id = SEVFW_SNP_COMMIT, .name = "SNP_COMMIT", .run = run_snp_commit,
		.size = sizeof(struct sevfw_snp_commit), .snp = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_WHEN_SNP_INIT,
	}, {
		.id = SEVFW_SNP_VLEK_LOAD, .name = "SNP_VLEK_LOAD", .run = run_snp_vlek_load,
		.size = sizeof(struct sevfw_snp_vlek_load), .snp = true,
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_WHEN_SNP_INIT,
	}, {
		/* A driver asks for it before it initializes anything. */
		.id = SEVFW_SNP_FEATURE_INFO, .name = "SNP_FEATURE_INFO",
		.run = run_snp_feature_info, .snp = true,
		.size = sizeof(struct sevfw_snp_feature_info),
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_snp_entries_nr = sizeof(sevfw_snp_entries) / sizeof(sevfw_snp_entries[0]);
