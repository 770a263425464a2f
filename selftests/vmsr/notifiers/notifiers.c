// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other way to know when a thread runs: preempt notifiers, which a thread
 * registers for itself. For switch.bench alone, to compare what both ways cost at a
 * switch: what is counted for a thread is what vmsr counts, kept in the same way, so
 * that somebody else could end a window in the middle of a slice. Nobody does here.
 *
 * A thread that writes to /dev/notifiers is counted from then on; one that writes
 * again is not any more, and must before it ends.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct account;

struct cell {
	struct account *account;
	s64 ns[2];
	struct cell *next[2];
};

struct account {
	struct preempt_notifier notifier;
	struct task_struct *task;
	struct cell __percpu *cells;
};

struct slice {
	raw_spinlock_t lock;
	struct account *account;
	unsigned int epoch;
	u64 since;
	u64 base;
	u64 handed;
	struct cell *cells[2];
};

#define CELL_END ((struct cell *)1)

static DEFINE_PER_CPU_SHARED_ALIGNED(struct slice, slices);

static void begin(struct account *a)
{
	struct slice *s = this_cpu_ptr(&slices);

	raw_spin_lock(&s->lock);
	s->account = a;
	s->since = a->task->se.exec_start;
	s->base = a->task->se.sum_exec_runtime;
	s->handed = 0;
	raw_spin_unlock(&s->lock);
}

static void on_sched_in(struct preempt_notifier *notifier, int cpu)
{
	begin(container_of(notifier, struct account, notifier));
}

static void on_sched_out(struct preempt_notifier *notifier,
			 struct task_struct *next)
{
	struct account *a = container_of(notifier, struct account, notifier);
	struct slice *s = this_cpu_ptr(&slices);
	struct cell *cell = this_cpu_ptr(a->cells);
	unsigned int epoch;

	raw_spin_lock(&s->lock);
	epoch = s->epoch;
	cell->ns[epoch] += a->task->se.sum_exec_runtime - s->base - s->handed;
	if (!cell->next[epoch]) {
		cell->next[epoch] = s->cells[epoch];
		s->cells[epoch] = cell;
	}
	s->account = NULL;
	raw_spin_unlock(&s->lock);
}

static struct preempt_ops ops = {
	.sched_in = on_sched_in,
	.sched_out = on_sched_out,
};

/* Each descriptor is one thread's. */
static ssize_t notifiers_write(struct file *file, const char __user *buf,
			       size_t len, loff_t *pos)
{
	struct account *a = file->private_data;
	unsigned int cpu;

	if (a) {
		if (a->task != current)
			return -EBUSY;
		preempt_notifier_unregister(&a->notifier);
		file->private_data = NULL;
		/* Its cells stay: they are in the lists of CPUs. */
		return len;
	}
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->cells = alloc_percpu(struct cell);
	if (!a->cells) {
		kfree(a);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		per_cpu_ptr(a->cells, cpu)->account = a;
	a->task = current;
	preempt_notifier_init(&a->notifier, &ops);
	preempt_disable();
	preempt_notifier_register(&a->notifier);
	begin(a);
	preempt_enable();
	file->private_data = a;
	return len;
}

static int notifiers_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = notifiers_open,
	.write = notifiers_write,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "notifiers",
	.fops = &fops,
};

static int __init notifiers_init(void)
{
	unsigned int cpu;
	int err;

	for_each_possible_cpu(cpu) {
		struct slice *s = per_cpu_ptr(&slices, cpu);

		raw_spin_lock_init(&s->lock);
		s->cells[0] = CELL_END;
		s->cells[1] = CELL_END;
	}
	err = misc_register(&device);
	if (!err)
		preempt_notifier_inc();
	return err;
}

static void __exit notifiers_exit(void)
{
	struct cell *cell, *next;
	unsigned int cpu;

	misc_deregister(&device);
	preempt_notifier_dec();
	for_each_possible_cpu(cpu) {
		/* The machine has one CPU: an account is in one list only. */
		cell = per_cpu(slices, cpu).cells[0];
		for (; cell != CELL_END; cell = next) {
			struct account *a = cell->account;

			next = cell->next[0];
			free_percpu(a->cells);
			kfree(a);
		}
	}
}

module_init(notifiers_init);
module_exit(notifiers_exit);

MODULE_DESCRIPTION("counts what threads run by preempt notifiers");
MODULE_LICENSE("GPL");
