#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: by each interface an armed guest is saved and loaded, and carried to another QEMU: the next reset starts its firmware, OVMF and another SeaBIOS after it too, opaque bytes intact
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
# shellcheck source=selftests/vmfwupdate/alone.bash
. "$(dirname "$0")/alone.bash"
sha() { sha256sum "$1" | cut -c-64; }

# Firmwares: what the guest runs, two that it arms, one of them OVMF as QEMU has it in
# flash, and what the second QEMU would run if the first one's did not come along.
# SeaBIOS tells its version by DMI.
first=/usr/share/seabios/bios-256k.bin
version=$(grep -aoE 'rel-[0-9.]+[^[:cntrl:]]*|[0-9.]+-debian[-0-9.a-z]*' "$first" | head -n 1)
sed "s/$version/other${version:5}/" "$first" >same-size
cat /usr/share/OVMF/OVMF_VARS_4M.fd /usr/share/OVMF/OVMF_CODE_4M.fd >ovmf
"$build/selftests/vmfwupdate/igvmrom" same-size >igvm
cp "$first" foreign
printf other | dd of=foreign bs=1 seek=16 conv=notrunc status=none
head -c 1024 /dev/urandom >opaque
guest_image same-size ovmf igvm opaque
# OVMF wants memory that is clean where its variables are going to be, see the bench's
# README: Linux stays away from it, and the end of the initramfs lies there, zeroes.
truncate -s +1M "$work/initramfs"
guest_append="memmap=1M\$255M"
old=$(sha "$first") bytes=$(sha opaque)
t_run 'the other firmware is as large and has another version' test "$(stat -c %s same-size)" = 262144 -a "$version" != ''

# firmware NAME FIELD: what runs, as DMI (that field of it) and the hypervisor have it, and the processor's view.
firmware() {
	local size
	size=$(model "$1" bios-size)
	echo "$(guest "$1" "cat /sys/class/dmi/id/bios_$2") $(model "$1" bios-sha256) $(guest "$1" "running_sha $size")"
}
opaque_of() { guest "$1" "head -c 1024 opaque | sha256sum | cut -c-64"; }
# armed NAME REPLACEMENTS [FIELD VALUE]: as the guest and as its hypervisor see it; the
# old firmware has this VALUE in DMI.
armed() {
	t_is "$1: it is armed" "$(guest "$1" 'cat state status' | xargs)" 'armed pending'
	if [ "$kind" = launch-update ]; then
		t_is "$1: the hypervisor has its image" "$(model "$1" image-sha256)" "$(sha "$file")"
	else
		t_is "$1: the hypervisor has the address of its image" \
			"$(model "$1" bios-addr) $(model "$1" next-bios-size)" "$(($(guest "$1" 'cat bios_addr'))) $(stat -c %s "$file")"
	fi
	t_is "$1: the image is whole" "$(guest "$1" 'sha256sum <image | cut -c-64')" "$(sha "$file")"
	t_is "$1: the old firmware was replaced as often as it was reset" "$(model "$1" bios-sha256) $(model "$1" replacements)" "$old $2"
	t_is "$1: and is what DMI names" "$(guest "$1" "cat /sys/class/dmi/id/bios_${3:-version}")" "${4:-$version}"
	t_is "$1: the opaque bytes are intact" "$(opaque_of "$1")" "$bytes"
}
# resets NAME [REPLACEMENTS]: and the armed firmware starts the next kernel.
resets() {
	printf 'reboot -f\n' >&"${guest_in[$1]}"
	t_run "$1: it boots after the reset" guest_up "$1"
	t_is "$1: the hypervisor replaced the firmware" "$(model "$1" replacements) $(model "$1" refused)" "${2:-1} 0"
	t_is "$1: the new firmware runs, by DMI, hypervisor and processor" "$(firmware "$1" "$tells")" "$new $(sha "$rom") $(sha "$rom")"
	t_is "$1: nothing is armed" "$(guest "$1" 'cat state status' | xargs)" "idle $after"
	t_is "$1: the opaque bytes are intact" "$(opaque_of "$1")" "$bytes"
}
# shellcheck disable=SC2317 # called by t_run
carry() {
	guest_qmp "$1" raw '{"execute": "migrate", "arguments": {"uri": "exec:cat >carried"}}' &&
		poll 60 guest_sent "$1" && guest_end "$1" &&
		guest_start "$2" foreign "$device" -incoming 'exec:cat carried' "${guest_disk[@]}" &&
		poll 60 guest_runs "$2"
}

for kind in bios-addr fw-blob launch-update; do
	device=$kind file=same-size rom=same-size after=none new=other${version:5} tells=version
	guest_kernel=$kernel_dir/vmlinux
	case $kind in
	# EDK II wants the kernel packed.
	bios-addr)
		file=ovmf rom=ovmf new='EFI Development Kit II / OVMF' tells=vendor
		guest_kernel=$kernel_dir/vmlinuz
		;;
	# The hypervisor forgets nothing at the reset.
	fw-blob) after=was-armed ;;
	launch-update) file=igvm ;;
	esac
	guest_start "$kind" "$first" "$device"
	t_run "$kind: a guest" guest_up "$kind"
	t_is "$kind: it runs the host's firmware" "$(firmware "$kind" version)" "$version $old $old"
	t_run "$kind: with a disk for snapshots" guest_add_disk "$kind"
	t_run "$kind: arms an image" guest "$kind" "cat /opaque >opaque && cat /$file >image && echo 1 >arm"
	t_run "$kind: is saved" guest_snapshot "$kind" save armed
	t_run "$kind: cancels, and forgets the bytes" guest "$kind" 'echo 0 >arm && head -c 1024 /dev/zero >opaque'
	t_is "$kind: it is not armed" "$(guest "$kind" 'cat state')" idle
	t_run "$kind: is loaded" guest_snapshot "$kind" load armed
	armed "$kind" 0
	resets "$kind"
	# Once more, from under the new firmware.
	t_run "$kind: is loaded again" guest_snapshot "$kind" load armed
	armed "$kind" 1
	second=$kind-second
	t_run "$second: another QEMU takes over" carry "$kind" "$second" || cat "$second.errors"
	armed "$second" 0
	resets "$second"
	if [ "$file" = ovmf ]; then
		# And on to another SeaBIOS, from under OVMF.
		file=same-size rom=same-size old=$(sha ovmf)
		t_run "$second: arms another SeaBIOS" guest "$second" 'cat /same-size >image && echo 1 >arm'
		t_run "$second: is saved" guest_snapshot "$second" save again
		t_run "$second: cancels, and forgets the bytes" guest "$second" 'echo 0 >arm && head -c 1024 /dev/zero >opaque'
		t_run "$second: is loaded" guest_snapshot "$second" load again
		armed "$second" 1 "$tells" "$new"
		old=$(sha "$first") new=other${version:5} tells=version
		resets "$second" 2
	fi
	guest_end "$second"
	for name in "$kind" "$second"; do
		t_is "$name: the kernel's log is clean" "$("$root_dir/selftests/bench/splats" "$name.console")" ''
		t_is "$name: QEMU has no complaint" "$(<"$name.errors")" ''
	done
done
t_done
