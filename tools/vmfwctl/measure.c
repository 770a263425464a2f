// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl measure */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "measure.h"
#include "vmfwctl.h"

#define FEATURES_DEFAULT	0x1u
/* Not a value of SEV_FEATURES: its highest bits are reserved. */
#define NOT_GIVEN		UINT64_MAX
/* Set in every SNP guest. */
#define FEATURE_SNP		0x1u

static const char *mode_word = "snp", *vmm_word = "QEMU", *cpu_type;
static const char *kernel, *initrd, *command_line;
static uint64_t vcpus = NOT_GIVEN, cpu_signature = NOT_GIVEN, features = NOT_GIVEN;

const struct cvm_option measure_options[] = {
	{ .name = "mode", .letter = 'm', .kind = CVM_OPT_STRING, .argument = "MODE",
	  .value = &mode_word, .help = "snp (the default), seves or sev" },
	{ .name = "vcpus", .kind = CVM_OPT_U64, .argument = "N", .value = &vcpus,
	  .min = 1, .max = LAUNCH_VCPUS_MAX, .help = "virtual processors (1)" },
	{ .name = "vcpu-type", .kind = CVM_OPT_STRING, .argument = "MODEL",
	  .value = &cpu_type, .help = "their model, by QEMU's name: EPYC-Milan" },
	{ .name = "vcpu-sig", .kind = CVM_OPT_U64, .argument = "VALUE",
	  .value = &cpu_signature, .max = UINT32_MAX,
	  .help = "or their signature, CPUID 1 EAX" },
	{ .name = "guest-features", .kind = CVM_OPT_U64, .argument = "VALUE",
	  .value = &features, .max = INT64_MAX,
	  .help = "SEV_FEATURES of an SNP guest (0x1)" },
	{ .name = "kernel", .kind = CVM_OPT_STRING, .argument = "FILE",
	  .value = &kernel, .help = "the kernel that the firmware boots directly" },
	{ .name = "initrd", .kind = CVM_OPT_STRING, .argument = "FILE",
	  .value = &initrd, .help = "its initrd" },
	{ .name = "append", .kind = CVM_OPT_STRING, .argument = "TEXT",
	  .value = &command_line, .help = "its command line" },
	{ .name = "vmm-type", .kind = CVM_OPT_STRING, .argument = "VMM",
	  .value = &vmm_word, .help = "QEMU (the default), ec2, gce, or hyperv for IGVM files" },
	{ }
};

static const char *const mode_words[] = {
	[LAUNCH_SNP] = "snp", [LAUNCH_SEV_ES] = "seves", [LAUNCH_SEV] = "sev", NULL,
};

static const char *const vmm_words[] = {
	[LAUNCH_QEMU] = "QEMU", [LAUNCH_EC2] = "ec2", [LAUNCH_GCE] = "gce",
	[LAUNCH_HYPERV] = "hyperv", NULL,
};

static const char *hex(const uint8_t *bytes, unsigned int size)
{
	char text[2 * LAUNCH_DIGEST_MAX + 1];
	unsigned int i;

	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return cvm_fmt("%s", text);
}

const char *measure_hex(const struct launch_digest *digest)
{
	return hex(digest->bytes, digest->size);
}

static int measure_raw(const char *file, const char *tried, const void *data,
		       size_t size, const struct launch_config *config,
		       struct launch_digest *digest)
{
	struct fwimage *image = cvm_alloc(1, sizeof(*image));
	struct fw_fault fault;
	int ret = CVM_OK;

	if (fwimage_parse(data, size, image, &fault) ||
	    launch_image_digest(image, config, digest, &fault))
		ret = cvm_error(CVM_FAIL, tried, fault.text,
				"`vmfwctl inspect` shows what the file has");
	else if (config->mode == LAUNCH_SNP && !image->known[FWIMAGE_METADATA])
		cvm_warn("'%s' has no SEV metadata: QEMU launches no SNP guest with it", file);
	free(image);
	return ret;
}

static int measure_igvm(const char *tried, const void *data, size_t size,
			const struct launch_config *config,
			struct launch_digest *digest)
{
	struct launch_digest expected;
	struct fw_fault fault;
	struct igvm igvm;

	if (config->mode != LAUNCH_SNP)
		return cvm_error(CVM_FAIL, tried,
				 "of IGVM files only launches with SEV-SNP can be measured", NULL);
	if (igvm_open(data, size, &igvm, &fault) ||
	    launch_igvm_digest(&igvm, config->vmm, digest, &expected, &fault))
		return cvm_error(CVM_FAIL, tried, fault.text,
				 "`vmfwctl inspect` shows what the file has");
	if (expected.size && memcmp(expected.bytes, digest->bytes, digest->size))
		return cvm_error(CVM_FAIL, tried,
				 cvm_fmt("its digest is %s, and its ID block demands %s: %s",
					 measure_hex(digest), measure_hex(&expected),
					 "it would not be launched"),
				 "is it made for another --vmm-type?");
	return CVM_OK;
}

int measure_data(const char *file, const void *data, size_t size,
		 const struct launch_config *config,
		 struct launch_digest *digest)
{
	const char *tried = cvm_fmt("measuring '%s'", file);

	if (igvm_is(data, size))
		return measure_igvm(tried, data, size, config, digest);
	return measure_raw(file, tried, data, size, config, digest);
}

