// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs and their vCPUs: how they come and go, and what they used.
 *
 * A VM that ends is out of sight at once. Its memory follows a little later:
 * a CPU may be in the middle of counting for it.
 */
#include <linux/cpu.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "vmsr.h"

/* See vmsr.h. */
DEFINE_MUTEX(vmsr_lock);

/* All under vmsr_lock. */
static DEFINE_XARRAY_ALLOC1(vmsr_vms);
static u32 vmsr_next_id;
static unsigned int vmsr_nr_vms;
/* Changes with each VM that comes or goes; never 0. */
static u32 vmsr_generation = 1;
static LIST_HEAD(vmsr_attached);
static LIST_HEAD(vmsr_ended);

static void vmsr_free_ended(struct work_struct *work);
static DECLARE_WORK(vmsr_free_work, vmsr_free_ended);

static void vm_free(struct vmsr_vm *vm)
{
	struct vmsr_vcpu *vcpu;
	unsigned long id;

	xa_for_each(&vm->vcpus, id, vcpu) {
		vmsr_account_free(vcpu->account);
		kfree(vcpu);
	}
	xa_destroy(&vm->vcpus);
	vmsr_account_free(vm->overhead);
	put_pid(vm->pid);
	vfree(vm->page);
	kvfree(vm->cores);
	kvfree(vm->packages);
	kfree(vm);
}

static void vm_settle(struct vmsr_vm *vm)
{
	struct vmsr_vcpu *vcpu;
	unsigned long id;

	xa_for_each(&vm->vcpus, id, vcpu)
		vmsr_account_settle(vcpu->account);
	if (vm->overhead)
		vmsr_account_settle(vm->overhead);
}

static void vmsr_free_ended(struct work_struct *work)
{
	struct vmsr_vm *vm, *next;
	LIST_HEAD(ended);

	mutex_lock(&vmsr_lock);
	list_splice_init(&vmsr_ended, &ended);
	mutex_unlock(&vmsr_lock);
	if (list_empty(&ended))
		return;

	/* A probe may still hold what it found before the VM ended. */
	synchronize_rcu();

	mutex_lock(&vmsr_lock);
	cpus_read_lock();
	vmsr_sampler_collect();
	list_for_each_entry(vm, &ended, node)
		vm_settle(vm);
	cpus_read_unlock();
	mutex_unlock(&vmsr_lock);

	list_for_each_entry_safe(vm, next, &ended, node)
		vm_free(vm);
}

static void vm_belongs_to(struct vmsr_vm *vm, struct task_struct *task)
{
	put_pid(vm->pid);
	vm->pid = get_task_pid(task, PIDTYPE_TGID);
}

/**
 * vmsr_vm_pid - the process that a VM belongs to
 * @vm: the VM
 *
 * Context: vmsr_lock held.
 * Return: its id in the initial namespace, or 0 when it has ended, since somebody
 * else may have the number then.
 */
pid_t vmsr_vm_pid(const struct vmsr_vm *vm)
{
	lockdep_assert_held(&vmsr_lock);
	/* There is none of a task that had ended when the VM was given to it. */
	if (!vm->pid || !pid_has_task(vm->pid, PIDTYPE_TGID))
		return 0;
	return pid_nr(vm->pid);
}

static struct vmsr_vm *vm_alloc(const struct vmsr_vm_spec *spec)
{
	struct vmsr_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	strscpy(vm->name, spec->name, sizeof(vm->name));
	vm->owner = spec->owner;
	vm->flags = spec->flags;
	vm->interface = spec->interface;
	vm->nr_vcpus = spec->nr_vcpus;
	vm->nr_packages = spec->nr_packages;
	vm->nr_cores = spec->nr_cores;
	vm->pid = get_task_pid(current, PIDTYPE_TGID);
	xa_init(&vm->vcpus);
	INIT_LIST_HEAD(&vm->changed);
	INIT_LIST_HEAD(&vm->node);
	INIT_LIST_HEAD(&vm->watched);
	init_waitqueue_head(&vm->wait);
	spin_lock_init(&vm->lock);
	if (!(vm->flags & VMSR_CREATE_NO_OVERHEAD)) {
		vm->overhead = vmsr_account_alloc(vm, NULL);
		if (!vm->overhead)
			goto err;
	}
	if (vm->owner == VMSR_OWNER_FD) {
		vm->packages = kvcalloc(vm->nr_packages, sizeof(u64),
					GFP_KERNEL_ACCOUNT);
		vm->cores = kvcalloc(vm->nr_cores, sizeof(*vm->cores),
				     GFP_KERNEL_ACCOUNT);
		vm->page_size = vmsr_guest_page_size(vm->nr_packages,
						     vm->nr_cores);
		vm->page = vmalloc_user(vm->page_size);
		if (!vm->packages || !vm->cores || !vm->page)
			goto err;
		vmsr_guest_page_init(vm, vmsr_sampler_grid_ns(NULL));
	}
	return vm;

err:
	vm_free(vm);
	return NULL;
}

