#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-13: CPUs go and come, packages with them: ids with gaps, nothing lost and nothing invented
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 4
# timeout: 90
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

online() { store "$2" "/sys/devices/system/cpu/cpu$1/online"; }

# Package 1 has no CPU when the module comes: the ids have a gap.
power 0 0 0
online 1 0
load vmsr period_ms=100 debug=1
coproc prog query
t_is "packages are known by their ids" "$(ask packages)" "0.0 2.0 3.0"
t_is "a VM to count for" "$(ask vm)" ok
ask wait >/dev/null

# Its CPU comes while energy is counted.
online 1 1
t_is "a package that comes later" "$(ask packages)" "0.0 2.0 3.0 1.0"
ask wait >/dev/null
units=$(ask 'units 3') raw=$(model raw-1)
power 20000 1000 10000
ask wait >/dev/null
t_is "the VM runs there" "$(ask 'pin 1')" ok
ask wait >/dev/null
ask wait >/dev/null
t_run "has a part of its energy" test "$(ask 'part 3')" -gt 0

# The CPU goes under it, the package with it, and both come back.
before=$(ask 'units 3')
t_run "CPU 1 goes, with the VM on it" online 1 0
ask wait >/dev/null
ask wait >/dev/null
t_run "nothing is invented" test "$(ask 'units 3')" -ge "$before"
before=$(ask 'units 3')
ask wait >/dev/null
t_is "a package without a CPU tells nothing" "$(ask 'units 3')" "$before"
t_is "and is no error" "$(ask 'errors 3')" 0
t_is "which is no reason to complain" "$(klog_count 'package 1 .* cannot|package 1 .*: energy counter MSR .*: ')" 0
ns=$(ask ns)
ask wait >/dev/null
t_run "the VM runs on elsewhere" test "$(ask ns)" -gt "$ns"
t_run "CPU 1 comes back" online 1 1
power 0 0 0
ask wait >/dev/null
ask wait >/dev/null
t_is "all that the package used, and no more" "$(($(ask 'units 3') - units))" \
	"$(((($(model raw-1) - raw) & 0xffffffff) << 8))"
for ((i = $(rounds 6); i > 0; i--)); do
	online 2 0
	online 3 0
	online 2 1
	online 3 1
done
ask idle >/dev/null
ask wait >/dev/null
t_is "the VM's time is what the scheduler says" "$(ask ns)" "$(ask ran)"
t_is "the sums agree" "$(ask sums)" ok
t_run "the module's own checks were done" test "$(ask checks)" -gt 10
t_is "and found nothing" "$(ask check-errors)" 0
to=${COPROC[1]}
exec {to}>&-
wait
online 3 0
t_run "the module is unloaded while a CPU is away" unload vmsr
online 3 1
t_done
