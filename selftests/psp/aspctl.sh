#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: aspctl: certificates, owners, resets, every firmware status in words, check and monitor
# where: vm
# machine: snp-host
# long: 6.1 debug
# timeout: 180
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

work=$(mktemp -d)
cd "$work"
cert() { "$CVM_ROOT/build/selftests/psp/cert" "$@"; }
nobody() { setpriv --reuid=65534 --clear-groups "$CVM_ROOT/build/tools/aspctl" "$@"; }
# What AMD's server gives for this processor: model_cert PROPERTY FILE
model_cert() { qmp get "$psp_model" "$1" | perl -ne 'print pack "H*", /([0-9a-f]{100,})/' >"$2"; }
# links [ARGUMENT...]: how many signatures are good, bad and not checkable
links() {
	{ aspctl --json cert chain "$@" || true; } | jq -r '[.links[].result] |
		"\(map(select(. == "good")) | length) \(map(select(. == "bad")) | length) \(map(select(. == "not checkable")) | length)"'
}
# part N CHAIN: the N-th certificate of a chain, in a file whose name it prints
part() {
	tail -c "+$(($1 * 2084 + 1))" "$2" | head -c 2084 >"$2.$1"
	echo "$2.$1"
}
same() { cmp "$1" "$2"; }
differ() { ! cmp -s "$1" "$2"; }
requirement() { aspctl --json check | jq -r ".requirements[] | select(.requirement == \"$1\") | \"\(.result) \(.found)\""; }

load aspt
load psp_sev

# Certificates.
t_run 'cert export' aspctl cert export chain
t_is 'PDH, PEK, OCA, CEK' "$(stat -c %s chain)" $((4 * 2084))
t_is 'the platform is as it was' "$(model state)" uninit
t_is 'it is no accident' "$(aspctl cert export - | sha256sum)" "$(sha256sum <chain)"
model_cert cek cek
model_cert ask-ark ca
t_is 'the platform signed its certificates' "$(links)" '4 0 3'
t_is 'AMD signed them all' "$(links --ca ca)" '7 0 0'
t_is 'those of a file' "$(links --ca ca chain)" '7 0 0'
t_run 'cert chain, for people' grep -qE "Good up to AMD's root: +yes" <<<"$(aspctl cert chain --ca ca)"
t_run 'the CEK is that of AMD' aspctl cert export --cek cek --ca ca full
t_is 'a full chain has six' "$(links full)" '7 0 0'
t_is 'a full chain has the length of six' "$(stat -c %s full)" $((4 * 2084 + 2 * 1600))
t_run 'pdh export' aspctl pdh export pdh
t_run 'it is the PDH of the chain' same pdh "$(part 0 chain)"
t_fails 'a folder that is not there' 3 "writing 'none/chain'" aspctl cert export none/chain
printf '\x01' | dd of=chain bs=1 seek=$((3 * 2084 + 20)) conv=notrunc status=none
t_is 'a changed CEK is found' "$(links --ca ca chain)" '5 2 0'

# An owner.
cert owner .
t_run 'pek csr' aspctl pek csr request
aspctl cert export first >/dev/null
t_is 'it is the PEK' "$(head -c 1044 request | sha256sum)" "$(head -c 1044 "$(part 1 first)" | sha256sum)"
t_fails 'a request is not imported as it is' 2 "checking the OCA's signature in 'request'" aspctl pek import request oca
cert sign oca.key request pek
t_run 'pek import' aspctl pek import pek oca
aspctl cert export owned >/dev/null
t_run 'the platform has the OCA that was given' same oca "$(part 2 owned)"
t_is 'all signatures are good' "$(links --ca ca)" '7 0 0'
t_fails 'it has no second one' 2 'PEK_CERT_IMPORT: platform already owned \(firmware status 0x05\)' aspctl pek import pek oca
t_fails 'the hint says how to end it' 2 'hint: .*pek gen' aspctl pek import pek oca
t_is 'pek gen' "$(aspctl --json pek gen | jq -r .command)" PEK_GEN
aspctl cert export free >/dev/null
t_run 'ends it' differ oca "$(part 2 free)"
t_run 'with another PEK' differ "$(part 1 owned)" "$(part 1 free)"
t_fails 'to which the old certificate does not belong' 2 'invalid certificate \(firmware status 0x06\)' aspctl pek import pek oca
t_run 'pdh gen' aspctl pdh gen
aspctl cert export renewed >/dev/null
t_run 'gives another PDH' differ "$(part 0 free)" "$(part 0 renewed)"
t_run 'and the same PEK' same "$(part 1 free)" "$(part 1 renewed)"
t_run 'reset' aspctl reset
aspctl cert export anew >/dev/null
t_run 'leaves the CEK alone' same "$(part 3 renewed)" "$(part 3 anew)"
t_run 'of all certificates' differ "$(part 2 renewed)" "$(part 2 anew)"
t_is 'all signatures are good again' "$(links --ca ca)" '7 0 0'

