/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the in-kernel interface share.
 */
#ifndef PSP_SEV_KVM_H
#define PSP_SEV_KVM_H

#include "psp_sev.h"

struct psp_sev *psp_sev_kvm_begin(struct psp_sev_call *call);
int psp_sev_kvm_end(struct psp_sev_call *call, int ret);
int psp_sev_kvm_command(unsigned int id, void *data, int *error);

#endif
