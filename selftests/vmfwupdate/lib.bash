# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of vmfwupdate share. Sourced inside the machine "guest".

# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/reboot.bash
. "$CVM_ROOT/selftests/lib/reboot.bash"

fw=/sys/firmware/vmfwupdate
seabios_128k=/usr/share/seabios/bios.bin
seabios_256k=/usr/share/seabios/bios-256k.bin
ovmf=/usr/share/ovmf/OVMF.fd

# model PROPERTY [VALUE]: the hypervisor's side, which the driver cannot touch.
model() {
	if [ $# -eq 1 ]; then
		qmp get /machine/peripheral/fwup0 "$1"
	else
		qmp set /machine/peripheral/fwup0 "$1" "$2"
	fi
}

attr() { first "$fw/$1"; }
put() { store "$2" "$fw/$1"; }
# sha [FILE]: the sum alone, of stdin without a file.
# shellcheck disable=SC2120
sha() {
	local sum
	sum=$(sha256sum "$@") && printf '%s\n' "${sum%% *}"
}
size_of() { stat -Lc %s "$1"; }

# The firmware region as the processor sees it.
running_sha() {
	local size
	size=$(attr bios_size)
	# shellcheck disable=SC2119
	"$CVM_ROOT/build/selftests/vmfwupdate/physmem" $((0x100000000 - size)) "$size" | sha
}

driver_lines() { klog_of '[Vv][Mm][Ff][Ww][Uu][Pp][Dd][Aa][Tt][Ee]'; }

vendor() { first /sys/class/dmi/id/bios_vendor; }

# states: that, the bytes that are staged or armed, and whether they are armed.
states() { echo "$(attr state) $(attr image_size) $(attr arm)"; }

# refused NAME ERRNO REGEX COMMAND...: the command fails with the error's text,
# and last_error says why.
refused() {
	local name=$1 error=$2 regex=$3
	shift 3
	t_fails "$name" 1 "$error" "$@"
	if has "$regex" "$fw/last_error"; then
		t_ok "$name: last_error says why"
	else
		t_fail "$name: last_error says why" "$(attr last_error)"
	fi
}

# stage_arm FILE: what an init script does.
stage_arm() { cat "$1" >"$fw/image" && echo 1 >"$fw/arm"; }

# Bytes that no one could guess, kept over a reboot.
random_file() { head -c "$2" /dev/urandom >"$1"; }

# code SIZE FILE: an image that passes for firmware without being any.
code() {
	head -c $(($1 - 16)) /dev/urandom >"$2"
	printf '\xea\x5b\xe0\x00\xf0cvm-modules' >>"$2"
}

# free_kib: how much memory is free once what is in use for nothing but speed is given
# up, of memory per CPU as well.
free_kib() {
	local key value
	echo 3 >/proc/sys/vm/drop_caches
	while read -r key value _; do
		[ "$key" != MemFree: ] || echo "$value"
	done </proc/meminfo
}

# refuses_without_interface NAME LINE: loading gives ENODEV and this one line, and leaves
# nothing. (The first load of a kernel says that the module is foreign.)
refuses_without_interface() {
	load vmfwupdate 2>/dev/null
	klog_mark
	t_fails "$1: ENODEV" 1 'No such device' load vmfwupdate
	t_is "$1: one line" "$(driver_lines | sed 's/^\[[^]]*\] //')" "platform vmfwupdate: $2"
	if [ -e "$fw" ] || [ -e /sys/devices/platform/vmfwupdate ] || loaded vmfwupdate; then
		t_fail "$1: nothing is left"
	else
		t_ok "$1: nothing is left"
	fi
}

# refuses_to_load FAULT REGEX: with one line in the log, and leaves nothing. (The first
# load of a kernel says that the module is foreign.)
refuses_to_load() {
	local lines
	model fault "$1"
	klog_mark
	if load vmfwupdate 2>error; then
		t_fail "$1: is refused" "$(klog)"
		rmmod vmfwupdate
		return
	fi
	lines=$(driver_lines)
	if [ "$(lines_in "$lines")" = 1 ] && text_has "vmfwupdate: $2" "$lines"; then
		t_ok "$1: is refused with one line: ${lines#*vmfwupdate: }"
	else
		t_fail "$1: is refused with one line" "$lines" "$(cat error)"
	fi
	if [ -e "$fw" ] || [ -e /sys/devices/platform/vmfwupdate ] || loaded vmfwupdate; then
		t_fail "$1: leaves nothing behind"
	fi
	model fault ''
}
