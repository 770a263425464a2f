#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a kernel that changes its own code under running CPUs goes on, which an emulator with a stale translation does not
# where: vm
# machine: snp-host
# kernels: any
# cpus: 4
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

# Each of these sites is passed by all CPUs all the time.
events=(sched/sched_switch sched/sched_wakeup raw_syscalls/sys_enter raw_syscalls/sys_exit)
busy=()
for _ in 1 2 3 4; do
	bash -c 'while :; do read -r _ </proc/loadavg; done' &
	busy+=($!)
done
switch() {
	local e
	for e in "${events[@]}"; do echo "$1" >"/sys/kernel/tracing/events/$e/enable" || return 1; done
}
round() {
	local i
	for ((i = 0; i < 8; i++)); do switch 1 && switch 0 || return 1; done
}
for part in first second third fourth; do
	t_run "tracepoints on and off, the $part eight times" round
done
# What is on counts: not only does nothing hang, the new code is what runs.
: >/sys/kernel/tracing/trace
# Off before it is read: reading is a system call, too.
seen() {
	switch 1 && switch 0
	[ "$(grep -c 'sys_enter' /sys/kernel/tracing/trace)" -gt 100 ]
}
t_run 'and a tracepoint that is on sees what happens' poll 60 seen
kill "${busy[@]}"
t_done
