#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: launch-update in a machine that was not started from an IGVM file: refused before the reset, by name
# where: vm
# machine: guest
# vm-args: --set fwup0.interface=launch-update --set fwup0.igvm=off
# long: debug
# timeout: 60
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

"$CVM_ROOT/build/selftests/vmfwupdate/igvmrom" "$seabios_128k" >igvm
load vmfwupdate || exit 1
t_fails 'an IGVM file' 1 'not supported' stage_arm igvm
t_run 'the reason is named' has 'this machine was not started from an IGVM file' "$fw/last_error"
t_is 'status says so' "$(attr status) $(attr state)" 'not-igvm failed'
t_is 'the hypervisor too' "$(model last-error)" 'the machine was not started from an IGVM file'
unload vmfwupdate
load vmfwupdate
t_is 'status still says what was refused' "$(attr status) $(attr state)" 'not-igvm idle'
t_hazard launch-not-igvm
unload vmfwupdate
t_done
