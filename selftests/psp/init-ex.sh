#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: init_ex_path keeps the firmware's persistent data in a file, loses none of it, and says what is wrong with the file
# where: vm
# machine: snp-host
# timeout: 240
set -euo pipefail
# shellcheck source=selftests/psp/psp.bash
. "$CVM_ROOT/selftests/psp/psp.bash"

nv=/run/nv/data
new_file() { head -c 32768 /dev/zero | tr '\0' '\377' >"$nv"; }
sum() { sha256sum "$nv" | cut -d' ' -f1; }
# Which key the platform has, or what became of the question.
key() { sev export 2084 6252 | sed 's/.*pdh-sum=//'; }
use() { load psp_sev init_ex_path="${1:-$nv}" "${@:2}"; }
# refused NAME ERRNO REGEX: the file as it is now is no good.
refused() {
	local before
	before=$(model commands)
	klog_mark
	t_is "$1" "$(sev pdh-gen || true)" "ret=-1 errno=$2 error=0x1"
	t_run "$1: the log says so" klog_has "$3"
	t_is "$1: nothing was initialized" "$(model state) $(($(model commands) - before))" 'uninit 0'
}

mkdir /run/nv
mount -t tmpfs tmpfs /run/nv
load aspt
klog_mark
t_fails 'a relative path' 1 'Invalid parameters' use data
t_run 'the log says so' klog_has 'init_ex_path=data: not an absolute path'

use
refused 'no file' ENOENT "init_ex_path $nv: cannot be opened for reading and writing \(-(ENOENT|2)\); a new one is 32768 bytes of 0xff"
head -c 100 /dev/zero >"$nv"
refused 'a short file' EINVAL "init_ex_path $nv: has 100 bytes, not 32768"
head -c 32769 /dev/zero >"$nv"
refused 'a long file' EINVAL "init_ex_path $nv: has 32769 bytes, not 32768"
rm "$nv"
mkfifo "$nv"
refused 'a pipe' EINVAL "init_ex_path $nv: not a regular file"
rm "$nv"
mkdir "$nv"
refused 'a directory' EISDIR "init_ex_path $nv: cannot be opened .*-(EISDIR|21)"
rmdir "$nv"
new_file
mount -o remount,ro /run/nv
refused 'a file that cannot be written' EROFS "init_ex_path $nv: cannot be opened .*-(EROFS|30)"
mount -o remount,rw /run/nv

empty=$(sum)
first=$(key)
t_run 'a new file is used' grep -qE '^[0-9a-f]{16}$' <<<"$first"
t_run 'and written' test "$(sum)" != "$empty"
t_is 'the platform is down again' "$(model state)" uninit
t_is 'the key stays' "$(key)" "$first"
unload psp_sev
load psp_sev
t_run 'without the file the platform has another key' test "$(key)" != "$first"
unload psp_sev
use
t_is 'with it the same again' "$(key)" "$first"
t_is 'PDH_GEN' "$(sev pdh-gen)" 'ret=0 errno=0 error=0x0'
second=$(key)
t_run 'makes another' test "$second" != "$first"
unload psp_sev
use
t_is 'which is kept' "$(key)" "$second"
chmod 600 "$nv"
cp "$nv" /run/nv/kept

# Whoever causes the write: an own root directory and no rights to the file.
mkdir -p /run/jail/dev /run/jail/lib64
cp "$CVM_ROOT/build/selftests/psp/sev" /run/jail/
ldd /run/jail/sev | grep -oE '/[^ ]+\.so[^ ]*' | xargs cp -L --parents -t /run/jail
mount --bind /dev /run/jail/dev
chmod 666 /dev/sev
t_is 'a command out of a chroot, without privileges' \
	"$(chroot --userspec=65534:65534 /run/jail /sev pdh-gen)" 'ret=0 errno=0 error=0x0'
t_run 'reaches the file' bash -c "! cmp -s $nv /run/nv/kept"
cp /run/nv/kept "$nv"

load_kvm_amd sev=1
kvm init >/dev/null
t_is 'KVM initializes with the file too' "$(model state) $(key)" "init $second"
before=$(sum)
mount -o remount,ro /run/nv
klog_mark
t_is 'the file cannot be written any more' "$(sev pdh-gen || true)" 'ret=-1 errno=EROFS error=0x0'
t_run 'the log says so' klog_has "init_ex_path $nv: changed persistent data could not be written \(-(EROFS|30)\), the next command tries again"
mount -o remount,rw /run/nv
t_is 'the file is as it was' "$(sum)" "$before"
t_run 'the next command' sev status
t_run 'writes it' test "$(sum)" != "$before"
third=$(key)
unload kvm_amd psp_sev
use
t_is 'nothing was lost' "$(key)" "$third"
rm "$nv"
sev pdh-gen >/dev/null || true
t_run 'a file that has gone is not made anew at the next INIT_EX' test ! -e "$nv"

cp /run/nv/kept "$nv"
printf 'x' | dd of="$nv" bs=1 seek=200 conv=notrunc status=none
before=$(sum)
klog_mark
t_is 'a file that the firmware refuses' "$(sev pdh-gen || true)" 'ret=-1 errno=EIO error=0x18'
t_run 'the log says what to do' klog_has 'the firmware refuses the persistent data in the file of init_ex_path: bring back a copy, or begin anew'
t_is 'is left alone' "$(sum)" "$before"
cp /run/nv/kept "$nv"
t_is 'and can be brought back' "$(key)" "$second"

t_is 'FACTORY_RESET' "$(sev reset)" 'ret=0 errno=0 error=0x0'
t_run 'makes the file forget its key' test "$(key)" != "$second"
unload psp_sev
cp /run/nv/kept "$nv"
use
t_is 'FACTORY_RESET as the first command' "$(sev reset)" 'ret=0 errno=0 error=0x0'
t_run 'does too' test "$(key)" != "$second"
unload psp_sev

new_file
use "$nv" psp_cmd_timeout=2
fault 'sev-late@0x0d=4000#1'
t_is 'INIT_EX is answered late' "$(sev pdh-gen || true)" 'ret=-1 errno=ETIMEDOUT error=0x0'
t_run 'then it works' poll 30 sev status
t_run 'and its data is saved' test "$(sum)" != "$empty"
t_run 'unload' unload psp_sev
t_is 'the platform is down' "$(model state)" uninit
unload aspt
t_done
