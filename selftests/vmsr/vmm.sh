#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: guests under KVM read their energy by RDMSR, answered from the mapped page
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

modprobe kvm_amd
load vmsr period_ms=100
t_run "nested KVM is there" test -c /dev/kvm
out=$(mktemp -d)

# seen FILE MSR: what the guest saw, in the array of that name.
seen() {
	local words
	seen=()
	while read -ra words; do
		if [ "${words[0]:-}" = guest ] && [ "${words[4]}" = "$2" ]; then
			[ "${words[5]}" = value ] && seen+=("${words[6]}") || seen+=("${words[5]}")
		fi
	done <"$1"
	[ ${#seen[@]} -gt 0 ]
}
first_seen() { seen "$@" && echo "${seen[0]}"; }
last_seen() { seen "$@" && echo "${seen[-1]}"; }
# different FILE MSR: each value once.
different() {
	local value once=' '
	seen "$@"
	for value in "${seen[@]}"; do
		case $once in *" $value "*) ;; *) once+="$value " ;; esac
	done
	read -r once <<<"$once"
	echo "$once"
}
# host FILE KEY: what the host said in the end.
host() {
	local words i
	while read -ra words; do
		[ "${words[0]:-}" = host ] || continue
		for ((i = 1; i < ${#words[@]} - 1; i += 2)); do
			[ "${words[i]}" != "$2" ] || echo "${words[i + 1]}"
		done
	done <"$1"
}
never_back() {
	local i
	seen "$@" && [ ${#seen[@]} -ge 2 ] || return 1
	for ((i = 1; i < ${#seen[@]}; i++)); do
		[ "${seen[i]}" -ge "${seen[i - 1]}" ] || return 1
	done
}
# A guest's counter against the host's figure: units of 2^-14 J from 1 on, in
# steps of 16; the last read is one period older than what the host says.
no_more_than_host() {
	local last
	last=$(last_seen "$1" "$2")
	[ $(((last - 1) * 1000000 / 16384)) -le "$(host "$1" vcpu_uj)" ]
}

prog vmm --name busy busy 15 0x606 0x611 0x610 0x614 0x64d 0xc001029b >"$out/busy"
prog vmm --name idle idle 15 0x606 0x611 >"$out/idle"
sed 's/^/# busy: /' "$out/busy" | tail -n 8
sed 's/^/# idle: /' "$out/idle" | tail -n 4

t_is "0x606 is the same at every read" "$(different "$out/busy" 0x606)" "$((0xa0e03))"
t_run "0x611 is not zero at the first read" test "$(first_seen "$out/busy" 0x611)" -gt 0
t_run "0x611 never goes back in the busy guest" never_back "$out/busy" 0x611
t_run "0x611 never goes back in the idle guest" never_back "$out/idle" 0x611
t_run "the busy guest's counter has moved" test "$(last_seen "$out/busy" 0x611)" -gt 1
t_run "the busy guest saw no more than the host knows" no_more_than_host "$out/busy" 0x611
t_run "the idle guest saw no more than the host knows" no_more_than_host "$out/idle" 0x611
t_run "busy and idle are told apart" test "$(host "$out/busy" vcpu_uj)" -gt "$((4 * $(host "$out/idle" vcpu_uj)))"
t_is "0x610 is locked and 0x614 has a TDP" "$(different "$out/busy" 0x610) $(different "$out/busy" 0x614)" \
	"$(printf %u "$((1 << 63 | 800))") 800"
t_is "0x64d is there and counts nothing" "$(different "$out/busy" 0x64d)" 0
t_is "another vendor's MSR faults in the guest" "$(different "$out/busy" 0xc001029b)" fault
t_is "every read of these was answered by the VMM" "$(host "$out/busy" exits)" "$((15 * 5))"

prog vmm --amd busy 10 0xc0010299 0xc001029a 0xc001029b 0x611 >"$out/amd"
t_is "an AMD guest's unit" "$(different "$out/amd" 0xc0010299)" "$((0xa0e03))"
t_run "an AMD guest's package counter never goes back" never_back "$out/amd" 0xc001029b
# agree FILE: the core is read before the package, and a period may end in between.
agree() {
	local core package i same=0
	seen "$1" 0xc001029a
	core=("${seen[@]}")
	seen "$1" 0xc001029b
	package=("${seen[@]}")
	for i in "${!core[@]}"; do
		[ "${core[i]}" -le "${package[i]}" ] || return 1
		[ "$i" = 0 ] || [ "${package[i - 1]}" -le "${core[i]}" ] || return 1
		[ "${core[i]}" != "${package[i]}" ] || same=1
	done
	[ "$same" = 1 ]
}
t_run "with one core, core and package agree" agree "$out/amd"
t_run "an AMD guest's counter has moved" test "$(last_seen "$out/amd" 0xc001029b)" -gt 1
# Without a filter on it KVM itself answers 0.
t_is "an AMD guest has no 0x611 of vmsr's" "$(different "$out/amd" 0x611)" 0

rm -r "$out"
t_run "the module is unloaded" unload vmsr
t_done
