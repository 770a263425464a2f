// SPDX-License-Identifier: GPL-2.0-only
/* vmfwctl stage */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"
#include "guest.h"
#include "hash.h"
#include "measure.h"
#include "vmfwctl.h"

/* sysfs takes a page at a time anyway; this is how often progress is looked at. */
#define CHUNK 65536u

static bool arm_too, dry_run, measure_too;
static const char *opaque_file, *wanted_hash;
static struct cvm_words features;

const struct cvm_option stage_options[] = {
	{ .name = "arm", .letter = 'a', .kind = CVM_OPT_FLAG, .value = &arm_too,
	  .help = "arm it too: the next reset starts it" },
	{ .name = "dry-run", .letter = 'n', .kind = CVM_OPT_FLAG, .value = &dry_run,
	  .help = "check everything, change nothing" },
	{ .name = "measure", .letter = 'm', .kind = CVM_OPT_FLAG, .value = &measure_too,
	  .help = "print the SNP launch digest of this guest with that firmware" },
	{ .name = "opaque", .letter = 'o', .kind = CVM_OPT_STRING, .argument = "FILE",
	  .value = &opaque_file, .help = "write FILE to the bytes that survive, before arming" },
	{ .name = "sha256", .kind = CVM_OPT_STRING, .argument = "HEX",
	  .value = &wanted_hash, .help = "refuse an image with another SHA-256" },
	{ .name = "feature", .letter = 'f', .kind = CVM_OPT_WORDS, .argument = "FEATURE",
	  .value = &features,
	  .help = "warn if its descriptor lacks it (amd-sev-snp in an SNP guest)" },
	{ }
};

/*
 * struct staging - an image on its way
 * @file: its name
 * @tried: for messages
 * @data: its @size bytes
 * @hash: their SHA-256
 * @driver: NULL when there is none, for a dry run
 * @opaque: the opaque buffer to be, or NULL
 */
struct staging {
	const char *file;
	const char *tried;
	void *data;
	size_t size;
	uint8_t hash[FW_SHA256_SIZE];
	const struct fw_driver *driver;
	void *opaque;
	size_t opaque_size;
};

/* The driver would say the same, but only after everything was staged. */
static int check_size(const struct staging *s)
{
	const struct fwup_limits *limits = &s->driver->limits;
	unsigned char tail[FWUP_TAIL_SIZE] = { 0 };

	if (s->size >= sizeof(tail))
		memcpy(tail, (const char *)s->data + s->size - sizeof(tail), sizeof(tail));
	switch (fwup_image_verdict(limits, s->size, tail)) {
	case FWUP_IMAGE_GOOD:
		return CVM_OK;
	case FWUP_IMAGE_EMPTY:
		return cvm_error(CVM_FAIL, s->tried, "it is empty", NULL);
	case FWUP_IMAGE_TOO_LARGE:
		return cvm_error(CVM_FAIL, s->tried,
				 cvm_fmt("it has %zu bytes, and no image may have more than %llu",
					 s->size, (unsigned long long)limits->max), NULL);
	case FWUP_IMAGE_UNALIGNED:
		return cvm_error(CVM_FAIL, s->tried,
				 cvm_fmt("it has %zu bytes, not a multiple of %u", s->size,
					 limits->granule),
				 "check that the file is whole, and a raw image");
	case FWUP_IMAGE_WRONG_SIZE:
		return cvm_error(CVM_FAIL, s->tried,
				 cvm_fmt("it has %zu bytes, the BIOS region has %llu, and %s",
					 s->size, (unsigned long long)limits->region,
					 "this hypervisor cannot resize it"),
				 "use an image of just that size, or a hypervisor with the capability BIOS_RESIZE");
	case FWUP_IMAGE_BLANK_VECTOR:
		return cvm_error(CVM_FAIL, s->tried,
				 "it has no code at its end, where a processor starts",
				 "check that the file is whole, and not a variable store (VARS) or code without its start");
	}
	return CVM_FAIL;
}

