// SPDX-License-Identifier: GPL-2.0-only
// link: tools/vmfwctl/image.c tools/vmfwctl/igvm.c tools/vmfwctl/bytes.c tools/vmfwctl/fault.c
// link: tools/vmfwctl/launch.c tools/vmfwctl/launch_igvm.c tools/vmfwctl/pages.c
// link: tools/vmfwctl/vmsa.c
// link: -lcrypto
/*
 * libFuzzer target: firmware images and IGVM files, taken apart and measured.
 * An input is a file; its seeds are of selftests/vmfwupdate/fwimage.
 *
 * A random change breaks what an image or a file has to begin or end with, and
 * nobody would look further: that is put right before a second look.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/vmfwctl/launch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Pages are hashed one by one, which is slow here. */
#define SECTIONS_TOTAL	(1u << 20)

#define CHECK(x) do { if (!(x)) abort(); } while (0)

/* A failure has a reason that a line holds. */
static void check_fault(int ret, const struct fw_fault *fault)
{
	CHECK(ret == 0 || ret == -1);
	if (ret)
		CHECK(fault->text[0] && strlen(fault->text) < sizeof(fault->text) - 1 &&
		      !strchr(fault->text, '\n'));
}

static void measure_image(const struct fwimage *image)
{
	uint8_t table[LAUNCH_TABLE_SIZE] = { 1 };
	struct launch_digest digest;
	struct launch_config config;
	struct fw_fault fault;
	uint64_t total = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < image->section_count; i++)
		total += image->sections[i].size;
	for (i = 0; i < 3 * 4 * 2; i++) {
		config = (struct launch_config){
			.mode = i % 3, .vmm = i / 3 % 4, .vcpus = 2,
			.table = i / 12 ? table : NULL,
		};
		if (total > SECTIONS_TOTAL && config.mode == LAUNCH_SNP)
			continue;
		ret = launch_image_digest(image, &config, &digest, &fault);
		check_fault(ret, &fault);
		CHECK(ret || digest.size == (config.mode == LAUNCH_SNP ? 48 : 32));
	}
}

static void look_image(const uint8_t *data, size_t size)
{
	static struct fwimage image;
	struct fw_fault fault;
	unsigned int i;
	int ret;

	fwimage_is_vars(data, size);
	ret = fwimage_parse(data, size, &image, &fault);
	check_fault(ret, &fault);
	CHECK(image.entry_count <= FWIMAGE_ENTRIES_MAX);
	CHECK(image.section_count <= FWIMAGE_SECTIONS_MAX);
	/* Whatever went wrong, what is shown of it lies within the file. */
	for (i = 0; i < image.entry_count; i++)
		CHECK((size_t)image.entries[i].offset + image.entries[i].size <= size);
	if (!ret)
		measure_image(&image);
}

static void look_igvm(const uint8_t *data, size_t size)
{
	struct launch_digest digest, expected;
	struct fw_fault fault;
	struct igvm_header h;
	struct igvm igvm;
	size_t position = 0;
	unsigned int count = 0, vmm;
	int ret;

	ret = igvm_open(data, size, &igvm, &fault);
	check_fault(ret, &fault);
	if (ret)
		return;
	while (igvm_next(&igvm, &position, &h)) {
		CHECK(h.body >= data && h.body + h.length <= data + size);
		count++;
	}
	CHECK(count == igvm.count);
	for (vmm = LAUNCH_QEMU; vmm <= LAUNCH_HYPERV; vmm++) {
		ret = launch_igvm_digest(&igvm, vmm, &digest, &expected, &fault);
		check_fault(ret, &fault);
		CHECK(ret || digest.size == 48);
		CHECK(expected.size == 0 || expected.size == 48);
	}
}

static void mend_image(uint8_t *data, size_t size)
{
	uint16_t table = fw_get16(data + size - 50) % 512;

	fw_put(data + size - 50, 2, table);
	fw_guid_bytes("96b582de-1fb2-45f7-baea-a366c55a082d", data + size - 48);
}

/* The fixed header, with the checksum of what the file has. */
static void mend_igvm(uint8_t *data, size_t size)
{
	uint32_t crc = ~0u, headers = fw_get32(data + 12);
	size_t i, bit;

	memcpy(data, "IGVM", 4);
	fw_put(data + 4, 4, 1);
	fw_put(data + 8, 4, 24);
	if (headers > size - 24)
		headers = size - 24;
	fw_put(data + 12, 4, headers);
	fw_put(data + 16, 4, size);
	fw_put(data + 20, 4, 0);
	for (i = 0; i < 24 + headers; i++)
		for (bit = 0, crc ^= data[i]; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	fw_put(data + 20, 4, ~crc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	look_image(data, size);
	look_igvm(data, size);
	if (size < 50 || size > 1 << 16)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	mend_image(copy, size);
	look_image(copy, size);
	memcpy(copy, data, size);
	mend_igvm(copy, size);
	look_igvm(copy, size);
	free(copy);
	return 0;
}
