#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: after a sleep to RAM, in which the PSP forgets everything, commands complete by its interrupt as before
# where: vm
# machine: snp-host
# vm-args: --bzimage --quit
# alone: its root over 9p does not survive the sleep
# long: debug
# timeout: 60
# shellcheck disable=SC2119 # irq_count's argument is optional
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

# All that is needed afterwards goes into memory, and nothing comes back from
# there: the result is this script's own, and the machine ends with it.
if [ "${1:-}" != --inside ]; then
	away=/run/away
	mkdir -p "$away"/{proc,sys,dev,tmp,run}
	cp --parents -t "$away" "$CVM_ROOT"/selftests/{bench/leaks,lib/{ktap,answers}.sh,psp/psp.bash,psp/sleep.sh} \
		"$CVM_ROOT"/build/selftests/{answers,psp/sev}
	for program in bash cat dmesg sed; do
		cp -L --parents -t "$away" "$(type -P "$program")"
	done
	# (Scripts are among them, of which ldd says so.)
	{ find "$away" -type f -perm /100 -exec ldd {} + 2>/dev/null || true; } | grep -oE '/[^ ]+\.so[^ ]*' | sort -u |
		xargs cp -L --parents -t "$away"
	mkfifo "$away"/run/cvm-{never,ask,answer}
	for d in proc sys dev; do mount --bind "/$d" "$away/$d"; done
	load aspt
	load psp_sev
	exec chroot "$away" bash "$CVM_ROOT/selftests/psp/sleep.sh" --inside
fi

# shellcheck disable=SC2317 # called by the trap
end() {
	local status=$?
	bash "$CVM_ROOT/selftests/bench/leaks" >/dev/ttyS0
	dmesg --console-off
	echo "$status" >/dev/virtio-ports/org.cvm.result
	read -r -t 60 -u "$never_fd" || true
}
trap end EXIT

# To RAM, until the clock wakes the machine. QEMU's serial ports take nothing any
# more afterwards when they were in use, so they are given up for that time.
consoles=(/sys/bus/virtio/drivers/virtio_console/virtio*)
serial=${consoles[0]##*/}
nap() {
	local status=0
	exec >/dev/ttyS0 2>&1
	echo "$serial" >/sys/bus/virtio/drivers/virtio_console/unbind
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +4 >/sys/class/rtc/rtc0/wakealarm
	if ! echo mem >/sys/power/state; then status=1; fi
	echo "$serial" >/sys/bus/virtio/drivers/virtio_console/bind
	poll 10 test -e /dev/virtio-ports/org.cvm.output -a -e /dev/virtio-ports/org.cvm.result -a \
		-e /dev/virtio-ports/org.cvm.qmp || status=2
	exec >/dev/virtio-ports/org.cvm.output 2>&1
	return $status
}
target() { echo "$(model irq-enabled) $(model dest-mode) $(model dest-apic-id)"; }

t_is 'the machine can sleep to RAM' "$(first /sys/power/mem_sleep)" 's2idle [deep]'
for round in 1 2; do
	before=$(target)
	[ "$round" = 1 ] || irq_move 1
	t_run "sleep $round: a command before" sev status
	cmdresp=$(model cmdresp-commands)
	status=0
	nap || status=$?
	t_is "sleep $round" "$status" 0
	t_is "sleep $round: the interrupt goes to the CPU that stayed" "$(irq_cpu) $(target)" "0 $before"
	t_run "sleep $round: told to the PSP anew" test "$(model cmdresp-commands)" -ge $((cmdresp + 4))
	device=$(model irqs) linux=$(irq_count)
	t_run "sleep $round: twenty commands" sev -n 20 status
	t_is "sleep $round: an interrupt each" "$(($(model irqs) - device)) $(($(irq_count) - linux))" '20 20'
	t_run "sleep $round: none lost, none without a reason" irqs_clean
	t_is "sleep $round: no failed command" "$(first "$aspt_sysfs/cmdresp_errors" "$psp_sysfs/poll")" '0 0'
done
t_done
