/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * vmsr: the energy of virtual machines, as a VMM, a tool or a guest sees it.
 *
 * Three interfaces are described here: the ioctls of /dev/vmsr and of the file
 * descriptors that it gives out, the page that such a descriptor maps, and the
 * generic netlink family "vmsr" (Documentation/netlink/specs/vmsr.yaml).
 *
 * Each ioctl takes a struct whose first member is its size as the caller knows
 * it. A kernel that knows a longer struct takes the missing members as zero; a
 * kernel that knows a shorter one answers E2BIG unless what it does not know is
 * zero. Reserved members and unknown flags must be zero (EINVAL). An unknown
 * request is ENOTTY.
 */
#ifndef _UAPI_LINUX_VMSR_H
#define _UAPI_LINUX_VMSR_H

#include <linux/types.h>
#include <linux/ioctl.h>

/*
 * The numbers: energy towards the host is in microjoules, 64 bits, and never
 * wraps. Energy towards a guest is in units of 2^-14 J (61 microjoules) on
 * every host, in the low 32 bits of its MSR, and wraps as the hardware's does.
 * All of it changes only at the points of a grid that is the same for the whole
 * host (multiples of the period on CLOCK_MONOTONIC), whenever it is read.
 */
#define VMSR_GUEST_ENERGY_SHIFT		14

#define VMSR_IOC_TYPE			0xE7

#define VMSR_NAME_SIZE			48
#define VMSR_MAX_VCPUS			4096
#define VMSR_MAX_PACKAGES		64

/* ---- /dev/vmsr ---- */

/**
 * struct vmsr_info - what this module is and can
 * @size: in: sizeof(struct vmsr_info)
 * @flags: in: 0
 * @version: out: version of these interfaces, 1
 * @nr_packages: out: packages of the host whose energy is read
 * @period_ns: out: the grid
 * @max_vms: out: how many VMs may exist
 * @nr_vms: out: how many there are
 */
struct vmsr_info {
	__u32 size;
	__u32 flags;
	__u32 version;
	__u32 nr_packages;
	__u64 period_ns;
	__u32 max_vms;
	__u32 nr_vms;
};

#define VMSR_INFO			_IO(VMSR_IOC_TYPE, 0x00)

/* Whose MSRs the guest sees; the host's vendor does not matter. */
enum vmsr_interface {
	VMSR_INTERFACE_INTEL		= 0,
	VMSR_INTERFACE_AMD		= 1,
};

/* The other threads of the VMM stay with the rest of the host. */
#define VMSR_CREATE_NO_OVERHEAD		(1U << 0)

/**
 * struct vmsr_create_vm - make a VM
 * @size: in: sizeof(struct vmsr_create_vm)
 * @flags: in: VMSR_CREATE_*
 * @interface: in: enum vmsr_interface
 * @nr_vcpus: in: vCPU ids are 0 to @nr_vcpus - 1; at most VMSR_MAX_VCPUS
 * @nr_packages: in: virtual packages, ids from 0; at most VMSR_MAX_PACKAGES
 * @nr_cores: in: virtual cores of all packages together, ids from 0; at most
 *	VMSR_MAX_VCPUS
 * @id: out: the VM's number, as netlink and tools show it
 * @map_size: out: bytes to map from the new descriptor
 * @reserved: in: 0
 * @name: in: what tools show, zero-terminated; empty: the caller's name
 *
 * Returns a file descriptor (always O_CLOEXEC) that is the VM: it takes the
 * VMSR_VM_* ioctls and a read-only shared mapping, may be handed to another
 * process, and the VM ends with its last copy and mapping.
 */
struct vmsr_create_vm {
	__u32 size;
	__u32 flags;
	__u32 interface;
	__u32 nr_vcpus;
	__u32 nr_packages;
	__u32 nr_cores;
	__u32 id;
	__u32 map_size;
	__u64 reserved;
	char name[VMSR_NAME_SIZE];
};

#define VMSR_CREATE_VM			_IO(VMSR_IOC_TYPE, 0x01)

/* ---- the VM's file descriptor ---- */

