/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmsr: the energy of virtual machines.
 *
 * How the parts fit:
 *
 *	source.c    reads the energy registers (Intel, AMD)
 *	package.c   one struct for each energy counter of the host
 *	account.c   who ran where for how many nanoseconds, from the scheduler
 *	slot.c      where that and its energy are collected
 *	sampler.c   once a period: energy is shared out by those nanoseconds
 *	vm.c        VMs and their vCPUs
 *	thread.c    the threads and processes that they are made of
 *	guest.c     what a guest sees of it: MSRs and the mapped page
 *	cdev.c      /dev/vmsr                netlink.c   the family "vmsr"
 *	powercap.c  zones for the host's tools
 *	state.c     a guest's counters, carried elsewhere
 *	watch.c     who waits for news
 *	helper.c    processes and kernel threads that work for a VM
 *	check.c     with debug=1: do all sums agree
 *
 * Locks, outermost first:
 *
 *	vmsr_lock     mutex: all VMs, vCPUs, tasks and processes, and the end of
 *	              each window. Held while energy is read, so never taken
 *	              where a guest waits for it.
 *	CPU hotplug   the list of packages, and which CPU is in which.
 *	vmsr_cpu.lock raw spinlock of one CPU, below the run queue's lock: what is
 *	              counted there. Nothing may be woken under it.
 *	vmsr_vm.lock  spinlock: the figures that an ioctl reads.
 *
 * Powercap's own locks are outside vmsr_lock: nobody makes or removes a zone who
 * holds it.
 */
#ifndef VMSR_H
#define VMSR_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include <linux/vmsr.h>

#include "energy.h"

struct netlink_ext_ack;
struct vmsr_account;
struct vmsr_vcpu;
struct vmsr_vm;
struct vmsr_zone;

/* ---- source.c ---- */

/**
 * struct vmsr_source - where energy is read
 * @name: for people, and to choose it
 * @unit_msr: number of the register with the units
 * @package_msr: number of the package's counter
 * @core_msr: number of a core's counter, or 0
 * @die_scope: a counter is a die's and not a package's
 * @usable: whether this machine can have it
 * @read_shift: the counter's unit as n of 2^-n J, read on any of the CPUs;
 *	returns 0 or a negative errno
 * @read_counter: a counter, by its number, read on any of the CPUs; returns 0 or
 *	a negative errno
 * @read_here: the same on this CPU, with interrupts off
 */
struct vmsr_source {
	const char *name;
	u32 unit_msr;
	u32 package_msr;
	u32 core_msr;
	bool die_scope;
	bool (*usable)(void);
	int (*read_shift)(const struct vmsr_source *source,
			  const struct cpumask *cpus, unsigned int *shift);
	int (*read_counter)(u32 msr, const struct cpumask *cpus, u32 *raw);
	int (*read_here)(u32 msr, u32 *raw);
};

const struct vmsr_source *vmsr_source_find(const char *name);

/* ---- package.c ---- */

/**
 * struct vmsr_turn - a counter that is read in the moment in which windows end
 * @cpus: whose windows; one of them, online, does it
 * @msr: number of the counter
 * @along: number of another that is read just before it, or 0
 * @call: asks that CPU
 * @asked: it has been
 * @done: it has done it
 * @raw: what the counter showed
 * @err: outcome of reading it
 * @along_raw: what the other showed
 * @along_err: outcome of reading that
 */
struct vmsr_turn {
	const struct cpumask *cpus;
	u32 msr;
	u32 along;
	call_single_data_t call;
	bool asked;
	struct completion done;
	u32 raw;
	int err;
	u32 along_raw;
	int along_err;
};

/**
 * struct vmsr_pcore - a core of the host whose energy is measured
 * @node: in vmsr_package.cores
 * @cpus: its CPUs that are or were online
 * @turn: reads its counter at the end of a window
 * @counter: the counter's 64-bit extension
 * @started: @counter has a value to count from
 * @read_ns: time of its last good read
 * @amount: units in the window that has just ended
 */
struct vmsr_pcore {
	struct list_head node;
	struct cpumask cpus;
	struct vmsr_turn turn;
	struct vmsr_counter counter;
	bool started;
	u64 read_ns;
	u64 amount;
};

