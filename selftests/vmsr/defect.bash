# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of known defects share. Sourced, never run.
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"

# defect NUMBER WHAT [PARAMETER...]: one that the program defects knows.
defect() {
	load vmsr period_ms=100 debug=1 "${@:3}"
	t_run "$2" prog defects "$1"
	t_run "the module is unloaded" unload vmsr
	t_done
}
