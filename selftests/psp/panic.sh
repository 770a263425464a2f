#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a panic shuts the platform down, idle, with a guest, with a command under way, and with a firmware that does not answer
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 300
#
# Boots a machine that panics; the second half of this file runs there, the
# third once it is dead.
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

# dead WHAT STATE SNP-STATE LAST-COMMAND SAID: what is done, and then found.
dead() {
	local snp=() append=sysrq_always_enabled=1
	case $1 in
	snp*) snp=(--snp) ;;
	# A delay loop whose calibration is wrong by far: the wait is as long as ever.
	busy) append+=' lpj=200000' ;;
	esac
	"$CVM_ROOT/selftests/vm" --machine snp-host ${snp[@]+"${snp[@]}"} --kernel "$CVM_KERNEL" --append "$append" \
		--on-panic "'$0' dead '$2 $3 $4' '$5'" -- "$0" inside "$1"
}

case ${1:-} in
'')
	t_run 'nothing was initialized: nothing is sent' dead idle uninit uninit 4 ''
	t_run 'initialized for KVM' dead init uninit uninit 2 'the platform is shut down'
	t_run 'with a guest' dead guest uninit uninit 2 'the platform is shut down'
	t_run 'by an oops in the middle of a command, which is waited for' dead busy uninit uninit 2 'the platform is shut down'
	t_run 'a command that is never answered is not waited for forever' dead stuck init uninit 4 \
		'PLATFORM_STATUS (0x04) is still under way, the platform is not shut down'
	t_run 'SHUTDOWN fails' dead fails init uninit 2 'SHUTDOWN: hardware error, platform affected (status 0x13)'
	t_run 'SHUTDOWN is not answered' dead silent init uninit 2 'no answer to SHUTDOWN'
	# The kernel that can be an SNP host.
	if [ "$CVM_KERNEL" = 6.12 ]; then
		t_run 'with SNP' dead snp uninit uninit 134 $'the platform is shut down\nSNP is shut down'
		t_run 'with SNP, whose shutdown wants a flush' dead snp-flush uninit uninit 134 \
			$'the platform is shut down\nSNP_SHUTDOWN_EX: DF_FLUSH required (status 0x0f)\nSNP is shut down'
	fi
	t_done
	;;
dead)
	# shellcheck disable=SC2317 # called below
	ask() { "$CVM_ROOT/build/selftests/qmp" --socket "$CVM_MONITOR" get "$psp_model" "$1"; }
	got="$(ask state) $(ask snp-state) $(ask last-command)"
	# Only what the driver said after the panic.
	said=$(sed -n '/Kernel panic/,$p' "$CVM_CONSOLE" | sed -n 's/.*psp psp: //p' | tr -d '\r')
	if [ "$got" != "$2" ] || [ "$said" != "$3" ]; then
		echo "the model is '$got', wanted '$2'; the driver said '$said', wanted '$3'"
		sed -n '/Kernel panic/,$p' "$CVM_CONSOLE"
		exit 1
	fi
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
snp-flush) fault 'sev-status@0x86=0x0f#1' ;;
fails) fault 'sev-status@0x02=0x13' ;;
silent) fault 'sev-never@0x02' ;;
esac
panic
