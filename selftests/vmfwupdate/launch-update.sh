#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the interface launch-update: an IGVM file is started, taken back, the host's own restored, whoever reads the file meanwhile
# where: vm
# machine: guest
# kernels: 6.1 6.12 debug
# alone: it reboots
# vm-args: --set fwup0.interface=launch-update --append memmap=4K$0x30000000
# long: 6.1 debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
programs=$CVM_ROOT/build/selftests/vmfwupdate
tool() { "$CVM_ROOT/build/tools/vmfwctl" "$@"; }
stage() { cat "$1" >"$fw/image"; }
# Some other reader of fw_cfg: it resets control.
stranger() { "$programs/fwcfg" read etc/vmlaunchupdate 2 >/dev/null; }
control() { [[ $(model launch) =~ control=([^ ]*) ]] && echo "${BASH_REMATCH[1]}"; }
pending() { [[ $(model launch) =~ pending=([0-9]*) ]] && echo "${BASH_REMATCH[1]}"; }
opaque_field() { [[ $(model launch) =~ opaque=([^ ]*) ]] && echo "${BASH_REMATCH[1]}"; }
host=$(sha "$seabios_256k")
"$programs/igvmrom" "$seabios_128k" >igvm
size=$(size_of igvm)

klog_mark
case $CVM_BOOT in
1)
	model fault dir-size=vmlaunchupdate:64
	t_fails 'a file of another length' 1 'No such device' load vmfwupdate
	t_run 'the log names it' klog_has 'launch-update is unknown: etc/vmlaunchupdate has 64 bytes, not 56'
	model fault read-error=vmlaunchupdate
	t_fails 'a file that cannot be read' 1 'Input/output error' load vmfwupdate
	model fault ''
	load vmfwupdate opaque_mem=0x30000000 || exit 1
	t_is 'the interface is found' "$(attr interface) $(attr state) $(attr status) $(attr capabilities)" \
		'launch-update idle none 0x100000000'
	t_is 'it tells no region and no address' "$(attr bios_size) $(attr bios_addr)" '0 0x0'

	stage "$seabios_128k"
	t_fails 'a raw image is refused before the reset' 1 'Invalid argument' put arm 1
	t_run 'the reason is named' has 'could not load the image: is it an IGVM file' "$fw/last_error"
	t_is 'status says so too' "$(attr status) $(attr state)" 'refused failed'
	"$programs/igvmrom" "$seabios_128k" 0 2 >snp
	stage snp
	t_fails 'an IGVM file for another platform' 1 'Invalid argument' put arm 1
	head -c $((size - 4096)) igvm >short
	stage short
	t_fails 'an IGVM file cut off' 1 'Invalid argument' put arm 1
	for answer in '2 Operation.not.supported not.started.from.an.IGVM.file' '7 Input/output.error unknown.status.7'; do
		read -r number error regex <<<"$answer"
		model fault "launch-status=$number"
		stage igvm
		t_fails "status $number" 1 "$error" put arm 1
		t_run "status $number: the reason is named" has "$regex" "$fw/last_error"
		model fault ''
	done
	put arm 0
	t_is 'nothing of that is left' "$(pending) $(attr state)" '0 idle'
	t_hazard launch-status
	t_hazard fails-before-reset

	model fault write-error=vmlaunchupdate
	t_fails 'a way back that is refused' 1 'Input/output error' put revert 1
	t_is 'is a failure' "$(attr state)" failed
	model fault ''
	t_run 'which cancel ends' put arm 0
	t_is 'with nothing asked for' "$(attr state) $(attr status) $(control)" 'idle none 0x0'
	# Half of it done: asked for, and not seen to be understood.
	model fault read-error=vmlaunchupdate#1
	t_fails 'a way back that cannot be seen' 1 'Input/output error' put revert 1
	t_is 'is not asked for' "$(attr state) $(control) $(attr status)" 'failed 0x0 none'
	model fault ''
	put arm 0
	t_run 'nor at the module' unload vmfwupdate
	load vmfwupdate opaque_mem=0x30000000 || exit 1

	t_run 'an IGVM file is armed' stage_arm igvm
	t_is 'all of it' "$(pending) $(model image-sha256)" "$size $(sha igvm)"
	t_is 'state and status say so' "$(attr state) $(attr status) $(attr image_size)" "armed pending $size"
	t_run 'it reads back' cmp igvm "$fw/image"
	t_fails 'the module stays' 1 'in use' unload vmfwupdate
	t_run 'cancel' put arm 0
	t_is 'asks for the firmware of the host' "$(control) $(attr state)" '0x2 idle'
	t_is 'status says what comes' "$(attr status)" revert
	t_is 'reading status leaves that as it was' "$(control)" 0x2
	t_fails 'the module stays, for its last word' 1 'in use' unload vmfwupdate
	sleep_now() { echo freeze >/sys/power/state; }
	t_fails 'and the machine awake' 1 'busy' sleep_now
	stage "$seabios_128k"
	t_fails 'an image that is refused then' 1 'Invalid argument' put arm 1
	t_is 'leaves the word' "$(control)" 0x2
	t_run 'armed again' stage_arm igvm
	t_is 'takes the word away' "$(control) $(attr status)" '0x0 pending'
	put arm 0
	t_is 'cancelled again' "$(control)" 0x2

	random_file bytes 4096
	t_run 'opaque bytes are written' cp bytes "$fw/opaque"
	t_is 'by address' "$(opaque_field)" 0x30000000,4096
	t_is 'which leaves the word' "$(control)" 0x2
	t_run 'and read' cmp bytes "$fw/opaque"
	cp bytes "$CVM_STATE/opaque"
	stranger
	t_is 'a stranger takes the word away' "$(control)" 0x0
	restart
	;;