static void vms_changed(void)
{
	lockdep_assert_held(&vmsr_lock);
	if (!++vmsr_generation)
		vmsr_generation = 1;
}

static int vm_insert(struct vmsr_vm *vm)
{
	int err;

	lockdep_assert_held(&vmsr_lock);
	if (vmsr_nr_vms >= vmsr_max_vms)
		return -ENOSPC;
	err = vmsr_sampler_need();
	if (err)
		return err;
	err = xa_alloc_cyclic(&vmsr_vms, &vm->id, vm,
			      XA_LIMIT(1, INT_MAX), &vmsr_next_id, GFP_KERNEL);
	if (err < 0)
		return err;
	vmsr_nr_vms++;
	vms_changed();
	vmsr_sampler_grid_ns(&vm->created_period);
	return 0;
}

static void vm_zones_add(struct vmsr_vm *vm)
{
	vm->zone = vmsr_zone_add_vm(vm->id);
	if (vm->overhead)
		vm->overhead->zone = vmsr_zone_add_overhead(vm->zone, vm->id);
}

/* What is credited to it later is in no zone any more. */
static void account_zone_end(struct vmsr_account *account)
{
	vmsr_zone_end(account->zone);
	account->zone = NULL;
}

static void vm_remove(struct vmsr_vm *vm)
{
	lockdep_assert_held(&vmsr_lock);
	xa_erase(&vmsr_vms, vm->id);
	vmsr_nr_vms--;
	vms_changed();
}

/**
 * vmsr_vm_create - make a VM
 * @spec: how it shall be
 *
 * Return: the VM, or an ERR_PTR.
 */
struct vmsr_vm *vmsr_vm_create(const struct vmsr_vm_spec *spec)
{
	struct vmsr_vm *vm = vm_alloc(spec);
	int err;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&vmsr_lock);
	err = vm_insert(vm);
	if (!err) {
		/* It may have changed since the page was filled. */
		vmsr_guest_page_period(vm);
		vm_zones_add(vm);
		vmsr_netlink_tell(vm, VMSR_CMD_VM_ADDED, 0);
	}
	mutex_unlock(&vmsr_lock);
	if (err) {
		vm_free(vm);
		return ERR_PTR(err);
	}
	return vm;
}

static void vm_end(struct vmsr_vm *vm)
{
	struct vmsr_vcpu *vcpu;
	unsigned long id;

	lockdep_assert_held(&vmsr_lock);
	vm_remove(vm);
	vmsr_netlink_tell(vm, VMSR_CMD_VM_REMOVED, 0);
	list_del(&vm->watched);
	cpus_read_lock();
	xa_for_each(&vm->vcpus, id, vcpu) {
		if (vcpu->task)
			vmsr_task_remove(vcpu->task);
		vmsr_account_end(vcpu->account);
		account_zone_end(vcpu->account);
	}
	if (vm->overhead) {
		vmsr_processes_forget(vm->overhead);
		vmsr_account_end(vm->overhead);
		account_zone_end(vm->overhead);
	}
	vmsr_accounting_resync();
	vmsr_zone_end(vm->zone);
	vm->zone = NULL;
	cpus_read_unlock();
	list_del(&vm->node);
	list_add_tail(&vm->node, &vmsr_ended);
	schedule_work(&vmsr_free_work);
}

/**
 * vmsr_vm_destroy - a VM ends
 * @vm: the VM; nobody may use it any more
 */
