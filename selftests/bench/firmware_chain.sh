#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the certificates of the firmware library verify up to its root, by a verifier that shares nothing with it
# where: host
# kernels: any
set -eu -o pipefail
exec "$CVM_ROOT/build/selftests/bench/firmware_chain"
