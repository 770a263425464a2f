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
aspctl() { "$CVM_ROOT/build/tools/aspctl" "$@"; }

# What the model itself counts, and what it is to do wrong.
model() { qmp get "$psp_model" "$1"; }
fault() { qmp set "$psp_model" fault "$1"; }

irq_number() { cat "$aspt_sysfs/irq"; }
# irq_count [CPU]: what /proc/interrupts says, of one CPU or of all.
irq_count() {
	awk -v irq="$(irq_number):" -v cpu="${1:-}" '
		NR == 1 { cpus = NF; for (i = 1; i <= NF; i++) place["" substr($i, 4)] = i + 1 }
		$1 == irq {
			if (cpu != "") { print $(place[cpu]); exit }
			for (i = 2; i <= cpus + 1; i++) sum += $i
			print sum; exit
		}' /proc/interrupts
}
irq_cpu() { cat "/proc/irq/$(irq_number)/effective_affinity_list"; }
irq_move() { echo "$1" >"/proc/irq/$(irq_number)/smp_affinity_list"; }

# A state that has to hold after every test of an interrupt: nothing was lost,
# nothing came without a reason.
irqs_clean() {
	[ "$(cat "$psp_sysfs/lost_interrupts") $(cat "$psp_sysfs/spurious_interrupts")" = "0 0" ]
}

# What the two drivers themselves said; the kernel has its own words about
# modules from outside.
driver_lines() { klog | grep -E '(aspt( aspt)?|psp_sev|psp psp): ' | grep -vE 'taint|verification' || true; }

nothing_left() {
	[ ! -e "$aspt_sysfs" ] && [ ! -e "$psp_sysfs" ] && [ ! -e /dev/sev ] &&
		! grep -qi aspt /proc/interrupts && ! grep -qw psp /proc/iomem
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