/* An IGVM file goes where IGVM files are taken, and nothing else does. */
static int check_kind(const struct staging *s)
{
	bool is_igvm = igvm_is(s->data, s->size);

	if (!s->size || is_igvm == s->driver->igvm)
		return CVM_OK;
	return cvm_error(CVM_FAIL, s->tried,
			 cvm_fmt("it is %s, and the hypervisor's interface %s takes %s",
				 is_igvm ? "an IGVM file" : "no IGVM file",
				 s->driver->interface,
				 is_igvm ? "raw images only" : "nothing else"), NULL);
}

/* Whole by what it says itself. */
static int check_content(const struct staging *s)
{
	struct fw_fault fault;
	struct fwimage *image;
	struct igvm igvm;
	int bad;

	if (igvm_is(s->data, s->size)) {
		bad = igvm_open(s->data, s->size, &igvm, &fault);
	} else {
		image = cvm_alloc(1, sizeof(*image));
		bad = fwimage_parse(s->data, s->size, image, &fault);
		free(image);
		if (!bad && fwimage_is_vars(s->data, s->size))
			bad = fw_fault_set(&fault,
					   "it is a variable store (VARS), with no code at its end, where a processor starts");
	}
	return bad ? cvm_error(CVM_FAIL, s->tried, fault.text,
			       "`vmfwctl inspect` shows what the file has") : CVM_OK;
}

static int check_hash(struct staging *s)
{
	uint8_t wanted[FW_SHA256_SIZE];
	int ret = CVM_OK;

	if (wanted_hash)
		ret = cvm_parse_hex("--sha256", wanted_hash, wanted, sizeof(wanted));
	if (!ret)
		ret = fw_sha256(s->data, s->size, s->hash);
	if (!ret && wanted_hash && memcmp(wanted, s->hash, sizeof(wanted)))
		ret = cvm_error(CVM_FAIL, s->tried, "it has another SHA-256 than the one given",
				cvm_fmt("`sha256sum '%s'` prints the one it has", s->file));
	return ret;
}

/* A firmware that cannot run in this kind of guest is the guest's last. */
static void check_descriptor(const struct staging *s)
{
	const char *needed = guest_feature();
	const struct descriptor *d;
	struct descriptor_list list;
	unsigned int i;

	if (!features.count && needed)
		features.word[features.count++] = needed;
	if (!features.count || !strcmp(s->file, "-"))
		return;
	descriptor_load("", &list);
	d = descriptor_of_image(&list, s->file);
	for (i = 0; d && i < features.count; i++)
		if (!descriptor_has(d, "features", features.word[i]))
			cvm_warn("'%s' does not name the feature %s for this image: the guest may not start with it",
				 d->path, features.word[i]);
	descriptor_free(&list);
}

static int prepare_measurement(const struct staging *s, struct launch_digest *digest)
{
	const struct launch_config config = {
		.mode = LAUNCH_SNP, .vmm = LAUNCH_QEMU, .vcpus = guest_vcpus(),
		.signature = guest_signature(), .features = 1,
	};

	return measure_data(s->file, s->data, s->size, &config, digest);
}

static void show_measurement(const struct staging *s, const struct launch_digest *digest)
{
	cvm_out_string("digest", "Launch digest", measure_hex(digest));
	if (igvm_is(s->data, s->size))
		return;
	cvm_out_u64("vcpus", "for processors", guest_vcpus());
	cvm_out_hex("vcpu_sig", "of the signature", guest_signature(), 1);
}

/* sysfs takes a page at a time; it is there where nobody has made the device node. */
static int open_for_writing(void)
{
	int fd = open("/dev/vmfwupdate", O_WRONLY | O_CLOEXEC);

	return fd >= 0 ? fd : open(FW_DIR "/image", O_WRONLY | O_CLOEXEC);
}

