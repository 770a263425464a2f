#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the initramfs that the installed initramfs-tools hook makes replaces the firmware at boot, once; systemd takes the unit
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 180
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vmfwupdate/host.bash
. "$here/host.bash"
# shellcheck source=selftests/vmfwupdate/alone.bash
. "$here/alone.bash"
install_packages initramfs-tools-core systemd
sha() { sha256sum "$1" | cut -c-64; }

make -s -C "$root_dir" tools_install system_install DESTDIR="$work/root"
root=$work/root/usr/local
t_run 'the unit runs what is installed' grep -qx "ExecStart=/usr/local/lib/vmfwupdate/replace" "$root/lib/systemd/system/vmfwupdate.service"
t_run 'which is there' test -x "$root/lib/vmfwupdate/replace"

# A system of systemd's own units and what was installed.
mkdir -p system/lib/systemd system/etc
cp -r /lib/systemd/system system/lib/systemd/
cp -r "$work/root/usr" system/
verify() { systemd-analyze verify --man=no --root="$work/system" "$@"; }
t_run 'systemd takes the unit' verify vmfwupdate.service
t_run 'it can be enabled' systemctl --root="$work/system" enable vmfwupdate.service
t_is 'early' "$(readlink system/etc/systemd/system/sysinit.target.wants/vmfwupdate.service)" \
	/usr/local/lib/systemd/system/vmfwupdate.service
t_is 'and waits for nothing that waits for it' "$(verify sysinit.target multi-user.target 2>&1 | grep -iE 'cycle|vmfwupdate')" ''
rm system/usr/local/lib/vmfwupdate/replace
t_fails 'systemd looks for its program' 1 'vmfwupdate/replace is not executable' verify vmfwupdate.service

# mkinitramfs looks at fixed places: there it finds, in a view of its own, what was
# installed laid over the machine's own.
mkdir -p conf/conf.d conf/hooks conf/scripts over unpacked
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
	zcat image | (cd unpacked && cpio -id --quiet) && (cd unpacked && find . -type f)
}
t_run 'an initramfs is made' list /usr/share/seabios/bios.bin
find unpacked -type f >files
t_run 'with the firmware' cmp /usr/share/seabios/bios.bin unpacked/etc/vmfwupdate/firmware
t_run 'the driver' grep -q '/vmfwupdate\.ko' files
t_run 'the script' cmp "$root/lib/vmfwupdate/replace" unpacked/usr/lib/vmfwupdate/replace
t_run 'and who runs it' test -x unpacked/scripts/init-premount/vmfwupdate
t_run 'in its order' grep -q vmfwupdate unpacked/scripts/init-premount/ORDER
for program in cat modprobe reboot sha256sum tail wc; do
	t_run "it has $program" bash -c "find unpacked/bin unpacked/sbin unpacked/usr -name $program | grep -q ."
done

# Booted: the script runs in each boot before the root file system is looked for, which
# only the second one comes to.
mv image initramfs
comes() { [ "$(grep -c "$1" boot.console)" = "$2" ]; }
guest_start boot /usr/share/seabios/bios-256k.bin bios-addr
t_run 'it boots, and comes to its root file system' poll 300 comes 'Begin: Mounting root file system' 1 || guest_trouble boot
t_run 'in the second boot' comes 'Begin: Running /scripts/init-premount' 2
t_is 'its firmware runs' "$(model boot replacements) $(model boot bios-sha256)" "1 $(sha /usr/share/seabios/bios.bin)"
t_run 'the attempt is in the opaque bytes' test "$(model boot opaque | cut -c-128)" = \
	"$(sha256sum /usr/share/seabios/bios.bin | head -c 64 | od -An -v -tx1 | tr -d ' \n')"
guest_end boot
t_is 'QEMU has no complaint' "$(<boot.errors)" ''

rm -rf unpacked
mkdir unpacked
t_run 'without a firmware there is an initramfs too' list ''
t_run 'and nothing of it inside' test ! -e unpacked/etc/vmfwupdate -a ! -e unpacked/usr/lib/vmfwupdate
t_done
