# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of vmfwctl without a machine share: a folder of their own, which
# they are in, and the images and tools that they need. Sourced, never run.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=selftests/bench/common.sh
. "$here/../bench/common.sh"
install_packages ovmf seabios jq
build=${CVM_BUILD:-$root_dir/build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fwimage() { "$build/selftests/vmfwupdate/fwimage" "$@"; }
tool() { "$build/tools/vmfwctl" "$@"; }
