# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The tool itself knows what may stand where.
_vmsrctl() {
	mapfile -t COMPREPLY < <("$1" --complete \
		"${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _vmsrctl vmsrctl
