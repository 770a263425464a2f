#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-08, defect-12, defect-15: vhost and helpers, save and restore, cores; and poll, events, period at run time
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

modprobe vhost_vsock
load vmsr period_ms=100 debug=1
harness runtime_test
t_run "the module is unloaded" unload vmsr
t_done
