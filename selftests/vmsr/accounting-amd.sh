#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-09: VMs' time and energy, by package against the scheduler's and the hardware's own (AMD, two packages)
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# long: debug
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

load vmsr period_ms=100
harness accounting_test
t_run "the module is unloaded" unload vmsr
t_done
