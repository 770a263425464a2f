#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: programs that know only ccp, Debian's snphost and QEMU, work unchanged and print what the processor is
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 150
#
# Makes certificates of AMD's kind and boots a machine; the second half of this file
# runs there. snphost is in Debian's unstable distribution only.
set -euo pipefail
if [ "${1:-}" != inside ]; then
	# shellcheck source=selftests/bench/common.sh
	. "$CVM_ROOT/selftests/bench/common.sh"
	install_packages qemu-system-x86 openssl jq
	root=$("$CVM_ROOT/selftests/bench/sid-root" snphost)
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	pss=(-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48 -days 2)
	cd "$work"
	mkdir right wrong
	{
		openssl req -x509 -newkey rsa:4096 -nodes -keyout ark.key -out right/ark.pem -subj /CN=ARK-Milan "${pss[@]}"
		openssl req -newkey rsa:4096 -nodes -keyout ask.key -subj /CN=SEV-Milan -out ask.csr
		openssl x509 -req -in ask.csr -CA right/ark.pem -CAkey ark.key -set_serial 2 "${pss[@]}" -out right/ask.pem
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout vcek.key -subj /CN=SEV-VCEK -out vcek.csr
		openssl x509 -req -in vcek.csr -CA right/ask.pem -CAkey ask.key -set_serial 3 "${pss[@]}" -out right/vcek.pem
		cp right/a?k.pem wrong
		openssl x509 -req -in vcek.csr -CA right/ark.pem -CAkey ark.key -set_serial 4 "${pss[@]}" -out wrong/vcek.pem
	} >openssl.log 2>&1 || { cat openssl.log; die "openssl made no certificates"; }
	# snphost asks for the id of one socket. The numbers are not the usual ones.
	"$CVM_ROOT/selftests/vm" --machine snp-host --kernel "$CVM_KERNEL" \
		--set psp0.sockets=1 --set psp0.api-minor=57 --set psp0.reported-tcb=0xd415000000000003 \
		--set sevhost0.sme=on --set sevhost0.snp=on --set sevhost0.asids=300 --set sevhost0.min-sev-asid=50 \
		-- "$0" inside "$root" "$work"
	exit
fi
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"
root=$2 work=$3

snphost() { RUST_BACKTRACE=0 chroot "$root" snphost "$@"; }
plain() { sed 's/\x1b\[[0-9;]*m//g'; }
bytes() { perl -ne 'chomp; print pack "H*", $_'; }

load aspt
load psp_sev
load_kvm_amd sev=1
kvm init >/dev/null
modprobe msr
klog_mark
for d in proc sys dev; do mount --bind "/$d" "$root/$d"; done
cp -r "$work/right" "$work/wrong" "$root/tmp"

id=$(sev id2 64)
id=${id#*id=}
id=${id^^}
t_is 'snphost show version' "$(snphost show version)" 1.57
t_is 'show guests' "$(snphost show guests)" 0
t_is 'show identifier' "$(snphost show identifier)" "$id"
t_is 'show tcb' "$(snphost show tcb | xargs)" \
	"Reported TCB: TCB Version: Microcode: 212 SNP: 21 TEE: 0 Boot Loader: 3 FMC: None $(:
	)Platform TCB: TCB Version: Microcode: 213 SNP: 22 TEE: 0 Boot Loader: 4 FMC: None"
levels='\?blSPL=03&teeSPL=00&snpSPL=21&ucodeSPL=212$'
t_run 'show vcek-url' text_has "/vcek/v1/Milan/$id$levels" "$(snphost show vcek-url)"
t_run 'show vlek-url' text_has "/vlek/v1/Milan/cert$levels" "$(snphost show vlek-url)"
t_run 'show hashsticks-url' text_has "/vlek/v1/Milan/hash_sticks$levels" "$(snphost show hashsticks-url)"

