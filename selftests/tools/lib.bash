# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the bats files of this folder.
set -u

root_dir=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
build_dir=${CVM_BUILD:-$root_dir/build}
tool=$build_dir/selftests/tools/exampletool

# A program that was not built is a failure, not a reason to skip.
built() {
	[ -x "$1" ] || {
		echo "$1 is missing: make tools selftests" >&2
		return 1
	}
}

# capture COMMAND...: like bats's run, with stdout in $out, stderr in $err and
# the exit status in $status.
capture() {
	status=0
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	out=$(cat "$BATS_TEST_TMPDIR/out")
	err=$(cat "$BATS_TEST_TMPDIR/err")
}

# is WHAT GOT WANTED: equality that shows both sides.
is() {
	[ "$2" = "$3" ] || {
		printf '%s is\n%s\ninstead of\n%s\n' "$1" "$2" "$3" >&2
		return 1
	}
}

# json FILTER: asks the JSON document in $out.
json() {
	jq -er "$1" <<<"$out"
}
