// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's firmware upload class, /sys/class/firmware/vmfwupdate, where the
 * kernel has it: loading an image there stages and arms it, by the same state
 * machine as the files below /sys/firmware/vmfwupdate.
 */
#include <linux/firmware.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "update.h"

#if IS_ENABLED(CONFIG_FW_UPLOAD)

/* So often its remaining_size is seen to change. */
#define UPLOAD_CHUNK	SZ_64K

static enum fw_upload_err upload_error(int err)
{
	switch (err) {
	case 0:
		return FW_UPLOAD_ERR_NONE;
	case -EBUSY:
		return FW_UPLOAD_ERR_BUSY;
	case -EFBIG:
	case -EINVAL:
		return FW_UPLOAD_ERR_INVALID_SIZE;
	case -ETIMEDOUT:
		return FW_UPLOAD_ERR_TIMEOUT;
	default:
		return FW_UPLOAD_ERR_HW_ERROR;
	}
}

static enum fw_upload_err upload_prepare(struct fw_upload *upload, const u8 *data, u32 size)
{
	struct fwup *fw = upload->dd_handle;
	int ret;

	WRITE_ONCE(fw->upload_cancelled, false);
	mutex_lock(&fw->lock);
	fw->upload_writer = 0;
	ret = fwup_declare(fw, size);
	mutex_unlock(&fw->lock);
	return upload_error(ret);
}

static enum fw_upload_err upload_write(struct fw_upload *upload, const u8 *data, u32 offset,
				       u32 size, u32 *written)
{
	struct fwup *fw = upload->dd_handle;
	int ret;

	if (READ_ONCE(fw->upload_cancelled))
		return FW_UPLOAD_ERR_CANCELED;
	size = min_t(u32, size, UPLOAD_CHUNK);
	mutex_lock(&fw->lock);
	ret = fwup_stage(fw, &fw->upload_writer, offset, data + offset, size);
	mutex_unlock(&fw->lock);
	*written = ret ? 0 : size;
	return upload_error(ret);
}

/* Another writer may have come in between; what is armed must be this image. */
static enum fw_upload_err upload_complete(struct fw_upload *upload)
{
	struct fwup *fw = upload->dd_handle;
	int ret;

	if (READ_ONCE(fw->upload_cancelled))
		return FW_UPLOAD_ERR_CANCELED;
	mutex_lock(&fw->lock);
	if (fw->image.number && fw->image.number == fw->upload_writer)
		ret = fwup_arm(fw);
	else
		ret = fwup_fail(fw, -EBUSY, "another writer has begun a new image");
	mutex_unlock(&fw->lock);
	return upload_error(ret);
}

static void upload_cancel(struct fw_upload *upload)
{
	struct fwup *fw = upload->dd_handle;

	WRITE_ONCE(fw->upload_cancelled, true);
}

static const struct fw_upload_ops upload_ops = {
	.prepare = upload_prepare,
	.write = upload_write,
	.poll_complete = upload_complete,
	.cancel = upload_cancel,
};

/**
 * fwup_upload_add() - registers with the firmware upload class
 * @fw: the update, ready for use
 *
 * Without a reference to the module, which could not be removed then.
 *
 * Return: 0, or an error with nothing left behind.
 */
int fwup_upload_add(struct fwup *fw)
{
	fw->upload = firmware_upload_register(NULL, fw->dev, "vmfwupdate", &upload_ops, fw);
	return PTR_ERR_OR_ZERO(fw->upload);
}

/**
 * fwup_upload_remove() - undoes fwup_upload_add(), after an upload has ended
 * @fw: the update
 */
void fwup_upload_remove(struct fwup *fw)
{
	firmware_upload_unregister(fw->upload);
}

#else

int fwup_upload_add(struct fwup *fw)
{
	return 0;
}

void fwup_upload_remove(struct fwup *fw)
{
}

#endif
