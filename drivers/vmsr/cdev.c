// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vmsr, and the file descriptors that are VMs.
 *
 * Who may open the device may make VMs of its own threads; the device node's
 * permissions say who that is. A VM's descriptor shows that VM and nothing else,
 * so it may be handed on: to a VMM that may not open the device itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vmsr.h"

#define VMSR_INTERFACE_VERSION	1

union vmsr_args {
	struct vmsr_info info;
	struct vmsr_create_vm create_vm;
	struct vmsr_vcpu_thread vcpu;
	struct vmsr_msr_list msr_list;
	struct vmsr_msr_access msr;
	struct vmsr_energy energy;
	struct vmsr_state_access state;
	struct vmsr_helper helper;
};

/**
 * struct vmsr_ioctl - one request
 * @cmd: its number
 * @size: of the struct as it is known here
 * @flags: flags that are known
 * @fn: does it; an argument that it changed is copied back when it returns 0 or
 *	more
 */
struct vmsr_ioctl {
	unsigned int cmd;
	u32 size;
	u32 flags;
	long (*fn)(struct vmsr_vm *vm, union vmsr_args *args,
		   void __user *user);
};

/* The first two members of each struct. */
struct vmsr_head {
	u32 size;
	u32 flags;
};

static long copy_back(void __user *user, const union vmsr_args *args,
		      const struct vmsr_ioctl *ioctl)
{
	const struct vmsr_head *head = (const void *)args;

	return copy_to_user(user, args, min(head->size, ioctl->size)) ?
	       -EFAULT : 0;
}

static long do_ioctl(const struct vmsr_ioctl *table, unsigned int cmd,
		     struct vmsr_vm *vm, void __user *user)
{
	const struct vmsr_ioctl *ioctl;
	union vmsr_args args = {};
	struct vmsr_head *head = (void *)&args;
	u32 size;
	long ret;

	for (ioctl = table; ioctl->fn; ioctl++)
		if (ioctl->cmd == cmd)
			break;
	if (!ioctl->fn)
		return -ENOTTY;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	/* No version of a struct is shorter than the first. */
	if (size < ioctl->size)
		return -EINVAL;
	/* Nor is any going to be so long: what is new in it would be looked through. */
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&args, ioctl->size, user, size);
	if (ret)
		return ret;
	/* What counts is what was checked, not what user space makes of it. */
	head->size = size;
	if (head->flags & ~ioctl->flags)
		return -EINVAL;
	ret = ioctl->fn(vm, &args, user);
	/* A descriptor cannot be taken back once it is known: copied before. */
	if (ret < 0 || cmd == VMSR_CREATE_VM)
		return ret;
	return copy_back(user, &args, ioctl) ?: ret;
}

/* ---- a VM ---- */

static long ioctl_add_vcpu(struct vmsr_vm *vm, union vmsr_args *args,
			   void __user *user)
{
	struct vmsr_vcpu_thread *a = &args->vcpu;

	if (a->reserved)
		return -EINVAL;
	return vmsr_vm_add_vcpu(vm, a->vcpu, a->tid, a->package, a->core);
}

static long ioctl_remove_vcpu(struct vmsr_vm *vm, union vmsr_args *args,
			      void __user *user)
{
	struct vmsr_vcpu_thread *a = &args->vcpu;

	if (a->reserved || a->tid || a->package || a->core)
		return -EINVAL;
	return vmsr_vm_remove_vcpu(vm, a->vcpu);
}

static long ioctl_list_msrs(struct vmsr_vm *vm, union vmsr_args *args,
			    void __user *user)
{
	struct vmsr_msr_list *a = &args->msr_list;
	u32 i, nr = vmsr_guest_msrs(vm), room = a->nr;
	void __user *entries = u64_to_user_ptr(a->entries);
	struct vmsr_msr msr;

	if (a->entry_size < sizeof(msr) || a->entry_size % sizeof(u32) ||
	    a->entry_size > PAGE_SIZE)
		return -EINVAL;
	a->nr = nr;
	if (room < nr)
		return put_user(nr, &((struct vmsr_msr_list __user *)user)->nr) ?:
		       -ENOSPC;
	for (i = 0; i < nr; i++) {
		vmsr_guest_msr(vm, i, &msr);
		if (copy_to_user(entries, &msr, sizeof(msr)) ||
		    clear_user(entries + sizeof(msr),
			       a->entry_size - sizeof(msr)))
			return -EFAULT;
		entries += a->entry_size;
	}
	return 0;
}

