#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-03: a hardware counter that wraps while VMs run loses nothing
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# Half a joule before its end, and standing still. The module's first read makes
# the leap: a machine boots too long for a start value.
power 0 0 0
fault "jump=0xC001029B@0:$(((0xffff8000 - $(model raw-0)) & 0xffffffff))#1"
load vmsr period_ms=100
fault ""
coproc prog query
t_is "a VM to count for" "$(ask vm)" ok
ask wait >/dev/null
raw=$(model raw-0)
units=$(ask 'units 0')
t_run "the counter is just below its end" test "$raw" -ge "$((0xffff0000))"
power 20000 1000 10000
wrapped() { [ "$(model raw-0)" -lt "$((0x80000000))" ]; }
t_run "it wraps" poll 120 wrapped
ask wait >/dev/null
power 0 0 0
ask wait >/dev/null
ask wait >/dev/null
# 2^-16 J, of which 256 units of 2^-24 J make one.
t_is "what the module counted is what the hardware did" "$(($(ask 'units 0') - units))" \
	"$(((($(model raw-0) - raw) & 0xffffffff) << 8))"
t_is "the sums agree" "$(ask sums)" ok
t_run "the VM got a part of it" test "$(ask energy)" -gt 0
to=${COPROC[1]}
exec {to}>&-
wait
t_run "the module is unloaded" unload vmsr
t_done
