#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-16: the cost of reading does not grow with VMs and threads
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 16 "twenty VMs, one read a period and package"
