#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a counter that reads as zero, as all ones, goes back, leaps or sticks: nothing is invented (AMD, and its cores)
# where: vm
# machine: energy-amd
# cpus: 2
# sockets: 2
# long: debug
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/vmsr/nonsense.bash
. "$CVM_ROOT/selftests/vmsr/nonsense.bash"

nonsense 0xC001029B 16

# Core 0 leaps by 16 kJ, again and again: what its package has counted is shared out
# all the same, and by time.
"$CVM_ROOT/build/tools/vmsrctl" set policy core >/dev/null
still
before=$(units) raw=$(model raw-0) errors=$(ask 'errors 0')
klog_mark
fault 'jump=0xC001029A@0:0x40000000'
power 20000 1000 10000
t_run "a core that leaps is counted" poll 20 failed $((errors + 5))
fault ""
still
t_is "it is said once" "$(klog_count 'core counter MSR 0xc001029a: it shows more than can have been drawn')" 1
t_is "its package has all its energy, and no more" "$(($(units) - before))" \
	"$(((($(model raw-0) - raw) & 0xffffffff) << (24 - shift)))"
t_is "the sums still agree" "$(ask sums)" ok
nonsense_ends
