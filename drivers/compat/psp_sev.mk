# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's <linux/psp-sev.h> declares decides which of ccp's functions
# have to be there in which form; none of it can be asked by the preprocessor.
# The answers are y or nothing; COMPAT_SEV_FLAGS hands them to the compiler.

psp_sev_declares = $(shell grep -qF '$(1)' $(srctree)/include/linux/psp-sev.h && echo y)

# 6.9 gave sev_platform_init() a structure in place of a pointer to the status,
# and exported functions for SNP.
COMPAT_SEV_INIT_ARGS := $(call psp_sev_declares,struct sev_platform_init_args {)
COMPAT_SEV_SNP := $(call psp_sev_declares,snp_alloc_firmware_page)
# 6.16, and stable kernels before it: KVM initializes and shuts down, and ccp
# knows of crash kernels.
COMPAT_SEV_SHUTDOWN := $(call psp_sev_declares,sev_platform_shutdown)

COMPAT_SEV_FLAGS := $(foreach f,COMPAT_SEV_INIT_ARGS COMPAT_SEV_SHUTDOWN,$(if $($(f)),-D$(f)))
