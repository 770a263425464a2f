#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: disable takes everything back, holds until the reset, is written once, and the reset is a plain one
# where: vm
# machine: guest
# alone: it reboots
# long: debug
# timeout: 150
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

load vmfwupdate || exit 1
t_is "boot $CVM_BOOT: enabled" "$(attr disable) $(attr state) $(model disabled)" '0 idle false'
t_is "boot $CVM_BOOT: the first firmware" "$(model bios-sha256) $(model replacements)" "$(sha "$seabios_256k") 0"
if [ "$CVM_BOOT" = 2 ]; then
	t_run 'updates are possible again' stage_arm "$seabios_128k"
	t_hazard disable-ends
	t_hazard plain-reset
	put arm 0
	t_done
fi

t_fails 'only 1 can be written' 1 'Invalid argument' put disable 0
t_fails 'and nothing else' 1 'Invalid argument' put disable off-and-on
t_is 'still enabled' "$(attr disable) $(model disabled)" '0 false'

stage_arm "$seabios_128k"
klog_mark
t_run 'disabled while armed' put disable 1
t_run 'the log says so' klog_has 'vmfwupdate: firmware updates are disabled until the next reset'
t_is 'that takes the image back' "$(attr state) $(attr image_size) $(attr arm) $(model bios-addr) $(model next-bios-size)" \
	'disabled 0 0 0 262144'
t_is 'the hypervisor is disabled' "$(attr disable) $(attr status) $(model disabled)" '1 disabled true'
model fault write-error=disable
t_run 'disabling again is no error, and not written' put disable 1
t_hazard disable-once
model fault ''
stage() { cat "$1" >"$fw/image"; }
t_fails 'no image is taken' 1 'not permitted' stage "$seabios_128k"
t_run 'the reason is named' has 'disabled until the next reset' "$fw/last_error"
t_fails 'nothing is armed' 1 'not permitted' put arm 1
t_run 'cancelling is no error' put arm 0
t_is 'and changes nothing' "$(attr state)" disabled
t_run 'opaque bytes can still be written' put opaque hello
unload vmfwupdate
klog_mark
load vmfwupdate
t_is 'a reloaded module knows' "$(attr state) $(attr disable)" 'disabled 1'
t_run 'and says it' klog_has 'vmfwupdate: firmware updates by bios-addr, disabled until the next reset'

[ "$t_failed" = 0 ] || t_done
restart
