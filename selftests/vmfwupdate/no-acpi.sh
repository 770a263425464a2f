#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a kernel without ACPI: ENODEV, one clear line in the log, nothing left behind
# where: host
# kernels: 6.1 6.12
# timeout: 60
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
# shellcheck source=selftests/vmfwupdate/alone.bash
. "$(dirname "$0")/alone.bash"

# (The bench's machines reach their disks and their result by ACPI.)
# shellcheck disable=SC2119
guest_image
guest_append=acpi=off
guest_start off /usr/share/seabios/bios-256k.bin bios-addr
t_run 'a guest' guest_up off
t_is 'it has no ACPI' "$(guest off 'ls /sys/firmware | grep -c acpi')" 0
guest off 'dmesg -c' >/dev/null
guest_does off 'insmod /vmfwupdate.ko 2>&1' || true
t_run 'ENODEV' text_has 'No such device' "$REPLY"
# (Busybox tries it by either system call.)
t_is 'one line' "$(guest off 'dmesg -c' | grep -i vmfwupdate | sed 's/^\[[^]]*\] //' | uniq)" \
	'platform vmfwupdate: no ACPI: fw_cfg cannot be shared with its other users'
t_run 'nothing is left' guest off '[ ! -e /sys/firmware/vmfwupdate ] && [ ! -e /sys/devices/platform/vmfwupdate ] && ! grep -q vmfwupdate /proc/modules'
guest_end off
t_is "the kernel's log is clean" "$("$root_dir/selftests/bench/splats" off.console)" ''
t_is 'QEMU has no complaint' "$(<off.errors)" ''
t_done
