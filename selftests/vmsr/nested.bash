# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests below KVM of a bench machine, run by the bench's QEMU with vmsr=on: the
# machine's own kernel, drivers and programs, and a shell at a serial port. Sourced
# after inside.bash.
work=$(mktemp -d)

# guest_image PROGRAM...: makes $work/initramfs, with these programs of this machine.
guest_image() {
	local dir=$work/image release m path programs=()
	release=$(uname -r)
	mkdir -p "$dir"/{bin,dev,lib,modules,proc,run,sys,tmp}
	for m in intel_rapl_msr rapl msr; do
		modprobe -S "$release" --show-depends "$m"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$work/modules"
	while read -r path; do
		m=${path##*/}
		case $path in
		*.xz) xz -dc "$path" ;;
		*.zst) zstd -qdc "$path" ;;
		*) cat "$path" ;;
		esac >"$dir/modules/${m%.ko*}.ko"
		echo "${m%.ko*}.ko" >>"$dir/modules/order"
	done <"$work/modules"
	cp "$(type -P busybox)" "$dir/bin/busybox"
	for m; do programs+=("$(type -P "$m")"); done
	{
		printf '%s\n' "${programs[@]}"
		ldd "${programs[@]}" | grep -oE '/[^ ]+\.so[^ ]*'
	} | sort -u | while read -r path; do
		mkdir -p "$dir${path%/*}"
		cp -L "$path" "$dir$path"
	done
	cat >"$dir/init" <<-'EOF'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		export PATH=/bin:/usr/bin:/usr/sbin:/sbin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		exec </dev/ttyS0 >/dev/ttyS0 2>&1
		stty raw -echo
		for m in $(cat /modules/order); do insmod /modules/$m; done
		zone=/sys/class/powercap/intel-rapl:0
		uj() { cat $zone/energy_uj; }
		# measured PROGRAM...: what it says of some busy seconds, and what they were.
		measured() {
			before=$(uj)
			"$@" /bin/spin 5 2>&1
			echo total $(($(uj) - before))
		}
		echo 'END 0'
		while read -r line; do
			eval "$line"
			echo "END $?"
		done
	EOF
	cat >"$dir/bin/spin" <<-'EOF'
		#!/bin/sh
		timeout "$1" sh -c 'while :; do :; done' 2>/dev/null
		true
	EOF
	chmod +x "$dir/init" "$dir/bin/spin"
	(cd "$dir" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"
	rm -r "$dir"
}

declare -A guest_pid=() guest_in=() guest_out=()
# guest_start NAME MODEL [QEMU-ARGUMENT...]: in the background.
guest_start() {
	local name=$1 model=$2 in out
	shift 2
	mkfifo "$work/$name.in" "$work/$name.out"
	exec {in}<>"$work/$name.in" {out}<>"$work/$name.out"
	guest_in[$name]=$in guest_out[$name]=$out
	"$CVM_QEMU" -M q35,vmport=off -accel kvm,vmsr=on -cpu "$model" -m 320 -nodefaults -no-user-config -display none \
		-name "$name" -L /usr/share/seabios -L /usr/share/qemu -bios /usr/share/seabios/bios-256k.bin \
		-kernel "${CVM_KERNEL_DIR:?}/vmlinux" -initrd "$work/initramfs" \
		-append 'console=ttyS1 quiet norandmaps panic=-1 mitigations=off no_timer_check random.trust_cpu=on' \
		-chardev "pipe,id=shell,path=$work/$name" -serial chardev:shell -serial "file:$work/$name.console" \
		-qmp "unix:$work/$name.qmp,server=on,wait=off" "$@" >"$work/$name.errors" 2>&1 &
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
# guest NAME COMMAND: the guest's shell does it; what it says is in REPLY.
guest_does() {
	printf '%s\n' "$2" >&"${guest_in[$1]}"
	guest_reads "$1" 120
}
guest() { guest_does "$@" && printf '%s\n' "$REPLY"; }
guest_qmp() { "$CVM_ROOT/build/selftests/qmp" --socket "$work/$1.qmp" raw "$2"; }
guest_end() {
	guest_qmp "$1" '{"execute": "quit"}' >/dev/null 2>&1 || true
	wait "${guest_pid[$1]}"
}
# guest_trouble NAME: what there is to see of one that does not do what it should.
guest_trouble() { tail -n 15 "$work/$1.errors" "$work/$1.console"; }
