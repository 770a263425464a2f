#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a hypervisor that cannot resize the region: only images of just its size, others refused by name (prefix etc/)
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --set fwup0.resize=off --set fwup0.prefix=etc/
# long: debug
# timeout: 120
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

load vmfwupdate || exit 1

# SeaBIOS with one byte of its padding changed is another image of the same size.
cp "$seabios_256k" other
printf 'bench' | dd of=other bs=1 seek=16 conv=notrunc status=none

if [ "$CVM_BOOT" = 2 ]; then
	t_is 'the other image runs' "$(model bios-sha256) $(running_sha)" "$(sha other) $(sha other)"
	t_is 'the replacement was one' "$(model replacements) $(model refused)" '1 0'
	t_is 'DMI names the vendor' "$(vendor)" SeaBIOS
	t_hazard prefix
	t_is 'opaque bytes that the hypervisor has changed are what it says' "$(size_of "$fw/opaque") $(tr -d '\245' <"$fw/opaque" | wc -c)" '1024 0'
	t_hazard opaque-untrusted
	t_done
fi

t_is 'the capability is missing' "$(attr capabilities)" 0x0
stage() { cat "$1" >"$fw/image"; }
t_fails 'a larger image is refused while it is written' 1 'File too large' stage "$ovmf"
t_run 'the reason names size and capability' has \
	'larger than the BIOS region of 262144 bytes, which this hypervisor cannot resize \(no BIOS_RESIZE\)' "$fw/last_error"
t_is 'nothing is staged' "$(attr state) $(attr image_size)" 'failed 0'
t_run 'a smaller image can be staged' stage "$seabios_128k"
t_fails 'but not armed' 1 'Invalid argument' put arm 1
t_run 'the reason names both sizes and the capability' has \
	'the image has 131072 bytes, the BIOS region has 262144, .*\(no BIOS_RESIZE\)' "$fw/last_error"
t_run 'the log has it too' klog_has 'platform vmfwupdate: the image has 131072 bytes'
t_is 'the hypervisor was not bothered' "$(model bios-addr) $(model next-bios-size)" '0 262144'
t_hazard no-resize
t_run 'an image of the right size is armed' stage_arm other
[ "$t_failed" = 0 ] || t_done
model fault opaque-garbage
restart