void vmsr_vm_destroy(struct vmsr_vm *vm)
{
	mutex_lock(&vmsr_lock);
	vm_end(vm);
	mutex_unlock(&vmsr_lock);
}

/**
 * vmsr_vms_exit - end the VMs that no descriptor keeps, and free all memory
 */
void vmsr_vms_exit(void)
{
	struct vmsr_vm *vm;
	unsigned long id;

	mutex_lock(&vmsr_lock);
	xa_for_each(&vmsr_vms, id, vm)
		vm_end(vm);
	mutex_unlock(&vmsr_lock);
	flush_work(&vmsr_free_work);
	xa_destroy(&vmsr_vms);
}

/**
 * vmsr_vms_count - how many VMs there are
 *
 * Return: their number.
 */
unsigned int vmsr_vms_count(void)
{
	return READ_ONCE(vmsr_nr_vms);
}

/**
 * vmsr_vms_generation - tell apart which VMs there are
 *
 * Return: a number that is another after a VM has come or gone; never 0.
 */
u32 vmsr_vms_generation(void)
{
	lockdep_assert_held(&vmsr_lock);
	return vmsr_generation;
}

/**
 * vmsr_vm_find - look for a VM
 * @id: its number
 *
 * Return: the VM, or NULL.
 */
struct vmsr_vm *vmsr_vm_find(u32 id)
{
	lockdep_assert_held(&vmsr_lock);
	return xa_load(&vmsr_vms, id);
}

/**
 * vmsr_vm_next - the next VM in the order of their numbers
 * @id: the smallest number wanted; becomes that of the VM
 *
 * Return: the VM, or NULL.
 */
struct vmsr_vm *vmsr_vm_next(unsigned long *id)
{
	lockdep_assert_held(&vmsr_lock);
	return xa_find(&vmsr_vms, id, ULONG_MAX, XA_PRESENT);
}

static struct vmsr_vcpu *vcpu_make(struct vmsr_vm *vm, u32 id, u32 package,
				   u32 core)
{
	struct vmsr_vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	lockdep_assert_held(&vmsr_lock);
	if (!vcpu)
		return ERR_PTR(err);
	vcpu->id = id;
	vcpu->package = package;
	vcpu->core = core;
	vcpu->account = vmsr_account_alloc(vm, vcpu);
	if (vcpu->account)
		err = xa_insert(&vm->vcpus, id, vcpu, GFP_KERNEL_ACCOUNT);
	if (err) {
		vmsr_account_free(vcpu->account);
		kfree(vcpu);
		return ERR_PTR(err);
	}
	vcpu->account->zone = vmsr_zone_add_vcpu(vm->zone, id);
	if (vm->cores) {
		vm->cores[core].used = true;
		vm->cores[core].package = package;
	}
	return vcpu;
}

static int vcpu_add(struct vmsr_vm *vm, u32 id, struct task_struct *task,
		    u32 package, u32 core)
{
	struct vmsr_vcpu *vcpu = xa_load(&vm->vcpus, id);

	lockdep_assert_held(&vmsr_lock);
	if (vcpu && vcpu->task)
		return -EEXIST;
	if (vcpu && (vcpu->package != package || vcpu->core != core))
		return -EINVAL;
	if (vm->cores && vm->cores[core].used &&
	    vm->cores[core].package != package)
		return -EINVAL;
	if (vmsr_task_find(task))
		return -EBUSY;
	if (!vcpu) {
		vcpu = vcpu_make(vm, id, package, core);
		if (IS_ERR(vcpu))
			return PTR_ERR(vcpu);
	}
	if (!vmsr_task_add(task, vcpu->account, vm->overhead))
		return -ENOMEM;
	/* It may have ended before the probe could know it. */
	if (READ_ONCE(task->flags) & PF_EXITING)
		vmsr_accounting_note_exit();
	return 0;
}

/**
 * vmsr_task_of - a thread by its number
 * @tid: as the caller calls it
 *
 * Return: the thread, which the caller puts; or NULL.
 */
struct task_struct *vmsr_task_of(pid_t tid)
{
	struct pid *pid = tid > 0 ? find_get_pid(tid) : NULL;
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);

	put_pid(pid);
	return task;
}

