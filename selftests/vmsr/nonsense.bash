# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A package's counter that shows what cannot be while a VM is counted. Sourced, never
# run.
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

still() {
	power 0 0 0
	ask wait >/dev/null
	ask wait >/dev/null
}
work() {
	power 20000 1000 10000
	ask wait >/dev/null
	ask wait >/dev/null
}
failed() { [ "$(ask 'errors 0')" -ge "$1" ]; }
units() { ask 'units 0'; }
# true_units: what the hardware really used, in units of 2^-24 J, but for a few.
true_units() { echo $(($(model energy-uj-0) * (1 << 24) / 1000000)); }
says() { klog_count "package 0 die 0: energy counter $1"; }

# passing NAME FAULT REASON: it reads wrong for a while, and is right again.
passing() {
	local errors before raw
	still
	before=$(units) raw=$(model raw-0) errors=$(ask 'errors 0')
	klog_mark
	work
	fault "$2=$counter@0"
	t_run "$1: reads are counted" poll 20 failed $((errors + 5))
	wrong=$(units)
	ask wait >/dev/null
	t_is "$1: nothing is told meanwhile" "$(units)" "$wrong"
	fault ""
	still
	t_is "$1: nothing lost, nothing invented" "$(($(units) - before))" \
		"$(((($(model raw-0) - raw) & 0xffffffff) << (24 - shift)))"
	t_is "$1: the reason is said once" "$(says "MSR .*: $3")" 1
	t_is "$1: its end, too" "$(says 'can be read again$')" 1
}

# leap NAME FAULT: it goes on from another value.
leap() {
	local errors before truth raw
	still
	before=$(units) truth=$(true_units) errors=$(ask 'errors 0')
	klog_mark
	work
	fault "${2%:*}=$counter@0:${2#*:}#1"
	t_run "$1: a read is counted" poll 20 failed $((errors + 1))
	moved() { [ "$(says 'goes on from another value')" = 1 ]; }
	t_run "$1: it is counted from there, which is said" poll 20 moved
	fault ""
	still
	t_run "$1: nothing is invented" test "$(($(units) - before))" -le "$(($(true_units) - truth + 1000))"
	before=$(units) raw=$(model raw-0)
	work
	still
	t_is "$1: then all its energy, and no more" "$(($(units) - before))" \
		"$(((($(model raw-0) - raw) & 0xffffffff) << (24 - shift)))"
	t_run "$1: which is some" test "$(units)" -gt "$before"
}

# nonsense MSR SHIFT: the counter is that register, in 2^-SHIFT J.
nonsense() {
	local errors before truth
	counter=$1 shift=$2
	power 20000 1000 10000
	load vmsr period_ms=100 debug=1
	coproc prog query
	t_is "a VM to count for" "$(ask vm)" ok
	passing "zero" zero 'it reads as zero'
	passing "all ones" ones 'it reads as all ones'
	# More than it counts in a window meanwhile.
	leap "back a little" back:2000000
	leap "back a lot" back:$((0x60000000))
	leap "forward" jump:$((0x60000000))

	# No power at all looks like that.
	still
	before=$(units) truth=$(true_units) errors=$(ask 'errors 0')
	klog_mark
	fault "stuck=$counter@0"
	ask wait >/dev/null
	power 20000 1000 10000
	t_run "a counter that is stuck is counted" poll 60 failed $((errors + 3))
	t_is "it is said once" "$(says 'MSR .*: it stands still')" 1
	t_is "and there is no energy" "$(units)" "$before"
	power 0 0 0
	fault ""
	ask wait >/dev/null
	power 20000 1000 10000
	moves() { [ "$(says 'moves again')" = 1 ]; }
	t_run "that it moves again is said" poll 20 moves
	still
	t_run "it counts" test "$(units)" -gt "$before"
	t_run "and nothing is invented" test "$(($(units) - before))" -le "$(($(true_units) - truth + 1000))"
	t_is "the sums agree" "$(ask sums)" ok
	t_is "the module's own checks found nothing" "$(ask check-errors)" 0
}

nonsense_ends() {
	local to=${COPROC[1]}
	exec {to}>&-
	wait
	t_run "the module is unloaded" unload vmsr
	t_done
}
