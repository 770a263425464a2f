#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmsrctl lists, shows, attaches and detaches; its errors say what to do
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# Not by prog(): $! would be a shell's number.
vmm_program=$CVM_ROOT/build/selftests/vmsr/vmm
vmsrctl() { "$CVM_ROOT/build/tools/vmsrctl" "$@"; }
# field KEY: of the JSON document, which has each key on a line of its own.
field() {
	local line key='^ *"'$1'": *"?([^",]*)"?,?$'
	while IFS= read -r line; do
		! [[ $line =~ $key ]] || printf '%s\n' "${BASH_REMATCH[1]}"
	done
}
# of VM KEY: the first of them.
of() {
	local value
	value=$(vmsrctl --json show "$1" | field "$2")
	printf '%s\n' "${value%%$'\n'*}"
}
at_least() { [ "$(of "$1" "$2")" -ge "$3" ]; }
gone() { ! vmsrctl show "$1" >/dev/null 2>&1; }

t_fails "without the module it says which one is missing" 3 "modprobe vmsr" vmsrctl list
load vmsr period_ms=100
t_is "no VM yet" "$(vmsrctl list)" "no VM"

# A process that knows nothing of vmsr, and works all the time.
sh -c 'while :; do :; done' &
busy=$!
id=$(vmsrctl --json attach --name busy "$busy" | field id)
t_run "attach tells the VM's number" test "$id" -gt 0
t_run "its energy grows" poll 60 at_least busy overhead_uj 1000
t_run "it is found by number and by name" test "$(of "$id" pid) $(of busy pid)" = "$busy $busy"
t_is "it has no vCPU" "$(vmsrctl --json list | field vcpus)" 0
vmsrctl list | sed 's/^/# /'
vmsrctl show busy | sed 's/^/# /'
vmsrctl packages | sed 's/^/# /'
t_run "list shows its power" text_has "^ *$id +busy +$busy +attached +0 .* m?W " "$(vmsrctl list)"

# A VMM that knows it, with one vCPU, for long enough.
modprobe kvm_amd
"$vmm_program" --name guest busy 1000000 0x611 >/dev/null &
vmm=$!
t_run "a VM made by its VMM is listed" poll 60 at_least guest vcpu_uj 1000
t_is "with its vCPU" "$(vmsrctl --json show guest | field tid)" "$vmm"
t_fails "it cannot be detached" 2 "ends with its VMM" vmsrctl detach guest
kill "$vmm"
wait "$vmm" 2>/dev/null || true
t_run "it is gone with its VMM" poll 60 gone guest

# Whose VMM knows vmsr is a VM already.
"$vmm_program" --name hidden busy 1000000 0x611 >/dev/null &
vmm=$!
poll 60 at_least hidden vcpu_uj 1
t_fails "a process that belongs to a VM is not attached" 2 "belongs to a VM already" vmsrctl attach "$vmm"
kill "$vmm"
wait "$vmm" 2>/dev/null || true

t_run "detach" vmsrctl detach busy
t_run "it is gone" gone busy
t_run "its process goes on" kill -0 "$busy"
t_fails "what is gone is absent" 3 "no VM of this name" vmsrctl show busy
t_fails "so is a number" 3 "there is no such VM" vmsrctl show "$id"
t_fails "a process that does not exist" 3 "there is no such process" vmsrctl attach 4000000
t_fails "a kernel thread" 2 "kernel thread" vmsrctl attach 2
t_fails "no number" 1 "'one'" vmsrctl attach one
t_fails "a name that is too long" 1 "too long" vmsrctl attach --name "$(printf '%60s' x)" "$busy"

t_run "two VMs may have one name" vmsrctl attach --name twin "$busy"
sleep 1000 &
idle=$!
vmsrctl attach --name twin "$idle" >/dev/null
t_fails "then the name is not enough" 2 "2 VMs have this name" vmsrctl show twin
kill "$busy" "$idle"
wait 2>/dev/null || true
no_vm() { [ "$(vmsrctl list)" = 'no VM' ]; }
t_run "an attached VM ends with its process" poll 60 no_vm
t_run "the module is unloaded" unload vmsr

# No room for another, however it is made.
load vmsr period_ms=100 max_vms=1
sh -c 'while :; do :; done' &
busy=$!
sleep 1000 &
idle=$!
vmsrctl attach --name only "$busy" >/dev/null
t_fails "one VM more than max_vms" 2 "max_vms allows no more VMs \(No space left on device\)" vmsrctl attach "$idle"
t_fails "the same for a VMM" 2 "VMSR_CREATE_VM: No space left on device" "$vmm_program" busy 10 0x611
t_run "the one that is there goes on" at_least only overhead_uj 0
vmsrctl detach only
t_run "then there is room again" vmsrctl attach --name only "$idle"
vmsrctl detach only

# The module goes under a VM that was attached and works, not under a VMM's.
vmsrctl attach --name only "$busy" >/dev/null
poll 60 at_least only overhead_uj 1000
t_run "the module is unloaded while a VM runs" unload vmsr
t_run "its process goes on" kill -0 "$busy"
load vmsr period_ms=100
"$vmm_program" --name guest busy 1000000 0x611 >/dev/null &
vmm=$!
poll 60 at_least guest vcpu_uj 1
t_fails "a VMM's VM keeps the module" 1 "in use" unload vmsr
before=$(of guest vcpu_uj)
t_run "and goes on" poll 60 at_least guest vcpu_uj $((before + 1000))
kill "$busy" "$idle" "$vmm"
wait 2>/dev/null || true
t_run "and gives it up with its end" poll 60 unload vmsr
t_done
