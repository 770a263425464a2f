#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a hypervisor that lies, refuses, changes its mind or never answers: a clear error each, no hang, nothing left behind
# where: vm
# machine: guest
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
code 262144 image
code 131072 small
# Other tests may have had this machine before.
faults=$(model faults-injected)

# The first load says that the module is foreign, once.
load vmfwupdate && unload vmfwupdate

for file in cap bios-size opaque disable; do
	refuses_to_load "dir-missing=$file" "the hypervisor's interface bios-addr is incomplete: no vmfwupdate/$file"
done
refuses_to_load 'dir-missing=bios-addr' 'the hypervisor offers no interface'
t_hazard by-name
refuses_to_load 'dir-endless=opaque' 'fw_cfg.s directory .* a name without an end'
t_hazard name-endless
refuses_to_load 'dir-count=4294967295' 'fw_cfg.s directory of 4294967295 entries .* more entries than'
refuses_to_load 'dir-count=1024' 'fw_cfg.s directory of 1024 entries .* more entries than'
refuses_to_load 'dir-count=1023' 'fw_cfg.s directory of 1023 entries .* entry [0-9]+: a name'
refuses_to_load 'dir-count=0' 'the hypervisor offers no interface'
refuses_to_load 'dir-count=3' 'the hypervisor offers no interface'
t_hazard directory-count
for wrong in cap:4 cap:0 bios-size:8 opaque:4096 opaque:4294967295 disable:2 bios-addr:16; do
	refuses_to_load "dir-size=$wrong" \
		"the hypervisor's interface bios-addr is unknown: vmfwupdate/${wrong%:*} has ${wrong#*:} bytes, not"
done
t_hazard size-lies
for file in cap bios-size disable bios-addr; do
	refuses_to_load "read-error=$file" "the hypervisor refused to read vmfwupdate/$file"
done
refuses_to_load 'read-hang=disable' 'the hypervisor did not finish to read vmfwupdate/disable'
refuses_to_load 'read-error=directory' "fw_cfg's directory cannot be read: error -5"
refuses_to_load 'read-hang=directory' "fw_cfg's directory cannot be read: error -110"
refuses_to_load 'short=directory:4' 'fw_cfg.s directory .* entry 0: a name without an end'
refuses_to_load 'short=directory:100' 'fw_cfg.s directory .* entry 2: a name without an end'
refuses_to_load 'short=directory:0' 'the hypervisor offers no interface'
refuses_to_load 'dir-count=3#1' 'fw_cfg.s directory of 3 entries .* its count changed between two reads'
t_hazard directory-changes

# A size that is true only every other time. A load selects the directory twice, and
# believes the second: of two loads with a look of somebody else in between it harms one.
klog_mark
model fault 'dir-size-flip=opaque:3'
took=
for _ in 1 2; do
	if load vmfwupdate 2>/dev/null; then
		took+=" $(size_of "$fw/opaque")"
		unload vmfwupdate
	else
		took+=" $(klog_count 'is unknown: vmfwupdate/opaque has 3 bytes, not 1024')"
	fi
	"$CVM_ROOT/build/selftests/vmfwupdate/fwcfg" read vmfwupdate/cap >/dev/null
done
model fault ''
case $took in
' 1024 1' | ' 1 1024') t_ok 'a size that changes: believed when true, refused when not' ;;
*) t_fail 'a size that changes: believed when true, refused when not' "$took" "$(klog)" ;;
esac
t_run 'after all that it loads and works' load vmfwupdate
t_is 'with all it needs' "$(attr state) $(attr bios_size)" 'idle 262144'
t_hazard size-changes

