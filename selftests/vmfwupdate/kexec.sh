#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: kexec takes an armed image back first; when the hypervisor refuses, its interface is disabled instead
# where: vm
# machine: guest
# alone: it reboots
# long: 6.1 debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"

case $CVM_BOOT in
1)
	load vmfwupdate || exit 1
	t_run 'an image is armed' stage_arm "$seabios_128k"
	t_is 'the hypervisor has its address' "$(model bios-addr)" "$(($(attr bios_addr)))"
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
2)
	t_is 'no reset came in between' "$(model resets) $(model replacements)" '0 0'
	t_is 'the hypervisor has forgotten the address' "$(model bios-addr) $(model next-bios-size)" '0 262144'
	t_is 'it was not necessary to disable it' "$(model disabled)" false
	load vmfwupdate || t_fail 'the other kernel loads the module'
	t_is 'the other kernel finds nothing' "$(klog_count 'somebody armed')" 0
	t_run 'and arms an image' stage_arm "$seabios_128k"
	model fault write-error=bios-addr
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
3)
	t_is 'no reset came in between' "$(model resets) $(model replacements)" '0 0'
	t_is 'the hypervisor still has the address' "$(($(model bios-addr) != 0))" 1
	t_is 'but is disabled' "$(model disabled)" true
	model fault ''
	klog_mark
	load vmfwupdate || t_fail 'the third kernel loads the module'
	t_is 'which knows' "$(attr state) $(attr disable)" 'disabled 1'
	t_run 'and says it' klog_has 'disabled until the next reset'
	restart
	;;
4)
	# More than one reset: SeaBIOS resets again when it finds a used copy of itself.
	t_run 'there was a reset' test "$(model resets)" -ge 1
	t_is 'and nothing was replaced or refused' "$(model replacements) $(model refused)" '0 0'
	t_is 'of the same firmware' "$(model bios-sha256)" "$(sha "$seabios_256k")"
	t_hazard kexec-bios-addr
	;;
esac
t_done
