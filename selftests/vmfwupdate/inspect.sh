#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmfwctl inspect and stage --dry-run: what files say of themselves, and what contradicts itself
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
# field FILE FILTER: of what inspect says, however it ends.
field() { tool --json inspect "$1" | jq -r "$2"; }

fwimage raw >image
t_is 'its kind and size' "$(field image '"\(.format) \(.content) \(.size_bytes) \(.address)"')" 'raw firmware image 8192 0xffffe000'
t_is 'its checksum' "$(field image .sha256)" "$(sha256sum <image | cut -d' ' -f1)"
t_is 'its footer table, from its end' "$(field image '[.footer_table[] | "\(.name) \(.offset) \(.size_bytes)"] | join(", ")')" \
	'SEV metadata 0x1fb8 4, kernel hash table 0x1f9e 8, SEV-ES reset block 0x1f88 4'
t_is 'its hash table' "$(field image '"\(.hash_table.address) \(.hash_table.size_bytes)"')" '0x805c00 1024'
t_is 'its reset block' "$(field image .reset_block)" 0x80b004
t_is 'its metadata' "$(field image '[.sev_metadata[] | "\(.address) \(.size_bytes) \(.name)"] | join(", ")')" \
	'0x800000 8192 memory, 0x802000 4096 secrets, 0x803000 4096 CPUID, 0x804000 4096 SVSM calling area, 0x805000 4096 kernel hashes'
t_run 'as text' eval 'tool inspect image | grep -qE "^ +0x805000 +0x1000 +0x10 +kernel hashes$"'
fwimage raw section=2,0x803000,0x1000,0x77 >unknown
t_is 'an unknown section is shown' "$(field unknown '.sev_metadata[2] | "\(.type) \(.name)"')" '0x77 unknown'
t_is "Debian's OVMF" "$(field /usr/share/ovmf/OVMF.fd '"\(.content) \(.reset_block) \(.sev_metadata | length) \(.footer_table | length)"')" \
	'firmware image 0x80b004 5 5'
t_is 'SeaBIOS has no table' "$(field /usr/share/seabios/bios-256k.bin '"\(.content) \(.footer_table) \(.sev_metadata) \(.hash_table)"')" \
	'firmware image null null null'
for f in /usr/share/OVMF/OVMF_VARS.fd /usr/share/OVMF/OVMF_VARS_4M.fd; do
	t_is "${f##*/} is a variable store" "$(field $f .content)" 'variable store (VARS), not firmware'
done

# patched NAME REGEX OFFSET BYTES: of the image, from its end.
patched() {
	cp image broken
	printf '%b' "$4" | dd of=broken bs=1 seek=$((8192 - $3)) conv=notrunc status=none
	t_fails "$1" 2 "$2" tool inspect broken
	t_fails "$1, staged" 2 "$2" tool stage --dry-run broken
}
patched 'a table larger than the image' 'footer table claims 65535 bytes' 50 '\xff\xff'
patched 'a table smaller than itself' 'footer table claims 17 bytes' 50 '\x11\x00'
patched 'a table that begins within an entry' 'begins with 10 bytes that are no entry' 50 '\x62\x00'
patched 'an entry of size 0' 'has the size 0' 68 '\x00\x00'
patched 'an entry larger than the table' 'has the size 255' 68 '\xff\x00'
patched 'an entry too small for its value' 'SEV metadata in its footer table has 3 bytes, and needs 4' 68 '\x15\x00'
patched 'the same entry twice' 'has the SEV metadata twice' 88 '\x66\x65\x88\xdc\x4a\x98\x98\x47\xa7\x5e\x55\x85\xa7\xbf\x67\xcc'
patched 'metadata outside' '0xfff01000 bytes before its end' 70 '\xf0\xff'
patched 'metadata of another kind' 'does not begin with ASEV' 4096 'BSEV'
patched 'metadata of another version' 'version 2' 4088 '\x02'
patched 'metadata larger than the image' 'claims 65535 bytes' 4092 '\xff\xff'
patched 'more sections than there is room for' '76 bytes claims 6 sections' 4084 '\x06'
patched 'very many sections' 'claims 16777221 sections' 4081 '\x01'
: >empty
t_fails 'an empty file' 2 'it is empty' tool inspect empty
t_fails 'a file that is not there' 3 "opening 'nothing'" tool inspect nothing

