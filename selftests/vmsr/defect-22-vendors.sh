#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-22: AMD hosts and AMD guests are served as Intel's are
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 22 "guests of both vendors"
