#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: no contiguous memory for 64 MiB: ENOMEM that names the boot parameter; a large image is armed once there is room
# where: vm
# machine: guest
# kernels: 6.1 6.12 debug
# long: debug
# timeout: 120
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate

load vmfwupdate || exit 1
{ head -c 67108848 /dev/zero; printf '\xea\x5b\xe0\x00\xf0cvm-modules'; } >"$fw/image"
t_is 'an image of 64 MiB is staged' "$(attr image_size)" 67108864
# What the kernel keeps free for itself could by chance be one piece.
reserve=$(first /proc/sys/vm/min_free_kbytes)
echo 4096 >/proc/sys/vm/min_free_kbytes
mkfifo go
echo 3 >/proc/sys/vm/drop_caches
"$programs/fragment" 32 1 <go >fragments &
exec 3>go
poll 120 test -s fragments || t_fail 'memory is scarce'
echo "# $(<fragments)"
t_fails 'but not armed' 1 'Cannot allocate memory' put arm 1
t_run 'the reason says what helps' has 'no 67108864 contiguous bytes .* boot with movablecore=256M' "$fw/last_error"
t_is 'the hypervisor was not bothered' "$(model bios-addr) $(model next-bios-size)" '0 262144'
t_is 'the image is still there' "$(attr state) $(attr image_size)" 'failed 67108864'
t_hazard no-room
exec 3>&-
wait
echo "$reserve" >/proc/sys/vm/min_free_kbytes
code 16777216 image
t_run 'one of 16 MiB is armed when memory is free' stage_arm image
t_is 'whole, where the hypervisor sees it' "$(model bios-addr) $(model next-bios-size)" "$(($(attr bios_addr))) 16777216"
t_run 'it reads back' cmp image "$fw/image"
t_hazard contiguous
t_run 'and is given back' put arm 0
unload vmfwupdate
t_done
