// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who ran where, for how many nanoseconds.
 *
 * A probe on the scheduler's sched_switch tracepoint keeps, for each CPU, what
 * is running there: idle, the rest of the host, or a thread of a VM. Only
 * changes between these cost more than a look into a hash table: the rest of the
 * host is what remains of a window after idle time and VMs.
 *
 * What a VM's thread ran is the difference of its own se.sum_exec_runtime
 * between switching in and switching out: to the nanosecond what the kernel
 * itself counts for it (/proc/PID/schedstat), without time spent in interrupts
 * where the kernel tells that apart. At the end of a window a slice may be going
 * on; the part of it up to then is taken from the clock, and what the scheduler
 * says at the slice's end makes up for the difference. The clock is read at the ends
 * of windows alone: at a switch the scheduler has just read it itself.
 *
 * Nanoseconds go into a cell for each pair of account and CPU. A CPU links its
 * cells that are not zero into a list; the end of a window costs what ran, not
 * what exists. There are two epochs of everything: the sampler turns a CPU from
 * one to the other under its lock, in a few instructions, and then reads the old
 * one at leisure.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>

#include "lookup.h"
#include "vmsr.h"

/* Ends a list of cells; a cell that is in no list has NULL there. */
#define CELL_END		((struct vmsr_cell *)1)

enum vmsr_running {
	VMSR_OFF,	/* nothing is counted on this CPU */
	VMSR_IDLE,
	VMSR_REST,
	VMSR_VM,
};

/**
 * struct vmsr_cpu - what is counted on one CPU
 * @lock: protects all of it
 * @running: what runs there since @since
 * @exact: the slice is known from its start, so @base is
 * @epoch: which of two this CPU writes to
 * @account: of the thread that runs, for VMSR_VM
 * @since: clock up to which idle time, or time of @account, is counted
 * @turned: clock up to which @window is
 * @base: the thread's own runtime when it was switched in
 * @handed: nanoseconds of the slice that are counted already
 * @window: time counted in each epoch
 * @idle: part of it that was idle
 * @exits: a thread of a VM has ended in it
 * @cells: cells that are not zero, for each epoch
 */
struct vmsr_cpu {
	raw_spinlock_t lock;
	enum vmsr_running running;
	bool exact;
	unsigned int epoch;
	struct vmsr_account *account;
	u64 since;
	u64 turned;
	u64 base;
	u64 handed;
	u64 window[2];
	u64 idle[2];
	bool exits[2];
	struct vmsr_cell *cells[2];
};

static DEFINE_PER_CPU_SHARED_ALIGNED(struct vmsr_cpu, vmsr_cpus);

/* CPUs that may count for the wrong account; under vmsr_lock. */
static struct cpumask vmsr_stale;
/* CPUs whose window has been ended by one of them; under vmsr_lock. */
static struct cpumask vmsr_turned;

static struct tracepoint *vmsr_sched_switch;
static bool vmsr_counting;
static bool vmsr_exits;
static int vmsr_online_state;
static int vmsr_dead_state;

static bool task_in_vcpu(struct task_struct *task)
{
#ifdef CONFIG_PREEMPT_NOTIFIERS
	/* KVM has one registered while a thread is in KVM_RUN. */
	return !hlist_empty(&task->preempt_notifiers);
#else
	return false;
#endif
}

static __always_inline struct vmsr_account *account_of(struct task_struct *task)
{
	struct vmsr_process *process = vmsr_process_lookup(task);
	struct vmsr_account *account;
	struct vmsr_task *t;

	if (likely(!process))
		return NULL;
	if (READ_ONCE(process->nr_tasks)) {
		t = vmsr_task_lookup(task);
		if (t)
			return t->account;
	}
	account = READ_ONCE(process->overhead);
	if (account && account->watch && task_in_vcpu(task))
		WRITE_ONCE(account->found, true);
	return account;
}

static void cell_add(struct vmsr_account *account, unsigned int cpu,
		     struct vmsr_cpu *c, s64 ns)
{
	struct vmsr_cell *cell = per_cpu_ptr(account->cells, cpu);
	unsigned int epoch = c->epoch;

