#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: vmsrctl top on a terminal, monitor, record, plot and metrics of living VMs; the device's group; libvirt's hook
# where: vm
# long: 6.1 debug
# machine: energy-intel
# cpus: 2
# timeout: 150
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

vmsrctl() { "$CVM_ROOT/build/tools/vmsrctl" "$@"; }
out=$(mktemp -d)
cd "$out"
# values KEY FILE: of documents in lines.
values() {
	local line
	while IFS= read -r line; do
		! [[ $line =~ \"$1\":\"?([^,\"}]*) ]] || printf '%s\n' "${BASH_REMATCH[1]}"
	done <"$2"
}
# rises NUMBER...: each is more than the one before; never_falls: or the same.
rises() {
	local last=$1 n
	for n in "${@:2}"; do
		[ "$n" -gt "$last" ] || return 1
		last=$n
	done
}
never_falls() {
	local last=$1 n
	for n; do
		[ "$n" -ge "$last" ] || return 1
		last=$n
	done
}
gone() { ! vmsrctl show "$1" >/dev/null 2>&1; }

for command in top monitor metrics 'record file'; do
	# shellcheck disable=SC2086 # words
	t_fails "without the module $command says which one is missing" 3 "modprobe vmsr" vmsrctl $command
done

load vmsr period_ms=100
t_fails "a policy that these counters do not give" 2 "does not measure cores" vmsrctl set policy core
sh -c 'while :; do :; done' &
busy=$!
vmsrctl attach --name busy "$busy" >/dev/null
sleep 1000 &
idle=$!
vmsrctl attach --name 'an "idle" one' "$idle" >/dev/null

vmsrctl --json monitor --count 5 busy >lines
mapfile -t times <<<"$(values updated_ns lines)"
mapfile -t energies <<<"$(values overhead_uj lines)"
t_is "monitor: one line a period" "${#times[@]}" 5
t_run "monitor: each of a later grid point" rises "${times[@]}"
t_run "monitor: energy grows" never_falls "${energies[@]}"
grows() { [ "${energies[4]}" -gt "${energies[0]}" ]; }
t_run "monitor: and has grown in the end" grows
on_grid() { local t; for t in "${times[@]}"; do [ $((t % 100000000)) = 0 ] || return 1; done; }
t_run "monitor: on the module's grid" on_grid
# mean: what monitor says is energy over time.
mean() {
	mapfile -t powers <<<"$(values overhead_uw lines)"
	[ "${powers[0]}" = null ] &&
		[ "${powers[4]}" = $(((energies[4] - energies[3]) * 1000000000 / (times[4] - times[3]))) ]
}
t_run "monitor: power is energy over time" mean
t_run "monitor: as text" text_has '^[0-9:.]{12} [0-9]+ busy: .* m?W' "$(vmsrctl monitor --count 1)"
t_fails "monitor: a VM that is not there" 3 "no VM of this name" vmsrctl monitor nobody

# Every now and then the answer takes longer than a period.
strace -o /dev/null -e trace=sendmsg -e inject=sendmsg:delay_enter=110000:when=5+8 \
	"$CVM_ROOT/build/tools/vmsrctl" --json monitor --count 10 busy >lines
mapfile -t times <<<"$(values updated_ns lines)"
t_is "monitor: no period is counted twice" "${#times[@]}" 10
t_run "monitor: and each comes later" rises "${times[@]}"

vmsrctl record --count 8 recording
t_is "record: its first line" "$(head -n 1 recording)" "vmsr-recording 1 uJ ns"
t_is "record: its mode" "$(stat -c %a recording)" 600
samples() { local n=0 line; while read -r line; do [[ $line != sample*"$1" ]] || n=$((n + 1)); done <recording; echo "$n"; }
t_is "record: a sample for each period and VM" "$(samples ' busy') $(samples ' an%20"idle"%20one')" "8 8"
printf 'sample 12' >>recording
t_run "record: what a crash left is taken away" text_has 'ends in the midst of a line' "$(vmsrctl record --count 3 recording 2>&1)"
t_is "record: and then it goes on" "$(samples ' busy')" 11
"$CVM_ROOT/build/tools/vmsrctl" record recording &
recorder=$!
more() { [ "$(samples ' busy')" -gt 13 ]; }
poll 60 more
t_is "record: it does not hold the module" "$(</sys/module/vmsr/refcnt)" 0
t_fails "record: one at a time" 2 "another process is recording into it" vmsrctl record --count 1 recording
kill "$recorder"
status=0
wait "$recorder" || status=$?
t_is "record: it ends well when it is told to" "$status" 0
vmsrctl plot recording >picture.svg 2>errors
t_is "plot: nothing is amiss" "$(<errors)" ""
t_run "plot: the VM is in the picture" has '>busy \([0-9]+\)<title>' picture.svg
echo 'something else' >other
t_fails "record: another file is left alone" 2 "line 1 is not 'vmsr-recording" vmsrctl record --count 1 other
t_is "record: as it was" "$(<other)" "something else"
mkdir small
mount -t tmpfs -o size=4k small small
t_fails "record: a full disk" 2 "No space left on device" vmsrctl record small/recording
t_run "record: leaves whole lines" test -z "$(tail -c 1 small/recording)"
umount small

# joules NAME PART FILE: in microjoules.
joules() {
	local line
	while read -r line; do
		! [[ $line =~ ^vmsr_vm_energy_joules_total.*\"$1\".*\"$2\"\}\ ([0-9]+)\.([0-9]{6})$ ]] ||
			echo $((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}))
	done <"$3"
}
energy_of() {
	local line key='^ *"overhead_uj": ([0-9]+)'
	vmsrctl --json show busy >shown
	while IFS= read -r line; do
		! [[ $line =~ $key ]] || { echo "${BASH_REMATCH[1]}"; return; }
	done <shown
}
low=$(energy_of)
vmsrctl metrics --output metrics.prom
high=$(energy_of)
t_run "metrics: the figure of the moment" never_falls "$low" "$(joules busy overhead metrics.prom)" "$high"
t_is "metrics: its mode" "$(stat -c %a metrics.prom)" 644
t_is "metrics: no other file is left" "$(echo metrics.prom*)" metrics.prom
t_run "metrics: a name is escaped" has 'name="an \\"idle\\" one"' metrics.prom
t_run "metrics: the host's packages" has '^vmsr_package_energy_joules_total.*part="rest"\} [0-9]' metrics.prom

vmsrctl top --batch --count 2 --sort name >tables
t_is "top: tables without a terminal" "$(grep -c '^ID ' tables) $(grep -c ' busy ' tables)" "2 2"
vmsrctl --json top --count 2 >tables
t_is "top: documents" "$(lines_in "$(<tables)")" 2
t_run "top: its figures" has '"name":"busy".*"power_uw":[0-9]+,.*"overhead_uw":[0-9]+' tables
t_fails "top: what is no terminal" 1 'hint: --batch' vmsrctl top
export TERM=screen LC_ALL=C.UTF-8
tmux -L vmsr -f /dev/null new-session -d -x 90 -y 12 -s top \
	"$CVM_ROOT/build/tools/vmsrctl top; echo \"status \$?\"; sleep 1000"
screen() { tmux -L vmsr capture-pane -p -t top >screen; }
shows() { screen && has "$1" screen; }
key() { tmux -L vmsr send-keys -t top "$1"; }
t_run "top: the VM on a terminal" poll 60 shows '^ +[0-9]+ busy .*[1-9].*█'
t_run "top: what the host draws" poll 60 shows '^host: .*VMs .*rest .*idle '
sed 's/^/# /' screen
key n
t_run "top: sorted by another key" poll 60 shows '>NAME'
key r
t_run "top: the other way round" poll 60 shows '<NAME'
key '?'
t_run "top: help" poll 60 shows 'Any key goes back'
key x
t_run "top: and back" poll 60 shows '<NAME'
tmux -L vmsr resize-window -t top -x 22 -y 3
t_run "top: a tiny terminal" poll 60 shows '^(busy|an "idle" ).* [0-9.]+$'
tmux -L vmsr resize-window -t top -x 2 -y 1
screen
tmux -L vmsr resize-window -t top -x 120 -y 20
t_run "top: a large one again" poll 60 shows 'HISTORY'
key q
t_run "top: q ends it" poll 60 shows '^status 0'
tmux -L vmsr kill-server

system=$CVM_ROOT/tools/vmsrctl/system
mkdir -p prefix/sbin /run/udev/rules.d
ln -s "$CVM_ROOT/build/tools/vmsrctl" prefix/sbin/
cp "$system/60-vmsr.rules" /run/udev/rules.d/
t_is "the device is root's" "$(stat -c '%U %G %a' /dev/vmsr)" "root root 600"
systemd-sysusers "$system/sysusers.conf"
/lib/systemd/systemd-udevd >/dev/null 2>&1 &
udevd=$!
grouped() { [ "$(stat -c '%U %G %a' /dev/vmsr)" = "root vmsr 660" ]; }
answers() { udevadm control --ping; }
poll 60 answers
udevadm trigger --action=add --name-match=/dev/vmsr
t_run "udev: its group" poll 60 grouped
t_run "udev: the unit's device" text_has '^E: TAGS=.*:systemd:' "$(udevadm info --query=all --name=/dev/vmsr)"
kill "$udevd"
wait "$udevd" 2>/dev/null || true

sed "s|@PREFIX@|$out/prefix|g" "$system/libvirt-hook.in" >hook
chmod +x hook
mkdir -p /run/libvirt/qemu
sleep 1000 &
guest=$!
echo "$guest" >'/run/libvirt/qemu/a guest.pid'
echo nonsense >/run/libvirt/qemu/odd.pid
echo "<domain type='kvm' id='1'><name>a guest</name></domain>" >xml
# hook NAME OPERATION SUB: as libvirt calls it; what it says, and that it never fails.
hook() { ./hook "$1" "$2" "$3" - <xml 2>&1 || echo "exit status $?"; }
t_is "libvirt: nothing before the VM has started" "$(hook 'a guest' prepare begin)$(vmsrctl list | grep -c 'a guest' || true)" 0
t_is "libvirt: a VM starts" "$(hook 'a guest' started begin)" ""
t_run "libvirt: it is attached" text_has "^ *[0-9]+ +a guest +$guest +attached" "$(vmsrctl list)"
t_is "libvirt: the daemon starts again" "$(hook 'a guest' reconnect begin)" ""
t_run "libvirt: a VM whose process is not known" text_has 'nobody.pid does not tell' "$(hook nobody started begin)"
t_run "libvirt: nonsense for a process" text_has "'nonsense' is not a number" "$(hook odd started begin)"
t_run "libvirt: a name that is a path" text_has 'is not attached' "$(hook ../qemu/odd started begin)"
# More than a pipe holds.
head -c 300000 /dev/zero | tr '\0' ' ' >>xml
t_is "libvirt: a large description" "$(head -c 400000 xml | ./hook 'a guest' reconnect begin - 2>&1; echo "${PIPESTATUS[*]}")" "0 0"

kill "$busy" "$idle" "$guest"
wait 2>/dev/null || true
t_run "VMs end with their processes" poll 60 gone busy
cd /
rm -r "$out"
t_run "the module is unloaded" unload vmsr
t_is "libvirt: without the module nothing is said" "$("$system/libvirt-hook.in" x started begin - </dev/null 2>&1)" ""
t_done
