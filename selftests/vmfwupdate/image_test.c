// SPDX-License-Identifier: GPL-2.0-only
// link: tools/vmfwctl/image.c tools/vmfwctl/igvm.c tools/vmfwctl/bytes.c tools/vmfwctl/fault.c
// link: tools/vmfwctl/launch.c tools/vmfwctl/launch_igvm.c tools/vmfwctl/pages.c
// link: tools/vmfwctl/vmsa.c
// link: -lcrypto -Wno-unused-parameter
/* The parts of vmfwctl that need no tool: images, IGVM files and digests. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "tools/vmfwctl/launch.h"
#include "tools/vmfwctl/pages.h"

static void hex(const uint8_t *bytes, unsigned int size, char *text)
{
	while (size--)
		text += sprintf(text, "%02x", *bytes++);
}

TEST(guid_is_mixed_endian_both_ways)
{
	static const uint8_t stored[FW_GUID_SIZE] = {
		0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
		0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d,
	};
	uint8_t back[FW_GUID_SIZE];
	char text[FW_GUID_TEXT];

	fw_guid_text(stored, text);
	EXPECT_STREQ("96b582de-1fb2-45f7-baea-a366c55a082d", text);
	fw_guid_bytes(text, back);
	EXPECT_EQ(0, memcmp(stored, back, sizeof(back)));
}

TEST(fields_are_little_endian)
{
	uint8_t p[9] = { 0 };

	fw_put(p + 1, 8, 0x0123456789abcdefull);
	EXPECT_EQ(0xefu, p[1]);
	EXPECT_EQ(0x01u, p[8]);
	EXPECT_EQ(0x0123456789abcdefull, fw_get64(p + 1));
	EXPECT_EQ(0x89abcdefu, fw_get32(p + 1));
	EXPECT_EQ(0xcdefu, fw_get16(p + 1));
	fw_put(p, 2, 0xffff1234);
	EXPECT_EQ(0xcdu, p[2]);
}

TEST(fault_is_cut_not_overrun)
{
	struct fw_fault fault;
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[999] = 0;
	EXPECT_EQ(-1, fw_fault_set(&fault, "%s", text));
	EXPECT_EQ(sizeof(fault.text) - 1, strlen(fault.text));
}

/* The image of the published vectors, without a table: that is not measured here. */
static const uint8_t *plain_image(void)
{
	static uint8_t image[8192];
	static const uint32_t metadata[19] = {
		0x56455341, 76, 1, 5, 0x800000, 0x2000, 1, 0x802000, 0x1000, 2,
		0x803000, 0x1000, 3, 0x804000, 0x1000, 4, 0x805000, 0x1000, 0x10,
	};
	static const char table[] =
		"\x04\xb0\x80\x00\x16\x00\xde\x71\xf7\x00\x7e\x1a\xcb\x4f\x89\x0e\x68\xc7\x7e\x2f\xb4\x4e"
		"\x00\x5c\x80\x00\x00\x04\x00\x00\x1a\x00"
		"\x1f\x37\x55\x72\x3b\x3a\x04\x4b\x92\x7b\x1d\xa6\xef\xa8\xd4\x54"
		"\x00\x10\x00\x00\x16\x00\x66\x65\x88\xdc\x4a\x98\x98\x47\xa7\x5e\x55\x85\xa7\xbf\x67\xcc"
		"\x58\x00\xde\x82\xb5\x96\xb2\x1f\xf7\x45\xba\xea\xa3\x66\xc5\x5a\x08\x2d";
	unsigned int i;

	for (i = 0; i < sizeof(image); i++)
		image[i] = i * 7 + 3;
	memcpy(image + 0x1000, metadata, sizeof(metadata));
	memcpy(image + sizeof(image) - 32 - (sizeof(table) - 1), table, sizeof(table) - 1);
	return image;
}

#define FIRMWARE_DIGEST \
	"1cc136a42a847c206935aa4b8db8783cbbcbf32902684c3d" \
	"408ad2f211bf7d48584e8fd3ef98ee7b540da6905e6927c1"
#define LAUNCH_DIGEST \
	"bbde4d1a6db9f01cd13c0fe5a90f4968e16ba30f9b24b960" \
	"a851ba58035c981b2f6e32e4c296496c5937eac599b5ab34"

