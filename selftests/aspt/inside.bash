#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the machines of tables.sh: inside.bash works|forced|refused LINE
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

klog_mark
case $1 in
refused)
	t_fails 'aspt does not load' 1 'No such device|Invalid parameters|Invalid argument' load aspt
	t_run "the log says why: $2" klog_has "aspt( aspt)?: $2"
	t_is 'in one line' "$(lines_in "$(driver_lines)")" 1
	t_run 'nothing is left behind' nothing_left
	load psp_sev
	t_run 'psp_sev finds no device' test ! -e /dev/sev
	unload psp_sev
	;;
works | forced)
	options=()
	[ "$1" = works ] || options=(force=1)
	t_run 'aspt loads' load aspt ${options[@]+"${options[@]}"}
	t_run "the log says: $2" klog_has "aspt( aspt)?: $2"
	load psp_sev
	t_run 'commands work' sev -n 20 status
	t_is 'by interrupt' "$(first "$psp_sysfs/interrupts")" "$(first "$psp_sysfs/commands")"
	t_run 'unload' unload psp_sev aspt
	t_run 'nothing is left behind' nothing_left
	;;
esac
t_done
