/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The update itself: its state, and the operations that a hypervisor's interface
 * has to provide for it.
 */
#ifndef VMFWUPDATE_UPDATE_H
#define VMFWUPDATE_UPDATE_H

#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

#include "fwcfg.h"
#include "image.h"
#include "payload.h"
#include "verdict.h"

#define FWUP_FILES_MAX		5
#define FWUP_FILE_SIZES		3
#define FWUP_ERROR_SIZE		256

struct fw_upload;
struct fwup;

/**
 * enum fwup_state - what userspace sees in the file state
 * @FWUP_IDLE: no image, nothing at the hypervisor
 * @FWUP_STAGED: an image has been, or is being, written
 * @FWUP_ARMED: the hypervisor takes it at the next reset
 * @FWUP_DISABLED: the hypervisor takes nothing until the next reset
 * @FWUP_FAILED: the last attempt failed, last_error says why
 */
enum fwup_state {
	FWUP_IDLE,
	FWUP_STAGED,
	FWUP_ARMED,
	FWUP_DISABLED,
	FWUP_FAILED,
};

/**
 * struct fwup_file_rule - one fw_cfg file of an interface
 * @name: without the optional prefix etc/
 * @sizes: the only lengths it may have, as many as are not 0
 */
struct fwup_file_rule {
	const char *name;
	u32 sizes[FWUP_FILE_SIZES];
};

/**
 * struct fwup_backend - one of the interfaces that hypervisors offer
 * @name: what userspace sees in the file interface
 * @key_file: the file that tells this interface from the others
 * @files: all its files; @fwup.file has the same order
 * @nr_files: how many
 * @copies: the hypervisor is done with the payload when @arm returns
 * @keeps: it holds the address over a reset
 * @start: sets @fwup.opaque_size, and looks at what cannot be asked again later
 * @stop: gives back what @start and the others allocated; may be NULL
 * @limits: asks which images are taken
 * @capabilities: asks for the bits as the interface defines them
 * @address: asks which image the hypervisor would take now, 0 for none
 * @disabled: asks whether the hypervisor takes nothing any more
 * @status: asks for the hypervisor's own idea, one word
 * @arm: offers &fwup.payload, and makes sure that it was understood
 * @disarm: makes sure that the hypervisor forgets it, and restores what @arm
 *	changed; when this fails the payload must not be reused
 * @disable: takes nothing until the next reset
 * @revert: makes the next reset start the hypervisor's own firmware; NULL when
 *	there is no way to
 * @held: whether what the next reset does hangs on this driver, which then can
 *	neither leave nor let the machine sleep; NULL for never
 * @before_reset: the last word before an ordered reset; may be NULL
 * @opaque_read: copies the whole buffer out
 * @opaque_write: replaces the whole buffer
 *
 * All are called with &fwup.lock held, and report an error with fwup_fail().
 */
struct fwup_backend {
	const char *name;
	const char *key_file;
	const struct fwup_file_rule *files;
	unsigned int nr_files;
	bool copies;
	bool keeps;

	int (*start)(struct fwup *fw);
	void (*stop)(struct fwup *fw);
	int (*limits)(struct fwup *fw, struct fwup_limits *limits);
	int (*capabilities)(struct fwup *fw, u64 *bits);
	int (*address)(struct fwup *fw, u64 *addr);
	int (*disabled)(struct fwup *fw, bool *disabled);
	int (*status)(struct fwup *fw, const char **word);
	int (*arm)(struct fwup *fw);
	int (*disarm)(struct fwup *fw);
	int (*disable)(struct fwup *fw);
	int (*revert)(struct fwup *fw);
	bool (*held)(struct fwup *fw);
	void (*before_reset)(struct fwup *fw);
	int (*opaque_read)(struct fwup *fw, void *buf);
	int (*opaque_write)(struct fwup *fw, const void *buf);
};

/**
 * struct fwup_launch - what the backend launch-update has to remember
 * @word: what control must hold at the reset: nothing, or the way back
 * @mark: what tells a next kernel of @word
 * @pending: the hypervisor has, or may have, accepted an image
 * @disabled: it takes nothing any more; it cannot be asked
 * @caps: its capabilities
 * @opaque: the opaque bytes, or NULL
 * @opaque_dma: their address
 * @opaque_len: how many
 * @opaque_reserved: @opaque is a mapping of memory that the kernel left alone
 */
