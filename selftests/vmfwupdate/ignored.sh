#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: by each interface, after a reset that the hypervisor ignored and after one that it did not: the init script and vmfwctl status say which
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

first=/usr/share/seabios/bios-256k.bin
half=/usr/share/seabios/bios.bin
cp "$first" other
printf other | dd of=other bs=1 seek=16 conv=notrunc status=none
cp "$half" half
"$build/selftests/vmfwupdate/igvmrom" other >igvm
cp "$root_dir/tools/vmfwctl/boot/replace" .
guest_programs+=("$build/tools/vmfwctl")
guest_image other half igvm replace
old=$(sha "$first")

fault() { guest_qmp "$kind" set /machine/peripheral/fwup0 fault "$1"; }
says() { guest_does "$kind" "$1 2>&1" || true; }
# outcome: by vmfwctl, as JSON and as text.
outcome() {
	says 'vmfwctl --json status'
	sed -nE 's/^ *"outcome": "(.*)",?$/\1/p; s/^ *"attempt": null,?$/none/p' <<<"$REPLY"
}
# replaces FILE: by the init script, which resets.
# shellcheck disable=SC2317 # called by t_run
replaces() {
	printf '/replace %s\n' "$1" >&"${guest_in[$kind]}"
	guest_up "$kind"
}
# shellcheck disable=SC2317 # called by t_run
resets() { printf 'reboot -f\n' >&"${guest_in[$kind]}" && guest_up "$kind"; }

for kind in bios-addr fw-blob launch-update; do
	file=other rom=other ignored='not applied' applied=applied status=none
	case $kind in
	# A smaller image ends where the firmware does.
	fw-blob) file=half rom=half status=was-armed ;;
	launch-update) file=igvm ignored=unknown applied=unknown ;;
	esac
	guest_start "$kind" "$first" "$kind"
	t_run "$kind: a guest" guest_up "$kind"
	t_is "$kind: nothing was tried" "$(outcome)" none
	if [ "$kind" = launch-update ]; then
		t_run "$kind: it does not tell what runs" guest "$kind" '[ ! -e running ]'
	else
		t_is "$kind: the firmware that runs can be read" \
			"$(guest "$kind" 'sha256sum <running | cut -c-64; stat -c %s running' | xargs)" "$old 262144"
		t_is "$kind: any part of it" "$(guest "$kind" 'tail -c 77 running | head -c 5 | sha256sum | cut -c-64')" \
			"$(tail -c 77 "$first" | head -c 5 | sha256sum | cut -c-64)"
	fi

	# (All of them until it is up: SeaBIOS makes two of one that leaves it in place.)
	fault reset-ignore
	t_run "$kind: the init script arms an image, and resets" replaces "/$file"
	t_is "$kind: which the hypervisor ignores" \
		"$(model "$kind" replacements) $(model "$kind" bios-sha256)" "0 $old"
	t_run "$kind: it was asked to" test "$(model "$kind" faults-injected)" -ge 1
	fault ''
	t_is "$kind: status of the driver" "$(guest "$kind" 'cat state status' | xargs)" "idle $status"
	t_is "$kind: vmfwctl says what came of it" "$(outcome)" "$ignored"
	says "/replace /$file; echo status=\$?"
	if [ "$kind" = launch-update ]; then
		t_is "$kind: the init script does not try again" "$REPLY" 'status=0'
	else
		t_is "$kind: so does the init script, and does not try again" "$REPLY" \
			"vmfwupdate: the firmware /$file was armed before the reset, but does not run: the hypervisor did not apply it"$'\n''status=1'
	fi

	# The hypervisor is asked again, and does it.
	t_run "$kind: the attempt is forgotten" guest "$kind" 'head -c 80 /dev/zero >opaque'
	t_is "$kind: by vmfwctl too" "$(outcome)" none
	t_run "$kind: the init script arms the image again" replaces "/$file"
	t_is "$kind: it runs" "$(model "$kind" replacements) $(model "$kind" bios-sha256)" "1 $(sha "$rom")"
	t_is "$kind: vmfwctl says so" "$(outcome)" "$applied"
	says "/replace /$file; echo status=\$?"
	t_is "$kind: the init script goes on" "$REPLY" 'status=0'
	t_run "$kind: after another reset" resets
	t_is "$kind: it is so still" "$(outcome)" "$applied"

	# An attempt that did not come so far.
	fault 'write-error=bios-addr;write-error=fw-blob;launch-status=1'
	t_run "$kind: the attempt is forgotten" guest "$kind" 'head -c 80 /dev/zero >opaque'
	[ "$kind" = launch-update ] || file=$([ "$file" = other ] && echo half || echo other)
	says "/replace /$file; echo status=\$?"
	t_run "$kind: an image that is refused" text_has 'was not armed: the hypervisor' "$REPLY"
	t_is "$kind: is a failure" "${REPLY##*$'\n'}" status=1
	t_is "$kind: is not said to be armed" "$(outcome)" 'not armed'
	fault ''
	guest_end "$kind"
	t_is "$kind: the kernel's log is clean" "$("$root_dir/selftests/bench/splats" "$kind.console")" ''
	t_is "$kind: QEMU has no complaint" "$(<"$kind.errors")" ''
done
t_done