/**
 * vmsr_vm_add_vcpu - a thread runs a vCPU from now on
 * @vm: the VM
 * @id: the vCPU
 * @tid: the thread as the caller calls it, 0 for the caller itself
 * @package: virtual package
 * @core: virtual core
 *
 * Return: 0; -EINVAL for ids that do not exist or were others before, -ESRCH for
 * no such thread, -EPERM for somebody else's, -EEXIST for a vCPU that has a
 * thread, -EBUSY for a thread that has a vCPU, -ENOMEM.
 */
int vmsr_vm_add_vcpu(struct vmsr_vm *vm, u32 id, pid_t tid, u32 package,
		     u32 core)
{
	struct task_struct *task;
	int err;

	if (id >= vm->nr_vcpus || package >= vm->nr_packages ||
	    core >= vm->nr_cores || tid < 0)
		return -EINVAL;
	task = tid ? vmsr_task_of(tid) : get_task_struct(current);
	if (!task)
		return -ESRCH;
	if (task->flags & PF_EXITING)
		err = -ESRCH;
	else if (!same_thread_group(task, current) && !capable(CAP_SYS_ADMIN))
		err = -EPERM;
	else if (task->flags & PF_KTHREAD)
		err = -EINVAL;
	else
		err = 0;
	if (!err) {
		mutex_lock(&vmsr_lock);
		err = vcpu_add(vm, id, task, package, core);
		if (!err)
			vm_belongs_to(vm, task);
		vmsr_accounting_resync();
		mutex_unlock(&vmsr_lock);
	}
	put_task_struct(task);
	return err;
}

/**
 * vmsr_vm_remove_vcpu - a vCPU has no thread any more
 * @vm: the VM
 * @id: the vCPU
 *
 * Return: 0, or -ENOENT when it had none.
 */
int vmsr_vm_remove_vcpu(struct vmsr_vm *vm, u32 id)
{
	struct vmsr_vcpu *vcpu;
	int err = -ENOENT;

	mutex_lock(&vmsr_lock);
	vcpu = xa_load(&vm->vcpus, id);
	if (vcpu && vcpu->task) {
		vmsr_task_remove(vcpu->task);
		vmsr_accounting_resync();
		err = 0;
	}
	mutex_unlock(&vmsr_lock);
	return err;
}

/*
 * Threads of a process that are vCPUs' and not known as such. A few at a time:
 * what follows cannot be done under RCU.
 */
static unsigned int find_vcpu_threads(struct task_struct *leader,
				      struct task_struct **found,
				      unsigned int max)
{
	struct task_struct *t;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_thread(leader, t) {
		if (READ_ONCE(t->flags) & PF_EXITING ||
		    !vmsr_task_is_vcpu(t) || vmsr_task_find(t))
			continue;
		found[n++] = get_task_struct(t);
		if (n == max)
			break;
	}
	rcu_read_unlock();
	return n;
}

/* @id: from where to look for a vCPU that nobody runs at present, or one more. */
static int vcpu_add_found(struct vmsr_vm *vm, struct task_struct *task, u32 *id)
{
	struct vmsr_vcpu *vcpu;

	while ((vcpu = xa_load(&vm->vcpus, *id)) && vcpu->task)
		++*id;
	return *id < vm->nr_vcpus ? vcpu_add(vm, *id, task, 0, *id) : -ENOSPC;
}

static void vm_find_vcpus(struct vmsr_vm *vm)
{
	struct task_struct *found[32];
	unsigned int i, n;
	u32 id = 0;
	int err = 0;

	lockdep_assert_held(&vmsr_lock);
	vm->overhead->found = false;
	do {
		n = find_vcpu_threads(vm->process->leader, found,
				      ARRAY_SIZE(found));
		for (i = 0; i < n; i++) {
			if (!err)
				err = vcpu_add_found(vm, found[i], &id);
			put_task_struct(found[i]);
		}
	} while (!err && n == ARRAY_SIZE(found));
	/* Without memory now, perhaps next time. */
	if (err)
		vm->overhead->found = true;
}

static struct task_struct *attachable(pid_t pid, struct netlink_ext_ack *extack)
{
	struct task_struct *task = vmsr_task_of(pid);
	int err = 0;