# Every status that a firmware can answer, in words.
while read -r status words; do
	fault "sev-status@0x04=$status#1"
	t_fails "status $status" 2 "SEV command PLATFORM_STATUS: $words \(firmware status $status\)" aspctl status
done <<'EOT'
0x01 invalid platform state
0x02 invalid guest state
0x03 invalid platform configuration
0x04 buffer too small
0x05 platform already owned
0x06 invalid certificate
0x07 not allowed by the guest policy
0x08 guest inactive
0x09 invalid address
0x0a bad signature
0x0b bad measurement
0x0c ASID in use
0x0d invalid ASID
0x0e WBINVD required
0x0f DF_FLUSH required
0x10 invalid guest handle
0x11 command not known to the firmware
0x12 guest active
0x13 hardware error, platform affected
0x14 hardware error, state unsafe
0x15 feature not supported
0x16 invalid parameter
0x17 out of a firmware resource
0x18 persistent data failed its check
0x19 invalid page size
0x1a invalid page state
0x1b invalid metadata entry
0x1c invalid page owner
0x1d message counter overflow
0x1f ring buffer mode left
0x20 RMP not initialized
0x21 security version too low
0x22 firmware version not allowed
0x23 shutdown required
0x24 firmware update failed
0x25 restore required
0x26 RMP initialization failed
0x27 invalid key
0x1e unknown status
0x3ff unknown status
EOT
fault 'sev-status@0x08=0x18#1'
t_fails 'a hint for what can be mended' 2 'hint: .*aspctl reset' aspctl cert export file
fault 'sev-scribble@0x08=0xff#1'
t_fails 'lengths that cannot be' 2 'PDH_CERT_EXPORT: Input/output error' aspctl cert export file
t_run 'nothing was written' test ! -e file
fault 'sev-scribble@0x06=0x00#1'
t_fails 'a request of no length' 2 'the request has 0 bytes, not 2084' aspctl pek csr file
# Only here: on a busy host two seconds may be too short for an answer that comes.
unload psp_sev
load psp_sev psp_cmd_timeout=2
fault 'sev-never@0x09#1'
t_fails 'no answer' 2 'PDH_GEN: Connection timed out' aspctl pdh gen
t_fails 'the next command says which one is pending' 2 'PDH_GEN was not answered in time; .*echo 1 > .*/recover' aspctl reset
fault ''
echo 1 >"$psp_sysfs/recover"
t_run 'recovered' aspctl pdh gen
# It was initialized for the command without an answer, and still is.
t_is 'an initialized platform tells its owner' "$(aspctl --json status | jq -r '"\(.state) \(.owner)"')" 'initialized self'
aspctl pek csr request >/dev/null
cert sign oca.key request pek
aspctl pek import pek oca >/dev/null
t_is 'also one outside' "$(aspctl --json status | jq -r '"\(.state) \(.owner)"')" 'initialized external'
t_run 'reset of an initialized platform' aspctl reset
t_is 'shuts it down' "$(aspctl --json status | jq -r '"\(.state) \(.owner)"')" 'uninitialized null'
aspctl cert export file >/dev/null
t_run 'and ends the ownership' differ oca "$(part 2 file)"
rm file

# Rights.
t_fails 'somebody without rights' 2 'it needs write access, which only root has' nobody pek gen
chmod 0644 /dev/sev
t_run 'reading is enough for the status' nobody status
t_fails 'but not to initialize the platform' 2 'PDH_CERT_EXPORT: .*Operation not permitted' nobody cert chain
t_fails 'and that is said' 2 'hint: it has to initialize the platform' nobody cert chain
chmod 0600 /dev/sev

# SNP, on a kernel that is no host for it.
t_is 'snp config' "$(aspctl --json snp config | jq -r '[.reported_tcb, .chip_id_masked, .chip_key_masked] | join(" ")')" \
	'0xd516000000000004 false false'
head -c 432 /dev/zero >vlek
for words in 'snp config --reported-tcb 1' 'snp config --mask-chip-id on' 'snp vlek vlek'; do
	# shellcheck disable=SC2086 # words
	t_fails "$words" 3 'hint: SNP is not initialized: this kernel is no SNP host' aspctl $words
done
t_fails 'snp commit' 2 'hint: SNP has to be initialized' aspctl snp commit