static long ioctl_read_msr(struct vmsr_vm *vm, union vmsr_args *args,
			   void __user *user)
{
	return vmsr_guest_read(vm, args->msr.vcpu, args->msr.index,
			       &args->msr.value);
}

static long ioctl_write_msr(struct vmsr_vm *vm, union vmsr_args *args,
			    void __user *user)
{
	return vmsr_guest_write(vm, args->msr.vcpu, args->msr.index);
}

static long ioctl_energy(struct vmsr_vm *vm, union vmsr_args *args,
			 void __user *user)
{
	vmsr_vm_energy(vm, &args->energy);
	vmsr_vm_told(vm, args->energy.updated_ns);
	return 0;
}

static long ioctl_save(struct vmsr_vm *vm, union vmsr_args *args,
		       void __user *user)
{
	struct vmsr_state_access *a = &args->state;
	u32 room = a->length, length = vmsr_state_length(vm);

	if (a->reserved)
		return -EINVAL;
	a->length = length;
	if (room < length)
		return put_user(length, &((struct vmsr_state_access __user *)user)->length) ?:
		       -ENOSPC;
	return vmsr_state_save(vm, u64_to_user_ptr(a->data));
}

static long ioctl_restore(struct vmsr_vm *vm, union vmsr_args *args,
			  void __user *user)
{
	struct vmsr_state_access *a = &args->state;

	if (a->reserved)
		return -EINVAL;
	return vmsr_state_restore(vm, u64_to_user_ptr(a->data), a->length);
}

static long ioctl_add_helper(struct vmsr_vm *vm, union vmsr_args *args,
			     void __user *user)
{
	struct vmsr_helper *a = &args->helper;
	int err;

	if (a->reserved || a->pid <= 0)
		return -EINVAL;
	mutex_lock(&vmsr_lock);
	err = vmsr_helper_add(vm, a->pid, false);
	mutex_unlock(&vmsr_lock);
	return err;
}

static const struct vmsr_ioctl vmfd_ioctls[] = {
	{ VMSR_VM_ADD_VCPU, sizeof(struct vmsr_vcpu_thread), 0, ioctl_add_vcpu },
	{ VMSR_VM_REMOVE_VCPU, sizeof(struct vmsr_vcpu_thread), 0,
	  ioctl_remove_vcpu },
	{ VMSR_VM_LIST_MSRS, sizeof(struct vmsr_msr_list), 0, ioctl_list_msrs },
	{ VMSR_VM_READ_MSR, sizeof(struct vmsr_msr_access), 0, ioctl_read_msr },
	{ VMSR_VM_WRITE_MSR, sizeof(struct vmsr_msr_access), 0,
	  ioctl_write_msr },
	{ VMSR_VM_ENERGY, sizeof(struct vmsr_energy), 0, ioctl_energy },
	{ VMSR_VM_SAVE, sizeof(struct vmsr_state_access), 0, ioctl_save },
	{ VMSR_VM_RESTORE, sizeof(struct vmsr_state_access), 0, ioctl_restore },
	{ VMSR_VM_ADD_HELPER, sizeof(struct vmsr_helper), 0, ioctl_add_helper },
	{}
};

static long vmfd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return do_ioctl(vmfd_ioctls, cmd, file->private_data,
			(void __user *)arg);
}

static int vmfd_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vmsr_vm *vm = file->private_data;

	/*
	 * The file is open for reading only, so a shared mapping can never be
	 * made writable. A private one would show what it was once.
	 */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	return remap_vmalloc_range(vma, vm->page, vma->vm_pgoff);
}

static __poll_t vmfd_poll(struct file *file, poll_table *wait)
{
	struct vmsr_vm *vm = file->private_data;

	poll_wait(file, &vm->wait, wait);
	return vmsr_vm_has_news(vm) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void vmfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct vmsr_vm *vm = file->private_data;

	seq_printf(m, "vmsr-vm:\t%u\n", vm->id);
}

