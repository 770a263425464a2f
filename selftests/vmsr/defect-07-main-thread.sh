#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-07: the VMM's main thread is counted
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 7 "it is overhead"
