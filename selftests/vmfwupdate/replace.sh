#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the installed init script replaces the firmware once, and not for ever; without an image or an interface it does nothing
# where: vm
# machine: guest
# kernels: 6.1 6.12 debug
# long: debug
# alone: it reboots
# timeout: 120
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
replace=$CVM_ROOT/tools/vmfwctl/boot/replace

if [ "$CVM_BOOT" = 1 ]; then
	t_run 'without an image' "$replace" /nonexistent
	t_run 'without an interface' "$replace" "$seabios_128k"
	t_is 'nothing was replaced' "$(model replacements)" 0
	load vmfwupdate || exit 1
	code 32768 /tmp/wrong
	t_fails 'an image that the hypervisor does not take' 1 'was not armed: the hypervisor did not resize' "$replace" /tmp/wrong
	t_run 'and is not tried again' "$replace" /tmp/wrong
	put arm 0
	keep_counts
	"$replace" "$seabios_128k"
	t_fail 'it resets' "$(attr last_error)"
	t_done
fi
t_is 'the image runs' "$(model bios-sha256) $(model replacements)" "$(sha "$seabios_128k") 1"
load vmfwupdate || exit 1
t_run 'the next boot goes on' "$replace" "$seabios_128k"
t_is 'as it is' "$(attr state) $(model replacements)" 'idle 1'
t_done
