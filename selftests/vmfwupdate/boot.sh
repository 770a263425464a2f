#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the installed initramfs-tools hook puts driver, firmware and script into an initramfs; the systemd unit is one
# where: host
# kernels: 6.1
# timeout: 120
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vmfwupdate/host.bash
. "$here/host.bash"
install_packages initramfs-tools-core cpio

kernel_dir=$("$here/../bench/kernel" "$CVM_KERNEL")
release=$(cat "$kernel_dir/release")
make -s -C "$root_dir" tools_install system_install DESTDIR="$work/root"
root=$work/root/usr/local
t_run 'the unit runs what is installed' grep -qx "ExecStart=/usr/local/lib/vmfwupdate/replace" "$root/lib/systemd/system/vmfwupdate.service"
t_run 'which is there' test -x "$root/lib/vmfwupdate/replace"

# mkinitramfs looks at fixed places: there it finds, in a view of its own, what was
# installed laid over the machine's own.
mkdir -p conf/conf.d conf/hooks conf/scripts over initramfs
printf 'MODULES=list\nBUSYBOX=no\nCOMPRESS=gzip\n' >conf/initramfs.conf
: >conf/modules
cat >make-it <<EOT
set -e
mount -t tmpfs tmpfs "$work/over"
for d in usr etc boot; do
	mkdir -p "$work/over/\$d" "$work/over/\$d.work"
	mount -t overlay -o "lowerdir=/\$d,upperdir=$work/over/\$d,workdir=$work/over/\$d.work" overlay "/\$d"
done
cp -a "$work/root/usr/." /usr/
mkdir -p /usr/lib/modules
cp -as "$kernel_dir/lib/modules/$release" /usr/lib/modules/
cp "$kernel_dir/build/.config" /boot/config-$release
mkdir -p /usr/lib/modules/$release/updates
cp -L "$build/$release/drivers/vmfwupdate/vmfwupdate.ko" /usr/lib/modules/$release/updates/
depmod $release
[ -z "\$1" ] || { mkdir -p /etc/vmfwupdate; cp "\$1" /etc/vmfwupdate/firmware; }
mkinitramfs -d "$work/conf" -o "$work/image" $release
EOT
# list FIRMWARE: what the initramfs then has.
list() {
	unshare -m --propagation private bash make-it "$1" >log 2>&1 || { cat log; return 1; }
	zcat image | (cd initramfs && cpio -id --quiet) && (cd initramfs && find . -type f)
}
t_run 'an initramfs is made' list /usr/share/seabios/bios.bin
find initramfs -type f >files
t_run 'with the firmware' cmp /usr/share/seabios/bios.bin initramfs/etc/vmfwupdate/firmware
t_run 'the driver' grep -q '/vmfwupdate\.ko' files
t_run 'the script' cmp "$root/lib/vmfwupdate/replace" initramfs/usr/lib/vmfwupdate/replace
t_run 'and who runs it' test -x initramfs/scripts/init-premount/vmfwupdate
t_run 'in its order' grep -q vmfwupdate initramfs/scripts/init-premount/ORDER
for program in dd cat modprobe reboot sha256sum; do
	t_run "it has $program" bash -c "find initramfs/bin initramfs/sbin initramfs/usr -name $program | grep -q ."
done
rm -rf initramfs
mkdir initramfs
t_run 'without a firmware there is an initramfs too' list ''
t_run 'and nothing of it inside' test ! -e initramfs/etc/vmfwupdate -a ! -e initramfs/usr/lib/vmfwupdate
t_done
