#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: VMs as powercap zones: sysfs, node_exporter and powercap-info take them as they are
# where: vm
# machine: energy-amd
# cpus: 2
# timeout: 90
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

zones=/sys/class/powercap
zone() { [ -e "$zones/$1" ]; }
no_zones() { local all=("$zones"/vmsr:*); [ ! -e "${all[0]}" ]; }
uj() { first "$zones/$1/energy_uj"; }
# as_nobody COMMAND...
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

power 20000 1000 10000
load vmsr period_ms=100 powercap=N
t_run "without them there is no control type" test ! -e $zones/vmsr
unload vmsr
load vmsr period_ms=100
t_run "the control type is there" zone vmsr
t_run "without a VM there is no zone" no_zones

# VM 1: a vCPU that works and no overhead. VM 2: a process.
coproc prog query
t_is "a VM" "$(ask vm)" ok
sleep 1000 &
idle=$!
"$CVM_ROOT/build/tools/vmsrctl" attach "$idle" >/dev/null
t_run "a zone for its vCPU" poll 60 zone vmsr:0:0
t_run "a zone for a VM's overhead" poll 60 zone vmsr:1:0
t_is "their names" "$(first $zones/vmsr:0/name $zones/vmsr:0:0/name $zones/vmsr:1/name $zones/vmsr:1:0/name)" \
	"vm-1 vcpu-0 vm-2 overhead-2"
t_run "a VM without overhead has no zone for it" test ! -e $zones/vmsr:0:1
t_is "only root may read energy" "$(stat -c %a $zones/vmsr:0/energy_uj)" 400
t_fails "nobody may not" 1 "Permission denied" as_nobody cat $zones/vmsr:0/energy_uj
t_is "there are no constraints" "$(echo $zones/vmsr:0/constraint*)" "$zones/vmsr:0/constraint*"
grows() { [ "$(uj "$1")" -gt "$2" ]; }
t_run "the figure grows" poll 60 grows vmsr:0 100000
before=$(uj vmsr:0)
t_run "and grows on" poll 60 grows vmsr:0 "$before"
ask idle >/dev/null
ask wait >/dev/null
t_is "of the VM and of its vCPU, as netlink tells it" "$(uj vmsr:0) $(uj vmsr:0:0)" "$(ask energy) $(ask energy)"
t_run "it can not be more than its range" test "$(first $zones/vmsr:0/max_energy_range_uj)" -gt 1000000000000000

# powercap-info: libpowercap's view.
powercap-info vmsr >/run/powercap
sed 's/^/# /' /run/powercap
t_run "powercap-info finds the VM" has 'name: vm-1' /run/powercap
t_run "and below it the vCPU" has '^ +name: vcpu-0' /run/powercap
t_run "and reads its energy" has "energy_uj: $(uj vmsr:0)$" /run/powercap

# node_exporter, as Debian packages it, for nothing but powercap.
exporter=("${CVM_INITRAMFS%/*}"/package-prometheus-node-exporter-*/usr/bin/prometheus-node-exporter)
"${exporter[-1]}" --collector.disable-defaults --collector.rapl --web.listen-address=127.0.0.1:9100 2>/run/exporter.log &
exporter_pid=$!
scrape() {
	{ exec {web}<>/dev/tcp/127.0.0.1/9100; } 2>/dev/null || return 1
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$web"
	grep -E '^node_(rapl|scrape)' <&"$web" >/run/metrics || true
	exec {web}>&-
}
poll 90 scrape || sed 's/^/# /' /run/exporter.log
sed 's/^/# /' /run/metrics
t_run "node_exporter reads them all" has '^node_scrape_collector_success\{collector="rapl"\} 1$' /run/metrics
joules=$(awk -v uj="$(uj vmsr:0)" 'BEGIN { printf "%.6f", uj / 1000000 }')
# shown NAME: its value of the VM, with six digits.
shown() { awk -v n="$1" 'index($1, n) == 1 { printf "%.6f", $2 }' /run/metrics; }
t_is "node_exporter tells the VM's joules" "$(shown 'node_rapl_vm_joules_total{index="1"')" "$joules"
t_is "and its vCPU's" "$(shown 'node_rapl_vcpu_joules_total{index="0"')" "$joules"
t_is "and the other's overhead" "$(shown 'node_rapl_overhead_joules_total{index="2"')" "0.000000"
kill "$exporter_pid"
wait "$exporter_pid" 2>/dev/null || true

# An open file outlasts the VM and the module.
exec {open}<$zones/vmsr:0/energy_uj
to=${COPROC[1]}
exec {to}>&-
gone() { ! zone "$1"; }
t_run "the zones go with the VM" poll 60 gone vmsr:0
t_run "the other's stay" zone vmsr:1:0
read_open() { read -r <&"$open"; }
t_fails "a file that was open reads no more" 1 "" read_open
kill "$idle"
wait "$idle" 2>/dev/null || true
t_run "none is left" poll 60 no_zones
exec {open}<&-

# Readers while VMs come and go, and the module with them: none meets an error that
# is not that the zone is gone.
sleep 1000 &
idle=$!
(
	exec 2>/run/readers
	while [ ! -e /run/stop-reading ]; do
		for f in "$zones"/vmsr:*/energy_uj; do
			read -r <"$f"
		done
	done
) &
reader=$!
for ((i = $(rounds 8); i > 0; i--)); do
	id=$("$CVM_ROOT/build/tools/vmsrctl" --json attach "$idle" | sed -n 's/.*"id": *\([0-9]*\).*/\1/p')
	[ $((i % 3)) = 0 ] || "$CVM_ROOT/build/tools/vmsrctl" detach "$id"
	[ $((i % 3)) = 1 ] || { unload vmsr && load vmsr period_ms=100; }
done
: >/run/stop-reading
wait "$reader" || true
kill "$idle"
no_other_errors() { ! grep -vE 'No such file or directory|No such device' /run/readers; }
t_run "readers met nothing but zones that are gone" no_other_errors
t_run "the module is unloaded" unload vmsr
t_run "and the control type is gone" test ! -e $zones/vmsr
t_done
