#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a contiguous image of 64 MiB in fragmented memory: movablecore= makes room, nothing is lost
# where: vm
# machine: guest
# long: debug
# vm-args: --set fwup0.interface=launch-update --append movablecore=192M
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
t_run 'the boot parameter makes movable memory' text_has 'managed +[1-9]' "$(grep -A20 Movable /proc/zoneinfo)"

"$programs/igvmrom" "$seabios_128k" $((67108864 - 4096)) >igvm
size=$(size_of igvm)
t_run 'the image has 64 MiB' test "$size" -gt 67000000 -a "$size" -le 67108864
load vmfwupdate || exit 1

mkfifo go
"$programs/fragment" 300 <go >fragments &
exec 3>go
poll 120 test -s fragments || t_fail 'memory is fragmented'
echo "# $(<fragments)"
cat igvm >"$fw/image"
t_run 'it is armed' put arm 1
t_is 'the hypervisor got all of it' "$(model image-sha256)" "$(sha igvm)"
t_is 'the copy for it is given back at once' "$(attr state) $(attr image_size)" "armed $size"
put arm 0
before=$(free_kib)
for i in 1 2 3; do
	{ cat igvm >"$fw/image" && put arm 1 && put arm 0; } || t_fail "round $i" "$(attr last_error)"
done
# What was lost never comes back; what the kernel still moves around does.
lost_little() { [ $((before - $(free_kib))) -lt 32768 ]; }
t_run 'no memory is lost in three rounds' poll 60 lost_little
echo "# $((before - $(free_kib))) KiB fewer are free"
t_hazard launch-large
t_hazard launch-one-range
exec 3>&-
wait
put arm 0
t_done
