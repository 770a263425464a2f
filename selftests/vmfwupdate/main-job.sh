#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: cat IMAGE > image; echo 1 > arm; reboot: SeaBIOS -> OVMF of 4 MiB -> SeaBIOS 128K -> SeaBIOS 256K, opaque bytes intact
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --bzimage
# long: debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"

# As QEMU has it in flash: the variables below, the code at the end.
ovmf_4m=/tmp/OVMF_4M.fd
cat /usr/share/OVMF/OVMF_VARS_4M.fd /usr/share/OVMF/OVMF_CODE_4M.fd >"$ovmf_4m"
images=("$seabios_256k" "$ovmf_4m" "$seabios_128k" "$seabios_256k")
vendors=(SeaBIOS 'EFI Development Kit II / OVMF' SeaBIOS SeaBIOS)
now=$((CVM_BOOT - 1)) opaque=$CVM_STATE/opaque
image=${images[now]} name="boot $CVM_BOOT, ${images[now]##*/}"

load vmfwupdate || exit 1

[ "$now" != 1 ] || t_is "$name: it is one of 4 MiB" "$(attr bios_size)" 4194304
if [ "$now" = 0 ]; then
	random_file "$opaque" 1024
	cat "$opaque" >"$fw/opaque"
fi

t_is "$name: DMI names the vendor" "$(vendor)" "${vendors[now]}"
t_is "$name: the region has the image's size" "$(attr bios_size)" "$(size_of "$image")"
t_is "$name: the processor sees the image's bytes" "$(running_sha)" "$(sha "$image")"
t_run "$name: the driver sees them too" cmp "$image" "$fw/running"
t_is "$name: the hypervisor runs the image's bytes" "$(model bios-sha256)" "$(sha "$image")"
t_run "$name: the opaque bytes are intact" cmp "$opaque" "$fw/opaque"
t_is "$name: the hypervisor replaced it as often as it was armed" "$(model replacements)" "$now"
t_is "$name: the hypervisor refused nothing" "$(model refused)" 0
t_is "$name: nothing is armed" "$(attr state) $(attr arm) $(attr bios_addr) $(attr status)" 'idle 0 0x0 none'
[ "$now" = 0 ] || t_hazard region-end
[ "$now" = 0 ] || t_hazard opaque-kept

next=${images[now + 1]:-}
[ -n "$next" ] || t_done

# The job itself.
cat "$next" >"$fw/image" || t_fail "$name: staging ${next##*/}" "$(attr last_error)"
echo 1 >"$fw/arm" || t_fail "$name: arming ${next##*/}" "$(attr last_error)"

t_is "$name: ${next##*/} is armed" "$(attr state) $(attr arm) $(attr status)" 'armed 1 pending'
t_is "$name: the hypervisor knows its address" "$(model bios-addr)" "$(($(attr bios_addr)))"
t_is "$name: the hypervisor knows its size" "$(model next-bios-size)" "$(size_of "$next")"
t_is "$name: still the old firmware" "$(model bios-sha256)" "$(sha "$image")"
[ "$t_failed" = 0 ] || t_done
restart
