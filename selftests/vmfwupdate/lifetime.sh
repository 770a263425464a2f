#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: removal while idle, staged, open and armed; reloading many times; nothing left behind, no memory lost
# where: vm
# machine: guest
# alone: it disables firmware updates, which only a reset ends
# timeout: 180
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
code 262144 image

nothing_left() {
	[ ! -e "$fw" ] && [ ! -e /sys/devices/platform/vmfwupdate ] && ! loaded vmfwupdate &&
		[ "$(model bios-addr)" = 0 ]
}

t_run 'loads' load vmfwupdate
t_fails 'only once' 1 'File exists' load vmfwupdate
t_run 'is removed while idle' unload vmfwupdate
t_run 'nothing is left' nothing_left

load vmfwupdate
cat image >"$fw/image"
t_run 'is removed while an image is staged' unload vmfwupdate
t_run 'nothing is left' nothing_left

load vmfwupdate
t_is 'the next one knows nothing of that image' "$(attr state) $(attr image_size)" 'idle 0'
exec 3>"$fw/image" 4<"$fw/state"
head -c 4096 image >&3
t_run 'is removed while its files are open' unload vmfwupdate
t_run 'nothing is left' nothing_left
t_fails 'writing to the open file' 1 'No such device' eval 'cat image >&3'
exec 3>&- 4<&-

load vmfwupdate
stage_arm image
addr=$(model bios-addr)
t_fails 'is not removed while armed' 1 'in use' unload vmfwupdate
t_is 'the image is still armed' "$(attr state) $(model bios-addr)" "armed $addr"
t_run 'and intact' cmp image "$fw/image"
t_hazard payload-kept
put arm 0
t_run 'is removed once that is taken back' unload vmfwupdate
t_run 'nothing is left' nothing_left

# An address that someone else left at the hypervisor is taken back: this is how
# a kernel finds it that was started without the old one's knowledge.
load vmfwupdate
stage_arm image
addr=$(attr bios_addr)
model fault write-error=bios-addr
put arm 0 2>/dev/null
t_run 'the module goes although the hypervisor holds an address' unload vmfwupdate
model fault ''
t_is 'as it does' "$(printf '0x%x' "$(model bios-addr)")" "$addr"
klog_mark
t_run 'the next one loads' load vmfwupdate
t_run 'says what it found' klog_has "somebody armed address $addr before; taking that back"
t_is 'and takes it back' "$(model bios-addr) $(attr state)" '0 idle'
unload vmfwupdate

# Faults that leave the module half loaded.
for fault in dir-missing=disable dir-endless=cap read-error=disable read-hang=cap; do
	model fault "$fault"
	load vmfwupdate 2>/dev/null && t_fail "$fault: is refused"
	model fault ''
	t_run "$fault: nothing is left" nothing_left
done

churn() {
	local i
	for ((i = 0; i < $1; i++)); do
		load vmfwupdate && stage_arm image && put arm 0 && cat image >"$fw/image" && unload vmfwupdate || return 1
	done
}
# What the kernel keeps for itself comes and goes by some hundred kilobytes; a leak
# is there each time, and large with a large image.
code 2097152 image
t_run 'a few rounds to warm up' churn 3
times=$(rounds 15)
before=$(free_kib) least=1000000 bad=0
for batch in 1 2 3; do
	churn "$times" || bad=1
	after=$(free_kib)
	lost=$((before - after))
	[ "$lost" -ge "$least" ] || least=$lost
	echo "# batch $batch: $lost KiB fewer free"
	before=$after
done
t_is "loaded, armed, cancelled, staged and removed $((3 * times)) times" "$bad" 0
t_run "no memory is lost ($least KiB in $times rounds; one image each time were $((2048 * times)))" \
	test "$least" -lt $((512 * times))
t_run 'nothing is left' nothing_left

# When the hypervisor does not take the address back either, nothing must come of it. (Last,
# since only a reset ends this.)
load vmfwupdate
stage_arm image
addr=$(attr bios_addr)
model fault write-error=bios-addr
put arm 0 2>/dev/null
unload vmfwupdate
klog_mark
t_run 'the next one loads although it cannot take it back' load vmfwupdate
t_is 'the hypervisor has the address, and is disabled' "$(printf '0x%x' "$(model bios-addr)") $(model disabled)" "$addr true"
t_is 'it knows' "$(attr state) $(attr disable)" 'disabled 1'
t_run 'and says so' klog_has "refused to write vmfwupdate/bios-addr .*; so address $addr cannot be taken back, and firmware updates are disabled instead"
t_run 'also last' klog_has 'firmware updates by bios-addr, disabled until the next reset'
t_hazard disable-loud
unload vmfwupdate
model fault 'write-error=bios-addr write-error=disable'
klog_mark
t_run 'a disabled one is left alone' load vmfwupdate
t_is 'and not disabled again' "$(klog_count 'refused to write') $(attr state)" '0 disabled'
unload vmfwupdate
model fault ''
t_done
