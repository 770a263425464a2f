#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-15: CPUs that are threads of one core share what that core measured, by what each ran
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 1
# vm-args: --qemu-arg -smp --qemu-arg 4,sockets=1,cores=2,threads=2
# kernels: 6.12
# timeout: 60
#
# 6.1 takes an AMD processor's threads from TOPOEXT alone, which QEMU does not emulate.
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

siblings() { first "/sys/devices/system/cpu/cpu$1/topology/thread_siblings_list"; }
t_is "CPUs 2 and 3 are threads of one core, 0 and 1 of another" "$(siblings 2) $(siblings 0)" "2-3 0-1"
load vmsr period_ms=5000 debug=1 policy=core
t_run "each has what its own time was worth" prog defects 15
t_run "the module is unloaded" unload vmsr
t_done
