// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the identity is kept: in the flash of the mainboard, or in 32 KiB of
 * the driver's if it initialized with INIT_EX. Both hold the same image, which
 * only the chip that wrote it can read, or 0xff everywhere: empty.
 *
 * How real firmware lays this out is not published; that it is encrypted and
 * checked, and that 0xff means empty, is.
 */
#include "sevfw_internal.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#define IMAGE_MAGIC	"SEVNVRAM"
#define IMAGE_VERSION	1
#define EMPTY_BYTE	0xff

struct image {
	uint8_t magic[8];
	uint32_t version;
	uint32_t length;		/* of what is encrypted */
	uint8_t iv[SEVFW_IV_SIZE];
	uint32_t reserved;
	uint8_t tag[SEVFW_TAG_SIZE];
	struct sevfw_identity identity;	/* encrypted */
	uint8_t rest[];
} SEVFW_PACKED;

_Static_assert(sizeof(struct image) <= SEVFW_STORAGE_SIZE, "the identity fits");

#define AAD_LENGTH	offsetof(struct image, tag)

static bool is_filled(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != EMPTY_BYTE)
			return false;
	}
	return true;
}

static int storage_key(const struct sevfw *fw, uint8_t key[SEVFW_DERIVED_SIZE])
{
	return sevfw_derive("storage", fw->config.serial, 0, key);
}

static int seal(const struct sevfw *fw, const struct sevfw_identity *id, uint8_t *bytes)
{
	struct image *image = (struct image *)bytes;
	uint8_t key[SEVFW_DERIVED_SIZE];
	int ret = -1;

	memset(bytes, EMPTY_BYTE, SEVFW_STORAGE_SIZE);
	memcpy(image->magic, IMAGE_MAGIC, sizeof(image->magic));
	image->version = IMAGE_VERSION;
	image->length = sizeof(*id);
	image->reserved = 0;
	image->identity = *id;
	if (RAND_bytes(image->iv, sizeof(image->iv)) > 0 && !storage_key(fw, key))
		ret = sevfw_seal(key, image->iv, image, AAD_LENGTH, &image->identity,
				 sizeof(image->identity), image->tag);
	OPENSSL_cleanse(key, sizeof(key));
	return ret;
}

/* Decrypts @bytes where they are. */
static int unseal(const struct sevfw *fw, uint8_t *bytes, struct sevfw_identity *id)
{
	struct image *image = (struct image *)bytes;
	uint8_t key[SEVFW_DERIVED_SIZE];
	int ret = -1;

	if (memcmp(image->magic, IMAGE_MAGIC, sizeof(image->magic)) ||
	    image->version != IMAGE_VERSION || image->length != sizeof(*id) ||
	    !is_filled(image->rest, SEVFW_STORAGE_SIZE - sizeof(*image)))
		return -1;
	if (!storage_key(fw, key))
		ret = sevfw_unseal(key, image->iv, image, AAD_LENGTH, &image->identity,
				   sizeof(image->identity), image->tag);
	if (!ret)
		*id = image->identity;
	OPENSSL_cleanse(&image->identity, sizeof(image->identity));
	OPENSSL_cleanse(key, sizeof(key));
	return ret;
}

static enum sevfw_status write_image(struct sevfw *fw, uint64_t address, const uint8_t *bytes)
{
	if (address)
		return sevfw_write(fw, address, bytes, SEVFW_STORAGE_SIZE);
	memcpy(fw->flash, bytes, SEVFW_STORAGE_SIZE);
	return SEVFW_SUCCESS;
}

static enum sevfw_status write_empty(struct sevfw *fw, uint64_t address)
{
	uint8_t bytes[SEVFW_STORAGE_SIZE];

	memset(bytes, EMPTY_BYTE, sizeof(bytes));
	return write_image(fw, address, bytes);
}

/* The identity is in use once it is safe, not before. */
static enum sevfw_status store_at(struct sevfw *fw, const struct sevfw_identity *id,
				  uint64_t address)
{
	uint8_t bytes[SEVFW_STORAGE_SIZE];
	enum sevfw_status status;

	if (seal(fw, id, bytes))
		return SEVFW_HWERROR_PLATFORM;
	status = write_image(fw, address, bytes);
	if (status)
		return status;
	memcpy(fw->nv_image, bytes, sizeof(fw->nv_image));
	fw->nv_address = address;
	fw->identity = *id;
	return SEVFW_SUCCESS;
}

enum sevfw_status sevfw_storage_load(struct sevfw *fw, uint64_t address)
{
	uint8_t bytes[SEVFW_STORAGE_SIZE];
	struct sevfw_identity id;
	enum sevfw_status status;

	memcpy(bytes, fw->flash, sizeof(bytes));
	if (address) {
		status = sevfw_read(fw, address, bytes, sizeof(bytes));
		if (status)
			return status;
	}
	if (is_filled(bytes, sizeof(bytes))) {
		if (sevfw_identity_create(fw, &id))
			return SEVFW_HWERROR_PLATFORM;
	} else if (unseal(fw, bytes, &id)) {
		/* The driver's second attempt finds an empty storage. */
		status = write_empty(fw, address);
		return status ? status : SEVFW_SECURE_DATA_INVALID;
	}
	/*
	 * Also what was read is written again: a storage that takes no writes
	 * shows now, and not when something is to be kept.
	 */
	status = store_at(fw, &id, address);
	OPENSSL_cleanse(&id, sizeof(id));
	return status;
}

enum sevfw_status sevfw_storage_store(struct sevfw *fw, const struct sevfw_identity *id)
{
	return store_at(fw, id, fw->nv_address);
}

enum sevfw_status sevfw_storage_erase(struct sevfw *fw)
{
	uint8_t bytes[SEVFW_STORAGE_SIZE];

	/*
	 * The platform is down, and its driver may have freed its buffer, as newer ccp does:
	 * that is only written if all of it is still as it was left.
	 */
	if (fw->nv_address &&
	    (sevfw_read(fw, fw->nv_address, bytes, sizeof(bytes)) ||
	     memcmp(bytes, fw->nv_image, sizeof(bytes))))
		fw->nv_address = 0;
	return write_empty(fw, fw->nv_address);
}

void sevfw_storage_forget(struct sevfw *fw)
{
	OPENSSL_cleanse(&fw->identity, sizeof(fw->identity));
}

void sevfw_corrupt_flash(struct sevfw *fw, size_t offset)
{
	fw->flash[offset % SEVFW_STORAGE_SIZE] ^= 1;
}
