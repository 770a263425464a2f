#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the firmware library's reverse map table: RMPUPDATE and PSMASH, the conditions of SNP_INIT, whose page is whose
# where: host
# kernels: any
set -eu -o pipefail
exec "$CVM_ROOT/build/selftests/bench/firmware_rmp"
