#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-05: a vCPU's thread that ends takes nothing away and adds nothing
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 5 "energy and time after its end"