fwimage igvm platform:2:1 platform:9:2 policy:0x30000:1 page:0x1000:1:5 page:0x2000:1:0 context:0xfffffffff000:1:3 id:1:c0ffee raw:0x80000999:4 >file.igvm
t_is 'an IGVM file' "$(field file.igvm '"\(.format) \(.version) \(.headers_offset) \([.platforms[].name] | join(" "))"')" \
	'igvm 1 0x18 SEV-SNP unknown (9)'
t_is 'its headers' "$(field file.igvm '[.headers[] | "\(.type) \(.count)"] | join(" ")')" \
	'0x1 2 0x101 1 0x302 2 0x304 1 0x30b 1 0x80000999 1'
t_is 'its policy and ID block' "$(field file.igvm '"\(.policies[0].policy) \(.id_blocks[0].digest[0:8])"')" '0x30000 c0ffee00'
head -c 100 file.igvm >cut.igvm
t_fails 'one cut off' 2 'it has 100: it is not whole' tool inspect cut.igvm
fwimage igvm platform:2:1 raw:0x302:2000 >short.igvm
truncate -s -2000 short.igvm
t_fails 'one with a header over its end' 2 'not whole|claims' tool inspect short.igvm
{ printf IGVM; head -c 5000 /dev/urandom; } >noise.igvm
t_fails 'noise that begins with IGVM' 2 'version' tool inspect noise.igvm
head -c 300000 /dev/urandom >noise
t_is 'noise is an image without a table' "$(field noise '"\(.format) \(.footer_table)"')" 'raw null'

# stage, as far as it goes without a driver: this machine must not have it.
[ ! -e /sys/firmware/vmfwupdate ] || { t_fail 'this machine has the driver vmfwupdate'; t_done; }
hash=$(sha256sum <image | cut -d' ' -f1)
t_fails 'a dry run' 0 "Would stage: +image" tool stage --dry-run image
t_fails 'says that it knows no size' 0 'not known which sizes' tool stage --dry-run image
t_fails 'a real one needs the driver' 3 'modprobe vmfwupdate' tool stage image
t_run 'the right checksum' tool stage --dry-run --sha256 "$hash" image
t_fails 'another checksum' 2 'another SHA-256' tool stage --dry-run --sha256 "${hash//[0-9]/a}" image
t_fails 'a checksum that is none' 1 '--sha256' tool stage --dry-run --sha256 abc image
t_fails 'a variable store' 2 'variable store' tool stage --dry-run /usr/share/OVMF/OVMF_VARS.fd
t_fails 'an IGVM file cut off' 2 'not whole' tool stage --dry-run cut.igvm
t_run 'an IGVM file' tool stage --dry-run file.igvm
t_fails 'opaque bytes that are not there' 3 "opening 'nothing'" tool stage --dry-run --opaque nothing image
t_is 'its digest is that of this machine' "$(tool --json stage --dry-run --measure image | jq -r .digest)" \
	"$(tool measure image --vcpus "$(getconf _NPROCESSORS_CONF)" --vcpu-sig "$(tool --json stage --dry-run --measure image | jq -r .vcpu_sig)")"
t_fails 'no digest for what cannot be launched' 2 'no footer table' tool stage --dry-run --measure /usr/share/seabios/bios-256k.bin

# Its descriptor, by whatever name the file is given.
export XDG_CONFIG_HOME=$work/config
mkdir -p config/qemu/firmware
jq -n --arg image "$work/image" '{"interface-types": ["uefi"], mapping: {device: "memory", filename: $image},
	targets: [], features: ["amd-sev"]}' >config/qemu/firmware/50-mine.json
ln -s image link
t_fails 'a feature that its descriptor lacks' 0 '50-mine.json. does not name the feature amd-sev-snp' \
	tool stage --dry-run --feature amd-sev-snp link
t_is 'as JSON' "$(tool --json stage --dry-run --feature amd-sev-snp link | jq '.warnings | map(select(test("amd-sev-snp"))) | length')" 1
t_is 'a feature that it has' "$(tool --json stage --dry-run --feature amd-sev link | jq '.warnings | map(select(test("feature"))) | length')" 0
t_is 'without a wish' "$(tool --json stage --dry-run link | jq '.warnings | map(select(test("feature"))) | length')" 0
t_is 'without a descriptor' "$(tool --json stage --dry-run --feature amd-sev-snp unknown | jq '.warnings | map(select(test("feature"))) | length')" 0
t_done
