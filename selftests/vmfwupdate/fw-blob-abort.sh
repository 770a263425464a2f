#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: without the driver, a guest that writes a wrong size to fw-blob makes QEMU abort at the reset
# where: host
# kernels: any
# timeout: 90
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

# reset_with BLOB: what becomes of a machine.
reset_with() {
	"$CVM_ROOT/selftests/vm" --machine guest --kernel "$CVM_KERNEL" --memory 512 --set fwup0.interface=fw-blob -- bash -c \
		"[ \$CVM_BOOT = 1 ] || exit 7; '$CVM_ROOT/build/selftests/vmfwupdate/fwcfg' write etc/vmfwupdate/fw-blob $1 && reboot -f; sleep 60"
}
address=0000001000000000
t_fails '65537 bytes' 125 "QEMU's exit status 134" reset_with "0100010000000000$address"
t_fails 'a granule more than the region' 125 "QEMU's exit status 134" reset_with "0000050000000000$address"
t_fails 'address 0: a plain reset' 7 '^' reset_with 01000100000000000000000000000000
t_done