/* The hashes that firmware compares before it boots a kernel. */
static int hash_kernel(uint8_t table[LAUNCH_TABLE_SIZE])
{
	const char *line = command_line ? command_line : "";
	uint8_t hashes[3][FW_SHA256_SIZE];
	int ret;

	ret = fw_sha256(line, strlen(line) + 1, hashes[0]);
	if (!ret)
		ret = initrd ? fw_sha256_file(initrd, hashes[1]) :
			       fw_sha256("", 0, hashes[1]);
	if (!ret)
		ret = fw_sha256_file(kernel, hashes[2]);
	if (!ret)
		launch_hashes_table(hashes, table);
	return ret;
}

static int find_signature(struct launch_config *config)
{
	const char *names = "", *name;
	unsigned int i;

	if (cpu_type && cpu_signature != NOT_GIVEN)
		return cvm_error(CVM_USAGE, "both '--vcpu-type' and '--vcpu-sig' are given",
				 NULL, NULL);
	if (cpu_signature != NOT_GIVEN) {
		config->signature = cpu_signature;
		return CVM_OK;
	}
	for (i = 0; (name = launch_cpu_model(i)); i++)
		names = cvm_fmt("%s%s%s", names, i ? ", " : "", name);
	if (cpu_type && launch_cpu_signature(cpu_type, &config->signature))
		return cvm_error(CVM_USAGE, cvm_fmt("no model of processor '%s'", cpu_type), NULL,
				 cvm_fmt("one of %s (or EPYC-v4 and the like), or give --vcpu-sig",
					 names));
	if (!cpu_type && config->vmm == LAUNCH_QEMU && config->mode != LAUNCH_SEV)
		return cvm_error(CVM_USAGE, "the digest depends on the model of processor", NULL,
				 cvm_fmt("give --vcpu-type, one of %s, or --vcpu-sig", names));
	return CVM_OK;
}

/* What the command line says, as far as it can be said without the file. */
static int read_config(struct launch_config *config)
{
	unsigned int mode, vmm;
	int ret;

	ret = cvm_parse_choice("--mode", mode_word, mode_words, &mode);
	if (!ret)
		ret = cvm_parse_choice("--vmm-type", vmm_word, vmm_words, &vmm);
	if (ret)
		return ret;
	if (!kernel && (initrd || command_line))
		return cvm_error(CVM_USAGE, cvm_fmt("'%s' is given without '--kernel'",
						    initrd ? "--initrd" : "--append"), NULL, NULL);
	config->mode = mode;
	config->vmm = vmm;
	config->vcpus = vcpus == NOT_GIVEN ? 1 : vcpus;
	config->features = features == NOT_GIVEN ? FEATURES_DEFAULT : features;
	return CVM_OK;
}

/* An IGVM file carries all this itself. */
static int check_igvm_options(void)
{
	const struct {
		const char *option;
		bool given;
	} options[] = {
		{ "--vcpus", vcpus != NOT_GIVEN },
		{ "--vcpu-type", cpu_type },
		{ "--vcpu-sig", cpu_signature != NOT_GIVEN },
		{ "--guest-features", features != NOT_GIVEN },
		{ "--kernel", kernel },
	};
	unsigned int i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given)
			return cvm_error(CVM_USAGE,
					 cvm_fmt("'%s' is given, and an IGVM file says that itself",
						 options[i].option), NULL, NULL);
	return CVM_OK;
}

static int prepare_raw(struct launch_config *config, uint8_t table[LAUNCH_TABLE_SIZE])
{
	int ret = find_signature(config);

	if (ret)
		return ret;
	if (config->mode == LAUNCH_SNP && !(config->features & FEATURE_SNP))
		cvm_warn("bit 0 of the guest's features is not set: every SNP guest has it");
	if (!kernel)
		return CVM_OK;
	config->table = table;
	return hash_kernel(table);
}

static int print_digest(const char *file, bool igvm, const struct launch_config *config,
			const struct launch_digest *digest)
{
	const char *text = measure_hex(digest);

	if (!cvm_json()) {
		text = cvm_fmt("%s\n", text);
		return cvm_out_raw(text, strlen(text));
	}
	cvm_out_string("file", NULL, file);
	cvm_out_string("format", NULL, igvm ? "igvm" : "raw");
	cvm_out_string("mode", NULL, mode_words[config->mode]);
	cvm_out_string("vmm_type", NULL, vmm_words[config->vmm]);
	if (!igvm) {
		cvm_out_u64("vcpus", NULL, config->vcpus);
		cvm_out_hex("vcpu_sig", NULL, config->signature, 1);
		cvm_out_hex("guest_features", NULL, config->features, 1);
		cvm_out_bool("kernel", NULL, config->table);
	}
	cvm_out_string("algorithm", NULL, digest->size == 48 ? "sha384" : "sha256");
	cvm_out_string("digest", NULL, text);
	return CVM_OK;
}

int cmd_measure(int argc, char **argv)
{
	struct launch_config config = { 0 };
	uint8_t table[LAUNCH_TABLE_SIZE];
	struct launch_digest digest;
	bool igvm;
	size_t size;
	void *data;
	int ret;

	(void)argc;
	ret = read_config(&config);
	if (!ret)
		ret = cvm_read_file(argv[0], MEASURE_FILE_MAX, &data, &size);
	if (ret)
		return ret;
	igvm = igvm_is(data, size);
	ret = igvm ? check_igvm_options() : prepare_raw(&config, table);
	if (!ret)
		ret = measure_data(argv[0], data, size, &config, &digest);
	free(data);
	return ret ? ret : print_digest(argv[0], igvm, &config, &digest);
}
