# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For tests that go on in a next kernel: the command runs again in each boot, and
# counts its results on. Sourced after ktap.sh.

if [ -e "$CVM_STATE/counts" ]; then
	read -r t_number t_failed t_passed <"$CVM_STATE/counts"
fi

keep_counts() {
	echo "$t_number $t_failed $t_passed" >"$CVM_STATE/counts"
	sync
}

# restart: by a reset.
restart() {
	keep_counts
	reboot -f
	sleep 60
	exit 1
}

# kexec_into CPIO [WORD]: the same kernel again without a reset, with an archive (or
# /dev/null) in front of its initramfs, and WORD on its command line.
kexec_into() {
	local dir
	dir=$(sed -nE 's/.*CVM_KERNEL_DIR=([^ ]*).*/\1/p' /run/cvm/machine)
	cat "$1" "$CVM_INITRAMFS" >/tmp/initrd
	keep_counts
	"$CVM_ROOT/build/selftests/vmfwupdate/kexec" "$dir/vmlinuz" /tmp/initrd ${2:+"$2"}
}
