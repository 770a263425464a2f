#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: each request of /dev/vmsr and netlink: taken, or refused with the right error
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

load vmsr period_ms=100
harness interface_test
# With a file open the module stays; then it goes.
exec 7</dev/vmsr
t_fails "the module is not unloaded while the device is open" 1 "in use" rmmod vmsr
exec 7<&-
t_run "the module is unloaded" unload vmsr
t_done
