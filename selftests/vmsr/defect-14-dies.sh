#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-14: the dies of a package have counters of their own, and so have who runs there
# where: vm
# machine: energy-intel
# cpus: 4
# sockets: 1
# vm-args: --qemu-arg -smp --qemu-arg 4,sockets=1,dies=2,cores=2,threads=1 --set rapl0.packages=2
# long: debug
# timeout: 40
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

topology=/sys/devices/system/cpu/cpu3/topology
t_is "CPU 3 is in the second die of the first package" "$(first $topology/physical_package_id $topology/die_id)" "0 1"
# The second die draws twenty times as much.
power 1000:20000 0 0
load vmsr period_ms=100 debug=1
coproc prog query
t_is "one counter a die" "$(ask packages)" "0.0 0.1"
t_is "a VM" "$(ask vm)" ok
t_is "which runs on CPU 3 alone" "$(ask 'pin 3')" ok
ask wait >/dev/null
ask wait >/dev/null
before=$(ask 'part 0') first=$(ask 'part 1')
ask wait >/dev/null
ask wait >/dev/null
t_is "it has nothing of the first die" "$(($(ask 'part 0') - before))" 0
t_run "it has a part of the second" test "$(ask 'part 1')" -gt "$first"
t_is "the sums agree" "$(ask sums)" ok
to=${COPROC[1]}
exec {to}>&-
wait
t_run "the module is unloaded" unload vmsr
t_done
