#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmfwctl measure: digests of published vectors, of Debian's images and of IGVM files; errors name their cause
# where: host
# kernels: any
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
measure() { tool measure "$@" 2>&1; }
# refused NAME REGEX ARGUMENT...: no digest, and the message says why.
refused() { t_fails "$1" 2 "$2" tool measure "${@:3}"; }
wrong() { t_fails "$1" 1 "$2" tool measure "${@:3}"; }

fwimage raw >image
t_is 'the image of the vectors' "$(sha256sum <image)" \
	'1033b14da52469179ec69d7107f9eb3479dc7b2a5e5754bf0d0b87209cdaa32c  -'
printf kernel-bytes >kernel
printf initrd-bytes >initrd
with_kernel=(--kernel kernel --initrd initrd --append console=ttyS0)

while IFS='|' read -r name digest options; do
	# shellcheck disable=SC2206 # several words
	arguments=($options)
	[ "${name/+kernel/}" = "$name" ] || arguments+=("${with_kernel[@]}")
	t_is "$name" "$(measure image "${arguments[@]}")" "$digest"
done <<'EOT'
SNP, 1 processor, EPYC-v4|bbde4d1a6db9f01cd13c0fe5a90f4968e16ba30f9b24b960a851ba58035c981b2f6e32e4c296496c5937eac599b5ab34|--vcpu-type EPYC-v4
SNP with DebugSwap|739a522cc9cd0f6a3c2325e468c9bdc8a45a93168bf53a45789b7e2007fd2dbf31af4308da27c10d2104a8f624efa16a|--mode snp --vcpus 2 --vcpu-type EPYC-v4 --guest-features 0x21
SNP, Milan +kernel|9b09dbe773cc8c258e3b51592a1f79d1b784e798892473ad3aad928ccfb4dd393672d559ed8f5bc52a24a9009a17ed88|--vcpus 2 --vcpu-type EPYC-Milan
SNP by signature +kernel|9b09dbe773cc8c258e3b51592a1f79d1b784e798892473ad3aad928ccfb4dd393672d559ed8f5bc52a24a9009a17ed88|--vcpus=2 --vcpu-sig 0xa00f11 --vmm-type QEMU
SNP on EC2|0a9f64133fed06f5be31c9fcfb10f23d4d6fc7ea2806fb6d7cc55e0d491228d3ca453595410e6ee063743203c88f463e|--vcpus 2 --vmm-type ec2
SNP on GCE|a541236b47e65eb73e1d1df75ad5d6a444d00dd58dd01f1ad794aed7a0b40221cdcf059cbd84626ad51b062a9a75f907|--vcpus 2 --vmm-type gce
SEV-ES|4bf0b4414b92fb95a61a6680aa8f4be2714cce56f4ee1ee0ca31cf6a89d53621|--mode seves --vcpus 2 --vcpu-type EPYC-v4
SEV-ES +kernel|778f4cc5ada18a78a448f49f1165199ae7414656039283a3612729adb1bdd82a|--mode seves --vcpus 2 --vcpu-type EPYC-v4
SEV +kernel|48b378d5cabfd413e72ede2227c63e3dcb80026ed0aef6ee8299d2d7d1416ed9|--mode sev
EOT
t_is 'SEV without a kernel is the hash of the file' "$(measure image --mode sev)" "$(sha256sum <image | cut -d' ' -f1)"
t_is 'from a pipe' "$(tool measure --vcpu-type EPYC-v4 - <image)" "$(measure image --vcpu-type EPYC)"
# A configuration that leaves OpenSSL without any digest.
cat >openssl.cnf <<'EOT'
openssl_conf = all
[all]
providers = some
[some]
null = nothing
[nothing]
activate = 1
EOT
t_is 'whatever OpenSSL is told to do' "$(OPENSSL_CONF=openssl.cnf measure image --vcpu-type EPYC)" "$(measure image --vcpu-type EPYC)"
t_is 'the digest stands alone' "$(tool measure image --mode sev | wc -lc | xargs)" '1 65'
t_is 'as JSON' "$(tool --json measure image --vcpus 2 --vcpu-type EPYC-v4 --guest-features 0x21 |
	jq -r '[.mode, .vmm_type, .format, .algorithm, .vcpus, .vcpu_sig, .guest_features, .kernel, .digest[0:8]] | map(tostring) | join(" ")')" \
	'snp QEMU raw sha384 2 0x800f12 0x21 false 739a522c'

