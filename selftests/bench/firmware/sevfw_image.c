// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Another firmware instead of this one: DOWNLOAD_FIRMWARE and
 * SNP_DOWNLOAD_FIRMWARE_EX.
 *
 * AMD's images are code for another processor, signed by a key that is not
 * published. Images here are struct sevfw_image with a signature by the test
 * root's ASK, and running one means: saying that it runs. What is accepted:
 * an aligned address, a size within limits, a right signature, no version
 * below the committed one, no component of the TCB below the committed one.
 */
#include "sevfw_internal.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE_MAGIC	"SEVFWIMG"
#define IMAGE_ALIGN	32u		/* what ccp says that the firmware wants */

bool sevfw_tcb_at_most(uint64_t a, uint64_t b)
{
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		if ((a >> shift & 0xff) > (b >> shift & 0xff))
			return false;
	}
	return true;
}

void sevfw_commit(struct sevfw *fw)
{
	fw->committed = fw->current;
	/* A VLEK is for one TCB. */
	if (fw->reported_tcb != fw->current.tcb)
		fw->vlek_loaded = false;
	fw->reported_tcb = fw->current.tcb;
}

int sevfw_image_make(uint8_t *image, size_t size, uint8_t api_major, uint8_t api_minor,
		     uint32_t build, uint64_t tcb)
{
	struct sevfw_image *header = (struct sevfw_image *)image;

	if (size < SEVFW_IMAGE_MIN || size > SEVFW_IMAGE_MAX)
		return -1;
	memset(image, 0, size);
	memcpy(header->magic, IMAGE_MAGIC, sizeof(header->magic));
	header->size = (uint32_t)size;
	header->api_major = api_major;
	header->api_minor = api_minor;
	header->build = build;
	header->tcb = tcb;
	size -= SEVFW_RSA_SIZE;
	return sevfw_root_sign(image, size, image + size);
}

static bool older(const struct sevfw_image *image, const struct sevfw_version *than)
{
	if (image->api_major != than->api_major)
		return image->api_major < than->api_major;
	if (image->api_minor != than->api_minor)
		return image->api_minor < than->api_minor;
	return image->build < than->build;
}

static enum sevfw_status check_image(struct sevfw *fw, const uint8_t *bytes, uint32_t length)
{
	const struct sevfw_image *image = (const struct sevfw_image *)bytes;

	if (memcmp(image->magic, IMAGE_MAGIC, sizeof(image->magic)) || image->size != length ||
	    sevfw_root_verify(bytes, length - SEVFW_RSA_SIZE, bytes + length - SEVFW_RSA_SIZE))
		return SEVFW_BAD_SIGNATURE;
	if (older(image, &fw->committed))
		return SEVFW_BAD_VERSION;
	if (!sevfw_tcb_at_most(fw->committed.tcb, image->tcb))
		return SEVFW_BAD_SVN;
	/* Guests that run do not survive another interface under them. */
	if ((fw->initialized || fw->snp_initialized) &&
	    image->api_major != fw->current.api_major)
		return SEVFW_SHUTDOWN_REQUIRED;
	fw->current.api_major = image->api_major;
	fw->current.api_minor = image->api_minor;
	fw->current.build = image->build;
	fw->current.tcb = image->tcb;
	return SEVFW_SUCCESS;
}

static enum sevfw_status download(struct sevfw *fw, uint64_t address, uint32_t length)
{
	enum sevfw_status status;
	uint8_t *bytes;

	if (length < SEVFW_IMAGE_MIN || length > SEVFW_IMAGE_MAX)
		return SEVFW_INVALID_LENGTH;
	if (address % IMAGE_ALIGN)
		return SEVFW_INVALID_ADDRESS;
	bytes = malloc(length);
	if (!bytes)
		return SEVFW_RESOURCE_LIMIT;
	status = sevfw_read(fw, address, bytes, length);
	if (!status)
		status = check_image(fw, bytes, length);
	free(bytes);
	return status;
}

static enum sevfw_status run_download_firmware(struct sevfw *fw, void *buffer)
{
	const struct sevfw_download_firmware *in = buffer;
	enum sevfw_status status = download(fw, in->address, in->length);

	if (!status)
		sevfw_commit(fw);
	return status;
}

static enum sevfw_status run_snp_download_firmware_ex(struct sevfw *fw, void *buffer)
{
	const struct sevfw_snp_download_firmware_ex *in = buffer;
	enum sevfw_status status;

	if (in->length != sizeof(*in))
		return SEVFW_INVALID_LENGTH;
	if (in->reserved || in->flags & ~SEVFW_DOWNLOAD_COMMIT)
		return SEVFW_INVALID_PARAM;
	status = download(fw, in->address, in->image_length);
	if (!status && in->flags & SEVFW_DOWNLOAD_COMMIT)
		sevfw_commit(fw);
	return status;
}

const struct sevfw_entry sevfw_image_entries[] = {
	{
		.id = SEVFW_DOWNLOAD_FIRMWARE, .name = "DOWNLOAD_FIRMWARE",
		.run = run_download_firmware, .size = sizeof(struct sevfw_download_firmware),
		.platform_states = SEVFW_WHEN_UNINIT, .snp_states = SEVFW_WHEN_SNP_UNINIT,
	}, {
		.id = SEVFW_SNP_DOWNLOAD_FIRMWARE_EX, .name = "SNP_DOWNLOAD_FIRMWARE_EX",
		.run = run_snp_download_firmware_ex, .snp = true,
		.size = sizeof(struct sevfw_snp_download_firmware_ex),
		.platform_states = SEVFW_ANY_STATE, .snp_states = SEVFW_ANY_STATE,
	},
};

const size_t sevfw_image_entries_nr =
	sizeof(sevfw_image_entries) / sizeof(sevfw_image_entries[0]);
