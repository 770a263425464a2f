#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: kexec by fw-blob: an armed image is taken back, with a size that no reset dies of
# where: vm
# machine: guest
# alone: it reboots
# long: 6.1 debug
# vm-args: --set fwup0.interface=fw-blob
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
	t_is 'the hypervisor has forgotten the address' "$(model bios-addr) $(model next-bios-size) $(model would-abort)" '0 131072 false'
	klog_mark
	load vmfwupdate || t_fail 'the other kernel loads the module'
	t_is 'which finds nothing' "$(attr status) $(klog_count 'somebody armed')" 'none 0'
	restart
	;;
3)
	t_is 'the reset was a plain one' "$(model replacements) $(model refused) $(model bios-sha256)" "0 0 $(sha "$seabios_256k")"
	t_hazard kexec-fw-blob
	;;
esac
t_done
