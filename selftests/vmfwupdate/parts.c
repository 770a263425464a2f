// SPDX-License-Identifier: GPL-2.0-only
// link: drivers/vmfwupdate/directory.c drivers/vmfwupdate/verdict.c
// link: -Wno-unused-parameter
/* The parts of vmfwupdate that need no kernel: the directory and the verdict. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/vmfwupdate/directory.h"
#include "drivers/vmfwupdate/verdict.h"

static void put_be32(unsigned char *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

/* A directory in memory of just its size, so that a reader past its end is seen. */
struct dir {
	unsigned char *bytes;
	size_t len;
	uint32_t count;
};

static void dir_new(struct dir *d)
{
	d->count = 0;
	d->len = FWCFG_DIR_HEADER;
	d->bytes = calloc(1, d->len);
}

static unsigned char *dir_add(struct dir *d, const char *name, uint32_t size, unsigned int key)
{
	unsigned char *e;

	d->bytes = realloc(d->bytes, d->len + FWCFG_DIR_ENTRY);
	e = d->bytes + d->len;
	memset(e, 0, FWCFG_DIR_ENTRY);
	put_be32(e, size);
	e[4] = key >> 8;
	e[5] = key;
	memcpy(e + 8, name, strnlen(name, FWCFG_NAME_SIZE));
	d->len += FWCFG_DIR_ENTRY;
	put_be32(d->bytes, ++d->count);
	return e;
}

static enum fwcfg_dir_verdict dir_check(const struct dir *d, uint32_t *entry)
{
	return fwcfg_dir_check(d->bytes, d->len, entry);
}

FIXTURE(directory)
{
	struct dir d;
	uint32_t entry;
};

FIXTURE_SETUP(directory)
{
	dir_new(&self->d);
	self->entry = 77;
}

FIXTURE_TEARDOWN(directory)
{
	free(self->d.bytes);
}

TEST_F(directory, empty_is_good_and_holds_nothing)
{
	struct fwcfg_file file;

	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	EXPECT_EQ(-ENOENT, fwcfg_dir_find(self->d.bytes, "x", &file));
}

TEST_F(directory, files_are_found_by_their_whole_name)
{
	struct fwcfg_file file = { 0 };

	dir_add(&self->d, "etc/vmfwupdate/bios-addr", 8, 0x21);
	dir_add(&self->d, "etc/vmfwupdate/bios-size", 0x01020304, 0x3fff);
	ASSERT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	EXPECT_EQ(0, fwcfg_dir_find(self->d.bytes, "etc/vmfwupdate/bios-size", &file));
	EXPECT_EQ(0x01020304, file.size);
	EXPECT_EQ(0x3fff, file.key);
	EXPECT_EQ(-ENOENT, fwcfg_dir_find(self->d.bytes, "etc/vmfwupdate/bios", &file));
	EXPECT_EQ(-ENOENT, fwcfg_dir_find(self->d.bytes, "vmfwupdate/bios-size", &file));
	EXPECT_EQ(-ENOENT, fwcfg_dir_find(self->d.bytes, "", &file));
}

TEST_F(directory, longest_name_is_good_and_one_more_is_not)
{
	char name[FWCFG_NAME_SIZE + 1];
	struct fwcfg_file file;

	memset(name, 'a', sizeof(name));
	name[FWCFG_NAME_SIZE - 1] = 0;
	dir_add(&self->d, name, 1, 0x20);
	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	EXPECT_EQ(0, fwcfg_dir_find(self->d.bytes, name, &file));

	name[FWCFG_NAME_SIZE - 1] = 'a';
	name[FWCFG_NAME_SIZE] = 0;
	dir_add(&self->d, name, 1, 0x21);
	EXPECT_EQ(FWCFG_DIR_NAME, dir_check(&self->d, &self->entry));
	EXPECT_EQ(1, self->entry);
}

