#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-21: cores and packages of a guest have counters of their own
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 21 "one of two cores and packages works"
