#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: CMPXCHG8B and CMPXCHG16B leave the flags as they were but for ZF, with which an emulator ended kernels now and then
# where: vm
# machine: plain
# kernels: any
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
t_run 'each, with and without LOCK, equal and not' "$CVM_ROOT/build/selftests/bench/flags"
t_done
