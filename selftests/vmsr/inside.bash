# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of vmsr share inside the machine. Sourced after ktap.sh.

RAPL=/machine/peripheral/rapl0
prog() { "$CVM_ROOT/build/selftests/vmsr/$1" "${@:2}"; }

# harness PROGRAM: the results of a program of kselftest_harness.h, as ours.
harness() {
	local line from status=""
	# A coprocess: the results must be counted in this shell, and the machine
	# has no /dev/fd.
	coproc {
		stat=0
		stdbuf -oL "$CVM_ROOT/build/selftests/vmsr/$1" 2>&1 || stat=$?
		echo "exit status $stat"
	}
	exec {from}<&"${COPROC[0]}"
	while IFS= read -r line <&"$from"; do
		case $line in
		"ok "*"# SKIP"*)
			line=${line#ok [0-9]* }
			t_skip "${line%% # SKIP*}" "${line#*# SKIP }"
			;;
		"ok "*) t_ok "${line#ok [0-9]* }" ;;
		"not ok "*) t_fail "${line#not ok [0-9]* }" ;;
		"exit status "*) status=${line#exit status } ;;
		*) printf '# %s\n' "${line#\# }" ;;
		esac
	done
	exec {from}<&-
	wait
	[ "$status" = 0 ] || t_fail "$1 ends well" "exit status $status"
}

# model KEY: one line of the model's report, all of which is of one moment.
model() {
	qmp_query get "$RAPL" report || return
	if ! [[ $'\n'$REPLY =~ $'\n'"$1 "([^$'\n']*) ]]; then
		echo "the model reports no $1" >&2
		return 1
	fi
	REPLY=${BASH_REMATCH[1]}
	printf '%s\n' "$REPLY"
}
# power PACKAGE CORE CPU: milliwatts of an idle package, of a core, of a busy CPU;
# each may be a list by package, "1000:2000".
power() {
	qmp set "$RAPL" package-idle-mw "\"$1\""
	qmp set "$RAPL" core-idle-mw "\"$2\""
	qmp set "$RAPL" cpu-busy-mw "\"$3\""
}
fault() { qmp set "$RAPL" fault "$1"; }

# ask WORD...: of the program query, running as the coprocess.
ask() {
	local line
	echo "$1" >&"${COPROC[1]}"
	read -r line <&"${COPROC[0]}"
	echo "$line"
}
