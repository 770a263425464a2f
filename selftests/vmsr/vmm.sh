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

# seen FILE MSR: what the guest saw, one value a line.
seen() { awk -v m="$2" '$1 == "guest" && $5 == m { print $6 == "value" ? $7 : $6 }' "$1"; }
host() { awk -v k="$2" '$1 == "host" { for (i = 2; i < NF; i += 2) if ($i == k) print $(i + 1) }' "$1"; }
never_back() { seen "$1" "$2" | awk 'NR > 1 && $1 < last { exit 1 } { last = $1 } END { exit NR < 2 }'; }
# A guest's counter against the host's figure: units of 2^-14 J from 1 on, in
# steps of 16; the last read is one period older than what the host says.
no_more_than_host() {
	local last
	last=$(seen "$1" "$2" | tail -n 1)
	[ $(((last - 1) * 1000000 / 16384)) -le "$(host "$1" vcpu_uj)" ]
}

prog vmm --name busy busy 15 0x606 0x611 0x610 0x614 0x64d 0xc001029b >"$out/busy"
prog vmm --name idle idle 15 0x606 0x611 >"$out/idle"
sed 's/^/# busy: /' "$out/busy" | tail -n 8
sed 's/^/# idle: /' "$out/idle" | tail -n 4

t_is "0x606 is the same at every read" "$(seen "$out/busy" 0x606 | sort -u)" "$((0xa0e03))"
t_run "0x611 is not zero at the first read" test "$(seen "$out/busy" 0x611 | head -n 1)" -gt 0
t_run "0x611 never goes back in the busy guest" never_back "$out/busy" 0x611
t_run "0x611 never goes back in the idle guest" never_back "$out/idle" 0x611
t_run "the busy guest's counter has moved" test "$(seen "$out/busy" 0x611 | tail -n 1)" -gt 1
t_run "the busy guest saw no more than the host knows" no_more_than_host "$out/busy" 0x611
t_run "the idle guest saw no more than the host knows" no_more_than_host "$out/idle" 0x611
t_run "busy and idle are told apart" test "$(host "$out/busy" vcpu_uj)" -gt "$((4 * $(host "$out/idle" vcpu_uj)))"
t_is "0x610 is locked and 0x614 has a TDP" "$(seen "$out/busy" 0x610 | sort -u) $(seen "$out/busy" 0x614 | sort -u)" \
	"$(printf %u "$((1 << 63 | 800))") 800"
t_is "0x64d is there and counts nothing" "$(seen "$out/busy" 0x64d | sort -u)" 0
t_is "another vendor's MSR faults in the guest" "$(seen "$out/busy" 0xc001029b | sort -u)" fault
t_is "every read of these was answered by the VMM" "$(host "$out/busy" exits)" "$((15 * 5))"

prog vmm --amd busy 10 0xc0010299 0xc001029a 0xc001029b 0x611 >"$out/amd"
t_is "an AMD guest's unit" "$(seen "$out/amd" 0xc0010299 | sort -u)" "$((0xa0e03))"
t_run "an AMD guest's package counter never goes back" never_back "$out/amd" 0xc001029b
# agree FILE: the core is read before the package, and a period may end in between.
agree() {
	local core package i same=0
	mapfile -t core <<<"$(seen "$1" 0xc001029a)"
	mapfile -t package <<<"$(seen "$1" 0xc001029b)"
	for i in "${!core[@]}"; do
		[ "${core[i]}" -le "${package[i]}" ] || return 1
		[ "$i" = 0 ] || [ "${package[i - 1]}" -le "${core[i]}" ] || return 1
		[ "${core[i]}" != "${package[i]}" ] || same=1
	done
	[ "$same" = 1 ]
}
t_run "with one core, core and package agree" agree "$out/amd"
t_run "an AMD guest's counter has moved" test "$(seen "$out/amd" 0xc001029b | tail -n 1)" -gt 1
# Without a filter on it KVM itself answers 0.
t_is "an AMD guest has no 0x611 of vmsr's" "$(seen "$out/amd" 0x611 | sort -u)" 0

rm -r "$out"
t_run "the module is unloaded" unload vmsr
t_done
