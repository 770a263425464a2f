#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: PLATFORM_STATUS, GET_ID2, GET_ID and SNP_PLATFORM_STATUS answer what the firmware is configured to
# where: vm
# machine: snp-host
# vm-args: --set psp0.api-minor=53 --set psp0.build=77 --set psp0.sockets=2
# long: debug
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

load aspt
load psp_sev
t_is 'PLATFORM_STATUS' "$(sev status)" 'ret=0 errno=0 error=0x0 api=1.53 build=77 state=0 flags=0x0 guests=0'
t_is 'a file for reading is enough' "$(sev -r status)" "$(sev status)"
t_is 'GET_ID2 tells the length' "$(sev id2 0)" 'ret=-1 errno=EIO error=0x4 length=128'
id=$(sev id2 128)
t_run 'GET_ID2 gives the id' text_has '^ret=0 errno=0 error=0x0 length=128 id=[0-9a-f]{256}$' "$id"
id=${id##*id=}
t_run 'two sockets, two ids' test "${id:0:128}" != "${id:128}"
t_is 'GET_ID gives the same' "$(sev id)" "ret=0 errno=0 error=0x0 id=$id"
t_is 'SNP_PLATFORM_STATUS' "$(sev_words 6 snp-status)" 'ret=0 errno=0 error=0x0 api=1.53 build=77 state=0'

t_is 'sysfs agrees' "$(first "$psp_sysfs"/{api_version,build,platform_state,snp_state})" \
	'1.53 77 uninitialized uninitialized'
t_is 'the last error is the length query' "$(first "$psp_sysfs/last_error")" 'GET_ID 0x04 buffer too small'
t_is 'errors are counted' "$(first "$psp_sysfs/errors")" "1"
t_is 'commands are counted as the model counts them' "$(first "$psp_sysfs/commands")" "$(model commands)"

status() { aspctl --json status | jq -r "$1"; }
t_is 'aspctl status, where the owner is not told yet' "$(status '[.api_version, .build, .state, .owner, .es, .guests] | join(" ")')" \
	'1.53 77 uninitialized  false 0'
t_is 'aspctl id' "$(aspctl --json id | jq -r '.ids | join("")')" "$id"
t_is 'aspctl snp status' "$(aspctl --json snp status | jq -r '[.api_version, .build, .state] | join(" ")')" '1.53 77 uninitialized'
t_is 'aspctl show' "$(aspctl --json show | jq -r '[.aspt.revision, .aspt.registers.sev_cmdresp, .psp.driver, .psp.api_version, .psp.poll] | join(" ")')" \
	'1 0x10 psp 1.53 false'
shown=$(aspctl show)
t_run 'aspctl show, for people' text_has 'Firmware build: +77' "$shown"

# Initialization for one command, and back. The firmware may not know the
# command itself; what counts is the state it is left in.
klog_mark
before=$(model commands)
out=$(sev pdh-gen || true)
t_run 'PDH_GEN is answered by the firmware' text_has 'error=0x(0|11)$' "$out"
t_is 'INIT, DF_FLUSH, PDH_GEN, SHUTDOWN' "$(($(model commands) - before))" 4
t_is 'the platform is as it was' "$(model state) $(first "$psp_sysfs/platform_state")" 'uninit uninitialized'
t_is 'no memory of it is left' "$(klog_count 'left to it')" 0
t_is 'FACTORY_RESET' "$(sev reset)" 'ret=0 errno=0 error=0x0'
t_run 'unload' unload psp_sev aspt
t_done
