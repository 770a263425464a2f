#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the table is found, the domain in place, the device psp created; nothing is left behind
# where: vm
# machine: snp-host
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

klog_mark
t_run 'aspt loads' load aspt
t_run 'one line says what was found' klog_has 'aspt aspt: ASPT revision 1: registers at 0xfeb00000, mailbox 1 is irq [0-9]+'
t_is 'one line only' "$(lines_in "$(driver_lines)")" 1

cd "$aspt_sysfs"
t_is 'table and registers in sysfs' \
	"$(first revision layout register_base register_size mailbox_id registers/{feature,interrupt_enable,interrupt_status,sev_cmdresp,sev_buffer_low,sev_buffer_high,acpi_cmdresp})" \
	'1 standard 0xfeb00000 4096 1 0x0 0x4 0x8 0x10 0x14 0x18 0x20'
registers=(registers/*)
t_is 'no TEE mailbox in sysfs' "${#registers[@]}" 7
irq=$(first irq)
cd /
t_is 'the interrupt is of the domain, its number the mailbox id' \
	"$(first "/sys/kernel/irq/$irq/chip_name" "/sys/kernel/irq/$irq/hwirq" "/sys/kernel/irq/$irq/type")" \
	'ASPT 1 edge'
t_is 'nobody has requested it' "$(first "/sys/kernel/irq/$irq/actions")" ''
t_is 'and its source is off' "$(first "$aspt_sysfs/enabled") $(model irq-enabled)" '0 false'
t_run 'the device psp is on the platform bus' test -d "$psp_sysfs"
t_is 'and asks for its driver' "$(first "$psp_sysfs/modalias")" platform:psp
t_run 'its resource is the register page' has 'feb00000-feb00fff : psp' /proc/iomem
t_is 'no CmdResp error' "$(first "$aspt_sysfs/cmdresp_errors" "$aspt_sysfs/cmdresp_timeouts")" '0 0'
t_run 'aspctl show without a driver for psp' aspctl show
t_run 'aspctl table of this machine' aspctl table

t_run 'aspt unloads' unload aspt
t_run 'nothing is left behind' nothing_left

many=$(rounds 50)
many_times() {
	local i
	for ((i = 0; i < many; i++)); do
		load aspt && unload aspt || return 1
	done
}
t_run "loads and unloads $many times" many_times
t_run 'nothing is left behind after that' nothing_left
load aspt
t_is 'an interrupt number is given back' "$(irq_number)" "$irq"
t_run 'psp_sev finds the device when it loads later' load psp_sev
t_run 'and has requested the interrupt' has 'ASPT +1-edge +psp_sev' /proc/interrupts
t_is 'the source is on now' "$(first "$aspt_sysfs/enabled") $(model irq-enabled)" '1 true'
t_run 'both unload' unload psp_sev aspt
t_is 'the source is off again' "$(model irq-enabled)" false
"$CVM_ROOT/build/selftests/bench/firmware_poke" acpi 0x85 0x401 >/dev/null
t_is 'as a kernel that crashed leaves it, it is on' "$(model irq-enabled)" true
load aspt
t_is 'aspt switches it off' "$(model irq-enabled)" false
unload aspt
t_run 'psp_sev loads before aspt' load psp_sev
t_run 'aspt after it' load aspt
t_run 'the device is bound' test -e "$psp_sysfs/driver"
t_run 'aspt unloads below a bound psp_sev' unload aspt
t_run 'the device is gone with it' nothing_left
t_run 'psp_sev unloads' unload psp_sev
t_done
