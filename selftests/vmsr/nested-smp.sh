#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: guests of several vCPUs under KVM: a plain QEMU's are found by its process, vmsr=on counts each virtual package, CPUs come and go; rmmod and SIGKILL meanwhile
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
modprobe kvm_amd
power 1000 500 20000
# Long enough that several looks are between two points of the grid.
load vmsr period_ms=2000
guest_image taskset

vmsrctl() { "$CVM_ROOT/build/tools/vmsrctl" "$@"; }
no_vm() { [ "$(vmsrctl list)" = 'no VM' ]; }
# shows NAME FILTER: of what vmsr says of a VM.
shows() { vmsrctl --json show "$1" | jq -r "$2"; }
# rest NAME: waits for a point of the grid: what was before it is in the figures.
rest() { vmsrctl monitor --count 2 "$1" >/dev/null; }
# one_percent SEEN TRUTH [OF]
one_percent() {
	local off=$(($1 - $2))
	[ $((${off#-} * 100)) -le "${3:-$2}" ]
}
# on_cpu NAME CPU COMMAND: the guest's shell does it there.
on_cpu() { guest_does "$1" "taskset -p $(printf '%x' $((1 << $2))) \$\$ >/dev/null && $3"; }

# A QEMU that knows nothing of vmsr.
guest_qemu plain quiet -accel kvm -smp 2 -cpu EPYC -m 320 -bios /usr/share/seabios/bios-256k.bin
t_run 'a QEMU without vmsr=on runs a guest of two vCPUs' guest_reads plain 400 || guest_trouble plain
pid=${guest_pid[plain]}
t_run 'which is nothing to vmsr' no_vm
t_run 'it is attached by its process' vmsrctl attach --name plain "$pid"
mapfile -t tids <<<"$(guest_qmp plain raw '{"execute": "query-cpus-fast"}' | jq '.[]."thread-id"')"
has_vcpus() { [ "$(shows plain '[.vcpus[].tid] | sort[]' | xargs)" = "$1" ]; }
t_run "the threads of its vCPUs are found, and no others (${tids[*]})" \
	poll 60 has_vcpus "${tids[*]}"

# times: ran[TID] and said[TID], what the scheduler and vmsr have for each vCPU, and for
# all other threads with TID other, since the last time. Of a guest at rest.
declare -A ran=() said=() ran_before=() said_before=()
times() {
	local stat tid ns figures
	local -A ran_now=([other]=0) said_now=()
	rest plain
	for stat in "/proc/$pid/task/"*/schedstat; do
		tid=${stat%/*} tid=${tid##*/}
		read -r ns _ <"$stat"
		case " ${tids[*]} " in
		*" $tid "*) ran_now[$tid]=$ns ;;
		*) ran_now[other]=$((ran_now[other] + ns)) ;;
		esac
	done
	figures=$(shows plain '.overhead_ns, (.vcpus[] | .tid, .time_ns)')
	while read -r tid && read -r ns; do said_now[$tid]=$ns; done <<<"other"$'\n'"$figures"
	for tid in other "${tids[@]}"; do
		ran[$tid]=$((ran_now[$tid] - ${ran_before[$tid]:-0})) said[$tid]=$((said_now[$tid] - ${said_before[$tid]:-0}))
		ran_before[$tid]=${ran_now[$tid]} said_before[$tid]=${said_now[$tid]}
	done
}
times
for cpu in 0 1; do
	t_run "vCPU $cpu works" on_cpu plain "$cpu" 'work 100000'
	# As does the thread that answers.
	for ((i = 0; i < 30; i++)); do guest_qmp plain raw '{"execute": "query-cpus-fast"}' >/dev/null; done
	times
	busy=${tids[cpu]} idle=${tids[1 - cpu]}
	t_run "its thread is said to have run for as long as it has, within 1 % (${said[$busy]} ns, ${ran[$busy]})" \
		one_percent "${said[$busy]}" "${ran[$busy]}"
	t_run "the other's is told apart (${said[$idle]} ns, ${ran[$idle]})" test $((said[$idle] * 5)) -lt "${said[$busy]}"
	t_run "and the other threads are overhead, within 10 % (${said[other]} ns, ${ran[other]})" \
		one_percent "${said[other]}" "${ran[other]}" $((ran[other] * 10))
done

# Unloading ends what was attached, whatever its vCPUs are doing.
guest_does plain 'works 1 2' || true
for ((i = 0; i < 4; i++)); do
	t_run 'rmmod under two vCPUs that work' unload vmsr
	load vmsr period_ms=100
	vmsrctl attach --name plain "$pid" >/dev/null
	# Sooner and later after it.
	sleep "0.$((i * 3))"
done
t_run 'the guest works on' guest_does plain 'work 1000'
t_run 'its vCPUs are found again' poll 60 has_vcpus "${tids[*]}"
kill -KILL "$pid"
{ wait "$pid" || true; } 2>/dev/null
unset 'guest_pid[plain]'
t_run 'a VM that is killed while it is counted goes with its process' poll 60 no_vm
unload vmsr
load vmsr period_ms=2000

# figures: host_uj[PACKAGE], vcpu_uj[VCPU] and guest_uj[PACKAGE] of one point of the
# grid; guest_uj is what the guest's counters show then.
declare -a host_uj=() vcpu_uj=() guest_uj=()
figures_of_one_point() {
	local before after
	before=$(shows smp .)
	guest_does smp counters || return
	after=$(shows smp .)
	[ "$(jq .updated_ns <<<"$before")" = "$(jq .updated_ns <<<"$after")" ] || return
	mapfile -t guest_uj <<<"$REPLY"
	mapfile -t vcpu_uj <<<"$(jq '.vcpus[].energy_uj' <<<"$after")"
	mapfile -t host_uj <<<"$(jq '.vcpus | group_by(.package)[] | map(.energy_uj) | add' <<<"$after")"
}
figures() {
	rest smp
	poll 60 figures_of_one_point
}
# most LIST-NAME LIST-NAME-BEFORE: where it has grown most; the growth is in $grown.
most() {
	local -n now=$1 before=$2
	local i top=0
	grown=()
	for i in "${!now[@]}"; do
		grown[i]=$((now[i] - ${before[i]:-0}))
		[ "${grown[i]}" -le "${grown[top]}" ] || top=$i
	done
	REPLY=$top
}
# counts CPU PACKAGE: a vCPU works, and its package's counter shows that.
counts() {
	local cpu=$1 package=$2 p
	# shellcheck disable=SC2034 # by most
	local -a host_before=("${host_uj[@]}") guest_before=("${guest_uj[@]}") vcpu_before=("${vcpu_uj[@]}") grown shown
	t_run "vCPU $cpu works" on_cpu smp "$cpu" 'work 100000'
	t_run "the counters and the host's figures of one moment" figures
	most guest_uj guest_before
	shown=("${grown[@]}")
	t_is "package $package shows the most (${shown[*]} uJ)" "$REPLY" "$package"
	most host_uj host_before
	for p in "${!shown[@]}"; do
		t_run "package $p shows what its vCPUs used, within 1 % (${shown[p]} uJ, ${grown[p]})" \
			one_percent "${shown[p]}" "${grown[p]}"
	done
	most vcpu_uj vcpu_before
	t_is "vCPU $cpu has used the most (${grown[*]} uJ)" "$REPLY" "$cpu"
}
guest_start smp EPYC -smp 4,sockets=3,cores=1,threads=2,maxcpus=6
t_run 'a guest of two packages, and room for a third' guest_reads smp 400 || guest_trouble smp
t_is 'its driver finds them' "$(guest smp 'cat /sys/class/powercap/*/name' | xargs)" \
	'package-0 core package-1 core'
t_run "the counters and the host's figures of one moment" figures
for cpu in 0 1 2 3; do counts "$cpu" $((cpu / 2)); done

plug() {
	guest_qmp smp raw '{"execute": "device_add", "arguments": {"driver": "EPYC-x86_64-cpu", "id": "late",
		"socket-id": 2, "core-id": 0, "thread-id": 0}}'
}
unplug() { guest_qmp smp raw '{"execute": "device_del", "arguments": {"id": "late"}}'; }
has_cpu_4() { guest_does smp 'echo 1 >/sys/devices/system/cpu/cpu4/online'; }
# vcpus N: so many have threads.
vcpus() { [ "$(shows smp '[.vcpus[] | select(.tid)] | length')" = "$1" ]; }
kept=0
for time in first second; do
	t_run "$time: a CPU comes, and a package with it" plug
	t_run "$time: the guest has it" poll 60 has_cpu_4
	t_run "$time: vmsr has it" vcpus 5
	t_run "$time: the counters and the host's figures of one moment" figures
	t_run "$time: its package's counter goes on from where it was (${guest_uj[2]} uJ)" test "${guest_uj[2]}" -gt "$kept"
	counts 4 2
	kept=${guest_uj[2]} before=$(shows smp .vcpu_uj)
	t_run "$time: it goes" unplug
	t_run "$time: from vmsr as well" poll 60 vcpus 4
	t_run "$time: what it used stays the VM's" test "$(shows smp .vcpu_uj)" -ge "$before"
done

t_fails 'a VM with a descriptor keeps the module' 1 'in use' rmmod vmsr
guest_does smp 'works 1 2 4 8' || true
sleep 0.5
kill -KILL "${guest_pid[smp]}"
{ wait "${guest_pid[smp]}" || true; } 2>/dev/null
unset 'guest_pid[smp]'
t_run 'until it is killed' poll 60 unload vmsr
t_done
