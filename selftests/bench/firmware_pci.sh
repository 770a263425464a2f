#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the processor as a PCI function, by its registers and by the kernel's own ccp
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 240
#
# A boot for each kind of interrupt; the second half of this file runs there.
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

if [ "${1:-}" != inside ]; then
	t_run 'MSI-X' "$CVM_ROOT/selftests/vm" --machine snp-host-pci --kernel "$CVM_KERNEL" -- "$0" inside MSI-X
	t_run 'MSI' "$CVM_ROOT/selftests/vm" --machine snp-host-pci --kernel "$CVM_KERNEL" \
		--set psp0.msix=off -- "$0" inside MSI
	t_done
fi

psp=/machine/peripheral/psp0
get() { qmp get "$psp" "$1" | tr -d '"'; }
device=
for d in /sys/bus/pci/devices/*; do
	[ "$(cat "$d/vendor" "$d/device" | xargs)" != '0x1022 0x1486' ] || device=${d##*/}
done
sysfs=/sys/bus/pci/devices/$device
nothing=000000000000000000000000

t_is 'class' "$(cat "$sysfs/class")" 0x108000
t_is 'size of BAR 2' "$(stat -c %s "$sysfs/resource2")" 1048576
echo 1 >"$sysfs/enable"
poke() { "$CVM_ROOT/build/selftests/bench/firmware_poke" -p "$device" "$@"; }
t_is 'the feature register' "$(poke read 0x109fc)" 0x00000081
t_is 'a polled command' "$(poke sev 0x04 $nothing | sed -n '1p;3p' | xargs)" \
	'response 0x80000000 buffer 013700000000002700000000'
t_is 'no mailbox of the ACPI kind' "$(poke write 0x20 0x850400 read 0x20)" 0x00000000
t_is 'its interrupt status' "$(poke read 0x10694)" 0x00000002

before=$(get commands) sent=$(get irqs)
modprobe ccp
# shellcheck disable=SC2317 # called by t_run
enabled() { dmesg | grep -q "ccp $device: psp enabled"; }
t_run 'ccp binds' enabled
t_run 'and makes /dev/sev' test -c /dev/sev
# What ccp asks at once differs from release to release; each with an interrupt.
t_is 'each of its commands raised an interrupt' $(($(get irqs) - sent)) $(($(get commands) - before))
t_run 'it gave at least one' test "$(get commands)" -gt "$before"
t_is 'as the kernel counts them' "$(awk '/psp-1|sp-1/ { print $2 + $3 }' /proc/interrupts)" $(($(get irqs) - sent))
t_is "by $2" "$(awk -F'"' '/psp-1/ { n = "MSI-X" } / sp-1/ { n = "MSI" } END { print n }' /proc/interrupts)" "$2"
t_is 'none unacknowledged' "$(get irqs-unacked)" 0
t_is 'the interrupt is on' "$(get irq-enabled)" true
modprobe kvm_amd
t_is 'the SEV API in the log' "$(dmesg | grep -o 'SEV API:.*' | head -n 1)" 'SEV API:1.55 build:39'
t_is 'KVM believes in SEV' "$(dmesg | grep -oE 'SEV(-ES)? enabled \(ASIDs.*' | xargs)" \
	'SEV enabled (ASIDs 100 - 509) SEV-ES enabled (ASIDs 1 - 99)'
t_is 'the platform is initialized' "$(get state)" init
rmmod kvm_amd ccp
t_is 'and shut down with the driver' "$(get state)" uninit
t_done