# check
modprobe msr
t_fails 'check: this machine cannot host SNP' 3 'requirements are not met' aspctl check
t_is 'check: able' "$({ aspctl --json check || true; } | jq .able)" false
for want in 'vendor:ok AuthenticAMD' 'sev:ok present' 'sev_es:ok present' 'snp:no absent' \
	'es_asids:ok 99 of 509' 'memory_encryption:ok on' 'smm_lock:ok on' 'snp_enabled:no off' \
	'psp:ok ACPI table ASPT' 'driver:ok psp_sev' 'dev_sev:ok can be read and written' \
	'api_version:ok 1.55' 'cmdline:ok nothing in the way'; do
	t_is "check: ${want%%:*}" "$(requirement "${want%%:*}" || true)" "${want#*:}"
done
host_snp=ok
grep -qw snp_lookup_rmpentry /proc/kallsyms || host_snp=no
t_is 'check: the kernel' "$(requirement kernel_snp || true)" "$host_snp $(uname -r)"
t_is 'check: without rights' "$({ nobody --json check || true; } | jq -r '.requirements[] | select(.requirement == "dev_sev" or .requirement == "rmp").result' | xargs)" \
	'unknown unknown'

# monitor
has() { jq -se "any(.[]; $1)" monitor.out >/dev/null 2>&1; }
no_trace() { ! compgen -G '/sys/kernel/tracing/instances/aspctl-*' >/dev/null; }
[ -d /sys/kernel/tracing/instances ] || mount -t tracefs tracefs /sys/kernel/tracing
"$CVM_ROOT/build/tools/aspctl" --json monitor --commands --interval 50 >monitor.out &
monitor=$!
t_run 'monitor: first every value' poll 20 has '.event == "value" and .device == "psp" and .attribute == "last_error"'
fault 'sev-status@0x04=0x16#1'
sev status >/dev/null || true
t_run 'monitor: a command, with its status in words' poll 20 has \
	'.event == "command" and .command == "PLATFORM_STATUS" and .status == 22 and .answer == "invalid parameter" and .duration_ns > 0'
t_run 'monitor: a counter' poll 20 has '.event == "change" and .attribute == "commands" and .value > .before'
t_run 'monitor: a word' poll 20 has '.event == "change" and .value == "PLATFORM_STATUS 0x16 invalid parameter"'
kill "$monitor"
status=0
wait "$monitor" || status=$?
t_is 'monitor: a signal is its good end' "$status" 0
t_run 'monitor: its trace is gone' no_trace
"$CVM_ROOT/build/tools/aspctl" --json monitor --interval 50 >monitor.out &
monitor=$!
poll 20 has '.attribute == "last_error"'
unload psp_sev
t_run 'monitor: a driver that goes' poll 20 has '.event == "device" and .device == "psp" and .action == "unbind"'
t_run 'monitor: what it showed is gone' poll 20 has '.event == "change" and .attribute == "commands" and .value == null'
load psp_sev
t_run 'monitor: it comes back' poll 20 has '.event == "device" and .device == "psp" and .action == "bind"'
kill "$monitor"
wait "$monitor" || true
"$CVM_ROOT/build/tools/aspctl" monitor --commands --interval 50 >monitor.txt &
monitor=$!
poll 20 grep -q 'psp last_error: ' monitor.txt
sev status >/dev/null
t_run 'monitor: text' poll 20 grep -qE '^[0-9:.]+ psp commands: [0-9]+ -> [0-9]+$' monitor.txt
t_run 'monitor: text, a command' poll 20 grep -qE '^[0-9:.]+ PLATFORM_STATUS: success, status 0x00, [0-9.]+ (us|ms)$' monitor.txt
kill -KILL "$monitor"
wait "$monitor" 2>/dev/null || true
killed=(/sys/kernel/tracing/instances/aspctl-*)
t_run 'monitor: a killed one leaves its trace' test -e "${killed[0]}"
"$CVM_ROOT/build/tools/aspctl" monitor --commands --interval 50 >monitor.txt &
monitor=$!
t_run 'monitor: what a killed one left is cleared away' poll 20 test ! -e "${killed[0]}"
kill -INT "$monitor"
wait "$monitor" || true
t_run 'monitor: and so is its own' no_trace
script -qefc "exec '$CVM_ROOT/build/tools/aspctl' monitor --interval 50" screen </dev/null >/dev/null &
monitor=$!
t_run 'monitor: on a terminal' poll 20 grep -qaE 'psp +commands +[0-9]+ +0\.0' screen
kill "$monitor"
wait "$monitor" || true
cd /
rm -rf "$work"
t_run 'unload' unload psp_sev aspt
t_fails 'check without the drivers' 3 'ACPI table ASPT' aspctl check
t_fails 'monitor without the drivers' 3 'this machine has a table ASPT: modprobe aspt' aspctl monitor
t_done
