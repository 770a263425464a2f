#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the linter finds a mistake of each kind that it is about
# where: host
# kernels: any
# timeout: 300
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A project of one small driver, without a mistake at first.
copy=$work/copy
mkdir -p "$copy/selftests/bench" "$copy/drivers/compat" "$copy/drivers/aspt" "$copy/include/uapi/linux"
cp "$top/Makefile" "$top/Kbuild" "$copy/"
cp "$here/../lint" "$copy/selftests/"
cp "$here/common.sh" "$here/kernel" "$copy/selftests/bench/"
cp "$top"/drivers/compat/*.h "$copy/drivers/compat/"
cat >"$copy/drivers/aspt/Kbuild" <<'EOT'
# SPDX-License-Identifier: GPL-2.0-only
obj-m := aspt.o
aspt-y := main.o
EOT
cat >"$copy/drivers/aspt/main.c" <<'EOT'
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

/**
 * aspt_answer() - the answer
 * @question: any question
 *
 * Return: the answer.
 */
int aspt_answer(int question);
int aspt_answer(int question)
{
	return 42 + question;
}

MODULE_DESCRIPTION("example");
MODULE_LICENSE("GPL");
EOT
cat >"$copy/include/uapi/linux/aspt.h" <<'EOT'
/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
EOT
cat >"$copy/selftests/example.sh" <<'EOT'
#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
echo "$1"
EOT

lint() { DRIVERS=aspt "$copy/selftests/lint" "$@"; }

# finds CHECK FILE SED REGEX: after the edit the check fails and says so.
finds() {
	local check=$1 file=$copy/$2 edit=$3 regex=$4
	cp "$file" "$work/kept"
	sed -i "$edit" "$file"
	if cmp -s "$file" "$work/kept"; then
		t_fail "$check finds /$regex/" "the edit '$edit' changes nothing"
	else
		t_fails "$check finds /$regex/" 1 "^ +${file#"$copy/"}.*$regex" lint "$check"
	fi
	cp "$work/kept" "$file"
}

for check in spdx places size shellcheck checkpatch kernel-doc sparse-6.1; do
	t_run "$check accepts what is right" lint "$check"
done
main=drivers/aspt/main.c
finds spdx $main 1d 'no SPDX-License-Identifier'
finds spdx include/uapi/linux/aspt.h 's/ WITH.*note//' "needs 'WITH Linux-syscall-note'"
finds places $main "\$a /* see https://deb"'.example/ */' 'example'
finds places $main "\$a /* see /ho"'me/somebody/notes */' 'somebody'
finds places $main "\$a /* $copy/notes */" 'notes'
finds size $main "\$a $(printf '\\n%.0s' {1..800})" 'more than 800'
finds shellcheck selftests/example.sh 's/"//g' 'SC2086'
finds checkpatch $main 's/^\treturn 42/        return 42/' 'CODE_INDENT'
finds kernel-doc $main 's/@question/@answer/' "'question' not described"
finds sparse-6.1 $main 's/^int aspt_answer(int question);$/static int *aspt_none;\n&/' 'aspt_none.* defined but not used'
finds sparse-6.1 $main 's/^int aspt_answer(int question);$/int *aspt_none = 0;\n&/' 'plain integer as NULL'
t_fails 'an unknown check is refused' 2 "no check 'nosuch'" lint nosuch
t_done