# Each part of the input is part of the digest.
reference=$(measure image --vcpus 2 --vcpu-type EPYC-Milan "${with_kernel[@]}")
differs() {
	local name=$1 digest
	shift
	if digest=$(measure "$@") && [ ${#digest} = 96 ] && [ "$digest" != "$reference" ]; then t_ok "$name counts"; else t_fail "$name counts" "$digest"; fi
}
printf other >other
differs 'the command line' image --vcpus 2 --vcpu-type EPYC-Milan --kernel kernel --initrd initrd --append console=ttyS1
differs 'a missing command line' image --vcpus 2 --vcpu-type EPYC-Milan --kernel kernel --initrd initrd
differs 'the initrd' image --vcpus 2 --vcpu-type EPYC-Milan --kernel kernel --initrd other --append console=ttyS0
differs 'a missing initrd' image --vcpus 2 --vcpu-type EPYC-Milan --kernel kernel --append console=ttyS0
differs 'the kernel' image --vcpus 2 --vcpu-type EPYC-Milan --kernel other --initrd initrd --append console=ttyS0
differs 'a processor' image --vcpus 3 --vcpu-type EPYC-Milan "${with_kernel[@]}"
differs 'the model' image --vcpus 2 --vcpu-type EPYC-Genoa "${with_kernel[@]}"
fwimage raw reset=0x80b010 >moved
differs 'the reset block' moved --vcpus 2 --vcpu-type EPYC-Milan "${with_kernel[@]}"
fwimage raw size=12288 >larger
differs 'the size' larger --vcpus 2 --vcpu-type EPYC-Milan "${with_kernel[@]}"
for pair in EPYC:0x800f12 EPYC-IBPB:0x800f12 EPYC-v1:0x800f12 EPYC-Rome:0x830f10 EPYC-Rome-v4:0x830f10 \
	EPYC-Milan-v2:0xa00f11 EPYC-Genoa:0xa10f10 EPYC-Genoa-v1:0xa10f10 EPYC-Turin:0xb00f00; do
	t_is "signature of ${pair%:*}" "$(measure image --vcpu-type "${pair%:*}")" "$(measure image --vcpu-sig "${pair#*:}")"
done

# Debian's images; the numbers are of an independent implementation of the algorithm.
ovmf=/usr/share/ovmf/OVMF.fd
if [ "$(sha256sum <$ovmf | cut -c1-16)" = 7b456907dd0786d4 ]; then
	t_is 'OVMF.fd as SNP' "$(measure $ovmf --vcpus 3 --vcpu-type EPYC-Genoa)" 701acdbbb66506d0ea9e56a70dcca699a0dba57506ba2b7e65cc9746bf072077222bf5c2a87a4e99a8fce86df915305f
	t_is 'OVMF.fd as SNP on EC2' "$(measure $ovmf --vcpus 3 --vmm-type ec2)" 1b37f51287a4d8731f3022e58d7adbd2ceb0b47c2b392a8863156659c1b640a54187e38ab33d6709bd86520e1444436f
	t_is 'OVMF.fd as SNP on GCE' "$(measure $ovmf --vcpus 3 --vmm-type gce)" 6205664d844eb35eb5b90956a849b26c134874da259e6b63e5cd3cd281dc975eaf796ddbbda1fbf24542552cd61b7cae
	t_is 'OVMF.fd as SEV-ES' "$(measure $ovmf --mode seves --vcpus 3 --vcpu-type EPYC-Genoa)" 5f699b3facc8bad2faa8058cdcc6a5a384f738af61d2b17b53163add8c61ca85
fi
for f in $ovmf /usr/share/OVMF/OVMF_CODE.fd; do
	for mode in snp seves sev; do
		t_run "${f##*/} has a digest as $mode" tool measure "$f" --mode $mode --vcpu-type EPYC-Milan
	done
done
t_is 'OVMF.fd as SEV' "$(measure $ovmf --mode sev)" "$(sha256sum <$ovmf | cut -d' ' -f1)"
t_fails 'an image that QEMU would not launch warns' 0 'has no SEV metadata' \
	tool measure --vcpu-type EPYC-Milan /usr/share/OVMF/OVMF_CODE_4M.fd
for f in /usr/share/OVMF/OVMF_VARS.fd /usr/share/OVMF/OVMF_VARS_4M.ms.fd; do
	for mode in snp seves sev; do
		refused "${f##*/} as $mode" 'variable store \(VARS\)' --mode $mode --vcpu-type EPYC-Milan $f
	done
done
refused 'SeaBIOS as SNP' 'no footer table' /usr/share/seabios/bios-256k.bin --vcpu-type EPYC
refused "Debian's OVMF with a kernel" 'address of its hash table is 0' $ovmf --vcpu-type EPYC "${with_kernel[@]}"

# Images with one thing wrong.
wrong_image() {
	local name=$1 regex=$2
	shift 2
	fwimage raw "$@" >broken
	refused "$name" "$regex" broken --vcpu-type EPYC "${with_kernel[@]}"
}
wrong_image 'no footer table' 'no footer table' drop=footer
wrong_image 'no reset block' 'no SEV-ES reset block' drop=reset
wrong_image 'a reset block of 0' 'no SEV-ES reset block' reset=0
wrong_image 'no hash table' 'has no hash table' drop=hashes
wrong_image 'a hash table at 0' 'address of its hash table is 0' hashes=0,0x400
wrong_image 'a hash table too small' 'room for 175 bytes.*need 176' hashes=0x805c00,175
wrong_image 'a hash table over the end of its page' 'do not fit into section 4' hashes=0x805fc0,0x400
wrong_image 'a hash section of two pages' 'do not fit into section 4' section=4,0x805000,0x2000,0x10
wrong_image 'no section for the hashes' "no section for a kernel's hashes" section=4,0x805000,0x1000,4
wrong_image 'an unknown section' 'section 2 of its SEV metadata has the unknown type 0x77' section=2,0x803000,0x1000,0x77
wrong_image 'a section that is no whole pages' 'section 1 .* not a number of whole pages' section=1,0x802000,0x800,2
wrong_image 'a section that begins within a page' 'section 1 .* not a number of whole pages' section=1,0x802010,0x1000,2
wrong_image 'an empty section' 'section 1 .* not a number of whole pages' section=1,0x802000,0,2
wrong_image 'sections that overlap' 'sections 0 and 1 .* overlap at 0x801000' section=1,0x801000,0x1000,2
wrong_image 'a section over the image' 'reaches into the image itself' section=3,0xfffff000,0x1000,4
wrong_image 'an image of no whole pages' '8208 bytes, which are not whole pages' size=8208
t_run 'which is no matter to SEV-ES' tool measure broken --mode seves --vcpu-type EPYC "${with_kernel[@]}"
: >empty
refused 'an empty file' 'it is empty' empty --vcpu-type EPYC
for size in 1 31 49 50 51 4096 8191; do
	head -c $size image >piece
	refused "the first $size bytes" 'no footer table' piece --vcpu-type EPYC
	# The last page is a whole image again: its metadata are there.
	[ $size != 4096 ] || continue
	tail -c $size image >piece
	t_fails "the last $size bytes" 2 'footer table|not whole pages|SEV metadata' tool measure piece --vcpu-type EPYC
done

wrong 'no such mode' "'snp2' is not" image --mode snp2
wrong 'no such monitor' "'xen' is not" image --vmm-type xen --vcpu-type EPYC
wrong 'no such model' "no model of processor 'EPYC-Naples'" image --vcpu-type EPYC-Naples
for model in EPYC-v EPYC-v0 EPYC-v9 EPYC-v11 EPYC-IBPB-v1 EPYC-Turin-v2 epyc ''; do
	wrong "no model '$model'" 'no model of processor' image --vcpu-type "$model"
done
wrong 'no model at all' 'give --vcpu-type' image
wrong 'two models' 'both' image --vcpu-type EPYC --vcpu-sig 1
wrong 'no processors' "'0' is not between 1 and 4096" image --vcpus 0 --vcpu-type EPYC
wrong 'an initrd without a kernel' "'--initrd' is given without '--kernel'" image --vcpu-type EPYC --initrd initrd
wrong 'a command line without a kernel' "'--append' is given without '--kernel'" image --vcpu-type EPYC --append x
t_fails 'a kernel that is not there' 3 "opening 'nothing'" tool measure image --vcpu-type EPYC --kernel nothing
t_fails 'an initrd that is a folder' 2 "reading '/'" tool measure image --vcpu-type EPYC --kernel kernel --initrd /
t_fails 'an image that is not there' 3 "opening 'nothing'" tool measure nothing --vcpu-type EPYC
t_fails 'features without SNP' 0 'bit 0' tool measure image --vcpu-type EPYC --guest-features 0x20
refused 'a raw image on Hyper-V' 'they take IGVM files' image --vmm-type hyperv

# IGVM: every kind of page; the numbers are of an independent implementation.
frame=(platform:0:2 platform:2:1 policy:0x30000:1)
pages=(area:0:8192 area:7:4096 page:0x1000:1:5 page:0x2000:2:9 page:0x3000:3:0 page:0x4000:1:7:2 page:0x5000:1:0:0:1
	page:0x6000:1:3:0:2 page:0x7000:1:0:0:3 insert:0x10000:1:0 insert:0x20000:2:7)
context=context:0xfffffffff000:1:11
qemu=d72a2e947b59dd7173560a13d012b36fe9a2393ab9e2f5f6c47ad9a35df37d15c7b0cf40f106b9523259b1bf7197740c
hyperv=c57cbd12cfeb00ac3bf759bbfd2420cd2172ed6870deeffac2503f5a1bb283745efc3bddfd9b7bea9cc6d4c048ff7e8e
fwimage igvm "${frame[@]}" "${pages[@]}" $context raw:0x80000777:12 raw:0x307:8 >file.igvm
t_is 'IGVM by QEMU' "$(measure file.igvm)" $qemu
t_is 'IGVM by Hyper-V' "$(measure file.igvm --vmm-type hyperv)" $hyperv
fwimage igvm "${frame[@]}" "${pages[@]}" $context id:2:00 id:1:$qemu >signed.igvm
t_is 'IGVM with the right ID block' "$(measure signed.igvm)" $qemu
refused 'IGVM with another ID block' "digest is $hyperv, and its ID block demands $qemu" signed.igvm --vmm-type hyperv
t_is 'IGVM as JSON' "$(tool --json measure file.igvm | jq -r '"\(.format) \(.digest)"')" "igvm $qemu"

wrong_igvm() {
	local name=$1 regex=$2
	shift 2
	fwimage igvm "$@" >broken.igvm
	refused "IGVM: $name" "$regex" broken.igvm
}
wrong_igvm 'not for SNP' 'not made for SEV-SNP' platform:3:1 policy:0:1 $context
wrong_igvm 'no processor' 'no processor context' "${frame[@]}" page:0x1000:1:5
wrong_igvm 'two processors' 'more than one processor context' "${frame[@]}" $context context:0xfffffffff000:1:12
wrong_igvm 'a processor elsewhere' 'KVM puts it at 0xfffffffff000' "${frame[@]}" context:0x1000:1:11
wrong_igvm 'a page after the processor' 'page data at .* comes after the processor context' "${frame[@]}" $context page:0x1000:1:5
wrong_igvm 'parameters after the processor' 'parameter insertion at .* comes after' "${frame[@]}" area:0:4096 $context insert:0x1000:1:0
wrong_igvm 'a processor without data' 'not a page of the file' "${frame[@]}" context:0xfffffffff000:1:0
wrong_igvm 'a 2 MiB page' '2 MiB page' "${frame[@]}" page:0x200000:1:5:1 $context
wrong_igvm 'unknown flags' 'unknown flags: 0x4' "${frame[@]}" page:0x1000:1:5:4 $context
wrong_igvm 'an unknown type of page' 'unknown type 9' "${frame[@]}" page:0x1000:1:5:0:9 $context
wrong_igvm 'a page within a page' "0x1800, which is no page's" "${frame[@]}" page:0x1800:1:5 $context
wrong_igvm 'an unknown header' 'unknown type 0x3ff' "${frame[@]}" raw:0x3ff:8 $context
wrong_igvm 'a header too short' 'page data\) has 8 bytes, and needs 24' "${frame[@]}" raw:0x302:8 $context
wrong_igvm 'a section out of order' 'initialization, comes after the first directive' "${frame[@]}" page:0x1000:1:5 policy:0:1 $context
wrong_igvm 'an area twice' 'parameter area 3 is there twice' "${frame[@]}" area:3:4096 area:3:4096 $context
wrong_igvm 'an area of no pages' 'parameter area 3 has 100 bytes' "${frame[@]}" area:3:100 $context
wrong_igvm 'an endless area' 'parameter area 3 has' "${frame[@]}" area:3:0x7ffffffffffff000 $context
wrong_igvm 'an area that is not there' 'names area 4, which is not there' "${frame[@]}" insert:0x1000:1:4 $context
wrong_igvm 'an area inserted twice' 'inserted before' "${frame[@]}" area:3:4096 insert:0x1000:1:3 insert:0x2000:1:3 $context
wrong_igvm 'two ID blocks' 'more than one SNP ID block' "${frame[@]}" $context id:1:$qemu id:1:$qemu
wrong_igvm 'an error range' 'error range at .* is not supported' "${frame[@]}" raw:0x30d:16:8:1 $context
wrong_igvm 'what may be moved' 'relocatable region at .* is not supported' platform:2:1 raw:0x102:48:0:1 $context
wrong_igvm 'page tables that may be moved' 'page table relocation at .* is not supported' platform:2:1 raw:0x103:32:0:1 $context
fwimage igvm platform:2:1 platform:0:2 raw:0x102:48:0:2 raw:0x30d:16:8:2 $context context:0x1000:2:0 >file2.igvm
t_run "what is another platform's does not matter" tool measure file2.igvm
fwimage igvm "${frame[@]}" $context page:0x1000:1:5 >late-page.igvm
t_run 'Hyper-V takes the processor where it stands' tool measure late-page.igvm --vmm-type hyperv
refused 'IGVM as SEV-ES' 'only launches with SEV-SNP' file.igvm --mode seves
refused 'IGVM on EC2' 'not known to launch IGVM' file.igvm --vmm-type ec2
for option in '--vcpus 1' '--vcpu-type EPYC' '--vcpu-sig 1' '--guest-features 1' '--kernel kernel'; do
	# shellcheck disable=SC2086 # two words
	wrong "IGVM with ${option% *}" "'${option% *}' is given, and an IGVM file says that" file.igvm $option
done
for size in 4 23 24 100 487 488 4000 20475; do
	head -c $size file.igvm >cut.igvm
	refused "the first $size bytes of an IGVM file" 'IGVM header' cut.igvm
done
# Any byte of its headers: the checksum sees it, or an earlier check does.
seen=0
for at in 4 8 12 16 20 24 30 60 100 200 300 487; do
	cp file.igvm flipped.igvm
	printf '\xa5' | dd of=flipped.igvm bs=1 seek=$at conv=notrunc status=none
	! measure flipped.igvm >out || break
	grep -qE 'version|header|checksum' out || break
	seen=$((seen + 1))
done
t_is 'a byte changed in its headers' $seen 12
t_hazard measured
t_done
