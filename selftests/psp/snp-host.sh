#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: on an SNP host psp_sev initializes SNP, lends the firmware the pages that it writes to, and gets all of them back
# where: vm
# machine: snp-host
# kernels: 6.12
# vm-args: --snp
# timeout: 300
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

kvm() { "$CVM_ROOT/build/selftests/psp/kvm" "$@"; }
counter() { first "$psp_sysfs/$1"; }
snp() { echo "$(model snp-state) $(counter snp_state)"; }
last() { printf '0x%x' "$(model last-command)"; }
# What does not change with SNP: certificates, ids, version.
everything() {
	sev status | sed 's/ state=.*//'
	sev id2 0 || true
	sev id2 128
	sev id
	sev csr 2084 | sed 's/csr-sum=.*//'
	sev export 0 0 || true
	sev export 2084 6252
	sev export 100 6252 || true
	sev_words 5 snp-status
}
nothing_stays() { t_run "$1: every page is the kernel's again" lent_pages_are 0; }
lent_pages_are() { [ "$(model lent-pages)" = "$1" ] || { echo "$(model lent-pages) pages, not $1"; return 1; }; }

load aspt
load psp_sev
klog_mark
plain=$(everything)
t_is 'nobody has initialized it' "$(model snp-state)" uninit
t_is 'SNP_PLATFORM_STATUS says so' "$(sev_words 6 snp-status)" 'ret=0 errno=0 error=0x0 api=1.55 build=39 state=0'

# One command: SNP comes and goes with it.
t_is 'SNP_SET_CONFIG' "$(sev config)" 'ret=0 errno=0 error=0x0'
t_run 'has initialized SNP' klog_has 'psp psp: SNP initialized, firmware API 1.55 build 39'
t_is 'and shut it down' "$(snp) $(last)" 'uninit uninitialized 0x86'
t_is 'without write access' "$(sev -r config || true)" 'ret=-1 errno=EPERM error=untouched'
t_is 'SNP_COMMIT' "$(sev commit)" 'ret=0 errno=0 error=0x0'
t_is 'SNP_VLEK_LOAD: what is no hashstick of this chip is refused by the firmware' \
	"$(sev_words 2 vlek 16 || true)" 'ret=-1 errno=EIO'
t_is 'and SNP is down again' "$(snp) $(last)" 'uninit uninitialized 0x86'
fault 'sev-status@0x85=0x1a#1'
t_is 'a firmware that cannot initialize SNP' "$(sev config || true)" 'ret=-1 errno=EIO error=0x1a'
t_run 'the log says so' klog_has 'SNP_INIT_EX \(0x85\): invalid page state'
fault 'sev-status@0x84=0x13#1'
t_is 'nor flush the data fabric after it' "$(sev config || true)" 'ret=-1 errno=EIO error=0x13'
fault ''
t_is 'leaves SNP down' "$(snp)" 'uninit uninitialized'
nothing_stays 'one command'

t_run "Debian's kvm_amd loads" load_kvm_amd sev=1
t_is 'it reports SEV, SEV-ES and SNP' "$(cat /sys/module/kvm_amd/parameters/{sev,sev_es,sev_snp} | xargs)" 'Y Y Y'
t_is 'SNP is initialized' "$(snp)" 'init initialized'
t_is 'and told' "$(sev_words 6 snp-status)" 'ret=0 errno=0 error=0x0 api=1.55 build=39 state=1'
t_is 'the trusted memory region is lent, 2 MiB' "$(model lent-pages)" 512
t_is 'all commands answer as before' "$(everything)" "$plain"
t_is 'SNP_SET_CONFIG' "$(sev config)" 'ret=0 errno=0 error=0x0'
t_is 'leaves it so' "$(snp)" 'init initialized'
t_is 'an SEV guest' "$(kvm init start status | sed "s/^\(init errno=[^ ]*\) .*/\1/" | xargs)" \
	'api=12 init errno=0 start errno=0 error=0x0 handle=1 status errno=0 error=0x0 handle=1 policy=0x0 state=1'
