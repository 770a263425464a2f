#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: Debian's Prometheus scrapes node_exporter and answers with each VM's joules, as vmsrctl tells them
# where: vm
# machine: energy-amd
# cpus: 2
# memory: 2048
# kernels: 6.12
# timeout: 120
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

vmsrctl() { "$CVM_ROOT/build/tools/vmsrctl" "$@"; }
# installed PACKAGE: where its files are.
installed() {
	local all=("${CVM_INITRAMFS%/*}/package-$1"-[0-9]*)
	printf '%s\n' "${all[-1]}"
}
# http PORT PATH: what a server of this machine answers, without its headers.
http() {
	local web
	{ exec {web}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
	printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&"$web"
	sed '1,/^\r$/d' <&"$web"
	exec {web}>&-
}
# query METRIC FILTER: of Prometheus; each series by the filter, in order.
query() {
	http 9090 "/api/v1/query?query=$1" >answer || return 1
	jq -r ".data.result[] | $2" <answer 2>/dev/null | LC_ALL=C sort
}
# Microjoules: Prometheus has joules as floating point, exact enough up to gigajoules.
answered() { query vmsr_vm_energy_joules_total '"\(.metric.name) \(.metric.part) \(.value[1] | tonumber * 1000000 | round)"'; }
told() { vmsrctl --json list | jq -r '.vms[] | "\(.name) vcpu \(.vcpu_uj)", "\(.name) overhead \(.overhead_uj)"' | LC_ALL=C sort; }
publish() { vmsrctl metrics --output files/vmsr.prom; }

out=$(mktemp -d)
cd "$out"
power 20000 1000 10000
load vmsr period_ms=100
# A VM whose vCPU works until it is told not to, and one of another process.
coproc prog query
t_is "a VM" "$(ask vm)" ok
sleep 1000 &
idle=$!
vmsrctl attach --name 'an "idle" one' "$idle" >/dev/null
ask wait >/dev/null
ask idle >/dev/null
ask wait >/dev/null
before=$(ask energy)
t_run "it has used energy" test "$before" -gt 0

mkdir files data
publish
"$(installed prometheus-node-exporter)/usr/bin/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory=files --web.listen-address=127.0.0.1:9100 2>exporter.log &
exporter=$!
cat >prometheus.yml <<'EOF'
scrape_configs:
  - job_name: host
    scrape_interval: 1s
    static_configs:
      - targets: ['127.0.0.1:9100']
EOF
"$(installed prometheus)/usr/bin/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
	--web.listen-address=127.0.0.1:9090 2>prometheus.log &
prometheus=$!
same() { seen=$(answered) && [ -n "$seen" ] && [ "$seen" = "$(told)" ]; }
trouble() { tail -n 5 "$@" | sed 's/^/# /'; }
poll 90 same || trouble exporter.log prometheus.log answer
t_run "Prometheus answers what vmsrctl tells" same
printf '# %s\n' "${seen//$'\n'/$'\n# '}"
t_is "of all its parts and VMs" "$(lines_in "$seen")" 4
t_run "a name is what it was" text_has '^an "idle" one overhead [0-9]+$' "$seen"
t_is "the scrape worked" "$(query up '.value[1]')" 1
t_is "node_exporter found nothing wrong with the file" "$(query node_textfile_scrape_error '.value[1]')" 0

# The VM works on.
ask work >/dev/null
ask wait >/dev/null
ask idle >/dev/null
ask wait >/dev/null
t_run "the VM has used more" test "$(ask energy)" -gt "$before"
publish
t_run "and Prometheus says so" poll 60 same
printf '# %s\n' "${seen//$'\n'/$'\n# '}"
t_is "a package's energy is that of its parts" \
	"$(query 'sum(vmsr_package_energy_joules_total)' '.value[1] | tonumber * 1000000 | round')" \
	"$(awk '/^vmsr_package_energy_joules_total/ { s += $2 } END { printf "%.0f\n", s * 1000000 }' files/vmsr.prom)"

kill "$prometheus" "$exporter" "$idle"
to=${COPROC[1]}
exec {to}>&-
wait 2>/dev/null || true
cd /
rm -r "$out"
t_run "the module is unloaded" unload vmsr
t_done
