#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: what may be written to image and arm: order, sizes, half-written images, two writers, cancel, uevents
# where: vm
# machine: guest
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate

klog_mark
load vmfwupdate || exit 1
code 262144 good
code 131072 small

stage() { cat "$1" >"$fw/image"; }
arm() { echo "${1:-1}" >"$fw/arm"; }

: >events
"$programs/uevents" /devices/platform/vmfwupdate >events &
watcher=$!
poll 10 has listening events || t_fail 'uevents can be heard'
event() { poll 10 has "^change@/devices/platform/vmfwupdate.*\|VMFWUPDATE_STATE=$1(\||\$)" events; }

t_is 'nothing is there in the beginning' "$(states)" 'idle 0 0'
refused 'arming without an image' 'No data available' 'no image' arm
t_run 'that failure is a uevent with its reason' event 'failed\|VMFWUPDATE_ERROR=there is no image.*'
t_run 'cancel ends it' arm 0
t_is 'and nothing is left' "$(states) $(attr last_error)" 'idle 0 0 '
t_run 'idle is a uevent' event idle

t_run 'an image is staged' stage good
t_run 'staged is a uevent' event staged
t_is 'state and size say so' "$(states)" 'staged 262144 0'
t_run 'it reads back as it was written' cmp good "$fw/image"
t_is 'the hypervisor knows nothing of it yet' "$(model bios-addr)" 0
t_run 'it is armed' arm
t_run 'armed is a uevent' event armed
t_is 'state and size say so' "$(states)" 'armed 262144 1'
t_run 'it still reads back' cmp good "$fw/image"
t_is 'the hypervisor has its address' "$(model bios-addr)" "$(($(attr bios_addr)))"
t_hazard accepted-shown
t_run 'arming twice is no error' arm
refused 'no other image while armed' 'Device or resource busy' 'armed' stage small
refused 'no size while armed' 'Device or resource busy' 'armed' put image_size 5
t_run 'the armed image is unharmed' cmp good "$fw/image"
t_run 'cancel takes it back' arm 0
t_is 'nothing is left' "$(states) $(model bios-addr)" 'idle 0 0 0'
t_run 'cancelling nothing is no error' arm 0

t_run 'an image of another size is armed' stage_arm small
t_is 'the region will have its size' "$(attr bios_size) $(model next-bios-size)" '131072 131072'
t_run 'cancel again' arm 0
t_is 'the region has its old size again' "$(attr bios_size) $(model next-bios-size)" '262144 262144'

# Order and offsets.
t_run 'a second image replaces the first' eval 'stage good; stage small'
t_is 'whole' "$(sha "$fw/image") $(attr image_size)" "$(sha small) 131072"
refused 'an image does not begin in its middle' 'Device or resource busy' 'from its start' \
	dd if=good of="$fw/image" bs=4096 seek=3 count=1 conv=notrunc status=none
t_run 'and leaves the other image alone' cmp small "$fw/image"
gap() {
	(
		exec 3>"$fw/image"
		printf x >&3
		dd if=good bs=4096 count=1 seek=2 status=none conv=notrunc >&3
	)
}
refused 'a gap is refused' 'Invalid argument' 'out of order: byte 8193 after 1' gap
t_is 'and the image is gone' "$(states)" 'failed 0 0'
t_run 'a new image ends the failure' stage good
t_is 'state and size say so' "$(states)" 'staged 262144 0'
t_run 'bytes come in any portion' dd if=good of="$fw/image" bs=1111 status=none
t_run 'and arrive' cmp good "$fw/image"
t_run 'truncating changes nothing' truncate -s 0 "$fw/image"
t_run 'the image is still there' cmp good "$fw/image"

# Sizes.
: >empty
t_run 'writing nothing is no image' stage empty
t_is 'and no change' "$(states)" 'staged 262144 0'
head -c 262143 good >odd
stage odd
refused 'an odd size' 'Invalid argument' '262143 bytes, not a multiple of 4096' arm
t_is 'is a failure that keeps the image' "$(states)" 'failed 262143 0'
{ cat good; printf x; } >odd
stage odd
refused 'one byte more' 'Invalid argument' '262145 bytes, not a multiple of 4096' arm
head -c 196608 /dev/zero | tr '\0' '\377' >blank
stage blank
refused 'no code where a processor starts' 'Invalid argument' 'no code at its end' arm
head -c 131072 /dev/zero >blank
stage blank
refused 'only zeros' 'Invalid argument' 'no code at its end' arm
t_is 'none of them reached the hypervisor' "$(model bios-addr) $(model next-bios-size)" '0 262144'
code 32768 tiny
stage tiny
refused 'a size that the hypervisor does not take' 'Invalid argument' \
	'did not resize the BIOS region to 32768 bytes, it has 262144' arm
t_is 'and forgets' "$(model bios-addr) $(model next-bios-size) $(attr state)" '0 262144 failed'
refused 'more than any image may have' 'File too large' 'larger than 67108864 bytes' \
	dd if=/dev/zero of="$fw/image" bs=1M count=65 status=none
t_is 'takes no memory' "$(states)" 'failed 0 0'
refused 'a size announced beyond that' 'File too large' 'too large' put image_size 67108865
refused 'a size that is no number' 'Invalid argument' 'number of bytes' put image_size many

# A writer that stops halfway.
t_run 'a size is announced' put image_size 262144
head -c 131072 good >"$fw/image"
refused 'half of it' 'Invalid argument' 'not complete: 131072 of the 262144 bytes announced' arm
t_run 'an image without announcement' stage_arm small
t_run 'is not measured by the old one' arm 0
t_run 'a size is announced again' put image_size 131072
refused 'more than announced' 'File too large' 'larger than the 131072 bytes announced' stage good
t_run 'announced and complete' eval 'put image_size 262144; stage_arm good'
t_run 'cancel' arm 0

refused 'no way back to the firmware of the hypervisor' 'not supported' 'the interface bios-addr has no way back' put revert 1
refused 'arm takes yes or no' 'Invalid argument' 'arm takes 1' arm maybe

# Two writers at once.
t_run 'nobody goes on with another one'\''s image' "$programs/strangers" "$fw/image" 900
t_run 'two writers never mix' "$programs/writers" "$fw/image" "$fw/image" 40 4096
t_run 'cancel' arm 0
kill "$watcher"

t_is 'every line in the log says who speaks' "$(driver_lines | grep -v 'platform vmfwupdate: ')" ''
t_run 'root alone may use it' test -z "$(find "$fw/" -type f -perm /077)"
unload vmfwupdate
t_done