t_is 'FACTORY_RESET shuts SEV down, not SNP' "$(sev reset) $(model state) $(snp)" 'ret=0 errno=0 error=0x0 uninit init initialized'
nothing_stays 'without SEV'
t_is 'SEV comes back beside it' "$(sev pdh-gen) $(model state) $(snp)" 'ret=0 errno=0 error=0x0 uninit init initialized'
nothing_stays 'commands beside SNP'

# Memory that is lent and not answered about. (SNP_INIT_EX makes a new table, in
# which what was given up is the kernel's.)
unload kvm_amd
t_is 'unloading KVM shuts SNP down' "$(snp) $(last)" 'uninit uninitialized 0x86'
unload psp_sev
load psp_sev psp_cmd_timeout=2 psp_probe_timeout=2
# (Its keys are others than at first, by now.)
plain=$(everything)
load_kvm_amd sev=1
fault 'sev-late@0x0c=4000#1'
t_is 'a late answer: ETIMEDOUT first' "$(sev id2 128 || true)" 'ret=-1 errno=ETIMEDOUT error=0x0'
t_run 'then the device comes back by itself' poll 30 sev status
t_is 'with all that was lent' "$(model lent-pages)" 512
t_run 'the next answers are right' text_has 'length=128 id=' "$(sev id2 128)"
fault 'sev-never@0x0c#1'
sev id2 128 >/dev/null || true
t_run 'recovery' store 1 "$psp_sysfs/recover"
t_run 'gives up what is lost' klog_has 'GET_ID: still not answered, 12288 bytes of memory are left to it'
t_is 'and no more than that' "$(model lent-pages) $(sev id2 128 | cut -d' ' -f1)" '514 ret=0'
fault 'sev-status@0xc7=0x1a#1'
klog_mark
t_is 'a buffer that does not come back costs nobody the answer' "$(sev status | cut -d' ' -f1-3)" 'ret=0 errno=0 error=0x0'
t_run 'the log says so' klog_has 'the command buffer did not come back from the firmware .*another page takes its place'
t_is 'its page is not used again' "$(model lent-pages)" 515
fault ''
t_is 'all commands answer as before' "$(everything)" "$plain"
t_run 'suspending is refused' bash -c '! echo mem >/sys/power/state'
t_run 'with a reason' klog_has 'psp psp: not while SNP is initialized'

t_is 'unbind shuts SEV and SNP down' "$(store psp /sys/bus/platform/drivers/psp/unbind; model state) $(model snp-state)" 'uninit uninit'
store psp /sys/bus/platform/drivers/psp/bind
unload kvm_amd

# Processors that are set up for guests cannot be had for SNP.
load_kvm_amd sev=0
t_is 'SNP_SET_CONFIG below a KVM without SEV' "$(sev config || true)" 'ret=-1 errno=EBUSY error=untouched'
t_run 'the log says why' klog_has 'SNP cannot be initialized while 2 processors are set up for guests'
unload kvm_amd

# Persistent data in a file: memory that stays lent.
unload psp_sev
head -c 32768 /dev/zero | tr '\0' '\377' >/run/nv
load psp_sev init_ex_path=/run/nv
load_kvm_amd sev=1
t_is 'INIT_EX lends eight pages more' "$(model state) $(model lent-pages)" "init $((512 + 8))"
key=$(sev export 2084 6252)
t_run 'PDH_GEN' sev pdh-gen
t_run 'changes the key' test "$(sev export 2084 6252)" != "$key"
key=$(sev export 2084 6252)
unload kvm_amd
nothing_stays 'all that'
load_kvm_amd sev=1
t_is 'the key is in the file' "$(sev export 2084 6252)" "$key"
unload kvm_amd
nothing_stays 'in the end'

# The last of what it is for: nobody waits a command's usual 100 s to get rid of it.
load_kvm_amd sev=1
fault 'sev-never@0xc7#1'
klog_mark
t_run 'unbind, and the firmware falls silent' store psp /sys/bus/platform/drivers/psp/unbind
t_run 'it is given as long as any last command' klog_has 'SNP_PAGE_RECLAIM \(0xc7\): no answer after 5 s'
t_run 'and the log says what that costs' klog_has 'the trusted memory region did not come back'
fault ''
t_run 'unload' unload kvm_amd psp_sev aspt
t_done
