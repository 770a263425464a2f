#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: selftests/vm tells success, failure, hang, panic and a warning apart; selftests/run tells what passed
# where: host
# kernels: any
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/lib/ktap.sh
. "$CVM_ROOT/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
vm() { "$CVM_ROOT/selftests/vm" --kernel "$CVM_KERNEL" --memory 512 "$@"; }

# --- vm ---
cat >"$work/arguments" <<'EOF'
#!/bin/bash
printf '<%s>' "$@"
echo "$CVM_STATE" >"$CVM_STATE/seen"
[ ! -e /work-of-the-machine ] && touch /work-of-the-machine && exit 7
EOF
chmod +x "$work/arguments"
t_fails 'the exit status is that of the command, whose arguments arrive as they are' 7 "^<a b><><\\\$c'>" \
	vm --state "$work/state" -- "$work/arguments" 'a b' '' "\$c'"
t_run 'what it writes to its state folder is there afterwards' grep -q . "$work/state/seen"
t_run 'what it writes elsewhere is not' test ! -e /work-of-the-machine
t_fails 'a hang' 124 'no end after 20 s' vm --timeout 20 -- sleep 1000
t_fails 'a boot that does not go on' 124 'silent for 5 s in the midst of a boot' \
	vm --timeout 100 --silence 5 -- bash -c 'echo "reboot: Restarting system" >/dev/kmsg; sleep 1000'
printf '#!/bin/sh\ntrap "" TERM\nexec sleep 1000\n' >"$work/deaf"
chmod +x "$work/deaf"
CVM_QEMU=$work/deaf t_fails 'a QEMU that takes no signal' 124 'no end after 2 s' vm --timeout 2 -- true
t_fails 'a panic' 125 'the kernel panicked' vm -- bash -c 'echo c >/proc/sysrq-trigger; sleep 60'
t_fails 'a warning in the log of a command that succeeds' 125 'what must not be there' \
	vm -- bash -c "echo 'WARNING: CPU: 0 PID: 1 at mm/slub.c:1 x+0x1/0x2' >/dev/kmsg"
# shellcheck disable=SC2016 # for the machine
t_fails 'a triple fault, after which the machine has booted again' 3 '^    RIP=[0-9a-f]*' \
	vm --append reboot=t -- bash -c '[ "$CVM_BOOT" = 2 ] || reboot -f; exit 3'
t_fails 'a machine that ends by itself' 125 'without a result' vm -- bash -c 'echo o >/proc/sysrq-trigger; sleep 60'
t_fails 'an unknown machine' 2 "unknown machine 'toaster'" vm --machine toaster -- true
t_fails 'an unknown kernel' 2 "unknown kernel '5.10'" vm --kernel 5.10 -- true
t_fails 'a device that the machine does not have' 2 "no device 'fwup0'" vm --set fwup0.x=1 -- true
t_fails 'a number that is none' 2 "'two'" vm --cpus two -- true

