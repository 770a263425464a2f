#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the kernel's own netlink client, knowing the YAML description alone, does every operation and hears of VMs that come and go
# where: host
# long: 6.1 debug
# timeout: 120
#
# The second half of this file runs in the machine.
set -euo pipefail
if [ "${1:-}" != inside ]; then
	ynl=$("$CVM_ROOT/selftests/bench/ynl")
	"$CVM_ROOT/selftests/vm" --machine energy-amd --kernel "$CVM_KERNEL" --cpus 2 --timeout 480 -- "$0" inside "$ynl"
	exit
fi
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"
ynl=$2
spec=$CVM_ROOT/Documentation/netlink/specs/vmsr.yaml

# client OPTION...: without the schema, which takes long to check under emulation.
client() { /usr/bin/python3 "$ynl/tools/net/ynl/cli.py" --spec "$spec" --no-schema --output-json "$@"; }
# value FILTER JSON
value() { jq -r "$1" <<<"$2"; }

load vmsr period_ms=100
t_run 'the description keeps to the schema of generic netlink' \
	/usr/bin/python3 "$ynl/tools/net/ynl/cli.py" --spec "$spec" --schema "$ynl/Documentation/netlink/genetlink.yaml" --list-ops
# Each operation of the description has its turn below.
operations=$(awk '{ print $1 }' "$t_output" | sort | xargs)
t_is 'it has no operation that is not tried here' "$operations" \
	'attach config-get config-set detach helper-add package-get vcpu-get vm-get vm-set'

t_is 'config-get' "$(value '"\(."period-ms") \(.policy) \(.source)"' "$(client --do config-get)")" '100 capacity amd-msr'
client --do config-set --json '{"period-ms": 200, "policy": "core"}' >/dev/null
t_is 'config-set' "$(value '"\(."period-ms") \(.policy)"' "$(client --do config-get)")" '200 core'
t_fails 'a period out of range is refused, with the attribute' 1 'period-ms|Numerical result out of range|bad-attr' \
	client --do config-set --json '{"period-ms": 1}'

# Processes that are to be VMs: they go on until told.
sleep 1000 & one=$!
sleep 1000 & helper=$!
id=$(value .id "$(client --do attach --json "{\"pid\": $one, \"name\": \"by ynl\"}")")
t_run "attach (VM $id)" test "$id" -gt 0
vm=$(client --do vm-get --json "{\"id\": $id}")
t_is 'vm-get, one' "$(value '"\(.id) \(.name) \(.owner) \(.pid) \(."threshold-uw")"' "$vm")" "$id by ynl attached $one 0"
t_is 'vm-get, all: as the tool says' "$(value 'map(.id) | sort | join(" ")' "$(client --dump vm-get)")" \
	"$("$CVM_ROOT/build/tools/vmsrctl" --json list | jq -r '[.vms[].id] | sort | join(" ")')"
client --do vm-set --json "{\"id\": $id, \"threshold-uw\": 5000000}" >/dev/null
t_is 'vm-set' "$(value '."threshold-uw"' "$(client --do vm-get --json "{\"id\": $id}")")" 5000000
t_run 'helper-add' client --do helper-add --json "{\"id\": $id, \"pid\": $helper}"
t_fails 'helper-add twice is refused' 1 'File exists' client --do helper-add --json "{\"id\": $id, \"pid\": $helper}"
t_run 'detach' client --do detach --json "{\"id\": $id}"
t_fails 'what is not there is refused in words' 1 'there is no such VM' client --do detach --json "{\"id\": $id}"

# A VM with vCPUs.
coproc prog query
ask vm >/dev/null
all=$(client --dump vm-get)
id=$(value '.[0].id' "$all")
t_is 'vcpu-get' "$(value 'map("\(.vm) \(.id)") | .[0]' "$(client --dump vcpu-get --json "{\"vm\": $id}")")" "$id 0"
ask wait >/dev/null
packages=$(client --dump package-get)
t_is 'package-get, all' "$(value 'length' "$packages")" 1
t_is 'package-get, one' "$(value '"\(.index) \(.source) \(.cpus) \(.active)"' "$(client --do package-get --json '{"index": 0}')")" '0 amd-msr 2 1'
t_is 'whose energy is that of VMs, rest and idle' \
	"$(value '.[0] | .units - ."vms-units" - ."rest-units" - ."idle-units"' "$packages")" 0
to=${COPROC[1]}
exec {to}>&-
wait "$COPROC_PID" || true

# The client listens for so many seconds. On a slow machine what happens meanwhile,
# which the tool does quickly, may take longer: then again, for longer.
# shellcheck disable=SC2317 # poll calls it
subscribed() { awk 'NR > 1 && $2 == 16 && $4 != "00000000" { n++ } END { exit n == 0 }' /proc/net/netlink; }
heard=''
for seconds in 5 20 80; do
	client --subscribe events --sleep "$seconds" >/run/events 2>&1 &
	listener=$!
	poll 600 subscribed
	id=$("$CVM_ROOT/build/tools/vmsrctl" --json attach --name 'by tool' "$one" | jq .id)
	"$CVM_ROOT/build/tools/vmsrctl" detach "$id" >/dev/null
	wait "$listener" || cat /run/events
	heard=$(value '[.[] | select(.msg.name == "by tool") | .name] | join(" ")' "$(cat /run/events)")
	[ "$heard" != 'vm-added vm-removed' ] || break
done
t_is 'the listener has heard of what came, and of what went' "$heard" 'vm-added vm-removed'
kill "$one" "$helper"
t_run 'the module is unloaded' unload vmsr
t_done
