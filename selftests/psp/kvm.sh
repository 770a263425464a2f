#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: Debian's own kvm_amd loads on top of psp_sev, reports SEV and launches SEV guests through it
# where: vm
# machine: snp-host
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

sent() { model commands; }
seen() { echo "$(model state) $(model last-command)"; }
vmm_begin() {
	coproc vmm { exec "$CVM_ROOT/build/selftests/psp/kvm" "$@"; }
	# shellcheck disable=SC2154 # coproc sets it, and takes it away with the process
	vmm_pid=$vmm_PID
	vmm_lines=()
	while read -r line <&"${vmm[0]}" && [ "$line" != waiting ]; do vmm_lines+=("$line"); done
}
# Lets it go on to its next "wait", or to its end.
vmm_go() {
	echo >&"${vmm[1]}"
	vmm_lines=()
	while read -r line && [ "$line" != waiting ]; do vmm_lines+=("$line"); done <&"${vmm[0]}" || true
}

# The debug kernel is a 6.1 too.
kvm_of=$CVM_KERNEL
[ "$kvm_of" != debug ] || kvm_of=6.1

load aspt
load psp_sev
klog_mark
t_run "Debian's kvm_amd loads" load_kvm_amd sev=1
if klog_has 'disagrees about version|Unknown symbol|exports duplicate'; then
	t_fail 'without a complaint about symbols' "$(klog)"
else
	t_ok 'without a complaint about symbols'
fi
t_run 'on top of psp_sev' grep -qE '^psp_sev .* kvm_amd,' /proc/modules
t_run 'ccp is not there' bash -c '! grep -q "^ccp " /proc/modules'
t_is 'it reports SEV and SEV-ES' "$(cat /sys/module/kvm_amd/parameters/{sev,sev_es} | xargs)" 'Y Y'
t_run 'the log says so' klog_has 'SEV enabled \(ASIDs 100 - 509\)'
case $kvm_of in
6.1) want='uninit' ;;
*) want='init' ;;
esac
t_is 'the platform is initialized when this KVM wants it' "$(model state)" "$want"
t_fails 'psp_sev cannot be unloaded below it' 1 'in use by: kvm_amd' rmmod psp_sev

before=$(sent)
t_is 'an SEV guest' "$(kvm init start status | sed "s/^\(init errno=[^ ]*\) .*/\1/" | xargs)" \
	'api=12 init errno=0 start errno=0 error=0x0 handle=1 status errno=0 error=0x0 handle=1 policy=0x0 state=1'
t_is 'is gone with its VMM' "$(seen)" 'init 32'
case $kvm_of in
# PLATFORM_STATUS, INIT and DF_FLUSH come first where loading has not done it.
6.1) want=7 ;;
*) want=5 ;;
esac
t_is 'LAUNCH_START, ACTIVATE, GUEST_STATUS, DEACTIVATE, DECOMMISSION' "$(($(sent) - before))" "$want"
t_is '/dev/sev sees the platform that KVM has initialized' "$(sev status)" \
	'ret=0 errno=0 error=0x0 api=1.55 build=39 state=1 flags=0x100 guests=0'
before=$(sent)
sev pdh-gen >/dev/null || true
t_is 'and leaves it so' "$(($(sent) - before)) $(model state)" '1 init'

t_is 'another file is no permission' "$(kvm init wrong | tail -n 1)" 'wrong errno=EBADF error=untouched'
fault 'sev-status@0x30=0x17#1'
t_is "the firmware's status reaches the VMM" "$(kvm init start | tail -n 1)" 'start errno=EIO error=0x17'
fault 'sev-status@0x21=0x0c#1'
t_is 'also from a step that KVM takes by itself' "$(kvm init start | tail -n 1)" 'start errno=EIO error=0xc'
fault ''
t_is 'a guest that could not be activated is decommissioned' "$(seen)" 'init 32'

vmm_begin init start wait status
t_is 'a guest runs' "$(model state) $(model guests) $(cat "$psp_sysfs/platform_state")" 'working 1 working'
t_is 'and another' "$(kvm init start status | tail -n 1)" 'status errno=0 error=0x0 handle=2 policy=0x0 state=1'
t_is 'FACTORY_RESET is refused meanwhile' "$(sev reset || true)" 'ret=-1 errno=EBUSY error=0x0'
vmm_go
t_is 'its status' "${vmm_lines[0]}" 'status errno=0 error=0x0 handle=1 policy=0x0 state=1'
wait "$vmm_pid" || true
t_is 'all guests are gone' "$(seen) $(model guests)" 'init 32 0'

# A killed VMM: its guests are taken apart by the dying process.
vmm_begin init start wait
kill -KILL "$vmm_pid"
wait "$vmm_pid" 2>/dev/null || true
t_is 'a killed VMM leaves no guest' "$(seen) $(model guests)" 'init 32 0'

vmm_begin init start wait status
echo psp >/sys/bus/platform/drivers/psp/unbind
t_is 'unbind below a guest shuts the platform down' "$(seen)" 'uninit 2'
vmm_go
t_is 'KVM is told that there is no device' "${vmm_lines[0]}" 'status errno=ENODEV error=untouched'
wait "$vmm_pid" || true
t_is 'a VMM without a device' "$(kvm init || true)" 'open: /dev/kvm works, /dev/sev failed'
echo psp >/sys/bus/platform/drivers/psp/bind
t_is 'when it is back KVM works again' "$(kvm init start status | tail -n 1)" \
	'status errno=0 error=0x0 handle=1 policy=0x0 state=1'

t_run 'unload kvm_amd' unload kvm_amd
case $kvm_of in
6.1) want='init 10' ;;
*) want='uninit 2' ;;
esac
t_is 'which flushes ASIDs, or shuts the platform down where this KVM does that' "$(seen)" "$want"
t_run 'psp_sev does it in any case' unload psp_sev
t_is 'the platform is down' "$(seen)" 'uninit 2'
t_is 'interrupts were right' "$(model irqs-unacked)" 0

if [ "$kvm_of" != 6.1 ]; then
	load psp_sev psp_init_on_probe=0
	load_kvm_amd sev=1
	t_is 'psp_init_on_probe=0: not before the first guest' "$(model state)" uninit
	t_is 'then for it' "$(kvm init start | tail -n 1)" 'start errno=0 error=0x0 handle=1'
	unload kvm_amd psp_sev
fi
load psp_sev
klog_mark
fault 'sev-status@0x01=0x03'
t_run 'kvm_amd loads when the platform cannot be initialized' load_kvm_amd sev=1
case $kvm_of in
6.1) want='Y init errno=EIO error=0x3' ;;
*) want='N init errno=ENOTTY error=untouched' ;;
esac
t_is 'and says that there is no SEV, or tells the VMM why' "$(cat /sys/module/kvm_amd/parameters/sev) $(kvm init | tail -n 1)" "$want"
fault ''
unload kvm_amd psp_sev
modprobe ccp
klog_mark
t_fails 'psp_sev does not load beside ccp' 1 'Invalid module format' load psp_sev
t_run 'the log names the function and its owner' klog_has 'psp_sev: exports duplicate symbol .* \(owned by ccp\)'
modprobe -r ccp
unload aspt
t_done
