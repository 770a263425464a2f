#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: kexec and reboot shut SNP down, the next kernel initializes it anew, and one that finds it initialized goes on with it
# where: vm
# machine: snp-host
# kernels: 6.12
# vm-args: --snp
# alone: it reboots
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"
# shellcheck source=selftests/lib/reboot.bash
. "$CVM_ROOT/selftests/lib/reboot.bash"

seen() { echo "$(model state) $(model snp-state) $(model last-command)"; }
# SNP and SEV for KVM, with a guest that is there until the kernel goes.
guest() {
	t_run "boot $CVM_BOOT: kvm_amd" load_kvm_amd sev=1
	t_is "boot $CVM_BOOT: it has SNP" "$(cat /sys/module/kvm_amd/parameters/sev_snp) $(model snp-state)" 'Y init'
	mkfifo /run/never
	kvm init start wait <>/run/never >/run/guest &
	poll 60 grep -q waiting /run/guest
	t_is "boot $CVM_BOOT: a guest runs" "$(model state)" working
}

load aspt
klog_mark
case $CVM_BOOT in
1)
	load psp_sev
	guest
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
2)
	# 134 is SNP_SHUTDOWN_EX.
	t_is 'kexec shut SEV and SNP down' "$(seen)" 'uninit uninit 134'
	t_is 'every page is the kernel'"'s" "$(model lent-pages)" 0
	load psp_sev
	guest
	# A firmware that does not let go of SNP, nor so of anything.
	fault 'sev-status@0x86=0x13'
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
3)
	fault ''
	t_is 'SNP has stayed' "$(model snp-state)" init
	load psp_sev
	t_run 'the next kernel sees it' klog_has 'psp psp: SNP is initialized, from before'
	t_is 'and talks to its firmware' "$(sev status | cut -d' ' -f1-5)" 'ret=0 errno=0 error=0x0 api=1.55 build=39'
	t_is 'SNP_SET_CONFIG' "$(sev config)" 'ret=0 errno=0 error=0x0'
	t_is 'leaves SNP as it was' "$(model snp-state)" init
	guest
	restart
	;;
4)
	t_is 'a reboot shut both down' "$(model last-command)" 134
	load psp_sev
	t_is 'the device works' "$(sev status)" 'ret=0 errno=0 error=0x0 api=1.55 build=39 state=0 flags=0x0 guests=0'
	guest
	;;
esac
t_done
