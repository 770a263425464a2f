#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: /dev/sev is the device that programs know: layouts, and the errors for wrong arguments
# where: vm
# machine: snp-host
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

load aspt
load psp_sev
t_is 'the file is for root only' "$(stat -c '%a %F' /dev/sev)" '600 character special file'
status=0
out=$("$CVM_ROOT/build/selftests/psp/abi_test" 2>&1) || status=$?
while IFS= read -r line; do
	case $line in
	ok\ *) t_ok "${line#ok * }" ;;
	not\ ok\ *) t_fail "${line#not ok * }" "$out" ;;
	esac
done <<<"$out"
t_is 'the harness is content' "$status" 0
t_is 'somebody without rights' "$(setpriv --reuid=65534 --clear-groups "$CVM_ROOT/build/selftests/psp/sev" status || true)" 'open errno=EACCES'
t_fails 'aspctl without rights' 2 'only root' setpriv --reuid=65534 --clear-groups "$CVM_ROOT/build/tools/aspctl" status
t_run 'unload' unload psp_sev aspt
t_fails 'aspctl without a driver' 3 'modprobe aspt, then psp_sev' aspctl status
t_fails 'aspctl show without a driver' 3 'modprobe aspt' aspctl show
t_done
