// SPDX-License-Identifier: GPL-2.0-only
/* aspctl snp config: what attestation reports say of the platform. */
#include <string.h>
#include <unistd.h>

#include "aspctl.h"

#define MASK_CHIP_ID	0x01U
#define MASK_CHIP_KEY	0x02U

static const char *tcb_text, *mask_id_text, *mask_key_text;

const struct cvm_option snp_config_options[] = {
	{ .name = "reported-tcb", .kind = CVM_OPT_STRING, .argument = "TCB", .value = &tcb_text,
	  .help = "TCB version that reports name; 0 is the one that runs" },
	{ .name = "mask-chip-id", .kind = CVM_OPT_STRING, .argument = "on|off",
	  .value = &mask_id_text, .help = "whether reports hide which chip it is" },
	{ .name = "mask-chip-key", .kind = CVM_OPT_STRING, .argument = "on|off",
	  .value = &mask_key_text, .help = "whether reports are left unsigned by the chip's key" },
	{ }
};

static int parse_switch(const char *option, const char *text, uint32_t bit, uint32_t *flags)
{
	static const char * const words[] = { "off", "on", NULL };
	unsigned int on;
	int ret;

	if (!text)
		return CVM_OK;
	ret = cvm_parse_choice(option, text, words, &on);
	if (!ret)
		*flags = on ? *flags | bit : *flags & ~bit;
	return ret;
}

/* The command sets all at once: what is not given stays as it is. */
static int parse(struct psp_sev_snp_config *config)
{
	uint64_t tcb = config->reported_tcb;
	uint32_t flags = config->flags;
	int ret = CVM_OK;

	if (tcb_text)
		ret = cvm_parse_u64("TCB", tcb_text, 0, UINT64_MAX, &tcb);
	if (!ret)
		ret = parse_switch("--mask-chip-id", mask_id_text, MASK_CHIP_ID, &flags);
	if (!ret)
		ret = parse_switch("--mask-chip-key", mask_key_text, MASK_CHIP_KEY, &flags);
	config->reported_tcb = tcb;
	config->flags = flags;
	return ret;
}

static void show(const struct psp_sev_snp_config *config)
{
	cvm_out_hex("reported_tcb", "Reported TCB", config->reported_tcb, 16);
	cvm_out_bool("chip_id_masked", "Chip id masked", config->flags & MASK_CHIP_ID);
	cvm_out_bool("chip_key_masked", "Chip key masked", config->flags & MASK_CHIP_KEY);
}

static int read_config(int fd, struct psp_sev_snp_config *config)
{
	struct psp_sev_snp_status s = { };
	unsigned int status;
	int ret;

	ret = sev_issue(fd, PSP_SEV_SNP_PLATFORM_STATUS, &s, &status);
	if (ret)
		return sev_error(PSP_SEV_SNP_PLATFORM_STATUS, ret, status);
	memset(config, 0, sizeof(*config));
	config->reported_tcb = s.reported_tcb;
	config->flags = s.flags & (MASK_CHIP_ID | MASK_CHIP_KEY);
	return CVM_OK;
}

static int change(int fd)
{
	struct psp_sev_snp_config config;
	unsigned int status;
	int ret;

	ret = read_config(fd, &config);
	if (!ret)
		ret = parse(&config);
	if (ret)
		return ret;
	ret = sev_issue(fd, PSP_SEV_SNP_SET_CONFIG, &config, &status);
	return ret ? sev_error(PSP_SEV_SNP_SET_CONFIG, ret, status) : CVM_OK;
}

int cmd_snp_config(int argc, char **argv)
{
	bool write = tcb_text || mask_id_text || mask_key_text;
	struct psp_sev_snp_config config = { };
	int fd, ret;

	(void)argc;
	(void)argv;
	/* A wrong word is the user's mistake, whatever the machine would say. */
	ret = parse(&config);
	if (!ret)
		ret = sev_open(write, &fd);
	if (ret)
		return ret;
	if (write)
		ret = change(fd);
	/* What is in force now, not what was asked for. */
	if (!ret)
		ret = read_config(fd, &config);
	close(fd);
	if (!ret)
		show(&config);
	return ret;
}
