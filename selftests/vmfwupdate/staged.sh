#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an image that is only staged: a sleep leaves it, a reset and kexec forget it
# where: vm
# machine: guest
# alone: it reboots
# long: 6.1 debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
stage() { cat "$1" >"$fw/image"; }
snooze() { echo freeze >/sys/power/state; }

# (A module that is loaded takes back whatever it finds at the hypervisor.)
addr=$(model bios-addr)
klog_mark
load vmfwupdate || exit 1
case $CVM_BOOT in
1)
	t_run 'an image is staged' stage "$seabios_128k"
	if echo freezer 2>/dev/null >/sys/power/pm_test; then
		echo 1 >/sys/module/suspend/parameters/pm_test_delay
		t_run 'the machine sleeps' snooze
		t_is 'it is staged still' "$(attr state) $(attr image_size)" 'staged 131072'
		t_run 'and whole' cmp "$seabios_128k" "$fw/image"
	else
		t_skip 'sleeping' 'the kernel has no /sys/power/pm_test'
	fi
	restart
	;;
2)
	t_run 'there was a reset' test "$(model resets)" -ge 1
	t_is 'a plain one' "$(model replacements) $(model refused) $(model bios-sha256)" "0 0 $(sha "$seabios_256k")"
	t_is 'and no image' "$(attr state) $(attr image_size)" 'idle 0'
	model resets >"$CVM_STATE/resets"
	t_run 'another one is staged' stage "$seabios_128k"
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
3)
	t_is 'the other kernel came without a reset' "$(model resets) $(model replacements)" "$(<"$CVM_STATE/resets") 0"
	t_is 'and without the image' "$(attr state) $(attr image_size)" 'idle 0'
	t_is 'of which the hypervisor never heard' "$addr $(klog_count 'somebody armed')" '0 0'
	;;
esac
t_done
