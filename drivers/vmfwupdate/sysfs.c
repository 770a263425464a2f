// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/firmware/vmfwupdate: what an init script sees. Documented in
 * Documentation/ABI/sysfs-firmware-vmfwupdate. For root only: reading
 * asks the hypervisor, and what is read may be secret.
 */
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "update.h"

static struct fwup *to_fwup(struct kobject *kobj)
{
	return container_of(kobj, struct fwup, kobj);
}

static ssize_t interface_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_fwup(kobj)->backend->name);
}

static ssize_t capabilities_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	u64 bits;
	int ret;

	mutex_lock(&fw->lock);
	ret = fw->backend->capabilities(fw, &bits);
	mutex_unlock(&fw->lock);
	return ret ?: sysfs_emit(buf, "0x%llx\n", bits);
}

static ssize_t bios_size_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	struct fwup_limits limits;
	int ret;

	mutex_lock(&fw->lock);
	ret = fw->backend->limits(fw, &limits);
	mutex_unlock(&fw->lock);
	return ret ?: sysfs_emit(buf, "%llu\n", limits.region);
}

static ssize_t bios_addr_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	u64 addr;
	int ret;

	mutex_lock(&fw->lock);
	ret = fw->backend->address(fw, &addr);
	mutex_unlock(&fw->lock);
	return ret ?: sysfs_emit(buf, "0x%llx\n", addr);
}

static ssize_t status_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	const char *word;
	int ret;

	mutex_lock(&fw->lock);
	ret = fw->backend->status(fw, &word);
	mutex_unlock(&fw->lock);
	return ret ?: sysfs_emit(buf, "%s\n", word);
}

static ssize_t disable_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	bool disabled;
	int ret;

	mutex_lock(&fw->lock);
	ret = fw->backend->disabled(fw, &disabled);
	mutex_unlock(&fw->lock);
	return ret ?: sysfs_emit(buf, "%d\n", disabled);
}

static ssize_t disable_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	struct fwup *fw = to_fwup(kobj);
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	mutex_lock(&fw->lock);
	if (ret || !on)
		ret = fwup_fail(fw, -EINVAL,
				"only 1 can be written to disable: it lasts until the next reset");
	else
		ret = fwup_disable(fw);
	mutex_unlock(&fw->lock);
	return ret ?: count;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	enum fwup_state state;

	mutex_lock(&fw->lock);
	state = fw->state;
	mutex_unlock(&fw->lock);
	return sysfs_emit(buf, "%s\n", fwup_state_name(state));
}

static ssize_t arm_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	bool armed;

	mutex_lock(&fw->lock);
	armed = fw->state == FWUP_ARMED;
	mutex_unlock(&fw->lock);
	return sysfs_emit(buf, "%d\n", armed);
}

static ssize_t arm_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *buf, size_t count)
{
	struct fwup *fw = to_fwup(kobj);
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	mutex_lock(&fw->lock);
	if (ret)
		ret = fwup_fail(fw, ret, "arm takes 1, or 0 to take everything back");
	else if (on)
		ret = fwup_arm(fw);
	else
		ret = fwup_cancel(fw);
	mutex_unlock(&fw->lock);
	return ret ?: count;
}

static ssize_t revert_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	struct fwup *fw = to_fwup(kobj);
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	mutex_lock(&fw->lock);
	if (ret || !on)
		ret = fwup_fail(fw, -EINVAL,
				"only 1 can be written to revert: write 0 to arm to take it back");
	else
		ret = fwup_revert(fw);
	mutex_unlock(&fw->lock);
	return ret ?: count;
}

static ssize_t image_size_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	u64 size;

	mutex_lock(&fw->lock);
	size = fw->payload.data ? fw->payload.size : fw->image.size;
	mutex_unlock(&fw->lock);
	return sysfs_emit(buf, "%llu\n", size);
}

static ssize_t image_size_store(struct kobject *kobj, struct kobj_attribute *attr,
				const char *buf, size_t count)
{
	struct fwup *fw = to_fwup(kobj);
	u64 size;
	int ret;

	ret = kstrtou64(buf, 0, &size);
	mutex_lock(&fw->lock);
	if (ret)
		ret = fwup_fail(fw, ret, "image_size takes a number of bytes");
	else
		ret = fwup_declare(fw, size);
	mutex_unlock(&fw->lock);
	return ret ?: count;
}