	cell->ns[epoch] += ns;
	if (!cell->next[epoch]) {
		cell->next[epoch] = c->cells[epoch];
		c->cells[epoch] = cell;
	}
}

/*
 * When a switch happened, by the same clock as sched_clock_cpu(): from the threads'
 * exec_start, which is up to when the one was counted by the scheduler, and from when
 * the other will be. That of idle tasks is not kept up. Where the scheduler leaves
 * something out of its threads' clock, that has gone another way.
 */
#if defined(CONFIG_IRQ_TIME_ACCOUNTING) || \
	defined(CONFIG_PARAVIRT_TIME_ACCOUNTING)
static u64 switch_clock(const struct task_struct *task,
			const struct task_struct *other)
{
	return sched_clock_cpu(smp_processor_id());
}
#else
static u64 switch_clock(const struct task_struct *task,
			const struct task_struct *other)
{
	return is_idle_task(task) ? other->se.exec_start : task->se.exec_start;
}
#endif

/*
 * Count what ran up to @now. @prev is the thread when it is being switched out:
 * its own runtime is up to date only then.
 */
static __always_inline void slice_count(struct vmsr_cpu *c, unsigned int cpu,
					struct task_struct *prev, u64 now)
{
	s64 elapsed = now - c->since;
	s64 ns;

	/* Another CPU, whose clock is a little ahead, may have ended a window. */
	if (elapsed < 0)
		elapsed = 0;

	switch (c->running) {
	case VMSR_IDLE:
		c->idle[c->epoch] += elapsed;
		break;
	case VMSR_VM:
		ns = elapsed;
		if (prev && c->exact)
			ns = prev->se.sum_exec_runtime - c->base - c->handed;
		c->handed += ns;
		cell_add(c->account, cpu, c, ns);
		if (prev && READ_ONCE(prev->__state) == TASK_DEAD)
			c->exits[c->epoch] = true;
		break;
	default:
		break;
	}
}

/* Where clocks differ, another CPU's may be a little behind. */
static u64 clock_of(unsigned int cpu, const struct vmsr_cpu *c)
{
	u64 now = sched_clock_cpu(cpu);

	return (s64)(now - c->since) < 0 ? c->since : now;
}

/* Count everything up to now. */
static void window_count(struct vmsr_cpu *c, unsigned int cpu)
{
	u64 now = clock_of(cpu, c);

	if ((s64)(now - c->turned) > 0) {
		c->window[c->epoch] += now - c->turned;
		c->turned = now;
	}
	slice_count(c, cpu, NULL, now);
	c->since = now;
}

static void slice_begin(struct vmsr_cpu *c, struct task_struct *next, u64 now,
			enum vmsr_running running,
			struct vmsr_account *account, bool exact)
{
	c->running = running;
	c->since = now;
	c->account = account;
	c->exact = exact;
	c->handed = 0;
	if (running == VMSR_VM)
		c->base = next->se.sum_exec_runtime;
}

/* Under the run queue's lock, with interrupts off. */
static void vmsr_on_sched_switch(void *data, bool preempt,
				 struct task_struct *prev,
				 struct task_struct *next,
				 unsigned int prev_state)
{
	struct vmsr_cpu *c = this_cpu_ptr(&vmsr_cpus);
	struct vmsr_account *account = NULL;
	enum vmsr_running running = VMSR_IDLE;

	if (!is_idle_task(next)) {
		account = account_of(next);
		running = account ? VMSR_VM : VMSR_REST;
	}
	/* Nobody but this CPU makes it anything else than VMSR_REST. */
	if (running == VMSR_REST && READ_ONCE(c->running) == VMSR_REST)
		return;

	raw_spin_lock(&c->lock);
	if (likely(c->running != VMSR_OFF)) {
		slice_count(c, smp_processor_id(), prev,
			    switch_clock(prev, next));
		slice_begin(c, next, switch_clock(next, prev), running, account,
			    true);
	}
	raw_spin_unlock(&c->lock);
}

