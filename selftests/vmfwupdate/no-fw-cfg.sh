#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: no interface, no fw_cfg: ENODEV, one clear line in the log, nothing left behind
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --set fwup0=none
# long: 6.1 debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

case $CVM_BOOT in
1)
	refuses_without_interface 'no interface' 'the hypervisor offers no interface for firmware updates'
	t_run 'the fw_cfg device is there' test -e /sys/bus/acpi/devices/QEMU0002:00
	t_hazard no-interface
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
	refuses_without_interface 'no fw_cfg' 'this machine has no fw_cfg (ACPI device QEMU0002)'
	t_hazard no-fw-cfg
	;;
esac
t_done
