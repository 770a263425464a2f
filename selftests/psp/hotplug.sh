#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: CPUs are taken out of the machine and put back, those of the interrupt too, idle and while commands run
# where: vm
# machine: snp-host
# vm-args: --qemu-arg -smp --qemu-arg maxcpus=16,sockets=16 --qemu-arg -device --qemu-arg max-x86_64-cpu,id=cpu2,socket-id=2,core-id=0,thread-id=0 --qemu-arg -device --qemu-arg max-x86_64-cpu,id=cpu3,socket-id=3,core-id=0,thread-id=0
# timeout: 180
#
# Two CPUs are there at the start that can be taken out: a newer kernel has no room
# for more than were there, outside of a hypervisor that it knows.
# shellcheck disable=SC2119 # irq_count's argument is optional
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

cpus=/sys/devices/system/cpu
there() { [ -e "$cpus/cpu$1/online" ]; }
gone() { [ ! -e "$cpus/cpu$1" ] && ! qmp get "/machine/peripheral/cpu$1" type >/dev/null 2>&1; }
# A new CPU waits to be put online, which udev does elsewhere.
plug() {
	qmp raw "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"max-x86_64-cpu\",
		\"id\": \"cpu$1\", \"socket-id\": $1, \"core-id\": 0, \"thread-id\": 0}}" &&
		poll 60 there "$1" && store 1 "$cpus/cpu$1/online"
}
# The machine is asked for it as by a button: the kernel lets the CPU go.
unplug() {
	qmp raw "{\"execute\": \"device_del\", \"arguments\": {\"id\": \"cpu$1\"}}" && poll 60 gone "$1"
}

# moves_to CPU: asked to, all of it comes there.
moves_to() {
	local before
	irq_move "$1"
	sev status >/dev/null
	before=$(irq_count "$1")
	sev -n 10 status >/dev/null
	t_is "CPU $1 gets the interrupt" "$(($(irq_count "$1") - before)) $(irq_cpu) $(model dest-mode) $(model dest-apic-id)" \
		"10 $1 $(apic_of "$1")"
}

load aspt
load psp_sev
klog_mark
moves_to 2
t_run 'a CPU goes, the interrupt idle on it' unplug 2
t_run 'the interrupt is on another CPU' test "$(irq_cpu)" != 2
by_interrupt 'after its CPU went'
t_run 'the CPU comes back' plug 2
by_interrupt 'with a CPU more'
moves_to 2

# Its answer comes when that CPU is no more.
hits=$(model fault-hits)
struck() { [ "$(model fault-hits)" -gt "$hits" ]; }
if [ "$CVM_KERNEL" = debug ]; then late=20000; else late=4000; fi
fault "sev-late@0x04=$late#1"
sev status >/run/flight &
flight=$!
poll 30 struck
linux=$(first "$psp_sysfs/interrupts") irqs=$(model irqs)
t_run 'the CPU of the interrupt goes with a command in flight' unplug 2
t_run 'which is still under way' kill -0 "$flight"
wait "$flight" || true
t_run 'and completes' text_has '^ret=0 ' "$(</run/flight)"
t_is 'by its interrupt' "$(($(model irqs) - irqs)) $(($(first "$psp_sysfs/interrupts") - linux))" '1 1'
fault ''
by_interrupt 'after that'

start_commands
times=$(rounds 4)
for ((i = 0; i < times; i++)); do
	{ plug 2 && irq_move 2 && poll 60 on_cpu 2 && unplug 2; } >/run/round 2>&1 || break
	{ irq_move 3 && poll 60 on_cpu 3 && unplug 3 && plug 3; } >/run/round 2>&1 || break
done
t_is 'the CPU of the interrupt came and went so often during commands' "$i $(</run/round)" "$times "
t_run 'commands meanwhile' stop_commands
t_run 'a last CPU goes' unplug 3
by_interrupt 'after all'
t_is 'in all, an interrupt for each command' "$(first "$psp_sysfs/interrupts") $(model irqs)" \
	"$(first "$psp_sysfs/commands") $(model commands)"
t_is 'each acknowledged, none swallowed' "$(model irqs-unacked) $(model irqs-lost) $(model overruns)" '0 0 0'
t_is 'no CmdResp error' "$(first "$aspt_sysfs/cmdresp_errors" "$aspt_sysfs/cmdresp_timeouts")" '0 0'
t_is 'the log is silent' "$(driver_lines)" ''
t_run 'unload' unload psp_sev aspt
t_run 'nothing is left behind' nothing_left
t_done
