# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests below KVM of a bench machine, run by the bench's QEMU with vmsr=on: the
# machine's own kernel, drivers and programs, and a shell at a serial port. Sourced
# after inside.bash.
work=$(mktemp -d)
# shellcheck disable=SC2034 # for guests.bash
build=$CVM_ROOT/build qemu=$CVM_QEMU kernel_dir=${CVM_KERNEL_DIR:?}
# shellcheck source=selftests/lib/guests.bash
. "$CVM_ROOT/selftests/lib/guests.bash"

# guest_image PROGRAM...: makes $work/initramfs, with these programs of this machine.
guest_image() {
	local dir=$work/image release m path programs=()
	release=$(uname -r)
	mkdir -p "$dir"/{bin,modules}
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
	for m; do
		path=$(type -P "$m")
		programs+=("$path")
		mkdir -p "$dir${path%/*}"
		cp -L "$path" "$dir$path"
	done
	guest_libraries "$dir" "${programs[@]}"
	cat >"$dir/bin/spin" <<-'EOF'
		#!/bin/sh
		timeout "$1" sh -c 'while :; do :; done' 2>/dev/null
		true
	EOF
	chmod +x "$dir/bin/spin"
	guest_pack "$dir" "$(type -P busybox)" <<-'EOF'
		for m in $(cat /modules/order); do insmod /modules/$m; done
		zone=/sys/class/powercap/intel-rapl:0
		uj() { cat $zone/energy_uj; }
		# counters: each package's, a line each.
		counters() {
			local zone uj
			for zone in /sys/class/powercap/intel-rapl:?; do
				read -r uj <$zone/energy_uj
				echo $uj
			done
		}
		# work N: so much of it, however long that takes.
		work() {
			local n=0
			while [ $n -lt $1 ]; do n=$((n + 1)); done
		}
		# works MASK...: without an end, one on each CPU.
		works() { for mask; do taskset $mask sh -c 'while :; do :; done' & done; }
		# meters: perf and turbostat start. meters_begin: both count from here on.
		# meters_end: up to here; what they say.
		meters() {
			mkfifo /run/perf /run/control /run/ack /run/hold /run/turbostat /run/keys
			exec 3<>/run/perf 4<>/run/control 5<>/run/ack 6<>/run/turbostat 7<>/run/keys
			perf stat -a -x " " -e power/energy-pkg/ -D -1 --control fd:4,5 cat /run/hold 2>&3 &
			turbostat --quiet --Joules --Summary --show Pkg_J --interval 100000 <&7 >&6 2>&1 &
			turbostat=$!
			read -r line <&3
			turbostat_line
		}
		# A key ends its interval.
		turbostat_line() {
			echo >&7
			while read -r joules <&6; do
				case $joules in [0-9]*.[0-9]*) break ;; esac
			done
		}
		meters_begin() {
			turbostat_line
			echo enable >&4
			read -r line <&5
		}
		meters_end() {
			turbostat_line
			echo disable >&4
			read -r line <&5
			echo >/run/hold
			until case $line in *energy-pkg*) true ;; *) false ;; esac; do read -r line <&3; done
			kill $turbostat
			echo "perf $line"
			echo "turbostat $joules"
		}
		# looks: at the counter, again and again. looked: how often it has, since the look
		# that began this. never_back: what was less than before, if anything was.
		looks() {
			local last=0 now n=0
			: >/run/back
			while read -r now <$zone/energy_uj; do
				[ "$now" -ge $last ] || echo "$last $now" >>/run/back
				last=$now n=$((n + 1))
				echo $n >/run/looks
			done
			echo "no counter after $last" >>/run/back
		}
		looked() {
			until read -r n </run/looks && [ -n "$n" ]; do :; done
			echo $n
		}
		never_back() { ! cat /run/back | grep .; }
	EOF
}

# guest_start NAME MODEL [QEMU-ARGUMENT...]: in the background.
guest_start() {
	local name=$1 model=$2
	shift 2
	guest_qemu "$name" quiet -accel kvm,vmsr=on -cpu "$model" -m 320 -bios /usr/share/seabios/bios-256k.bin "$@"
}
