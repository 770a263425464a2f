#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: every fault of the emulated processor strikes as it is documented
# where: vm
# machine: snp-host
# kernels: any
set -eu -o pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"

psp=/machine/peripheral/psp0
poke() { "$CVM_ROOT/build/selftests/bench/firmware_poke" "$@"; }
get() { qmp get "$psp" "$1" | tr -d '"'; }
fault() { qmp set "$psp" fault "$1" >/dev/null; }
nothing=000000000000000000000000
status() { poke sev 0x04 irq $nothing | head -n 1; }
posted() { awk '$1 == "PIN:" { print $2 + $3 }' /proc/interrupts; }

poke acpi 0x82 0 >/dev/null
poke acpi 0x83 0 >/dev/null
poke acpi 0x84 0x4f2 >/dev/null
poke acpi 0x85 0x401 >/dev/null
poke write 4 2

t_is 'no fault to begin with' "$(get fault)" ''
t_is 'a good command' "$(status)" 'response 0x80000000'

fault 'cmdresp-status@0x82=3'
t_is 'cmdresp-status' "$(poke acpi 0x82 0)" 0x8c000000
t_is 'spares the other commands' "$(poke acpi 0x85 0x401)" 0x80000000
fault 'cmdresp-status=31#1'
t_is 'cmdresp-status for any command' "$(poke acpi 0x85 0x401)" 0xfc000000
t_is 'strikes as often as it was told to' "$(poke acpi 0x85 0x401)" 0x80000000
fault 'cmdresp-word=0x9234abcd#1'
t_is 'cmdresp-word' "$(poke acpi 0x85 0x401)" 0x9234abcd
fault 'cmdresp-never'
t_is 'cmdresp-never' "$(poke acpi 0x85 0x401)" silence
fault 'cmdresp-late=300'
t_is 'cmdresp-late' "$(poke acpi 0x85 0x401)" 0x80000000
fault ''

fault 'sev-status@0x04=0x18#1'
t_is 'sev-status' "$(status)" 'response 0x80000018'
t_is 'once' "$(status)" 'response 0x80000000'
fault 'sev-word=0xdeadbeef#1'
t_is 'sev-word' "$(status)" 'response 0xdeadbeef'
fault 'sev-never@0x04'
t_is 'sev-never' "$(status)" silence
t_is 'spares the other commands' "$(poke sev 0x7ff | head -n 1)" 'response 0x80000011'
fault ''
t_is 'and the next command is answered' "$(status)" 'response 0x80000000'
fault 'sev-scribble=0xa5'
t_is 'sev-scribble' "$(poke sev 0x0c DATA 80000000 | sed -n 's/^buffer //p')" a5a5a5a5a5a5a5a5a5a5a5a5

# A late answer: the command that was given meanwhile is lost to it.
over=$(get overruns)
fault 'sev-late=1500#1'
t_is 'sev-late' "$(poke write 0x10 0x00020000 read 0x10 write 0x10 0x07ff0000 read 0x10 | xargs)" \
	'0x00020000 0x07ff0000'
# shellcheck disable=SC2317 # called by poll
answered() { [ "$(poke read 0x10)" = "$1" ]; }
t_run 'the late answer comes' poll 60 answered 0x80000000
t_is 'and the command given meanwhile is lost' $(($(get overruns) - over)) 1

before=$(posted) sent=$(get irqs)
fault 'irq-lost'
t_is 'irq-lost' "$(status)" 'response 0x80000000'
t_is 'has the status' "$(poke read 8)" 0x00000002
t_is 'and no interrupt' "$(($(get irqs) - sent)) $(($(posted) - before))" '0 0'
t_is 'counted' "$(get irqs-lost)" 1
poke write 8 2
fault 'irq-double#1'
t_is 'irq-double' "$(status)" 'response 0x80000000'
t_is 'sends two' $(($(get irqs) - sent)) 2
poke write 8 2
fault 'irq-early#1; sev-late=1500#1'
sent=$(get irqs)
t_is 'irq-early' "$(poke write 0x10 0x00020001 read 8 read 0x10 | xargs)" '0x00000002 0x00020001'
t_run 'the answer follows' poll 60 answered 0x80000000
t_is 'without another interrupt' $(($(get irqs) - sent)) 1

poke write 8 2
before=$(posted) sent=$(get irqs)
fault 'irq-spurious=5'
t_is 'irq-spurious' "$(($(get irqs) - sent))" 5
# shellcheck disable=SC2317 # called by poll
more() { [ "$(posted)" -gt "$before" ]; }
t_run 'arrives' poll 10 more
t_is 'without a status' "$(poke read 8)" 0x00000000
poke acpi 0x85 0x400 >/dev/null
fault 'irq-spurious=5'
t_is 'irq-spurious stops at a disabled interrupt' "$(($(get irqs) - sent))" 5
fault 'irq-stray=1'
t_is 'irq-stray does not' "$(($(get irqs) - sent))" 6

t_fails 'an unknown fault' 2 "unknown fault 'nonsense'" qmp set "$psp" fault nonsense
t_fails 'a value that is missing' 2 'needs a value' qmp set "$psp" fault sev-late
t_fails 'a value too many' 2 'takes no value' qmp set "$psp" fault sev-never=1
t_fails 'a number that is none' 2 'not a number' qmp set "$psp" fault 'sev-late=soon'
fault 'sev-never@9 ; cmdresp-never@0x99'
t_fails 'one mistake' 2 'unknown fault' qmp set "$psp" fault 'sev-never; nonsense'
t_is 'leaves the faults as they were' "$(get fault)" 'sev-never@9 ; cmdresp-never@0x99'
hits=$(get fault-hits)
t_is 'which do not concern this command' "$(status)" 'response 0x80000000'
t_is 'and are not counted' $(($(get fault-hits) - hits)) 0
t_done
