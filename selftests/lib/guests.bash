# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests of a test's own, where the machines of selftests/vm will not do: a kernel, an
# initramfs that is made for the test, and a shell at a serial port. Sourced after
# ktap.sh, by what sets these first:
#   work               a folder for all that belongs to the guests
#   build              the project's build folder
#   qemu, kernel_dir   what runs them, and whose vmlinux they run, unless it is
#   guest_kernel       this one
# shellcheck disable=SC2154 # those
declare -A guest_pid=() guest_in=() guest_out=()

# guest_libraries DIR PROGRAM...: puts what they are linked with below DIR.
guest_libraries() {
	local dir=$1 path
	shift
	ldd "$@" | grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r path; do
		mkdir -p "$dir${path%/*}"
		cp -L "$path" "$dir$path"
	done
}

# guest_pack DIR BUSYBOX: makes $work/initramfs of DIR, which is gone then. Its first
# process does what is read from stdin here, then what is written to the serial port.
guest_pack() {
	local dir=$1
	mkdir -p "$dir"/{bin,dev,proc,run,sys,tmp}
	cp "$2" "$dir/bin/busybox"
	{
		cat <<-'EOF'
			#!/bin/busybox sh
			/bin/busybox --install -s /bin
			export PATH=/bin:/usr/bin:/usr/sbin:/sbin
			mount -t proc proc /proc
			mount -t sysfs sysfs /sys
			mount -t devtmpfs dev /dev
			exec </dev/ttyS0 >/dev/ttyS0 2>&1
			stty raw -echo
		EOF
		cat
		cat <<-'EOF'
			echo 'END 0'
			while read -r line; do
				eval "$line"
				echo "END $?"
			done
		EOF
	} >"$dir/init"
	chmod +x "$dir/init"
	(cd "$dir" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"
	rm -r "$dir"
}

# guest_qemu NAME KERNEL-ARGUMENTS QEMU-ARGUMENT...: in the background.
guest_qemu() {
	local name=$1 append=$2 in out
	shift 2
	mkfifo "$work/$name.in" "$work/$name.out"
	exec {in}<>"$work/$name.in" {out}<>"$work/$name.out"
	guest_in[$name]=$in guest_out[$name]=$out
	"$qemu" -M q35,vmport=off -nodefaults -no-user-config -display none -name "$name" \
		-L /usr/share/seabios -L /usr/share/qemu -kernel "${guest_kernel:-$kernel_dir/vmlinux}" -initrd "$work/initramfs" \
		-append "console=ttyS1 norandmaps panic=-1 mitigations=off no_timer_check random.trust_cpu=on cryptomgr.notests $append" \
		-chardev "pipe,id=shell,path=$work/$name" -serial chardev:shell -serial "file:$work/$name.console" \
		-qmp "unix:$work/$name.qmp,server=on,wait=off" "$@" </dev/null >"$work/$name.errors" 2>&1 &
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
# guest_does NAME COMMAND: its shell does it; what it says is in REPLY.
guest_does() {
	printf '%s\n' "$2" >&"${guest_in[$1]}"
	guest_reads "$1" 120
}
# guest NAME COMMAND: the same, printed.
guest() {
	local status=0
	guest_does "$@" || status=$?
	printf '%s\n' "$REPLY"
	return "$status"
}
# guest_qmp NAME get|set|raw ...: see qmp.c.
guest_qmp() { "$build/selftests/qmp" --socket "$work/$1.qmp" "${@:2}"; }
# guest_runs NAME: what is typed before is lost.
guest_runs() { text_has '"running": true' "$(guest_qmp "$1" raw '{"execute": "query-status"}' 2>&1)"; }
# guest_sent NAME: its migration is over.
guest_sent() { text_has '"completed"' "$(guest_qmp "$1" raw '{"execute": "query-migrate"}')"; }
guest_end() {
	local status=0
	guest_qmp "$1" raw '{"execute": "quit"}' >/dev/null 2>&1 || true
	wait "${guest_pid[$1]}" || status=$?
	unset "guest_pid[$1]"
	return "$status"
}
# guests_kill: what did not end.
guests_kill() { [ ${#guest_pid[@]} -eq 0 ] || kill "${guest_pid[@]}" 2>/dev/null || true; }
# guest_trouble NAME: what there is to see of one that does not do what it should.
guest_trouble() { tail -n 15 "$work/$1.errors" "$work/$1.console"; }

# A disk of QEMU's own making: nothing is read from it, snapshots lie in it.
# shellcheck disable=SC2034 # for who starts a guest that has it
guest_disk=(-blockdev "file,node-name=file,filename=$work/disk" -blockdev "qcow2,node-name=disk,file=file")
guest_job_over() { text_has concluded "$(guest_qmp "$1" raw '{"execute": "query-jobs"}')"; }
# guest_add_disk NAME: makes it, for a guest that runs without.
guest_add_disk() {
	: >"$work/disk"
	guest_qmp "$1" raw '{"execute": "blockdev-add", "arguments": {"driver": "file", "node-name": "file", "filename": "'"$work/disk"'"}}' &&
		guest_qmp "$1" raw '{"execute": "blockdev-create", "arguments": {"job-id": "new",
			"options": {"driver": "qcow2", "file": "file", "size": 1048576}}}' &&
		poll 60 guest_job_over "$1" &&
		guest_qmp "$1" raw '{"execute": "job-dismiss", "arguments": {"id": "new"}}' &&
		guest_qmp "$1" raw '{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "node-name": "disk", "file": "file"}}'
}
# guest_snapshot NAME save|load SNAPSHOT: all of the machine.
guest_snapshot() {
	local answer
	answer=$(guest_qmp "$1" raw '{"execute": "human-monitor-command", "arguments": {"command-line": "'"$2vm $3"'"}}') || return
	# A complaint is its answer.
	[ -z "$answer" ] || { printf '%s\n' "$answer"; return 1; }
}
