#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: polling, asked for or because the interrupt cannot be had; CmdResp errors cost nothing else
# where: vm
# machine: snp-host
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

load aspt
load psp_sev poll=1
t_is 'polling as asked for' "$(first "$psp_sysfs/poll")" 1
t_run 'nobody has requested the interrupt' test -z "$(first "/sys/kernel/irq/$(irq_number)/actions")"
device=$(model irqs)
t_run 'a hundred commands' sev -n 100 status
t_is 'raise no interrupt' "$(($(model irqs) - device))" 0
t_fails 'there is no way back without an interrupt' 1 'No such device or address' store 0 "$psp_sysfs/poll"
unload psp_sev

load psp_sev
echo 1 >"$psp_sysfs/poll"
device=$(model irqs)
t_run 'switched to polling while in use' sev -n 20 status
t_is 'no interrupt then' "$(($(model irqs) - device))" 0
echo 0 >"$psp_sysfs/poll"
t_run 'and back' sev -n 20 status
t_is 'twenty interrupts' "$(($(model irqs) - device))" 20
fault 'sev-late@0x04=1500#1'
echo 1 >"$psp_sysfs/poll"
t_run 'a slow answer' sev status
fault ''
unload psp_sev

# Each command of CmdResp fails in each way while the interrupt is requested.
# (Few enough for the limit on how often one line is logged.)
for what in 0x82:PART1 0x83:PART2 0x84:PART3; do
	for status in '1:invalid command' '2:invalid parameter' '3:invalid firmware state' '9:unknown status' '0x1f:failure'; do
		[ "$what" = 0x82:PART1 ] || [ "${status%:*}" = 0x1f ] || continue
		klog_mark
		errors=$(first "$aspt_sysfs/cmdresp_errors")
		fault "cmdresp-status@${what%:*}=${status%:*}#1"
		load psp_sev
		t_is "${what#*:} answered '${status#*:}': one line" \
			"$(klog_count "aspt aspt: CmdResp ${what#*:} \(${what%:*}, data 0x....\): ${status#*:} \(status 0x..\)")" 1
		t_is "${what#*:} answered '${status#*:}': counted, and psp_sev polls" \
			"$(($(first "$aspt_sysfs/cmdresp_errors") - errors)) $(first "$psp_sysfs/poll") $(sev_words 1 status)" \
			'1 1 ret=0'
		t_is "${what#*:} answered '${status#*:}': psp_sev says why" \
			"$(klog_count 'psp psp: no interrupt \(-(EIO|5)\), polling instead')" 1
		unload psp_sev
	done
done
klog_mark
errors=$(first "$aspt_sysfs/cmdresp_errors")
fault 'cmdresp-word@0x82=0xffffffff#1'
load psp_sev
t_run 'a mailbox that is gone: one line' klog_has 'CmdResp PART1 \(0x82, data 0x....\): the register reads all ones'
t_is 'counted, and psp_sev polls, and says why' \
	"$(($(first "$aspt_sysfs/cmdresp_errors") - errors)) $(first "$psp_sysfs/poll") $(klog_count '\(-(ENODEV|19)\), polling instead')" '1 1 1'
unload psp_sev

# The core does not ask how switching on went: psp_sev notices that no interrupt comes.
klog_mark
errors=$(first "$aspt_sysfs/cmdresp_errors")
fault 'cmdresp-status@0x85=2#1'
load psp_sev
t_is 'IRQ_EN refused: one line, counted' \
	"$(klog_count 'CmdResp IRQ_EN \(0x85, data 0x0401\): invalid parameter') $(($(first "$aspt_sysfs/cmdresp_errors") - errors))" '1 1'
t_run 'commands are answered without' sev -n 5 status
t_is 'the source is shown as off' "$(first "$aspt_sysfs/enabled")" 0
unload psp_sev

with_interrupt() {
	load psp_sev
	[ "$(first "$psp_sysfs/poll" "$aspt_sysfs/enabled")" != '0 1' ] || return 0
	unload psp_sev
	return 1
}
for what in 0x82:PART1 0x83:PART2 0x84:PART3 0x85:IRQ_EN; do
	klog_mark
	timeouts=$(first "$aspt_sysfs/cmdresp_timeouts")
	fault "cmdresp-never@${what%:*}#1"
	load psp_sev
	t_is "${what#*:} never answered: one line, counted" \
		"$(klog_count "CmdResp ${what#*:} \(${what%:*}, data 0x....\): no answer within 10 ms") $(($(first "$aspt_sysfs/cmdresp_timeouts") - timeouts))" '1 1'
	if [ "$what" = 0x85:IRQ_EN ]; then
		t_is 'the source is shown as off then' "$(first "$aspt_sysfs/enabled")" 0
	else
		t_is "${what#*:} never answered: psp_sev polls, and says why" \
			"$(first "$psp_sysfs/poll") $(klog_count '\(-(ETIMEDOUT|110)\), polling instead')" '1 1'
	fi
	t_run "${what#*:} never answered: commands work" sev -n 5 status
	unload psp_sev
	fault ''
	t_run "${what#*:} is tried anew a moment later" poll 60 with_interrupt
	by_interrupt "after ${what#*:} was not answered"
	[ "$what" = 0x85:IRQ_EN ] || unload psp_sev
done

# A move of the interrupt that the mailbox refuses.
klog_mark
cpu=$(irq_cpu)
fault 'cmdresp-status@0x84=0x1f#1'
irq_move $((1 - cpu))
t_run 'a move that fails' sev -n 5 status
t_run 'is logged' klog_has 'CmdResp PART3 \(0x84, data 0x....\): failure'
t_run 'no command is lost by it' sev -n 20 status
fault ''
# moves CPU: asked to, the interrupt comes there, all of it.
moves() {
	local before
	irq_move "$1"
	sev -n 5 status >/dev/null
	before=$(irq_count "$1")
	sev -n 5 status >/dev/null
	[ $(($(irq_count "$1") - before)) = 5 ]
}
t_run 'it can be moved there when the mailbox obeys again' poll 60 moves $((1 - cpu))
t_run 'and back' poll 60 moves "$cpu"
t_run 'unload' unload psp_sev aspt

klog_mark
fault 'cmdresp-never'
load aspt
t_run 'a mailbox dead from the start: aspt loads' loaded aspt
t_is 'one line' "$(klog_count CmdResp)" 1
load psp_sev
t_is 'psp_sev polls' "$(first "$psp_sysfs/poll")" 1
t_run 'commands work without it' sev -n 20 status
unload psp_sev aspt
klog_mark
fault 'cmdresp-late@0x85=50#1'
load aspt
fault ''
load psp_sev
t_run 'a late answer of CmdResp is not taken for the next' sev -n 5 status
t_is 'no command was sent over it' "$(model overruns)" 0
unload psp_sev aspt
t_done
