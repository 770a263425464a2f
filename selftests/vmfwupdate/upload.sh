#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the kernel's firmware upload class stages and arms by the same state machine, where the kernel has it
# where: vm
# machine: guest
# kernels: 6.12 debug
# timeout: 60
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
cd "$(mktemp -d)" || exit 1
class=/sys/class/firmware/vmfwupdate
code 131072 image
idle() { [ "$(first "$class/status")" = idle ]; }
upload() {
	echo 1 >"$class/loading" && cat "$1" >"$class/data" && echo 0 >"$class/loading" &&
		poll 30 idle && first "$class/error"
}

load vmfwupdate || exit 1
t_is 'an image is uploaded without an error' "$(upload image)" ''
t_is 'and armed' "$(attr state) $(model bios-addr) $(model next-bios-size)" "armed $(($(attr bios_addr))) 131072"
t_run 'it is that image' cmp image "$fw/image"
t_fails 'the module stays' 1 'in use' unload vmfwupdate
t_is 'another one is refused' "$(upload image)" preparing:device-busy
t_is 'which leaves the first alone' "$(attr state)" armed
put arm 0
head -c 131071 image >odd
t_is 'an odd size fails when it is armed' "$(upload odd)" programming:invalid-file-size
t_run 'the reason is where it always is' has 'not a multiple of 4096' "$fw/last_error"
model fault write-hang=bios-addr
t_is 'a hypervisor that does not answer' "$(upload image)" programming:timeout
model fault ''
t_run 'the module goes, although it is registered' unload vmfwupdate
t_run 'and the class forgets it' test ! -e "$class"
t_hazard upload-class
t_hazard upload-pins
t_done
