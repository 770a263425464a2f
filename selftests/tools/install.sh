#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: make install puts modules, tools, man pages and completions in their places; make says what is missing
# where: host
# kernels: 6.1 6.12
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/bench/common.sh
. "$CVM_ROOT/selftests/bench/common.sh"
install_packages systemd
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As a person calls it, not with what the runner was called with.
unset MAKEFLAGS MAKELEVEL
make() { command make -s -C "$CVM_ROOT" "$@"; }

t_run 'make install' make install KERNEL="$CVM_KERNEL" DESTDIR="$work/root"
release=$(basename "$work"/root/lib/modules/*)
for m in aspt psp_sev vmfwupdate vmsr; do
	ko=$(find "$work/root/lib/modules/$release/updates" -name "$m.ko*")
	t_run "$m is there, once, for its kernel" bash -c "modinfo -F vermagic '$ko' | grep -q '^$release '"
	t_is "$m says what it is and under which licence" \
		"$(modinfo -F description "$ko" | wc -l) $(modinfo -F license "$ko")" '1 GPL'
done
for t in aspctl vmfwctl vmsrctl; do
	t_run "$t runs" "$work/root/usr/local/sbin/$t" --version
	t_run "$t has its page and completion" test -s "$work/root/usr/local/share/man/man8/$t.8" -a \
		-s "$work/root/usr/local/share/bash-completion/completions/$t"
done
# What makes vmsr a part of the system, with where it was put.
for file in /usr/local/lib/udev/rules.d/60-vmsr.rules /usr/local/lib/sysusers.d/vmsr.conf \
	/usr/local/lib/systemd/system/vmsr-attach.service /etc/libvirt/hooks/qemu.d/vmsr; do
	t_run "$file" test -s "$work/root$file" -a -z "$(grep -o '@[A-Z]*@' "$work/root$file")"
done
t_run "libvirt's hook is a program" test -x "$work/root/etc/libvirt/hooks/qemu.d/vmsr"
# A system of systemd's own units and what was installed.
mkdir -p "$work/system/lib/systemd" "$work/system/etc"
cp -r /lib/systemd/system "$work/system/lib/systemd/"
cp -r "$work/root/usr" "$work/system/"
verify() { systemd-analyze verify --man=no --root="$work/system" vmsr-attach.service; }
t_run 'systemd takes the unit' verify
rm "$work/system/usr/local/sbin/vmsrctl"
t_fails 'and looks for its program' 1 '/usr/local/sbin/vmsrctl is not executable' verify
t_run 'systemd makes the group' systemd-sysusers --root="$work/system" vmsr.conf
t_run 'the group is there' grep -q '^vmsr:' "$work/system/etc/group"

t_run 'make uninstall' make uninstall KERNEL="$CVM_KERNEL" DESTDIR="$work/root"
# What depmod or the kernel's own installation makes is theirs.
t_is 'nothing is left' "$(find "$work/root" -type f -not -path '*/modules.*' -printf '%P\n')" ''
t_fails 'headers that are not there' 2 'No kernel headers found in /nowhere: apt-get install linux-headers-amd64, or give KDIR=' \
	make modules KDIR=/nowhere
t_fails 'a kernel that is not there' 2 'No kernel headers found in /lib/modules/0\.1/build' make modules KERNELRELEASE=0.1
t_done