/**
 * struct vmsr_vcpu_thread - a vCPU and the thread that runs it
 * @size: in: sizeof(struct vmsr_vcpu_thread)
 * @flags: in: 0
 * @vcpu: in: its id
 * @tid: in: thread id as gettid() gives it, 0 for the calling thread; it must
 *	be a thread of the caller's process unless the caller has CAP_SYS_ADMIN
 *	(EPERM). Unused when removing.
 * @package: in: its virtual package. Unused when removing.
 * @core: in: its virtual core; SMT siblings name the same one, and a core is
 *	in one package. Unused when removing.
 * @reserved: in: 0
 *
 * What the thread runs from here on is the VM's. A vCPU that is removed, or
 * whose thread ends, keeps its energy in the VM; it may be added again with
 * another thread, at the same package and core.
 */
struct vmsr_vcpu_thread {
	__u32 size;
	__u32 flags;
	__u32 vcpu;
	__s32 tid;
	__u32 package;
	__u32 core;
	__u64 reserved;
};

#define VMSR_VM_ADD_VCPU		_IO(VMSR_IOC_TYPE, 0x10)
#define VMSR_VM_REMOVE_VCPU		_IO(VMSR_IOC_TYPE, 0x11)

/* What a guest may do with an MSR without #GP. */
#define VMSR_MSR_READ			(1U << 0)
#define VMSR_MSR_WRITE			(1U << 1)	/* taken and ignored */

/**
 * struct vmsr_msr - an MSR that the VMM filters for the guest
 * @index: number of the MSR
 * @access: VMSR_MSR_*; filter both directions, answer the others with #GP
 * @offset: where its value is in the mapped page
 * @package_stride: added to @offset for each virtual package
 * @core_stride: added to @offset for each virtual core
 * @reserved: 0
 *
 * The value of a vCPU in package P and core C is the __u64 at
 * @offset + P * @package_stride + C * @core_stride.
 */
struct vmsr_msr {
	__u32 index;
	__u32 access;
	__u32 offset;
	__u32 package_stride;
	__u32 core_stride;
	__u32 reserved;
};

/**
 * struct vmsr_msr_list - which MSRs to filter
 * @size: in: sizeof(struct vmsr_msr_list)
 * @flags: in: 0
 * @entry_size: in: sizeof(struct vmsr_msr) as the caller knows it
 * @nr: in: room; out: entries there are (ENOSPC when there is less room)
 * @entries: in: pointer to the room
 */
struct vmsr_msr_list {
	__u32 size;
	__u32 flags;
	__u32 entry_size;
	__u32 nr;
	__aligned_u64 entries;
};

#define VMSR_VM_LIST_MSRS		_IO(VMSR_IOC_TYPE, 0x12)

/**
 * struct vmsr_msr_access - a guest's RDMSR or WRMSR
 * @size: in: sizeof(struct vmsr_msr_access)
 * @flags: in: 0
 * @vcpu: in: who
 * @index: in: which MSR
 * @value: out when reading, in when writing
 *
 * ENXIO: the guest gets #GP. ENOENT: no such vCPU was ever added.
 */
struct vmsr_msr_access {
	__u32 size;
	__u32 flags;
	__u32 vcpu;
	__u32 index;
	__u64 value;
};

#define VMSR_VM_READ_MSR		_IO(VMSR_IOC_TYPE, 0x13)
#define VMSR_VM_WRITE_MSR		_IO(VMSR_IOC_TYPE, 0x14)

/**
 * struct vmsr_energy - what the VM has used
 * @size: in: sizeof(struct vmsr_energy)
 * @flags: in: 0
 * @vcpu_uj: out: energy of its vCPU threads
 * @overhead_uj: out: energy of the VMM's other threads
 * @vcpu_ns: out: time that the vCPU threads ran
 * @overhead_ns: out: time that the others ran
 * @updated_ns: out: the grid point of all this, CLOCK_MONOTONIC
 * @updates: out: how many grid points there were since the VM was made
 * @power_uw: out: mean power of both over the last period
 */
