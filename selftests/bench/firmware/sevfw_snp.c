// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of SEV-SNP that manage the platform. */
#include "sevfw_internal.h"

#include <string.h>

static enum sevfw_status run_snp_platform_status(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_address *where = buffer;
	struct sevfw_snp_platform_status s;

	memset(&s, 0, sizeof(s));
	s.api_major = fw->config.api_major;
	s.api_minor = fw->config.api_minor;
	s.state = sevfw_snp_state(fw);
	s.rmp = fw->rmp_initialized ? SEVFW_SNP_RMP_INITIALIZED : 0;
	s.build = fw->config.build;
	s.flags = fw->snp_flags;
	s.current_tcb = fw->config.current_tcb;
	s.reported_tcb = fw->reported_tcb;
	return sevfw_write(fw, where->address, &s, sizeof(s));
}

const struct sevfw_entry sevfw_snp_entries[] = {
	{
		.id = SEVFW_SNP_PLATFORM_STATUS, .name = "SNP_PLATFORM_STATUS",
		.run = run_snp_platform_status, .snp = true,
		.size = sizeof(struct sevfw_snp_address),
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_snp_entries_nr = sizeof(sevfw_snp_entries) / sizeof(sevfw_snp_entries[0]);
