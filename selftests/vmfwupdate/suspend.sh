#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: by each interface, a sleep to RAM, from which the machine wakes by a reset: staged, armed, and then the image is applied
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
# shellcheck source=selftests/vmfwupdate/alone.bash
. "$(dirname "$0")/alone.bash"
sha() { sha256sum "$1" | cut -c-64; }

# (The bench's machines, with their root over 9p, do not survive such a sleep.)
first=/usr/share/seabios/bios-256k.bin
cp "$first" other
printf other | dd of=other bs=1 seek=16 conv=notrunc status=none
"$build/selftests/vmfwupdate/igvmrom" other >igvm
guest_image other igvm
# A kernel that was not started packed does not wake up.
guest_kernel=$kernel_dir/vmlinuz
old=$(sha "$first")

# shellcheck disable=SC2317 # called by poll
asleep() { text_has '"status": "suspended"' "$(guest_qmp "$1" raw '{"execute": "query-status"}')"; }
# sleeps NAME: to RAM, until it is woken from outside. (Once in a machine: a second sleep
# ends at once in QEMU 7.2, where nobody takes the event of the power button.)
# shellcheck disable=SC2317 # called by t_run
sleeps() {
	printf 'echo mem >/sys/power/state\n' >&"${guest_in[$1]}"
	poll 60 asleep "$1" && resets=$(model "$1" resets) && asleep_addr=$(model "$1" bios-addr) &&
		guest_qmp "$1" raw '{"execute": "system_wakeup"}' && guest_reads "$1" 120
}
# state NAME: of the driver, and of its image.
state() { guest "$1" 'cat state status image_size; sha256sum <image | cut -c-64' | xargs; }

for kind in bios-addr fw-blob launch-update; do
	file=other
	[ "$kind" != launch-update ] || file=igvm
	size=$(stat -c %s "$file") sum=$(sha "$file")
	for how in staged armed; do
		name=$kind-$how
		guest_start "$name" "$first" "$kind"
		t_run "$name: a guest" guest_up "$name"
		t_is "$name: it can sleep to RAM" "$(guest "$name" 'cat /sys/power/mem_sleep')" 's2idle [deep]'
		t_run "$name: an image is staged" guest "$name" "cat /$file >image"
		expected="staged none $size $sum" addr=0
		if [ "$how" = armed ]; then
			t_run "$name: and armed" guest "$name" 'echo 1 >arm'
			expected="armed pending $size $sum" addr=$(model "$name" bios-addr)
		fi
		t_is "$name: it is" "$(state "$name")" "$expected"
		if [ "$name" = launch-update-armed ]; then
			guest_does "$name" 'echo mem >/sys/power/state' || true
			t_run "$name: it does not sleep" text_has 'busy' "$REPLY"
			t_run "$name: the reason is named" text_has 'would wake up in other firmware' "$(guest "$name" 'cat last_error')"
		else
			t_run "$name: it sleeps" sleeps "$name"
			t_is "$name: the hypervisor had no address meanwhile" "$asleep_addr" 0
			t_run "$name: to wake was a reset" test "$(model "$name" resets)" -gt "$resets"
			t_is "$name: which replaced nothing" \
				"$(model "$name" replacements) $(model "$name" refused) $(model "$name" bios-sha256)" "0 0 $old"
			t_is "$name: the address is there again" "$(model "$name" bios-addr) $(model "$name" would-abort)" "$addr false"
		fi
		t_is "$name: it is so still" "$(state "$name")" "$expected"
		[ "$how" = armed ] || t_run "$name: it can be armed" guest "$name" 'echo 1 >arm'
		printf 'reboot -f\n' >&"${guest_in[$name]}"
		t_run "$name: it boots after the reset" guest_up "$name"
		t_is "$name: which replaced the firmware" \
			"$(model "$name" replacements) $(model "$name" refused) $(model "$name" bios-sha256)" "1 0 $(sha other)"
		guest_end "$name"
		t_is "$name: the kernel's log is clean" "$("$root_dir/selftests/bench/splats" "$name.console")" ''
		t_is "$name: QEMU has no complaint" "$(<"$name.errors")" ''
	done
done
t_done
