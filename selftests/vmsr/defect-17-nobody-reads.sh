#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-17: without a VM nothing is read
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 60
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 17 "reads of the model's counter"