TEST_F(directory, names_are_printable_and_not_empty)
{
	unsigned char *e = dir_add(&self->d, "name", 1, 0x20);
	static const unsigned char bad[] = { 1, '\n', ' ', 0x7f, 0x80, 0xff };
	unsigned int i;

	for (i = 0; i < sizeof(bad); i++) {
		e[9] = bad[i];
		EXPECT_EQ(FWCFG_DIR_NAME, dir_check(&self->d, &self->entry));
	}
	e[9] = 'a';
	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	e[8] = 0;
	EXPECT_EQ(FWCFG_DIR_NAME, dir_check(&self->d, &self->entry));
}

TEST_F(directory, keys_stay_in_the_range_of_files)
{
	static const unsigned int bad[] = { 0, 1, 0x19, 0x1f, 0x4000, 0x4020, 0x8020, 0xffff };
	unsigned char *e = dir_add(&self->d, "name", 1, 0x20);
	unsigned int i;

	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e[4] = bad[i] >> 8;
		e[5] = bad[i];
		EXPECT_EQ(FWCFG_DIR_KEY, dir_check(&self->d, &self->entry));
	}
}

TEST_F(directory, two_files_of_one_name_are_refused)
{
	dir_add(&self->d, "b", 1, 0x20);
	dir_add(&self->d, "a", 1, 0x21);
	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	dir_add(&self->d, "b", 1, 0x22);
	EXPECT_EQ(FWCFG_DIR_TWICE, dir_check(&self->d, &self->entry));
	EXPECT_EQ(2, self->entry);
}

TEST_F(directory, count_must_belong_to_the_length)
{
	static const uint32_t bad[] = { 0, 1, 3, FWCFG_DIR_MAX_COUNT };
	unsigned int i;

	dir_add(&self->d, "a", 1, 0x20);
	dir_add(&self->d, "b", 1, 0x21);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_be32(self->d.bytes, bad[i]);
		EXPECT_EQ(FWCFG_DIR_LENGTH, dir_check(&self->d, &self->entry));
	}
	put_be32(self->d.bytes, FWCFG_DIR_MAX_COUNT + 1);
	EXPECT_EQ(FWCFG_DIR_COUNT, dir_check(&self->d, &self->entry));
	/* 2^32 / 64: the length in 32 bits would be that of an empty directory */
	put_be32(self->d.bytes, 0x04000000);
	EXPECT_EQ(FWCFG_DIR_COUNT, dir_check(&self->d, &self->entry));
	put_be32(self->d.bytes, 0xffffffff);
	EXPECT_EQ(FWCFG_DIR_COUNT, dir_check(&self->d, &self->entry));
	EXPECT_EQ(FWCFG_DIR_SHORT, fwcfg_dir_check(self->d.bytes, 3, &self->entry));
	EXPECT_EQ(FWCFG_DIR_SHORT, fwcfg_dir_check(self->d.bytes, 0, &self->entry));
}

TEST_F(directory, as_many_files_as_are_allowed)
{
	struct fwcfg_file file;
	char name[16];
	uint32_t i;

	for (i = 0; i < FWCFG_DIR_MAX_COUNT; i++) {
		snprintf(name, sizeof(name), "file%04u", i);
		dir_add(&self->d, name, i, FWCFG_FILE_FIRST + i);
	}
	ASSERT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
	EXPECT_EQ(0, fwcfg_dir_find(self->d.bytes, name, &file));
	EXPECT_EQ(FWCFG_DIR_MAX_COUNT - 1, file.size);
	dir_add(&self->d, "one-more", 1, 0x1000);
	EXPECT_EQ(FWCFG_DIR_COUNT, dir_check(&self->d, &self->entry));
}

TEST_F(directory, any_flipped_bit_is_survived)
{
	struct fwcfg_file file;
	size_t bit;

	dir_add(&self->d, "etc/vmfwupdate/cap", 8, 0x20);
	dir_add(&self->d, "etc/vmfwupdate/disable", 1, 0x21);
	for (bit = 0; bit < self->d.len * 8; bit++) {
		self->d.bytes[bit / 8] ^= 1 << bit % 8;
		if (dir_check(&self->d, &self->entry) == FWCFG_DIR_OK)
			fwcfg_dir_find(self->d.bytes, "etc/vmfwupdate/disable", &file);
		self->d.bytes[bit / 8] ^= 1 << bit % 8;
	}
	EXPECT_EQ(FWCFG_DIR_OK, dir_check(&self->d, &self->entry));
}

