/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests' programs for vmsr share: ioctls in one line each, and just
 * enough generic netlink to read the family without a library, so that a test
 * of the family does not rest on the tool's code.
 */
#ifndef VMSRLIB_H
#define VMSRLIB_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/futex.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vmsr.h>

#define VL_MAX_PACKAGES 16

static inline int vl_gettid(void)
{
	return syscall(SYS_gettid);
}

static inline uint64_t vl_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline void vl_sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* A word that threads, or processes that share it, wait for. */
static inline void vl_wait_while(atomic_int *word, int value)
{
	while (atomic_load(word) == value)
		syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static inline void vl_post(atomic_int *word, int value)
{
	atomic_store(word, value);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static inline int vl_open(void)
{
	return open("/dev/vmsr", O_RDWR | O_CLOEXEC);
}

/* A VM with as many packages and cores; its descriptor, or -1. */
static inline int vl_create(int dev, unsigned int interface, unsigned int vcpus,
			    unsigned int packages, unsigned int cores,
			    unsigned int flags, const char *name,
			    struct vmsr_create_vm *out)
{
	struct vmsr_create_vm c = {
		.size = sizeof(c), .flags = flags, .interface = interface,
		.nr_vcpus = vcpus, .nr_packages = packages, .nr_cores = cores,
	};
	int fd;

	strncpy(c.name, name, sizeof(c.name) - 1);
	fd = ioctl(dev, VMSR_CREATE_VM, &c);
	if (out)
		*out = c;
	return fd;
}

static inline int vl_add(int vm, unsigned int vcpu, int tid,
			 unsigned int package, unsigned int core)
{
	struct vmsr_vcpu_thread t = {
		.size = sizeof(t), .vcpu = vcpu, .tid = tid,
		.package = package, .core = core,
	};

	return ioctl(vm, VMSR_VM_ADD_VCPU, &t);
}

static inline int vl_remove(int vm, unsigned int vcpu)
{
	struct vmsr_vcpu_thread t = { .size = sizeof(t), .vcpu = vcpu };

	return ioctl(vm, VMSR_VM_REMOVE_VCPU, &t);
}

static inline int vl_read(int vm, unsigned int vcpu, unsigned int index,
			  uint64_t *value)
{
	struct vmsr_msr_access a = {
		.size = sizeof(a), .vcpu = vcpu, .index = index,
	};
	int ret = ioctl(vm, VMSR_VM_READ_MSR, &a);

	*value = a.value;
	return ret;
}

static inline int vl_write(int vm, unsigned int vcpu, unsigned int index,
			   uint64_t value)
{
	struct vmsr_msr_access a = {
		.size = sizeof(a), .vcpu = vcpu, .index = index, .value = value,
	};

	return ioctl(vm, VMSR_VM_WRITE_MSR, &a);
}

static inline int vl_energy(int vm, struct vmsr_energy *e)
{
	*e = (struct vmsr_energy){ .size = sizeof(*e) };
	return ioctl(vm, VMSR_VM_ENERGY, e);
}

/* Until a VM has seen @n further grid points; an idle VM's pass, too. */
static inline int vl_wait(int vm, unsigned int n)
{
	struct vmsr_energy e;
	uint64_t until;

	if (vl_energy(vm, &e))
		return -1;
	until = e.updates + n;
	while (e.updates < until) {
		vl_sleep_ms(10);
		if (vl_energy(vm, &e))
			return -1;
	}
	return 0;
}

/* What a process that runs elsewhere has run lacks what it ran since the tick. */
static inline void vl_wait_asleep(int pid)
{
	char path[32], state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		vl_sleep_ms(1);
		state = '?';
		f = fopen(path, "r");
		if (!f)
			return;
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
		fclose(f);
	} while (state != 'S');
}

/* What the kernel says that a thread has run, in ns; 0 when it is gone. */
static inline uint64_t vl_schedstat(int pid, int tid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", pid, tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return ns;
}

/* ---- netlink ---- */

struct vl_attrs {
	const struct nlattr *at[64];
};

typedef void (*vl_fn)(const struct vl_attrs *attrs, void *arg);

static inline void vl_parse(struct vl_attrs *a, const void *data, int len)
{
	const struct nlattr *attr = data;

	memset(a, 0, sizeof(*a));
	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= len) {
		int type = attr->nla_type & NLA_TYPE_MASK;

		if (type < 64)
			a->at[type] = attr;
		len -= NLA_ALIGN(attr->nla_len);
		attr = (const void *)((const char *)attr +
				      NLA_ALIGN(attr->nla_len));
	}
}

