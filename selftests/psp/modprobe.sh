#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: after make install, modprobe kvm_amd picks psp_sev where only ACPI announces the PSP and ccp elsewhere; make uninstall takes it back
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 300
#
# Installs into a tree with links to all of the kernel's own modules; the second
# half of this file runs in machines that see that tree in place of theirs.
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

there() { for m; do loaded "$m" || echo "no $m"; done; }
absent() { for m; do ! loaded "$m" || echo "$m"; done; }

if [ "${1:-}" = inside ]; then
	mount --bind "$3/lib/modules" /lib/modules
	cp "$3/etc/modprobe.d/psp_sev.conf" /etc/modprobe.d/
	[ "$2" != late ] || modprobe ccp
	t_run 'modprobe kvm_amd' modprobe kvm_amd sev=1
	case $2 in
	psp_sev)
		t_is 'psp_sev and aspt are there' "$(there psp_sev aspt)" ''
		t_is 'ccp is not' "$(absent ccp)" ''
		t_run 'kvm_amd uses psp_sev' grep -qE '^psp_sev .* kvm_amd,' /proc/modules
		t_is 'KVM reports SEV' "$(cat /sys/module/kvm_amd/parameters/sev)" Y
		t_run '/dev/sev works' sev status
		modprobe -r kvm_amd
		t_run 'parameters reach it' modprobe psp_sev psp_cmd_timeout=7
		t_is 'as they were given' "$(cat /sys/module/psp_sev/parameters/psp_cmd_timeout)" 7
		;;
	*)
		t_is 'ccp is there' "$(there ccp)" ''
		t_is 'psp_sev and aspt are not' "$(absent psp_sev aspt)" ''
		t_run 'kvm_amd uses ccp' grep -qE '^ccp .* kvm_amd,' /proc/modules
		t_run 'modprobe psp_sev' modprobe psp_sev
		t_is 'is no other driver' "$(there ccp)$(absent psp_sev)" ''
		modprobe -r kvm_amd
		;;
	esac
	t_is 'kvm_amd goes' "$(absent kvm_amd kvm)" ''
	if klog | grep -qE 'disagrees about version|exports duplicate|Unknown symbol'; then
		t_fail 'nothing about symbols in the log'
	else
		t_ok 'nothing about symbols in the log'
	fi
	t_done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
unset MAKEFLAGS MAKELEVEL
# shellcheck disable=SC2317 # called by t_run
make() { command make -s -C "$CVM_ROOT" "$@"; }
kernel=$("$CVM_ROOT/selftests/bench/kernel" "$CVM_KERNEL")
release=$(cat "$kernel/release")
needed() { awk -F: -v m="/$1[.]ko" '$1 ~ m { print $2 }' "$root/lib/modules/$release/modules.dep" | tr ' ' '\n' | grep -oE '(ccp|psp_sev)\.ko' | xargs; }

mkdir -p "$root/lib/modules"
cp -rs "$kernel/lib/modules/$release" "$root/lib/modules/"
(cd "$root" && find . | sort) >"$work/before"
depmod -b "$root" "$release"
t_is 'without it kvm_amd needs ccp' "$(needed kvm-amd)" ccp.ko
t_run 'make install' make install KERNEL="$CVM_KERNEL" DESTDIR="$root"
t_run 'depmod' depmod -b "$root" "$release"
t_is 'now it needs psp_sev alone' "$(needed kvm-amd)" psp_sev.ko
t_is 'nothing else does' "$(needed ccp-crypto)$(needed amdtee)" "$(if [ "$CVM_KERNEL" = 6.1 ]; then echo ccp.ko; else echo ccp.koccp.ko; fi)"

# shellcheck disable=SC2317 # called by t_run
vm() { "$CVM_ROOT/selftests/vm" --kernel "$CVM_KERNEL" "$@" "$root"; }
t_run 'a PSP that only ACPI announces: psp_sev' vm --machine snp-host -- "$0" inside psp_sev
t_run 'a PCI PSP: ccp' vm --machine snp-host-pci -- "$0" inside ccp
t_run 'a PCI PSP, ccp is there already: ccp' vm --machine snp-host-pci -- "$0" inside late
t_run 'no PSP: ccp' vm --machine snp-host --set psp0=none -- "$0" inside ccp

t_run 'make uninstall' make uninstall KERNEL="$CVM_KERNEL" DESTDIR="$root"
t_run 'depmod' depmod -b "$root" "$release"
t_is 'kvm_amd needs ccp again' "$(needed kvm-amd)" ccp.ko
t_is 'no file is left' "$(cd "$root" && find . ! -type d | sort | comm -13 "$work/before" -)" ''
t_done