static int write_image(const void *data, size_t size)
{
	struct cvm_progress progress;
	size_t done = 0, n;
	int fd, err = 0;

	fd = open_for_writing();
	if (fd < 0)
		return errno;
	cvm_progress_start(&progress, "staging", size);
	while (done < size && !err) {
		n = size - done < CHUNK ? size - done : CHUNK;
		err = -cvm_write_all(fd, (const char *)data + done, n);
		done += n;
		cvm_progress_update(&progress, done);
	}
	cvm_progress_end(&progress);
	if (close(fd) && !err)
		err = errno;
	return err;
}

/* Another writer may have come in between; what is armed must be this file. */
static int compare_image(const unsigned char *data, size_t size)
{
	unsigned char buf[4096];
	size_t done = 0;
	ssize_t n;
	int fd;

	fd = open(FW_DIR "/image", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (n > (ssize_t)(size - done) || memcmp(buf, data + done, n))
			break;
		done += n;
	}
	close(fd);
	if (n < 0)
		return errno;
	return n || done != size ? EBUSY : 0;
}

static int stage_image(const struct staging *s)
{
	int ret, err;

	ret = fw_write("image_size", cvm_fmt("%zu", s->size), s->tried,
		       "`vmfwctl status` shows where it stands; `vmfwctl cancel` takes an armed image back");
	if (ret)
		return ret;
	err = write_image(s->data, s->size);
	if (err)
		return cvm_error(CVM_FAIL, s->tried, fw_reason(err),
				 "`vmfwctl status` shows where it stands");
	err = compare_image(s->data, s->size);
	if (err)
		return cvm_error(CVM_FAIL, s->tried, err == EBUSY ?
				 "the driver holds other bytes than were written" : strerror(err),
				 "is somebody else staging an image?");
	return s->opaque ? opaque_store(opaque_file, s->opaque, s->opaque_size) : CVM_OK;
}

/* All that can be known to be wrong, before anything is changed. */
static int check_all(struct staging *s, struct launch_digest *digest)
{
	size_t opaque_bytes;
	int ret = CVM_OK;

	if (s->driver)
		ret = check_kind(s);
	if (!ret && s->driver)
		ret = check_size(s);
	if (!ret)
		ret = check_content(s);
	if (!ret)
		ret = check_hash(s);
	if (!ret && opaque_file)
		ret = opaque_load(opaque_file, &s->opaque, &s->opaque_size, &opaque_bytes);
	if (!ret && measure_too)
		ret = prepare_measurement(s, digest);
	if (!ret)
		check_descriptor(s);
	return ret;
}

static void show_state(const struct staging *s)
{
	cvm_out_string("file", dry_run ? "Would stage" : "Staged", s->file);
	cvm_out_quantity("image_size_bytes", "Size", s->size, CVM_BYTES);
	cvm_out_bytes("sha256", "SHA-256", s->hash, sizeof(s->hash));
}

static int stage(struct staging *s)
{
	struct launch_digest digest;
	int ret;

	ret = check_all(s, &digest);
	if (!ret && !dry_run)
		ret = stage_image(s);
	if (ret)
		return ret;
	show_state(s);
	if (measure_too)
		show_measurement(s, &digest);
	if (dry_run)
		return CVM_OK;
	if (arm_too)
		return cmd_arm(0, NULL);
	cvm_out_string("state", "State", "staged");
	cvm_out_string(NULL, "Next", "`vmfwctl arm`, then a reboot");
	return CVM_OK;
}

int cmd_stage(int argc, char **argv)
{
	struct staging s = { .file = argv[0], .tried = cvm_fmt("staging '%s'", argv[0]) };
	struct fw_driver drv;
	int ret = CVM_OK;

	(void)argc;
	if (dry_run && access(FW_DIR, F_OK)) {
		cvm_warn("without the driver vmfwupdate it is not known which sizes are taken here");
	} else {
		ret = fw_driver_read(&drv);
		s.driver = &drv;
	}
	if (!ret)
		ret = cvm_read_file(s.file, FWUP_IMAGE_MAX, &s.data, &s.size);
	if (!ret)
		ret = stage(&s);
	free(s.opaque);
	free(s.data);
	return ret;
}
