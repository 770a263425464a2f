#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-02: no energy is lost between one window and the next
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 2 "ten windows are what the hardware counted"
