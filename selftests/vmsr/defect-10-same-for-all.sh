#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-10: all vCPUs of a package read the same, idle ones too
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 10 "four vCPUs of which one works"