struct vmsr_energy {
	__u32 size;
	__u32 flags;
	__u64 vcpu_uj;
	__u64 overhead_uj;
	__u64 vcpu_ns;
	__u64 overhead_ns;
	__u64 updated_ns;
	__u64 updates;
	__u64 power_uw;
};

#define VMSR_VM_ENERGY			_IO(VMSR_IOC_TYPE, 0x15)

/**
 * struct vmsr_state_access - save what the guest sees, or restore it
 * @size: in: sizeof(struct vmsr_state_access)
 * @flags: in: 0
 * @length: in: bytes at @data; out, when saving: bytes there are (ENOSPC when
 *	there is less room)
 * @reserved: in: 0
 * @data: in: pointer to a struct vmsr_state
 *
 * A restored counter goes on from what was saved, on whatever host; where it is
 * beyond that already it stays, so it never goes back, however often this is
 * done. Save while no vCPU runs, restore before one does. What the host itself
 * shows of a VM is what the VM used there, and is not touched.
 *
 * Restoring: EBADMSG for what is no state, EOPNOTSUPP for one of another version,
 * EINVAL for one of a VM of another shape.
 */
struct vmsr_state_access {
	__u32 size;
	__u32 flags;
	__u32 length;
	__u32 reserved;
	__aligned_u64 data;
};

#define VMSR_VM_SAVE			_IO(VMSR_IOC_TYPE, 0x16)
#define VMSR_VM_RESTORE			_IO(VMSR_IOC_TYPE, 0x17)

#define VMSR_STATE_MAGIC		0x54534D56U	/* "VMST" */
#define VMSR_STATE_VERSION		1

/**
 * struct vmsr_state - a VM's counters, to be carried to another host
 * @magic: VMSR_STATE_MAGIC
 * @version: VMSR_STATE_VERSION
 * @length: bytes of all of it
 * @shift: energy is in units of 2^-@shift J, 24
 * @interface: enum vmsr_interface
 * @nr_packages: virtual packages
 * @nr_cores: virtual cores
 * @reserved: 0
 * @energy: of each package, then of each core; at most VMSR_STATE_ENERGY_MAX
 *
 * Little-endian. 64 bits of a finer unit than the guest's, so nothing is lost.
 */
struct vmsr_state {
	__u32 magic;
	__u32 version;
	__u32 length;
	__u32 shift;
	__u32 interface;
	__u32 nr_packages;
	__u32 nr_cores;
	__u32 reserved;
	__u64 energy[];
};

#define VMSR_STATE_ENERGY_MAX		(1ULL << 62)

/**
 * struct vmsr_helper - a process that works for the VM
 * @size: in: sizeof(struct vmsr_helper)
 * @flags: in: 0
 * @pid: in: process id as the caller sees it; a child of the caller's process
 *	unless the caller has CAP_SYS_ADMIN (EPERM)
 * @reserved: in: 0
 *
 * What all its threads run from here on is the VM's overhead, until it ends.
 * EEXIST: it is in a VM already. EINVAL: the VM has no overhead.
 */
struct vmsr_helper {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__u32 reserved;
};

#define VMSR_VM_ADD_HELPER		_IO(VMSR_IOC_TYPE, 0x18)

/*
 * poll: EPOLLIN when there are figures that VMSR_VM_ENERGY has not told yet.
 */

/* ---- the mapped page ---- */

#define VMSR_PAGE_MAGIC			0x52534D56U	/* "VMSR" */
#define VMSR_PAGE_VERSION		1

/**
 * struct vmsr_page - start of the mapping
 * @magic: VMSR_PAGE_MAGIC
 * @version: VMSR_PAGE_VERSION; what is there keeps its place in later ones
 * @size: bytes of the mapping that are in use
 * @sequence: odd while values change
 * @updated_ns: the grid point of the values, CLOCK_MONOTONIC
 * @period_ns: the grid
 * @nr_packages: virtual packages
 * @nr_cores: virtual cores
 * @constants: where the values are that never change
 * @packages: where the values of package 0 are
 * @package_stride: from one package to the next
 * @cores: where the values of core 0 are
 * @core_stride: from one core to the next
 * @reserved: 0
 *
 * Little-endian. Each value is one aligned __u64, stored at once: one load
 * answers one RDMSR, through the offsets of struct vmsr_msr. Who wants several
 * values of the same moment reads @sequence before and after: the same even
 * number means they belong together.
 */
