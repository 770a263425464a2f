#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: over two hours of simulated time, with a dozen wraps, VMs, rest and idle are each package, to the unit
# where: vm
# machine: energy-amd
# kernels: 6.12
# cpus: 1
# vm-args: --counted
# timeout: 3000
#
# Time here is what the CPU executes, and passes at once while it rests: the limit above
# is of that time too. Energy is of the host's time, of which it takes less than a minute.
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

hours=2
power 0 0 0
# Of the guest's time that is any power.
load vmsr debug=1 period_ms=100 max_watts=1000000
coproc prog query
# A first VM, for whom counting begins; its thread sleeps.
t_is 'a VM' "$(ask vm) $(ask idle) $(ask wait)" 'ok ok ok'
raw=$(model raw-0) units=$(ask 'units 0')
power 100000000 0 0
read -r used vms <<<"$(prog hours $((hours * 3600)) || true)"
power 0 0 0
sleep 1
t_run "the sums agree, after $hours hours" test "${used:-0}" -gt 0
joules=$((${used:-0} >> 24))
# 2^32 units of 2^-16 J.
t_run "with $((joules >> 16)) wraps of the counter ($joules J)" test "$((joules >> 16))" -ge 12
t_is 'nothing of what the hardware counted is lost in them' "$((($(ask 'units 0') - units) & 0xffffffffff))" \
	"$(((($(model raw-0) - raw) & 0xffffffff) << 8))"
t_run "the VMs have had a part of it ($((${vms:-0} >> 24)) J)" test "${vms:-0}" -gt 0
checks=$(ask checks)
t_run "the module checked itself after each window ($checks times)" test "$checks" -ge $((hours * 36000 - 100))
t_is 'and found nothing' "$(ask check-errors)" 0
to=${COPROC[1]}
exec {to}>&-
wait
t_run 'the module is unloaded' unload vmsr
t_done
