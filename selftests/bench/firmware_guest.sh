#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the firmware library: the life of a guest, in every order that is wrong
# where: host
# kernels: any
set -eu -o pipefail
exec "$CVM_ROOT/build/selftests/bench/firmware_guest"
