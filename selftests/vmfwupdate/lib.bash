# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of vmfwupdate share. Sourced inside the machine "guest".

# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

fw=/sys/firmware/vmfwupdate
seabios_128k=/usr/share/seabios/bios.bin
seabios_256k=/usr/share/seabios/bios-256k.bin
ovmf=/usr/share/ovmf/OVMF.fd

# model PROPERTY [VALUE]: the hypervisor's side, which the driver cannot touch.
model() {
	if [ $# -eq 1 ]; then
		qmp get /machine/peripheral/fwup0 "$1"
	else
		qmp set /machine/peripheral/fwup0 "$1" "$2"
	fi
}

attr() { first "$fw/$1"; }
put() { store "$2" "$fw/$1"; }
# sha [FILE]: the sum alone, of stdin without a file.
# shellcheck disable=SC2120
sha() {
	local sum
	sum=$(sha256sum "$@") && printf '%s\n' "${sum%% *}"
}
size_of() { stat -Lc %s "$1"; }

# The firmware region as the processor sees it.
running_sha() {
	local size
	size=$(attr bios_size)
	# shellcheck disable=SC2119
	"$CVM_ROOT/build/selftests/vmfwupdate/physmem" $((0x100000000 - size)) "$size" | sha
}

driver_lines() { klog_of '[Vv][Mm][Ff][Ww][Uu][Pp][Dd][Aa][Tt][Ee]'; }

vendor() { first /sys/class/dmi/id/bios_vendor; }

# stage_arm FILE: what an init script does.
stage_arm() { cat "$1" >"$fw/image" && echo 1 >"$fw/arm"; }

# restart: the command runs again in the next boot, and counts on.
restart() {
	echo "$t_number $t_failed $t_passed" >"$CVM_STATE/counts"
	sync
	reboot -f
	sleep 60
	exit 1
}
if [ -e "$CVM_STATE/counts" ]; then
	read -r t_number t_failed t_passed <"$CVM_STATE/counts"
fi

# Bytes that no one could guess, kept over a reboot.
random_file() { head -c "$2" /dev/urandom >"$1"; }

# code SIZE FILE: an image that passes for firmware without being any.
code() {
	head -c $(($1 - 16)) /dev/urandom >"$2"
	printf '\xea\x5b\xe0\x00\xf0cvm-modules' >>"$2"
}

# kexec_into CPIO: the same kernel again without a reset, with an archive (or
# /dev/null) in front of its initramfs; the command runs again in it.
kexec_into() {
	local dir
	dir=$(sed -nE 's/.*CVM_KERNEL_DIR=([^ ]*).*/\1/p' /run/cvm/machine)
	cat "$1" "$CVM_INITRAMFS" >/tmp/initrd
	echo "$t_number $t_failed $t_passed" >"$CVM_STATE/counts"
	sync
	"$CVM_ROOT/build/selftests/vmfwupdate/kexec" "$dir/vmlinuz" /tmp/initrd
}
