#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-18: energy counters that cannot be read: no module, or nothing lost and nothing invented
# where: vm
# machine: energy-intel
# cpus: 2
# sockets: 2
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# refused NAME FAULT REGEX: with this fault there is no module, and a reason.
refused() {
	fault "$2"
	klog_mark
	if load vmsr 2>/dev/null; then
		t_fail "$1" "the module was loaded"
		unload vmsr
	elif klog_has "$3"; then
		t_ok "$1"
	else
		t_fail "$1" "$(klog)"
	fi
	t_run "$1: nothing is left" test ! -e /dev/vmsr
	fault ""
}
refused "unit register faults" gp=0x606 'unit register MSR 0x606: reading it faults'
refused "unit register reads as zero" zero=0x606 'unit register MSR 0x606: it reads as zero'
refused "counter faults" gp=0x611 'energy counter MSR 0x611: reading it faults'
refused "unit register reads as all ones" ones=0x606 'unit register MSR 0x606: it reads as all ones'
refused "counter reads as zero" zero=0x611 'energy counter MSR 0x611: it reads as zero'
refused "counter reads as all ones" ones=0x611 'energy counter MSR 0x611: it reads as all ones'
refused "the second package's counter faults" gp=0x611@1 'package 1 die [01]: energy counter MSR 0x611: reading it faults'

# bad NAME REGEX PARAMETER...
bad() {
	klog_mark
	if load vmsr "${@:3}" 2>/dev/null; then
		t_fail "$1" "the module was loaded"
		unload vmsr
	elif klog_has "$2"; then
		t_ok "$1"
	else
		t_fail "$1" "$(klog)"
	fi
}
bad "an unknown source" "choose auto, intel-msr or amd-msr" source=coal
bad "another vendor's source" "does not suit this processor" source=amd-msr
bad "an unknown policy" "choose capacity, busy or core" policy=fair
bad "a period that is too short" "period_ms=99 is not between" period_ms=99
bad "a period that is too long" "period_ms=10001 is not between" period_ms=10001
bad "no TDP" "tdp_watts=0 is not between" tdp_watts=0
bad "a package that draws nothing" "max_watts=99 is not between" max_watts=99

# At run time. The program prints the packages' figures whenever it is asked to.
load vmsr period_ms=100
power 0 0 0
coproc prog query
t_is "a VM to count for" "$(ask vm)" ok
ask wait >/dev/null
units=("$(ask 'units 0')" "$(ask 'units 1')")
raw=("$(model raw-0)" "$(model raw-1)")
power 20000 1000 10000
ask wait >/dev/null
klog_mark
fault gp=0x611@1
failed() { [ "$(ask 'errors 1')" -ge "$1" ]; }
t_run "reads that fail are counted" poll 60 failed 5
before=$(ask 'units 1')
ask wait >/dev/null
t_is "and tell nothing" "$(ask 'units 1')" "$before"
t_is "they are said once" "$(klog_count 'package 1 die [01]: energy counter MSR 0x611: reading it faults')" 1
t_is "the other package goes on" "$(ask 'errors 0')" 0
t_run "and its energy grows" test "$(ask 'units 0')" -gt "${units[0]}"
fault ""
ask wait >/dev/null
t_run "it can be read again, which is said" klog_has 'package 1 die [01]: energy counter can be read again'
power 0 0 0
ask wait >/dev/null
ask wait >/dev/null
shift=$((24 - 14))
for i in 0 1; do
	t_is "package $i: all its energy, and no more" "$(($(ask "units $i") - units[i]))" \
		"$(((($(model "raw-$i") - raw[i]) & 0xffffffff) << shift))"
done
t_is "the sums agree" "$(ask sums)" ok
to=${COPROC[1]}
exec {to}>&-
wait
t_run "the module is unloaded" unload vmsr
t_done
