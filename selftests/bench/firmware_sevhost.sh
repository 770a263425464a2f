#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: CPUID 8000_001F, SYSCFG and HWCR of an SEV host, and how a kernel reads them
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 240
#
# Boots with the firmware's switches in each position; the second half of this
# file runs there.
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

if [ "${1:-}" != inside ]; then
	# shellcheck disable=SC2317 # called by t_run
	vm() { "$CVM_ROOT/selftests/vm" --machine snp-host --kernel "$CVM_KERNEL" "$@"; }
	t_run 'SEV and SEV-ES' vm -- "$0" inside 'sev sev_es' 0000040a 00800000 0001 509 100
	t_run 'SEV alone, other numbers' vm --set sevhost0.es=off --set sevhost0.asids=15 \
		--set sevhost0.min-sev-asid=1 -- "$0" inside sev 00000402 00800000 0001 15 1
	t_run 'not enabled by the firmware' vm --set sevhost0.mem-encrypt=off \
		-- "$0" inside '' 0000040a 00000000 0001 509 100
	t_run 'SMM not locked' vm --set sevhost0.smm-lock=off -- "$0" inside '' 0000040a 00800000 0000 509 100
	t_run 'switched off' vm --set sevhost0.sev=off -- "$0" inside '' none 00000000 0000 0 0
	t_done
fi

flags=$2 eax=$3 syscfg=$4 hwcr=$5 asids=$6 min_asid=$7
modprobe msr
modprobe cpuid
# One register of a leaf, and an MSR, as the kernel's own devices give them.
leaf() { dd if=/dev/cpu/1/cpuid bs=16 count=1 skip=$(($1)) iflag=skip_bytes 2>/dev/null | od -An -v -tx4 | awk -v n="$2" '{ print $n }'; }
msr() { dd if=/dev/cpu/1/msr bs=8 count=1 skip=$(($1)) iflag=skip_bytes 2>/dev/null | od -An -v -tx8 | tr -d ' '; }

t_is 'flags' "$(sed -n 's/^flags.*: //p' /proc/cpuinfo | head -n 1 | tr ' ' '\n' | grep -xE 'sev|sev_es|sme' | xargs)" "$flags"
if [ "$eax" = none ]; then
	t_run 'the leaf is beyond the highest' test "$((16#$(leaf 0x80000000 1)))" -lt $((0x8000001f))
else
	t_is 'the highest leaf' "$(leaf 0x80000000 1)" 8000001f
	t_is 'EAX' "$(leaf 0x8000001f 1)" "$eax"
	t_is 'EBX: the C-bit and the address bits it costs' "$(leaf 0x8000001f 2)" 00000073
	t_is 'ECX: ASIDs' "$((16#$(leaf 0x8000001f 3)))" "$asids"
	t_is 'EDX: first ASID without ES' "$((16#$(leaf 0x8000001f 4)))" "$min_asid"
fi
t_is 'SYSCFG' "$(msr 0xc0010010)" "00000000$syscfg"
# The kernel sets other bits of it.
t_is 'HWCR, its lock' "$(printf '%04x' $((16#$(msr 0xc0010015) & 1)))" "$hwcr"
t_done
