#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-01: a thread that never runs for a tick is counted, ten times a second
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 1 "time to the nanosecond, in a period of 100 ms"
