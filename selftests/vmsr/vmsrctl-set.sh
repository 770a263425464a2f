#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmsrctl set, helper and events: what is set is kept, what happens is told, lost events too
# where: vm
# long: debug
# machine: energy-amd
# cpus: 2
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

vmsrctl=$CVM_ROOT/build/tools/vmsrctl
out=$(mktemp -d)
cd "$out"
# of KEY VM: of the document of show; without VM of set. Each key has a line of its own.
of() {
	local line key='^ *"'$1'": *"?([^",]*)"?,?$'
	if [ $# = 2 ]; then "$vmsrctl" --json show "$2" >document; else "$vmsrctl" --json set >document; fi
	while IFS= read -r line; do
		! [[ $line =~ $key ]] || { printf '%s\n' "${BASH_REMATCH[1]}"; return; }
	done <document
}
at_least() { [ "$(of "$1" "$2")" -ge "$3" ]; }
told() { has "$1" all; }
hears() { has 'listening' "$1"; }

t_fails "without the module it says which one is missing" 3 "modprobe vmsr" "$vmsrctl" events
power 1000 0 10000
load vmsr period_ms=200 tdp_watts=77

t_is "set: what the module was given" "$(of period_ms) $(of policy) $(of tdp_watts)" "200 capacity 77"
t_run "set: as text" text_has '^Period: +200 ms$' "$("$vmsrctl" set)"
t_run "set period" "$vmsrctl" set period 100
t_is "it is kept, the policy stays" "$(of period_ms) $(of policy)" "100 capacity"
for policy in core busy capacity; do
	t_run "set policy $policy" "$vmsrctl" set policy "$policy"
	t_is "it is kept, the period stays" "$(of period_ms) $(of policy)" "100 $policy"
done
t_fails "a period that the module refuses" 2 "out of range" "$vmsrctl" set period 99
t_fails "one too long" 2 "out of range" "$vmsrctl" set period 10001
t_is "it stays as it was" "$(of period_ms)" 100

# Each has files of its own: what it says must not be another's.
touch errors {one,two,three}.errors
"$vmsrctl" --json --verbose events >all 2>errors &
events=$!
poll 60 hears errors
sh -c 'while :; do :; done' &
busy=$!
id=$("$vmsrctl" attach --name busy "$busy")
id=${id##* }
t_run "events: a VM that comes" poll 60 told "^\{\"time\":\"[-0-9T:.]*Z\",\"event\":\"vm-added\",\"id\":$id,\"name\":\"busy\",\"owner\":\"attached\",\"pid\":$busy\}"
"$vmsrctl" --verbose events busy >one 2>one.errors &
one=$!
poll 60 hears one.errors
"$vmsrctl" attach --name other $$ >/dev/null

t_is "no threshold yet" "$(of threshold_uw busy) $(of above busy)" "null null"
t_run "set threshold" "$vmsrctl" set threshold busy 0.5
t_run "events: the power rises to it" poll 60 told "\"event\":\"power-crossed\",\"id\":$id,.*\"power_uw\":[0-9]{6,},\"threshold_uw\":500000,\"above\":true"
t_is "show tells it" "$(of threshold_uw busy) $(of above busy)" "500000 true"
t_run "list tells it" text_has ' 500 mW reached *$' "$("$vmsrctl" list)"
kill -STOP "$busy"
t_run "events: the power falls below" poll 60 told "\"event\":\"power-crossed\",\"id\":$id,.*\"power_uw\":[0-9]{1,6},\"threshold_uw\":500000,\"above\":false"
t_run "list tells it" text_has ' 500 mW *$' "$("$vmsrctl" list)"
t_run "set threshold: a number, to the microwatt" "$vmsrctl" set threshold "$id" 12.345678
t_is "it is kept" "$(of threshold_uw busy)" 12345678
t_run "set threshold: none" "$vmsrctl" set threshold busy none
t_is "it is gone" "$(of threshold_uw busy) $(of above busy)" "null null"
t_fails "set threshold: no such name" 3 "no VM of this name" "$vmsrctl" set threshold nobody 1
t_fails "set threshold: no such number" 3 "there is no such VM" "$vmsrctl" set threshold 4000000 1

# busy stands still: whatever comes now is the helper's.
before=$(of overhead_ns busy)
sh -c 'while :; do :; done' &
helper=$!
t_run "helper" "$vmsrctl" helper busy "$helper"
t_run "what it runs is the VM's overhead" poll 60 at_least overhead_ns busy $((before + 500000000))
t_fails "helper: one is enough" 2 "belongs to a VM already" "$vmsrctl" helper busy "$helper"
t_fails "helper: no such process" 3 "there is no such process" "$vmsrctl" helper "$id" 4000000
t_fails "helper: no such VM" 3 "there is no such VM" "$vmsrctl" helper 4000000 "$helper"
kill "$helper"

used=$(of overhead_uj busy)
"$vmsrctl" detach busy
t_run "events: a VM that goes" poll 60 told "\"event\":\"vm-removed\",\"id\":$id,\"name\":\"busy\",.*\"overhead_uj\":[0-9]+"
line=$(grep '"vm-removed"' all)
used_in_the_end=${line#*\"overhead_uj\":}
t_run "with what it used" test "${used_in_the_end%%,*}" -ge "$used"
status=0
wait "$one" || status=$?
t_is "events: those of one VM end with it" "$status" 0
t_run "those of all are of all" told '"vm-added",.*"name":"other"'
t_is "and those of one are not" "$(grep -vE "^[0-9:.]{12} $id busy: " one)" ""
t_run "as text" has "^[0-9:.]{12} $id busy: power rose to [0-9.]+ W, threshold 500 mW\$" one
t_run "as text" has "^[0-9:.]{12} $id busy: removed, vCPU 0 J, overhead [0-9.]+ m?J\$" one
t_fails "events: of no VM" 3 "no VM of this name" "$vmsrctl" events nobody
t_fails "events: for nobody" 2 "this needs root" setpriv --reuid 65534 --clear-groups "$vmsrctl" events

# More than the reader's buffer holds while it does not read.
"$vmsrctl" detach other
kill -STOP "$events"
prog scale 100 1
kill -CONT "$events"
t_run "events: lost ones are told" poll 60 told '^\{"warnings":\["events came faster than they were read; some are lost"\]\}'
"$vmsrctl" attach --name after "$busy" >/dev/null
t_run "events: and then it goes on" poll 60 told '"event":"vm-added",.*"name":"after"'
t_is "events: without an error" "$(<errors)" "vmsrctl: listening"
kill "$events"
status=0
wait "$events" || status=$?
t_is "events: they end well when told to" "$status" 0

"$vmsrctl" --verbose events --count 1 >two 2>two.errors &
two=$!
poll 60 hears two.errors
"$vmsrctl" detach after
status=0
wait "$two" || status=$?
t_is "events: --count" "$status $(lines_in "$(<two)")" "0 1"
"$vmsrctl" --verbose events >three 2>three.errors &
three=$!
poll 60 hears three.errors
t_run "the module is unloaded while it is listened to" unload vmsr
status=0
wait "$three" || status=$?
t_is "events: they end with the module" "$status" 3
t_run "and say so" has 'the module vmsr was unloaded' three.errors
kill -KILL "$busy"
wait 2>/dev/null || true
cd /
rm -r "$out"
t_done
