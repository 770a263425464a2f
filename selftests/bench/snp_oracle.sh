#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an SNP host as Debian's own kernel, ccp and kvm_amd see it: the table, RMPUPDATE and PSMASH, initialized and shut down
# where: host
# kernels: 6.12
# timeout: 300
#
# A boot for each kind of processor; the rest of this file runs there.
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
here=$CVM_ROOT/selftests/bench

if [ $# -eq 0 ]; then
	work=$(mktemp -d "${TMPDIR:-/tmp}/cvm-snp.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	kernel=$("$here/kernel" "$CVM_KERNEL")
	cp "$here"/snp/* "$work"
	t_run 'a module with the two instructions' make -C "$kernel/build" M="$work" modules
	# shellcheck disable=SC2317 # called by t_run
	vm() { "$CVM_ROOT/selftests/vm" --kernel "$CVM_KERNEL" "$@"; }
	t_run 'an SNP host and its own ccp' vm --machine snp-host-pci --snp -- "$0" "$work/snpinsn.ko" oracle
	t_run 'the table elsewhere, one more CPU, memory above 4 GiB' vm --machine snp-host-pci --snp --cpus 3 \
		--memory 2304 --set sevhost0.rmp-base=0x10000000 -- "$0" "$work/snpinsn.ko" oracle 0000000010000000
	t_run 'an SNP host whose processor is announced by ASPT' vm --machine snp-host --snp -- "$0" "$work/snpinsn.ko" host
	t_run 'a host without SNP' vm --machine snp-host-pci -- "$0" "$work/snpinsn.ko" none
	t_fails '--snp for a machine without a processor' 2 '--snp is for snp-host' vm --machine guest --snp -- true
	t_fails 'a table where there is no memory' 125 'no room for a reverse map table' \
		vm --machine snp-host --snp --set sevhost0.rmp-base=0x40000000 -- true
	t_done
fi
module=$1 what=$2 at=${3:-}

modprobe msr
msr() { dd if="/dev/cpu/$1/msr" bs=8 count=1 skip=$(($2)) iflag=skip_bytes 2>/dev/null | od -An -v -tx8 | tr -d ' '; }
# set_msr CPU MSR BYTES: as \x.. from the lowest.
set_msr() { printf '%b' "$3" | dd of="/dev/cpu/$1/msr" bs=8 count=1 seek=$(($2)) oflag=seek_bytes; }
insmod "$module"
parameters=/sys/module/snpinsn/parameters
page=$((16#$(cat "$parameters/page")))
# run update PAGE GPA ASSIGNED LARGE IMMUTABLE RESERVED ASID, run smash PAGE: pages are
# counted from the module's first.
run() {
	local address
	printf -v address %x $((page + $2 * 4096))
	echo "$1 $address ${*:3}" >"$parameters/run"
	cat "$parameters/run"
}
cpus=$(nproc)

if [ "$what" = none ]; then
	t_is 'no SNP in SYSCFG' "$(msr 0 0xc0010010)" 0000000000800000
	t_is 'no table' "$(msr 0 0xc0010132) $(msr 0 0xc0010133)" '0000000000000000 0000000000000000'
	t_fails 'SNP cannot be turned on' 1 'Input/output error' set_msr 0 0xc0010010 '\x00\x00\x80\x01\x00\x00\x00\x00'
	t_is 'RMPUPDATE is no instruction' "$(run update 0 0 0 0 0 0 0)" fault
	t_is 'nor is PSMASH' "$(run smash 0)" fault
	t_done
fi

# --- the kernel has turned it on ---
t_run 'the kernel takes the processors for such with SNP' grep -qw sev_snp /proc/cpuinfo
t_run 'and the IOMMU' klog_has 'AMD-Vi: IOMMU SNP support enabled'
base=$(msr 0 0xc0010132) end=$(msr 0 0xc0010133)
[ -z "$at" ] || t_is 'the table is where it was wanted' "$base" "$at"
t_run 'it is what the kernel found' klog_has "RMP table physical range \[0x$base - 0x$end\]"
t_run 'reserved by the firmware' klog_has "BIOS-e820: \[mem 0x$base-0x$end\] reserved"
for ((i = 0; i < cpus; i++)); do
	t_is "SYSCFG of CPU $i: MFDM, SMEE, SNP, VMPL" "$(msr $i 0xc0010010)" 0000000003880000
	t_is "the table of CPU $i" "$(msr $i 0xc0010132) $(msr $i 0xc0010133)" "$base $end"
done
t_fails 'the table cannot be moved' 1 'Input/output error' set_msr 1 0xc0010132 '\x00\x00\x00\x00\x01\x00\x00\x00'
t_fails 'nor made smaller' 1 'Input/output error' set_msr 1 0xc0010133 '\xff\xff\x0f\x00\x01\x00\x00\x00'
set_msr 1 0xc0010010 '\x00\x00\x00\x00\x00\x00\x00\x00' || true
t_is 'and SNP not turned off' "$(msr 1 0xc0010010)" 0000000003800000
set_msr 1 0xc0010010 '\x00\x00\x88\x03\x00\x00\x00\x00'

# --- the instructions ---
table() { "$CVM_ROOT/build/selftests/bench/snp_table" "$base" "$end" "$@"; }
# entry PAGE: its state, and the words of the table
entry() { table entry "$(printf %x $((page + $1 * 4096)))"; }
states() { table count | tr ' ' '\n' | grep -v '^hypervisor=' | xargs; }
t_is 'every page is the hypervisor'"'s" "$(states)" ''
# The flags are those of EAX, the carry that was set stays.
t_is 'RMPUPDATE gives a page to a guest' "$(run update 3 12345000 1 0 0 0 7)" '0 45'
t_is 'the table says so' "$(entry 3)" 'guest-invalid 0038000012345001 0000000000000000'
t_is 'RMPUPDATE gives one to the firmware' "$(run update 4 0 1 0 1 0 0)" '0 45'
t_is 'and then no more' "$(run update 4 0 0 0 0 0 0)" '2 1'
t_is 'the guest'"'s is taken back" "$(run update 3 0 0 0 0 0 0)" '0 45'
t_is 'to nothing' "$(entry 3)" 'hypervisor 0000000000000000 0000000000000000'
t_is 'an operand that makes no sense' "$(run update 3 0 1 0 0 1 7)" '1 1'
t_is 'a large page above small ones' "$(run update 0 0 1 1 0 0 7)" '4 1'
t_is 'a large page' "$(run update 512 200000 1 1 0 0 7)" '0 45'
t_is 'a small one in it' "$(run update 513 0 1 0 0 0 7)" '4 1'
t_is 'PSMASH of a page within' "$(run smash 513)" '1 1'
t_is 'PSMASH of what is not large' "$(run smash 0)" '4 1'
t_is 'PSMASH' "$(run smash 512)" '0 45'
t_is 'makes small ones' "$(entry 512) $(entry 1023)" \
	'guest-invalid 0038000000200ff9 0000000000000000 guest-invalid 00380000003ff001 0000000000000000'
for ((i = 512; i < 1024; i++)); do run update $i 0 0 0 0 0 0; done | sort | uniq -c | xargs >/run/results
t_is 'all of which can be taken back' "$(cat /run/results)" '512 0 45'
qmp set /machine/peripheral/sevhost0 rmp-inuse 2
t_is 'a table in use' "$(run update 3 0 0 0 0 0 0) $(run smash 0) $(run update 3 0 0 0 0 0 0)" '3 5 3 5 0 45'
if [ "$what" = host ]; then t_done; fi

# --- ccp and kvm_amd ---
psp=/machine/peripheral/psp0
model() { qmp get "$psp" "$1" | tr -d '"'; }
sev() { "$CVM_ROOT/build/selftests/psp/sev" "$@"; }
aspctl() { "$CVM_ROOT/build/tools/aspctl" "$@"; }
kvm() { "$CVM_ROOT/build/selftests/psp/kvm" "$@"; }
rmp_pages=$(((16#$end + 1 - 16#$base) / 4096))
klog_mark
modprobe ccp
t_is 'ccp by itself initializes nothing' "$(model snp-state) $(model state)" 'uninit uninit'
for round in first second; do
	klog_mark
	t_run "kvm_amd loads, the $round time" modprobe kvm_amd
	t_is 'SNP and SEV are initialized' "$(model snp-state) $(model state)" 'init init'
	t_run 'as the log says' klog_has 'ccp .* SEV-SNP API:1\.55 build:39'
	t_run 'KVM believes in it' klog_has 'SEV-SNP enabled \(ASIDs 1 - 99\)'
	t_is 'and says so' "$(cat /sys/module/kvm_amd/parameters/{sev,sev_es,sev_snp} | xargs)" 'Y Y Y'
	# The table itself, 2 MiB of SEV-ES; 32768 events of 16 bytes and a page for answers.
	t_is 'the firmware has its pages and the IOMMU'"'s" "$(states | tr ' ' '\n' | grep -v hv-fixed | xargs)" \
		"firmware=$((rmp_pages + 512)) iommu=129"
	t_run 'what the firmware of the machine reserved is fixed' test "$(states | sed -n 's/.*hv-fixed=\([0-9]*\).*/\1/p')" -ge 128
	before=$(states)
	t_is 'SNP_PLATFORM_STATUS' "$(sev snp-status)" 'ret=0 errno=0 error=0x0 api=1.55 build=39 state=1 tcb=0xd516000000000004'
	t_is 'PLATFORM_STATUS' "$(sev status)" 'ret=0 errno=0 error=0x0 api=1.55 build=39 state=1 flags=0x100 guests=0'
	t_run 'GET_ID' sev id2 128
	t_run 'PEK_CSR' sev csr 2084
	t_run 'PDH_CERT_EXPORT' sev export 2084 6252
	t_run 'SNP_COMMIT' sev commit
	t_run 'SNP_SET_CONFIG' aspctl snp config --reported-tcb 0xd515000000000004 --mask-chip-id on
	t_is 'is told by the next status' "$(aspctl snp status | sed -n 's/^\(Reported TCB\|Chip id masked\): *//p' | xargs)" \
		'yes 0xd515000000000004'
	t_run 'and taken back' aspctl snp config --reported-tcb 0xd516000000000004 --mask-chip-id off
	t_is 'an SEV guest' "$(kvm init start status | tail -n 1)" 'status errno=0 error=0x0 handle=1 policy=0x0 state=1'
	t_is 'all pages came back' "$(states)" "$before"
	t_run 'kvm_amd and ccp go' rmmod kvm_amd ccp
	t_is 'both are shut down' "$(model snp-state) $(model state)" 'uninit uninit'
	t_is 'by SNP_SHUTDOWN_EX' "$(printf %#x "$(model last-command)")" 0x86
	t_is 'and no page is left but the table'"'s" "$(states | tr ' ' '\n' | grep -v hv-fixed | xargs)" "firmware=$rmp_pages"
	if klog_has 'Leaking|RMPUPDATE failed|PSMASH failed|not assigned|reclaim|shutdown failed|failed to'; then
		t_fail 'the log is clean' "$(klog)"
	else
		t_ok 'the log is clean'
	fi
	modprobe ccp
done

# --- ccp, when the firmware refuses ---
klog_mark
qmp set "$psp" fault 'sev-status@0x85=0x03'
modprobe kvm_amd
t_is 'a firmware that refuses: KVM has no SNP' "$(cat /sys/module/kvm_amd/parameters/sev_snp) $(model snp-state)" 'N uninit'
t_run 'the log has the status' klog_has 'SNP_INIT_EX failed rc -5, error 0x3'
qmp set "$psp" fault ''
rmmod kvm_amd ccp
t_done
