#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the arithmetic of energy: units, wraps, sharing out, what a guest sees
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
exec "$(dirname "$0")/../../build/selftests/vmsr/energy_test"
