#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-20: no counter is zero at a guest's first look
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 20 "both vendors' counters"