struct vmsr_page {
	__u32 magic;
	__u32 version;
	__u32 size;
	__u32 sequence;
	__u64 updated_ns;
	__u64 period_ns;
	__u32 nr_packages;
	__u32 nr_cores;
	__u32 constants;
	__u32 packages;
	__u32 package_stride;
	__u32 cores;
	__u32 core_stride;
	__u32 reserved[17];
};

/* ---- generic netlink ---- */

#define VMSR_GENL_NAME			"vmsr"
#define VMSR_GENL_VERSION		1

enum vmsr_cmd {
	VMSR_CMD_UNSPEC,
	VMSR_CMD_VM_GET,		/* do, dump */
	VMSR_CMD_VCPU_GET,		/* dump, of one VM */
	VMSR_CMD_PACKAGE_GET,		/* do, dump */
	VMSR_CMD_ATTACH,		/* do */
	VMSR_CMD_DETACH,		/* do */
	VMSR_CMD_CONFIG_GET,		/* do */
	VMSR_CMD_CONFIG_SET,		/* do */
	VMSR_CMD_VM_SET,		/* do */
	VMSR_CMD_HELPER_ADD,		/* do */
	VMSR_CMD_VM_ADDED,		/* event */
	VMSR_CMD_VM_REMOVED,		/* event */
	VMSR_CMD_POWER_CROSSED,		/* event */

	__VMSR_CMD_MAX,
	VMSR_CMD_MAX = __VMSR_CMD_MAX - 1,
};

/* Multicast group of the events; joining it needs CAP_NET_ADMIN. */
#define VMSR_GENL_EVENTS		"events"

/* What energy is divided by; see Documentation/vmsr.md. */
enum vmsr_policy {
	VMSR_POLICY_CAPACITY		= 0,
	VMSR_POLICY_BUSY		= 1,
	VMSR_POLICY_CORE		= 2,
};

/* Who ends a VM. */
enum vmsr_owner {
	VMSR_OWNER_FD			= 0,	/* its descriptor */
	VMSR_OWNER_ATTACHED		= 1,	/* detach, or its process */
};

enum vmsr_attr_vm {
	VMSR_A_VM_UNSPEC,
	VMSR_A_VM_PAD,
	VMSR_A_VM_ID,			/* u32 */
	VMSR_A_VM_NAME,			/* string */
	VMSR_A_VM_OWNER,		/* u32, enum vmsr_owner */
	VMSR_A_VM_PID,			/* u32, the VMM's process; 0: ended */
	VMSR_A_VM_INTERFACE,		/* u32, enum vmsr_interface */
	VMSR_A_VM_VCPUS,		/* u32, with a thread at present */
	VMSR_A_VM_VCPU_UJ,		/* u64 */
	VMSR_A_VM_OVERHEAD_UJ,		/* u64 */
	VMSR_A_VM_VCPU_NS,		/* u64 */
	VMSR_A_VM_OVERHEAD_NS,		/* u64 */
	VMSR_A_VM_POWER_UW,		/* u64, over the last period */
	VMSR_A_VM_UPDATED_NS,		/* u64 */
	VMSR_A_VM_UPDATES,		/* u64 */
	VMSR_A_VM_SHARE,		/* nest, one a package it ran on */
	VMSR_A_VM_THRESHOLD_UW,		/* u64, of power; 0: none */
	VMSR_A_VM_ABOVE,		/* u32, power is not below it */

	__VMSR_A_VM_MAX,
	VMSR_A_VM_MAX = __VMSR_A_VM_MAX - 1,
};

