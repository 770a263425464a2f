#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: DKMS builds and installs all modules from what make dkms-install gives it, and make dkms-uninstall leaves nothing
# where: host
# kernels: 6.12
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL
mkdir -p "$work"/{tree,root/usr/src}
kernel=$("$CVM_ROOT/selftests/bench/kernel" "$CVM_KERNEL")
release=$(<"$kernel/release")
mkdir -p "$work/modules/$release"
make() {
	command make -s -C "$CVM_ROOT" "$@" DESTDIR="$work/root" \
		DKMS_ARGS="--dkmstree $work/tree --sourcetree $work/root/usr/src --installtree $work/modules $dkms_args"
}
left() { find "$work/modules" "$work/root" "$work/tree" -type f ! -name dkms_dbversion; }

dkms_args="-k $release --kernelsourcedir $kernel/build --no-depmod"
t_run 'make dkms-install' make dkms-install
for m in aspt psp_sev vmfwupdate vmsr; do
	ko=$(find "$work/modules" -name "$m.ko*")
	t_run "$m is there, once, for its kernel" bash -c "modinfo -F vermagic '$ko' | grep -q '^$release '"
done
t_run 'the rule that picks psp_sev or ccp' test -s "$work/root/etc/modprobe.d/psp_sev.conf"
t_fails 'twice' 2 'is there already: make dkms-uninstall' make dkms-install
dkms_args=
t_run 'make dkms-uninstall' make dkms-uninstall
t_is 'nothing is left' "$(left)" ''
t_run 'and again' make dkms-uninstall
PATH=/nowhere t_fails 'without DKMS' 2 'There is no dkms: apt-get install dkms' /usr/bin/make -s -C "$CVM_ROOT" dkms-install
t_done
