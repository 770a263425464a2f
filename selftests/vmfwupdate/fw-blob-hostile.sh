#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: fw-blob and a hypervisor that lies, shrinks its region or its files, refuses or never answers: one clear error each, QEMU survives
# where: vm
# machine: guest
# vm-args: --set fwup0.interface=fw-blob --set fwup0.revision=5
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
poke() { "$CVM_ROOT/build/selftests/vmfwupdate/fwcfg" "$@"; }
held() { echo "$(model bios-addr) $(model would-abort)"; }
stage() { cat "$1" >"$fw/image"; }
code 262144 image
code 196608 part
code 327680 large

# The first load says that the module is foreign, once.
load vmfwupdate && unload vmfwupdate
for file in cap bios-size opaque-blob disable; do
	refuses_to_load "dir-missing=$file" "the hypervisor's interface fw-blob is incomplete: no etc/vmfwupdate/$file"
done
refuses_to_load dir-missing=fw-blob 'the hypervisor offers no interface'
for file in bios-size disable fw-blob; do
	refuses_to_load "read-error=$file" "the hypervisor refused to read vmfwupdate/$file"
	refuses_to_load "read-hang=$file" "the hypervisor did not finish to read vmfwupdate/$file"
done

load vmfwupdate || exit 1
t_is 'revision 5 has two bits that say nothing' "$(attr capabilities) $(size_of "$fw/opaque")" '0x88 4096'
for caps in 1 4 4294967295; do
	model fault "caps=$caps"
	t_is "capabilities $caps are shown" "$(attr capabilities)" "$(printf '0x%x' "$caps")"
	t_fails "capabilities $caps: no image larger than the region is taken" 1 'File too large' stage large
	t_run "capabilities $caps: the reason is named" has 'larger than 262144 bytes' "$fw/last_error"
	t_fails "capabilities $caps: nor announced" 1 'File too large' put image_size 327680
done
model fault ''
put arm 0
t_is 'the hypervisor knows nothing of it' "$(held)" '0 false'
t_hazard blob-resize-bit

# shrunk AFTER ERROR REGEX: the region is half as large from then on.
shrunk() {
	stage part
	model fault "size-shrink=$1"
	klog_mark
	t_fails "a region that shrinks after $1 looks" 1 "$2" put arm 1
	t_run "after $1: last_error says why" has "$3" "$fw/last_error"
	t_is "after $1: one line in the log" "$(lines_in "$(driver_lines)")" 1
	t_is "after $1: nothing is left" "$(held) $(attr state)" '0 false failed'
	model fault ''
	put arm 0
}
shrunk 0 'File too large' 'the image has 196608 bytes, more than 131072'
shrunk 1 'Invalid argument' '196608 bytes would make the hypervisor abort: not a multiple of 65536 up to 131072'
shrunk 2 'Invalid argument' '196608 bytes would make the hypervisor abort'
t_run 'one that does not shrink takes the image' stage_arm part
put arm 0
t_is 'and gives it back' "$(held)" '0 false'
t_hazard blob-region-shrinks

# A file that is shorter than the directory says.
random_file bytes 4096
cp bytes "$fw/opaque"
model fault short=opaque-blob:100
t_run 'a short file is read' cp "$fw/opaque" seen
head -c 100 bytes >wanted
head -c 3996 /dev/zero >>wanted
t_run 'as zeros behind its end' cmp seen wanted
# (With other bytes than are there, also before its end.)
random_file others 4096
t_fails 'and not written over its end' 1 'Input/output error' cp others "$fw/opaque"
t_run 'the reason is named' has 'refused to write vmfwupdate/opaque-blob' "$fw/last_error"
model fault ''
t_run 'nothing of it was' cmp bytes "$fw/opaque"
model fault short=fw-blob:8
t_fails 'a blob without room for the address' 1 'Input/output error' stage_arm image
model fault ''
put arm 0
t_is 'holds nothing' "$(held)" '0 false'
model fault short=bios-size:0
t_fails 'a region without a size takes nothing' 1 'File too large' stage image
model fault ''
put arm 0
t_hazard file-shrinks

# Neither the offer nor what takes it back ends.
stage image
model fault write-hang=fw-blob
klog_mark
t_fails 'an offer that never ends' 1 'timed out' put arm 1
t_is 'is one line in the log' "$(lines_in "$(driver_lines)")" 1
t_run 'which says what may come of it' klog_has 'did not finish to write vmfwupdate/fw-blob.* may still take 262144 bytes .*they stay allocated'
model fault ''
t_run 'the module goes' unload vmfwupdate
t_run 'and comes' load vmfwupdate
t_run 'and works' stage_arm image
t_is 'as the hypervisor sees it' "$(held) $(model next-bios-size)" "$(($(attr bios_addr))) false 262144"
model fault write-error=disable
klog_mark
t_fails 'a hypervisor that does not disable' 1 'Input/output error' put disable 1
t_is 'is one line in the log, after it has taken the image back' "$(lines_in "$(driver_lines)") $(held)" '1 0 false'
model fault ''
put arm 0
unload vmfwupdate
t_done
