#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# test: aspctl without such hardware: certificates from files, check, and what it says when nothing is there
# where: host
# kernels: any
# timeout: 120

bats_require_minimum_version 1.5.0
load lib.bash

aspctl=$build_dir/tools/aspctl
cert=$build_dir/selftests/psp/cert

setup_file() {
	"${CVM_BUILD:-$BATS_TEST_DIRNAME/../../build}/selftests/psp/cert" platform "$BATS_FILE_TMPDIR"
}

setup() {
	built "$aspctl"
	built "$cert"
	cp "$BATS_FILE_TMPDIR"/{chain,cek,ca,pek,oca} "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
}

# links: the verdict on each signature of the document in $out
links() { jq -r '[.links[] | "\(.certificate)<\(.signer)=\(.result)"] | join(" ")' <<<"$out"; }

# patch FILE OFFSET BYTES: overwrites, in printf's notation
patch() {
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "a chain as firmware has it: what can be checked is good" {
	capture "$aspctl" --json cert chain chain
	is status "$status" 0
	is links "$(links)" "PDH<PEK=good PEK<OCA=good PEK<CEK=good OCA<OCA=good CEK<ASK=not checkable ASK<ARK=not checkable ARK<ARK=not checkable"
	is complete "$(json '.complete | tostring')" false
	is certificates "$(json '[.certificates[] | "\(.name) \(.api_version) \(.key)"] | join(", ")')" \
		"PDH 1.55 P-384, PEK 1.55 P-384, OCA 1.55 P-384, CEK 1.55 P-384"
	is digest "$(json '.certificates[0].sha256')" "$(head -c 1044 chain | sha256sum | cut -d' ' -f1)"
}

@test "a chain up to AMD's root" {
	capture "$aspctl" --json cert chain --cek cek --ca ca chain
	is status "$status" 0
	is complete "$(json .complete)" true
	is good "$(json '[.links[] | select(.result == "good")] | length')" 7
	# All in one file, in any order, from a pipe.
	cat ca cek >all
	head -c 6252 chain >>all
	is links "$("$aspctl" --json cert chain - <all | jq '[.links[] | select(.result == "good")] | length')" 7
	capture "$aspctl" cert chain --cek cek --ca ca chain
	is text "$(tail -n 1 <<<"$out")" "Good up to AMD's root: yes"
}

@test "with --ca every link has to be good" {
	capture "$aspctl" cert chain --ca ca chain
	is status "$status" 2
	grep -q 'give AMD.s with --cek' <<<"$out"
	grep -q 'signatures that cannot be checked: 1' <<<"$err"
}

@test "a changed byte is found in the link where it is" {
	local case
	# offset in the chain: the links that are bad
	for case in "20:PDH<PEK" "1060:PDH<PEK" "2104:PDH<PEK PEK<OCA PEK<CEK" "3140:PEK<OCA" \
		"4188:PEK<OCA OCA<OCA" "6272:PEK<CEK"; do
		cp "$BATS_FILE_TMPDIR/chain" .
		byte=$(od -An -tu1 -j "${case%%:*}" -N 1 chain)
		patch chain "${case%%:*}" "\\x$(printf %02x $((byte ^ 1)))"
		capture "$aspctl" --json cert chain chain
		is "status of $case" "$status" 2
		is "links of $case" "$(json '[.links[] | select(.result == "bad") | "\(.certificate)<\(.signer)"] | join(" ")')" "${case#*:}"
		json '.errors[0].next' | grep -q 'do not trust'
	done
}

@test "a signature that was taken out is no excuse" {
	patch chain 3128 '\x00\x10\x00\x00'
	capture "$aspctl" cert chain chain
	is status "$status" 2
	grep -qE '^ *PEK +OCA +bad +it has no signature by such a key' <<<"$out"
}

@test "the CEK of another chip is refused" {
	mkdir other
	"$cert" platform other
	capture "$aspctl" cert chain --cek other/cek chain
	is status "$status" 2
	grep -q "comparing the CEK in 'other/cek' with the platform's: it is about another key" <<<"$err"
	capture "$aspctl" cert chain --cek oca chain
	is status "$status" 2
	grep -q "looking for a CEK in 'oca'" <<<"$err"
	# And another root's signature.
	capture "$aspctl" cert chain --cek cek --ca other/ca chain
	is status "$status" 2
	grep -qE '^ *CEK +ASK +bad' <<<"$out"
}

@test "what is no chain is named, with its place" {
	local case
	head -c 4000 chain >short
	cat chain oca >twice
	cp chain version
	patch version 2084 '\x02'
	: >empty
	head -c 40000 /dev/zero >long
	head -c 3000 /dev/urandom >noise
	patch noise 0 '\xff\xff\xff\xff'
	for case in "short:the certificate has 1916 of its 2084 bytes (at offset 4000)" \
		"twice:a second OCA (at offset 8336)" "version:version: 2 is not 1 (at offset 2084)" \
		"empty:0 bytes are too few" "long:it is larger than" "noise:version: 4294967295 is not 1"; do
		capture "$aspctl" cert chain "${case%%:*}"
		is "status of $case" "$status" 2
		grep -qF -- "${case#*:}" <<<"$err" || { echo "$case: $err" >&2; false; }
	done
	capture "$aspctl" cert chain nosuch
	is status "$status" 3
}

@test "an import is checked before anybody is asked" {
	capture "$aspctl" pek import oca pek
	is status "$status" 2
	grep -q "looking for the PEK in 'oca': it is another certificate" <<<"$err"
	capture "$aspctl" pek import pek pek
	is status "$status" 2
	grep -q "looking for the OCA in 'pek'" <<<"$err"
	mkdir other
	"$cert" platform other
	capture "$aspctl" pek import pek other/oca
	is status "$status" 2
	grep -q "checking the OCA's signature in 'pek': it was not made with this key" <<<"$err"
	patch oca 1052 '\x00\x00\x00\x00'
	capture "$aspctl" pek import pek oca
	is status "$status" 2
	grep -q "checking the OCA's own signature in 'oca'" <<<"$err"
}

@test "without a driver each command says what is missing" {
	[ ! -e /dev/sev ] || skip "this machine has /dev/sev"
	touch vlek
	truncate -s 432 vlek
	while IFS= read -r words; do
		# shellcheck disable=SC2086 # words
		capture "$aspctl" $words
		is "status of $words" "$status" 3
		grep -q "opening '/dev/sev': No such file or directory" <<<"$err"
		grep -q 'hint: ' <<<"$err"
		# shellcheck disable=SC2086 # words
		capture "$aspctl" --json $words
		is "status of $words" "$status" 3
		is exit_status "$(json '.errors[0].exit_status')" 3
		is errors "$(json '.errors | length')" 1
	done <<-'EOT'
	status
	id
	cert export file
	cert chain
	pek gen
	pek csr file
	pek import pek oca
	pdh gen
	pdh export file
	reset
	snp status
	snp commit
	snp config
	snp config --reported-tcb 1
	snp vlek vlek
	EOT
	[ ! -e file ]
	capture "$aspctl" monitor
	is status "$status" 3
	grep -q 'looking for the drivers aspt and psp_sev: neither is there' <<<"$err"
}

@test "usage" {
	while IFS= read -r words; do
		# shellcheck disable=SC2086 # words
		capture "$aspctl" $words
		is "status of $words" "$status" 1
		[ -n "$err" ]
	done <<-'EOT'
	cert
	cert export
	cert chain a b
	pek import pek
	pek gen x
	snp vlek
	snp config 5
	snp config --mask-chip-id maybe
	snp config --reported-tcb 0x10000000000000000
	snp config --reported-tcb four
	monitor --interval 10
	monitor --interval x
	check all
	EOT
}

@test "a VLEK of another length is not sent" {
	head -c 431 /dev/zero >short
	head -c 433 /dev/zero >long
	head -c 100000 /dev/zero >huge
	for file in short long; do
		capture "$aspctl" snp vlek "$file"
		is status "$status" 2
		grep -qE "looking at '$file': it has 43[13] bytes, a wrapped VLEK has 432" <<<"$err"
	done
	capture "$aspctl" snp vlek huge
	is status "$status" 2
	grep -q 'it is larger than' <<<"$err"
}

@test "check: one line a requirement, and an exit status that agrees" {
	capture "$aspctl" --json check
	no=$(json '[.requirements[] | select(.result == "no")] | length')
	unknown=$(json '[.requirements[] | select(.result == "unknown")] | length')
	is results "$(json '[.requirements[].result] | unique - ["no", "ok", "unknown"] | length')" 0
	is keys "$(json '[.requirements[].requirement] | (unique | length) == length')" true
	if [ "$no" -gt 0 ]; then
		is status "$status" 3
		is able "$(jq .able <<<"$out")" false
	elif [ "$unknown" -gt 0 ]; then
		is status "$status" 2
		is able "$(jq .able <<<"$out")" null
	else
		is status "$status" 0
	fi
	# What the kernel says of the same processor.
	vendor=$(awk '/^vendor_id/ { print $3; exit }' /proc/cpuinfo)
	is vendor "$(json '.requirements[] | select(.requirement == "vendor").found')" "$vendor"
	for flag in sev sev_es svm; do
		key=$flag found=absent
		! grep -qwm1 "$flag" /proc/cpuinfo || found=present
		is "$key" "$(json ".requirements[] | select(.requirement == \"$key\").found")" "$found"
	done
	capture "$aspctl" check
	is lines "$(grep -cE '^(ok|no|unknown) ' <<<"$out")" "$("$aspctl" --json check | jq '.requirements | length')"
}