TEST(every_verdict_has_words)
{
	int v;

	for (v = FWCFG_DIR_OK; v <= FWCFG_DIR_TWICE; v++)
		EXPECT_STRNE("unknown", fwcfg_dir_text(v));
}

static const unsigned char jump[FWUP_TAIL_SIZE] = { 0x90, 0x90, 0xe9 };

static struct fwup_limits limits(uint64_t region, int resizable)
{
	return (struct fwup_limits){
		.region = region, .max = FWUP_IMAGE_MAX, .granule = 4096,
		.resizable = resizable, .reset_vector = 1,
	};
}

TEST(verdict_fixed_region)
{
	struct fwup_limits l = limits(262144, 0);

	EXPECT_EQ(262144, fwup_limit_size(&l));
	EXPECT_EQ(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, 262144, jump));
	EXPECT_EQ(FWUP_IMAGE_EMPTY, fwup_image_verdict(&l, 0, jump));
	EXPECT_EQ(FWUP_IMAGE_WRONG_SIZE, fwup_image_verdict(&l, 131072, jump));
	EXPECT_EQ(FWUP_IMAGE_WRONG_SIZE, fwup_image_verdict(&l, 262143, jump));
	EXPECT_EQ(FWUP_IMAGE_WRONG_SIZE, fwup_image_verdict(&l, 524288, jump));
	EXPECT_EQ(FWUP_IMAGE_TOO_LARGE, fwup_image_verdict(&l, FWUP_IMAGE_MAX + 1ull, jump));
}

TEST(verdict_resizable_region)
{
	struct fwup_limits l = limits(262144, 1);

	EXPECT_EQ(FWUP_IMAGE_MAX, fwup_limit_size(&l));
	EXPECT_EQ(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, 4096, jump));
	EXPECT_EQ(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, FWUP_IMAGE_MAX, jump));
	EXPECT_EQ(FWUP_IMAGE_UNALIGNED, fwup_image_verdict(&l, 4095, jump));
	EXPECT_EQ(FWUP_IMAGE_UNALIGNED, fwup_image_verdict(&l, 1, jump));
	EXPECT_EQ(FWUP_IMAGE_TOO_LARGE, fwup_image_verdict(&l, FWUP_IMAGE_MAX + 4096ull, jump));
	EXPECT_EQ(FWUP_IMAGE_TOO_LARGE, fwup_image_verdict(&l, UINT64_MAX, jump));
}

/* What a lying hypervisor says must not divide by, or fall below, anything. */
TEST(verdict_strange_regions)
{
	static const uint64_t regions[] = { 0, 1, 4095, 0xffffffff, UINT64_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct fwup_limits l = limits(regions[i], 0);

		EXPECT_LE(fwup_limit_size(&l), FWUP_IMAGE_MAX);
		EXPECT_NE(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, regions[i], jump));
	}
}

TEST(verdict_reset_vector)
{
	struct fwup_limits l = limits(262144, 1);
	unsigned char tail[FWUP_TAIL_SIZE];
	unsigned int i;

	memset(tail, 0, sizeof(tail));
	EXPECT_EQ(FWUP_IMAGE_BLANK_VECTOR, fwup_image_verdict(&l, 262144, tail));
	memset(tail, 0xff, sizeof(tail));
	EXPECT_EQ(FWUP_IMAGE_BLANK_VECTOR, fwup_image_verdict(&l, 262144, tail));
	for (i = 0; i < sizeof(tail); i++) {
		memset(tail, 0xff, sizeof(tail));
		tail[i] = 0xea;
		EXPECT_EQ(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, 262144, tail));
	}
	/* an interface whose images do not end where a processor starts */
	l.reset_vector = 0;
	memset(tail, 0, sizeof(tail));
	EXPECT_EQ(FWUP_IMAGE_GOOD, fwup_image_verdict(&l, 262144, tail));
}

TEST_HARNESS_MAIN