/* What runs on this CPU may belong elsewhere from now on. */
static void resync_here(void *unused)
{
	struct vmsr_cpu *c = this_cpu_ptr(&vmsr_cpus);
	struct vmsr_account *account = NULL;
	enum vmsr_running running = VMSR_IDLE;
	unsigned long flags;
	u64 now;

	raw_spin_lock_irqsave(&c->lock, flags);
	if (!is_idle_task(current)) {
		account = account_of(current);
		running = account ? VMSR_VM : VMSR_REST;
	}
	if (c->running != VMSR_OFF &&
	    (c->running != running || c->account != account)) {
		now = clock_of(smp_processor_id(), c);
		slice_count(c, smp_processor_id(), NULL, now);
		slice_begin(c, current, now, running, account, false);
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

/*
 * Whether a thread is off all CPUs, and whoever switches it in will see the hash
 * tables as they are now.
 *
 * A thread that goes to sleep has on_rq cleared, then the probe sees it switched
 * out, then on_cpu is cleared. One that wakes has on_rq set under the run queue's
 * lock; who takes that lock to switch it in has a full barrier there, in
 * __schedule(), and then the probe looks. So on_rq is read first: when it is 0,
 * each later switch to the thread sees what the caller wrote before its own
 * barrier, and when on_cpu is 0 after that, each earlier slice has ended.
 *
 * on_cpu alone would not do: it is set after the probe has looked.
 */
static bool task_off(const struct task_struct *task)
{
	/* Before on_cpu, see above. */
	return !smp_load_acquire(&task->on_rq) && !READ_ONCE(task->on_cpu);
}

/* A thread that waits for its turn may be switched in at any time. */
static void mark_stale(const struct task_struct *task)
{
	if (!task_off(task))
		cpumask_set_cpu(task_cpu(task), &vmsr_stale);
}

/**
 * vmsr_accounting_moved - a thread has got, or lost, an account
 * @task: the thread
 *
 * If it is running now, its time goes there once vmsr_accounting_resync() has
 * been called.
 */
void vmsr_accounting_moved(struct task_struct *task)
{
	lockdep_assert_held(&vmsr_lock);
	/*
	 * Pairs with the full barrier in __schedule(): either the thread is
	 * seen on the CPU where it runs, or it was switched in there later and
	 * the probe saw the hash table as it is now.
	 */
	smp_mb();
	mark_stale(task);
}

/**
 * vmsr_accounting_moved_all - all threads of a process have
 * @leader: one of them, which may have ended
 *
 * A thread that is just ending may be missed, and goes on as it was until it is
 * switched out.
 */
void vmsr_accounting_moved_all(struct task_struct *leader)
{
	struct task_struct *t;

	lockdep_assert_held(&vmsr_lock);
	smp_mb(); /* as in vmsr_accounting_moved() */
	rcu_read_lock();
	for_each_thread(leader, t)
		mark_stale(t);
	rcu_read_unlock();
}

/**
 * vmsr_accounting_resync - have each CPU look anew whose thread it runs
 *
 * Only those CPUs do that where a thread that has moved may be running: with few
 * or none of them, moving thousands of threads disturbs nobody. Called at the end
 * of each step that moves threads, before vmsr_lock is given up.
 */
void vmsr_accounting_resync(void)
{
	lockdep_assert_held(&vmsr_lock);
	if (cpumask_empty(&vmsr_stale))
		return;
	on_each_cpu_mask(&vmsr_stale, resync_here, NULL, true);
	cpumask_clear(&vmsr_stale);
}

/* When counting starts no thread has an account, nor has the hotplug thread. */
static void begin_here(void *unused)
{
	bool idle = is_idle_task(current);
	struct vmsr_cpu *c;
	unsigned long flags;

	local_irq_save(flags);
	c = this_cpu_ptr(&vmsr_cpus);
	raw_spin_lock(&c->lock);
	if (c->running == VMSR_OFF) {
		c->turned = sched_clock_cpu(smp_processor_id());
		slice_begin(c, NULL, c->turned, idle ? VMSR_IDLE : VMSR_REST,
			    NULL, false);
	}
	raw_spin_unlock(&c->lock);
	local_irq_restore(flags);
}

static int vmsr_cpu_online(unsigned int cpu)
{
	/*
	 * A package that cannot be read must not keep a CPU from coming up: its
	 * energy is not accounted, and that has been said.
	 */
	vmsr_package_add_cpu(cpu);
	if (vmsr_counting)
		begin_here(NULL);
	return 0;
}

/* It went from its idle task, and what it did not do since is not idle time. */
static int vmsr_cpu_dead(unsigned int cpu)
{
	struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	if (c->running != VMSR_OFF && (s64)(c->since - c->turned) > 0)
		c->window[c->epoch] += c->since - c->turned;
	slice_begin(c, NULL, 0, VMSR_OFF, NULL, false);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return 0;
}

/* The epoch that a CPU has left, which nobody writes to. */
static unsigned int epoch_before(unsigned int cpu)
{
	return !per_cpu(vmsr_cpus, cpu).epoch;
}

static u64 cpu_vms_ns(unsigned int cpu)
{
	unsigned int epoch = epoch_before(cpu);
	struct vmsr_cell *cell = per_cpu(vmsr_cpus, cpu).cells[epoch];
	u64 ns = 0;

	for (; cell != CELL_END; cell = cell->next[epoch])
		if (cell->ns[epoch] > 0)
			ns += cell->ns[epoch];
	return ns;
}

static void cpu_share(unsigned int cpu, struct vmsr_package *package,
		      struct vmsr_division *d)
{
	unsigned int epoch = epoch_before(cpu);
	struct vmsr_cell *cell = per_cpu(vmsr_cpus, cpu).cells[epoch];
	u64 share;

	for (; cell != CELL_END; cell = cell->next[epoch]) {
		if (cell->ns[epoch] <= 0)
			continue;
		share = vmsr_division_next(d, cell->ns[epoch]);
		cell->account->slots[package->index].pending_core += share;
		package->cores_vms += share;
	}
}

/*
 * Who ran on a core has used what the core measured. What a core needs while it
 * idles now and then is little, and belongs to who wakes it.
 */
static void core_share(struct vmsr_package *package, struct vmsr_pcore *core)
{
	struct vmsr_load load = {};
	struct vmsr_division d;
	unsigned int cpu;

	for_each_cpu(cpu, &core->cpus) {
		struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);
		unsigned int epoch = epoch_before(cpu);

		load.window += c->window[epoch];
		load.idle += c->idle[epoch];
		load.vms += cpu_vms_ns(cpu);
	}
	vmsr_division_policy(&d, core->amount, &load, VMSR_POLICY_BUSY);
	for_each_cpu(cpu, &core->cpus)
		cpu_share(cpu, package, &d);
	package->cores_idle += vmsr_division_idle(&d, &load, VMSR_POLICY_BUSY);
	package->cores_rest += vmsr_division_rest(&d);
	core->amount = 0;
}

/* Empty the epoch that the CPU has left. */
static void cells_empty(struct vmsr_cell *cell, unsigned int epoch,
			struct vmsr_package *package)
{
	struct vmsr_cell *next;
	struct vmsr_slot *slot;

	for (; cell != CELL_END; cell = next) {
		if (package) {
			slot = &cell->account->slots[package->index];
			slot->pending_ns += cell->ns[epoch];
			if (list_empty(&slot->pending))
				list_add_tail(&slot->pending,
					      &package->pending);
		}
		cell->ns[epoch] = 0;
		next = cell->next[epoch];
		cell->next[epoch] = NULL;
	}
}

/* From here or by another CPU, where several CPUs may be at it at once. */
static void cpu_turn(unsigned int cpu)
{
	struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);
	unsigned int epoch;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	epoch = c->epoch;
	if (c->running != VMSR_OFF)
		window_count(c, cpu);
	if (c->account && c->account->dead)
		slice_begin(c, NULL, c->since, VMSR_REST, NULL, false);
	/* A guest that never lets go of its CPU is not seen switching. */
	if (c->account && c->account->watch && c->handed >= c->window[epoch])
		WRITE_ONCE(c->account->found, true);
	c->epoch = !epoch;
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

/*
 * On a CPU of a core or package, with interrupts off. What the counter shows and who
 * ran until then are of one moment: at any other, somebody else's energy would be
 * shared.
 */
static void turn_here(void *info)
{
	const struct vmsr_source *source = vmsr_packages_source();
	struct vmsr_turn *turn = info;
	unsigned int cpu;

	if (turn->along)
		turn->along_err = source->read_here(turn->along,
						    &turn->along_raw);
	turn->err = source->read_here(turn->msr, &turn->raw);
	for_each_cpu(cpu, turn->cpus)
		cpu_turn(cpu);
	complete(&turn->done);
}

/* This CPU does it when it is among them, and need not wake another. */
static void turn_ask(struct vmsr_turn *turn)
{
	unsigned int cpu = raw_smp_processor_id();

	turn->asked = false;
	turn->err = -ENXIO;
	turn->along_err = -ENXIO;
	if (!cpumask_test_cpu(cpu, turn->cpus))
		cpu = cpumask_any_and(turn->cpus, cpu_online_mask);
	if (cpu >= nr_cpu_ids)
		return;
	INIT_CSD(&turn->call, turn_here, turn);
	init_completion(&turn->done);
	turn->asked = !smp_call_function_single_async(cpu, &turn->call);
	if (!turn->asked)
		return;
	for_each_cpu(cpu, turn->cpus)
		cpumask_set_cpu(cpu, &vmsr_turned);
}

static void turn_wait(struct vmsr_turn *turn)
{
	if (turn->asked)
		wait_for_completion(&turn->done);
}

/* All at once: one that has to wake up first does not keep the others waiting. */
static void turns_do(enum vmsr_turns turns)
{
	struct vmsr_package *package;
	struct vmsr_pcore *core;

	cpumask_clear(&vmsr_turned);
	if (turns == VMSR_TURN_WITH_PACKAGES) {
		list_for_each_entry(package, &vmsr_packages, node)
			turn_ask(&package->turn);
		list_for_each_entry(package, &vmsr_packages, node)
			turn_wait(&package->turn);
	} else if (turns == VMSR_TURN_WITH_CORES) {
		list_for_each_entry(package, &vmsr_packages, node)
			list_for_each_entry(core, &package->cores, node)
				turn_ask(&core->turn);
		list_for_each_entry(package, &vmsr_packages, node)
			list_for_each_entry(core, &package->cores, node)
				turn_wait(&core->turn);
	}
}

static void cpu_collect(unsigned int cpu)
{
	struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);
	struct vmsr_package *package = vmsr_package_of(cpu);
	unsigned int epoch = epoch_before(cpu);

	if (package) {
		package->window.window += c->window[epoch];
		package->window.idle += c->idle[epoch];
	}
	c->window[epoch] = 0;
	c->idle[epoch] = 0;
	vmsr_exits |= c->exits[epoch];
	c->exits[epoch] = false;
	cells_empty(c->cells[epoch], epoch, package);
	c->cells[epoch] = CELL_END;
}

