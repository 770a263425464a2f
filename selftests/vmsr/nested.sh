#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: QEMU with vmsr=on: a guest's powercap, perf and turbostat have the host's figure for it, Intel and AMD, busy and idle, over migrations, savevm and loadvm
# where: vm
# machine: energy-amd
# cpus: 2
# memory: 1536
# alone: its guests take all of it
# kernels: 6.1 6.12
# long: 6.1
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"
# shellcheck source=selftests/vmsr/nested.bash
. "$CVM_ROOT/selftests/vmsr/nested.bash"
# turbostat reads MSRs that no KVM has.
modprobe kvm ignore_msrs=1 report_ignored_msrs=0
modprobe kvm_amd
power 1000 500 20000

# host NAME KEY: what vmsr says of a VM.
host() { "$CVM_ROOT/build/tools/vmsrctl" --json list | jq ".vms[] | select(.name == \"$1\") | .$2"; }
# figure_at NAME COMMAND: what vmsr says of a VM, in $figure, which stands while its guest
# does that: from a point of the grid on, so that all the VM did before is in it.
figure_at() {
	figure=$("$CVM_ROOT/build/tools/vmsrctl" --json monitor --count 2 "$1" | jq -s '.[-1].vcpu_uj') &&
		guest_does "$1" "$2" && [ "$(host "$1" vcpu_uj)" = "$figure" ]
}
# uj_of JOULES: from what perf and turbostat print.
uj_of() { awk -v j="$1" 'BEGIN { printf "%.0f", j * 1000000 }'; }

t_fails 'QEMU says what is missing without the module' 1 'vmsr=on: /dev/vmsr: No such file or directory' \
	"$CVM_QEMU" -M q35 -accel kvm,vmsr=on -nodefaults -display none
load vmsr period_ms=200
guest_image perf turbostat

# (KVM's CPU models have the host's vendor. Without XSAVE: what TCG says of it
# contradicts this model's.)
intel=SandyBridge,vendor=GenuineIntel,-xsave,-avx,-vme
guest_start intel "$intel"
guest_start amd EPYC
for name in intel amd; do
	t_run "$name: a guest of Debian's kernel" guest_reads "$name" 400 || guest_trouble "$name"
	t_is "$name: its driver finds a package$([ "$name" = intel ] || echo ", and AMD's its cores")" \
		"$(guest "$name" 'cd /sys/class/powercap; cat intel-rapl:0/name intel-rapl:0/max_energy_range_uj; ls' | xargs)" \
		"package-0 262143328850 intel-rapl intel-rapl:0$([ "$name" = intel ] || echo ' intel-rapl:0:0')"
	t_run "$name: whose counter is not zero at first" test "$(guest "$name" uj)" -gt 0
done

# wakes NAME: how often the vCPU of a guest, known by its guest time, has come onto a CPU.
wakes() {
	local task
	for task in "/proc/${guest_pid[$1]}/task/"*; do
		[ "$(awk '{ print $43 }' "$task/stat")" = 0 ] || awk '/ctxt_switches/ { n += $2 } END { print n }' "$task/status"
	done
}
# One works, the other is left alone.
before_intel=$(guest intel uj)
before_amd=$(guest amd uj)
wakes=$(wakes amd) start=$EPOCHREALTIME
guest_does intel 'spin 6' || true
echo "# an idle guest's vCPU has come onto a CPU $(awk -v n="$(($(wakes amd) - wakes))" -v a="$start" -v b="$EPOCHREALTIME" \
	'BEGIN { printf "%.1f", n / (b - a) }') times a second"
declare -A after=()
# Figures move at the grid's points; idle guests hardly move them.
sleep 1
for name in intel amd; do
	known=$(host "$name" vcpu_uj)
	seen=$(guest "$name" uj)
	then=$(host "$name" vcpu_uj)
	t_run "$name: its energy is the host's figure for it within 1 % ($seen uJ, $known to $then)" \
		test $((seen * 100)) -ge $((known * 99)) -a $((seen * 100)) -le $((then * 101))
	after[$name]=$seen
done
busy=$((after[intel] - before_intel)) idle=$((after[amd] - before_amd))
t_run "busy and idle are told apart from inside ($busy uJ, $idle)" test "$busy" -gt $((5 * idle))

