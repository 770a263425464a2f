/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of psp_sev share.
 */
#ifndef PSP_SEV_INTERNAL_H
#define PSP_SEV_INTERNAL_H

#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rcuwait.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <linux/psp_sev.h>

#include "firmware.h"

struct device;
struct file;
struct psp_sev_blob;

/* As much memory as a command of SEV names for output. */
#define PSP_SEV_OUTPUTS_MAX	2

#define PSP_SEV_NAME	"psp_sev"

/* Response register: an answer is there; its status. */
#define PSP_SEV_RESPONSE_READY	BIT(31)
#define PSP_SEV_RESPONSE_STATUS	0xffffU
/* Command register. */
#define PSP_SEV_COMMAND_SHIFT	16

/* No state of SNP has been seen yet. */
#define PSP_SEV_SNP_UNKNOWN	0xff

/**
 * struct psp_sev_loan - memory that stands for what a command names for output
 * @original: what it named
 * @memory: what the firmware was given, or NULL
 * @length: of both, in bytes
 * @address: where in the command's buffer the address is
 */
struct psp_sev_loan {
	void *original;
	const void *memory;
	u32 length;
	u8 address;
};

/**
 * struct psp_sev_counters - what happened, for sysfs
 * @commands: commands sent
 * @errors: commands answered with a status other than success
 * @timeouts: commands not answered in time
 * @late: answers that came after their command was given up
 * @interrupts: interrupts that announced an answer
 * @lost: answers whose interrupt did not come
 * @spurious: interrupts without a reason
 */
struct psp_sev_counters {
	u64 commands;
	u64 errors;
	u64 timeouts;
	u64 late;
	u64 interrupts;
	u64 lost;
	u64 spurious;
};

/**
 * struct psp_sev - the device
 * @dev: platform device "psp"
 * @cmdresp: SEV command and response register
 * @buffer_low: command buffer address, bits 31:0
 * @buffer_high: command buffer address, bits 63:32
 * @irq_enable: interrupt enable register
 * @irq_status: interrupt status register
 * @irq: Linux number of the interrupt, 0 without one
 * @wait: who waits for the answer to a command, under @lock: one at most
 * @irq_lock: orders the interrupt against the next command
 * @done: @response is the answer to the command sent last
 * @response: what the response register held
 * @gone: the device is being removed, nobody waits any longer
 * @lock: one command at a time; protects what follows
 * @buffer: the page that holds a command's buffer
 * @buffer_lent: it belongs to the firmware by the table of page owners
 * @reclaim: the same for SNP_PAGE_RECLAIM, on an SNP host
 * @loans: memory that the command under way names, replaced by other
 * @snp_live: SNP is initialized: the firmware writes to pages of its own only
 * @poll: no interrupt is asked for
 * @limit: no command of the request under way has longer, in seconds; 0 is the
 *	usual
 * @pending: command that was given up and may still be answered, or 0
 * @deadline: when its time is over, in jiffies
 * @started: when it was sent, in jiffies
 * @leftovers: memory that it may still write to
 * @spare: a page for the next request that needs one, or NULL
 * @answered: the firmware has answered a command, ever
 * @stale: @state may have changed unseen
 * @irq_lost: the last answer came without its interrupt
 * @api_major: version of the SEV API
 * @api_minor: version of the SEV API
 * @build: build of the firmware
 * @state: &enum psp_sev_state as last seen
 * @snp_state: state of SNP as last seen
 * @tmr: trusted memory region for SEV-ES, lent to the firmware from INIT to
 *	SHUTDOWN
 * @tmr_size: its size
 * @nv: persistent data, lent to the firmware from the first INIT_EX on
 * @nv_lent: by the table of page owners too
 * @nv_saved: what its file holds
 * @nv_live: @nv is the firmware's, and newer than the file where they differ
 * @last_command: the last command that failed
 * @last_status: with which status
 * @count: counters, read without the lock
 * @panic: called when the kernel panics
 */
