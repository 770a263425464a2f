# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Questions to the QEMU that runs this machine, and to the kernel's log. Sourced
# by ktap.sh.
#
# In a bench machine one process answers those of all tests (see answers.c):
# starting a program for each would be most of the time that a test takes on the
# debug kernel. Questions and answers go through two pipes that bench/init makes.
# One shell asks at a time: jobs in the background that ask as well would take each
# other's answers, and fail by that.

answers_asked=0 klog_marks=0

# answers_serve: starts that process if this machine has none yet.
answers_serve() {
	[ -p /run/cvm-ask ] || return 0
	exec {ask_fd}<>/run/cvm-ask {answer_fd}<>/run/cvm-answer
	if [ ! -e /run/cvm-answers-pid ] || ! kill -0 "$(</run/cvm-answers-pid)" 2>/dev/null; then
		# Nobody's child, and of no test's process group: it does not end with
		# the test, and no `wait` waits for it.
		(
			set -m
			"$CVM_ROOT/build/selftests/answers" <&"$ask_fd" >&"$answer_fd" 2>/dev/ttyS0 &
			echo "$!" >/run/cvm-answers-pid
		)
	fi
}

# ask_machine WORD...: the answer is in REPLY, without its last newline.
ask_machine() {
	local mine tag='' status bytes
	mine=$BASHPID.$((answers_asked += 1))
	printf '%s %s\n' "$mine" "$*" >&"$ask_fd"
	# An answer to somebody who was killed may still be there.
	until [ "$tag" = "$mine" ]; do
		REPLY=
		if ! read -r -t 90 -u "$answer_fd" tag status bytes ||
			{ [ "$bytes" != 0 ] && ! IFS= read -r -t 90 -N "$bytes" -u "$answer_fd" REPLY; }; then
			REPLY="no answer to: $*"
			return 2
		fi
	done
	REPLY=${REPLY%$'\n'}
	return "$status"
}

# reply STATUS: prints it, after a failure to stderr, and returns the status.
reply() {
	if [ "$1" != 0 ]; then
		printf '%s\n' "$REPLY" >&2
	elif [ -n "$REPLY" ]; then
		printf '%s\n' "$REPLY"
	fi
	return "$1"
}

# qmp_query get|set|raw ...: see qmp.c; what QEMU says is in REPLY.
qmp_query() {
	if [ -z "${ask_fd:-}" ] || [[ $* = *$'\n'* ]]; then
		REPLY=$("$CVM_ROOT/build/selftests/qmp" "$@" 2>&1)
	else
		ask_machine qmp "$@"
	fi
}
# qmp ...: the same, printed.
qmp() {
	local status=0
	qmp_query "$@" || status=$?
	reply "$status"
}

# klog_mark forgets what the kernel's log says up to now; klog prints what came
# after the mark, as dmesg would; klog_lines has it in REPLY. (A mark's level is
# below those that cost the time of the serial console.)
klog_mark() { echo "<7>cvm-mark-$$-$((klog_marks += 1))" >/dev/kmsg; }
klog_lines() {
	if [ "$klog_marks" = 0 ]; then ask_machine klog ''; else ask_machine klog "cvm-mark-$$-$klog_marks"; fi
}
klog() {
	local status=0
	klog_lines || status=$?
	reply "$status"
}
