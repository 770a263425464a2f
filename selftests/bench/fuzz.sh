#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: every fuzz target survives its seeds and some thousand inputs; the fuzzer finds what is wrong
# where: host
# kernels: any
# timeout: 600
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
fuzz=$here/../fuzz/run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A target that is wrong in ways of which each sanitizer knows one.
cat >"$work/wrong.c" <<'EOC'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile int sink;
	char *copy = malloc(size + 1);

	memcpy(copy, data, size);
	if (size == 2 && copy[0] == WRONG_BYTE)
		sink = copy[size + 1];
	else if (size == 2 && copy[0] == WRONG_SHIFT)
		sink = 1 << (copy[1] | 32);
	else if (size == 2 && copy[0] == WRONG_LEAK)
		copy = NULL;
	free(copy);
	return sink & 0;
}
EOC
for kind in BYTE:heap-buffer-overflow SHIFT:shift LEAK:LeakSanitizer; do
	flags='-DWRONG_BYTE=-1 -DWRONG_SHIFT=-2 -DWRONG_LEAK=-3'
	flags=${flags/WRONG_${kind%:*}=-?/WRONG_${kind%:*}=65}
	name=wrong-${kind%:*}
	{ echo "// link: $flags"; cat "$work/wrong.c"; } >"$work/$name.c"
	mkdir "$work/$name.seeds"
	printf 'A!' >"$work/$name.seeds/one"
	t_fails "a mistake that ${kind#*:} is about is found" 1 "${kind#*:}" \
		env CVM_BUILD="$work" "$fuzz" "$work/$name.c" 1000
done

# The same leak, met only by a seed that a program writes.
cat >"$work/writer.c" <<'EOC'
#include <stdio.h>

int main(int argc, char **argv)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", argv[argc - 1], argv[1]);
	f = fopen(path, "w");
	return !f || fputs("A!", f) < 0 || fclose(f);
}
EOC
sed "2i// seeds: $work/writer.c one" "$work/wrong-LEAK.c" >"$work/written.c"
t_fails "a target's seeds are written for it" 1 'LeakSanitizer' \
	env CVM_BUILD="$work" "$fuzz" "$work/written.c" 1
# shellcheck disable=SC2016 # the inner shell expands it
t_fails "what does not compile is reported" 2 'building .* failed' \
	env CVM_BUILD="$work" bash -c 'echo "int x = ;" >"$2/no.c"; exec "$1" "$2/no.c"' - "$fuzz" "$work"
t_fails "an unknown target is refused" 2 "no target 'nosuch'" "$fuzz" nosuch
t_fails "a senseless amount is refused" 2 "'10m' is neither" "$fuzz" toollib 10m

while IFS= read -r target; do
	# A line "// runs: N" says how many inputs are enough of a target that is slow.
	runs=$(sed -n '1,20s|^// runs: ||p' "$here/../fuzz/$target.c")
	t_run "$target" "$fuzz" "$target" "${runs:-20000}"
done < <("$fuzz" --list)
t_done
