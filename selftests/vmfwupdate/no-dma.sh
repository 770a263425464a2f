#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a fw_cfg without DMA: ENODEV, one clear line in the log, nothing left behind
# where: vm
# machine: guest
# vm-args: --set fwup0=none --qemu-arg -global --qemu-arg fw_cfg_io.dma_enabled=off
# long: debug
# timeout: 60
set -u
# shellcheck source=selftests/vmfwupdate/lib.bash
. "$CVM_ROOT/selftests/vmfwupdate/lib.bash"
t_run 'the fw_cfg device is there' test -e /sys/bus/acpi/devices/QEMU0002:00
refuses_without_interface 'no DMA' 'fw_cfg has no ports for DMA'
t_hazard no-dma
t_done
