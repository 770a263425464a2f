// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables in which the probe finds processes and threads of VMs.
 */
#include "lookup.h"

DEFINE_HASHTABLE(vmsr_process_hash_table, VMSR_PROCESS_HASH_BITS);
DEFINE_HASHTABLE(vmsr_task_hash_table, VMSR_TASK_HASH_BITS);

/**
 * vmsr_process_hash - let the probe find a process
 * @process: the process
 */
void vmsr_process_hash(struct vmsr_process *process)
{
	lockdep_assert_held(&vmsr_lock);
	hash_add_rcu(vmsr_process_hash_table, &process->hash,
		     (unsigned long)process->signal);
}

/**
 * vmsr_process_find - look for a thread's process
 * @task: the thread
 *
 * Return: the process, or NULL.
 */
struct vmsr_process *vmsr_process_find(struct task_struct *task)
{
	struct vmsr_process *process;

	lockdep_assert_held(&vmsr_lock);
	rcu_read_lock();
	process = vmsr_process_lookup(task);
	rcu_read_unlock();
	return process;
}

/**
 * vmsr_task_hash - let the probe find a thread
 * @task: the thread
 */
void vmsr_task_hash(struct vmsr_task *task)
{
	lockdep_assert_held(&vmsr_lock);
	hash_add_rcu(vmsr_task_hash_table, &task->hash,
		     (unsigned long)task->task);
}

/**
 * vmsr_task_find - look for a thread
 * @task: the thread
 *
 * Return: what is known of it, or NULL.
 */
struct vmsr_task *vmsr_task_find(struct task_struct *task)
{
	struct vmsr_task *t;

	lockdep_assert_held(&vmsr_lock);
	rcu_read_lock();
	t = vmsr_task_lookup(task);
	rcu_read_unlock();
	return t;
}
