/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes and threads of VMs, as the probe finds them at each switch.
 */
#ifndef VMSR_LOOKUP_H
#define VMSR_LOOKUP_H

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/sched.h>

#include "vmsr.h"

/* Large enough that a thread of no VM finds its bucket empty. */
#define VMSR_PROCESS_HASH_BITS	13
#define VMSR_TASK_HASH_BITS	13

/* Written under vmsr_lock, read under RCU. */
extern DECLARE_HASHTABLE(vmsr_process_hash_table, VMSR_PROCESS_HASH_BITS);
extern DECLARE_HASHTABLE(vmsr_task_hash_table, VMSR_TASK_HASH_BITS);

/**
 * vmsr_process_lookup - a thread's process, for the probe
 * @task: the thread
 *
 * Under RCU.
 *
 * Return: the process, or NULL.
 */
static __always_inline struct vmsr_process *
vmsr_process_lookup(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct vmsr_process *process;

	hash_for_each_possible_rcu(vmsr_process_hash_table, process, hash,
				   (unsigned long)signal)
		if (process->signal == signal)
			return process;
	return NULL;
}

/**
 * vmsr_task_lookup - a thread, for the probe
 * @task: the thread
 *
 * Under RCU.
 *
 * Return: what is known of it, or NULL.
 */
static __always_inline struct vmsr_task *
vmsr_task_lookup(struct task_struct *task)
{
	struct vmsr_task *t;

	hash_for_each_possible_rcu(vmsr_task_hash_table, t, hash,
				   (unsigned long)task)
		if (t->task == task)
			return t;
	return NULL;
}

#endif
