#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmfwctl status, stage with its checks, arm, cancel, opaque, disable: text, JSON, exit codes, errors that name the cause
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --bzimage
# long: 6.1 debug
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
tool() { "$CVM_ROOT/build/tools/vmfwctl" "$@"; }
# fields NAME...: those of one status.
fields() {
	local name status key values=()
	status=$(tool --json status)
	for name; do
		key=$'\n *"'$name$'": "?([^\n",]*)"?,?\n'
		if [[ $'\n'$status$'\n' =~ $key ]]; then values+=("${BASH_REMATCH[1]}"); fi
	done
	printf '%s\n' "${values[*]}"
}

if [ "$CVM_BOOT" = 2 ]; then
	load vmfwupdate || exit 1
	t_is 'status names the new firmware' "$(fields vendor)" 'EFI Development Kit II / OVMF'
	t_done
fi

for command in status 'stage x' arm cancel disable 'opaque read' 'opaque write x'; do
	# shellcheck disable=SC2086 # several words
	t_fails "$command without the driver" 3 'modprobe vmfwupdate' tool $command
done
t_fails 'no such command' 1 'bogus' tool bogus

load vmfwupdate || exit 1
t_run 'status as text' text_has '^State: +idle$' "$(tool status)"
t_is 'status as JSON' "$(fields interface state hypervisor bios_size_bytes resizable image_size_bytes)" \
	'bios-addr idle none 262144 true null'
t_is 'status names the running firmware' "$(fields vendor)" SeaBIOS

t_fails 'arm without an image' 2 'there is no image' tool arm
t_fails 'stage without a file' 1 'FILE' tool stage
t_fails 'stage what does not exist' 3 "opening 'nothing'" tool stage nothing
: >empty
t_fails 'stage an empty file' 2 'it is empty' tool stage empty
head -c 5000 "$ovmf" >cut-off
t_fails 'stage a file cut off' 2 '5000 bytes, not a multiple of 4096' tool stage cut-off
t_fails 'stage a variable store' 2 'no code at its end' tool stage /usr/share/OVMF/OVMF_VARS.fd
truncate -s 65M huge
t_fails 'stage what is far too large' 2 'larger than 64 MiB' tool stage huge
t_is 'nothing was staged by any of them' "$(attr image_size)" 0

t_run 'stage' tool stage "$seabios_128k"
t_is 'it is staged' "$(fields state image_size_bytes)" 'staged 131072'
t_run 'whole' cmp "$seabios_128k" "$fw/image"
t_run 'arm' tool arm
t_is 'it is armed' "$(fields state hypervisor image_address)" "armed pending $(attr bios_addr)"
t_fails 'stage while armed' 2 'armed: write 0 to arm first' tool stage "$seabios_128k"
echo garbage >garbage
for file in image_size bios_addr; do
	mount --bind garbage "$fw/$file"
	t_fails "status without $file names it" 2 "reading '$fw/$file': Invalid argument" tool status
	umount "$fw/$file"
done
t_run 'cancel' tool cancel
t_is 'it is gone' "$(fields state image_address) $(model bios-addr)" 'idle null 0'
t_run 'stage from a pipe' eval "tool stage - <$seabios_256k"
t_run 'whole' cmp "$seabios_256k" "$fw/image"
hash=$(sha256sum <"$seabios_256k" | cut -d' ' -f1)
t_is 'as JSON' "$(tool --json stage "$seabios_256k" | tr -d ' \n' | sed 's/"file":"[^"]*",//')" \
	"{\"image_size_bytes\":262144,\"sha256\":\"$hash\",\"state\":\"staged\"}"
t_fails 'errors as JSON' 2 '"answer": "it is empty"' tool --json stage empty
t_run 'no progress in a pipe' test -z "$(tool stage "$ovmf" 2>&1 >/dev/null)"

tool cancel >/dev/null
random_file kept 1024
cp kept "$fw/opaque"
"$CVM_ROOT/build/selftests/vmfwupdate/fwimage" igvm platform:2:1 context:0xfffffffff000:1:3 raw:0x307:8 >file.igvm
cp "$ovmf" torn
printf '\xff\xff' | dd of=torn bs=1 seek=$(($(stat -c %s torn) - 50)) conv=notrunc status=none
random_file too-long 1025
printf mine >mine
t_fails 'stage an IGVM file' 2 'it is an IGVM file, and the hypervisor.s interface bios-addr takes raw images only' tool stage file.igvm
t_fails 'stage an image whose table contradicts itself' 2 'an entry of its footer table' tool stage torn
t_fails 'stage another file than meant' 2 'another SHA-256' tool stage --sha256 "$hash" "$seabios_128k"
t_fails 'stage with opaque bytes that do not fit' 2 'larger than' tool stage --arm --opaque too-long "$seabios_256k"
t_fails 'stage what cannot be measured' 2 'no footer table' tool stage --arm --measure "$seabios_256k"
t_fails 'a dry run knows the region' 2 'not a multiple of 4096' tool stage --dry-run cut-off
t_run 'a dry run that would do' tool stage --dry-run --arm --opaque mine --sha256 "$hash" "$seabios_256k"
t_is 'nothing was changed by any of them' "$(attr image_size) $(attr state) $(cmp kept "$fw/opaque" && echo kept)" '0 idle kept'
t_is 'stage --measure' "$(tool --json stage --measure "$ovmf" | sed -nE 's/^ *"digest": "(.*)",?$/\1/p')" \
	"$(tool measure --vcpus "$(nproc --all)" --vcpu-sig "$(tool --json stage --measure "$ovmf" | sed -nE 's/^ *"vcpu_sig": "(.*)",?$/\1/p')" "$ovmf")"
t_run 'stage --opaque' tool stage --opaque mine --sha256 "$hash" "$seabios_256k"
t_is 'wrote them' "$(tool opaque read | tr -d '\0')" mine
tool cancel >/dev/null
random_file bytes 1024
t_run 'opaque write' tool opaque write bytes
t_run 'opaque read' eval 'tool opaque read | cmp - bytes'
t_run 'opaque read into a file' eval 'tool opaque read copy && cmp copy bytes'
printf short >bytes
tool opaque write bytes >/dev/null
t_is 'what is shorter is followed by zeros' "$(tool opaque read | tr -d '\0')" short
head -c 1025 /dev/zero >bytes
t_fails 'what is longer is refused' 2 'larger than' tool opaque write bytes

model fault write-error=bios-addr
t_fails 'the kernel and the hypervisor have a say in errors' 2 'refused to write vmfwupdate/bios-addr .*Input/output error' \
	tool stage --arm "$seabios_128k"
t_is 'and status repeats it' "$(fields state)" failed
model fault ''

t_run 'stage --arm' tool stage --arm "$ovmf"
t_is 'it is armed' "$(attr state)" armed
[ "$t_failed" = 0 ] || t_done
restart
