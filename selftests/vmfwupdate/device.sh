#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: /dev/vmfwupdate takes an image as the file image does, in portions of any size, and beside it
# where: vm
# machine: guest
# timeout: 120
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
device=/dev/vmfwupdate

klog_mark
t_is 'without the module there is no device' "$(find "$device" 2>/dev/null)" ''
load vmfwupdate || exit 1
code 262144 good
code 131072 small

stage() { cat "$1" >"$device"; }

t_is 'it is for root alone, and a character device' "$(stat -c '%a %F' "$device")" '600 character special file'
t_is 'and belongs to the device that sends the uevents' "$(readlink -f /sys/class/misc/vmfwupdate/device)" \
	/sys/devices/platform/vmfwupdate
t_run 'an image is staged' stage good
t_is 'state and size say so' "$(states)" 'staged 262144 0'
t_run 'it reads back from image' cmp good "$fw/image"
t_run 'one call, calls of many pieces, and calls that meet no memory' "$programs/portions" "$device" good
for bytes in 1111 4096 40000 1000000; do
	t_run "in portions of $bytes" dd if=good of="$device" bs=$bytes status=none
	t_run 'it arrives' cmp good "$fw/image"
done
t_fails 'it cannot be read' 1 'Invalid argument' cat "$device"

# vmfwctl.
vmfwctl=$CVM_ROOT/build/tools/vmfwctl
t_run 'vmfwctl stages' strace -o calls -e trace=openat "$vmfwctl" stage good
t_run 'by the device' has '"/dev/vmfwupdate", O_WRONLY.* = [0-9]' calls
mv "$device" "$device.aside"
t_run 'and where nobody has made the node' strace -o calls -e trace=openat "$vmfwctl" stage small
t_run 'by image' has "\"$fw/image\", O_WRONLY.* = [0-9]" calls
t_run 'which arrives' cmp small "$fw/image"
mv "$device.aside" "$device"
stage good

# As image does.
t_run 'an image is armed' put arm 1
refused 'no other image while armed' 'Device or resource busy' 'armed' stage small
t_run 'the armed image is unharmed' cmp good "$fw/image"
t_run 'cancel' put arm 0
t_run 'another image' stage small
refused 'an image does not begin in its middle' 'Device or resource busy' 'from its start' \
	dd if=good of="$device" bs=32768 seek=3 count=1 conv=notrunc status=none
t_run 'and leaves the other image alone' cmp small "$fw/image"
gap() {
	(
		exec 3>"$device"
		head -c 32768 good >&3
		dd if=good bs=32768 count=1 seek=2 status=none conv=notrunc >&3
	)
}
refused 'a gap is refused' 'Invalid argument' 'out of order: byte 98304 after 32768' gap
t_is 'and the image is gone' "$(states)" 'failed 0 0'
t_run 'a size is announced' put image_size 131072
refused 'more than announced' 'File too large' 'larger than the 131072 bytes announced' \
	dd if=good of="$device" bs=1M status=none
refused 'more than any image may have' 'File too large' 'larger than 67108864 bytes' \
	dd if=/dev/zero of="$device" bs=80M count=1 status=none
t_is 'takes no memory' "$(states)" 'failed 0 0'

t_run 'nobody goes on with another one'\''s image' "$programs/strangers" "$device" 900
t_run 'two writers never mix' "$programs/writers" "$device" "$device" 40 32768
t_run 'nor one here and one at image' "$programs/writers" "$device" "$fw/image" 40 20000

# Whoever has it open keeps the module.
exec 3>"$device"
t_fails 'the module stays while it is open' 1 'in use' rmmod vmfwupdate
exec 3>&-
t_run 'cancel' put arm 0
unload vmfwupdate
t_is 'the device goes with the module' "$(find "$device" 2>/dev/null)" ''
t_done
