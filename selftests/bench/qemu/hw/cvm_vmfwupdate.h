/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-driven firmware update: what the files of the model share.
 */
#ifndef HW_CVM_VMFWUPDATE_H
#define HW_CVM_VMFWUPDATE_H

#include "exec/memory.h"
#include "hw/nvram/fw_cfg.h"
#include "cvm_fault.h"

/*
 * The firmware region below 4 GiB and its copy below 1 MiB, in a form that
 * can change its size. See cvm_vmfwupdate_bios.c.
 */
typedef struct CvmBios {
    MemoryRegion ram;
    MemoryRegion isa;           /* alias of the end of @ram */
    MemoryRegion *container;
    uint64_t max_size;
} CvmBios;

/* What a machine with this model can have: the next thing below is the APIC. */
#define CVM_BIOS_SIZE_UNIT  (64 * KiB)
#define CVM_BIOS_SIZE_LIMIT (16 * MiB)

bool cvm_bios_size_valid(const CvmBios *bios, uint64_t size);
bool cvm_bios_take_over(CvmBios *bios, Object *owner, uint64_t max_size,
                        Error **errp);
uint64_t cvm_bios_size(const CvmBios *bios);
void cvm_bios_place(CvmBios *bios);
void cvm_bios_load(CvmBios *bios, const void *image, uint64_t size);
void *cvm_bios_copy(CvmBios *bios);
bool cvm_ram_is_one(hwaddr addr, uint64_t size);
void *cvm_ram_copy(hwaddr addr, uint64_t size, Error **errp);
bool cvm_bios_replace(CvmBios *bios, hwaddr addr, uint64_t size, Error **errp);
char *cvm_bios_sha256(CvmBios *bios);

/*
 * An IGVM file, as far as a machine without memory encryption needs it. See
 * cvm_vmfwupdate_igvm.c.
 */
bool cvm_igvm_check(const uint8_t *file, uint64_t size, const CvmBios *bios,
                    Error **errp);
uint64_t cvm_igvm_load(const uint8_t *file, CvmBios *bios);

/* The interface vm-launch-update. See cvm_vmfwupdate_launch.c. */
#define CVM_LAUNCH_FILE_SIZE    56
#define CVM_LAUNCH_VERSION      1
#define CVM_LAUNCH_CAP_IGVM     (1ull << 32)

typedef struct CvmFwLaunch {
    uint8_t file[CVM_LAUNCH_FILE_SIZE]; /* as the guest sees it */
    bool from_igvm;             /* the machine was started from an IGVM file */
    bool disabled;
    bool fresh;                 /* the last write brought @pending */
    bool once;                  /* after @current comes the host's */
    uint8_t *pending;           /* accepted, for the next reset */
    uint32_t pending_size;
    uint8_t *current;           /* runs now; NULL: the host's */
    uint32_t current_size;
    uint8_t *host;              /* the host's region, once it was replaced */
    uint32_t host_size;
    uint64_t pages, reverts;
} CvmFwLaunch;

enum cvm_launch_reset {
    CVM_LAUNCH_SAME,
    CVM_LAUNCH_REPLACED,
    CVM_LAUNCH_REVERTED,
};

void cvm_launch_selected(CvmFwLaunch *l, uint16_t version, uint64_t caps);
void cvm_launch_written(CvmFwLaunch *l, const CvmBios *bios, Error **errp);
enum cvm_launch_reset cvm_launch_reset(CvmFwLaunch *l, CvmBios *bios);
void cvm_launch_forget(CvmFwLaunch *l);

/*
 * Faults of fw_cfg itself, injected through the two hooks below. See
 * cvm_vmfwupdate_fault.c.
 */
typedef struct CvmFwFault {
    char *text;                 /* as it was set */
    GPtrArray *list;            /* the same, taken apart */
    char *prefix;               /* of this model's file names */
    uint64_t hits;
    uint32_t toggle;
    /* the directory as it was before a fault changed it */
    FWCfgFiles *true_dir;
    size_t dir_size;
} CvmFwFault;

bool cvm_fw_fault_set(CvmFwFault *f, const char *text, Error **errp);
bool cvm_fw_fault_take(CvmFwFault *f, const char *name);
bool cvm_fw_fault_take_value(CvmFwFault *f, const char *name, uint32_t *value);
bool cvm_fw_fault_take_after(CvmFwFault *f, const char *name, uint32_t *seen);
void cvm_fw_fault_attach(CvmFwFault *f, const char *prefix);
void cvm_fw_fault_reset(FWCfgState *s);

#endif
