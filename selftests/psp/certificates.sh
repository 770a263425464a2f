#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: certificates: what the parser takes and refuses, which signatures are believed
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
exec "$(dirname "$0")/../../build/selftests/psp/cert_test"
