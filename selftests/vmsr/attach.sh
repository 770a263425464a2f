#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: attached by its process, a VMM that knows nothing of vmsr has its vCPUs found, later ones too
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 60
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# vcpus ID: their threads, sorted.
vcpus() { "$CVM_ROOT/build/selftests/vmsr/query" <<<"vcpus $1"; }
power 20000 1000 10000
modprobe kvm_amd
load vmsr period_ms=100 debug=1
coproc "$CVM_ROOT/build/selftests/vmsr/plain"
vmm=$COPROC_PID
read -r first <&"${COPROC[0]}"
read -r second <&"${COPROC[0]}"
id=$("$CVM_ROOT/build/selftests/vmsr/query" <<<"attach $vmm")
t_run "the VMM is attached" test "$id" -gt 0
has_vcpus() { [ "$(vcpus "$id")" = "$1" ]; }
sorted() { printf '%s\n' "$@" | sort -n | tr '\n' ' '; }
t_run "its two vCPUs are found" poll 60 has_vcpus "$(sorted "$first" "$second")"
echo more >&"${COPROC[1]}"
read -r third <&"${COPROC[0]}"
t_run "and the third when it comes" poll 60 has_vcpus "$(sorted "$first" "$second" "$third")"
worked() { [ "$("$CVM_ROOT/build/selftests/vmsr/query" <<<"vcpu-uj $id")" -gt 1000 ]; }
t_run "their energy is that of vCPUs" poll 60 worked
kill "$vmm"
wait "$vmm" 2>/dev/null || true
gone() { [ "$(vcpus "$id")" = none ]; }
t_run "the VM goes with the VMM" poll 60 gone
t_run "the module is unloaded" unload vmsr
t_done