# while_loaded FAULT ERROR REGEX COMMAND...: an error that names its reason; once
# the fault is over, everything works again.
while_loaded() {
	local fault=$1 error=$2 regex=$3
	shift 3
	model fault "$fault"
	klog_mark
	t_fails "$fault: $*" 1 "$error" "$@"
	# (The driver says at most ten errors in five seconds.)
	driver_lines >said
	[ "$(lines_in "$(<said)")" -le 1 ] || t_fail "$fault: one line in the log" "$(<said)"
	if has "$regex" "$fw/last_error"; then
		t_ok "$fault: last_error: $(attr last_error)"
	else
		t_fail "$fault: last_error says why" "$(attr last_error)"
	fi
	model fault ''
	put arm 0 || t_fail "$fault: cancel" "$(attr last_error)"
	t_is "$fault: nothing is left" "$(attr state) $(model bios-addr) $(model next-bios-size)" 'idle 0 262144'
}
staged() { cat "$1" >"$fw/image"; put arm 1; }

while_loaded read-error=bios-size 'Input/output error' 'refused to read vmfwupdate/bios-size' attr bios_size
while_loaded read-error=cap 'Input/output error' 'refused to read vmfwupdate/cap' attr capabilities
while_loaded read-error=opaque 'Input/output error' 'refused to read vmfwupdate/opaque' cat "$fw/opaque"
while_loaded write-error=opaque 'Input/output error' 'refused to write vmfwupdate/opaque' put opaque x
while_loaded read-error=cap 'Input/output error' 'refused to read vmfwupdate/cap' cp image "$fw/image"
while_loaded write-error=bios-addr 'Input/output error' 'refused to write vmfwupdate/bios-addr' staged image
while_loaded write-error=bios-size 'Input/output error' 'refused to write vmfwupdate/bios-size' staged small
while_loaded read-error=disable 'Input/output error' 'refused to read vmfwupdate/disable' staged image
while_loaded addr-stuck 'Input/output error' 'holds address 0x0 instead of 0x[0-9a-f]+' staged image
while_loaded size-stuck 'Invalid argument' 'did not resize the BIOS region to 131072 bytes, it has 262144' staged small
while_loaded disable-stuck 'Input/output error' 'did not disable' put disable 1
while_loaded write-error=disable 'Input/output error' 'refused to write vmfwupdate/disable' put disable 1
t_hazard dma-error
t_hazard address-unconfirmed

# A file that is shorter than the directory says.
random_file bytes 1024
cp bytes "$fw/opaque"
model fault short=opaque:100
t_run 'a short file is read' cp "$fw/opaque" seen
{ head -c 100 bytes && head -c 924 /dev/zero; } >wanted
t_run 'as zeros behind its end' cmp seen wanted
# What lay in the buffer is from the operation before, here of the same bytes.
model fault read-nothing=opaque
t_run 'a read that is said to be done, and is not' cp "$fw/opaque" unmoved
t_is 'is zeros' "$(stat -c %s unmoved) $(tr -d '\0' <unmoved | wc -c)" '1024 0'
model fault read-nothing=bios-size
t_is 'also of a size' "$(attr bios_size)" 0
model fault ''
while_loaded short=opaque:1023 'Input/output error' 'refused to write vmfwupdate/opaque' cp seen "$fw/opaque"
t_run 'nothing was written over its end' cmp bytes "$fw/opaque"
while_loaded short=bios-addr:4 'Input/output error' 'refused to write vmfwupdate/bios-addr' staged image
while_loaded short=bios-size:2 'Input/output error' 'refused to write vmfwupdate/bios-size' staged small
t_hazard file-shrinks

# A size that changes with every look: armed or refused, but never half of it.
model fault size-flip
for ((i = 0; i < 6; i++)); do
	if staged small 2>/dev/null; then wanted='armed 1'; else wanted='failed 0'; fi
	[ "$(attr state) $(attr arm)" = "$wanted" ] || t_fail 'size-flip: state' "$(attr state) $(attr arm), not $wanted"
	[ $((i % 2)) = 0 ] || put arm 0
done
model fault ''
put arm 0
t_is 'size-flip: nothing is left' "$(attr state) $(model bios-addr)" 'idle 0'
t_hazard resize-unconfirmed
# (But the size: the driver gave back what it had been told.)
"$CVM_ROOT/build/selftests/vmfwupdate/fwcfg" write vmfwupdate/bios-size 00000400

