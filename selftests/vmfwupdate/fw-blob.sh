#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the interface fw-blob: no size that makes QEMU abort, cancel by address 0, what the last reset took, a replacement, sizes of 64 bits
# where: vm
# machine: guest
# kernels: 6.1 6.12 debug
# alone: it reboots
# vm-args: --set fwup0.interface=fw-blob
# long: 6.1 debug
# timeout: 150
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
poke() { "$programs/fwcfg" "$@"; }
stage() { cat "$1" >"$fw/image"; }
held() { echo "$(model bios-addr) $(model next-bios-size) $(model would-abort)"; }

# SeaBIOS with a few bytes of its padding changed is another image of the same size.
cp "$seabios_256k" other
printf 'bench' | dd of=other bs=1 seek=16 conv=notrunc status=none

klog_mark
case $CVM_BOOT in
1)
	load vmfwupdate || exit 1
	t_is 'the interface is found' "$(attr interface) $(attr state) $(attr status) $(attr disable)" 'fw-blob idle none 0'
	t_is 'capabilities and size are read' "$(attr capabilities) $(attr bios_size)" '0x0 262144'
	t_is 'the opaque buffer has 4096 bytes' "$(size_of "$fw/opaque")" 4096
	random_file bytes 4096
	t_run 'which are written' cp bytes "$fw/opaque"
	t_run 'and read' cmp bytes "$fw/opaque"
	t_run 'and are what the hypervisor has' test "$(model opaque)" = "$(od -An -v -tx1 bytes | tr -d ' \n')"
	t_hazard blob-64-bits
	cp bytes "$CVM_STATE/opaque"

	t_is 'an idle module wrote nothing' "$(held)" '0 0 false'
	t_run 'cancelling nothing' put arm 0
	t_is 'writes no size of 0' "$(held) $(attr bios_size)" '0 0 false 262144'
	for size in 4096 61440 65540 135168 258048; do
		code "$size" image
		cat image >"$fw/image"
		t_fails "$size bytes are refused" 1 'Invalid argument' put arm 1
		t_run "$size bytes: the reason is named" has 'not a multiple of 65536' "$fw/last_error"
		t_is "$size bytes: the hypervisor knows nothing" "$(held)" '0 0 false'
	done
	t_hazard blob-unaligned
	code 327680 image
	t_fails 'more than the region is refused' 1 'File too large' stage image
	t_run 'the reason is named' has 'larger than 262144 bytes' "$fw/last_error"
	t_fails 'a size announced' 1 'File too large' put image_size 327680
	t_hazard blob-too-large
	t_run 'as much as the region is armed' stage_arm other
	t_is 'with size and address' "$(held)" "$(($(attr bios_addr))) 262144 false"
	t_is 'state and status say so' "$(attr state) $(attr status)" 'armed pending'
	t_run 'cancel' put arm 0
	t_is 'is address 0 with the size as it was' "$(held) $(attr bios_size)" '0 262144 false 262144'
	t_hazard blob-cancel
	t_fails 'no way back to the firmware of the hypervisor' 1 'not supported' put revert 1
	t_run 'the reason is named' has 'the interface fw-blob has no way back' "$fw/last_error"
	put arm 0

	# A region that shrinks between the look and the write, and a blind hypervisor.
	code 131072 half
	t_run 'half of the region is armed' stage_arm half
	t_is 'so' "$(model next-bios-size) $(model would-abort)" '131072 false'
	put arm 0
	model fault addr-stuck
	t_fails 'a blob that does not stick' 1 'Input/output error' stage_arm half
	t_run 'the reason is named' has 'holds 0 bytes at 0x0 instead of 131072 at 0x' "$fw/last_error"
	model fault ''
	put arm 0
	model fault write-error=fw-blob
	t_fails 'a blob that is refused' 1 'Input/output error' stage_arm half
	model fault ''
	put arm 0
	unload vmfwupdate

	# What others have done before: armed with a size of which QEMU would die.
	poke write etc/vmfwupdate/fw-blob 01000100000000000000003000000000
	t_is 'QEMU would abort now' "$(held)" '805306368 65537 true'
	t_run 'the module loads' load vmfwupdate
	t_is 'and averts that' "$(model bios-addr) $(model would-abort)" '0 false'
	t_hazard blob-inherited
	t_run 'an image is armed' stage_arm other
	restart
	;;
2)
	load vmfwupdate || exit 1
	t_is 'the image runs' "$(model bios-sha256) $(running_sha) $(sha "$fw/running")" "$(sha other) $(sha other) $(sha other)"
	t_is 'it was replaced once' "$(model replacements) $(model refused)" '1 0'
	t_is 'the address is taken back, and status says so' "$(attr state) $(attr status) $(model bios-addr)" 'idle was-armed 0'
	t_run 'opaque bytes survive' cmp "$CVM_STATE/opaque" "$fw/opaque"
	unload vmfwupdate
	poke write etc/vmfwupdate/fw-blob 00000000000000000000003000000000
	t_is 'a size of 0 has made it forget the region' "$(poke read etc/vmfwupdate/bios-size)" 0000000000000000
	t_run 'the module loads' load vmfwupdate
	t_is 'takes the address back with a size' "$(held) $(attr bios_size)" '0 65536 false 0'
	t_fails 'nothing is staged for a region of 0 bytes' 1 'File too large' stage other
	t_run 'the reason is named' has 'larger than 0 bytes' "$fw/last_error"
	t_hazard blob-size-zero
	t_run 'the firmware that runs cannot be told any more' test ! -e "$fw/running"
	# Three boots would take that kernel more than five minutes.
	[ "$CVM_KERNEL" != debug ] || t_done
	restart
	;;
3)
	# The firmware's size is not forgotten: the machine has to be started anew for it.
	load vmfwupdate || exit 1
	t_is 'a reset does not bring the region back' "$(attr bios_size) $(attr status)" '0 none'
	t_run 'the machine survived the reset' test "$(model resets)" -ge 1
	t_is 'which replaced and refused nothing' "$(model replacements) $(model refused) $(model bios-sha256)" "1 0 $(sha other)"
	t_run 'opaque bytes survive' cmp "$CVM_STATE/opaque" "$fw/opaque"
	;;
esac
t_done