static inline uint32_t vl_u32(const struct vl_attrs *a, int type)
{
	uint32_t v = 0;

	if (a->at[type])
		memcpy(&v, (const char *)a->at[type] + NLA_HDRLEN, sizeof(v));
	return v;
}

static inline uint64_t vl_u64(const struct vl_attrs *a, int type)
{
	uint64_t v = 0;

	if (a->at[type])
		memcpy(&v, (const char *)a->at[type] + NLA_HDRLEN, sizeof(v));
	return v;
}

static inline const char *vl_string(const struct vl_attrs *a, int type)
{
	return a->at[type] ? (const char *)a->at[type] + NLA_HDRLEN : "";
}

struct vl_request {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char attrs[256];
};

static inline void vl_put(struct vl_request *r, int type, const void *data,
			  int len)
{
	struct nlattr *a = (void *)((char *)r + NLMSG_ALIGN(r->n.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((char *)a + NLA_HDRLEN, data, len);
	r->n.nlmsg_len = NLMSG_ALIGN(r->n.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

static inline void vl_request(struct vl_request *r, int family, int cmd,
			      int flags)
{
	memset(r, 0, sizeof(*r));
	r->n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	r->n.nlmsg_type = family;
	r->n.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	r->n.nlmsg_seq = 1;
	r->g.cmd = cmd;
	r->g.version = 1;
}

/* Why the kernel refused the last request, in its words. */
static char vl_why[256];

static inline void vl_keep_why(const struct nlmsghdr *n)
{
	int at = NLMSG_HDRLEN + sizeof(struct nlmsgerr);
	struct vl_attrs a;

	vl_why[0] = 0;
	if (!(n->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* Without NLM_F_CAPPED the request stands in between. */
	if (!(n->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(((struct nlmsgerr *)NLMSG_DATA(n))->msg.nlmsg_len -
				  NLMSG_HDRLEN);
	vl_parse(&a, (const char *)n + at, n->nlmsg_len - at);
	snprintf(vl_why, sizeof(vl_why), "%s",
		 vl_string(&a, NLMSGERR_ATTR_MSG));
}

/* Each answer goes to @fn; 0 or a negative errno of the kernel's. */
static inline int vl_transact(struct vl_request *r, vl_fn fn, void *arg)
{
	static char buf[1 << 16];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int len, ret = -EIO, on = 1;
	bool done = false;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (send(fd, r, r->n.nlmsg_len, 0) < 0) {
		ret = -errno;
		done = true;
	}
	while (!done && (len = recv(fd, buf, sizeof(buf), 0)) > 0) {
		struct nlmsghdr *n = (void *)buf;

		for (; NLMSG_OK(n, (unsigned int)len); n = NLMSG_NEXT(n, len)) {
			if (n->nlmsg_type == NLMSG_ERROR ||
			    n->nlmsg_type == NLMSG_DONE) {
				memcpy(&ret, NLMSG_DATA(n), sizeof(ret));
				if (n->nlmsg_type == NLMSG_ERROR)
					vl_keep_why(n);
				done = true;
				break;
			}
			if (fn) {
				struct vl_attrs a;

				vl_parse(&a, (char *)NLMSG_DATA(n) + GENL_HDRLEN,
					 NLMSG_PAYLOAD(n, GENL_HDRLEN));
				fn(&a, arg);
			}
		}
	}
	close(fd);
	return ret;
}

static inline void vl_family_id(const struct vl_attrs *a, void *arg)
{
	uint16_t id = 0;

	if (a->at[CTRL_ATTR_FAMILY_ID])
		memcpy(&id, (const char *)a->at[CTRL_ATTR_FAMILY_ID] +
		       NLA_HDRLEN, sizeof(id));
	*(int *)arg = id;
}

static inline int vl_family(void)
{
	struct vl_request r;
	int id = -1, ret;

	vl_request(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	vl_put(&r, CTRL_ATTR_FAMILY_NAME, VMSR_GENL_NAME,
	       sizeof(VMSR_GENL_NAME));
	ret = vl_transact(&r, vl_family_id, &id);
	return ret ? ret : id;
}

/* ---- packages and VMs ---- */

struct vl_package {
	uint32_t index, id, die, cpus, shift, active;
	uint64_t units, vms, departed, rest, idle, uj, reads, read_errors;
};

struct vl_packages {
	unsigned int nr;
	struct vl_package p[VL_MAX_PACKAGES];
};

static inline void vl_package_add(const struct vl_attrs *a, void *arg)
{
	struct vl_packages *all = arg;

	if (all->nr >= VL_MAX_PACKAGES)
		return;
	all->p[all->nr++] = (struct vl_package){
		.index = vl_u32(a, VMSR_A_PACKAGE_INDEX),
		.id = vl_u32(a, VMSR_A_PACKAGE_ID),
		.die = vl_u32(a, VMSR_A_PACKAGE_DIE),
		.cpus = vl_u32(a, VMSR_A_PACKAGE_CPUS),
		.shift = vl_u32(a, VMSR_A_PACKAGE_SHIFT),
		.active = vl_u32(a, VMSR_A_PACKAGE_ACTIVE),
		.units = vl_u64(a, VMSR_A_PACKAGE_UNITS),
		.vms = vl_u64(a, VMSR_A_PACKAGE_VMS_UNITS),
		.departed = vl_u64(a, VMSR_A_PACKAGE_DEPARTED_UNITS),
		.rest = vl_u64(a, VMSR_A_PACKAGE_REST_UNITS),
		.idle = vl_u64(a, VMSR_A_PACKAGE_IDLE_UNITS),
		.uj = vl_u64(a, VMSR_A_PACKAGE_UJ),
		.reads = vl_u64(a, VMSR_A_PACKAGE_READS),
		.read_errors = vl_u64(a, VMSR_A_PACKAGE_READ_ERRORS),
	};
}

static inline int vl_get_packages(struct vl_packages *all)
{
	struct vl_request r;
	int family = vl_family();

	/* All of it: two of these are compared as they are. */
	memset(all, 0, sizeof(*all));
	if (family < 0)
		return family;
	vl_request(&r, family, VMSR_CMD_PACKAGE_GET, NLM_F_DUMP);
	return vl_transact(&r, vl_package_add, all);
}

struct vl_vm {
	uint32_t id, owner, pid, interface, vcpus;
	char name[VMSR_NAME_SIZE];
	uint64_t vcpu_uj, overhead_uj, vcpu_ns, overhead_ns, power_uw;
	/* by package */
	int64_t ns[VL_MAX_PACKAGES];
	uint64_t units[VL_MAX_PACKAGES];
};

struct vl_vms {
	unsigned int nr, room;
	struct vl_vm *v;
};

static inline void vl_vm_add(const struct vl_attrs *a, void *arg)
{
	const struct nlattr *first = a->at[VMSR_A_VM_ID];
	struct vl_vms *all = arg;
	const struct nlattr *attr;
	struct vl_vm *v;

	if (all->nr == all->room) {
		all->room = all->room ? 2 * all->room : 16;
		all->v = realloc(all->v, all->room * sizeof(*all->v));
		if (!all->v)
			abort();
	}
	v = &all->v[all->nr++];
	memset(v, 0, sizeof(*v));
	v->id = vl_u32(a, VMSR_A_VM_ID);
	v->owner = vl_u32(a, VMSR_A_VM_OWNER);
	v->pid = vl_u32(a, VMSR_A_VM_PID);
	v->interface = vl_u32(a, VMSR_A_VM_INTERFACE);
	v->vcpus = vl_u32(a, VMSR_A_VM_VCPUS);
	snprintf(v->name, sizeof(v->name), "%s", vl_string(a, VMSR_A_VM_NAME));
	v->vcpu_uj = vl_u64(a, VMSR_A_VM_VCPU_UJ);
	v->overhead_uj = vl_u64(a, VMSR_A_VM_OVERHEAD_UJ);
	v->vcpu_ns = vl_u64(a, VMSR_A_VM_VCPU_NS);
	v->overhead_ns = vl_u64(a, VMSR_A_VM_OVERHEAD_NS);
	v->power_uw = vl_u64(a, VMSR_A_VM_POWER_UW);
	/*
	 * The shares, one nest a package, are the last attributes: vl_parse()
	 * has kept the last one, and they are next to each other up to it.
	 */
	if (!first || !a->at[VMSR_A_VM_SHARE])
		return;
	for (attr = first;
	     (const char *)attr <= (const char *)a->at[VMSR_A_VM_SHARE];
	     attr = (const void *)((const char *)attr +
				   NLA_ALIGN(attr->nla_len))) {
		struct vl_attrs s;
		uint32_t i;

		if ((attr->nla_type & NLA_TYPE_MASK) != VMSR_A_VM_SHARE)
			continue;
		vl_parse(&s, (const char *)attr + NLA_HDRLEN,
			 attr->nla_len - NLA_HDRLEN);
		i = vl_u32(&s, VMSR_A_SHARE_PACKAGE);
		if (i < VL_MAX_PACKAGES) {
			v->ns[i] = vl_u64(&s, VMSR_A_SHARE_NS);
			v->units[i] = vl_u64(&s, VMSR_A_SHARE_UNITS);
		}
	}
}

static inline int vl_get_vms(struct vl_vms *all)
{
	struct vl_request r;
	int family = vl_family();

	all->nr = 0;
	if (family < 0)
		return family;
	vl_request(&r, family, VMSR_CMD_VM_GET, NLM_F_DUMP);
	return vl_transact(&r, vl_vm_add, all);
}

/* What a VM has used and run in all packages, of one moment; either may be NULL. */
static inline int vl_sums(uint32_t id, uint64_t *units, int64_t *ns)
{
	struct vl_vms all = {};
	unsigned int i, k;
	uint64_t u = 0;
	int64_t n = 0;
	int ret;

	ret = vl_get_vms(&all);
	for (i = 0; !ret && i < all.nr; i++)
		for (k = 0; all.v[i].id == id && k < VL_MAX_PACKAGES; k++) {
			u += all.v[i].units[k];
			n += all.v[i].ns[k];
		}
	free(all.v);
	if (units)
		*units = u;
	if (ns)
		*ns = n;
	return ret;
}

static inline void vl_id(const struct vl_attrs *a, void *arg)
{
	*(int *)arg = vl_u32(a, VMSR_A_VM_ID);
}

/* The new VM's number or a negative errno. */
static inline int vl_attach(int pid, const char *name)
{
	struct vl_request r;
	int family = vl_family(), id = -1, ret;
	uint32_t p = pid;

	if (family < 0)
		return family;
	vl_request(&r, family, VMSR_CMD_ATTACH, 0);
	vl_put(&r, VMSR_A_VM_PID, &p, sizeof(p));
	if (name)
		vl_put(&r, VMSR_A_VM_NAME, name, strlen(name) + 1);
	ret = vl_transact(&r, vl_id, &id);
	return ret ? ret : id;
}

static inline int vl_detach(uint32_t id)
{
	struct vl_request r;
	int family = vl_family();

	if (family < 0)
		return family;
	vl_request(&r, family, VMSR_CMD_DETACH, 0);
	vl_put(&r, VMSR_A_VM_ID, &id, sizeof(id));
	return vl_transact(&r, NULL, NULL);
}

/* ---- vCPUs ---- */

struct vl_threads {
	unsigned int nr;
	uint32_t tid[64];
};

static inline void vl_thread_add(const struct vl_attrs *a, void *arg)
{
	struct vl_threads *t = arg;

	if (t->nr < 64 && vl_u32(a, VMSR_A_VCPU_TID))
		t->tid[t->nr++] = vl_u32(a, VMSR_A_VCPU_TID);
}

/* Threads that are a VM's vCPUs at present. */
static inline int vl_get_threads(uint32_t id, struct vl_threads *t)
{
	struct vl_request r;

	memset(t, 0, sizeof(*t));
	vl_request(&r, vl_family(), VMSR_CMD_VCPU_GET, NLM_F_DUMP);
	vl_put(&r, VMSR_A_VCPU_VM, &id, sizeof(id));
	return vl_transact(&r, vl_thread_add, t);
}

/* ---- what may be set ---- */

struct vl_config {
	uint32_t period_ms, policy;
	uint64_t checks, check_errors;
	char source[32];
};

static inline void vl_config_take(const struct vl_attrs *a, void *arg)
{
	struct vl_config *c = arg;

	c->period_ms = vl_u32(a, VMSR_A_CONFIG_PERIOD_MS);
	c->policy = vl_u32(a, VMSR_A_CONFIG_POLICY);
	c->checks = vl_u64(a, VMSR_A_CONFIG_CHECKS);
	c->check_errors = vl_u64(a, VMSR_A_CONFIG_CHECK_ERRORS);
	snprintf(c->source, sizeof(c->source), "%s",
		 vl_string(a, VMSR_A_CONFIG_SOURCE));
}

static inline int vl_get_config(struct vl_config *c)
{
	struct vl_request r;

	memset(c, 0, sizeof(*c));
	vl_request(&r, vl_family(), VMSR_CMD_CONFIG_GET, 0);
	return vl_transact(&r, vl_config_take, c);
}

/* NULL: not given. */
static inline int vl_set_config(const uint32_t *period_ms,
				const uint32_t *policy)
{
	struct vl_request r;

	vl_request(&r, vl_family(), VMSR_CMD_CONFIG_SET, 0);
	if (period_ms)
		vl_put(&r, VMSR_A_CONFIG_PERIOD_MS, period_ms,
		       sizeof(*period_ms));
	if (policy)
		vl_put(&r, VMSR_A_CONFIG_POLICY, policy, sizeof(*policy));
	return vl_transact(&r, NULL, NULL);
}

static inline int vl_set_policy(uint32_t policy)
{
	return vl_set_config(NULL, &policy);
}

static inline int vl_set_threshold(uint32_t id, uint64_t uw)
{
	struct vl_request r;

	vl_request(&r, vl_family(), VMSR_CMD_VM_SET, 0);
	vl_put(&r, VMSR_A_VM_ID, &id, sizeof(id));
	vl_put(&r, VMSR_A_VM_THRESHOLD_UW, &uw, sizeof(uw));
	return vl_transact(&r, NULL, NULL);
}

static inline int vl_add_helper_by_netlink(uint32_t id, uint32_t pid)
{
	struct vl_request r;

	vl_request(&r, vl_family(), VMSR_CMD_HELPER_ADD, 0);
	vl_put(&r, VMSR_A_VM_ID, &id, sizeof(id));
	vl_put(&r, VMSR_A_VM_PID, &pid, sizeof(pid));
	return vl_transact(&r, NULL, NULL);
}

/* ---- events ---- */

static inline void vl_group_take(const struct vl_attrs *a, void *arg)
{
	struct vl_attrs groups, group;
	const struct nlattr *g = a->at[CTRL_ATTR_MCAST_GROUPS];

	if (!g)
		return;
	/* The family has one group: the list's first and last. */
	vl_parse(&groups, (const char *)g + NLA_HDRLEN,
		 g->nla_len - NLA_HDRLEN);
	g = groups.at[1];
	if (!g)
		return;
	vl_parse(&group, (const char *)g + NLA_HDRLEN, g->nla_len - NLA_HDRLEN);
	if (!strcmp(vl_string(&group, CTRL_ATTR_MCAST_GRP_NAME),
		    VMSR_GENL_EVENTS))
		*(int *)arg = vl_u32(&group, CTRL_ATTR_MCAST_GRP_ID);
}

/* A socket that gets events, or -1. */
static inline int vl_listen(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	/* An event that never comes shall not look like a hang. */
	const struct timeval patience = { .tv_sec = 100 };
	/* Without an address of its own it would count as the kernel. */
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct vl_request r;
	int group = -1;

	vl_request(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	vl_put(&r, CTRL_ATTR_FAMILY_NAME, VMSR_GENL_NAME,
	       sizeof(VMSR_GENL_NAME));
	if (vl_transact(&r, vl_group_take, &group) || group < 0 ||
	    bind(fd, (const void *)&any, sizeof(any)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group))) {
		close(fd);
		return -1;
	}
	return fd;
}

struct vl_event {
	uint32_t what, id, above;
	uint64_t power_uw, threshold_uw, vcpu_uj;
	char name[VMSR_NAME_SIZE];
};

/* The next event of a VM; others' are passed over. */
static inline int vl_next_event(int fd, uint32_t id, struct vl_event *e)
{
	char buf[4096];
	int len;

	while ((len = recv(fd, buf, sizeof(buf), 0)) > 0) {
		struct nlmsghdr *n = (void *)buf;
		struct genlmsghdr *g = NLMSG_DATA(n);
		struct vl_attrs a;

		vl_parse(&a, (char *)g + GENL_HDRLEN,
			 NLMSG_PAYLOAD(n, GENL_HDRLEN));
		if (vl_u32(&a, VMSR_A_VM_ID) != id)
			continue;
		*e = (struct vl_event){
			.what = g->cmd, .id = id,
			.above = vl_u32(&a, VMSR_A_VM_ABOVE),
			.power_uw = vl_u64(&a, VMSR_A_VM_POWER_UW),
			.threshold_uw = vl_u64(&a, VMSR_A_VM_THRESHOLD_UW),
			.vcpu_uj = vl_u64(&a, VMSR_A_VM_VCPU_UJ),
		};
		snprintf(e->name, sizeof(e->name), "%s",
			 vl_string(&a, VMSR_A_VM_NAME));
		return 0;
	}
	return -1;
}

#endif
