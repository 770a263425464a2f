#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmsrctl watch attaches VMs under KVM as they start, by the names their VMMs give them, within what its unit allows
# where: vm
# long: 6.1 debug
# machine: energy-amd
# cpus: 2
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# Not by prog(): $! would be a shell's number.
programs=$CVM_ROOT/build/selftests/vmsr
vmsrctl=$CVM_ROOT/build/tools/vmsrctl
out=$(mktemp -d)
# listed: names and processes, in the order of the VMs' numbers.
listed() { "$vmsrctl" list | while read -r _ name pid _; do [ "$name" = NAME ] || printf '%s %s ' "$name" "$pid"; done; }
is_listed() { [[ " $(listed) " = *" $1 $2 "* ]]; }
told() { has "$1" "$out/watch"; }

# The unit's restrictions, as far as they can be had without systemd.
unit=$CVM_ROOT/tools/vmsrctl/system/vmsr-attach.service.in
setting() { sed -n "s/^$1=//p" "$unit"; }
capabilities=-all
for c in $(setting CapabilityBoundingSet); do
	c=${c#CAP_}
	capabilities+=,+${c,,}
done
# shellcheck disable=SC2016 # it is that shell's
confined=(unshare --mount sh -c 'mount -o remount,bind,ro / && mount -t tmpfs none /dev &&
	exec setpriv --no-new-privs --bounding-set "$0" "$@"' "$capabilities")
# allowed SET: the system calls in it.
allowed() {
	local call
	systemd-analyze syscall-filter "$1" | while read -r call; do
		case $call in
		"$1" | '#'*) ;;
		@*) allowed "$call" ;;
		*) printf '%s\n' "$call" ;;
		esac
	done
}

t_fails "without the module it says which one is missing" 3 "modprobe vmsr" "$vmsrctl" watch
modprobe kvm_amd
load vmsr period_ms=100

"$programs/kvmguest" -name guest=first,debug-threads=on &
first=$!
# What knows vmsr, and says so a moment after it has started.
"$programs/vmm" --name own busy 1000000 0x611 >/dev/null &
own=$!
poll 60 is_listed own "$own"
# With -D the tracer is a child, and the process has the number of vmsrctl.
strace -D -f -o "$out/calls" "${confined[@]}" "$vmsrctl" --json watch --delay 300 >"$out/watch" 2>"$out/errors" &
watch=$!
t_run "a VM that was there is attached" poll 60 is_listed first "$first"
"$programs/kvmguest" -m 1 -name second &
second=$!
t_run "a VM that starts is attached" poll 60 is_listed second "$second"
"$programs/kvmguest" -m 1 &
third=$!
t_run "one without a name is called as its process" poll 60 is_listed kvmguest "$third"
t_run "it tells each of them" poll 60 told "^\{\"event\":\"attached\",\"id\":[0-9]+,\"pid\":$third,\"name\":null\}"
t_is "once, and not the one that has a VM already" "$(lines_in "$(<"$out/watch")")" 3
t_is "without an error" "$(<"$out/errors")" ""
found() { "$vmsrctl" --json show second >"$out/show" && has "\"tid\": [0-9]+" "$out/show"; }
t_run "its vCPU is found" poll 60 found
kill "$watch"
status=0
wait "$watch" || status=$?
t_is "it ends well when it is told to" "$status" 0
traced() { has '^[0-9]+ +\+\+\+ exited' "$out/calls"; }
poll 60 traced
sed -n '/execve("[^"]*vmsrctl"/,$s/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$out/calls" | LC_ALL=C sort -u >"$out/used"
t_run "it was seen to listen and to read" has '^recvmsg$' "$out/used"
allowed "$(setting SystemCallFilter)" | LC_ALL=C sort -u >"$out/allowed"
t_is "its unit allows all its system calls" "$(LC_ALL=C comm -23 "$out/used" "$out/allowed")" ""
t_is "and all its sockets" "$(sed -n 's/^[0-9]* *socket(\([A-Z_]*\).*/\1/p' "$out/calls" | sort -u)" "$(setting RestrictAddressFamilies)"
t_run "the VMs stay attached" is_listed second "$second"
kill "$first" "$second" "$third" "$own"
wait 2>/dev/null || true
no_vm() { [ "$("$vmsrctl" list)" = 'no VM' ]; }
t_run "and end with their processes" poll 60 no_vm
rm -r "$out"
t_run "the module is unloaded" unload vmsr
t_done
