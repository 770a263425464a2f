# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For tests that go on in a next kernel: the command runs again in each boot, and
# counts its results on. Sourced after ktap.sh.

t_boot=1
if [ -e "$CVM_STATE/counts" ]; then
	read -r t_number t_failed t_passed t_boot <"$CVM_STATE/counts"
fi
# After a triple fault nothing else would tell.
if [ "$CVM_BOOT" != "$t_boot" ]; then
	echo "Bail out! boot $CVM_BOOT in place of $t_boot: the machine was reset without being asked to"
	exit 1
fi

# The last before the next boot.
keep_counts() {
	echo "$t_number $t_failed $t_passed $((CVM_BOOT + 1))" >"$CVM_STATE/counts"
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