/**
 * vmsr_accounting_collect - end the window on every CPU
 * @turns: what is read in the moment in which they end
 *
 * Afterwards what ran is in the slots of the accounts and in the packages, and no
 * CPU refers to an account that is dead if no hash table did before the last
 * grace period.
 */
void vmsr_accounting_collect(enum vmsr_turns turns)
{
	struct vmsr_package *package;
	struct vmsr_pcore *core;
	unsigned int cpu;

	lockdep_assert_held(&vmsr_lock);
	WARN_ON_ONCE(!cpumask_empty(&vmsr_stale));
	turns_do(turns);
	/* Those that belong nowhere, or to what has no CPU online. */
	for_each_possible_cpu(cpu)
		if (!cpumask_test_cpu(cpu, &vmsr_turned))
			cpu_turn(cpu);
	list_for_each_entry(package, &vmsr_packages, node) {
		if (turns != VMSR_TURN_WITH_CORES)
			continue;
		vmsr_cores_count(package);
		list_for_each_entry(core, &package->cores, node)
			if (core->amount)
				core_share(package, core);
	}
	for_each_possible_cpu(cpu)
		cpu_collect(cpu);
}

/**
 * vmsr_accounting_exits - whether threads of VMs have ended since the last call
 *
 * Return: that.
 */
