// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who else works for a VM: processes that its VMM names, and kernel threads that
 * KVM and vhost start for a VMM and name after it. What they run is overhead.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "vmsr.h"

/* Looking means a walk over all processes. */
#define LOOK_NS		(5ULL * NSEC_PER_SEC)

static u64 vmsr_looked_ns;

/**
 * vmsr_helpers_expect - a VMM has come, whose workers may be there already
 */
void vmsr_helpers_expect(void)
{
	lockdep_assert_held(&vmsr_lock);
	vmsr_looked_ns = 0;
}

static int process_join(struct vmsr_vm *vm, struct task_struct *task)
{
	lockdep_assert_held(&vmsr_lock);
	if (!vm->overhead)
		return -EINVAL;
	if (vmsr_process_find(task))
		return -EEXIST;
	if (!vmsr_process_add(task, vm->overhead))
		return -ENOMEM;
	/* It may have ended before the probe could know it. */
	if (READ_ONCE(task->flags) & PF_EXITING)
		vmsr_accounting_note_exit();
	return 0;
}

static bool is_child(struct task_struct *task)
{
	bool child;

	rcu_read_lock();
	child = same_thread_group(rcu_dereference(task->real_parent), current);
	rcu_read_unlock();
	return child;
}

static int helper_check(struct task_struct *task, bool admin)
{
	if (READ_ONCE(task->flags) & PF_EXITING)
		return -ESRCH;
	if (!thread_group_leader(task))
		return -EINVAL;
	if (!admin && !is_child(task) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return 0;
}

/**
 * vmsr_helper_add - a process works for a VM
 * @vm: the VM
 * @pid: the process as the caller calls it
 * @admin: the caller may name any; else it must be a child or the caller have
 *	CAP_SYS_ADMIN
 *
 * Return: 0; -ESRCH for no such process, -EINVAL for a thread, or when the VM has
 * no overhead, -EPERM for somebody else's, -EEXIST for one that is in a VM
 * already, -ENOMEM.
 */
int vmsr_helper_add(struct vmsr_vm *vm, pid_t pid, bool admin)
{
	struct task_struct *task = vmsr_task_of(pid);
	int err;

	lockdep_assert_held(&vmsr_lock);
	if (!task)
		return -ESRCH;
	err = helper_check(task, admin) ?: process_join(vm, task);
	vmsr_accounting_resync();
	put_task_struct(task);
	return err;
}

/* The thread for which a kernel thread of this name works, or 0. */
static pid_t owner_of(const char *comm)
{
	static const char * const names[] = { "vhost-", "kvm-pit/" };
	unsigned int i, pid;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		len = str_has_prefix(comm, names[i]);
		if (len && !kstrtouint(comm + len, 10, &pid) && pid <= INT_MAX)
			return pid;
	}
	return 0;
}

static struct vmsr_vm *vm_of_worker(struct task_struct *task)
{
	struct vmsr_process *process;
	char comm[TASK_COMM_LEN];
	struct task_struct *owner;

	/* Anybody may give himself such a name, but only the kernel a thread. */
	if (!(READ_ONCE(task->flags) & PF_KTHREAD))
		return NULL;
	get_task_comm(comm, task);
	owner = pid_task(find_pid_ns(owner_of(comm), &init_pid_ns),
			 PIDTYPE_PID);
	process = owner ? vmsr_process_find(owner) : NULL;
	if (!process || !process->overhead || vmsr_process_find(task))
		return NULL;
	return process->overhead->vm;
}

/**
 * struct worker - a kernel thread that works for a VM
 * @task: the thread
 * @vm: the VM
 */
struct worker {
	struct task_struct *task;
	struct vmsr_vm *vm;
};

/*
 * Some that are not known yet. Not all of them: what follows cannot be done under
 * RCU.
 */
static unsigned int find_workers(struct worker *found, unsigned int max)
{
	struct task_struct *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process(task) {
		found[n].vm = vm_of_worker(task);
		if (!found[n].vm)
			continue;
		found[n++].task = get_task_struct(task);
		if (n == max)
			break;
	}
	rcu_read_unlock();
	return n;
}

/**
 * vmsr_helpers_look - look for kernel threads that work for VMs
 * @now_ns: CLOCK_MONOTONIC
 *
 * Every few seconds: who starts a worker does not tell us.
 */
void vmsr_helpers_look(u64 now_ns)
{
	struct worker found[32];
	unsigned int i, n;
	int err = 0;

	lockdep_assert_held(&vmsr_lock);
	if (now_ns - vmsr_looked_ns < LOOK_NS)
		return;
	vmsr_looked_ns = now_ns;
	do {
		n = find_workers(found, ARRAY_SIZE(found));
		for (i = 0; i < n; i++) {
			if (!err)
				err = process_join(found[i].vm, found[i].task);
			put_task_struct(found[i].task);
		}
	} while (!err && n == ARRAY_SIZE(found));
	vmsr_accounting_resync();
}