TEST(chain_over_the_firmware_pages)
{
	struct snp_pages pages;
	char text[97];

	snp_pages_start(&pages);
	snp_pages_add_data(&pages, plain_image(), 8192, 0x100000000ull - 8192);
	snp_pages_end(&pages);
	EXPECT_FALSE(pages.failed);
	hex(pages.digest, SNP_DIGEST_SIZE, text);
	EXPECT_STREQ(FIRMWARE_DIGEST, text);
}

TEST(chain_tells_types_and_addresses_apart)
{
	uint8_t seen[6][SNP_DIGEST_SIZE];
	struct snp_pages pages;
	unsigned int i, j;

	for (i = 0; i < 6; i++) {
		snp_pages_start(&pages);
		if (i < 4)
			snp_pages_add_range(&pages, SNP_PAGE_ZERO + i, 4096, 0x1000);
		else
			snp_pages_add_range(&pages, SNP_PAGE_ZERO, 4096 * (i - 3), 0x2000);
		snp_pages_end(&pages);
		memcpy(seen[i], pages.digest, SNP_DIGEST_SIZE);
		for (j = 0; j < i; j++)
			EXPECT_NE(0, memcmp(seen[i], seen[j], SNP_DIGEST_SIZE));
	}
}

TEST(vmsa_where_the_monitors_differ)
{
	struct launch_config c = { .mode = LAUNCH_SNP, .vmm = LAUNCH_QEMU,
				   .signature = 0xa00f11, .features = 0x21 };
	uint8_t page[LAUNCH_VMSA_SIZE];

	launch_vmsa_build(&c, LAUNCH_RESET_VECTOR, page);
	EXPECT_EQ(0xf000u, fw_get16(page + 0x10));
	EXPECT_EQ(0x9bu, fw_get16(page + 0x12));
	EXPECT_EQ(0xffff0000u, fw_get64(page + 0x18));
	EXPECT_EQ(0xfff0u, fw_get64(page + 0x178));
	EXPECT_EQ(0xa00f11u, fw_get64(page + 0x310));
	EXPECT_EQ(0x21u, fw_get64(page + 0x3b0));
	c.mode = LAUNCH_SEV_ES;
	c.vmm = LAUNCH_EC2;
	launch_vmsa_build(&c, LAUNCH_RESET_VECTOR, page);
	EXPECT_EQ(0x9au, fw_get16(page + 0x12));
	EXPECT_EQ(0x600u, fw_get64(page + 0x310));
	EXPECT_EQ(0u, fw_get64(page + 0x3b0));
	EXPECT_EQ(0u, fw_get16(page + 0x410));
	launch_vmsa_build(&c, 0x0080b004, page);
	EXPECT_EQ(0x9bu, fw_get16(page + 0x12));
	EXPECT_EQ(0x00800000u, fw_get64(page + 0x18));
	EXPECT_EQ(0xb004u, fw_get64(page + 0x178));
}

TEST(models_are_whole_names)
{
	uint32_t signature = 0;
	unsigned int i;

	for (i = 0; launch_cpu_model(i); i++)
		EXPECT_EQ(0, launch_cpu_signature(launch_cpu_model(i), &signature));
	EXPECT_EQ(6u, i);
	EXPECT_EQ(0, launch_cpu_signature("EPYC-Rome-v4", &signature));
	EXPECT_EQ(0x830f10u, signature);
	EXPECT_EQ(-1, launch_cpu_signature("EPYC-Rom", &signature));
	EXPECT_EQ(-1, launch_cpu_signature("EPYC-Rome-v44", &signature));
	EXPECT_EQ(-1, launch_cpu_signature("EPYC-Rome-v", &signature));
	EXPECT_EQ(-1, launch_cpu_signature("", &signature));
	EXPECT_EQ(0x830f10u, signature);
}

FIXTURE(image)
{
	uint8_t *data;
	struct fwimage *image;
	struct fw_fault fault;
	struct launch_digest digest;
	struct launch_config config;
};

FIXTURE_SETUP(image)
{
	self->data = malloc(8192);
	memcpy(self->data, plain_image(), 8192);
	self->image = calloc(1, sizeof(*self->image));
	self->config = (struct launch_config){ .vcpus = 1, .signature = 0x800f12, .features = 1 };
}

FIXTURE_TEARDOWN(image)
{
	free(self->data);
	free(self->image);
}

TEST_F(image, its_digest_is_the_vector)
{
	char text[97];

	ASSERT_EQ(0, fwimage_parse(self->data, 8192, self->image, &self->fault));
	EXPECT_EQ(3u, self->image->entry_count);
	EXPECT_EQ(5u, self->image->section_count);
	EXPECT_EQ(0xffffe000u, self->image->base);
	ASSERT_EQ(0, launch_image_digest(self->image, &self->config, &self->digest, &self->fault));
	hex(self->digest.bytes, self->digest.size, text);
	EXPECT_STREQ(LAUNCH_DIGEST, text);
}