static ssize_t last_error_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fwup *fw = to_fwup(kobj);
	ssize_t ret;

	mutex_lock(&fw->lock);
	ret = sysfs_emit(buf, "%s\n", fw->last_error);
	mutex_unlock(&fw->lock);
	return ret;
}

#define FWUP_ATTR_RO(_name) \
	static struct kobj_attribute _name##_attr = __ATTR(_name, 0400, _name##_show, NULL)
#define FWUP_ATTR_RW(_name) \
	static struct kobj_attribute _name##_attr = __ATTR(_name, 0600, _name##_show, _name##_store)

FWUP_ATTR_RO(interface);
FWUP_ATTR_RO(capabilities);
FWUP_ATTR_RO(bios_size);
FWUP_ATTR_RO(bios_addr);
FWUP_ATTR_RO(status);
FWUP_ATTR_RO(state);
FWUP_ATTR_RO(last_error);
FWUP_ATTR_RW(disable);
FWUP_ATTR_RW(arm);
FWUP_ATTR_RW(image_size);
static struct kobj_attribute revert_attr = __ATTR(revert, 0200, NULL, revert_store);

static struct attribute *fwup_attrs[] = {
	&interface_attr.attr,
	&capabilities_attr.attr,
	&bios_size_attr.attr,
	&bios_addr_attr.attr,
	&status_attr.attr,
	&state_attr.attr,
	&last_error_attr.attr,
	&disable_attr.attr,
	&arm_attr.attr,
	&image_size_attr.attr,
	&revert_attr.attr,
	NULL,
};

static const struct attribute_group fwup_group = { .attrs = fwup_attrs };
static const struct attribute_group *fwup_groups[] = { &fwup_group, NULL };

static ssize_t image_read(struct file *filp, struct kobject *kobj, BIN_ATTRIBUTE_ARG attr,
			  char *buf, loff_t pos, size_t len)
{
	struct fwup *fw = to_fwup(kobj);
	ssize_t ret;

	mutex_lock(&fw->lock);
	ret = fwup_read_image(fw, pos, buf, len);
	mutex_unlock(&fw->lock);
	return ret;
}

/*
 * A place of the open file's own, zero at its opening, that sysfs leaves to us
 * (kernfs_of() in fs/kernfs/file.c; priv in linux/kernfs.h). The file's address
 * does not tell writers apart: the next one may get the same.
 */
static unsigned long *fwup_writer(struct file *filp)
{
	struct seq_file *seq = filp->private_data;
	struct kernfs_open_file *of = seq->private;

	return (unsigned long *)&of->priv;
}

static ssize_t image_write(struct file *filp, struct kobject *kobj, BIN_ATTRIBUTE_ARG attr,
			   char *buf, loff_t pos, size_t len)
{
	struct fwup *fw = to_fwup(kobj);
	int ret;

	mutex_lock(&fw->lock);
	ret = fwup_stage(fw, fwup_writer(filp), pos, buf, len);
	mutex_unlock(&fw->lock);
	return ret ?: len;
}

