#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: kexec and reboot shut the platform down, with guests too, and the next kernel copes with a command left behind
# where: vm
# machine: snp-host
# kernels: 6.1 6.12
# alone: it reboots
# long: 6.1
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"
# shellcheck source=selftests/lib/reboot.bash
. "$CVM_ROOT/selftests/lib/reboot.bash"

seen() { echo "$(model state) $(model last-command)"; }
# shellcheck disable=SC2317 # called by poll
struck() { [ "$(model fault-hits)" -gt "$1" ]; }
good='ret=0 errno=0 error=0x0 api=1.55 build=39 state=0 flags=0x0 guests=0'
guest() {
	load_kvm_amd sev=1
	mkfifo /run/never
	kvm init start wait <>/run/never >/run/guest &
	poll 60 grep -q waiting /run/guest
	t_is "boot $CVM_BOOT: a guest runs" "$(model state)" working
}
# A command that has been sent when this returns, and will not be answered.
leave() {
	local hits
	hits=$(model fault-hits)
	fault "$1"
	sev status >/dev/null &
	poll 30 struck "$hits"
}

case $CVM_BOOT in
1)
	load aspt
	load psp_sev
	guest
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
2)
	t_is 'kexec shut the platform down' "$(seen)" 'uninit 2'
	t_is 'and the interrupt is off' "$(model irq-enabled)" false
	load aspt
	load psp_sev
	t_is 'the next kernel finds it as after power-on' "$(sev status)" "$good"
	by_interrupt 'after kexec'
	leave 'sev-late@0x04=3000#1'
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
3)
	load aspt
	klog_mark
	load psp_sev
	t_run 'kexec waited for a command under way' bash -c '! dmesg | grep -q "still under way"'
	t_is 'nothing was sent over it' "$(model overruns) $(sev status)" "0 $good"
	by_interrupt 'after kexec in the middle of a command'
	leave 'sev-never@0x04#1'
	kexec_into /dev/null
	t_fail 'kexec starts another kernel'
	;;
4)
	load aspt
	klog_mark
	load psp_sev psp_probe_timeout=2
	t_run 'a command that is never answered is not waited for forever, and the next kernel sees it' \
		klog_has 'PLATFORM_STATUS \(0x04\): still under way from before'
	t_is 'and begins anew' "$(sev status)" "$good"
	by_interrupt 'after kexec with a command that is lost'
	guest
	model commands >"$CVM_STATE/commands"
	restart
	;;
5)
	t_is 'a reboot shut the platform down: one more command' "$(model commands)" "$(($(cat "$CVM_STATE/commands") + 1))"
	t_is 'SHUTDOWN' "$(model last-command)" 2
	load aspt
	load psp_sev
	t_is 'the device works' "$(sev status)" "$good"
	by_interrupt 'after a reboot'
	unload psp_sev aspt
	;;
esac
t_done
