#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the parser of ASPT tables: every rule, every refusal, the CmdResp words
# where: host
# kernels: any
set -eu
exec "$CVM_ROOT/build/selftests/aspt/table_test"
