# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the benchmarks against QEMU's own way share. Sourced, never run.

# peer_machine SCRIPT [OPTION-OF-VM...]: runs "SCRIPT inside ROOT" in a machine of one
# CPU whose time is counted in instructions; ROOT has QEMU's helper.
peer_machine() {
	local script=$1 root
	shift
	root=$("$CVM_ROOT/selftests/bench/sid-root" qemu-system-common)
	"$CVM_ROOT/selftests/vm" --machine energy-intel --kernel "$CVM_KERNEL" --counted --timeout 1200 "$@" \
		-- "$script" inside "$root"
}
[ -n "${CVM_MACHINE:-}" ] || return 0
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

# helper_start ROOT: $helper_socket is where it answers, $helper_pid who does.
helper_start() {
	local root=$1 d
	modprobe -a msr intel_rapl_msr
	for d in proc sys dev run; do mount --bind "/$d" "$root/$d"; done
	helper_socket=/run/helper.sock
	chroot "$root" qemu-vmsr-helper -k "$helper_socket" >/run/helper.log 2>&1 &
	# shellcheck disable=SC2034 # for who sources this
	helper_pid=$!
	poll 200 test -S "$helper_socket" || { cat /run/helper.log; return 1; }
}
