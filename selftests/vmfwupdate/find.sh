#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmfwctl find: order, hiding, masks, each wish, and why the rest does not fit
# where: host
# kernels: any
# timeout: 60
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
export XDG_CONFIG_HOME=/config
find_in() { tool --json find --root "$work" "$@"; }
# fitting ARGUMENT...: the images, in order; reason NAME ARGUMENT...: why not.
fitting() { find_in "$@" | jq -r '[.firmware[].image] | join(" ")'; }
reason() { find_in "${@:2}" | jq -r --arg n "/$1" '[.others[] | select(.descriptor | endswith($n)) | .reason] | join(" | ")'; }

# descriptor FOLDER/NAME IMAGE DEVICE INTERFACE FEATURES MACHINES [ARCH]: lists
# are separated by commas. The variables in single quotes are jq's.
# shellcheck disable=SC2016
descriptor() {
	local file=$work/$1 mapping='{device: $device, filename: $image}'
	[ "$3" != flash ] || mapping='{device: $device, executable: {filename: $image, format: "raw"}}'
	mkdir -p "${file%/*}"
	touch "$work$2"
	jq -n --arg image "$2" --arg device "$3" --arg interface "$4" --arg features "$5" --arg machines "$6" \
		--arg arch "${7:-x86_64}" "{description: \"about \(\$image)\", \"interface-types\": (\$interface / \",\"), mapping: $mapping,
		targets: [{architecture: \$arch, machines: (\$machines / \",\")}], features: (\$features / \",\"), tags: []}" >"$file"
}
user=config/qemu/firmware site=etc/qemu/firmware distribution=usr/share/qemu/firmware
descriptor $distribution/50-snp.json /snp.fd memory uefi amd-sev,amd-sev-snp 'pc-q35-*'
descriptor $distribution/60-plain.json /plain.fd flash uefi acpi-s3 'pc-i440fx-*,pc-q35-*'
descriptor $distribution/40-bios.json /bios.bin memory bios acpi-s3,acpi-s4 'pc-i440fx-*'
descriptor $distribution/70-arm.json /arm.fd flash uefi verbose-static 'virt-*' aarch64
descriptor $distribution/80-igvm.json /guest.igvm igvm uefi amd-sev-snp,intel-tdx 'pc-q35-9.*'

t_is 'all, by name' "$(fitting)" '/bios.bin /snp.fd /plain.fd /arm.fd /guest.igvm'
t_is 'by feature' "$(fitting --feature amd-sev-snp)" '/snp.fd /guest.igvm'
t_is 'by two features' "$(fitting --feature amd-sev-snp -f amd-sev)" /snp.fd
t_is 'by interface' "$(fitting --interface bios)" /bios.bin
t_is 'by device' "$(fitting --device igvm)" /guest.igvm
t_is 'by device flash' "$(fitting --device flash)" '/plain.fd /arm.fd'
t_is 'by architecture' "$(fitting --arch aarch64)" /arm.fd
t_is 'by the alias q35' "$(fitting --machine q35)" '/snp.fd /plain.fd /guest.igvm'
t_is 'by the alias pc' "$(fitting --machine pc)" '/bios.bin /plain.fd'
t_is 'by a machine type' "$(fitting --machine pc-q35-9.1)" '/snp.fd /plain.fd /guest.igvm'
t_is 'of an older one' "$(fitting --machine pc-q35-7.2)" '/snp.fd /plain.fd'
t_is 'a machine of another architecture' "$(fitting --machine virt-7.2 --arch x86_64 || true)" ''
t_is 'all wishes together' "$(fitting --feature amd-sev-snp --device memory --machine q35 --arch x86_64)" /snp.fd
t_is 'why not' "$(reason 60-plain.json --feature amd-sev-snp --device memory --interface bios)" \
	'lacks the feature amd-sev-snp; lacks the interface bios; is for the device flash, not memory'
t_hazard snp-no-flash
t_is 'why not, the machine' "$(reason 70-arm.json --machine q35 --arch x86_64)" 'is not for the machine q35 on x86_64'
t_fails 'nothing fits' 3 'none of the 5 descriptors fits' find_in --feature nothing
t_fails 'a tree without any' 3 'there is no descriptor' tool find --root "$work/config"

descriptor $site/50-snp.json /site.fd memory uefi amd-sev-snp 'pc-q35-*'
t_is 'a site replaces' "$(fitting --feature amd-sev-snp)" '/site.fd /guest.igvm'
t_is 'and hides' "$(reason 50-snp.json)" "hidden by '$work/$site/50-snp.json'"
descriptor $site/10-first.json /first.fd memory uefi amd-sev-snp 'pc-q35-*'
t_is 'a site goes first by its name' "$(fitting --feature amd-sev-snp)" '/first.fd /site.fd /guest.igvm'
descriptor $user/50-snp.json /user.fd memory uefi amd-sev-snp 'pc-q35-*'
t_is 'a user replaces both' "$(fitting --feature amd-sev-snp)" '/first.fd /user.fd /guest.igvm'
t_is 'and hides both' "$(reason 50-snp.json)" \
	"hidden by '$work/$user/50-snp.json' | hidden by '$work/$user/50-snp.json'"
: >"$work/$user/50-snp.json"
t_is 'an empty file masks both' "$(fitting --feature amd-sev-snp)" '/first.fd /guest.igvm'
t_is 'and says so' "$(reason 50-snp.json | sed 's/ | .*//')" 'it is empty: a mask for its name'
ln -sf /dev/null "$work/$user/10-first.json"
t_is 'a link to /dev/null too' "$(fitting --feature amd-sev-snp)" /guest.igvm
t_is 'without XDG_CONFIG_HOME below HOME' "$(
	mkdir -p "$work/account/.config/qemu/firmware"
	: >"$work/account/.config/qemu/firmware/80-igvm.json"
	unset XDG_CONFIG_HOME
	HOME=/account fitting --feature amd-sev-snp
)" '/first.fd /site.fd'
t_is 'a relative one does not count' "$(HOME=/account XDG_CONFIG_HOME=config fitting --feature amd-sev-snp)" '/first.fd /site.fd'

rm "$work/$user"/*
rm "$work/plain.fd"
t_is 'an image that is not there' "$(reason 60-plain.json)" "its image '/plain.fd' is not there"
hostile() {
	printf '%s' "$2" >"$work/$site/90-hostile.json"
	t_fails "hostile: $1" 0 "$3" find_in --feature amd-sev-snp
}
hostile 'not JSON' '{"description": ' 'it is not JSON'
hostile 'a string' '"uefi"' "it has no list 'interface-types'"
hostile 'a list' '[]' "it has no list 'interface-types'"
hostile 'no targets' '{"interface-types": [], "features": []}' "it has no list 'targets'"
hostile 'a list that is text' '{"interface-types": "uefi", "targets": [], "features": []}' "no list 'interface-types'"
hostile 'no mapping' '{"interface-types": [], "targets": [], "features": []}' "it has no 'mapping'"
hostile 'a mapping without a file' '{"interface-types": [], "targets": [], "features": [], "mapping": {"device": "flash", "filename": "/x"}}' \
	"its 'mapping' names no file"
hostile 'elements of any type' '{"interface-types": [1, null], "targets": [3, {}, {"machines": [{}, 7]}], "features": [null, {}], "mapping": {"device": "memory", "filename": "/snp.fd"}}' \
	'lacks the feature amd-sev-snp'
hostile 'a terminal escape' '{"interface-types": [], "targets": [], "features": ["amd-sev-snp"], "description": "\u001b[31m", "mapping": {"device": "memory", "filename": "/snp.fd"}}' \
	'x1b\[31m'
mkdir "$work/$site/91-folder.json"
ln -s nowhere "$work/$site/92-broken.json"
mkfifo "$work/$site/93-fifo.json"
truncate -s 2M "$work/$site/94-large.json"
t_is 'a folder' "$(reason 91-folder.json)" 'it is no file'
t_is 'a broken link' "$(reason 92-broken.json)" 'it cannot be read: No such file or directory'
t_is 'a pipe' "$(reason 93-fifo.json)" 'it is no file'
t_is 'a large file' "$(reason 94-large.json)" 'it is larger than 1 MiB'
cp "$work/$site/10-first.json" "$work/$site/.05-hidden.json"
cp "$work/$site/10-first.json" "$work/$site/05-backup.json~"
t_is 'hidden files and backups are none' "$(fitting --feature amd-sev-snp | cut -d' ' -f1)" /first.fd

unset XDG_CONFIG_HOME
t_fails "Debian's own" 0 OVMF_CODE_4M tool find --feature amd-sev --machine q35
t_done
