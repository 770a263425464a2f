#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: works beside qemu_fw_cfg in either load order; a million operations of both at once have no wrong byte
# where: vm
# machine: guest
# long: 6.1
# timeout: 300
#
# CVM_OPERATIONS=N interleaves so many, for hours if need be:
#   selftests/vm --machine guest --timeout S -- env CVM_OPERATIONS=N selftests/vmfwupdate/beside-qemu-fw-cfg.sh
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

# One line a file, of those that no one writes.
fw_cfg_files() {
	local d name
	for d in /sys/firmware/qemu_fw_cfg/by_key/*; do
		read -r name <"$d/name"
		case $name in *vmfwupdate/*) continue ;; esac
		printf '%s %s\n' "$(sha "$d/raw")" "$name"
	done | sort
}
ours_works() {
	[ "$(attr bios_size) $(attr status)" = '262144 none' ] &&
		cat opaque >"$fw/opaque" && cmp -s opaque "$fw/opaque"
}
# together NAME: half of the operations.
operations=1000000
[ "$CVM_KERNEL" != debug ] || operations=40000
operations=${CVM_OPERATIONS:-$operations}
together() {
	t_run "$1: $((operations / 2)) operations of both at once have no wrong byte" \
		"$CVM_ROOT/build/selftests/vmfwupdate/beside" $((operations / 2)) image small
	echo "# $(<"$t_output")"
	t_is 'the hypervisor has nothing' "$(model bios-addr) $(attr state)" '0 idle'
}
random_file opaque 1024
code 262144 image
code 131072 small

modprobe qemu_fw_cfg || t_fail 'qemu_fw_cfg loads alone'
fw_cfg_files >alone
t_run 'qemu_fw_cfg has files' test "$(lines_in "$(<alone)")" -ge 10

load vmfwupdate || t_fail 'loads after qemu_fw_cfg'
t_run 'works after qemu_fw_cfg' ours_works
fw_cfg_files >after
t_run 'its files read as before' diff alone after
t_hazard ports-taken
together 'after qemu_fw_cfg'

unload vmfwupdate
fw_cfg_files >after
t_run 'and after removal' diff alone after
t_hazard files-kept
modprobe -r qemu_fw_cfg

load vmfwupdate || t_fail 'loads before qemu_fw_cfg'
t_run 'works before qemu_fw_cfg' ours_works
t_run 'qemu_fw_cfg loads afterwards' modprobe qemu_fw_cfg
fw_cfg_files >after
t_run 'its files read as ever' diff alone after
t_run 'works with it' ours_works
together 'before qemu_fw_cfg'
t_hazard lock
t_hazard bare-select
modprobe -r qemu_fw_cfg
t_run 'works when it is gone' ours_works
t_hazard load-order

# One that comes, reads all files and goes, and one owner of the update.
comes_and_goes() {
	local n=0
	while [ ! -e stop ]; do
		{ modprobe qemu_fw_cfg && fw_cfg_files >seen && modprobe -r qemu_fw_cfg; } || touch failed
		cmp -s alone seen || cp seen "wrong.$n"
		n=$((n + 1))
		echo "$n" >comings
	done
}
comes_and_goes &
bad=0
times=$(rounds 30)
for ((i = 0; i < times; i++)); do
	random_file opaque 1024
	cat opaque >"$fw/opaque"
	stage_arm image || bad=$((bad + 1))
	[ "$(attr bios_size) $(attr status) $(attr state)" = '262144 pending armed' ] || bad=$((bad + 1))
	cmp -s opaque "$fw/opaque" || bad=$((bad + 1))
	echo 0 >"$fw/arm" || bad=$((bad + 1))
done
poll 120 test -s comings
touch stop
wait
t_is "$times updates were armed and cancelled while qemu_fw_cfg came and went" "$bad" 0
t_is "which read no wrong byte ($(<comings) times)" "$(compgen -G 'wrong*')" ''
t_run 'nor failed' test ! -e failed
t_is 'the hypervisor has nothing' "$(model bios-addr)" 0
unload vmfwupdate
t_done
