#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: for root alone; a locked down kernel arms nothing, by no way, but cancels, and says why
# where: vm
# machine: guest
# long: debug
# alone: a kernel stays locked down
# timeout: 60
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
lock=/sys/kernel/security/lockdown
class=/sys/class/firmware/vmfwupdate
code 131072 image

load vmfwupdate || exit 1
# Somebody else opens no file, but one that is for all.
open_all() {
	local file
	for file; do
		{ : <"$file"; } 2>/dev/null && echo "reads $file"
		{ : >>"$file"; } 2>/dev/null && echo "writes $file"
	done
	:
}
files=("$fw"/[!d]* "$fw/disable")
t_run 'there are files' test "${#files[@]}" -ge 12
t_is 'nobody else opens any of them' \
	"$(setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "$(declare -f open_all); open_all \"\$@\"" - "${files[@]}" /proc/version)" \
	'reads /proc/version'
t_is 'nothing came of it' "$(attr state) $(attr disable) $(model disabled)" 'idle 0 false'

# Locked at boot, this kernel would not even load a module that nobody signed.
t_is 'the kernel is not locked down' "$(first "$lock")" '[none] integrity confidentiality'
t_run 'an image is armed' stage_arm image
t_run 'the kernel is locked down' store integrity "$lock"
t_is 'what is armed stays' "$(attr state) $(model bios-addr)" "armed $(($(attr bios_addr)))"
t_run 'and can be cancelled' put arm 0
t_is 'at the hypervisor too' "$(attr state) $(model bios-addr)" 'idle 0'
klog_mark
t_fails 'nothing is armed' 1 'Operation not permitted' stage_arm image
t_run 'the reason is named' has '^the kernel is locked down$' "$fw/last_error"
t_run 'and logged' klog_has 'platform vmfwupdate: the kernel is locked down'
t_is 'the hypervisor has nothing' "$(model bios-addr) $(model next-bios-size)" '0 262144'
put arm 0
if [ -e "$class" ]; then
	idle() { [ "$(first "$class/status")" = idle ]; }
	echo 1 >"$class/loading" && cat image >"$class/data" && echo 0 >"$class/loading"
	t_run 'an upload ends' poll 30 idle
	t_run 'refused as well' has '^programming:' "$class/error"
	t_is 'the hypervisor has nothing of it' "$(attr arm) $(model bios-addr)" '0 0'
fi
t_run 'disabling is allowed' put disable 1
t_is 'and done' "$(model disabled)" true
t_run 'the module goes' unload vmfwupdate
t_done
