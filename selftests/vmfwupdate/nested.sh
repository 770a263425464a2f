#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the main job in a VM below KVM of a VM: the same chain of firmwares, and the outer machine keeps its own
# where: vm
# machine: guest
# memory: 1536
# alone: its guest takes most of it
# long: 6.1 debug
# timeout: 240
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
log=/run/nested

# One CPU, and one without XSAVE: of two emulated SVM loses one, and what TCG says of
# XSAVE contradicts itself.
nested() {
	"$CVM_ROOT/selftests/vm" --machine guest --kernel "$CVM_KERNEL" --accel kvm --cpu kvm64 --cpus 1 --memory 512 --bzimage \
		--timeout 900 -- "$CVM_ROOT/selftests/vmfwupdate/main-job.sh" >"$log" 2>&1
}
modprobe kvm_amd
if nested; then t_ok 'the main job'; else t_fail 'the main job' "$(<"$log")"; fi
checks=("DMI names the vendor" "the hypervisor runs the image's bytes" "the opaque bytes are intact")
for check in "${checks[@]}"; do
	t_is "$check, in each of four boots" "$(grep -c "^ok .*$check" "$log")" 4
done
t_is 'three resets replaced a firmware' "$(grep -c '^Rebooting' "$log")" 3
t_is "the outer machine's firmware was left alone" "$(model bios-sha256) $(model replacements) $(model resets)" "$(sha "$seabios_256k") 0 0"
t_done
