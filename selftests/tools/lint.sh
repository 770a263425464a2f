#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: checkpatch --strict, sparse, W=1, shellcheck and SPDX lines are clean
# where: host
# kernels: any
# timeout: 900
exec "$(dirname "$0")/../lint"