/* Each bit of table and metadata: a digest or a reason, and no other digest. */
TEST_F(image, any_flipped_bit_is_told_or_counts)
{
	uint8_t before[LAUNCH_DIGEST_MAX];
	unsigned int bit, at, measured = 0;

	fwimage_parse(self->data, 8192, self->image, &self->fault);
	launch_image_digest(self->image, &self->config, &self->digest, &self->fault);
	memcpy(before, self->digest.bytes, sizeof(before));
	for (bit = 0; bit < (76 + 120) * 8; bit++) {
		at = bit / 8 < 76 ? 0x1000 + bit / 8 : 8192 - 120 + (bit / 8 - 76);
		self->data[at] ^= 1 << bit % 8;
		self->fault.text[0] = 0;
		if (fwimage_parse(self->data, 8192, self->image, &self->fault) ||
		    launch_image_digest(self->image, &self->config, &self->digest, &self->fault)) {
			EXPECT_NE(0, self->fault.text[0]);
		} else {
			measured++;
			EXPECT_NE(0, memcmp(before, self->digest.bytes, sizeof(before)));
		}
		self->data[at] ^= 1 << bit % 8;
	}
	EXPECT_LT(200u, measured);
}

TEST_F(image, any_length_is_survived)
{
	size_t size;
	uint8_t *copy;

	for (size = 0; size < 300; size++) {
		/* Of just that size, so that a reader outside of it is seen. */
		copy = malloc(size + !size);
		memcpy(copy, self->data + 8192 - size, size);
		if (!fwimage_parse(copy, size, self->image, &self->fault))
			EXPECT_FALSE(!!self->image->known[FWIMAGE_METADATA]);
		EXPECT_FALSE(fwimage_is_vars(copy, size));
		free(copy);
	}
	EXPECT_EQ(-1, fwimage_parse(self->data, 1ull << 32, self->image, &self->fault));
}

TEST_F(image, processors_are_counted)
{
	ASSERT_EQ(0, fwimage_parse(self->data, 8192, self->image, &self->fault));
	self->config.vcpus = 0;
	EXPECT_EQ(-1, launch_image_digest(self->image, &self->config, &self->digest, &self->fault));
	self->config.vcpus = LAUNCH_VCPUS_MAX + 1;
	EXPECT_EQ(-1, launch_image_digest(self->image, &self->config, &self->digest, &self->fault));
	self->config.vcpus = LAUNCH_VCPUS_MAX;
	EXPECT_EQ(0, launch_image_digest(self->image, &self->config, &self->digest, &self->fault));
}

TEST(vars_need_the_whole_file)
{
	uint8_t volume[64] = { 0 };

	fw_guid_bytes("fff12b8d-7696-4c8b-a985-2747075b4f50", volume + 16);
	memcpy(volume + 40, "_FVH", 4);
	fw_put(volume + 32, 8, 64);
	EXPECT_TRUE(fwimage_is_vars(volume, 64));
	fw_put(volume + 32, 8, 63);
	EXPECT_FALSE(fwimage_is_vars(volume, 64));
	fw_put(volume + 32, 8, 64);
	volume[40] = 'x';
	EXPECT_FALSE(fwimage_is_vars(volume, 64));
	EXPECT_FALSE(fwimage_is_vars(volume, 55));
}

TEST(igvm_frame_of_no_headers)
{
	uint8_t file[24] = "IGVM";
	struct igvm_header h;
	struct fw_fault fault;
	struct igvm igvm;
	size_t position = 0;

	fw_put(file + 4, 4, 1);
	fw_put(file + 8, 4, 24);
	fw_put(file + 16, 4, 24);
	/* CRC-32 of these bytes, by another program */
	fw_put(file + 20, 4, 0xb733a83f);
	EXPECT_EQ(0, igvm_open(file, 24, &igvm, &fault));
	EXPECT_FALSE(igvm_next(&igvm, &position, &h));
	file[20] ^= 1;
	EXPECT_EQ(-1, igvm_open(file, 24, &igvm, &fault));
	EXPECT_EQ(-1, igvm_open(file, 23, &igvm, &fault));
	EXPECT_EQ(-1, igvm_open(file, 3, &igvm, &fault));
}

TEST_HARNESS_MAIN
