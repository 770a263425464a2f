#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: ACPI tables reach the kernel byte for byte, however wrong, and the registers are where they say
# where: host
# kernels: any
# timeout: 180
#
# One boot with eight processors, each with a table and a page of its own; the
# second half of this file runs in that machine.
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

le() { # VALUE BYTES: little endian, hexadecimal
	local v=$(($1)) n=$2
	while [ "$((n -= 1))" -ge 0 ]; do
		printf '%02x' $((v & 255))
		v=$((v >> 8))
	done
}
# table REVISION BODY [LENGTH [CHECKSUM]]: the bytes of a table in hexadecimal.
table() {
	local body=$2 length=${3:-$((36 + ${#2} / 2))} text sum=0 i
	text=$(printf 'ASPT' | od -An -tx1 | tr -d ' \n')$(le "$length" 4)$(le "$1" 1)
	body=$(printf 'CVMCVMCVMTABLE' | od -An -tx1 | tr -d ' \n')$(le 1 4)43564d2001000000$body
	for ((i = 0; i < ${#text}; i += 2)); do sum=$((sum + 0x${text:i:2})); done
	for ((i = 0; i < ${#body}; i += 2)); do sum=$((sum + 0x${body:i:2})); done
	printf '%s%s%s' "$text" "$(le "${4:-$((-sum))}" 1)" "$body"
}
file() { perl -e 'print pack("H*", $ARGV[0])' "$2" >"$dir/$1"; }

rev1() { # BASE ID
	le 3 4
	le 0 2; le 32 2; le 0 4; le "$1" 8; le $(($1 + 4)) 8; le $(($1 + 8)) 8
	le 1 2; le 32 2; le "$2" 4; le $(($1 + 16)) 8; le $(($1 + 20)) 8; le $(($1 + 24)) 8
	le 2 2; le 32 2; le 0 4; le $(($1 + 32)) 8; le 0 16
}
rev2() { # BASE: registers in the second of two pages
	le "$1" 8; le 2 4; le 3 4
	le 0 2; le 20 2; le 0 4; le 0x1f00 4; le 0x1f04 4; le 0x1f08 4
	le 1 2; le 20 2; le 5 4; le 0x1010 4; le 0x1014 4; le 0x1018 4
	le 2 2; le 20 2; le 0 4; le 0x1100 4; le 0 8
}

if [ "${1:-}" != inside ]; then
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	file checksum "$(table 1 "$(rev1 0xfed80000 1)" 0x88 0x55)"
	file short "$(table 1 "$(rev1 0xfed81000 1 | head -c 48)")"
	file longer-than-it-is "$(table 1 "$(rev1 0xfed82000 7)" 0x90)"
	file rev2 "$(table 2 "$(rev2 0xfed84000)")"
	file old "$(table 1 "$(le 0x1000 4)$(le 0x1fff 4)$(le 0x4000 4)$(le 0x4fff 4)")"
	devices=()
	for d in table="$dir/checksum" table="$dir/short",base=0xfed81000 table="$dir/longer-than-it-is" \
		table="$dir/rev2" table="$dir/old",base=0xfed86000 table=openvmm,base=0xfed87000 \
		table=rev2,base=0xfed88000,irq-id=9 table=none,base=0xfed89000,absent=on; do
		devices+=(--qemu-arg -device --qemu-arg "cvm-psp,id=p${#devices[@]},$d")
	done
	"$CVM_ROOT/selftests/vm" --machine snp-host "${devices[@]}" -- "$0" inside "$dir"
	exit
fi

dir=$2
poke() { "$CVM_ROOT/build/selftests/bench/firmware_poke" "$@"; }
published() { # the kernel's file that begins as FILE does
	local n f
	n=$(stat -c %s "$1")
	for f in /sys/firmware/acpi/tables/ASPT*; do
		if cmp -s -n "$n" "$f" "$1"; then
			stat -c %s "$f"
			return
		fi
	done
	echo none
}
feature() { poke -b "$1" read "$2"; }
acpi_id() { # the status of IRQ_EN off with that mailbox id
	poke -b "$1" write "$2" $((0x850000 | $3 << 10)) read "$2"
}

t_is 'all tables are there' "$(find /sys/firmware/acpi/tables -name 'ASPT*' | wc -l)" 8
t_is 'wrong checksum' "$(published "$dir/checksum")" 136
t_is 'its registers' "$(feature 0xfed80000 0)" 0x00000001
t_is 'shortened' "$(published "$dir/short")" 60
t_is 'its registers' "$(feature 0xfed81000 0)" 0x00000001
t_is 'longer than it is' "$(published "$dir/longer-than-it-is")" 144
t_is 'its registers' "$(feature 0xfed82000 0)" 0x00000001
t_is 'its mailbox id' "$(acpi_id 0xfed82000 0x20 7)" 0x80000000
t_is 'another one' "$(acpi_id 0xfed82000 0x20 1)" 0x88000000
t_is 'revision 2' "$(published "$dir/rev2")" 112
t_is 'its registers' "$(feature 0xfed85000 0xf00)" 0x00000001
t_is 'its mailbox id' "$(acpi_id 0xfed85000 0x100 5)" 0x80000000
t_is 'the unrelated old table' "$(published "$dir/old")" 52
t_is 'registers where a property puts them' "$(feature 0xfed86000 0)" 0x00000001
t_is 'the OpenVMM form' "$(cat /sys/firmware/acpi/tables/ASPT* | od -An -v -tx1 | tr -d ' \n' |
	grep -c 030000000000000000001c00)" 1
t_is 'its registers' "$(feature 0xfed87000 0)" 0x00000001
t_is 'the generated revision 2' "$(acpi_id 0xfed88000 0x20 9)" 0x80000000
t_is 'an absent processor' "$(poke -b 0xfed89000 read 0 write 4 1 read 4 read 0x20 | sort -u)" 0xffffffff
t_done