# Programs that read the MSR by other ways. The points of the grid are far apart, so that
# they begin and end between two.
"$CVM_ROOT/build/tools/vmsrctl" set period 4000
for name in intel amd; do
	t_run "$name: perf and turbostat start" guest_does "$name" meters
	t_run "$name: they begin while the host's figure stands" figure_at "$name" meters_begin
	began=$figure
	t_run "$name: the guest works" guest_does "$name" 'work 400000'
	t_run "$name: they end while it stands" figure_at "$name" meters_end
	figure=$((figure - began))
	for meter in perf turbostat; do
		seen=$(uj_of "$(awk -v m="$meter" '$1 == m { print $2 }' <<<"$REPLY")")
		t_run "$name: $meter prints the host's figure for the same work within 1 % ($seen uJ, $figure)" \
			test $((seen * 100)) -ge $((figure * 99)) -a $((seen * 100)) -le $((figure * 101))
	done
done
"$CVM_ROOT/build/tools/vmsrctl" set period 200
guest_end amd

# Its counter is looked at all the time from here on.
guest_does intel 'looks </dev/null &' || true
# carried FROM TO: a guest goes on in another QEMU while both are there.
carried() {
	guest_start "$2" "$intel" -incoming "unix:$work/$2.incoming"
	poll 60 test -S "$work/$2.incoming" || return
	guest_qmp "$1" raw '{"execute": "migrate", "arguments": {"uri": "unix:'"$work/$2"'.incoming"}}' >/dev/null || return
	poll 300 guest_runs "$2" && poll 60 guest_sent "$1" &&
		text_has postmigrate "$(guest_qmp "$1" raw '{"execute": "query-status"}')" &&
		guest_end "$1"
}
# stored FROM TO: the same by way of a file, when the first has ended.
stored() {
	guest_qmp "$1" raw '{"execute": "migrate", "arguments": {"uri": "exec:cat >'"$work/state"'"}}' >/dev/null || return
	poll 300 guest_sent "$1" || return
	guest_end "$1"
	guest_start "$2" "$intel" -incoming "exec:cat $work/state"
	poll 300 guest_runs "$2"
}
# looks_on NAME: it still looks, and never was the counter less than before.
looks_on() {
	local before
	before=$(guest "$1" looked) && guest_does "$1" 'spin 1' || return
	[ "$(guest "$1" looked)" -gt "$before" ] && guest "$1" never_back
}
t_run 'the guest looks at its counter all the time' looks_on intel
last=$(guest intel uj)
from=intel
for how in carried stored; do
	to=$how
	t_run "$to: it takes over" "$how" "$from" "$to"
	now=$(guest "$to" uj) || guest_trouble "$to"
	t_run "$to: a guest carried to another QEMU goes on where its counter was ($last uJ, then $now)" test "$now" -ge "$last"
	t_run "$to: which is more than what vmsr knows of this VM" test "$now" -gt "$(host "$to" vcpu_uj)"
	guest_does "$to" 'spin 2' || true
	sleep 0.5
	last=$(guest "$to" uj)
	t_run "$to: and counts on ($last uJ)" test "$last" -gt $((now + 1000000))
	t_run "$to: no look in the guest, before, meanwhile or since, saw it go back" looks_on "$to"
	from=$to
done

# A snapshot that the same QEMU goes back to, and another begins with.
t_run 'a disk for snapshots' guest_add_disk "$from"
saved=$(guest "$from" uj)
t_run 'savevm' guest_snapshot "$from" save kept
guest_does "$from" 'spin 2' || true
sleep 0.5
last=$(guest "$from" uj)
t_run "the guest works on ($saved uJ, then $last)" test "$last" -gt $((saved + 1000000))
t_run 'loadvm' guest_snapshot "$from" load kept
t_run 'it runs again' poll 300 guest_runs "$from"
now=$(guest "$from" uj)
t_run "its counter does not go back with the rest of it ($last uJ, then $now)" test "$now" -ge "$last"
t_run 'no look in the guest saw it go back' looks_on "$from"
guest_end "$from"
guest_start other "$intel" "${guest_disk[@]}" -loadvm kept
t_run 'another QEMU begins with the snapshot' poll 300 guest_runs other || guest_trouble other
now=$(guest other uj)
t_run "where its counter was at savevm, or later ($saved uJ, then $now)" test "$now" -ge "$saved"
t_run 'which is more than what vmsr knows of this VM' test "$now" -gt "$(host other vcpu_uj)"
guest_does other 'spin 2' || true
sleep 0.5
last=$(guest other uj)
t_run "and it counts on ($last uJ)" test "$last" -gt $((now + 1000000))
t_run 'no look in the guest saw that go back' looks_on other
guest_end other
t_run 'the module can be removed' unload vmsr
t_done