/**
 * struct vmsr_package - one energy counter of the host
 * @node: in vmsr_packages
 * @index: place in that list, and slot of each account
 * @id: physical package
 * @die: die in it, 0 where the counter is the package's
 * @cpus: CPUs it covers that are or were online
 * @shift: unit of the counter, 2^-@shift J
 * @turn: reads it at the end of a window; where cores are read, gets what they read
 * @counter: its 64-bit extension
 * @started: @counter has a value to count from
 * @read_ns: time of its last good read
 * @moved_ns: time of the last one that showed another value than the one before
 * @same: so many reads since then, as far as it matters
 * @still: that is too long ago, which has been said
 * @err: outcome of the last read
 * @amount: units since the last good read
 * @failing: the last read failed, which has been said
 * @reads: reads of the counter
 * @read_errors: reads that failed or showed what cannot be
 * @pending: slots of the accounts that ran here since the last good read
 * @window: CPU time since the last good read
 * @departed_ns: part of it that VMs ran which are gone
 * @cores: its cores, where the source measures them
 * @cores_failing: a core could not be read, which has been said
 * @cores_vms: measured in cores and not shared out yet, of VMs
 * @cores_departed: part of it of VMs which are gone
 * @cores_rest: the same, of the rest of the host
 * @cores_idle: the same, of idle time
 * @cores_left: what was not shared out of them in the last window
 * @energy: units since the module was loaded
 * @vms_energy: part of it that went to VMs
 * @departed_energy: part of that whose VMs are gone
 * @rest_energy: part of @energy of the rest of the host
 * @idle_energy: part of @energy of idle time
 */
struct vmsr_package {
	struct list_head node;
	unsigned int index;
	u32 id;
	u32 die;
	struct cpumask cpus;
	unsigned int shift;
	struct vmsr_turn turn;
	struct vmsr_counter counter;
	bool started;
	u64 read_ns;
	u64 moved_ns;
	unsigned int same;
	bool still;
	int err;
	u64 amount;
	bool failing;
	u64 reads;
	u64 read_errors;

	struct list_head pending;
	struct vmsr_load window;
	s64 departed_ns;

	struct list_head cores;
	bool cores_failing;
	u64 cores_vms;
	u64 cores_departed;
	u64 cores_rest;
	u64 cores_idle;
	u64 cores_left;

	u64 energy;
	u64 vms_energy;
	u64 departed_energy;
	u64 rest_energy;
	u64 idle_energy;
};

/* The periods that may be chosen. */
#define VMSR_PERIOD_MS_MIN	100
#define VMSR_PERIOD_MS_MAX	10000

extern unsigned int vmsr_max_watts;
extern struct list_head vmsr_packages;
extern unsigned int vmsr_nr_slots;

int vmsr_packages_init(const struct vmsr_source *source);
void vmsr_packages_exit(void);
const struct vmsr_source *vmsr_packages_source(void);
unsigned int vmsr_packages_count(void);
struct vmsr_package *vmsr_package_of(unsigned int cpu);
int vmsr_package_add_cpu(unsigned int cpu);
void vmsr_package_restart(struct vmsr_package *package);
void vmsr_package_count(struct vmsr_package *package);
void vmsr_cores_count(struct vmsr_package *package);
void vmsr_cores_restart(struct vmsr_package *package);

/* ---- account.c ---- */

/* What is read in the moment in which a CPU's window ends. */
enum vmsr_turns {
	VMSR_TURN_ALONE,
	VMSR_TURN_WITH_CORES,
	VMSR_TURN_WITH_PACKAGES,
};

/**
 * struct vmsr_cell - what one account ran on one CPU
 * @account: the account
 * @ns: for each of two epochs; negative when a slice turned out to be shorter
 *	than what was handed out before its end
 * @next: list of the cells in use, for each epoch
 *
 * One epoch is written by the CPU while the sampler empties the other.
 */
struct vmsr_cell {
	struct vmsr_account *account;
	s64 ns[2];
	struct vmsr_cell *next[2];
};

/**
 * struct vmsr_slot - what one account ran and used on one package
 * @account: the account
 * @pending: in vmsr_package.pending, when it ran since the last good read or has
 *	something of a core yet to get
 * @pending_ns: so long
 * @pending_core: units measured in cores where it ran, its part that it has not
 *	got yet
 * @debt_ns: time that an earlier window gave it too much, never above 0
 * @ns: run until the last good read, exactly
 * @energy: units used
 */
struct vmsr_slot {
	struct vmsr_account *account;
	struct list_head pending;
	s64 pending_ns;
	u64 pending_core;
	s64 debt_ns;
	s64 ns;
	u64 energy;
};

/**
 * struct vmsr_account - where time and energy of some threads are collected
 * @cells: one for each CPU
 * @vm: whose it is
 * @vcpu: the vCPU, or NULL for the VM's other threads
 * @zone: its powercap zone, or NULL
 * @processes: those whose @overhead this is
 * @dead: its VM is gone; no CPU shall count for it any more
 * @watch: tell when a vCPU's thread is seen here
 * @found: one was
 * @ns: time of all slots
 * @shown_ns: the same, except that it never goes back
 * @energy: units of all slots
 * @slots: one for each package
 */