enum vmsr_attr_config {
	VMSR_A_CONFIG_UNSPEC,
	VMSR_A_CONFIG_PAD,
	VMSR_A_CONFIG_PERIOD_MS,	/* u32, 100 to 10000 */
	VMSR_A_CONFIG_POLICY,		/* u32, enum vmsr_policy */
	VMSR_A_CONFIG_SOURCE,		/* string */
	VMSR_A_CONFIG_TDP_WATTS,	/* u32 */
	VMSR_A_CONFIG_MAX_VMS,		/* u32 */
	VMSR_A_CONFIG_CHECKS,		/* u64, with debug=1: so many were done */
	VMSR_A_CONFIG_CHECK_ERRORS,	/* u64, and so many sums were wrong */

	__VMSR_A_CONFIG_MAX,
	VMSR_A_CONFIG_MAX = __VMSR_A_CONFIG_MAX - 1,
};

enum vmsr_attr_share {
	VMSR_A_SHARE_UNSPEC,
	VMSR_A_SHARE_PAD,
	VMSR_A_SHARE_PACKAGE,		/* u32, VMSR_A_PACKAGE_INDEX */
	VMSR_A_SHARE_NS,		/* u64 */
	VMSR_A_SHARE_UNITS,		/* u64, 2^-24 J */

	__VMSR_A_SHARE_MAX,
	VMSR_A_SHARE_MAX = __VMSR_A_SHARE_MAX - 1,
};

enum vmsr_attr_vcpu {
	VMSR_A_VCPU_UNSPEC,
	VMSR_A_VCPU_PAD,
	VMSR_A_VCPU_VM,			/* u32 */
	VMSR_A_VCPU_ID,			/* u32 */
	VMSR_A_VCPU_TID,		/* u32; 0: none at present */
	VMSR_A_VCPU_PACKAGE,		/* u32, virtual */
	VMSR_A_VCPU_CORE,		/* u32, virtual */
	VMSR_A_VCPU_UJ,			/* u64 */
	VMSR_A_VCPU_NS,			/* u64 */

	__VMSR_A_VCPU_MAX,
	VMSR_A_VCPU_MAX = __VMSR_A_VCPU_MAX - 1,
};

/*
 * A package of the host. Over any time, units = vms-units + rest-units +
 * idle-units, exactly; departed-units is the part of vms-units whose VMs have
 * ended.
 */
enum vmsr_attr_package {
	VMSR_A_PACKAGE_UNSPEC,
	VMSR_A_PACKAGE_PAD,
	VMSR_A_PACKAGE_INDEX,		/* u32 */
	VMSR_A_PACKAGE_ID,		/* u32, physical package id */
	VMSR_A_PACKAGE_DIE,		/* u32, die id */
	VMSR_A_PACKAGE_CPUS,		/* u32, online */
	VMSR_A_PACKAGE_SOURCE,		/* string */
	VMSR_A_PACKAGE_SHIFT,		/* u32, the counter's unit is 2^-n J */
	VMSR_A_PACKAGE_UJ,		/* u64 */
	VMSR_A_PACKAGE_VMS_UJ,		/* u64 */
	VMSR_A_PACKAGE_REST_UJ,		/* u64 */
	VMSR_A_PACKAGE_IDLE_UJ,		/* u64 */
	VMSR_A_PACKAGE_UNITS,		/* u64, 2^-24 J */
	VMSR_A_PACKAGE_VMS_UNITS,	/* u64, 2^-24 J */
	VMSR_A_PACKAGE_DEPARTED_UNITS,	/* u64, 2^-24 J */
	VMSR_A_PACKAGE_REST_UNITS,	/* u64, 2^-24 J */
	VMSR_A_PACKAGE_IDLE_UNITS,	/* u64, 2^-24 J */
	VMSR_A_PACKAGE_READS,		/* u64 */
	VMSR_A_PACKAGE_READ_ERRORS,	/* u64 */
	VMSR_A_PACKAGE_ACTIVE,		/* u32, 0: nothing is counted now */

	__VMSR_A_PACKAGE_MAX,
	VMSR_A_PACKAGE_MAX = __VMSR_A_PACKAGE_MAX - 1,
};

#endif
