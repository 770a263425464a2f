#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: launch-update and a hypervisor that lies, refuses or never answers, and what others left in its file: one clear error each, a plain reset
# where: vm
# machine: guest
# alone: it reboots
# vm-args: --set fwup0.interface=launch-update
# long: 6.1
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
poke() { "$programs/fwcfg" write etc/vmlaunchupdate "$1"; }
look() { "$programs/fwcfg" read etc/vmlaunchupdate >/dev/null; }
# le BYTES NUMBER: its hexadecimal digits, the lowest byte first.
le() {
	local i digits
	for ((i = 0; i < $1; i++)); do printf -v "digits[$i]" '%02x' $(($2 >> (8 * i) & 255)); done
	(IFS='' && echo "${digits[*]}")
}
# file PADDING CONTROL IMAGE SIZE OPAQUE SIZE: all of it.
file() { echo "$(le 2 1)$(le 2 0)$(le 4 "$1")$(le 8 0x100000000)$(le 8 "$2")$(le 8 "$3")$(le 8 "$4")$(le 8 "$5")$(le 8 "$6")"; }
launch() { [[ $(model launch) =~ $1=([^ ]*) ]] && echo "${BASH_REMATCH[1]}"; }
stage() { cat "$1" >"$fw/image"; }
igvm=0x100000000 host=0x2
"$programs/igvmrom" "$seabios_128k" >igvm
size=$(size_of igvm)

if [ "$CVM_BOOT" = 2 ]; then
	t_is 'no image of all those runs' "$(model bios-sha256) $(model replacements)" "$(sha "$seabios_256k") 0"
	t_is 'the host was asked for its own' "$(model reverts)" 1
	t_hazard launch-doubt
	load vmfwupdate || exit 1
	t_is 'nothing is asked for any more' "$(attr status) $(launch control)" 'none 0x0'
	t_run 'the module can go' unload vmfwupdate
	t_done
fi

# The first load says that the module is foreign, once.
load vmfwupdate && unload vmfwupdate
for version in 0 2 256 65535; do
	refuses_to_load "launch-version=$version" "vmlaunchupdate is of version $version, not 1"
done
for length in 0 16 55 57 4294967295; do
	refuses_to_load "dir-size=vmlaunchupdate:$length" "the hypervisor's interface launch-update is unknown: etc/vmlaunchupdate has $length bytes, not 56"
done
refuses_to_load dir-missing=vmlaunchupdate 'the hypervisor offers no interface'
refuses_to_load read-error=vmlaunchupdate 'the hypervisor refused to read vmlaunchupdate'
refuses_to_load read-hang=vmlaunchupdate 'the hypervisor did not finish to read vmlaunchupdate'
refuses_to_load short=vmlaunchupdate:0 'vmlaunchupdate is of version 0, not 1'
t_hazard launch-version

# What others write.
t_is 'nobody wrote a part of the file' "$(model partial-writes)" 0
poke 0100000000000000
t_is 'the model sees it when somebody does' "$(model partial-writes)" 1
poke "$(file 0 $igvm 0x90000 0x80000 0 0)"
t_is 'an image over a hole of the memory' "$(model last-error) $(launch pending)" 'an image of more than one piece 0'
model fault caps=1
load vmfwupdate || exit 1
t_is 'capabilities are shown' "$(attr capabilities)" 0x1
stage igvm
t_fails 'a hypervisor without IGVM' 1 'not supported' put arm 1
t_run 'the reason is named' has 'takes no IGVM files \(capabilities 0x1\)' "$fw/last_error"
t_is 'it was not asked' "$(launch pending) $(model refused)" '0 1'
t_hazard launch-caps
model fault ''
unload vmfwupdate

# Opaque bytes: what the hypervisor says of them is not believed. It may name reserved
# memory alone, and no more of that than a page.
while read -r addr len; do
	poke "$(file 0 0 0 0 "$addr" "$len")"
	load vmfwupdate
	t_fails "$len opaque bytes at $addr" 1 'No such device or address' cat "$fw/opaque"
	t_run "at $addr: the reason is named" has "the $(printf %u "$len") opaque bytes at $addr are not in reserved memory" "$fw/last_error"
	unload vmfwupdate
