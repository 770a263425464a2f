#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a firmware that never answers, answers late, answers nonsense or interrupts at will costs nobody the device
# where: vm
# machine: snp-host
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

struck() { [ "$(model fault-hits)" -gt "$1" ]; }
counter() { first "$psp_sysfs/$1"; }
good='ret=0 errno=0 error=0x0 api=1.55 build=39 state=0 flags=0x0 guests=0'

load aspt
load psp_sev psp_cmd_timeout=2 psp_probe_timeout=2
klog_mark

fault 'sev-never@0x04#1'
t_is 'no answer: the caller gets ETIMEDOUT' "$(sev status || true)" 'ret=-1 errno=ETIMEDOUT error=0x0'
t_run 'the log names the command' klog_has 'PLATFORM_STATUS \(0x04\): no answer after 2 s'
t_is 'it is counted' "$(counter timeouts)" 1
t_is 'and shown as pending' "$(counter pending)" PLATFORM_STATUS
t_is 'the next command does not wait' "$(timeout 10 "$CVM_ROOT/build/selftests/psp/sev" status || true)" \
	'ret=-1 errno=EBUSY error=untouched'
t_fails 'aspctl says what to do' 2 'echo 1 > .*/recover' aspctl status
t_run 'recovery' store 1 "$psp_sysfs/recover"
t_is 'brings the device back' "$(sev status)" "$good"
t_is 'nothing is pending' "$(counter pending)" none
t_run 'recovery of a healthy device does no harm' store 1 "$psp_sysfs/recover"

fault 'sev-late@0x04=4000#1'
t_is 'a late answer: ETIMEDOUT first' "$(sev status || true)" 'ret=-1 errno=ETIMEDOUT error=0x0'
t_run 'then the device comes back by itself' poll 30 sev status
t_run 'the log says so' klog_has 'PLATFORM_STATUS: answered after [0-9]+ ms, when nobody waited any more: success'
t_is 'it is counted' "$(counter late_answers)" 1
t_is 'no command was sent over it' "$(model overruns)" 0
t_run 'the next answers are right' text_has 'length=128 id=' "$(sev id2 128)"

# A process that waits is killed. Its answer comes when it is gone.
fault 'sev-late@0x04=1000#1'
hits=$(model fault-hits)
"$CVM_ROOT/build/selftests/psp/sev" status >/run/killed &
pid=$!
poll 10 struck "$hits"
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
t_is 'a waiting process dies while its command goes on' "$(counter pending) $(</run/killed)" 'PLATFORM_STATUS '
t_is 'the next command waits for the answer of the killed one' "$(sev status)" "$good"
t_is 'no command was sent over it' "$(model overruns)" 0
t_is 'no time-out was counted for it' "$(counter timeouts)" 2

# The answer is there, its interrupt is not.
fault 'irq-lost#1'
t_is 'a lost interrupt does not lose the answer' "$(sev status)" "$good"
t_is 'it is counted' "$(counter lost_interrupts)" 1
t_run 'and logged once' klog_has 'answered, but its interrupt did not come'
before=$(counter interrupts)
t_is 'the next interrupt is believed again' "$(sev status) $(($(counter interrupts) - before))" "$good 1"
fault 'irq-lost'
t_run 'without any interrupt commands go on' sev -n 20 status
fault ''
t_run 'and with them again' sev -n 20 status
fault 'irq-early@0x04#1'
t_is 'an interrupt before its answer' "$(sev status)" "$good"
fault 'irq-double@0x04#1'
t_is 'an interrupt twice' "$(sev status)" "$good"
sev -n 20 status >/dev/null
spurious=$(counter spurious_interrupts)
fault 'irq-spurious=200'
sev -n 200 status >/dev/null
t_is 'interrupts without a reason during commands' "$(sev status)" "$good"
t_run 'they are counted' test "$(counter spurious_interrupts)" -gt "$spurious"

fault 'sev-status@0x04=0x16#1'
t_is 'a status reaches the caller' "$(sev status || true)" 'ret=-1 errno=EIO error=0x16'
t_run 'and the log, in words' klog_has 'PLATFORM_STATUS \(0x04\): invalid parameter \(status 0x16\)'
t_is 'and sysfs' "$(counter last_error)" 'PLATFORM_STATUS 0x16 invalid parameter'
fault 'sev-status@0x04=0xffff#1'
t_is 'an unknown status too' "$(sev status || true)" 'ret=-1 errno=EIO error=0xffff'
fault 'sev-word@0x04=0xffffffff#1'
t_is 'all ones are no answer' "$(sev status || true)" 'ret=-1 errno=ENODEV error=0x0'
fault 'sev-scribble@0x0c=0xff#1'
t_is 'a length beyond the buffer is not believed' "$(sev id2 128 || true)" 'ret=-1 errno=EIO error=0x0'
t_run 'the log says so' klog_has 'the firmware claims 4294967295 bytes in a buffer of 128'
fault ''
t_is 'the device works after all that' "$(sev status)" "$good"

fault 'sev-never@0x04#1'
sev status >/dev/null || true
t_run 'unload with a command pending' unload psp_sev
t_run 'its memory is left to the firmware' klog_has 'PLATFORM_STATUS: still not answered, 4096 bytes of memory are left to it'
klog_mark
load psp_sev psp_cmd_timeout=2 psp_probe_timeout=2
t_run 'loading it again waits for that command' klog_has 'PLATFORM_STATUS \(0x04\): still under way from before'
t_is 'and begins anew' "$(sev status)" "$good"
fault 'sev-late@0x04=9000#1'
sev status >/dev/null || true
unload psp_sev
load psp_sev psp_cmd_timeout=2 psp_probe_timeout=20
t_is 'no command is sent over one that an earlier driver left' "$(model overruns) $(sev status)" "0 $good"
unload psp_sev
fault 'sev-never@0x04#1'
t_run 'a firmware silent from the start does not stop psp_sev' load psp_sev psp_cmd_timeout=2 psp_probe_timeout=2
t_run 'the log says so' klog_has 'the firmware did not tell its version'
t_run 'recovery helps there too' store 1 "$psp_sysfs/recover"
t_is 'then it works' "$(sev status)" "$good"
t_is 'and the version is known' "$(counter api_version)" 1.55
fault ''
t_run 'unload' unload psp_sev aspt
t_done