# What needs a kernel that is an SNP host says so, or the firmware does.
t_fails 'commit' 1 'Status Code: 0x1: Invalid platform state' snphost commit
t_fails 'config set' 1 'No such device' snphost config set 3 0 21 212 0
perl -e 'print "i" x 12, "\0" x 4, "w" x 384, pack("Q<", 0xd415000000000003), "\0" x 8, "t" x 16' >"$root/tmp/vlek"
t_run 'verify vlek-hashstick' snphost verify vlek-hashstick /tmp/vlek
t_fails 'vlek-load' 1 'No such device' snphost vlek-load /tmp/vlek
t_fails 'config reset' 1 'No such device' snphost config reset
t_is 'none of these reached the firmware' "$(model last-command)" $((0x83))
head -c 431 "$root/tmp/vlek" >"$root/tmp/short"
t_fails 'a hashstick that is none' 1 'expected 432 bytes, got 431' snphost verify vlek-hashstick /tmp/short

{ snphost ok || true; } 2>&1 | plain >/run/ok
for line in 'AMD CPU' 'SME: Enabled in MSR' 'SEV firmware version: 1\.57' 'SEV-ES initialized' \
	'SEV initialized: Initialized, no guests running' 'Physical address bit reduction: 1' 'C-bit location: 51' \
	'Number of encrypted guests supported simultaneously: 300' \
	'Minimum ASID value for SEV-enabled, SEV-ES disabled guest: 50' '/dev/sev readable' '/dev/sev writable' \
	'KVM supported: API version: 12' 'SEV enabled in KVM' 'SEV-ES enabled in KVM'; do
	t_run "ok: $line" has "^\[ PASS \] +- $line\$" /run/ok
done
t_is 'ok: what the machine has not, and that is all' \
	"$(sed -nE 's/^\[ FAIL \] +- ([^:]*).*/\1/p' /run/ok | paste -sd,)" \
	'Microcode support,SNP,SNP initialized,SEV-SNP enabled in KVM,Comparing TCB values'

t_run 'verify certs' text_has '^ask ⬑ vcek$' "$(snphost verify certs /tmp/right | plain)"
t_run 'verify certs: a wrong one' text_has '^ask ⬑̸ vcek$' "$(snphost verify certs /tmp/wrong | plain)"
t_run 'import' snphost import /tmp/right /tmp/table
mkdir "$root/tmp/out"
t_run 'export' snphost export pem /tmp/table /tmp/out
for f in ark ask vcek; do t_run "export: $f is the same" cmp "$root/tmp/out/$f.pem" "$root/tmp/right/$f.pem"; done
t_fails 'fetch ca, without a network' 1 'Could not resolve host' snphost fetch ca der /tmp/out
t_fails 'fetch vek' 1 "unable to fetch VCEK from .*/$id" snphost fetch vek der /tmp/out
t_fails 'fetch crl' 1 'Could not resolve host' snphost fetch crl /tmp/out
t_fails 'fetch hashsticks' 1 'unable to fetch VLEK hashsticks' snphost fetch hashsticks /tmp/out \
	/tmp/right/vcek.pem /tmp/right/vcek.pem

# What libvirt asks QEMU for: the certificates that a guest's owner begins with.
printf '{"execute": "%s"}\n' qmp_capabilities query-sev-capabilities quit |
	qemu-system-x86_64 -M none,accel=kvm -nodefaults -display none -qmp stdio >/run/qemu
said() { jq -r "select(.return.pdh) | .return.\"$1\"" /run/qemu; }
t_is "QEMU's query-sev-capabilities" "$(said cbitpos) $(said reduced-phys-bits)" '51 1'
t_is 'cpu0-id' "$(said cpu0-id | base64 -d | od -An -v -tx1 | tr -d ' \n')" "${id,,}"
{ said pdh; said cert-chain; } | while read -r line; do base64 -d <<<"$line"; done >/run/platform
model ask-ark | tr -d '"' | bytes >/run/ca
t_is 'its certificates: PDH, PEK, OCA, CEK' "$(stat -c %s /run/platform)" $((4 * 2084))
t_is 'they verify' "$("$CVM_ROOT/build/selftests/bench/firmware_chain" verify /run/platform /run/ca)" \
	'all certificates are right'
t_run 'by interrupt' irqs_clean
logged=$(driver_lines)
t_run "the log tells what the firmware refused, and no more ($logged)" \
	test "$(lines_in "$logged")" = 1 -a "${logged#*SNP_COMMIT (0xcb): invalid platform state}" != "$logged"
for d in proc sys dev; do umount "$root/$d"; done
rmmod kvm_amd
t_run 'unload' unload psp_sev aspt
t_done
