#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: 1000 commands raise exactly 1000 interrupts; moving the affinity moves them; CPUs come and go
# where: vm
# machine: snp-host
# cpus: 4
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

load aspt
load psp_sev
klog_mark
t_run '/proc/interrupts names it' has "^ *$(irq_number):.* ASPT +1-edge +psp_sev\$" /proc/interrupts
t_is 'the first command was completed by it' "$(first "$psp_sysfs/commands" "$psp_sysfs/interrupts")" '1 1'

linux=$(irq_count) device=$(model irqs) commands=$(model commands)
t_run 'a thousand commands' sev -n 1000 status
t_is 'the model saw a thousand' "$(($(model commands) - commands))" 1000
t_is 'the model raised a thousand interrupts' "$(($(model irqs) - device))" 1000
t_is '/proc/interrupts counted a thousand' "$(($(irq_count) - linux))" 1000
t_is 'the drivers counted the same' "$(first "$psp_sysfs/interrupts") $(first "$aspt_sysfs/interrupts")" "$(irq_count) $(irq_count)"
t_run 'none was lost, none without a reason' irqs_clean
t_is 'none before the last one was acknowledged' "$(model irqs-unacked)" 0

# Moving takes effect with the next interrupt, which still goes to the old CPU.
for cpu in 3 1 2 0; do
	irq_move "$cpu"
	sev status >/dev/null
	before=$(irq_count "$cpu") all=$(irq_count)
	sev -n 50 status >/dev/null
	t_is "affinity to CPU $cpu: its count rises by all of 50" \
		"$(($(irq_count "$cpu") - before)) $(($(irq_count) - all))" '50 50'
	t_is "affinity to CPU $cpu: the PSP sends to that CPU's APIC" \
		"$(irq_cpu) $(model dest-mode) $(model dest-apic-id)" "$cpu $(apic_of "$cpu")"
done
t_is 'each move was one retarget' "$(first "$aspt_sysfs/retargets")" 4

moved_since() { [ "$(first "$aspt_sysfs/retargets")" -gt "$1" ]; }

start_commands
missed=0
moves=$(rounds 24)
for ((i = 0; i < moves; i++)); do
	before=$(first "$aspt_sysfs/retargets")
	irq_move $(((i + 1) % 4))
	poll 60 moved_since "$before" || missed=$((missed + 1))
done
t_run "commands during $moves moves" stop_commands
t_is 'each of these moves took effect' "$missed" 0
t_run 'no interrupt was lost or spurious' irqs_clean

# CPUs go offline and come back, each time the one that gets the interrupt.
start_commands
times=$(rounds 12)
for ((i = 0; i < times; i++)); do
	cpu=$((i % 3 + 1))
	irq_move "$cpu"
	poll 60 on_cpu "$cpu" || break
	echo 0 >"/sys/devices/system/cpu/cpu$cpu/online"
	echo 1 >"/sys/devices/system/cpu/cpu$cpu/online"
done
t_is 'the CPU of the interrupt went offline so often' "$i" "$times"
t_run 'commands meanwhile' stop_commands
t_run 'no interrupt was lost or spurious then' irqs_clean
t_is 'every command still raises one interrupt' "$(first "$psp_sysfs/interrupts")" "$(first "$psp_sysfs/commands")"

# The CPU of an idle interrupt goes.
irq_move 2
sev status >/dev/null
sev status >/dev/null
t_is 'the interrupt is on CPU 2' "$(irq_cpu)" 2
echo 0 >/sys/devices/system/cpu/cpu2/online
t_run 'a command after its CPU went offline' sev status
t_run 'its interrupt is on another CPU' test "$(irq_cpu)" != 2
echo 1 >/sys/devices/system/cpu/cpu2/online
t_run 'none lost' irqs_clean
t_is 'no CmdResp error' "$(first "$aspt_sysfs/cmdresp_errors" "$aspt_sysfs/cmdresp_timeouts")" '0 0'
t_is 'the log is silent' "$(driver_lines)" ''
t_run 'unload' unload psp_sev aspt
t_done
