#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: certificates of the emulated processor, through a driver: export, verification, ownership, storage
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 300
#
# A boot with the kernel's own ccp, which has INIT_EX, and one with psp_sev; the
# second half of this file runs there.
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

if [ "${1:-}" != inside ]; then
	t_run 'ccp' "$CVM_ROOT/selftests/vm" --machine snp-host-pci --kernel "$CVM_KERNEL" -- "$0" inside ccp
	t_run 'psp_sev' "$CVM_ROOT/selftests/vm" --machine snp-host --kernel "$CVM_KERNEL" -- "$0" inside psp_sev
	t_done
fi

driver=$2
psp=/machine/peripheral/psp0
work=/run/certificates
mkdir -p "$work"
get() { qmp get "$psp" "$1" | tr -d '"'; }
client() { "$CVM_ROOT/build/selftests/bench/firmware_chain" "$@"; }
# A platform that is down does not tell whose it is, and psp_sev and newer ccp shut
# it down after each command.
told() { [ "$(get state)" = init ]; }
owned() { "$CVM_ROOT/build/selftests/psp/sev" status | grep -oE 'flags=0x[0-9a-f]*[13579bdf]( |$)' >/dev/null; }
up() { if [ "$driver" = ccp ]; then modprobe ccp "$@"; else load aspt && load psp_sev; fi; }
down() { if [ "$driver" = ccp ]; then rmmod ccp; else unload psp_sev aspt; fi; }
bytes() { perl -ne 'chomp; print pack "H*", $_'; }
# verified NAME FILE: exports to it and verifies.
verified() {
	client export "$work/$2"
	t_is "$1 verifies" "$(client verify "$work/$2" "$work/ca")" 'all certificates are right'
}
same() { if cmp -s "$work/$1" "$work/$2"; then echo same; else echo different; fi; }

get ask-ark | bytes >"$work/ca"
get cek | bytes >"$work/cek"
t_is 'the root: ASK and ARK' "$(stat -c %s "$work/ca")" 3200
up
verified 'a new platform' first
t_is 'its CEK is the one that AMD would give' "$(tail -c 2084 "$work/first" | cmp - "$work/cek" && echo same)" same
t_run 'an owner takes it' client provision
! told || t_run 'it is owned' owned
t_fails 'and nobody else' 1 'status 0x5' client provision
verified 'an owned platform' owned
t_is 'it has another PEK certificate' "$(same first owned)" different
down
up
verified 'after the driver was away' later
t_is 'it is the same' "$(same owned later)" same
down

# The flash goes bad. (What is kept is in its first bytes; the rest has to be empty.)
qmp set "$psp" corrupt-flash 1000
t_fails 'a byte that the flash has not' 2 'has 32768 bytes' qmp set "$psp" corrupt-flash 32768
klog_mark
up
verified 'after the flash went bad' fresh
t_run 'the driver had to try twice' klog_has 'INIT (command because of|is repeated)'
t_is 'it is another platform' "$(same later fresh)" different
t_run 'that anybody can take' client provision
down

if [ "$driver" = ccp ]; then
	# The driver's own storage: a file, which is not there at first.
	up init_ex_path=/run/nv
	verified 'its platform' file
	t_is 'INIT_EX makes a file' "$(stat -c %s /run/nv)" 32768
	t_run 'an owner takes it too' client provision
	client export "$work/file-owned"
	down
	up init_ex_path=/run/nv
	! told || t_run 'it is owned after the driver was away' owned
	client export "$work/file-later"
	t_is 'and the same' "$(same file-owned file-later)" same
	down
	up
	client export "$work/flash"
	t_is 'the flash knows nothing of it' "$(same file-later flash)" different
	down
	printf X | dd of=/run/nv bs=1 seek=2000 conv=notrunc status=none
	klog_mark
	up init_ex_path=/run/nv
	verified 'a new platform after the file went bad' file-fresh
	t_run 'the driver tries twice' klog_has 'SECURE_DATA_INVALID'
	t_is 'which is another one' "$(same file-later file-fresh)" different
	t_run 'that anybody can take' client provision
	# Newer ccp has freed the buffer by then, and its file stays as it was.
	if told; then
		"$CVM_ROOT/build/selftests/psp/sev" reset >/dev/null
		t_is 'FACTORY_RESET empties the file' "$(tr -d '\377' </run/nv | wc -c)" 0
	fi
	down
fi
t_is 'state' "$(get state)" uninit
t_done