struct vmsr_account {
	struct vmsr_cell __percpu *cells;
	struct vmsr_vm *vm;
	struct vmsr_vcpu *vcpu;
	struct vmsr_zone *zone;
	struct list_head processes;
	bool dead;
	bool watch;
	bool found;
	s64 ns;
	u64 shown_ns;
	u64 energy;
	struct vmsr_slot slots[];
};

/**
 * struct vmsr_process - a process some of whose threads are in a VM
 * @hash: by @signal
 * @node: in vmsr_processes
 * @of_account: in vmsr_account.processes of @overhead
 * @rcu: frees it
 * @signal: what all its threads have in common
 * @leader: keeps @signal alive
 * @pid: what tools show
 * @nr_tasks: threads that have an account of their own
 * @overhead: account of the others, or NULL
 * @ended: all threads have ended, as seen by an earlier look
 */
struct vmsr_process {
	struct hlist_node hash;
	struct list_head node;
	struct list_head of_account;
	struct rcu_head rcu;
	struct signal_struct *signal;
	struct task_struct *leader;
	pid_t pid;
	unsigned int nr_tasks;
	struct vmsr_account *overhead;
	bool ended;
};

/**
 * struct vmsr_task - a thread with an account of its own
 * @hash: by @task
 * @node: in vmsr_tasks
 * @rcu: frees it
 * @task: the thread
 * @tid: what tools show
 * @process: its process
 * @account: where its time goes
 */
struct vmsr_task {
	struct hlist_node hash;
	struct list_head node;
	struct rcu_head rcu;
	struct task_struct *task;
	pid_t tid;
	struct vmsr_process *process;
	struct vmsr_account *account;
};

int vmsr_accounting_init(void);
void vmsr_accounting_exit(void);
int vmsr_accounting_start(void);
void vmsr_accounting_stop(void);
void vmsr_accounting_collect(enum vmsr_turns turns);
bool vmsr_accounting_exits(void);
void vmsr_accounting_note_exit(void);
void vmsr_accounting_moved(struct task_struct *task);
void vmsr_accounting_moved_all(struct task_struct *leader);
void vmsr_accounting_resync(void);

/* ---- lookup.c ---- */

void vmsr_process_hash(struct vmsr_process *process);
struct vmsr_process *vmsr_process_find(struct task_struct *task);
void vmsr_task_hash(struct vmsr_task *task);
struct vmsr_task *vmsr_task_find(struct task_struct *task);

/* ---- slot.c ---- */

struct vmsr_account *vmsr_account_alloc(struct vmsr_vm *vm,
					struct vmsr_vcpu *vcpu);
void vmsr_account_end(struct vmsr_account *account);
void vmsr_account_settle(struct vmsr_account *account);
void vmsr_account_free(struct vmsr_account *account);

/* ---- thread.c ---- */

struct vmsr_task *vmsr_task_add(struct task_struct *task,
				struct vmsr_account *account,
				struct vmsr_account *overhead);
void vmsr_task_remove(struct vmsr_task *task);
struct vmsr_process *vmsr_process_add(struct task_struct *task,
				      struct vmsr_account *overhead);
void vmsr_processes_forget(struct vmsr_account *overhead);
bool vmsr_task_is_vcpu(struct task_struct *task);
bool vmsr_threads_prune(void);

/* ---- vm.c ---- */

/**
 * struct vmsr_vcpu - a virtual CPU; exists from when it is first added
 * @id: its number in the VM
 * @package: virtual package
 * @core: virtual core
 * @task: its thread at present, or NULL
 * @account: its time and energy
 */
struct vmsr_vcpu {
	u32 id;
	u32 package;
	u32 core;
	struct vmsr_task *task;
	struct vmsr_account *account;
};

/**
 * struct vmsr_core - a virtual core
 * @package: its virtual package, once @used
 * @used: a vCPU has been in it
 * @energy: units that its vCPUs used
 */
struct vmsr_core {
	u32 package;
	bool used;
	u64 energy;
};

/**
 * struct vmsr_figures - what is told about a VM
 * @vcpu_energy: units of its vCPU threads
 * @overhead_energy: units of the VMM's other threads
 * @vcpu_ns: time that the vCPU threads ran
 * @overhead_ns: time that the others ran
 * @updated_ns: grid point at which any of these changed last
 * @window_energy: units of both in the window that ended then
 * @window_ns: length of that window
 */