struct fwup_launch {
	u64 word;
	u32 mark;
	bool pending;
	bool disabled;
	u64 caps;
	void *opaque;
	u64 opaque_dma;
	u64 opaque_len;
	bool opaque_reserved;
};

/**
 * struct fwup - the one update of this machine
 * @kobj: /sys/firmware/vmfwupdate
 * @gone: nobody holds @kobj any more
 * @pdev: owns the shared memory and sends the uevents
 * @dev: the same, for short
 * @lock: all that follows
 * @cfg: the fw_cfg device
 * @backend: the interface that was found
 * @file: its files
 * @opaque_size: bytes in the buffer that survives the reset
 * @found: address that the hypervisor held when the module was loaded
 * @launch: of the backend launch-update
 * @region_before: size of the BIOS region before arming resized it, or 0
 * @limits: which images are taken, asked when the current one was begun
 * @image: what is being written
 * @images: how many were begun
 * @declared: length announced for the next image, or 0
 * @payload: what the hypervisor will take
 * @state: see &enum fwup_state
 * @paused: armed, but withdrawn while the machine sleeps
 * @reverting: armed, but without an image: the hypervisor's own comes back
 * @held: this driver holds a reference to its module
 * @stuck: the hypervisor may still hold what it was to forget
 * @hushed: the log waits until an attempt is over
 * @closed: another kernel is about to take over: nothing may be armed
 * @upload: in the kernel's firmware upload class
 * @upload_writer: the image that it wrote
 * @upload_cancelled: it shall stop; not under @lock
 * @last_error: one line, empty after a success
 */
struct fwup {
	struct kobject kobj;
	struct completion gone;
	struct platform_device *pdev;
	struct device *dev;

	struct mutex lock; /* all that follows, and the hypervisor's attention */
	struct fwcfg cfg;
	const struct fwup_backend *backend;
	struct fwcfg_file file[FWUP_FILES_MAX];
	u32 opaque_size;
	u64 found;
	struct fwup_launch launch;
	u64 region_before;
	struct fwup_limits limits;
	struct fwup_image image;
	unsigned long images;
	u64 declared;
	struct fwup_payload payload;
	enum fwup_state state;
	bool paused;
	bool reverting;
	bool held;
	bool stuck;
	bool hushed;
	bool closed;
	struct fw_upload *upload;
	unsigned long upload_writer;
	bool upload_cancelled;
	char last_error[FWUP_ERROR_SIZE];
};

extern const struct fwup_backend fwup_bios_addr;
extern const struct fwup_backend fwup_fw_blob;
extern const struct fwup_backend fwup_launch_update;

int fwup_fail(struct fwup *fw, int err, const char *fmt, ...) __printf(3, 4);
void fwup_set_state(struct fwup *fw, enum fwup_state state);
int fwup_check_idle(struct fwup *fw);
const char *fwup_state_name(enum fwup_state state);
int fwup_read_item(struct fwup *fw, int file, void *buf, u32 len);
int fwup_write_item(struct fwup *fw, int file, const void *buf, u32 len);
int fwup_detect(struct fwup *fw);
int fwup_adopt(struct fwup *fw);
int fwup_declare(struct fwup *fw, u64 size);
int fwup_stage(struct fwup *fw, unsigned long *writer, u64 pos, const void *buf, size_t len);
int fwup_stage_block(struct fwup *fw, unsigned long *writer, u64 pos, void *block);
size_t fwup_read_image(struct fwup *fw, u64 pos, void *buf, size_t len);
int fwup_arm(struct fwup *fw);
int fwup_cancel(struct fwup *fw);
int fwup_disable(struct fwup *fw);
int fwup_revert(struct fwup *fw);
int fwup_pause(struct fwup *fw);
void fwup_resume(struct fwup *fw);
void fwup_close(struct fwup *fw);
void fwup_before_reset(struct fwup *fw);
size_t fwup_running_size(const struct fwup *fw);
int fwup_running_read(size_t size, size_t pos, void *buf, size_t len);

int fwup_sysfs_add(struct fwup *fw);
void fwup_sysfs_remove(struct fwup *fw);
void fwup_sysfs_state_changed(struct fwup *fw);
int fwup_cdev_add(struct fwup *fw);
void fwup_cdev_remove(struct fwup *fw);
int fwup_upload_add(struct fwup *fw);
void fwup_upload_remove(struct fwup *fw);

#endif
