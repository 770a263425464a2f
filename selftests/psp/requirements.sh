#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: aspctl check judges each requirement of an SNP host by itself
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
exec "$(dirname "$0")/../../build/selftests/psp/check_test"