	if (!task || READ_ONCE(task->flags) & PF_EXITING) {
		NL_SET_ERR_MSG(extack, "there is no such process");
		err = -ESRCH;
	} else if (!thread_group_leader(task)) {
		NL_SET_ERR_MSG(extack, "this is a thread, not a process");
		err = -EINVAL;
	} else if (task->flags & PF_KTHREAD) {
		NL_SET_ERR_MSG(extack, "this is a kernel thread");
		err = -EINVAL;
	}
	if (!err)
		return task;
	if (task)
		put_task_struct(task);
	return ERR_PTR(err);
}

static int vm_attach(struct vmsr_vm *vm, struct task_struct *task,
		     struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&vmsr_lock);
	if (vmsr_process_find(task)) {
		NL_SET_ERR_MSG(extack, "this process belongs to a VM already");
		return -EEXIST;
	}
	err = vm_insert(vm);
	if (err) {
		if (err == -ENOSPC)
			NL_SET_ERR_MSG(extack, "max_vms allows no more VMs");
		else if (err == -ENOMEM)
			NL_SET_ERR_MSG(extack, "no memory for another VM");
		else
			NL_SET_ERR_MSG(extack, "counting cannot be started");
		return err;
	}
	vm->overhead->watch = true;
	list_add_tail(&vm->node, &vmsr_attached);
	vm->process = vmsr_process_add(task, vm->overhead);
	if (!vm->process) {
		/* No CPU has seen it: the caller may free it at once. */
		list_del_init(&vm->node);
		vm_remove(vm);
		NL_SET_ERR_MSG(extack, "no memory for another VM");
		return -ENOMEM;
	}
	vm_zones_add(vm);
	vmsr_netlink_tell(vm, VMSR_CMD_VM_ADDED, 0);
	vm_find_vcpus(vm);
	vmsr_accounting_resync();
	if (READ_ONCE(task->flags) & PF_EXITING)
		vmsr_accounting_note_exit();
	return 0;
}

/**
 * vmsr_vm_attach - make a VM of a process that knows nothing of it
 * @pid: the process
 * @name: what tools show; empty: the process's name
 * @extack: gets why not
 *
 * Its vCPU threads are found now and later; the others are overhead.
 *
 * Return: the VM's number or a negative errno.
 */
int vmsr_vm_attach(pid_t pid, const char *name, struct netlink_ext_ack *extack)
{
	struct vmsr_vm_spec spec = {
		.name = name,
		.owner = VMSR_OWNER_ATTACHED,
		.nr_vcpus = VMSR_MAX_VCPUS,
		.nr_packages = 1,
		.nr_cores = VMSR_MAX_VCPUS,
	};
	struct task_struct *task = attachable(pid, extack);
	char comm[TASK_COMM_LEN];
	struct vmsr_vm *vm;
	int ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	if (!name[0])
		spec.name = get_task_comm(comm, task);
	vm = vm_alloc(&spec);
	if (!vm) {
		NL_SET_ERR_MSG(extack, "no memory for another VM");
		ret = -ENOMEM;
		goto out;
	}
	vm_belongs_to(vm, task);
	mutex_lock(&vmsr_lock);
	ret = vm_attach(vm, task, extack) ?: vm->id;
	mutex_unlock(&vmsr_lock);
	if (ret < 0)
		vm_free(vm);
out:
	put_task_struct(task);
	return ret;
}

/**
 * vmsr_vm_detach - end a VM that was attached
 * @id: its number
 * @extack: gets why not
 *
 * Return: 0 or a negative errno.
 */
int vmsr_vm_detach(u32 id, struct netlink_ext_ack *extack)
{
	struct vmsr_vm *vm;
	int err = 0;

	mutex_lock(&vmsr_lock);
	vm = vmsr_vm_find(id);
	if (!vm) {
		NL_SET_ERR_MSG(extack, "there is no such VM");
		err = -ENOENT;
	} else if (vm->owner != VMSR_OWNER_ATTACHED) {
		NL_SET_ERR_MSG(extack, "this VM ends with its VMM's file descriptor");
		err = -EPERM;
	} else {
		vm_end(vm);
	}
	mutex_unlock(&vmsr_lock);
	return err;
}

/**
 * vmsr_vms_look - once a period: threads that ended, vCPUs that were found
 */
