# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the shell tests share: KTAP results, polling, the kernel's log, modules.
# Sourced. A test calls t_ok, t_fail, t_run or t_skip once a result and ends
# with t_done, whose exit status is that of the test. t_hazard after the results
# that show how a hazard of the area's hazards.txt is met says so to the runner.
#
# On the debug kernel a program takes a second to start and the shell tens of
# milliseconds to fork: what tests do often is done by the shell itself here.

t_number=0 t_failed=0 t_passed=0 t_last=''

# shellcheck source=selftests/lib/answers.sh
. "${BASH_SOURCE[0]%/*}/answers.sh"
answers_serve

# Where a command's output is kept: files, since a pipe would need another process
# to read it. On the host, where only t_run and t_fails need one, it has no name
# any more.
if [ -n "${CVM_MACHINE:-}" ]; then
	t_output=/run/cvm-output.$$ t_errors=/run/cvm-errors.$$
else
	t_output=$(mktemp)
	exec {t_output_fd}<>"$t_output"
	rm -f "$t_output"
	t_output=/proc/$$/fd/$t_output_fd
fi

_t_line() { printf '%s %d %s\n' "$1" "$((t_number += 1))" "$2"; }
t_ok() { t_passed=$((t_passed + 1)) t_last=ok; _t_line ok "$*"; }
t_skip() { t_last=skip; _t_line ok "$1 # SKIP ${*:2}"; }
t_fail() {
	t_failed=$((t_failed + 1)) t_last=failed
	_t_line 'not ok' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# t_run NAME COMMAND...: passes when the command succeeds; else its output is shown.
# The command runs in this shell.
t_run() {
	local t_name=$1 t_status=0
	shift
	"$@" >"$t_output" 2>&1 || t_status=$?
	if [ "$t_status" = 0 ]; then
		t_ok "$t_name"
	else
		t_fail "$t_name" "exit status $t_status of: $*" "$(<"$t_output")"
	fi
}

# t_fails NAME STATUS REGEX COMMAND...: passes when the command ends with just
# this status and its output matches REGEX in one line (a command that fails for
# another reason than the wanted one is a failure).
t_fails() {
	local t_name=$1 t_want=$2 t_regex=$3 t_status=0
	shift 3
	"$@" >"$t_output" 2>&1 || t_status=$?
	if [ "$t_status" = "$t_want" ] && text_has "$t_regex" "$(<"$t_output")"; then
		t_ok "$t_name"
	else
		t_fail "$t_name" "exit status $t_status, not $t_want, or no /$t_regex/ from: $*" "$(<"$t_output")"
	fi
}

# t_is NAME GOT WANTED
t_is() {
	if [ "$2" = "$3" ]; then t_ok "$1"; else t_fail "$1" "got '$2', wanted '$3'"; fi
}

# t_hazard ID: the results so far show it. Not said when one of them has failed, the
# last was skipped, or there was none.
t_hazard() {
	if [ "$t_failed" = 0 ] && [ "$t_last" = ok ]; then
		printf '# hazard %s\n' "$1"
	else
		printf '# not shown: %s\n' "$1"
	fi
}

t_done() {
	printf '1..%d\n' "$t_number"
	[ "$t_failed" = 0 ] || exit 1
	[ "$t_passed" != 0 ] || exit 4
	exit 0
}

# has REGEX FILE: whether a line of the file matches, as grep -qE would find it;
# text_has REGEX TEXT: the same of a text.
has() {
	local lines
	mapfile -t lines <"$2" && _lines_have "$1"
}
text_has() {
	local lines
	mapfile -t lines <<<"$2"
	_lines_have "$1"
}
# lines_in TEXT: how many.
lines_in() {
	local lines
	mapfile -t lines <<<"$1"
	[ -n "$1" ] || lines=()
	printf '%d\n' "${#lines[@]}"
}
_lines_have() {
	local line
	for line in "${lines[@]}"; do
		! [[ $line =~ $1 ]] || return 0
	done
	return 1
}

# first FILE...: the first line of each, in one line; also in REPLY. For attributes
# in sysfs: a failed read is a failure, with the error's name on stderr.
first() {
	local file line found=()
	for file; do
		line=
		if ! { IFS= read -r line <"$file"; } 2>"$t_errors" && [ -s "$t_errors" ]; then
			printf '%s: %s\n' "$file" "$(<"$t_errors")" >&2
			return 1
		fi
		found+=("$line")
	done
	REPLY=${found[*]}
	printf '%s\n' "$REPLY"
}

# store VALUE FILE: in an attribute.
store() { echo "$1" >"$2"; }

# poll SECONDS COMMAND...: until it succeeds. No test sleeps for a fixed time.
poll() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		pause
	done
}
# Nobody writes to this pipe, one of the bench's in its machines: a pause without a program.
if [ -p /run/cvm-never ]; then
	exec {never_fd}<>/run/cvm-never
else
	exec {never_fd}<> <(:)
fi
pause() { read -r -t 0.05 -u "$never_fd" || true; }

# klog_has REGEX: whether the kernel's log has it since klog_mark (see answers.sh).
klog_has() {
	klog_lines || { reply 2; return; }
	text_has "$1" "$REPLY"
}
# klog_count REGEX: how many of its lines match; also in REPLY.
klog_count() {
	local line lines count=0
	klog_lines || { reply 2; return; }
	mapfile -t lines <<<"$REPLY"
	for line in "${lines[@]}"; do
		! [[ $line =~ $1 ]] || count=$((count + 1))
	done
	REPLY=$count
	printf '%s\n' "$count"
}

# klog_of REGEX: those lines, but for the kernel's own words about modules from
# outside. An error is a line too: nobody expects it.
klog_of() {
	local line lines
	klog_lines || { printf '%s\n' "$REPLY"; return; }
	mapfile -t lines <<<"$REPLY"
	for line in "${lines[@]}"; do
		if [[ $line =~ $1 ]] && ! [[ $line =~ taint|verification ]]; then printf '%s\n' "$line"; fi
	done
}

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
loaded() { has "^$1 " /proc/modules; }
