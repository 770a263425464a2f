#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: kexec by launch-update: what was cancelled stays cancelled, though the next kernel's first look drops the request
# where: vm
# machine: guest
# alone: it reboots
# long: 6.1 debug
# vm-args: --set fwup0.interface=launch-update
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
programs=$CVM_ROOT/build/selftests/vmfwupdate
launch() { [[ $(model launch) =~ $1=([^ ]*) ]] && echo "${BASH_REMATCH[1]}"; }
host=$(sha "$seabios_256k")
"$programs/igvmrom" "$seabios_128k" >/tmp/igvm

klog_mark
case $CVM_BOOT in
1)
	load vmfwupdate || exit 1
	t_run 'an image is armed' stage_arm /tmp/igvm
	t_run 'which the hypervisor has' test "$(launch pending)" -gt 0
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
2)
	t_is 'no reset came in between' "$(model resets) $(model replacements)" '0 0'
	t_run 'the hypervisor still has the image' test "$(launch pending)" -gt 0
	"$programs/fwcfg" read etc/vmlaunchupdate >/dev/null
	t_is 'a look drops the request for its own' "$(launch control)" 0x0
	load vmfwupdate || t_fail 'the other kernel loads the module'
	t_is 'which asks again' "$(launch control) $(attr status) $(attr state)" '0x2 revert idle'
	t_run 'and says so' klog_has 'own firmware was asked for before; asking again'
	t_fails 'it stays for the last word' 1 'in use' unload vmfwupdate
	"$programs/fwcfg" read etc/vmlaunchupdate >/dev/null
	restart
	;;
3)
	t_is 'the image does not run' "$(model bios-sha256) $(model replacements) $(model reverts)" "$host 0 1"
	load vmfwupdate || exit 1
	t_is 'and nothing is asked for any more' "$(launch control) $(attr status)" '0x0 none'
	t_run 'the module can go' unload vmfwupdate
	t_hazard kexec-launch
	;;
esac
t_done