struct psp_sev {
	struct device *dev;
	void __iomem *cmdresp;
	void __iomem *buffer_low;
	void __iomem *buffer_high;
	void __iomem *irq_enable;
	void __iomem *irq_status;
	int irq;

	struct rcuwait wait;
	spinlock_t irq_lock; /* done, response, sending */
	bool done;
	u32 response;
	bool gone;

	struct mutex lock; /* all below */
	void *buffer;
	bool buffer_lent;
	void *reclaim;
	struct psp_sev_loan loans[PSP_SEV_OUTPUTS_MAX];
	bool snp_live;
	bool poll;
	unsigned int limit;
	unsigned int pending;
	unsigned long deadline;
	unsigned long started;
	struct list_head leftovers;
	struct psp_sev_blob *spare;
	bool answered;
	bool stale;
	bool irq_lost;
	u8 api_major;
	u8 api_minor;
	u8 build;
	u8 state;
	u8 snp_state;
	void *tmr;
	size_t tmr_size;
	void *nv;
	bool nv_lent;
	void *nv_saved;
	bool nv_live;
	u16 last_command;
	u16 last_status;
	struct psp_sev_counters count;
	struct notifier_block panic;
};

/**
 * struct psp_sev_call - one request from outside, of one command or several
 * @sev: the device, whose lock is held
 * @writable: the file was opened for writing
 * @killable: a fatal signal ends the waiting
 * @blobs: memory that the firmware was given
 * @left: a command was left behind and may write to that memory
 */
struct psp_sev_call {
	struct psp_sev *sev;
	bool writable;
	bool killable;
	struct list_head blobs;
	bool left;
};

extern const struct attribute_group *psp_sev_groups[];

/* main.c: the one device, and who may use it */
extern struct rw_semaphore psp_sev_life;
struct psp_sev *psp_sev_get_locked(void);

/* mailbox.c */
irqreturn_t psp_sev_irq(int irq, void *data);
void psp_sev_irq_on(struct psp_sev *sev);
void psp_sev_irq_off(struct psp_sev *sev);
int psp_sev_command(struct psp_sev_call *call, unsigned int id, void *data,
		    u32 *status);
void psp_sev_inherit(struct psp_sev_call *call);
int psp_sev_recover(struct psp_sev_call *call);
void psp_sev_abandon(struct psp_sev *sev);

void psp_sev_call_begin(struct psp_sev_call *call, struct psp_sev *sev);
int psp_sev_call_end(struct psp_sev_call *call, int ret);
int psp_sev_reclaim_page(struct psp_sev *sev, u64 address);
int psp_sev_buffer_back(struct psp_sev *sev);
u64 psp_sev_address(const void *memory);

/* memory.c */
void *psp_sev_blob(struct psp_sev_call *call, size_t size);
void *psp_sev_firmware_blob(struct psp_sev_call *call, size_t size);
void *psp_sev_user_blob(struct psp_sev_call *call, u64 address, u32 length);
int psp_sev_lend_foreign(struct psp_sev_call *call, void *memory, size_t size);
void psp_sev_free_blobs(struct psp_sev *sev, struct list_head *blobs);
size_t psp_sev_forget_blobs(struct list_head *blobs);
void psp_sev_free_spare(struct psp_sev *sev);

#ifdef COMPAT_SEV_SNP
/* pages.c */
int psp_sev_pages_lend(struct psp_sev *sev, const void *memory, size_t size);
int psp_sev_pages_back(struct psp_sev *sev, const void *memory, size_t size);
bool psp_sev_page_is_lent(const void *memory);
int psp_sev_lend_outputs(struct psp_sev_call *call, unsigned int id);
int psp_sev_outputs_back(struct psp_sev_call *call);

static inline bool psp_sev_is_lending(const struct psp_sev *sev, unsigned int id)
{
	return sev->snp_live && id < PSP_FW_SNP_INIT;
}