struct vmsr_figures {
	u64 vcpu_energy;
	u64 overhead_energy;
	u64 vcpu_ns;
	u64 overhead_ns;
	u64 updated_ns;
	u64 window_energy;
	u64 window_ns;
};

/**
 * struct vmsr_totals - what a VM used, as the sampler adds it up
 * @vcpu_energy: units of its vCPU threads
 * @overhead_energy: units of the VMM's other threads
 * @vcpu_ns: time that the vCPU threads ran
 * @overhead_ns: time that the others ran
 * @window_energy: units of both in the window that is being shared out
 */
struct vmsr_totals {
	u64 vcpu_energy;
	u64 overhead_energy;
	s64 vcpu_ns;
	s64 overhead_ns;
	u64 window_energy;
};

/**
 * struct vmsr_vm - a VM
 * @id: its number
 * @name: what tools show
 * @owner: who ends it
 * @flags: VMSR_CREATE_*
 * @interface: whose MSRs its guest sees
 * @nr_vcpus: ids of vCPUs are below this
 * @nr_packages: size of @packages
 * @nr_cores: size of @cores
 * @nr_present: vCPUs that have a thread
 * @pid: the VMM's process, for tools
 * @created_period: period in which it was made
 * @vcpus: vCPUs by id, from when they are first added
 * @packages: units that the vCPUs of each virtual package used
 * @cores: virtual cores; NULL when nothing is shown to the guest
 * @lifted: part of the sum of @packages that the VM did not use here
 * @overhead: account of the VMM's other threads, or NULL
 * @process: the process it was attached to, or NULL
 * @zone: its powercap zone, or NULL
 * @page: what the guest's VMM maps; NULL when nothing is shown to the guest
 * @page_size: its size
 * @changed: in the sampler's list of VMs that used energy
 * @node: in the list of attached VMs, later in that of VMs to be freed
 * @totals: what it used
 * @threshold_uw: power whose crossing is an event, or 0
 * @above: power was not below it
 * @watched: in the list of VMs with a threshold
 * @lock: protects @figures and @told_ns
 * @figures: what is told
 * @told_ns: @figures.updated_ns when the VMM asked last
 * @wait: who waits for figures that are newer
 */
struct vmsr_vm {
	u32 id;
	char name[VMSR_NAME_SIZE];
	enum vmsr_owner owner;
	u32 flags;
	enum vmsr_interface interface;
	u32 nr_vcpus;
	u32 nr_packages;
	u32 nr_cores;
	u32 nr_present;
	struct pid *pid;
	u64 created_period;
	struct xarray vcpus;
	u64 *packages;
	struct vmsr_core *cores;
	u64 lifted;
	struct vmsr_account *overhead;
	struct vmsr_process *process;
	struct vmsr_zone *zone;
	struct vmsr_page *page;
	size_t page_size;
	struct list_head changed;
	struct list_head node;
	struct vmsr_totals totals;
	u64 threshold_uw;
	bool above;
	struct list_head watched;
	/* protects what follows, which is read without vmsr_lock */
	spinlock_t lock;
	struct vmsr_figures figures;
	u64 told_ns;
	wait_queue_head_t wait;
};

/**
 * struct vmsr_vm_spec - how a VM shall be
 * @name: what tools show
 * @owner: who ends it
 * @flags: VMSR_CREATE_*
 * @interface: whose MSRs its guest sees
 * @nr_vcpus: vCPUs
 * @nr_packages: virtual packages
 * @nr_cores: virtual cores
 */
struct vmsr_vm_spec {
	const char *name;
	enum vmsr_owner owner;
	u32 flags;
	enum vmsr_interface interface;
	u32 nr_vcpus;
	u32 nr_packages;
	u32 nr_cores;
};

extern struct mutex vmsr_lock;
extern unsigned int vmsr_max_vms;
extern unsigned int vmsr_tdp_watts;

struct vmsr_vm *vmsr_vm_create(const struct vmsr_vm_spec *spec);
void vmsr_vm_destroy(struct vmsr_vm *vm);
void vmsr_vms_exit(void);
unsigned int vmsr_vms_count(void);
struct vmsr_vm *vmsr_vm_find(u32 id);
struct vmsr_vm *vmsr_vm_next(unsigned long *id);
u32 vmsr_vms_generation(void);
pid_t vmsr_vm_pid(const struct vmsr_vm *vm);
int vmsr_vm_add_vcpu(struct vmsr_vm *vm, u32 id, pid_t tid, u32 package,
		     u32 core);