bool vmsr_accounting_exits(void)
{
	bool exits = vmsr_exits;

	lockdep_assert_held(&vmsr_lock);
	vmsr_exits = false;
	return exits;
}

/**
 * vmsr_accounting_note_exit - have vmsr_accounting_exits() say yes
 */
void vmsr_accounting_note_exit(void)
{
	lockdep_assert_held(&vmsr_lock);
	vmsr_exits = true;
}

/**
 * vmsr_accounting_start - begin to count on all CPUs
 *
 * Return: 0 or a negative errno.
 */
int vmsr_accounting_start(void)
{
	int err;

	lockdep_assert_held(&vmsr_lock);
	err = tracepoint_probe_register(vmsr_sched_switch,
					vmsr_on_sched_switch, NULL);
	if (err)
		return err;
	cpus_read_lock();
	vmsr_counting = true;
	on_each_cpu(begin_here, NULL, true);
	cpus_read_unlock();
	return 0;
}

/**
 * vmsr_accounting_stop - count no more
 *
 * No probe is running when it returns.
 */
void vmsr_accounting_stop(void)
{
	unsigned int cpu;

	lockdep_assert_held(&vmsr_lock);
	cpus_read_lock();
	vmsr_counting = false;
	for_each_possible_cpu(cpu) {
		struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);
		unsigned long flags;

		raw_spin_lock_irqsave(&c->lock, flags);
		if (c->running != VMSR_OFF)
			window_count(c, cpu);
		slice_begin(c, NULL, 0, VMSR_OFF, NULL, false);
		raw_spin_unlock_irqrestore(&c->lock, flags);
	}
	cpus_read_unlock();
	tracepoint_probe_unregister(vmsr_sched_switch, vmsr_on_sched_switch,
				    NULL);
	tracepoint_synchronize_unregister();
}

