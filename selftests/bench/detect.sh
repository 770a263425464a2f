#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the debug kernel boots clean, notices a mistake of each kind, fails on request, and the runner tells
# where: host
# kernels: debug
# timeout: 600
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
CVM_ROOT=${CVM_ROOT:-$(cd "$here/../.." && pwd)}
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"

# --- inside the machine: each mistake, and what the kernel says about it ---
mistakes() {
	local kind regex
	while IFS='|' read -r kind regex; do
		klog_mark
		insmod "$1" mistake="$kind" && rmmod faulty
		if [ "$kind" = leak ]; then
			"$CVM_ROOT/selftests/bench/leaks" >/run/leaks
			t_run "$kind" has 'comm "insmod"' /run/leaks
			continue
		fi
		if klog_has "$regex"; then t_ok "$kind"; else t_fail "$kind" "no /$regex/ in:" "$(klog)"; fi
	done <<-'EOT'
	lock_order|WARNING: possible circular locking dependency detected
	leak|
	use_after_free|BUG: KASAN: (slab-)?use-after-free in use_after_free
	out_of_bounds|BUG: KASAN: slab-out-of-bounds in out_of_bounds
	vmalloc_out_of_bounds|BUG: KASAN: vmalloc-out-of-bounds in vmalloc_out_of_bounds
	stack_out_of_bounds|BUG: KASAN: stack-out-of-bounds in stack_out_of_bounds
	shift|UBSAN: shift-out-of-bounds in .*faulty.c
	index|UBSAN: array-index-out-of-bounds in .*faulty.c
	sleep_in_atomic|BUG: sleeping function called from invalid context
	preemptible|BUG: using smp_processor_id\(\) in preemptible
	free_active_timer|ODEBUG: free active .* object type: timer_list
	delete_twice|list_del corruption
	EOT
	t_done
}

# --- inside the machine: what the drivers' tests rely on ---
features() {
	local f m
	for f in /dev/mem /sys/kernel/debug/kmemleak /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc \
		/sys/kernel/debug/fail_function /sys/kernel/debug/irq/domains /sys/kernel/debug/dynamic_debug \
		/sys/kernel/tracing/events/sched/sched_switch /sys/kernel/tracing/events/irq /sys/firmware/acpi/tables \
		/sys/firmware/dmi/tables /sys/class/powercap /sys/kernel/security/lockdown /sys/kernel/kexec_loaded \
		/proc/self/fail-nth /proc/config.gz /sys/devices/system/cpu/cpu1/online; do
		t_run "$f" test -e "$f"
	done
	t_run 'S3 is there' grep -q mem /sys/power/state
	for m in msr cpuid qemu_fw_cfg dmi_sysfs kvm ccp intel_rapl_msr; do
		t_run "modprobe $m" modprobe "$m"
	done
	t_run 'an unplugged CPU comes back' bash -c \
		'cd /sys/devices/system/cpu/cpu1 && echo 0 >online && echo 1 >online && grep -q 1 online'

	# The next allocation of a shell fails, and the shell says so. Without
	# verbose=0 the log would hold the stack of each failure.
	# shellcheck disable=SC2016 # the inner shell expands it
	t_fails 'a chosen allocation fails' 1 'Cannot allocate memory' bash -c '
		cd /sys/kernel/debug/failslab && echo N >ignore-gfp-wait && echo 0 >verbose &&
			echo 1 >/proc/self/fail-nth && : </proc/$$/status'
	t_done
}

case ${1:-} in
--mistakes) mistakes "$2" ;;
--features) features ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/cvm-detect.XXXXXX")
trap 'rm -rf "$work"' EXIT
kernel=$("$here/kernel" debug)
cp "$here"/faulty/* "$work"
t_run 'a module builds against the kept build tree' make -C "$kernel/build" M="$work" modules
vm() { "$here/../vm" --kernel debug --timeout 900 "$@"; }
t_run 'a machine with what the tests need, and a clean log' vm -- "$here/detect.sh" --features
t_run 'a module that makes no mistake is no failure' vm -- insmod "$work/faulty.ko"
# All the mistakes in one boot, and the runner has to fail because of them.
status=0
out=$(vm --append kasan_multi_shot -- "$here/detect.sh" --mistakes "$work/faulty.ko" 2>"$work/err") || status=$?
while IFS= read -r line; do
	case $line in
	'ok '*) t_ok "${line#ok * }" ;;
	'not ok '*) t_fail "${line#not ok * }" ;;
	'#'*) printf '%s\n' "$line" ;;
	esac
done <<<"$out"
t_is 'the runner fails because of the log' "$status" 125
for regex in KASAN: UBSAN: 'unreferenced object' 'circular locking' ODEBUG: 'list_del corruption'; do
	t_run "the runner shows $regex" grep -q "$regex" "$work/err"
done
[ "$t_failed" = 0 ] || sed 's/^/# /' "$work/err"
t_done
