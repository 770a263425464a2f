/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands of vmsrctl share. */
#ifndef VMSRCTL_H
#define VMSRCTL_H

#include <linux/netlink.h>

#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "cvmtool.h"
#include "vm.h"

/* The family's unit of energy: 2^-24 J. */
#define UNITS_PER_JOULE (1 << 24)

struct vm_list {
	struct vm *vms;
	size_t nr;
	size_t room;
};

struct package_list {
	struct package *packages;
	size_t nr;
	size_t room;
};

/*
 * struct config - what holds for all VMs
 * @policy: enum vmsr_policy
 * @tdp_watts: what guests are told
 * @checks: how many windows the module has checked, with debug=1
 * @check_errors: how many sums were wrong in them
 */
struct config {
	uint32_t period_ms;
	uint32_t policy;
	uint32_t tdp_watts;
	uint32_t max_vms;
	char source[32];
	uint64_t checks;
	uint64_t check_errors;
};

int vmsr_open(struct cvm_genl **nl);
bool vm_parse(struct nlmsghdr *hdr, struct vm *vm, struct nlattr **attrs);
int vm_list_get(struct cvm_genl *nl, struct vm_list *list);
int vm_resolve(struct cvm_genl *nl, const char *word, uint32_t *id);
uint64_t attr_u64(struct nlattr *const *attrs, int type);
uint32_t attr_u32(struct nlattr *const *attrs, int type);

int config_get(struct cvm_genl *nl, struct config *c);

/* All packages; the caller frees list->packages in any case. */
int package_list_get(struct cvm_genl *nl, struct package_list *list);

/* Attach a process; @id gets its VM's number. */
int vm_attach(struct cvm_genl *nl, uint32_t pid, const char *name, uint32_t *id);

/* The same without a message. Return: that number, or a negative errno with the kernel's words. */
int vm_attach_quiet(struct cvm_genl *nl, uint32_t pid, const char *name, const char **words);

/* A time of day: in UTC with the date for JSON, else local. */
const char *time_text(int64_t ns);

/* ---- the grid, followed by looking (follow.c) ---- */

/*
 * struct follow - who looks once a period
 * @nl: connection
 * @now: what there is
 * @before: what there was a period ago
 * @period_ns: the module's
 * @next_ns: when to look again, CLOCK_MONOTONIC
 * @tries: how often not all VMs were as of one grid point, in a row
 * @offset_ns: what CLOCK_REALTIME is ahead of CLOCK_MONOTONIC
 */
struct follow {
	struct cvm_genl *nl;
	struct vm_list now;
	struct vm_list before;
	uint64_t period_ns;
	uint64_t next_ns;
	unsigned int tries;
	int64_t offset_ns;
};

/* follow_open - begin, with a first look. Return: CVM_OK, or another after a message. */
int follow_open(struct follow *f);

/*
 * follow_look - look, unless it is too early
 * @fresh: whether there is something new in @f->now
 */
int follow_look(struct follow *f, bool *fresh);

/* follow_wait - sleep until it is time; not longer than half a second. */
void follow_wait(const struct follow *f);

/* follow_next - the loop of those two: CVM_OK with something new, or once stopped */
int follow_next(struct follow *f);

/* follow_due_ms - how long until it is time */
unsigned int follow_due_ms(const struct follow *f);

/* follow_close - end it */
void follow_close(struct follow *f);

int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_helper(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_metrics(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_packages(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_set_period(int argc, char **argv);
int cmd_set_policy(int argc, char **argv);
int cmd_set_threshold(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_watch(int argc, char **argv);

extern const struct cvm_option attach_options[];
extern const struct cvm_option events_options[];
extern const struct cvm_option metrics_options[];
extern const struct cvm_option monitor_options[];
extern const struct cvm_option plot_options[];
extern const struct cvm_option record_options[];
extern const struct cvm_option top_options[];
extern const struct cvm_option watch_options[];

#endif
