#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: defect-12: a guest moves to a host of another vendor and unit, and its counter goes on
# where: host
# kernels: 6.1 6.12
# long: 6.1
# timeout: 150
#
# Two machines, one after the other; the second half of this file runs in each.
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

if [ "${1:-}" != inside ]; then
	state=$(mktemp -d)
	# host MACHINE ESU COMMAND SHIFT
	host() {
		t_run "$3: a host whose unit is 2^-$2 J" "$CVM_ROOT/selftests/vm" --machine "$1" --kernel "$CVM_KERNEL" --cpus 1 \
			--set "rapl0.esu=$2" --state "$state" -- "$0" inside "$3" "$2"
	}
	host energy-intel 14 save
	host energy-amd 18 restore
	host energy-intel 10 restore
	rm -r "$state"
	t_done
fi

# shellcheck source=selftests/vmsr/inside.bash
. "$CVM_ROOT/selftests/vmsr/inside.bash"
load vmsr period_ms=100 debug=1
t_is "the guest goes on there" "$(prog carry "$2" "$CVM_STATE/guest" 2>&1)" "$3"
t_run "the module is unloaded" unload vmsr
t_done
