#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: directory parsing and image checks of vmfwupdate, without a kernel
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
exec "$(dirname "$0")/../../build/selftests/vmfwupdate/parts"
