#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: works beside qemu_fw_cfg in either load order, and neither disturbs the other under load
# where: vm
# machine: guest
# cpus: 4
# timeout: 240
#
# CVM_OPERATIONS=N interleaves so many, for hours if need be:
#   selftests/vm --machine guest --cpus 4 --timeout S -- env CVM_OPERATIONS=N selftests/vmfwupdate/beside-qemu-fw-cfg.sh
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1

# One line a file, of those that no one writes. The kernel and its initrd are
# there as well, but they are read byte by byte, which takes minutes.
fw_cfg_files() {
	local d name size
	for d in /sys/firmware/qemu_fw_cfg/by_key/*; do
		read -r name <"$d/name"
		read -r size <"$d/size"
		case $name in *vmfwupdate/*) continue ;; esac
		[ "$size" -gt 16384 ] || printf '%s %s\n' "$(sha "$d/raw")" "$name"
	done | sort
}
ours_works() {
	[ "$(attr bios_size) $(attr status)" = '262144 none' ] &&
		cmp -s opaque "$fw/opaque"
}
random_file opaque 1024

modprobe qemu_fw_cfg || t_fail 'qemu_fw_cfg loads alone'
fw_cfg_files >alone
t_run 'qemu_fw_cfg has files' test "$(lines_in "$(<alone)")" -ge 5

load vmfwupdate || t_fail 'loads after qemu_fw_cfg'
cat opaque >"$fw/opaque"
t_run 'works after qemu_fw_cfg' ours_works
fw_cfg_files >after
t_run 'its files read as before' diff alone after

unload vmfwupdate
fw_cfg_files >after
t_run 'and after removal' diff alone after
modprobe -r qemu_fw_cfg

load vmfwupdate || t_fail 'loads before qemu_fw_cfg'
t_run 'works before qemu_fw_cfg' ours_works
t_run 'qemu_fw_cfg loads afterwards' modprobe qemu_fw_cfg
fw_cfg_files >after
t_run 'its files read as ever' diff alone after
t_run 'works with it' ours_works
modprobe -r qemu_fw_cfg
t_run 'works when it is gone' ours_works
modprobe qemu_fw_cfg

# Under load: two readers of all files, one owner of the update.
reader() {
	local n=0
	while [ ! -e stop ]; do
		fw_cfg_files >"read$1"
		cmp -s alone "read$1" || cp "read$1" "wrong$1.$n"
		n=$((n + 1))
		echo "$n" >"rounds$1"
	done
}
reader 1 &
reader 2 &
code 262144 image
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
poll 120 test -s rounds1 -a -s rounds2
touch stop
wait
t_is "$times updates were armed and cancelled under load" "$bad" 0
t_is 'qemu_fw_cfg read no wrong byte meanwhile' "$(compgen -G 'wrong*')" ''
t_run 'and read a lot' test "$(<rounds1)" -ge 1 -a "$(<rounds2)" -ge 1
operations=${CVM_OPERATIONS:-$(rounds 4000)}
t_run "$operations operations of both, one by one, have no wrong byte" \
	"$CVM_ROOT/build/selftests/vmfwupdate/beside" "$operations" image 1024
echo "# $(<"$t_output")"
t_is 'the hypervisor has nothing' "$(model bios-addr)" 0
unload vmfwupdate qemu_fw_cfg
t_done
