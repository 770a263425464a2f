# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests that can be saved and carried, as the bench's machines, with the host's root
# over 9p, cannot: the driver in an initramfs of its own, and a shell at a serial port.
# Sourced after host.bash, in its folder.
# shellcheck disable=SC2154 # root_dir, build and work are host.bash's
install_packages busybox-static cpio kmod xz-utils zstd
qemu=$("$root_dir/selftests/bench/qemu/build")
kernel_dir=$("$root_dir/selftests/bench/kernel" "$CVM_KERNEL")
release=$(cat "$kernel_dir/release")
tsc_khz=$("$root_dir/selftests/bench/tsc-khz")

# shellcheck source=selftests/lib/guests.bash
. "$here/../lib/guests.bash"
# What does not end must not outlive the test.
trap 'guests_kill; rm -rf "$work"' EXIT

# What a guest has besides busybox.
guest_programs=("$build/selftests/vmfwupdate/physmem")

# guest_image FILE...: makes initramfs, with those and these files in its root.
guest_image() {
	local dir=$work/initramfs.d
	mkdir -p "$dir/bin"
	cp "${guest_programs[@]}" "$dir/bin/"
	guest_libraries "$dir" "${guest_programs[@]}"
	cp "$build/$release/drivers/vmfwupdate/vmfwupdate.ko" "$@" "$dir/"
	guest_pack "$dir" "$(dpkg -L busybox-static | grep -E '/bin/busybox$')" <<-'EOF'
		insmod /vmfwupdate.ko opaque_mem=0x8000000
		cd /sys/firmware/vmfwupdate
		running_sha() { physmem $((0x100000000 - $1)) $1 | sha256sum | cut -c-64; }
	EOF
}

# guest_start NAME BIOS INTERFACE [QEMU-ARGUMENT...]: in the background, its kernel with
# $guest_append. (The page that is left out is for the opaque bytes of launch-update.)
guest_append=
guest_start() {
	local name=$1 bios=$2 interface=$3
	shift 3
	guest_qemu "$name" "memmap=4K\$0x8000000 tsc=reliable tsc_early_khz=$tsc_khz rcupdate.rcu_cpu_stall_suppress=1 nosoftlockup $guest_append" \
		-accel tcg,thread=multi -cpu max,-la57,-erms -m 256 -bios "$bios" -device cvm-vmfwupdate,id=fwup0,interface="$interface" "$@"
}
# guest_up NAME: it has booted.
guest_up() { guest_reads "$1" 300 || { guest_trouble "$1"; return 1; }; }
# model NAME PROPERTY: the hypervisor's side.
model() { guest_qmp "$1" get /machine/peripheral/fwup0 "$2"; }
model_is() { [ "$(model "$1" "$2")" = "$3" ]; }
