# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the shell tests share: KTAP results, polling, the kernel's log, modules.
# Sourced. A test calls t_ok, t_fail, t_run or t_skip once a result and ends
# with t_done, whose exit status is that of the test.

t_number=0 t_failed=0 t_passed=0 klog_marks=0
qmp() { "$CVM_ROOT/build/selftests/qmp" "$@"; }

_t_line() { printf '%s %d %s\n' "$1" "$((t_number += 1))" "$2"; }
t_ok() { t_passed=$((t_passed + 1)); _t_line ok "$*"; }
t_skip() { _t_line ok "$1 # SKIP ${*:2}"; }
t_fail() {
	t_failed=$((t_failed + 1))
	_t_line 'not ok' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# t_run NAME COMMAND...: passes when the command succeeds; else its output is shown.
t_run() {
	local name=$1 out status=0
	shift
	out=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ]; then
		t_ok "$name"
	else
		t_fail "$name" "exit status $status of: $*" "$out"
	fi
}

# t_fails NAME STATUS REGEX COMMAND...: passes when the command ends with just
# this status and its output matches REGEX (a command that fails for another
# reason than the wanted one is a failure).
t_fails() {
	local name=$1 want=$2 regex=$3 out status=0
	shift 3
	out=$("$@" 2>&1) || status=$?
	if [ "$status" = "$want" ] && grep -qE -- "$regex" <<<"$out"; then
		t_ok "$name"
	else
		t_fail "$name" "exit status $status, not $want, or no /$regex/ from: $*" "$out"
	fi
}

# t_is NAME GOT WANTED
t_is() {
	if [ "$2" = "$3" ]; then t_ok "$1"; else t_fail "$1" "got '$2', wanted '$3'"; fi
}

t_done() {
	printf '1..%d\n' "$t_number"
	[ "$t_failed" = 0 ] || exit 1
	[ "$t_passed" != 0 ] || exit 4
	exit 0
}

# poll SECONDS COMMAND...: until it succeeds. No test sleeps for a fixed time.
poll() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# klog_mark forgets what the kernel's log says up to now; klog prints what came
# after the mark, klog_has REGEX looks for it there.
klog_mark() { echo "cvm-test-mark-$((klog_marks += 1))" >/dev/kmsg; }
klog() { dmesg | awk -v m="cvm-test-mark-$klog_marks" '{ line[NR] = $0 } index($0, m) { first = NR } END { for (i = first + 1; i <= NR; i++) print line[i] }'; }
klog_has() { klog | grep -qE -- "$1"; }

# rounds N: how often to repeat what loses something, or races, only sometimes. The
# debug kernel is ten times as slow, and sees what is lost at once.
rounds() { if [ "$CVM_KERNEL" = debug ]; then echo $((($1 + 3) / 4)); else echo "$1"; fi; }

# load MODULE[=file] [PARAM=VALUE...]: one of this project's modules.
load() {
	local m=$1 dir
	shift
	case $m in psp_sev) dir=psp ;; *) dir=$m ;; esac
	insmod "$CVM_MODULES/$dir/$m.ko" "$@"
}
unload() {
	local m
	for m; do
		rmmod "$m" || return 1
	done
}
loaded() { grep -q "^$1 " /proc/modules; }
