#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-06: the worth of the other threads' time does not decay
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 6 "a nanosecond of overhead is worth the same later"
