#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: an armed guest is saved and loaded, and carried to another QEMU: the next reset starts its firmware, opaque bytes intact
# where: host
# kernels: 6.12
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/vmfwupdate/host.bash
. "$(dirname "$0")/host.bash"
# shellcheck source=selftests/vmfwupdate/alone.bash
. "$(dirname "$0")/alone.bash"
sha() { sha256sum "$1" | cut -c-64; }

# Three firmwares: what the guest runs, what it arms (of another size), and what the
# second QEMU would run if the first one's did not come along.
first=/usr/share/seabios/bios-256k.bin
{ head -c 262144 /dev/zero | tr '\0' '\377' && cat "$first"; } >image
cp "$first" other
printf other | dd of=other bs=1 seek=16 conv=notrunc status=none
head -c 1024 /dev/urandom >opaque
guest_image image opaque
old=$(sha "$first") new=$(sha image) bytes=$(sha opaque)

# armed NAME REPLACEMENTS: as the guest and as its hypervisor see it.
armed() {
	t_is "$1: it is armed" "$(guest "$1" 'cat state status bios_size' | xargs)" 'armed pending 524288'
	t_is "$1: the hypervisor has the address of its image" "$(($(guest "$1" 'cat bios_addr')))" "$(model "$1" bios-addr)"
	t_is "$1: the image is whole" "$(guest "$1" 'sha256sum <image | cut -c-64')" "$new"
	t_is "$1: the old firmware runs" "$(model "$1" bios-sha256) $(model "$1" replacements)" "$old $2"
	t_is "$1: the opaque bytes are intact" "$(guest "$1" 'sha256sum <opaque | cut -c-64')" "$bytes"
}
# resets NAME: and the armed firmware starts the next kernel.
resets() {
	printf 'reboot -f\n' >&"${guest_in[$1]}"
	t_run "$1: it boots after the reset" guest_up "$1"
	t_is "$1: the hypervisor replaced the firmware" "$(model "$1" replacements) $(model "$1" refused) $(model "$1" bios-sha256)" "1 0 $new"
	t_is "$1: it runs the new firmware" "$(guest "$1" running_sha)" "$new"
	t_is "$1: nothing is armed" "$(guest "$1" 'cat state status bios_size' | xargs)" 'idle none 524288'
	t_is "$1: the opaque bytes are intact" "$(guest "$1" 'sha256sum <opaque | cut -c-64')" "$bytes"
}

guest_start first "$first"
t_run 'first: a guest' guest_up first
t_run 'first: with a disk for snapshots' create_disk first
t_run 'first: arms an image' guest first 'cat /opaque >opaque && cat /image >image && echo 1 >arm'
t_run 'first: is saved' snapshot first save armed
t_run 'first: cancels, and forgets the bytes' guest first 'echo 0 >arm && head -c 1024 /dev/zero >opaque'
t_is 'first: the hypervisor has nothing' "$(model first bios-addr)" 0
t_run 'first: is loaded' snapshot first load armed
armed first 0
resets first
# Once more, from under the new firmware.
t_run 'first: is loaded again' snapshot first load armed
armed first 1
carry() {
	guest_qmp first raw '{"execute": "migrate", "arguments": {"uri": "exec:cat >carried"}}' &&
		poll 60 sent && guest_end first && guest_start second other -incoming 'exec:cat carried' "${disk[@]}" &&
		# What is typed before it runs is lost.
		poll 60 running second
}
sent() { text_has '"completed"' "$(guest_qmp first raw '{"execute": "query-migrate"}')"; }
t_run 'second: another QEMU takes over' carry || cat second.errors
armed second 0
resets second
guest_end second
for name in first second; do
	t_is "$name: the kernel's log is clean" "$("$root_dir/selftests/bench/splats" "$name.console")" ''
	t_is "$name: QEMU has no complaint" "$(<"$name.errors")" ''
done
t_done
