#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a counter that reads as zero, as all ones, goes back, leaps or sticks: nothing is invented (Intel)
# where: vm
# machine: energy-intel
# cpus: 2
# sockets: 2
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/vmsr/nonsense.bash
. "$CVM_ROOT/selftests/vmsr/nonsense.bash"

nonsense 0x611 14
nonsense_ends
