#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# test: man pages and completions name exactly the tools' subcommands and options
# where: host
# kernels: any
# timeout: 120

bats_require_minimum_version 1.5.0
load lib.bash

check_docs=$BATS_TEST_DIRNAME/check-docs

check_tool() {
	built "$build_dir/tools/$1"
	"$check_docs" "$build_dir/tools/$1" "$root_dir/Documentation/man/$1.8" \
		"$root_dir/tools/$1/$1.bash"
}

@test "aspctl" { check_tool aspctl; }
@test "vmfwctl" { check_tool vmfwctl; }
@test "vmsrctl" { check_tool vmsrctl; }

@test "no tool is forgotten above" {
	for dir in "$root_dir"/tools/*/; do
		name=$(basename "$dir")
		[ -e "$dir/$name.c" ] || continue
		grep -q "^@test \"$name\" { check_tool $name; }" "$BATS_TEST_FILENAME" || {
			echo "tools/$name has no line in docs.bats" >&2
			false
		}
	done
}

# The checker itself, on a tool made for it.
example() {
	built "$tool"
	cp "$BATS_TEST_DIRNAME/exampletool.8" "$BATS_TEST_DIRNAME/exampletool.bash" \
		"$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
}

@test "the checker accepts what is complete" {
	example
	run -0 "$check_docs" "$tool" exampletool.8 exampletool.bash
	is output "$output" ""
}

@test "the checker finds what is missing, too much, twice or malformed" {
	example
	while IFS='|' read -r file edit message; do
		cp "$BATS_TEST_DIRNAME/$file" .
		sed -i "$edit" "$file"
		run ! cmp -s "$BATS_TEST_DIRNAME/$file" "$file"
		run -1 "$check_docs" "$tool" exampletool.8 exampletool.bash
		grep -qF -- "$message" <<<"$output" || {
			printf '%s\n' "after $edit it says:" "$output" >&2
			false
		}
		cp "$BATS_TEST_DIRNAME/$file" .
	done <<-'EOT'
	exampletool.8|s/^\.B netlink bad$/.B netlink worse/|exampletool.8 does not name 'netlink bad'
	exampletool.8|s/^\.B netlink bad$/.B netlink worse/|exampletool.8 names 'netlink worse', which exampletool does not have
	exampletool.8|s/^\.B raw$/.B show/|exampletool.8 names 'show' twice
	exampletool.8|s/^\.SH COMMANDS/.SH ORDERS/|exampletool.8 does not name 'show'
	exampletool.8|s/\\-\\-number/\\-\\-numbers/|exampletool.8 does not name the option '--number' of 'options'
	exampletool.8|s/^\.SH NAME/.NOSUCH/|NOSUCH
	exampletool.bash|s/"${COMP_WORDS/"show" "${COMP_WORDS/|the completion does not name 'show'
	exampletool.bash|s/COMPREPLY < <(/COMPREPLY < <(echo extra; /|the completion names 'extra', which exampletool does not have
	EOT
	run -1 "$check_docs" "$tool" nosuch.8 exampletool.bash
	is output "$output" "nosuch.8 is missing"
}
