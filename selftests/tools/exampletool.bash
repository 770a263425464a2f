# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Bash completion for exampletool, which knows best itself.
_exampletool() {
	mapfile -t COMPREPLY < <("$1" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _exampletool exampletool
