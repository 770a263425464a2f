// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of an image that boot/replace armed before the reset. It left one line in
 * the bytes that survive, "SHA-256 SIZE HOW"; whether the image was applied only the
 * firmware that runs can tell, which ends where the image would.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "vmfwctl.h"

#define RUNNING FW_DIR "/running"
#define RUNNING_MAX (16u << 20)
#define OPAQUE_MAX 4096u

/*
 * struct attempt - that line
 * @hash: SHA-256 of the image
 * @size: its bytes
 * @armed: whether it came so far
 */
struct attempt {
	uint8_t hash[FW_SHA256_SIZE];
	uint64_t size;
	bool armed;
};

/* Anything may stand there: it is everybody's, and the hypervisor's. */
static bool read_attempt(struct attempt *a)
{
	char line[OPAQUE_MAX + 1], hex[2 * FW_SHA256_SIZE + 1], how[6];
	int end = 0;

	if (cvm_sysfs_read(line, sizeof(line), FW_DIR "/opaque") < 0)
		return false;
	if (sscanf(line, "%64[0-9a-f] %8" SCNu64 " %5[a-z]%n", hex, &a->size, how, &end) != 3 ||
	    strlen(hex) != 2 * FW_SHA256_SIZE || line[end] != '\n')
		return false;
	a->armed = !strcmp(how, "armed");
	return (a->armed || !strcmp(how, "tried")) &&
	       !cvm_parse_hex("the attempt", hex, a->hash, sizeof(a->hash));
}

static int show_outcome(const struct attempt *a, const uint8_t *running, size_t size)
{
	static const char *const words[][2] = {
		{ "applied", "it runs" },
		{ "armed", "the next reset starts it" },
		{ "not armed", "it does not run, and was not armed" },
		{ "unknown", "it was armed; what runs only a launch measurement tells" },
		{ "not applied", "it was armed, but other firmware runs: ignored, or gone since" },
	};
	enum { APPLIED, ARMED, NOT_ARMED, UNKNOWN, NOT_APPLIED } outcome = NOT_APPLIED;
	const char *state = fw_text("state");
	uint8_t hash[FW_SHA256_SIZE];
	int ret;

	if (!running) {
		outcome = UNKNOWN;
	} else if (a->size <= size) {
		ret = fw_sha256(running + size - a->size, a->size, hash);
		if (ret)
			return ret;
		if (!memcmp(hash, a->hash, sizeof(hash)))
			outcome = APPLIED;
	}
	if (outcome != APPLIED && !a->armed)
		outcome = NOT_ARMED;
	else if (outcome != APPLIED && state && !strcmp(state, "armed"))
		outcome = ARMED;

	cvm_out_object("attempt", "Image of the init script");
	cvm_out_bytes("sha256", "SHA-256", a->hash, sizeof(a->hash));
	cvm_out_string("outcome", "Outcome", words[outcome][0]);
	cvm_out_string(NULL, "Meaning", words[outcome][1]);
	cvm_out_end();
	return CVM_OK;
}

int show_attempt(void)
{
	void *running = NULL;
	struct attempt a;
	size_t size = 0;
	int ret = CVM_OK;

	if (!read_attempt(&a)) {
		cvm_out_none("attempt", NULL, NULL);
		return CVM_OK;
	}
	if (!access(RUNNING, F_OK))
		ret = cvm_read_file(RUNNING, RUNNING_MAX, &running, &size);
	if (!ret)
		ret = show_outcome(&a, running, size);
	free(running);
	return ret;
}