done <<'EOT'
0x1000000 4096
0x1000ff0 16
0xff000 0
0xff000 4097
0xffff0 17
0xff000 0xffffffffffffffff
0xfffffffffffff000 4096
0xffffffffffffffff 1
0xffffffffffffffff 0xffffffffffffffff
0xfee00000 4096
0x4000000000000000 4096
EOT
poke "$(file 0 0 0 0 0xffff0 16)"
load vmfwupdate
rom() { "$programs/physmem" $((0xff000)) 4096 | tail -c 16; }
{ rom && head -c 4080 /dev/zero; } >wanted
t_run 'opaque bytes in reserved memory are read' cp "$fw/opaque" seen
t_run 'as many as there are' cmp wanted seen
random_file bytes 4096
t_run 'others are written elsewhere' cp bytes "$fw/opaque"
t_run 'and read' cmp bytes "$fw/opaque"
t_is 'nothing came to where they were' "$(rom | sha)" "$(head -c 16 wanted | sha)"
unload vmfwupdate
poke "$(file 0 0 0 0 0 0xffffffffffffffff)"
load vmfwupdate
t_is 'no address, no bytes' "$(tr -d '\0' <"$fw/opaque" | wc -c)" 0
unload vmfwupdate
t_hazard opaque-address

# Garbage in the padding is nobody's; the mark itself costs no more than a return to
# the host's firmware.
poke "$(file 0xdeadbeef 0 0 0 0 0)"
klog_mark
load vmfwupdate || exit 1
t_is 'garbage in the padding' "$(attr state) $(attr status) $(launch control) $(klog_count 'asking again')" 'idle none 0x0 0'
t_run 'holds nothing' unload vmfwupdate
poke "$(file 0x484d5643 0 0 0 0 0)"
load vmfwupdate || exit 1
t_is 'a forged mark' "$(attr state) $(attr status) $(launch control) $(klog_count 'asking again')" "idle revert $host 1"
t_run 'is no image' stage_arm igvm
# (By its status it would write again what it still asks for.)
t_is 'and gives way to one' "$(attr state) $(attr status) $(launch pending) $(launch control)" "armed pending $size 0x0"
t_run 'which can be taken back' put arm 0
t_is 'as ever' "$(attr state) $(launch control)" "idle $host"
t_hazard launch-mark-forged

# An image that was taken, of which the hypervisor says something else: the way back is
# asked for, although it cannot be seen to be understood.
# doubted FAULT ERROR REGEX
doubted() {
	stage igvm
	model fault "$1"
	klog_mark
	t_fails "$1: an image that was taken" 1 "$2" put arm 1
	t_run "$1: the reason is named" has "$3" "$fw/last_error"
	t_is "$1: one line in the log" "$(lines_in "$(driver_lines)")" 1
	t_is "$1: the way back is asked for" "$(attr state) $(launch control)" "failed $host"
	t_fails "$1: a look that fails" 1 "$2" attr status
	t_is "$1: leaves that as it is" "$(launch control)" $host
	model fault ''
	t_run "$1: cancel" put arm 0
	t_is "$1: is what is left" "$(attr state) $(attr status) $(launch control)" "idle revert $host"
}
doubted launch-version=2 'Protocol error' 'vmlaunchupdate is of version 2, not 1'
doubted read-error=vmlaunchupdate 'Input/output error' 'refused to read vmlaunchupdate'
model fault short=vmlaunchupdate:55
t_fails 'a file without room for all' 1 'Input/output error' stage_arm igvm
t_run 'the reason is named' has 'refused to write vmlaunchupdate' "$fw/last_error"
model fault ''
put arm 0

# Operations that never end.
for what in read write; do
	stage igvm
	model fault "$what-hang=vmlaunchupdate"
	klog_mark
	start=$SECONDS
	t_fails "a $what that never ends" 1 'timed out' put arm 1
	t_run "$what: within a bound" test $((SECONDS - start)) -le 60
	t_run "$what: the reason is named" has "did not finish to $what vmlaunchupdate" "$fw/last_error"
	t_is "$what: one line in the log" "$(lines_in "$(driver_lines)")" 1
	t_run "$what: which says what may come of it" klog_has "the hypervisor may still take $size bytes at 0x[0-9a-f]+ as firmware; they stay allocated"
	model fault ''
	t_fails "$what: it is left alone from then on" 1 'Input/output error' attr status
	t_run "$what: the module can go, which cannot say anything any more" unload vmfwupdate
	load vmfwupdate
	t_run "$what: one that is loaded anew can" put revert 1
	t_is "$what: and does" "$(attr state) $(launch control)" "armed $host"
	put arm 0
done
# (Of two operations the second looks whether the first disabled it.)
for what in write read; do
	model fault "$what-hang=vmlaunchupdate"
	klog_mark
	t_fails "disable, and a $what that never ends" 1 'timed out' put disable 1
	t_is "disable, $what: one line in the log" "$(lines_in "$(driver_lines)")" 1
	model fault ''
	t_run "disable, $what: the module can go" unload vmfwupdate
	load vmfwupdate
done
t_is 'the last one was disabled' "$(model disabled)" true
t_hazard launch-hang

t_is 'the driver never wrote a part of the file' "$(model partial-writes)" 1
t_hazard launch-whole-write
t_is 'nor offered an image of several pieces' "$(model last-error)" ''
put revert 1
[ "$t_failed" = 0 ] || t_done
restart
