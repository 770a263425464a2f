#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: fw-blob as first published (32 bits): replaced and kept over the next reset, status says was-armed, disable outlasts resets
# where: vm
# machine: guest
# kernels: 6.1 6.12
# alone: it reboots
# vm-args: --set fwup0.interface=fw-blob --set fwup0.revision=1
# long: 6.1
# timeout: 200
#
# (Not on the debug kernel: four boots of it take seven minutes on a busy host, and
# fw-blob.sh runs nearly all of the same code there in two.)
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

cp "$seabios_256k" other
printf 'bench' | dd of=other bs=1 seek=16 conv=notrunc status=none

klog_mark
case $CVM_BOOT in
1)
	model fault dir-size=opaque-blob:1073741824
	load vmfwupdate || exit 1
	t_is 'a buffer of 1 GiB has 1024 bytes' "$(size_of "$fw/opaque")" 1024
	t_hazard blob-opaque-1g
	unload vmfwupdate
	for wrong in cap:4 bios-size:16 opaque-blob:2048 disable:2 fw-blob:8; do
		model fault "dir-size=$wrong"
		t_fails "$wrong bytes" 1 'No such device' load vmfwupdate
		t_run "$wrong bytes: the log names them" klog_has "fw-blob is unknown: etc/vmfwupdate/${wrong%:*} has ${wrong#*:} bytes"
	done
	model fault ''
	load vmfwupdate || exit 1
	t_is 'capabilities and size are read' "$(attr interface) $(attr capabilities) $(attr bios_size)" 'fw-blob 0x88 262144'
	t_is 'the opaque buffer has 1024 bytes' "$(size_of "$fw/opaque")" 1024
	random_file "$CVM_STATE/opaque" 1024
	t_run 'which are written' cp "$CVM_STATE/opaque" "$fw/opaque"
	t_run 'an image is armed' stage_arm other
	t_is 'with size and address' "$(model next-bios-size) $(model bios-addr)" "262144 $(($(attr bios_addr)))"
	t_hazard blob-32-bits
	attr bios_addr >"$CVM_STATE/addr"
	;;
2)
	addr=$(<"$CVM_STATE/addr")
	t_is 'the image runs' "$(model bios-sha256)" "$(sha other)"
	t_is 'the hypervisor still holds its address' "$(printf '0x%x' "$(model bios-addr)")" "$addr"
	load vmfwupdate || exit 1
	t_run 'which is reported' klog_has "somebody armed address $addr before, which the last reset took"
	t_is 'and taken back' "$(attr state) $(model bios-addr) $(model next-bios-size)" 'idle 0 262144'
	t_is 'status says that it was there' "$(attr status)" was-armed
	t_run 'opaque bytes survive' cmp "$CVM_STATE/opaque" "$fw/opaque"
	model replacements >"$CVM_STATE/replacements"
	;;
3)
	t_is 'the next reset was a plain one' "$(model bios-sha256) $(model replacements)" "$(sha other) $(<"$CVM_STATE/replacements")"
	t_hazard blob-not-cleared
	load vmfwupdate || exit 1
	t_is 'status says so' "$(attr status)" none
	stage_arm other
	t_run 'disabled while armed' put disable 1
	t_is 'that takes the image back' "$(attr state) $(attr status) $(model bios-addr) $(model disabled)" 'disabled disabled 0 true'
	;;
4)
	load vmfwupdate || exit 1
	t_is 'this hypervisor stays disabled over a reset, and the driver says so' "$(attr state) $(attr disable)" 'disabled 1'
	t_fails 'nothing is taken' 1 'not permitted' put arm 1
	t_hazard blob-stays-disabled
	;;
esac
[ "$t_failed" = 0 ] || t_done
[ "$CVM_BOOT" != 4 ] || t_done
restart
