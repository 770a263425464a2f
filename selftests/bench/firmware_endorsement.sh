#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the firmware library's keys: who owns them, what they sign, and where they are kept
# where: host
# kernels: any
set -eu -o pipefail
exec "$CVM_ROOT/build/selftests/bench/firmware_endorsement"
