#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the firmware library's SNP commands and firmware updates, in every state with every argument error
# where: host
# kernels: any
set -eu -o pipefail
exec "$CVM_ROOT/build/selftests/bench/firmware_snp"
