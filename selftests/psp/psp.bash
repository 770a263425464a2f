# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of aspt and psp_sev share. Sourced, never run.
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

psp_model=/machine/peripheral/psp0
aspt_sysfs=/sys/bus/platform/devices/aspt
psp_sysfs=/sys/bus/platform/devices/psp

# sev ...: see sev.c
sev() { "$CVM_ROOT/build/selftests/psp/sev" "$@"; }
# sev_words N ...: the first N words of its answer.
sev_words() {
	local words
	read -ra words <<<"$(sev "${@:2}")"
	printf '%s\n' "${words[*]:0:$1}"
}
aspctl() { "$CVM_ROOT/build/tools/aspctl" "$@"; }

# What the model itself counts, and what it is to do wrong.
model() { qmp get "$psp_model" "$1"; }
fault() { qmp set "$psp_model" fault "$1"; }

irq_number() { first "$aspt_sysfs/irq"; }
# shellcheck disable=SC2120 # not each test passes one
# irq_count [CPU]: what /proc/interrupts says, of one CPU or of all; also in REPLY.
# (A CPU that is offline has no column.)
irq_count() {
	local irq columns words i sum=0
	read -r irq <"$aspt_sysfs/irq"
	{
		read -ra columns
		while read -ra words; do
			[ "${words[0]}" != "$irq:" ] || break
		done
	} </proc/interrupts
	[ ${#words[@]} -gt 0 ] || { echo "no irq $irq in /proc/interrupts" >&2; return 1; }
	for i in "${!columns[@]}"; do
		if [ -z "${1:-}" ] || [ "${columns[i]}" = "CPU$1" ]; then
			sum=$((sum + ${words[i + 1]:-0}))
		fi
	done
	REPLY=$sum
	printf '%s\n' "$sum"
}
irq_cpu() { first "/proc/irq/$(<"$aspt_sysfs/irq")/effective_affinity_list"; }
irq_move() { echo "$1" >"/proc/irq/$(<"$aspt_sysfs/irq")/smp_affinity_list"; }
on_cpu() { [ "$(irq_cpu)" = "$1" ]; }
# apic_of CPU: destination mode and id as the kernel addresses it: flat logical (a bit
# for each CPU) or physical (the APIC's own id).
apic_of() {
	local id key value here
	while IFS=$'\t :' read -r key value; do
		case $key in processor) here=$value ;; apicid) [ "$here" != "$1" ] || id=$value ;; esac
	done </proc/cpuinfo
	if [ "$(model dest-mode)" = 1 ]; then echo "1 $((1 << $1))"; else echo "0 $id"; fi
}

# A state that has to hold after every test of an interrupt: nothing was lost,
# nothing came without a reason.
irqs_clean() {
	first "$psp_sysfs/lost_interrupts" "$psp_sysfs/spurious_interrupts" && [ "$REPLY" = "0 0" ]
}

# by_interrupt NAME: the next commands complete by one interrupt each, by everybody's count.
# shellcheck disable=SC2119
by_interrupt() {
	local commands irqs linux
	commands=$(model commands) irqs=$(model irqs)
	linux=$(irq_count)
	t_run "$1: commands" sev -n 10 status
	t_is "$1: each by an interrupt" \
		"$(($(model commands) - commands)) $(($(model irqs) - irqs)) $(($(irq_count) - linux))" '10 10 10'
	t_run "$1: none lost, none without a reason" irqs_clean
}
# Commands without a break, until told to stop.
start_commands() {
	rm -f /run/enough /run/failed
	while [ ! -e /run/enough ]; do
		sev -n 50 status >/run/many 2>&1 || { cp /run/many /run/failed; break; }
	done &
	busy=$!
}
stop_commands() {
	touch /run/enough
	wait "$busy"
	[ ! -e /run/failed ] || { cat /run/failed; return 1; }
}

# What the two drivers themselves said.
driver_lines() { klog_of '(aspt( aspt)?|psp_sev|psp psp): '; }

nothing_left() {
	[ ! -e "$aspt_sysfs" ] && [ ! -e "$psp_sysfs" ] && [ ! -e /dev/sev ] &&
		! has '[Aa][Ss][Pp][Tt]' /proc/interrupts && ! has '\<psp\>' /proc/iomem
}

# kvm STEP...: see kvm.c
kvm() { "$CVM_ROOT/build/selftests/psp/kvm" "$@"; }

# load_kvm_amd [PARAM=VALUE...]: Debian's own, with what it needs but for ccp, which
# modprobe would load first.
load_kvm_amd() {
	local path file
	modprobe kvm
	path=$(modprobe --show-depends kvm_amd | awk '/kvm-amd/ { print $2 }')
	file=/run/kvm-amd.ko
	case $path in
	*.xz) xz -dc "$path" >"$file" ;;
	*) file=$path ;;
	esac
	insmod "$file" "$@"
}
