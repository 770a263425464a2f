// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads and processes that VMs are made of.
 *
 * A vCPU's thread is known by its task. All other threads of a VMM are known by
 * their process alone: whichever there are, and whenever they start or end, they
 * need no bookkeeping.
 *
 * All of this is under vmsr_lock; the probe reads the hash tables under RCU.
 */
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "vmsr.h"

static LIST_HEAD(vmsr_tasks);
static LIST_HEAD(vmsr_processes);

static struct vmsr_process *process_get(struct task_struct *task)
{
	struct vmsr_process *process = vmsr_process_find(task);

	if (process)
		return process;
	process = kzalloc(sizeof(*process), GFP_KERNEL_ACCOUNT);
	if (!process)
		return NULL;
	process->leader = get_task_struct(task->group_leader);
	process->signal = task->signal;
	process->pid = task_tgid_nr(task);
	INIT_LIST_HEAD(&process->of_account);
	list_add_tail(&process->node, &vmsr_processes);
	return process;
}

static void process_drop(struct vmsr_process *process)
{
	/* The probe only compares pointers: the task may go before them. */
	put_task_struct(process->leader);
	list_del(&process->node);
	kfree_rcu(process, rcu);
}

static void process_unhash(struct vmsr_process *process)
{
	hash_del_rcu(&process->hash);
	vmsr_accounting_moved_all(process->leader);
	process_drop(process);
}

static void process_set_overhead(struct vmsr_process *process,
				 struct vmsr_account *overhead)
{
	list_del_init(&process->of_account);
	if (overhead)
		list_add_tail(&process->of_account, &overhead->processes);
	WRITE_ONCE(process->overhead, overhead);
}

/**
 * vmsr_process_add - threads of a process that have no account get one
 * @task: a thread of the process
 * @overhead: the account
 *
 * Where the process has such an account already, that stays. The caller calls
 * vmsr_accounting_resync() after this and after the other functions here.
 *
 * Return: the process, or NULL without memory.
 */
struct vmsr_process *vmsr_process_add(struct task_struct *task,
				      struct vmsr_account *overhead)
{
	struct vmsr_process *process;

	lockdep_assert_held(&vmsr_lock);
	process = process_get(task);
	if (!process)
		return NULL;
	if (!process->overhead && overhead) {
		process_set_overhead(process, overhead);
		vmsr_helpers_expect();
		if (hash_hashed(&process->hash))
			vmsr_accounting_moved_all(task);
	}
	if (!hash_hashed(&process->hash)) {
		vmsr_process_hash(process);
		vmsr_accounting_moved_all(task);
	}
	return process;
}

/**
 * vmsr_processes_forget - an account for other threads ends
 * @overhead: the account
 */
void vmsr_processes_forget(struct vmsr_account *overhead)
{
	struct vmsr_process *process, *next;

	lockdep_assert_held(&vmsr_lock);
	list_for_each_entry_safe(process, next, &overhead->processes,
				 of_account) {
		process_set_overhead(process, NULL);
		if (process->nr_tasks)
			vmsr_accounting_moved_all(process->leader);
		else
			process_unhash(process);
	}
}

/**
 * vmsr_task_add - a thread becomes a vCPU's
 * @task: the thread, which is no vCPU's
 * @account: the account of the vCPU, which has no thread
 * @overhead: account for the process's other threads, or NULL
 *
 * Return: what is known of it, or NULL without memory.
 */
struct vmsr_task *vmsr_task_add(struct task_struct *task,
				struct vmsr_account *account,
				struct vmsr_account *overhead)
{
	struct vmsr_process *process;
	struct vmsr_task *t;

	lockdep_assert_held(&vmsr_lock);
	t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	process = vmsr_process_add(task, overhead);
	if (!process) {
		kfree(t);
		return NULL;
	}
	t->task = get_task_struct(task);
	t->tid = task_pid_nr(task);
	t->process = process;
	t->account = account;
	vmsr_task_hash(t);
	list_add_tail(&t->node, &vmsr_tasks);
	WRITE_ONCE(process->nr_tasks, process->nr_tasks + 1);
	vmsr_accounting_moved(task);
	account->vcpu->task = t;
	account->vm->nr_present++;
	return t;
}

/**
 * vmsr_task_remove - a thread is no longer a vCPU's
 * @task: what is known of it
 */
void vmsr_task_remove(struct vmsr_task *task)
{
	struct vmsr_process *process = task->process;

	lockdep_assert_held(&vmsr_lock);
	hash_del_rcu(&task->hash);
	WRITE_ONCE(process->nr_tasks, process->nr_tasks - 1);
	vmsr_accounting_moved(task->task);
	task->account->vcpu->task = NULL;
	task->account->vm->nr_present--;
	put_task_struct(task->task);
	list_del(&task->node);
	kfree_rcu(task, rcu);
	if (!process->nr_tasks && !process->overhead)
		process_unhash(process);
}

/**
 * vmsr_task_is_vcpu - whether a thread runs, or has run, a vCPU
 * @task: the thread
 *
 * Return: that.
 */
bool vmsr_task_is_vcpu(struct task_struct *task)
{
#ifdef CONFIG_PREEMPT_NOTIFIERS
	/* KVM has one registered while a thread is in KVM_RUN. */
	if (!hlist_empty(&task->preempt_notifiers))
		return true;
#endif
	return READ_ONCE(task->gtime) != 0;
}

/* It has run for the last time, and all of that has been counted. */
static bool task_ended(struct task_struct *task)
{
	return READ_ONCE(task->__state) == TASK_DEAD &&
	       !READ_ONCE(task->on_cpu);
}

/**
 * vmsr_threads_prune - forget threads and processes that have ended
 *
 * A process is kept for one more look after its last thread was seen ending, so
 * that the end of that thread is counted too.
 *
 * Return: whether another look is wanted.
 */
bool vmsr_threads_prune(void)
{
	struct vmsr_process *process, *next_process;
	struct vmsr_task *task, *next_task;
	bool again = false;

	lockdep_assert_held(&vmsr_lock);
	list_for_each_entry_safe(task, next_task, &vmsr_tasks, node) {
		if (task_ended(task->task))
			vmsr_task_remove(task);
		else if (READ_ONCE(task->task->exit_state))
			again = true;
	}
	list_for_each_entry_safe(process, next_process, &vmsr_processes, node) {
		if (atomic_read(&process->signal->live))
			continue;
		if (!process->ended || process->nr_tasks) {
			process->ended = true;
			again = true;
			continue;
		}
		if (process->overhead && process->overhead->vm->process == process)
			process->overhead->vm->process = NULL;
		process_set_overhead(process, NULL);
		process_unhash(process);
	}
	return again;
}
