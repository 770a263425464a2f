#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: footer tables, IGVM frames and launch digests, piece by piece
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
exec "$(dirname "$0")/../../build/selftests/vmfwupdate/image_test"
