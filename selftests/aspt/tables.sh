#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: machines with other ASPT tables, bad ones, none, no PSP, or a PSP on PCI: one clear line, nothing left
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CVM_ROOT/build/selftests/aspt/aspt-table" --all "$work"
inside=$CVM_ROOT/selftests/aspt/inside.bash

# boot NAME VERDICT LINE OPTION...: in a machine with these options loading aspt
# ends like that, and its log has that line.
boot() {
	local name=$1 verdict=$2 line=$3 out status=0
	shift 3
	out=$("$CVM_ROOT/selftests/vm" --machine snp-host --kernel "$CVM_KERNEL" --cpus 2 --memory 512 "$@" \
		-- "$inside" "$verdict" "$line" 2>&1) || status=$?
	if [ "$status" = 0 ]; then t_ok "$name"; else t_fail "$name" "exit status $status" "$out"; fi
}
table() { echo --set "psp0.table=$work/$1"; }

for good in openvmm:'ASPT in OpenVMM.s layout' revision2:'ASPT revision 2: registers at 0xfeb00000' \
	other_order:'ASPT revision 1: registers at 0xfeb00000'; do
	# shellcheck disable=SC2046 # two words
	boot "table ${good%%:*}: works, by interrupt" works "${good#*:}" $(table "${good%%:*}")
done
for bad in bad_checksum:'ASPT refused: checksum: 0x.. is wrong, it should be 0x..' \
	ends_inside:'ASPT refused: subtable 1 .SEV mailbox.: length: 32 bytes, but the table has 24 more' \
	revision_3:'ASPT refused: revision: 3 is not known' \
	unrelated:'ASPT refused: unrelated table of older client machines' \
	sub_length_zero:'ASPT refused: subtable 1 .SEV mailbox.: length: 0 is shorter' \
	duplicate:'ASPT refused: subtable 3 .SEV mailbox.: type: there is one of type 1 before' \
	irq_id_64:'ASPT refused: subtable 1 .SEV mailbox.: mailbox interrupt id: 0x40 is above 63'; do
	# shellcheck disable=SC2046 # two words
	boot "table ${bad%%:*}: ${bad#*:}" refused "${bad#*:}" $(table "${bad%%:*}")
done
boot 'no table' refused 'no ACPI table ASPT' --set psp0.table=none
boot 'a table, but no PSP' refused 'no processor at 0xfeb00000: its feature register reads all ones' --set psp0.absent=on
boot 'a PSP on PCI too: aspt stands aside' refused \
	'the processor is on PCI too \(0000:..:..\.., 1022:1486\): left to ccp, force=1 overrides' \
	--set psp0.base=0xfec10000 --qemu-arg -device --qemu-arg cvm-psp-pci,id=psp1
boot 'a PSP on PCI too, and force=1' forced 'the processor is on PCI too .*, force=1 was given' \
	--set psp0.base=0xfec10000 --qemu-arg -device --qemu-arg cvm-psp-pci,id=psp1
t_done
