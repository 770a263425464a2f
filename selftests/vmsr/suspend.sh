#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the host sleeps to RAM while VMs are counted, and its counters start anew: nothing is invented, and all is counted again
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 180
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=selftests/bench/common.sh
. "$here/../bench/common.sh"
install_packages busybox-static cpio seabios
build=${CVM_BUILD:-$root_dir/build}
work=$(mktemp -d)
# shellcheck disable=SC2034 # for guests.bash
qemu=$("$root_dir/selftests/bench/qemu/build")
kernel_dir=$("$root_dir/selftests/bench/kernel" "$CVM_KERNEL")
# A kernel that was not started packed does not wake up.
# shellcheck disable=SC2034
guest_kernel=$kernel_dir/vmlinuz
# shellcheck source=selftests/lib/guests.bash
. "$here/../lib/guests.bash"
trap 'guests_kill; rm -rf "$work"' EXIT

# (The bench's machines, with their root over 9p, do not survive such a sleep.)
mkdir -p "$work/image/bin"
cp "$build/selftests/vmsr/query" "$work/image/bin"
guest_libraries "$work/image" "$build/selftests/vmsr/query"
cp "$build/$(cat "$kernel_dir/release")/drivers/vmsr/vmsr.ko" "$work/image"
guest_pack "$work/image" "$(dpkg -L busybox-static | grep -E '/bin/busybox$')" <<-'EOF'
	mkfifo /tmp/in /tmp/out
	query </tmp/in >/tmp/out &
	exec 3>/tmp/in 4</tmp/out
	ask() {
		local line
		echo "$1" >&3
		read -r line <&4
		echo "$line"
	}
EOF

tsc_khz=$("$root_dir/selftests/bench/tsc-khz")
# host_start NAME CPU: a host of two packages whose energy is counted.
host_start() {
	guest_qemu "$1" "tsc=reliable tsc_early_khz=$tsc_khz rcupdate.rcu_cpu_stall_suppress=1 nosoftlockup" \
		-accel tcg,thread=multi -cpu "$2,-la57,-erms" -smp 4,sockets=2 -m 256 -bios /usr/share/seabios/bios-256k.bin \
		-device "cvm-rapl,id=rapl0,vendor=$1,packages=2"
}
rapl() { guest_qmp "$name" set /machine/peripheral/rapl0 "$@"; }
# power PACKAGE CORE CPU: milliwatts, as inside.bash has it.
power() {
	rapl package-idle-mw "\"$1\""
	rapl core-idle-mw "\"$2\""
	rapl cpu-busy-mw "\"$3\""
}
raw() { guest_qmp "$name" get /machine/peripheral/rapl0 raw-0; }
# ask WORD: of the program query.
ask() { guest "$name" "ask '$1'"; }
waits() { [ "$(ask wait)" ] && [ "$(ask wait)" ]; }
# still: no energy from here on, and all that there was is told.
still() {
	power 0 0 0
	waits
}
works() {
	power 20000 1000 10000
	waits
}
# shellcheck disable=SC2317 # called by poll
asleep() { text_has '"status": "suspended"' "$(guest_qmp "$name" raw '{"execute": "query-status"}')"; }
# sleeps: until it is woken from outside, with counters that go on from elsewhere.
# (Once in a machine: a second sleep ends at once in QEMU 7.2.)
# shellcheck disable=SC2317 # called by t_run
sleeps() {
	printf 'echo mem >/sys/power/state\n' >&"${guest_in[$name]}"
	poll 60 asleep && rapl fault "\"jump=$counter@0:$((0x60000000))#1 jump=$counter@1:$((0x50000000))#1\"" &&
		guest_qmp "$name" raw '{"execute": "system_wakeup"}' && guest_reads "$name" 120
}
# counts WHAT: what the hardware uses is told, to the unit.
counts() {
	local before units
	still
	before=$(raw) units=$(ask 'units 0')
	works
	still
	t_is "$name: $1" "$(($(ask 'units 0') - units))" "$(((($(raw) - before) & 0xffffffff) << (24 - shift)))"
	t_run "$name: which is some" test "$(ask 'units 0')" -gt "$units"
}

for policy in busy core; do
	case $policy in
	busy) name=intel cpu=max,vendor=GenuineIntel,family=6,model=85,stepping=7 counter=0x611 shift=14 ;;
	core) name=amd cpu=max,vendor=AuthenticAMD,family=25,model=1,stepping=1 counter=0xc001029b shift=16 ;;
	esac
	host_start "$name" "$cpu"
	t_run "$name: a host" guest_reads "$name" 300
	t_run "$name: the module" guest "$name" "insmod /vmsr.ko period_ms=100 policy=$policy debug=1"
	t_is "$name: a VM to count for" "$(ask vm)" ok
	counts 'it counts before'
	still
	units=$(ask 'units 0') part=$(ask 'part 0')
	t_run "$name: it sleeps to RAM" sleeps
	t_is "$name: with the counters elsewhere, nothing was invented" "$(ask 'units 0') $(ask 'part 0')" "$units $part"
	t_is "$name: what the VM's thread ran is known all the same" "$(ask idle >/dev/null; waits; ask ns)" "$(ask ran)"
	ask work >/dev/null
	counts 'it counts afterwards'
	t_is "$name: no read has failed" "$(ask 'errors 0') $(ask 'errors 1')" '0 0'
	t_is "$name: the sums agree" "$(ask sums)" ok
	t_is "$name: the module's own checks found nothing" "$(ask check-errors)" 0
	t_run "$name: the module goes" guest "$name" 'exec 3>&- 4<&-; wait; rmmod vmsr'
	guest_end "$name"
	t_is "$name: the kernel's log is clean" "$("$root_dir/selftests/bench/splats" "$work/$name.console")" ''
	t_is "$name: QEMU has no complaint" "$(<"$work/$name.errors")" ''
done
t_done