static ssize_t opaque_read(struct file *filp, struct kobject *kobj, BIN_ATTRIBUTE_ARG attr,
			   char *buf, loff_t pos, size_t len)
{
	struct fwup *fw = to_fwup(kobj);
	u32 size = fw->opaque_size;
	u8 *copy;
	int ret;

	copy = kmalloc(size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	mutex_lock(&fw->lock);
	ret = fw->backend->opaque_read(fw, copy);
	mutex_unlock(&fw->lock);
	/* sysfs keeps pos and len within the attribute's size. */
	if (!ret)
		memcpy(buf, copy + pos, len);
	kfree_sensitive(copy);
	return ret ?: len;
}

/* The hypervisor is given the whole buffer; the rest of it stays as it was. */
static ssize_t opaque_write(struct file *filp, struct kobject *kobj, BIN_ATTRIBUTE_ARG attr,
			    char *buf, loff_t pos, size_t len)
{
	struct fwup *fw = to_fwup(kobj);
	u32 size = fw->opaque_size;
	u8 *copy;
	int ret;

	copy = kmalloc(size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	mutex_lock(&fw->lock);
	ret = fw->backend->opaque_read(fw, copy);
	/* What cannot be found any more was zeros. */
	if (!ret || ret == -ENXIO) {
		memcpy(copy + pos, buf, len);
		ret = fw->backend->opaque_write(fw, copy);
	}
	mutex_unlock(&fw->lock);
	kfree_sensitive(copy);
	return ret ?: len;
}

static ssize_t running_read(struct file *filp, struct kobject *kobj, BIN_ATTRIBUTE_ARG attr,
			    char *buf, loff_t pos, size_t len)
{
	return fwup_running_read(attr->size, pos, buf, len) ?: len;
}

/* No size: how long an image may be is for the driver to say, with a reason. */
static struct bin_attribute image_attr = {
	.attr = { .name = "image", .mode = 0600 },
	.read = image_read,
	.write = image_write,
};

static struct bin_attribute opaque_attr = {
	.attr = { .name = "opaque", .mode = 0600 },
	.read = opaque_read,
	.write = opaque_write,
};

static struct bin_attribute running_attr = {
	.attr = { .name = "running", .mode = 0400 },
	.read = running_read,
};

static void fwup_release(struct kobject *kobj)
{
	complete(&to_fwup(kobj)->gone);
}

static struct kobj_type fwup_ktype = {
	.release = fwup_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = fwup_groups,
};

/**
 * fwup_sysfs_state_changed() - tells udev, and whoever polls the file state
 * @fw: the update
 */
void fwup_sysfs_state_changed(struct fwup *fw)
{
	char error[sizeof("VMFWUPDATE_ERROR=") + FWUP_ERROR_SIZE];
	char state[sizeof("VMFWUPDATE_STATE=") + 16];
	char *env[3] = { state };

	snprintf(state, sizeof(state), "VMFWUPDATE_STATE=%s", fwup_state_name(fw->state));
	if (fw->state == FWUP_FAILED) {
		snprintf(error, sizeof(error), "VMFWUPDATE_ERROR=%s", fw->last_error);
		env[1] = error;
	}
	kobject_uevent_env(&fw->dev->kobj, KOBJ_CHANGE, env);
	sysfs_notify(&fw->kobj, NULL, "state");
}

static void fwup_sysfs_put(struct fwup *fw)
{
	kobject_put(&fw->kobj);
	wait_for_completion(&fw->gone);
}

/**
 * fwup_sysfs_add() - creates /sys/firmware/vmfwupdate
 * @fw: the update, ready for use
 *
 * Return: 0, or an error with nothing left behind.
 */
int fwup_sysfs_add(struct fwup *fw)
{
	int ret;

	init_completion(&fw->gone);
	ret = kobject_init_and_add(&fw->kobj, &fwup_ktype, firmware_kobj, "vmfwupdate");
	if (ret)
		goto put;
	sysfs_bin_attr_init(&image_attr);
	ret = sysfs_create_bin_file(&fw->kobj, &image_attr);
	if (ret)
		goto remove;
	sysfs_bin_attr_init(&opaque_attr);
	opaque_attr.size = fw->opaque_size;
	ret = sysfs_create_bin_file(&fw->kobj, &opaque_attr);
	if (ret)
		goto remove;
	sysfs_bin_attr_init(&running_attr);
	running_attr.size = fwup_running_size(fw);
	if (running_attr.size)
		ret = sysfs_create_bin_file(&fw->kobj, &running_attr);
	if (ret)
		goto remove;
	ret = sysfs_create_link(&fw->kobj, &fw->dev->kobj, "device");
	if (ret)
		goto remove;
	return 0;

remove:
	fwup_sysfs_remove(fw);
	return ret;

put:
	/* It is nowhere that it could be removed from. */
	fwup_sysfs_put(fw);
	return ret;
}

/**
 * fwup_sysfs_remove() - removes it, and waits until nobody uses it any more
 * @fw: the update, which nothing is left of afterwards
 *
 * An armed image keeps the module from being removed, but not from being removed
 * by force.
 */
void fwup_sysfs_remove(struct fwup *fw)
{
	kobject_del(&fw->kobj);
	mutex_lock(&fw->lock);
	fwup_cancel(fw);
	mutex_unlock(&fw->lock);
	fwup_sysfs_put(fw);
}