int vmsr_vm_remove_vcpu(struct vmsr_vm *vm, u32 id);
int vmsr_vm_attach(pid_t pid, const char *name,
		   struct netlink_ext_ack *extack);
int vmsr_vm_detach(u32 id, struct netlink_ext_ack *extack);
void vmsr_vm_credit(struct vmsr_slot *slot, s64 ns, u64 energy,
		    struct list_head *changed);
void vmsr_vm_publish(struct vmsr_vm *vm, u64 now_ns, u64 window_ns);
void vmsr_vms_look(void);
void vmsr_vm_energy(struct vmsr_vm *vm, struct vmsr_energy *energy);
struct task_struct *vmsr_task_of(pid_t tid);

/* ---- guest.c ---- */

size_t vmsr_guest_page_size(u32 nr_packages, u32 nr_cores);
void vmsr_guest_page_init(struct vmsr_vm *vm, u64 now_ns);
void vmsr_guest_page_publish(struct vmsr_vm *vm, u64 now_ns);
void vmsr_guest_page_period(struct vmsr_vm *vm);
unsigned int vmsr_guest_msrs(const struct vmsr_vm *vm);
void vmsr_guest_msr(const struct vmsr_vm *vm, unsigned int i,
		    struct vmsr_msr *msr);
int vmsr_guest_read(struct vmsr_vm *vm, u32 vcpu, u32 index, u64 *value);
int vmsr_guest_write(struct vmsr_vm *vm, u32 vcpu, u32 index);

/* ---- sampler.c ---- */

int vmsr_sampler_init(unsigned int period_ms, enum vmsr_policy policy);
void vmsr_sampler_exit(void);
int vmsr_sampler_need(void);
bool vmsr_sampler_active(void);
void vmsr_sampler_collect(void);
u64 vmsr_sampler_period_ns(void);
enum vmsr_policy vmsr_sampler_policy(void);
void vmsr_sampler_set(unsigned int period_ms, enum vmsr_policy policy);
u64 vmsr_sampler_grid_ns(u64 *periods);

/* ---- powercap.c ---- */

#if IS_ENABLED(CONFIG_POWERCAP)
struct vmsr_zone *vmsr_zone_add_vm(u32 id);
struct vmsr_zone *vmsr_zone_add_vcpu(struct vmsr_zone *vm, u32 id);
struct vmsr_zone *vmsr_zone_add_overhead(struct vmsr_zone *vm, u32 id);
void vmsr_zone_publish(struct vmsr_zone *zone, u64 energy);
void vmsr_zone_end(struct vmsr_zone *zone);
int vmsr_powercap_init(void);
void vmsr_powercap_exit(void);
#else
static inline struct vmsr_zone *vmsr_zone_add_vm(u32 id)
{
	return NULL;
}

static inline struct vmsr_zone *vmsr_zone_add_vcpu(struct vmsr_zone *vm, u32 id)
{
	return NULL;
}

static inline struct vmsr_zone *vmsr_zone_add_overhead(struct vmsr_zone *vm,
						       u32 id)
{
	return NULL;
}

static inline void vmsr_zone_publish(struct vmsr_zone *zone, u64 energy) {}
static inline void vmsr_zone_end(struct vmsr_zone *zone) {}

static inline int vmsr_powercap_init(void)
{
	return 0;
}

static inline void vmsr_powercap_exit(void) {}
#endif

/* ---- state.c ---- */

u32 vmsr_state_length(const struct vmsr_vm *vm);
int vmsr_state_save(struct vmsr_vm *vm, void __user *user);
int vmsr_state_restore(struct vmsr_vm *vm, const void __user *user, u32 length);

/* ---- watch.c ---- */

void vmsr_vm_told(struct vmsr_vm *vm, u64 updated_ns);
bool vmsr_vm_has_news(struct vmsr_vm *vm);
void vmsr_vm_set_threshold(struct vmsr_vm *vm, u64 threshold_uw);
void vmsr_vms_watch(u64 grid_ns);

/* ---- helper.c ---- */

int vmsr_helper_add(struct vmsr_vm *vm, pid_t pid, bool admin);
void vmsr_helpers_expect(void);
void vmsr_helpers_look(u64 now_ns);

/* ---- check.c ---- */

void vmsr_check(void);
u64 vmsr_check_results(u64 *errors);

/* ---- cdev.c, netlink.c ---- */

int vmsr_cdev_init(void);
void vmsr_cdev_exit(void);
int vmsr_netlink_init(void);
void vmsr_netlink_exit(void);
void vmsr_netlink_tell(struct vmsr_vm *vm, enum vmsr_cmd event, u64 power_uw);

#endif
