#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-11: vCPUs that come and go while the VM runs
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 11 "they are counted, and none is out of bounds"
