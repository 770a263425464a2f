#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a thousand VMs with four thousand vCPUs made and ended under load; nothing of them is left
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# The debug kernel sees what is lost at once, and leaks of any size.
many=1000 some=40
[ "$CVM_KERNEL" != debug ] || many=50 some=15
no_zones() { local all=(/sys/class/powercap/vmsr:*); [ ! -e "${all[0]}" ]; }
# meminfo KEY: in KiB.
meminfo() { awk -v k="$1:" '$1 == k { print $2 }' /proc/meminfo; }

power 20000 1000 10000
# Zones are devices, and the checks look at all there is: not for so many.
load vmsr period_ms=500 powercap=N
t_run "many VMs" prog scale "$many" 1
sed 's/^/# /' "$t_output"
unload vmsr
load vmsr period_ms=100 debug=1
# What is kept after many rounds of a few is no more than after one.
t_run "some VMs, with powercap" prog scale "$some" 1
t_run "all zones go" poll 100 no_zones
percpu=$(meminfo Percpu)
t_run "again and again" prog scale "$some" 3
poll 100 no_zones
t_run "no memory of CPUs is kept ($percpu KiB, then $(meminfo Percpu))" test "$(meminfo Percpu)" -le "$((percpu + 64))"
coproc prog query
ask vm >/dev/null
t_run "the module's own checks were done" test "$(ask checks)" -gt 3
t_is "and found nothing" "$(ask check-errors)" 0
to=${COPROC[1]}
exec {to}>&-
wait
t_run "the module is unloaded" unload vmsr
t_done