static void find_sched_switch(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sched_switch"))
		vmsr_sched_switch = tp;
}

/**
 * vmsr_accounting_init - make ready to count
 *
 * Packages of CPUs that come online from here on are found.
 *
 * Return: 0 or a negative errno after a message.
 */
int vmsr_accounting_init(void)
{
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu) {
		struct vmsr_cpu *c = per_cpu_ptr(&vmsr_cpus, cpu);

		raw_spin_lock_init(&c->lock);
		c->cells[0] = CELL_END;
		c->cells[1] = CELL_END;
	}
	/* The tracepoint is not exported, the walk over all of them is. */
	for_each_kernel_tracepoint(find_sched_switch, NULL);
	if (!vmsr_sched_switch) {
		pr_err("this kernel has no tracepoint sched_switch\n");
		return -ENOENT;
	}
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "vmsr:dead",
					NULL, vmsr_cpu_dead);
	if (ret < 0)
		goto err;
	vmsr_dead_state = ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "vmsr:online",
				vmsr_cpu_online, NULL);
	if (ret < 0)
		goto err_dead;
	vmsr_online_state = ret;
	return 0;

err_dead:
	cpuhp_remove_state_nocalls(vmsr_dead_state);
err:
	pr_err("CPU hotplug cannot be followed (%d)\n", ret);
	return ret;
}

/**
 * vmsr_accounting_exit - follow CPU hotplug no more
 */
void vmsr_accounting_exit(void)
{
	cpuhp_remove_state_nocalls(vmsr_online_state);
	cpuhp_remove_state_nocalls(vmsr_dead_state);
}
