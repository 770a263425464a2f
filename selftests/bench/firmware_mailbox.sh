#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: registers, mailboxes and interrupt of the emulated processor, spoken to without a driver
# where: vm
# machine: snp-host
# kernels: any
# cpus: 4
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

psp=/machine/peripheral/psp0
poke() { "$CVM_ROOT/build/selftests/bench/firmware_poke" "$@"; }
acpi() { poke acpi "$@"; }
get() { qmp get "$psp" "$1"; }

# Status N of the ACPI mailbox as its response word.
status() { printf '0x%08x' $((0x80000000 | $1 << 26)); }

# The vector of KVM's posted interrupts: without VMX nothing else uses it, and
# the kernel counts it for each CPU.
vector=0xf2
posted() { awk -v cpu="$1" '$1 == "PIN:" { print $(cpu + 2) }' /proc/interrupts; }
part3() { printf '0x%x' $(((${2:-1} << 10) | (${3:-0} << 9) | $1)); }
aim() { # APIC-ID [LOGICAL]
	acpi 0x82 $(($1 & 0xffff)) >/dev/null
	acpi 0x83 $(($1 >> 16)) >/dev/null
	acpi 0x84 "$(part3 $vector 1 "${2:-0}")" >/dev/null
}
# on CPU COMMAND...: on the CPU that the interrupt goes to, which takes it before
# it can give the next command. Elsewhere two of them would merge into one, as
# edges of one vector do.
on() { taskset -c "$1" "$CVM_ROOT/build/selftests/bench/firmware_poke" "${@:2}"; }
nothing=000000000000000000000000 # twelve bytes for PLATFORM_STATUS

t_is 'the feature register' "$(poke read 0)" 0x00000001
poke write 0 0xffffffff
t_is 'is read-only' "$(poke read 0)" 0x00000001
t_is 'interrupts are off after reset' "$(poke read 4)" 0x00000000
t_is 'no interrupt is pending after reset' "$(poke read 8)" 0x00000000
t_is 'the mailbox is idle after reset' "$(poke read 0x20)" 0x00000000

# The ACPI mailbox, in every wrong order first.
t_is 'IRQ_EN before any target' "$(acpi 0x85 0x401)" "$(status 3)"
t_is 'IRQ_EN off before any target' "$(acpi 0x85 0x400)" "$(status 0)"
t_is 'PART2 before PART1' "$(acpi 0x83 0)" "$(status 3)"
t_is 'PART3 before PART1' "$(acpi 0x84 "$(part3 $vector)")" "$(status 3)"
t_is 'PART1' "$(acpi 0x82 1)" "$(status 0)"
t_is 'PART3 before PART2' "$(acpi 0x84 "$(part3 $vector)")" "$(status 3)"
t_is 'PART2' "$(acpi 0x83 0)" "$(status 0)"
t_is 'PART3 with another mailbox id' "$(acpi 0x84 "$(part3 $vector 2)")" "$(status 2)"
t_is 'PART3 with an exception as its vector' "$(acpi 0x84 "$(part3 0x0f)")" "$(status 2)"
t_is 'PART3 with a message type' "$(acpi 0x84 $(($(part3 $vector) | 0x100)))" "$(status 2)"
t_is 'no target yet' "$(get vector)" 0
t_is 'PART3' "$(acpi 0x84 "$(part3 $vector)")" "$(status 0)"
t_is 'the vector is known' "$(get vector)" $((vector))
t_is 'the APIC id is known' "$(get dest-apic-id)" 1
t_is 'PART3 once more needs the other two' "$(acpi 0x84 "$(part3 $vector)")" "$(status 3)"
t_is 'IRQ_EN with another mailbox id' "$(acpi 0x85 0x801)" "$(status 2)"
t_is 'IRQ_EN with a reserved bit' "$(acpi 0x85 0x403)" "$(status 2)"
for c in 0 0x81 0x86 0x3ff; do
	t_is "command $c" "$(acpi $c 0x400)" "$(status 1)"
done
t_is 'a command with status bits' "$(acpi 0x482 0)" "$(status 1)"
t_is 'the interrupt is still off' "$(get irq-enabled)" false