static int vmfd_release(struct inode *inode, struct file *file)
{
	vmsr_vm_destroy(file->private_data);
	return 0;
}

static const struct file_operations vmfd_fops = {
	.owner = THIS_MODULE,
	.release = vmfd_release,
	.unlocked_ioctl = vmfd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vmfd_mmap,
	.poll = vmfd_poll,
	.show_fdinfo = vmfd_show_fdinfo,
};

/* ---- the device ---- */

static long ioctl_info(struct vmsr_vm *vm, union vmsr_args *args,
		       void __user *user)
{
	struct vmsr_info *a = &args->info;

	a->version = VMSR_INTERFACE_VERSION;
	a->nr_packages = vmsr_packages_count();
	a->period_ns = vmsr_sampler_period_ns();
	a->max_vms = vmsr_max_vms;
	a->nr_vms = vmsr_vms_count();
	return 0;
}

static const struct vmsr_ioctl create_vm_ioctl;

static long ioctl_create_vm(struct vmsr_vm *unused, union vmsr_args *args,
			    void __user *user)
{
	struct vmsr_create_vm *a = &args->create_vm;
	char comm[TASK_COMM_LEN];
	struct vmsr_vm_spec spec = {
		.name = a->name,
		.owner = VMSR_OWNER_FD,
		.flags = a->flags,
		.interface = a->interface,
		.nr_vcpus = a->nr_vcpus,
		.nr_packages = a->nr_packages,
		.nr_cores = a->nr_cores,
	};
	struct vmsr_vm *vm;
	struct file *file;
	int fd;

	if (a->reserved || strnlen(a->name, sizeof(a->name)) == sizeof(a->name))
		return -EINVAL;
	if (a->interface > VMSR_INTERFACE_AMD ||
	    !a->nr_vcpus || a->nr_vcpus > VMSR_MAX_VCPUS ||
	    !a->nr_cores || a->nr_cores > VMSR_MAX_VCPUS ||
	    !a->nr_packages || a->nr_packages > VMSR_MAX_PACKAGES)
		return -EINVAL;
	if (!a->name[0])
		spec.name = get_task_comm(comm, current);

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	vm = vmsr_vm_create(&spec);
	if (IS_ERR(vm)) {
		put_unused_fd(fd);
		return PTR_ERR(vm);
	}
	file = anon_inode_getfile("[vmsr-vm]", &vmfd_fops, vm, O_RDONLY);
	if (IS_ERR(file)) {
		vmsr_vm_destroy(vm);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	a->id = vm->id;
	a->map_size = vm->page_size;
	if (copy_back(user, args, &create_vm_ioctl)) {
		fput(file);
		put_unused_fd(fd);
		return -EFAULT;
	}
	fd_install(fd, file);
	return fd;
}

static const struct vmsr_ioctl create_vm_ioctl = {
	VMSR_CREATE_VM, sizeof(struct vmsr_create_vm), VMSR_CREATE_NO_OVERHEAD,
	ioctl_create_vm
};

static const struct vmsr_ioctl device_ioctls[] = {
	{ VMSR_INFO, sizeof(struct vmsr_info), 0, ioctl_info },
	{ VMSR_CREATE_VM, sizeof(struct vmsr_create_vm),
	  VMSR_CREATE_NO_OVERHEAD, ioctl_create_vm },
	{}
};

static long device_ioctl(struct file *file, unsigned int cmd,
			 unsigned long arg)
{
	return do_ioctl(device_ioctls, cmd, NULL, (void __user *)arg);
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice vmsr_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vmsr",
	.fops = &device_fops,
	.mode = 0600,
};

/**
 * vmsr_cdev_init - make /dev/vmsr
 *
 * Return: 0 or a negative errno after a message.
 */
int vmsr_cdev_init(void)
{
	int err = misc_register(&vmsr_device);

	if (err)
		pr_err("/dev/vmsr cannot be made (%d)\n", err);
	return err;
}

/**
 * vmsr_cdev_exit - remove /dev/vmsr
 */
void vmsr_cdev_exit(void)
{
	misc_deregister(&vmsr_device);
}
