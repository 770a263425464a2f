#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: aspctl table decodes every good table and names the mistake of every bad one
# where: host
# kernels: any
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
writer=$CVM_ROOT/build/selftests/aspt/aspt-table
aspctl=$CVM_ROOT/build/tools/aspctl
"$writer" --all "$work"

while IFS=$'\t' read -r name error; do
	status=0
	out=$("$aspctl" table "$work/$name" 2>&1) || status=$?
	if [ -z "$error" ]; then
		if [ "$status" = 0 ] && grep -q '^Valid: *yes' <<<"$out"; then
			t_ok "decodes $name"
		else
			t_fail "decodes $name" "exit status $status" "$out"
		fi
	elif [ "$status" = 2 ] && grep -qF -- "$error" <<<"$out"; then
		t_ok "refuses $name: $error"
	else
		t_fail "refuses $name: $error" "exit status $status" "$out"
	fi
done < <("$writer" --list)

json() { "$aspctl" --json table "$work/$1" | jq -r "$2"; }
t_is 'JSON: values' "$(json hyperv '[.valid, .revision, .register_base, .mailbox_id, .registers.acpi_cmdresp] | join(" ")')" \
	'true 1 0xfeb00000 1 0x20'
t_is 'JSON: every field is there' "$(json hyperv '[.fields[].size] | add')" 136
t_is 'JSON: a bad table' "$(json bad_checksum '[.valid, (.errors | length), .error_offset] | join(" ")' || true)" 'false 1 9'
t_is 'from standard input' "$("$aspctl" table - <"$work/openvmm" | sed -n 's/^Layout: *//p')" \
	'revision 1 as OpenVMM writes it'
t_fails 'a file that is not there' 3 'No such file' "$aspctl" table "$work/none"
t_fails 'a file that is no table' 2 'signature: it is not ASPT' "$aspctl" table /etc/passwd
t_fails 'an empty file' 2 'header: 0 bytes' "$aspctl" table /dev/null
t_fails 'two files' 1 '' "$aspctl" table a b
t_done