# The hypervisor does not give an armed address back: the memory is given up,
# and cancelling again is possible.
stage_arm image
model fault write-error=bios-addr
t_fails 'a cancel that the hypervisor refuses' 1 'Input/output error' put arm 0
t_is 'is a failure' "$(attr state)" failed
t_run 'the log warns of what may happen' klog_has 'may still take 262144 bytes at 0x[0-9a-f]+ as firmware; they stay allocated'
t_is 'and true' "$(attr bios_addr)" "$(printf '0x%x' "$(model bios-addr)")"
t_fails 'again' 1 'Input/output error' put arm 0
model fault ''
t_run 'until it is willing' put arm 0
t_is 'then all is well' "$(attr state) $(attr bios_addr)" 'idle 0x0'

# An image that is refused each time takes no memory with it.
code 4194304 large
refuse() {
	local i
	for ((i = 0; i < $1; i++)); do
		! staged large 2>/dev/null || return 1
	done
	model fault ''
	put arm 0
	model fault write-error=bios-addr
}
model fault write-error=bios-addr
refuse 1
before=$(free_kib)
t_run 'sixteen images of 4 MiB are refused' refuse 16
lost=$((before - $(free_kib)))
t_run "which cost no memory ($lost KiB fewer free)" test "$lost" -lt 32768
model fault ''
put arm 0

# The log tells each of them in one line. (At most ten errors in five seconds, and there
# were that many above on a fast machine.)
sleep 6
model fault write-error=bios-addr
klog_mark
t_fails 'an image that is refused' 1 'Input/output error' staged image
driver_lines >said
t_is 'is one line in the log' "$(lines_in "$(<said)")" 1
t_run 'with its reason' has 'refused to write vmfwupdate/bios-addr' said
model fault ''
stage_arm image
model fault write-error=bios-addr
klog_mark
t_fails 'so is one that is not given back' 1 'Input/output error' put arm 0
driver_lines >said
t_is 'which says what that means' "$(lines_in "$(<said)") $(sed 's/.*vmfwupdate: //; s/0x[0-9a-f]*/ADDR/' said)" \
	'1 the hypervisor refused to write vmfwupdate/bios-addr (error -5); the hypervisor may still take 262144 bytes at ADDR as firmware; they stay allocated'
t_hazard one-line
model fault ''
put arm 0

# A write that never ends.
for what in opaque:put.opaque.x bios-size:staged.small bios-addr:staged.image disable:put.disable.1; do
	file=${what%%:*}
	read -ra command <<<"$(tr . ' ' <<<"${what#*:}")"
	model fault "write-hang=$file"
	t_fails "a write of $file that never ends" 1 'timed out' "${command[@]}"
	t_run "$file: the reason is named" has "did not finish to write vmfwupdate/$file" "$fw/last_error"
	model fault ''
	t_run "$file: the module can be removed" unload vmfwupdate
	load vmfwupdate
	t_is "$file: loaded anew it works" "$(attr state) $(attr bios_size) $(attr disable)" 'idle 262144 0'
done

# An operation that never ends.
model fault read-hang=bios-size
start=$SECONDS
t_fails 'an operation that never ends' 1 'timed out' attr bios_size
t_run 'ends within a bound' test $((SECONDS - start)) -le 60
t_run 'with a line in the log' klog_has 'the hypervisor did not finish to read vmfwupdate/bios-size'
model fault ''
t_fails 'the device is left alone from then on' 1 'Input/output error' attr bios_size
t_run 'the module can be removed' unload vmfwupdate
t_run 'and loaded anew' load vmfwupdate
t_run 'and works' stage_arm image
t_run 'cancel' put arm 0
t_hazard dma-hang
t_run 'the model really misbehaved' test $(($(model faults-injected) - faults)) -ge 40
unload vmfwupdate
t_done