/* snp_host.c */
bool psp_sev_snp_host(void);
int psp_sev_snp_init(struct psp_sev_call *call, u32 *status);
int psp_sev_snp_shutdown(struct psp_sev_call *call, u32 *status);
int psp_sev_snp_iommu_back(struct psp_sev *sev);
#else
/* A kernel that knows nothing of page owners. */
static inline int psp_sev_pages_lend(struct psp_sev *sev, const void *memory,
				     size_t size)
{
	return 0;
}

static inline int psp_sev_pages_back(struct psp_sev *sev, const void *memory,
				     size_t size)
{
	return 0;
}

static inline bool psp_sev_page_is_lent(const void *memory)
{
	return false;
}

static inline int psp_sev_lend_outputs(struct psp_sev_call *call, unsigned int id)
{
	return 0;
}

static inline int psp_sev_outputs_back(struct psp_sev_call *call)
{
	return 0;
}

static inline bool psp_sev_is_lending(const struct psp_sev *sev, unsigned int id)
{
	return false;
}

static inline bool psp_sev_snp_host(void)
{
	return false;
}

static inline int psp_sev_snp_init(struct psp_sev_call *call, u32 *status)
{
	return -ENODEV;
}

static inline int psp_sev_snp_shutdown(struct psp_sev_call *call, u32 *status)
{
	return 0;
}

static inline int psp_sev_snp_iommu_back(struct psp_sev *sev)
{
	return 0;
}
#endif

/* platform.c */
int psp_sev_platform_status(struct psp_sev_call *call,
			    struct psp_sev_status *data, u32 *status);
int psp_sev_refresh(struct psp_sev_call *call);
bool psp_sev_api_at_least(const struct psp_sev *sev, u8 major, u8 minor);
int psp_sev_init(struct psp_sev_call *call, u32 *status);
int psp_sev_shutdown(struct psp_sev_call *call, u32 *status);
int psp_sev_shutdown_all(struct psp_sev_call *call);
int psp_sev_move_to_init(struct psp_sev_call *call, u32 *status, bool *moved);

int psp_sev_do_factory_reset(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd);
int psp_sev_do_platform_status(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd);

/* nv.c */
bool psp_sev_nv_wanted(void);
int psp_sev_nv_load(struct psp_sev *sev);
int psp_sev_nv_save(struct psp_sev *sev);
int psp_sev_nv_back(struct psp_sev *sev);
bool psp_sev_nv_is_new(const struct psp_sev *sev);
void psp_sev_nv_free(struct psp_sev *sev, bool keep);

/* panic.c */
void psp_sev_panic_add(struct psp_sev *sev);
void psp_sev_panic_remove(struct psp_sev *sev);

/* certificates.c */
int psp_sev_do_pek_gen(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd);
int psp_sev_do_pdh_gen(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd);
int psp_sev_do_pek_csr(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd);
int psp_sev_do_pek_cert_import(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd);
int psp_sev_do_pdh_cert_export(struct psp_sev_call *call,
			       struct psp_sev_issue_cmd *cmd);
int psp_sev_do_get_id(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd);
int psp_sev_do_get_id2(struct psp_sev_call *call, struct psp_sev_issue_cmd *cmd);

/* snp.c */
int psp_sev_do_snp_platform_status(struct psp_sev_call *call,
				   struct psp_sev_issue_cmd *cmd);
int psp_sev_do_snp_commit(struct psp_sev_call *call,
			  struct psp_sev_issue_cmd *cmd);
int psp_sev_do_snp_set_config(struct psp_sev_call *call,
			      struct psp_sev_issue_cmd *cmd);
int psp_sev_do_snp_vlek_load(struct psp_sev_call *call,
			     struct psp_sev_issue_cmd *cmd);

/* cdev.c */
int psp_sev_cdev_add(void);
void psp_sev_cdev_remove(void);
bool psp_sev_cdev_is(const struct file *file);

#endif