# --- run, with tests of our own ---
mkdir -p "$work/selftests/bench" "$work/selftests/tools"
cp "$CVM_ROOT/selftests/run" "$work/selftests/"
cp "$CVM_ROOT/selftests/bench/common.sh" "$work/selftests/bench/"
# sample NAME BODY [TIMEOUT] [HEADER]
sample() {
	printf '#!/bin/bash\n# test: %s\n# where: host\n# timeout: %s\n%s\n%s\n' "$1" "${3:-60}" "${4:-# kernels: any}" "$2" >"$work/selftests/tools/$1.sh"
	chmod +x "$work/selftests/tools/$1.sh"
}
run() { "$work/selftests/run" --no-build "$@"; }
last() { run "$@" 2>&1 | tail -n 1; }
sample good 'echo "ok 1 it is"'
t_is 'a test that passes' "$(last)" '1 passed, 0 failed, 0 skipped'
t_run 'is success' run
sample skipped 'echo "ok 1 it # SKIP no such thing here"; exit 4'
t_is 'a test that is skipped' "$(last)" '1 passed, 0 failed, 1 skipped'
t_run 'is success, too' run
sample bad 'echo "not ok 1 it is not"; exit 1'
sample liar 'echo "not ok 1 it is not"'
sample silent 'exit 0'
sample lazy 'exit 4'
sample endless 'echo "ok 1 x"; sleep 1000' 1
t_is 'tests that fail, say nothing, skip without a reason or do not end' "$(last)" '1 passed, 5 failed, 1 skipped'
t_fails 'are failure' 1 '^not ok [0-9]+ tools/endless # hang' run
t_fails 'named at the end' 1 '^# failed: tools/silent: no result' run
t_is 'with the check that failed' "$({ run tools/bad || true; } | grep -A 1 '^# failed: ')" $'# failed: tools/bad: exit status 1\n#     not ok 1 it is not'
t_is 'one test by name' "$(last tools/good)" '1 passed, 0 failed, 0 skipped'
t_fails 'a name that no test has' 2 "no test is named 'tools/godd'" run tools/godd
sample slow 'echo "ok 1 it is"' 60 $'# kernels: 6.1 debug\n# long: debug'
t_is 'a test that takes long on one kernel' "$(last --kernel 6.1 --kernel debug tools/slow)" '2 passed, 0 failed, 0 skipped'
t_is 'is left out there with --short' "$(last --short --kernel 6.1 --kernel debug tools/slow)" '1 passed, 0 failed, 0 skipped'
t_run 'and named' bash -c "'$work/selftests/run' --no-build --short --kernel 6.1 --kernel debug tools/slow | grep -qx '# left out, as they take long: tools/slow:debug'"
# hazards of an area's list
rm "$work"/selftests/tools/*
cp "$CVM_ROOT/selftests/lib/ktap.sh" "$work/"
printf '%s\n' '# ID, and what it is' 'fire  it burns' 'flood it is wet' 'comet not here: too rare' >"$work/selftests/tools/hazards.txt"
# drill NAME COMMAND... [# HEADER]: with the functions of the tests.
drill() { sample "$1" "CVM_MACHINE= . $work/ktap.sh; $2; t_done" 60 "${3:-# kernels: any}"; }
printf 'answers_serve() { :; }\n' >"$work/answers.sh"
drill burns "t_ok put-out; t_hazard fire"
t_fails 'a hazard that no test names' 1 '^# failed: tools: the hazard flood is not tested: it is wet$' run
t_fails 'beside those that were seen' 1 '^# 1 of 3 hazards tested \(tools\)$' run tools
t_fails 'and one that cannot be' 1 '^# hazards of tools that no test can show here: comet$' run
t_run 'one test by name need not see all' run tools/burns
t_fails 'but what it did not is said' 0 '^# hazards of tools whose tests did not run: flood$' run tools/burns
drill drowns "t_ok a; t_is b 1 2; t_hazard flood"
t_fails 'a hazard whose check failed' 1 '^# 1 of 3 hazards tested' run
drill drowns "t_ok a; t_skip b 'no water'; t_hazard flood"
t_fails 'a hazard whose check was skipped' 1 '^# 1 of 3 hazards tested' run
drill drowns "t_hazard flood; t_ok a"
t_fails 'a hazard before any check' 1 '^# failed: tools: the hazard flood' run
drill drowns 'echo "# hazard flood"; echo "not ok 1 a"' # t_hazard flood
t_fails 'a hazard in a test that failed' 1 '^# 1 of 3 hazards tested' run
drill drowns "t_ok swims; t_hazard flood"
t_run 'all seen' run
t_is 'is success' "$(last)" '2 passed, 0 failed, 0 skipped'
drill drowns "t_ok swims; t_hazard flood" $'# kernels: 6.1 debug\n# long: debug'
t_run 'seen on one of the kernels' run --short --kernel 6.1 --kernel debug
t_fails 'seen on none, since its test takes long' 0 '^# hazards of tools whose tests did not run: flood$' run --short --kernel debug
t_fails 'or is for another kernel' 0 '^# 1 of 3 hazards tested' run --kernel 6.12
drill burns "t_ok a; t_hazard fire; t_hazard quake"
t_fails 'one that is not in the list' 1 '^# failed: tools: the hazard quake is not in its list$' run tools/burns
rm "$work/selftests/tools/hazards.txt"
sample good 'echo "ok 1 it is"'

t_run '--list names what each proves' bash -c "'$work/selftests/run' --list | grep -qE '^tools/good +good$'"
t_done