# Commands, polled.
before=$(get commands)
t_is 'a polled command' "$(poke sev 0x04 $nothing | head -n 1)" 'response 0x80000000'
t_is 'is counted' $(($(get commands) - before)) 1
t_is 'leaves its interrupt status' "$(poke read 8)" 0x00000002
poke write 8 0xfffffffd
t_is 'writing the other bits clears nothing' "$(poke read 8)" 0x00000002
poke write 8 2
t_is 'writing the bit clears it' "$(poke read 8)" 0x00000000
t_is 'PLATFORM_STATUS answers' "$(poke sev 0x04 $nothing | sed -n 's/^buffer //p')" 013700000000002700000000
t_is 'an unknown command' "$(poke sev 0x7ff | head -n 1)" 'response 0x80000011'
t_is 'leaves its error in the buffer registers' "$(poke sev 0x7ff | sed -n 's/^stack //p')" 0x0000000000000011
t_is 'GET_ID tells the length' "$(poke sev 0x0c 0000000000000000 00000000 | sed -n '1p;3p' | xargs)" \
	'response 0x80000004 buffer 000000000000000080000000'
ids=$(poke sev 0x0c DATA 80000000 | sed -n 's/^data //p')
t_is 'GET_ID gives two ids of 64 bytes' "${#ids}" 256
t_is 'which are not the same' "$([ "${ids:0:128}" != "${ids:128}" ] && echo differ)" differ
t_is 'a buffer where no memory is' "$(poke sev 0x83 0000b0fe00000000 | head -n 1)" 'response 0x80000009'
t_is 'no interrupt so far' "$(get irqs)" 0

# Interrupts.
poke write 4 0xffffffff
t_is 'a command with the mailbox interrupt off' "$(poke sev 0x04 irq $nothing | head -n 1)" 'response 0x80000000'
t_is 'raises none' "$(get irqs)" 0
acpi 0x85 0x401 >/dev/null
t_is 'the interrupt is on' "$(get irq-enabled)" true
poke write 8 2
sent=$(get irqs) cpu0=$(posted 0) cpu1=$(posted 1)
t_is '200 commands' "$(on 1 repeat 200 0x04 irq $nothing)" 200
t_is 'raise 200 interrupts' $(($(get irqs) - sent)) 200
t_is 'on the CPU they were sent to' $(($(posted 1) - cpu1)) 200
t_is 'and not elsewhere' $(($(posted 0) - cpu0)) 0
t_is 'all but the first found the status bit set' "$(get irqs-unacked)" 199
sent=$(get irqs)
poke repeat 10 0x04 $nothing >/dev/null
t_is 'none when the command does not ask for one' $(($(get irqs) - sent)) 0
poke write 4 0xfffffffd
poke repeat 10 0x04 irq $nothing >/dev/null
t_is 'none when the enable register has the bit off' $(($(get irqs) - sent)) 0
poke write 4 2
aim 3
cpu3=$(posted 3)
on 3 repeat 10 0x04 irq $nothing >/dev/null
t_is 'moved while it is on' $(($(posted 3) - cpu3)) 10
# Flat logical destination: bit 2 is CPU 2, if the kernel gives its APICs logical
# ids at all. Newer ones do not, and then nobody answers to it.
want=0
! grep -qw flat_init_apic_ldr /proc/kallsyms || want=10
aim 4 1
t_is 'logical destination mode' "$(get dest-mode)" 1
cpu2=$(posted 2)
on 2 repeat 10 0x04 irq $nothing >/dev/null
t_is "reaches its CPU $want times of 10" $(($(posted 2) - cpu2)) "$want"
aim $((0x10001))
sent=$(get irqs)
poke repeat 10 0x04 irq $nothing >/dev/null
t_is 'a 32-bit APIC id' "$(get dest-apic-id)" $((0x10001))
t_is 'cannot be reached' $(($(get irqs) - sent)) 0
t_is 'and that is counted' "$(get irqs-undeliverable)" 10
aim 1
acpi 0x85 0x400 >/dev/null
poke repeat 10 0x04 irq $nothing >/dev/null
t_is 'none after it was switched off' $(($(get irqs) - sent)) 0
t_is 'the log of the mailbox' "$(get cmdresp-log | grep -oE '85:0400=0"?$' | tr -d '"')" 85:0400=0

# The platform's life as the device shows it.
t_is 'state' "$(get state | tr -d '"')" uninit
poke sev 0x01 $nothing 0000000000000000 >/dev/null
t_is 'INIT' "$(get state | tr -d '"')" init
qmp set "$psp" guests 2 >/dev/null
t_is 'guests' "$(poke sev 0x04 $nothing | sed -n 's/^buffer //p')" 013702000000002702000000
poke sev 0x02 >/dev/null
t_is 'SHUTDOWN' "$(get state | tr -d '"')" uninit
t_is 'last command' "$(get last-command)" 2
t_done
