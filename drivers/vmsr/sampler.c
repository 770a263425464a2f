// SPDX-License-Identifier: GPL-2.0-only
/*
 * Once a period: read each package's counter, end the window on every CPU, and
 * share the energy out by the nanoseconds.
 *
 * Periods end on a grid that is the same for the whole host (multiples of the
 * period on CLOCK_MONOTONIC), and all that anybody sees of energy changes only
 * then: reading more often tells a guest nothing more about its neighbours.
 *
 * As long as there is no VM nothing is read and nothing is counted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/suspend.h>

#include "vmsr.h"

/*
 * Going to and from nothing patches the kernel's text: not for every VM that
 * comes and goes.
 */
#define LINGER_NS	(10ULL * NSEC_PER_SEC)

static struct task_struct *vmsr_thread;

/* Written under vmsr_lock, read by anybody. */
static enum vmsr_policy vmsr_policy;
static u64 vmsr_period_ns;

/* Under vmsr_lock. */
static bool vmsr_active;
static bool vmsr_suspended;
static u64 vmsr_last_ns;
static u64 vmsr_unused_ns;

/* Written under vmsr_lock, read by anybody. */
static u64 vmsr_grid;
static u64 vmsr_periods;

static void package_reset(struct vmsr_package *package)
{
	package->window = (struct vmsr_load){};
	package->departed_ns = 0;
	package->cores_vms = 0;
	package->cores_departed = 0;
	package->cores_rest = 0;
	package->cores_idle = 0;
	package->cores_left = 0;
}

/* The energy of this window is not known; what ran in it is. */
static void package_discard(struct vmsr_package *package,
			    struct list_head *changed)
{
	struct vmsr_slot *slot, *next;

	list_for_each_entry_safe(slot, next, &package->pending, pending) {
		list_del_init(&slot->pending);
		vmsr_vm_credit(slot, slot->pending_ns, 0, changed);
		slot->pending_ns = 0;
		slot->pending_core = 0;
	}
	package_reset(package);
}

/*
 * What the cores measured goes where it was used; unless the policy has them
 * measure that is nothing. Their package is read with the earliest of them, so
 * together they may show more than that: then all get that much less, and the
 * remainder in the next window.
 */
static void package_divide(struct vmsr_package *package,
			   struct vmsr_division *measured,
			   struct vmsr_division *d)
{
	u64 cores = package->cores_vms + package->cores_rest +
		    package->cores_idle;
	u64 amount = min(cores, package->amount);

	vmsr_division_start(measured, amount, cores);
	vmsr_division_policy(d, package->amount - amount, &package->window,
			     vmsr_policy);
}

/*
 * What is left of it is in the package's next amount. When that is less than what was
 * left before, it was no matter of moments, and would never be made up for.
 */
static void cores_keep(struct vmsr_package *package)
{
	struct vmsr_slot *slot, *next;
	u64 before = package->cores_left;

	package->cores_left = package->cores_vms + package->cores_rest +
			      package->cores_idle;
	if (package->amount >= before)
		return;
	package->cores_left = 0;
	list_for_each_entry_safe(slot, next, &package->pending, pending) {
		slot->pending_core = 0;
		list_del_init(&slot->pending);
	}
	package->cores_vms = 0;
	package->cores_departed = 0;
	package->cores_rest = 0;
	package->cores_idle = 0;
}

static void package_share(struct vmsr_package *package,
			  struct list_head *changed)
{
	struct vmsr_division measured, d;
	struct vmsr_slot *slot, *next;
	u64 share, core;
	s64 ns;

	if (package->departed_ns > 0)
		package->window.vms += package->departed_ns;
	list_for_each_entry(slot, &package->pending, pending) {
		ns = slot->pending_ns + slot->debt_ns;
		if (ns > 0)
			package->window.vms += ns;
	}
	package_divide(package, &measured, &d);
	list_for_each_entry_safe(slot, next, &package->pending, pending) {
		ns = slot->pending_ns + slot->debt_ns;
		core = vmsr_division_next(&measured, slot->pending_core);
		slot->pending_core -= core;
		package->cores_vms -= core;
		share = core + (ns > 0 ? vmsr_division_next(&d, ns) : 0);
		vmsr_vm_credit(slot, slot->pending_ns, share, changed);
		package->vms_energy += share;
		if (slot->account->dead)
			package->departed_energy += share;
		slot->debt_ns = min(ns, 0LL);
		slot->pending_ns = 0;
		if (!slot->pending_core)
			list_del_init(&slot->pending);
	}
	core = vmsr_division_next(&measured, package->cores_departed);
	package->cores_vms -= core;
	package->cores_departed -= core;
	share = core;
	if (package->departed_ns > 0)
		share += vmsr_division_next(&d, package->departed_ns);
	package->vms_energy += share;
	package->departed_energy += share;
	core = vmsr_division_next(&measured, package->cores_idle);
	package->cores_idle -= core;
	package->idle_energy += core + vmsr_division_idle(&d, &package->window,
							  vmsr_policy);
	core = vmsr_division_rest(&measured);
	package->cores_rest -= core;
	package->rest_energy += core + vmsr_division_rest(&d);
	package->energy += package->amount;
	package->window = (struct vmsr_load){};
	package->departed_ns = 0;
	cores_keep(package);
	WARN_ON_ONCE(package->energy != package->vms_energy +
		     package->rest_energy + package->idle_energy);
}

