#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: much free memory in small pieces: ENOMEM that names the boot parameter, nothing lost; booted with that, it is armed
# where: vm
# machine: guest
# kernels: 6.1 6.12 debug
# long: 6.1 debug
# alone: it starts another kernel
# vm-args: --set fwup0.interface=launch-update
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
image() { "$programs/igvmrom" "$seabios_128k" $((67108864 - 4096)); }
# fragment KEEP: an eighth of what is free but for so many MiB, in places all over it.
fragment() {
	mkfifo go
	echo 3 >/proc/sys/vm/drop_caches
	"$programs/fragment" "$1" <go >fragments &
	exec 3>go
	poll 120 test -s fragments || t_fail 'memory is fragmented'
	echo "# $(<fragments)"
}
whole() {
	exec 3>&-
	wait
}

load vmfwupdate || exit 1
case $CVM_BOOT in
1)
	image >"$fw/image"
	size=$(attr image_size)
	t_run 'an image of nearly 64 MiB is staged' test "$size" -gt 67000000 -a "$size" -le 67108864
	# What the kernel keeps free for itself could by chance be one piece.
	reserve=$(first /proc/sys/vm/min_free_kbytes)
	echo 4096 >/proc/sys/vm/min_free_kbytes
	fragment 16
	# (Not before the first: what so many pipes had is still being given back.)
	for i in 1 2 3; do
		[ "$i" != 2 ] || before=$(free_kib)
		t_fails "but not armed, attempt $i" 1 'Cannot allocate memory' put arm 1
		t_is 'the image is still there' "$(attr state) $(attr image_size)" "failed $size"
	done
	t_run 'the reason says what helps' has 'no [0-9]+ contiguous bytes .* boot with movablecore=256M' "$fw/last_error"
	after=$(free_kib)
	t_run "much more than it is free ($before KiB)" test "$before" -gt $((4 * 65536))
	t_run "nothing is lost ($((before - after)) KiB fewer free)" test $((before - after)) -lt 16384
	t_is 'the hypervisor has nothing' "$(model image-sha256) $(model refused)" ' 0'
	image >copy
	t_run 'the image is whole' cmp copy "$fw/image"
	rm copy
	whole
	echo "$reserve" >/proc/sys/vm/min_free_kbytes
	# Just what it says.
	[[ $(attr last_error) =~ boot\ with\ ([a-z]+=[0-9]+M) ]]
	kexec_into /dev/null "${BASH_REMATCH[1]}"
	t_fail 'another kernel starts'
	;;
2)
	t_run 'the other kernel has movable memory' text_has 'managed +[1-9]' "$(grep -A20 Movable /proc/zoneinfo)"
	# Of which no pipe takes any.
	fragment 300
	image >"$fw/image"
	t_run 'as fragmented, it is armed' put arm 1
	t_is 'the hypervisor has all of it' "$(model image-sha256)" "$(image | sha)"
	whole
	put arm 0
	;;
esac
t_done
