#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a panic shuts the platform down, idle, with a guest, with a command under way, and with a firmware that does not answer
# where: host
# kernels: 6.1 6.12
# timeout: 300
#
# Boots a machine that panics; the second half of this file runs there, the
# third once it is dead.
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

dead() {
	"$CVM_ROOT/selftests/vm" --machine snp-host --kernel "$CVM_KERNEL" --append 'sysrq_always_enabled=1' \
		--on-panic "'$0' dead $2 $3 '$4'" -- "$0" inside "$1"
}

case ${1:-} in
'')
	t_run 'nothing was initialized: nothing is sent' dead idle uninit 4 ''
	t_run 'initialized for KVM' dead init uninit 2 'the platform is shut down'
	t_run 'with a guest' dead guest uninit 2 'the platform is shut down'
	t_run 'by an oops in the middle of a command, which is waited for' dead busy uninit 2 'the platform is shut down'
	t_run 'a command that is never answered is not waited for forever' dead stuck init 4 \
		'PLATFORM_STATUS (0x04) is still under way, the platform is not shut down'
	t_run 'SHUTDOWN fails' dead fails init 2 'SHUTDOWN: hardware error, platform affected (status 0x13)'
	t_run 'SHUTDOWN is not answered' dead silent init 2 'no answer to SHUTDOWN'
	t_done
	;;
dead)
	# shellcheck disable=SC2317 # called below
	ask() { "$CVM_ROOT/build/selftests/qmp" --socket "$CVM_MONITOR" get "$psp_model" "$1"; }
	got="$(ask state) $(ask last-command)"
	[ "$got" = "$2 $3" ] || { echo "the model is '$got', wanted '$2 $3'"; exit 1; }
	# Only what the driver said after the panic.
	said=$(sed -n '/Kernel panic/,$p' "$CVM_CONSOLE" | sed -n 's/.*psp psp: //p' | tr -d '\r')
	[ "$said" = "$4" ] || { echo "it said '$said', wanted '$4'"; exit 1; }
	exit 0
	;;
esac

load aspt
load psp_sev psp_cmd_timeout=30
hits=$(model fault-hits)
struck() { [ "$(model fault-hits)" -gt "$hits" ]; }
panic() { echo c >/proc/sysrq-trigger; }
case $2 in
idle) ;;
*)
	load_kvm_amd sev=1
	kvm init
	;;
esac
case $2 in
guest)
	mkfifo /run/never
	kvm init start wait <>/run/never >/run/guest &
	poll 30 grep -q waiting /run/guest
	;;
busy)
	fault 'sev-late@0x04=1000#1'
	sev status &
	poll 10 struck
	;;
stuck)
	fault 'sev-never@0x04'
	sev status &
	poll 10 struck
	;;
fails) fault 'sev-status@0x02=0x13' ;;
silent) fault 'sev-never@0x02' ;;
esac
panic