void vmsr_vms_look(void)
{
	struct vmsr_vm *vm, *next;

	lockdep_assert_held(&vmsr_lock);
	if (vmsr_accounting_exits() && vmsr_threads_prune())
		vmsr_accounting_note_exit();
	list_for_each_entry_safe(vm, next, &vmsr_attached, node) {
		if (!vm->process)
			vm_end(vm);
		else if (READ_ONCE(vm->overhead->found))
			vm_find_vcpus(vm);
	}
	vmsr_accounting_resync();
}

/**
 * vmsr_vm_credit - an account ran on a package and used energy there
 * @slot: the account's slot of the package
 * @ns: so long; less than 0 corrects what was told before
 * @energy: units
 * @changed: list that the VM is put into
 */
void vmsr_vm_credit(struct vmsr_slot *slot, s64 ns, u64 energy,
		    struct list_head *changed)
{
	struct vmsr_account *account = slot->account;
	struct vmsr_vcpu *vcpu = account->vcpu;
	struct vmsr_vm *vm = account->vm;

	lockdep_assert_held(&vmsr_lock);
	slot->ns += ns;
	slot->energy += energy;
	account->ns += ns;
	account->energy += energy;
	vmsr_zone_publish(account->zone, account->energy);
	if (account->ns > (s64)account->shown_ns)
		account->shown_ns = account->ns;
	vm->totals.window_energy += energy;
	if (vcpu) {
		vm->totals.vcpu_ns += ns;
		vm->totals.vcpu_energy += energy;
		if (vm->cores) {
			vm->packages[vcpu->package] += energy;
			vm->cores[vcpu->core].energy += energy;
		}
	} else {
		vm->totals.overhead_ns += ns;
		vm->totals.overhead_energy += energy;
	}
	if (list_empty(&vm->changed))
		list_add_tail(&vm->changed, changed);
}

/**
 * vmsr_vm_publish - tell what a VM used
 * @vm: the VM
 * @now_ns: the grid point
 * @window_ns: length of the window
 */
void vmsr_vm_publish(struct vmsr_vm *vm, u64 now_ns, u64 window_ns)
{
	struct vmsr_figures *f = &vm->figures;
	struct vmsr_totals *t = &vm->totals;

	lockdep_assert_held(&vmsr_lock);
	spin_lock(&vm->lock);
	f->vcpu_energy = t->vcpu_energy;
	f->overhead_energy = t->overhead_energy;
	f->vcpu_ns = max_t(s64, f->vcpu_ns, t->vcpu_ns);
	f->overhead_ns = max_t(s64, f->overhead_ns, t->overhead_ns);
	f->updated_ns = now_ns;
	f->window_energy = t->window_energy;
	f->window_ns = window_ns;
	spin_unlock(&vm->lock);
	wake_up_interruptible_poll(&vm->wait, EPOLLIN | EPOLLRDNORM);
	t->window_energy = 0;
	vmsr_zone_publish(vm->zone, t->vcpu_energy + t->overhead_energy);
	if (vm->page)
		vmsr_guest_page_publish(vm, now_ns);
}

/**
 * vmsr_vm_energy - what was told about a VM last
 * @vm: the VM
 * @energy: filled in, except for size and flags
 */
void vmsr_vm_energy(struct vmsr_vm *vm, struct vmsr_energy *energy)
{
	struct vmsr_figures f;
	u64 grid, periods;

	/*
	 * In this order: what belongs to this grid point is there, and the VM's
	 * own time tells whether there is something newer.
	 */
	grid = vmsr_sampler_grid_ns(&periods);
	spin_lock(&vm->lock);
	f = vm->figures;
	spin_unlock(&vm->lock);

	energy->vcpu_uj = vmsr_units_to_uj(f.vcpu_energy);
	energy->overhead_uj = vmsr_units_to_uj(f.overhead_energy);
	energy->vcpu_ns = f.vcpu_ns;
	energy->overhead_ns = f.overhead_ns;
	energy->updated_ns = max(grid, f.updated_ns);
	energy->updates = periods - vm->created_period;
	energy->power_uw = f.updated_ns < grid ? 0 :
			   vmsr_power_uw(f.window_energy, f.window_ns);
}
