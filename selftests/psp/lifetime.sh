#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: unload, unbind and rebind with files open and commands in flight
# where: vm
# machine: snp-host
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

# An open file whose holder issues a command each time it is told to.
open_file() {
	coproc holder { exec "$CVM_ROOT/build/selftests/psp/sev" -k -w "$@"; }
	read -r line <&"${holder[0]}"
	[ "$line" = open ]
}
ask_file() {
	echo >&"${holder[1]}"
	read -r line <&"${holder[0]}"
	# shellcheck disable=SC2154 # coproc sets it
	wait "$holder_PID" || true
	echo "$line"
}

struck() { [ "$(model fault-hits)" -gt "$1" ]; }

load aspt
load psp_sev
klog_mark

open_file status
t_fails 'psp_sev does not unload with a file open' 1 'in use' rmmod psp_sev
t_run 'the file works on' text_has 'ret=0' "$(ask_file)"

open_file status
echo psp >/sys/bus/platform/drivers/psp/unbind
t_is 'after unbind the source is off' "$(first "$aspt_sysfs/enabled") $(model irq-enabled)" '0 false'
t_run 'and /dev/sev is gone' test ! -e /dev/sev
t_is 'an open file says ENODEV' "$(ask_file)" 'ret=-1 errno=ENODEV error=untouched'

open_before() { open_file status; }
echo psp >/sys/bus/platform/drivers/psp/bind
open_before
echo psp >/sys/bus/platform/drivers/psp/unbind
echo psp >/sys/bus/platform/drivers/psp/bind
t_run 'a file from before works after unbind and bind' text_has 'ret=0' "$(ask_file)"

open_file status
t_run 'aspt unloads with a file open' unload aspt
t_is 'the file says ENODEV' "$(ask_file)" 'ret=-1 errno=ENODEV error=untouched'
t_run 'nothing is left of the device' nothing_left
t_run 'aspt loads again' load aspt
t_run 'and psp_sev has the device again' sev status
t_run 'by interrupt' irqs_clean

many=$(rounds 20)
for ((i = 0; i < many; i++)); do
	echo psp >/sys/bus/platform/drivers/psp/unbind
	echo psp >/sys/bus/platform/drivers/psp/bind
done
t_run "$many times unbind and bind" sev status

# A command in flight, whose answer takes seconds.
fault 'sev-late@0x04=3000#1'
hits=$(model fault-hits)
sev status >/run/late &
pid=$!
poll 10 struck "$hits"
echo psp >/sys/bus/platform/drivers/psp/unbind
wait "$pid" || true
t_is 'unbind ends a command in flight with ENODEV' "$(</run/late)" 'ret=-1 errno=ENODEV error=0x0'
fault ''
echo psp >/sys/bus/platform/drivers/psp/bind
t_run 'the device works after that' poll 60 sev status

fault 'sev-late@0x04=3000#1'
hits=$(model fault-hits)
sev status >/run/late &
pid=$!
poll 10 struck "$hits"
t_run 'aspt unloads with a command in flight' unload aspt
wait "$pid" || true
t_is 'which ends with ENODEV' "$(</run/late)" 'ret=-1 errno=ENODEV error=0x0'
t_is 'and the source is off' "$(model irq-enabled)" false
t_run 'nothing is left of the device then' nothing_left
load aspt
fault ''
by_interrupt 'aspt is back'
t_is 'nothing was sent over that command' "$(model overruns)" 0
echo psp >/sys/bus/platform/drivers/psp/unbind
t_run 'aspt unloads with psp_sev unbound' unload aspt
load aspt
by_interrupt 'aspt is back, and psp_sev bound again'

# Commands from many while the device comes and goes.
for i in 1 2 3 4; do
	while [ ! -e /run/enough ]; do sev -k -n 50 status >>"/run/stream$i" 2>&1 || true; done &
done
for ((i = 0; i < many; i++)); do
	echo psp >/sys/bus/platform/drivers/psp/unbind
	echo psp >/sys/bus/platform/drivers/psp/bind
	if ((i % 4 == 0)); then
		unload aspt
		load aspt
	fi
done
touch /run/enough
wait
t_is 'callers meanwhile saw nothing but success and ENODEV' \
	"$(cat /run/stream? | grep -oE 'errno=[A-Z0-9]+' | sort -u | grep -vE '=(0|ENODEV|ENOENT)$' || true)" ''
by_interrupt 'after that'
for ((i = 0; i < many; i++)); do
	rmmod psp_sev aspt
	load aspt
	load psp_sev
done
by_interrupt "$many times unload and load"
t_is 'each interrupt was acknowledged' "$(model irqs-unacked)" 0
t_run 'unload' unload psp_sev aspt
t_run 'nothing is left behind' nothing_left
t_done
