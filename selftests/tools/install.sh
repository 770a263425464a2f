#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: make install puts modules, tools, man pages and completions in their places; make says what is missing
# where: host
# kernels: 6.1 6.12
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
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
t_fails 'headers that are not there' 2 'No kernel headers found in /nowhere: apt-get install linux-headers-amd64, or give KDIR=' \
	make modules KDIR=/nowhere
t_fails 'a kernel that is not there' 2 'No kernel headers found in /lib/modules/0\.1/build' make modules KERNELRELEASE=0.1
t_done
