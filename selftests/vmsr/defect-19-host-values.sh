#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-19: a guest sees no limit, TDP or unit of the host, and may write
# where: vm
# machine: energy-amd
# cpus: 4
# sockets: 2
# timeout: 30
set -euo pipefail
# shellcheck source=selftests/vmsr/defect.bash
. "$CVM_ROOT/selftests/vmsr/defect.bash"

defect 19 "the guest's registers" tdp_watts=77
