# SPDX-License-Identifier: GPL-2.0-only
# cvm-modules: what a person calls. Kbuild says what is built.

ifneq ($(filter-out x86_64 amd64,$(shell uname -m)),)
$(error cvm-modules are for x86-64 only, this is $(shell uname -m))
endif

ROOT := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $(ROOT)/dkms.conf)
BUILD ?= $(ROOT)/build
DRIVERS ?= aspt psp vmfwupdate vmsr
MODULES := $(foreach d,$(DRIVERS),$(d)/$(if $(filter psp,$(d)),psp_sev,$(d)).ko)
TOOLS := aspctl vmfwctl vmsrctl
PREFIX ?= /usr/local
MODPROBEDIR ?= /etc/modprobe.d
SYSTEMDDIR ?= $(PREFIX)/lib/systemd/system
LIBVIRTDIR ?= /etc/libvirt/hooks/qemu.d
INITRAMFSDIR ?= /usr/share/initramfs-tools
V ?= 0
Q := $(if $(filter 0,$(V)),@)

# KERNEL=6.1 (or 6.12, debug) builds for the bench's kernel of that name. Else
# KDIR, else the running kernel's headers, else the newest installed ones.
ifdef KERNEL
KERNEL_DIR := $(shell $(ROOT)/selftests/bench/kernel $(KERNEL))
$(if $(KERNEL_DIR),,$(error the bench's kernel $(KERNEL) could not be prepared))
KDIR := $(KERNEL_DIR)/build
KERNELRELEASE := $(shell cat $(KERNEL_DIR)/release)
endif
ifndef KDIR
ifdef KERNELRELEASE
KDIR := /lib/modules/$(KERNELRELEASE)/build
else
KDIR := $(firstword $(wildcard /lib/modules/$(shell uname -r)/build/Makefile) \
	$(shell ls -d /lib/modules/*/build/Makefile 2>/dev/null | sort -rV))
KDIR := $(patsubst %/Makefile,%,$(KDIR))
endif
endif
ifndef KERNELRELEASE
KERNELRELEASE := $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
endif
MODDIR := $(BUILD)/$(KERNELRELEASE)
MODULES_MAKE = $(MAKE) -C $(KDIR) M=$(MODDIR) DRIVERS="$(DRIVERS)"

all: modules tools

help:
	@echo 'make                modules and tools         make install     both, and man pages (root)'
	@echo 'make demo           the whole thing in ten minutes, in virtual machines'
	@echo 'make check          the tests                 make check-all   on each kernel those that take long, too'
	@echo 'make bench          what is measured, against its budgets'
	@echo 'make modules KDIR=/path/to/kernel/build   or   KERNELRELEASE=6.1.0-1-amd64'
	@echo 'make uninstall      removes what make install has put there'
	@echo 'make dkms-install   the modules alone, built again by DKMS for each new kernel (make dkms-uninstall)'
	@echo 'make lint           checkpatch, sparse, W=1, shellcheck'
	@echo 'make clean          removes build/'

MODULES_ARGS = $(if $(W),W=$(W)) $(if $(C),C=$(C)) $(if $(CF),CF="$(CF)") $(if $(PSP_SEV_KVM),PSP_SEV_KVM=$(PSP_SEV_KVM)) V=$(V)

# Names what psp_sev exports with another version than the kernel's own module. What
# counts in a version beside the types is which headers ccp's file includes.
kvm_misfits = awk '$$3 ~ /ccp$$/ { version[$$2] = $$1 } \
	$$3 ~ /psp_sev$$/ && $$2 in version && $$1 != version[$$2] { print "psp_sev: " $$2; n++ } \
	END { exit (n > 0) }' $(wildcard $(KDIR)/Module.symvers) $(MODDIR)/Module.symvers >&2

# The sources are built through a folder of links, one a kernel: several
# kernels can then be built at once and the source folders stay clean. (+: it takes -j,
# which make sees for itself only where its own name stands in the rule.)
modules: stage
	+$(Q)$(MODULES_MAKE) $(MODULES_ARGS) modules
	@$(kvm_misfits) || { \
		echo "psp_sev: the functions named above differ in version from those of this kernel's ccp, whose kvm_amd would" >&2; \
		echo "not load on top of psp_sev. Building it again without them; kvm_amd keeps using ccp." >&2; \
		$(MODULES_MAKE) $(MODULES_ARGS) PSP_SEV_KVM=n modules; }

stage:
	@test -n "$(KERNELRELEASE)" -a -f "$(KDIR)/Makefile" || { \
		echo 'No kernel headers found$(if $(KDIR), in $(KDIR)): apt-get install linux-headers-amd64, or give KDIR=.' >&2; exit 2; }
	@mkdir -p $(MODDIR)
	@cp -as $(ROOT)/Kbuild $(ROOT)/drivers $(ROOT)/include $(MODDIR)/ 2>/dev/null || \
		cp -as --remove-destination $(ROOT)/Kbuild $(ROOT)/drivers $(ROOT)/include $(MODDIR)/
	@find $(MODDIR) -xtype l -delete

tools selftests:
	$(Q)$(MAKE) --no-print-directory -C $(ROOT)/$@ BUILD=$(BUILD) VERSION=$(VERSION)

modules_install: modules
	$(MODULES_MAKE) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) INSTALL_MOD_DIR=updates modules_install
	$(if $(filter psp,$(DRIVERS)),install -D -m 0644 $(ROOT)/drivers/psp/modprobe.conf $(DESTDIR)$(MODPROBEDIR)/psp_sev.conf)
	$(if $(DESTDIR),,depmod -a $(KERNELRELEASE))

tools_install: tools
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(foreach t,$(TOOLS),install -m 0755 $(BUILD)/tools/$(t) $(DESTDIR)$(PREFIX)/sbin/ && \
		install -m 0644 $(ROOT)/Documentation/man/$(t).8 $(DESTDIR)$(PREFIX)/share/man/man8/ && \
		install -m 0644 $(ROOT)/tools/$(t)/$(t).bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(t) &&) true

# What makes them a part of the system: the group of vmsr's device, the unit that
# attaches VMs, and the same for libvirt's; what a guest image uses to bring its
# firmware. None of it runs by itself, but udev's rule.
VMSR_SYSTEM := $(ROOT)/tools/vmsrctl/system
FW_BOOT := $(ROOT)/tools/vmfwctl/boot
FWLIBDIR := $(PREFIX)/lib/vmfwupdate
SYSTEM_FILES := $(PREFIX)/lib/udev/rules.d/60-vmsr.rules $(PREFIX)/lib/sysusers.d/vmsr.conf \
	$(SYSTEMDDIR)/vmsr-attach.service $(LIBVIRTDIR)/vmsr $(SYSTEMDDIR)/vmfwupdate.service $(FWLIBDIR)/replace \
	$(addprefix $(INITRAMFSDIR)/,hooks/vmfwupdate scripts/init-premount/vmfwupdate)
# $(call install_in,MODE,SOURCE,PLACE): with the paths of this installation in it.
define install_in
	@mkdir -p $(BUILD)/system
	sed 's|@PREFIX@|$(PREFIX)|g; s|@LIBDIR@|$(FWLIBDIR)|g' $(2) >$(BUILD)/system/$(notdir $(2))
	install -D -m $(1) $(BUILD)/system/$(notdir $(2)) $(DESTDIR)$(3)
endef

system_install:
	install -D -m 0644 $(VMSR_SYSTEM)/60-vmsr.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-vmsr.rules
	install -D -m 0644 $(VMSR_SYSTEM)/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/vmsr.conf
	$(call install_in,0644,$(VMSR_SYSTEM)/vmsr-attach.service.in,$(SYSTEMDDIR)/vmsr-attach.service)
	$(call install_in,0755,$(VMSR_SYSTEM)/libvirt-hook.in,$(LIBVIRTDIR)/vmsr)
	install -D -m 0755 $(FW_BOOT)/replace $(DESTDIR)$(FWLIBDIR)/replace
	$(call install_in,0644,$(FW_BOOT)/vmfwupdate.service,$(SYSTEMDDIR)/vmfwupdate.service)
	$(call install_in,0755,$(FW_BOOT)/initramfs-hook,$(INITRAMFSDIR)/hooks/vmfwupdate)
	install -D -m 0755 $(FW_BOOT)/initramfs-script $(DESTDIR)$(INITRAMFSDIR)/scripts/init-premount/vmfwupdate

install: modules_install tools_install system_install

uninstall:
	rm -f $(foreach m,$(MODULES),$(DESTDIR)/lib/modules/$(KERNELRELEASE)/updates/drivers/$(m)*)
	rm -f $(DESTDIR)$(MODPROBEDIR)/psp_sev.conf
	rm -f $(addprefix $(DESTDIR),$(SYSTEM_FILES))
	rm -f $(foreach t,$(TOOLS),$(DESTDIR)$(PREFIX)/sbin/$(t) $(DESTDIR)$(PREFIX)/share/man/man8/$(t).8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(t))
	$(if $(DESTDIR),,depmod -a $(KERNELRELEASE))

# DKMS builds the modules again for each new kernel. DKMS_ARGS are for the tests.
DKMS_SRC = $(DESTDIR)/usr/src/cvm-modules-$(VERSION)

dkms-install:
	@command -v dkms >/dev/null || { echo 'There is no dkms: apt-get install dkms' >&2; exit 2; }
	@test ! -e $(DKMS_SRC) || { echo '$(DKMS_SRC) is there already: make dkms-uninstall' >&2; exit 2; }
	install -d $(DKMS_SRC)
	cp -r $(addprefix $(ROOT)/,COPYING Kbuild Makefile dkms.conf drivers include) $(DKMS_SRC)/
	install -D -m 0644 $(ROOT)/drivers/psp/modprobe.conf $(DESTDIR)$(MODPROBEDIR)/psp_sev.conf
	dkms install $(DKMS_ARGS) cvm-modules/$(VERSION)

dkms-uninstall:
	@command -v dkms >/dev/null || { echo 'There is no dkms: apt-get install dkms' >&2; exit 2; }
	test -z "$$(dkms status $(DKMS_ARGS) cvm-modules/$(VERSION))" || dkms remove $(DKMS_ARGS) cvm-modules/$(VERSION) --all
	rm -rf $(DKMS_SRC) $(DESTDIR)$(MODPROBEDIR)/psp_sev.conf

check:
	@$(ROOT)/selftests/check

check-all:
	@$(ROOT)/selftests/check --all

# The newest kernel whose own drivers there are to compare with.
bench:
	@$(ROOT)/selftests/bench/prepare 6.12
	@$(ROOT)/selftests/run --bench --kernel 6.12 $(BENCH)

demo:
	@$(ROOT)/selftests/demo/run

lint:
	@$(ROOT)/selftests/lint

clean:
	rm -rf $(BUILD)

.PHONY: all help modules stage tools selftests modules_install tools_install system_install install \
	uninstall dkms-install dkms-uninstall check check-all bench demo lint clean