/**
 * vmsr_sampler_collect - end the window on every CPU, with what cores measured
 *
 * A core's energy belongs to who ran there since it was read last, so both are
 * done together, and then the packages' may follow later.
 */
void vmsr_sampler_collect(void)
{
	lockdep_assert_held(&vmsr_lock);
	vmsr_accounting_collect(vmsr_policy == VMSR_POLICY_CORE ?
				VMSR_TURN_WITH_CORES : VMSR_TURN_ALONE);
}

/* End a window; what it tells is that of the grid point @grid. */
static void sample(u64 grid)
{
	u64 now = ktime_get_ns(), window = now - vmsr_last_ns;
	struct vmsr_package *package;
	struct vmsr_vm *vm, *next;
	LIST_HEAD(changed);

	lockdep_assert_held(&vmsr_lock);
	cpus_read_lock();
	vmsr_accounting_collect(vmsr_policy == VMSR_POLICY_CORE ?
				VMSR_TURN_WITH_CORES : VMSR_TURN_WITH_PACKAGES);
	list_for_each_entry(package, &vmsr_packages, node) {
		vmsr_package_count(package);
		if (!package->err)
			package_share(package, &changed);
		else if (package->err == -EAGAIN)
			package_discard(package, &changed);
	}
	cpus_read_unlock();

	list_for_each_entry_safe(vm, next, &changed, changed) {
		list_del_init(&vm->changed);
		vmsr_vm_publish(vm, grid, window);
	}
	vmsr_vms_watch(grid);
	vmsr_check();
	vmsr_last_ns = now;
	/* Who sees either of these sees what was told at this grid point. */
	smp_store_release(&vmsr_periods, vmsr_periods + 1);
	/* As above; what was counted of periods is never behind it. */
	smp_store_release(&vmsr_grid, grid);
}

/* Count from here on; of the time before nothing is known. */
static void restart(void)
{
	struct vmsr_package *package;
	LIST_HEAD(changed);
	struct vmsr_vm *vm, *next;

	lockdep_assert_held(&vmsr_lock);
	cpus_read_lock();
	vmsr_accounting_collect(VMSR_TURN_ALONE);
	list_for_each_entry(package, &vmsr_packages, node) {
		package_discard(package, &changed);
		vmsr_package_restart(package);
		vmsr_cores_restart(package);
	}
	cpus_read_unlock();
	list_for_each_entry_safe(vm, next, &changed, changed)
		list_del_init(&vm->changed);
	vmsr_last_ns = ktime_get_ns();
	/* The period may have become longer since. */
	WRITE_ONCE(vmsr_grid, max(vmsr_grid, vmsr_last_ns -
				  vmsr_last_ns % vmsr_period_ns));
}

/**
 * vmsr_sampler_need - there is going to be a VM
 *
 * Return: 0 or a negative errno.
 */
int vmsr_sampler_need(void)
{
	int err;

	lockdep_assert_held(&vmsr_lock);
	vmsr_unused_ns = 0;
	if (vmsr_active)
		return 0;
	err = vmsr_accounting_start();
	if (err)
		return err;
	restart();
	WRITE_ONCE(vmsr_active, true);
	wake_up_process(vmsr_thread);
	return 0;
}

static void stop_if_unused(void)
{
	u64 now = ktime_get_ns();

	lockdep_assert_held(&vmsr_lock);
	if (vmsr_vms_count())
		return;
	if (!vmsr_unused_ns)
		vmsr_unused_ns = now;
	if (now - vmsr_unused_ns < LINGER_NS)
		return;
	vmsr_accounting_stop();
	WRITE_ONCE(vmsr_active, false);
}

/* Until a time on CLOCK_MONOTONIC, or, with 0, until something is counted. */
static void sleep_until(u64 ns)
{
	ktime_t expires = ns_to_ktime(ns);

	set_current_state(TASK_IDLE);
	if (kthread_should_stop())
		;
	else if (ns)
		schedule_hrtimeout(&expires, HRTIMER_MODE_ABS);
	else if (!vmsr_sampler_active())
		schedule();
	__set_current_state(TASK_RUNNING);
}

