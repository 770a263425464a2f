#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the same sequences of commands give the same answers from ccp and from psp_sev
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 150
#
# One machine has both processors, on PCI and announced by ASPT, and loads one driver
# after the other; the second half of this file runs there. What they said is
# compared on the host, which is faster: see compare.c for what may differ.
set -euo pipefail

if [ "${1:-}" = inside ]; then
	# shellcheck source=selftests/psp/psp.bash
	. "$CVM_ROOT/selftests/psp/psp.bash"
	seed=$2
	program=$CVM_ROOT/build/selftests/psp/differential
	model=/machine/peripheral

	# record DRIVER KIND [PARAM=VALUE...]
	record() {
		local driver=$1 kind=$2 psp
		shift 2
		case $driver in psp_sev) psp=$model/psp0 ;; *) psp=$model/psp1 ;; esac
		[ "$kind" != old ] || qmp set "$psp" fault 'sev-scribble@0x04=0'
		case $driver in
		psp_sev) load psp_sev "$@" ;;
		*) modprobe ccp psp_init_on_probe=0 "$@" ;;
		esac
		[ "$kind" != all ] || load_kvm_amd sev=1
		"$program" "$psp" "$kind" "$seed" "/run/$driver-$kind"
		cp "/run/$driver-$kind" "$CVM_STATE/"
		qmp set "$psp" fault ''
		[ "$kind" != all ] || unload kvm_amd
		unload "$driver"
	}
	# The serial line is what takes longest; warnings are still said there.
	dmesg --console-level warn
	load aspt force=1
	for kind in all old late; do
		limit=()
		[ "$kind" != late ] || limit=(psp_cmd_timeout=1)
		record psp_sev "$kind" "${limit[@]}"
		record ccp "$kind" "${limit[@]}"
	done
	qmp get "$model/psp0" ask-ark >"$CVM_STATE/ask-ark"
	unload aspt
	exit 0
fi

# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
seed=${CVM_SEED:-20250}
records=$(mktemp -d)
trap 'rm -rf "$records"' EXIT
t_run "sequences from seed $seed" "$CVM_ROOT/selftests/vm" --kernel "$CVM_KERNEL" --set psp0.base=0xfec10000 \
	--qemu-arg -device --qemu-arg cvm-psp-pci,id=psp1 --timeout 500 --state "$records" -- "$0" inside "$seed"
files=()
for kind in all old late; do files+=("$kind:$records/ccp-$kind:$records/psp_sev-$kind"); done
status=0
"$CVM_ROOT/build/selftests/psp/compare" "$CVM_KERNEL" "$records/ask-ark" "${files[@]}" >"$records/differences" 2>&1 || status=$?
tail -n 200 "$records/differences"
t_is 'they agree but for the intended differences, each of which is there' "$status" 0
t_done