2)
	t_is 'the cancelled image does not run: the driver had the last word' "$(model bios-sha256) $(model replacements)" "$host 0"
	t_is 'the host was asked for its own' "$(model reverts)" 1
	t_hazard launch-control-reset
	t_hazard launch-last-word
	load vmfwupdate || exit 1
	t_is 'all is as in the beginning' "$(attr state) $(attr status)" 'idle none'
	t_run 'opaque bytes are found where the hypervisor says' cmp "$CVM_STATE/opaque" "$fw/opaque"
	t_run 'an IGVM file is armed by vmfwctl' tool stage --arm igvm
	# Five boots would take that kernel more than five minutes.
	[ "$CVM_KERNEL" != debug ] || t_done
	restart
	;;
3)
	t_is 'its pages run' "$(model bios-sha256) $(model replacements)" "$(sha "$seabios_128k") 1"
	t_is 'the processor sees them' "$("$programs/physmem" $((0x100000000 - 131072)) 131072 | sha)" "$(sha "$seabios_128k")"
	t_is 'all were loaded' "$(model igvm-pages)" 32
	t_hazard launch-at-reset
	load vmfwupdate || exit 1
	t_run 'a way back is armed' tool revert
	t_is 'state and status say so' "$(attr state) $(attr status) $(control)" 'armed revert 0x2'
	t_fails 'no image meanwhile' 1 'busy' stage igvm
	t_run 'the reason is named' has 'a return to the hypervisor.s firmware is armed' "$fw/last_error"
	t_run 'cancel' put arm 0
	t_is 'takes it back' "$(control) $(attr state) $(attr status)" '0x0 idle none'
	t_run 'armed again' put revert 1
	stranger
	restart
	;;
4)
	t_is 'the firmware of the host is back' "$(model bios-sha256) $(model reverts)" "$host 2"
	t_hazard launch-revert
	load vmfwupdate || exit 1
	stage_arm igvm
	model fault disable-stuck
	t_fails 'a hypervisor that does not disable' 1 'Input/output error' put disable 1
	t_run 'the reason is named' has 'did not disable its interface' "$fw/last_error"
	t_is 'it is not disabled' "$(model disabled)" false
	model fault ''
	t_run 'disable' put disable 1
	t_is 'disables, and keeps the word' "$(model disabled) $(control) $(attr state) $(attr status)" 'true 0x2 disabled disabled'
	restart
	;;
5)
	t_is 'the image that was armed and disabled does not run' "$(model bios-sha256) $(model replacements)" "$host 1"
	t_hazard launch-disable-alone
	load vmfwupdate || exit 1
	t_is 'the reset enables again' "$(attr disable) $(attr state)" '0 idle'
	put disable 1
	unload vmfwupdate
	load vmfwupdate || exit 1
	stage igvm
	t_fails 'a module that could not know sees that nothing is looked at' 1 'not permitted' put arm 1
	t_run 'the reason is named' has 'did not look at the image: .*disabled' "$fw/last_error"
	t_is 'and knows it from then on' "$(attr state) $(attr disable) $(attr status)" 'disabled 1 disabled'
	t_hazard launch-disabled
	# Without reserved memory.
	unload vmfwupdate
	"$programs/fwcfg" write etc/vmlaunchupdate \
		"0100000000000000$(printf %064d 0)00000010000000000010000000000000" | head -n 1
	load vmfwupdate || exit 1
	t_is 'a hostile address for opaque bytes' "$(opaque_field)" 0x10000000,4096
	t_fails 'is not looked at' 1 'No such device or address' cat "$fw/opaque"
	t_run 'the reason is named' has 'not in reserved memory' "$fw/last_error"
	unload vmfwupdate
	load vmfwupdate opaque_mem=0x20000000 || exit 1
	t_fails 'a page that is not reserved' 1 'Invalid argument' cp igvm "$fw/opaque"
	unload vmfwupdate
	load vmfwupdate || exit 1
	random_file bytes 4096
	t_run 'a page of the driver' cp bytes "$fw/opaque"
	t_run 'holds them for this boot' cmp bytes "$fw/opaque"
	t_run 'with a warning' klog_has 'survive the reset only if'
	t_run 'and goes' unload vmfwupdate
	t_is 'with its address' "$(opaque_field)" 0x0,0
	t_done
	;;
esac