static int sampler(void *unused)
{
	u64 now, grid, period;

	while (!kthread_should_stop()) {
		if (!vmsr_sampler_active()) {
			sleep_until(0);
			continue;
		}
		now = ktime_get_ns();
		period = vmsr_sampler_period_ns();
		grid = now - now % period + period;
		sleep_until(grid);
		now = ktime_get_ns();
		if (now < grid)
			continue;
		mutex_lock(&vmsr_lock);
		/* Chosen anew meanwhile: this may be no grid point any more. */
		if (period != vmsr_period_ns) {
			mutex_unlock(&vmsr_lock);
			continue;
		}
		if (vmsr_active && !vmsr_suspended) {
			sample(now - now % period);
			vmsr_helpers_look(now);
			vmsr_vms_look();
			stop_if_unused();
		}
		mutex_unlock(&vmsr_lock);
	}
	return 0;
}

/* Counters may start anew in the meantime. */
static int on_suspend(struct notifier_block *nb, unsigned long event,
		      void *unused)
{
	mutex_lock(&vmsr_lock);
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
		if (vmsr_active)
			sample(vmsr_grid);
		vmsr_suspended = true;
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
		if (vmsr_active)
			restart();
		vmsr_suspended = false;
		break;
	}
	mutex_unlock(&vmsr_lock);
	return NOTIFY_DONE;
}

static struct notifier_block vmsr_suspend = {
	.notifier_call = on_suspend,
};

/**
 * vmsr_sampler_active - whether anything is counted now
 *
 * Return: that.
 */
bool vmsr_sampler_active(void)
{
	return READ_ONCE(vmsr_active);
}

/**
 * vmsr_sampler_period_ns - the grid
 *
 * Return: its period.
 */
u64 vmsr_sampler_period_ns(void)
{
	return READ_ONCE(vmsr_period_ns);
}

/**
 * vmsr_sampler_policy - how energy is shared out
 *
 * Return: that.
 */
enum vmsr_policy vmsr_sampler_policy(void)
{
	return READ_ONCE(vmsr_policy);
}

/**
 * vmsr_sampler_set - choose another grid and policy
 * @period_ms: the grid
 * @policy: how energy is shared out, which the source must be able to
 *
 * Both hold for the window that is going on.
 */
void vmsr_sampler_set(unsigned int period_ms, enum vmsr_policy policy)
{
	struct vmsr_package *package;
	struct vmsr_vm *vm;
	unsigned long id;

	lockdep_assert_held(&vmsr_lock);
	WRITE_ONCE(vmsr_period_ns, (u64)period_ms * NSEC_PER_MSEC);
	if (policy != vmsr_policy) {
		cpus_read_lock();
		list_for_each_entry(package, &vmsr_packages, node)
			vmsr_cores_restart(package);
		cpus_read_unlock();
	}
	WRITE_ONCE(vmsr_policy, policy);
	for (id = 0; (vm = vmsr_vm_next(&id)); id++)
		vmsr_guest_page_period(vm);
	/* It sleeps until a point of the old grid. */
	wake_up_process(vmsr_thread);
}

/**
 * vmsr_sampler_grid_ns - the newest grid point
 * @periods: how many there were, or NULL
 *
 * Return: its time on CLOCK_MONOTONIC. Figures read after this call are those of
 * this grid point or a later one.
 */
u64 vmsr_sampler_grid_ns(u64 *periods)
{
	/* These pair with the releases at the end of sample(). */
	u64 grid = smp_load_acquire(&vmsr_grid);

	if (periods)
		*periods = smp_load_acquire(&vmsr_periods); /* likewise */
	return grid;
}

/**
 * vmsr_sampler_init - make ready for the first VM
 * @period_ms: the grid
 * @policy: how energy is shared out
 *
 * Return: 0 or a negative errno after a message.
 */
int vmsr_sampler_init(unsigned int period_ms, enum vmsr_policy policy)
{
	int err;

	vmsr_period_ns = (u64)period_ms * NSEC_PER_MSEC;
	vmsr_policy = policy;
	vmsr_thread = kthread_run(sampler, NULL, "vmsr");
	if (IS_ERR(vmsr_thread)) {
		pr_err("the sampler's thread cannot be started (%ld)\n",
		       PTR_ERR(vmsr_thread));
		return PTR_ERR(vmsr_thread);
	}
	err = register_pm_notifier(&vmsr_suspend);
	if (err) {
		pr_err("suspend cannot be followed (%d)\n", err);
		kthread_stop(vmsr_thread);
	}
	return err;
}

/**
 * vmsr_sampler_exit - stop counting
 *
 * There must be no VM any more.
 */
void vmsr_sampler_exit(void)
{
	unregister_pm_notifier(&vmsr_suspend);
	kthread_stop(vmsr_thread);
	mutex_lock(&vmsr_lock);
	if (vmsr_active)
		vmsr_accounting_stop();
	WRITE_ONCE(vmsr_active, false);
	mutex_unlock(&vmsr_lock);
}
