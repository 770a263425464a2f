#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-04: a first read that fails does not add the whole counter
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 4 "a failed first read tells nothing"
