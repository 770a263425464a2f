# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests that can be saved and carried, as the bench's machines, with the host's root
# over 9p, cannot: the driver in an initramfs of its own, a shell at a serial port, and
# a disk for snapshots. Sourced after host.bash, in its folder.
# shellcheck disable=SC2154 # root_dir, build and work are host.bash's
# shellcheck disable=SC2034 # disk is for who sources this
install_packages busybox-static cpio kmod xz-utils zstd
qemu=$("$root_dir/selftests/bench/qemu/build")
kernel_dir=$("$root_dir/selftests/bench/kernel" "$CVM_KERNEL")
release=$(cat "$kernel_dir/release")
tsc_khz=$("$root_dir/selftests/bench/tsc-khz")

# guest_image FILE...: makes initramfs, with physmem and these files in its root.
guest_image() {
	local dir=initramfs.d program=$build/selftests/vmfwupdate/physmem path
	mkdir -p "$dir"/{bin,dev,proc,sys,tmp}
	cp "$(dpkg -L busybox-static | grep -E '/bin/busybox$')" "$dir/bin/busybox"
	cp "$program" "$dir/bin/physmem"
	ldd "$program" | grep -oE '/[^ ]+\.so[^ ]*' | while read -r path; do
		mkdir -p "$dir${path%/*}"
		cp -L "$path" "$dir$path"
	done
	cp "$build/$release/drivers/vmfwupdate/vmfwupdate.ko" "$@" "$dir/"
	cat >"$dir/init" <<-'EOF'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		export PATH=/bin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		exec </dev/ttyS0 >/dev/ttyS0 2>&1
		stty raw -echo
		insmod /vmfwupdate.ko
		cd /sys/firmware/vmfwupdate
		running_sha() {
			size=$(cat bios_size)
			physmem $((0x100000000 - size)) $size | sha256sum | cut -c-64
		}
		echo 'END 0'
		while read -r line; do
			eval "$line"
			echo "END $?"
		done
	EOF
	chmod +x "$dir/init"
	(cd "$dir" && find . | cpio -o -H newc -R 0:0 --quiet) >initramfs
	rm -r "$dir"
}

declare -A guest_pid=() guest_in=() guest_out=()
# What does not end must not outlive the test.
guests_kill() { [ ${#guest_pid[@]} -eq 0 ] || kill "${guest_pid[@]}" 2>/dev/null || true; }
trap 'guests_kill; rm -rf "$work"' EXIT

# guest_start NAME BIOS [QEMU-ARGUMENT...]: in the background.
guest_start() {
	local name=$1 bios=$2 in out
	shift 2
	mkfifo "$name.in" "$name.out"
	exec {in}<>"$name.in" {out}<>"$name.out"
	guest_in[$name]=$in guest_out[$name]=$out
	"$qemu" -M q35,vmport=off -accel tcg,thread=multi -cpu max,-la57 -m 256 -nodefaults -no-user-config -display none \
		-L /usr/share/seabios -L /usr/share/qemu -bios "$bios" -device cvm-vmfwupdate,id=fwup0 \
		-kernel "$kernel_dir/vmlinux" -initrd initramfs \
		-append "console=ttyS1 norandmaps panic=-1 mitigations=off tsc=reliable tsc_early_khz=$tsc_khz no_timer_check random.trust_cpu=on rcupdate.rcu_cpu_stall_suppress=1 nosoftlockup" \
		-chardev "pipe,id=shell,path=$name" -serial chardev:shell -serial "file:$name.console" \
		-qmp "unix:$name.qmp,server=on,wait=off" "$@" </dev/null >"$name.errors" 2>&1 &
	guest_pid[$name]=$!
}
# guest_reads NAME SECONDS: what it says up to the end of its command is in REPLY.
guest_reads() {
	local line text='' status=none
	while read -r -t "$2" -u "${guest_out[$1]}" line; do
		line=${line%$'\r'}
		case $line in
		'END '*) status=${line#END } && break ;;
		*) text+=$line$'\n' ;;
		esac
	done
	REPLY=${text%$'\n'}
	[ "$status" = 0 ]
}
# guest_up NAME: it has booted.
guest_up() { guest_reads "$1" 300 || { tail -n 15 "$1.errors" "$1.console"; return 1; }; }
# guest NAME COMMAND: its shell does it and prints.
guest() {
	printf '%s\n' "$2" >&"${guest_in[$1]}"
	guest_reads "$1" 120 || { printf '%s\n' "$REPLY"; return 1; }
	printf '%s\n' "$REPLY"
}
guest_qmp() { "$build/selftests/qmp" --socket "$1.qmp" "${@:2}"; }
guest_hmp() { guest_qmp "$1" raw "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"$2\"}}"; }
# model NAME PROPERTY: the hypervisor's side.
model() { guest_qmp "$1" get /machine/peripheral/fwup0 "$2"; }
model_is() { [ "$(model "$1" "$2")" = "$3" ]; }
guest_end() {
	guest_qmp "$1" raw '{"execute": "quit"}' >/dev/null 2>&1 || true
	wait "${guest_pid[$1]}" || true
	unset "guest_pid[$1]"
}
running() { text_has '"running": true' "$(guest_qmp "$1" raw '{"execute": "query-status"}' 2>&1)"; }

# A disk of QEMU's own making: nothing is read from it, snapshots lie in it.
disk=(-blockdev "file,node-name=file,filename=disk" -blockdev "qcow2,node-name=disk,file=file")
job_over() { text_has concluded "$(guest_qmp "$1" raw '{"execute": "query-jobs"}')"; }
create_disk() {
	: >disk
	guest_qmp "$1" raw '{"execute": "blockdev-add", "arguments": {"driver": "file", "node-name": "file", "filename": "disk"}}' &&
		guest_qmp "$1" raw '{"execute": "blockdev-create", "arguments": {"job-id": "new",
			"options": {"driver": "qcow2", "file": "file", "size": 1048576}}}' &&
		poll 30 job_over "$1" &&
		guest_qmp "$1" raw '{"execute": "job-dismiss", "arguments": {"id": "new"}}' &&
		guest_qmp "$1" raw '{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "node-name": "disk", "file": "file"}}'
}
# snapshot NAME save|load SNAPSHOT: all of the machine.
snapshot() {
	local answer
	answer=$(guest_hmp "$1" "$2vm $3") || return
	# A complaint is its answer.
	[ -z "$answer" ] || { printf '%s\n' "$answer"; return 1; }
}
