#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an armed image is withdrawn while the machine sleeps and offered again afterwards, or it does not sleep
# where: vm
# machine: guest
# timeout: 120
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
load vmfwupdate || exit 1

# The kernel's own test mode goes to sleep and wakes up as far as the freezing of
# processes: the machine's root, over 9p, would not survive more.
echo freezer >/sys/power/pm_test || {
	t_skip 'sleeping' 'the kernel has no /sys/power/pm_test'
	t_done
}
echo 1 >/sys/module/suspend/parameters/pm_test_delay
snooze() { echo freeze >/sys/power/state; }

t_run 'sleeping with nothing to withdraw' snooze
stage_arm "$seabios_128k"
addr=$(attr bios_addr)
t_run 'sleeping while armed' snooze
t_is 'it is armed again afterwards' "$(attr state) $(attr bios_addr) $(attr status)" "armed $addr pending"
t_is 'with its size' "$(model next-bios-size)" 131072
t_run 'and its bytes' cmp "$seabios_128k" "$fw/image"

model fault write-error=bios-addr
t_fails 'no sleep while the image cannot be withdrawn' 1 'Input/output error' snooze
model fault ''
t_is 'it is still armed' "$(attr state) $(attr bios_addr)" "armed $addr"

# A model that forgets every address lets it be withdrawn, but not offered again.
model fault addr-stuck
t_run 'sleeping' snooze
model fault ''
t_is 'an image that is not taken again is a failure' "$(attr state) $(model bios-addr)" 'failed 0'
t_run 'with its reason' has 'holds address 0x0 instead of' "$fw/last_error"
t_run 'and the module can be removed' unload vmfwupdate
t_done
