#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: no interface, no fw_cfg, no ACPI: ENODEV, one clear line in the log, nothing left behind
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --set fwup0=none
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

# The first load of a kernel says that the module is foreign.
load vmfwupdate 2>/dev/null
refused() {
	klog_mark
	t_fails "$1: ENODEV" 1 'No such device' load vmfwupdate
	t_is "$1: one line" "$(driver_lines | sed 's/^\[[^]]*\] //')" "$2"
	if [ -e "$fw" ] || [ -e /sys/devices/platform/vmfwupdate ] || loaded vmfwupdate; then
		t_fail "$1: nothing is left"
	else
		t_ok "$1: nothing is left"
	fi
}

case $CVM_BOOT in
1)
	refused 'no interface' 'platform vmfwupdate: the hypervisor offers no interface for firmware updates'
	t_run 'the fw_cfg device is there' test -e /sys/bus/acpi/devices/QEMU0002:00
	# The same machine, but its ACPI tables call the device something else.
	mkdir -p kernel/firmware/acpi
	"$CVM_ROOT/build/selftests/vmfwupdate/acpi-rename" QEMU0002 QEMU9992 \
		</sys/firmware/acpi/tables/DSDT >kernel/firmware/acpi/dsdt.aml
	find kernel | cpio -o -H newc --quiet >tables.cpio
	kexec_into tables.cpio
	t_fail 'kexec starts a kernel with other tables'
	;;
2)
	t_run 'the fw_cfg device is not there' test ! -e /sys/bus/acpi/devices/QEMU0002:00
	refused 'no fw_cfg' 'platform vmfwupdate: this machine has no fw_cfg (ACPI device QEMU0002)'
	;;
esac
t_done
