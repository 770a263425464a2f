#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# test: what the tools share: command line, text and JSON, errors, files, netlink
# where: host
# kernels: any
# timeout: 120

bats_require_minimum_version 1.5.0
load lib.bash

setup() {
	built "$tool"
	cd "$BATS_TEST_TMPDIR"
}

@test "help names every command and option" {
	capture "$tool" --help
	is status "$status" 0
	is err "$err" ""
	while read -r path; do
		grep -qE "^  $path( |\$)" <<<"$out"
	done < <("$tool" --list-commands)
	capture "$tool" options --help
	is status "$status" 0
	for option in --flag --text --number --size --json --verbose --help --version; do
		grep -q -- "$option" <<<"$out"
	done
	grep -qx 'Usage: exampletool options \[ARGUMENT\]... \[OPTIONS\]' <<<"$out"
	grep -qx 'More about options.' <<<"$out"
	capture "$tool" netlink open --help --json
	is status "$status" 0
	run -1 grep -q '[{}]' <<<"$out"
	capture "$tool" file --help
	is status "$status" 0
	is commands "$(grep -c '^  file copy' <<<"$out")" 1
	run -1 grep -q '  show' <<<"$out"
}

@test "version everywhere" {
	for words in "" show "file copy" file; do
		# shellcheck disable=SC2086 # words
		capture "$tool" $words --version
		is status "$status" 0
		is out "$out" "exampletool 1.2.3"
	done
	capture "$tool" -V --json
	is version "$(json .version)" 1.2.3
}

@test "options stand anywhere, -- ends them" {
	capture "$tool" --json options a --flag b -n3 --text=x --size 4K -- --flag
	is status "$status" 0
	is out "$(json -c . | tr -d ' \n')" \
		'{"flag":true,"text":"x","number":3,"size":4096,"words":[],"arguments":["a","b","--flag"]}'
	capture "$tool" options --verbose --text -- - -ft y
	is status "$status" 0
	is text "$(sed -n 's/^Text: *//p' <<<"$out")" y
	is arguments "$(tail -n 1 <<<"$out")" "  -"
}

@test "an option for words keeps each of them, in order" {
	capture "$tool" --json options --word b -wa --word=a
	is words "$(json '.words | join(" ")')" "b a a"
	# shellcheck disable=SC2046 # one option a word
	capture "$tool" --json options $(printf ' -w%s' {1..32})
	is status "$status" 0
	is last "$(json '.words[31]')" 32
	# shellcheck disable=SC2046 # one option a word
	capture "$tool" options $(printf ' -w%s' {1..33})
	is status "$status" 1
	is err "$err" "exampletool: option '-w' is given more than 32 times"
}

@test "wrong usage: exit status 1, the token quoted" {
	while IFS='|' read -r words message; do
		# shellcheck disable=SC2086 # words
		capture "$tool" $words
		is "status of '$words'" "$status" 1
		is "out of '$words'" "$out" ""
		grep -qF -- "exampletool: $message" <<<"$err" || {
			echo "'$words' says: $err" >&2
			false
		}
	done <<-'EOT'
	|no command given
	nosuch|no command 'nosuch'
	sho|no command 'sho'
	file|'file' needs one more word
	file cpy|no command 'file cpy'
	show extra|'show' does not take 'extra'
	parse u64|'parse' needs 2 arguments
	fail|'fail' needs an argument
	--bogus|no option '--bogus'
	-x|no option '-x'
	--flag|no option '--flag'
	options -fx|no option '-x'
	options --text|option '--text' needs a value
	options -t|option '-t' needs a value
	options --flag=1|option '--flag' takes no value, but was given '1'
	options --number 11|--number: '11' is not between 1 and 10
	options -n 0|-n: '0' is not between 1 and 10
	options --number x|--number: 'x' is not a number
	EOT
	capture "$tool" fil copy
	grep -qx "exampletool: hint: did you mean 'file copy'?" <<<"$err"
}

@test "numbers: what is accepted, and what is not" {
	while read -r kind text wanted; do
		capture "$tool" --json parse "$kind" "$text"
		if [ "$wanted" = no ]; then
			is "status of $kind $text" "$status" 1
			json '.errors[0].tried' | grep -qF -- "'$text'"
		else
			is "status of $kind $text" "$status" 0
			is "value of $kind $text" "$(sed -n 's/^  "value": //p' <<<"$out")" "$wanted"
		fi
	done <<-'EOT'
	u64 0 0
	u64 010 10
	u64 0xfF 255
	u64 18446744073709551615 18446744073709551615
	u64 0xffffffffffffffff 18446744073709551615
	u64 18446744073709551616 no
	u64 0x no
	u64 1x no
	u64 +1 no
	u64 1.5 no
	u64-from-5 4 no
	size 4k 4096
	size 3M 3145728
	size 2G 2147483648
	size 7 7
	size 4T no
	size 4KB no
	size 17179869184G no
	hex beEF 48879
	hex be no
	hex beefbeef no
	hex begf no
	choice busy 1
	choice bus no
	EOT
}

@test "text: labels aligned, sections indented" {
	capture "$tool" show
	is status "$status" 0
	is err "$err" ""
	is out "$out" "$(cat <<-'EOT'
	Name:         example
	A long label: 18446744073709551615
	Offset:       -5
	Base:         0xfeb00000
	Enabled:      yes
	Digest:       00ff10
	Owner:        nobody
	Power:        12.3 W
	Ratio:        -
	Size:         4 MiB
	Energy:       1.5 J
	Both:         1/2
	Only text:    t
	Inner:
	  A:   1
	  Bee: 2
	Flags:
	  one
	  two
	EOT
	)"
}

@test "JSON: the same fields, with their types" {
	capture "$tool" --json show
	is status "$status" 0
	is out "$(jq -c . <<<"$out" | sed 's/18446744073709551615/N/; s/18446744073709552000/N/')" \
		'{"name":"example","count":N,"offset":-5,"base":"0xfeb00000","enabled":true,"digest":"00ff10","owner":null,"watts":12.3,"ratio":null,"size_bytes":4194304,"energy_uj":1500000,"both":"1/2","only_json":"j","inner":{"a":"1","bee":"2"},"flags":["one","two"]}'
	grep -q '"count": 18446744073709551615,' <<<"$out"
}

@test "tables: columns, missing cells, characters of several bytes" {
	capture "$tool" table 3
	is out "$out" "$(printf '%s\n' ' ID  NAME  EXTRA' '  0  été   -' '100  n     x' '200  n     -')"
	capture "$tool" table
	is out "$out" "no rows"
	is status "$status" 0
	capture "$tool" table 1000 --json
	is rows "$(json '.rows | length')" 1000
	is cell "$(json '.rows[1].extra')" x
	capture "$tool" table --json
	is rows "$(json '.rows | length')" 0
}

@test "an error: what, answer, hint, and what was gathered" {
	capture "$tool" fail 3
	is status "$status" 3
	is out "$out" "Before: gathered"
	is err "$err" "$(cat <<-'EOT'
	exampletool: warning: something odd: 3
	exampletool: opening '/nonexistent': No such file or directory
	exampletool: hint: make it
	EOT
	)"
	capture "$tool" --json fail 2
	is status "$status" 2
	is err "$err" ""
	is out "$(jq -c . <<<"$out")" '{"before":"gathered","warnings":["something odd: 2"],"errors":[{"tried":"opening '\''/nonexistent'\''","answer":"No such file or directory","next":"make it","exit_status":2}]}'
}

@test "usage errors are JSON, too" {
	capture "$tool" --bogus --json
	is status "$status" 1
	is err "$err" ""
	is error "$(json '.errors[0].tried')" "no option '--bogus'"
	# Behind -- it is no option.
	capture "$tool" show -- --json
	is status "$status" 1
	is out "$out" ""
}

@test "bytes that would harm a terminal are shown, not sent" {
	capture "$tool" hostile
	is status "$status" 2
	is out "$out" 'Text: \x1b[31mred\xff \xc2\x9b \xed\xa0\x80\x0a\x7f'
	is err "$err" "exampletool: read '\\x1b]0;x'"
	capture "$tool" hostile --json
	is text "$(json .text)" '\x1b[31mred\xff \xc2\x9b \xed\xa0\x80\x0a\x7f'
	capture "$tool" $'no\033such'
	is err "$(head -n 1 <<<"$err")" "exampletool: no command 'no\\x1bsuch'"
}

@test "output that cannot be written is a failure" {
	for words in show "show --json" "table 1000" raw stream --help --list-commands; do
		status=0
		# shellcheck disable=SC2086 # words
		err=$("$tool" $words 2>&1 >/dev/full) || status=$?
		is "status of '$words'" "$status" 2
		is "err of '$words'" "$err" "exampletool: writing the output: No space left on device"
	done
	status=0
	err=$("$tool" show 2>&1 >&-) || status=$?
	is status "$status" 2
}

@test "quantities" {
	while read -r n unit wanted; do
		capture "$tool" quantity "$n" "$unit"
		is "$n $unit" "$out" "Value: $wanted"
		capture "$tool" quantity "$n" "$unit" --json
		is "$n $unit in JSON" "$(json .value)" "$n"
	done <<-'EOT'
	0 bytes 0 bytes
	1023 bytes 1023 bytes
	1024 bytes 1 KiB
	1536 bytes 1.5 KiB
	5000000 bytes 4.768 MiB
	0 uj 0 J
	1 uj 1 uJ
	1500 uj 1.5 mJ
	123456789 uj 123.456 J
	9000000000000 uj 9 MJ
	0 uw 0 W
	12345678 uw 12.345 W
	1000000000 uw 1 kW
	999 ns 999 ns
	2500000 ns 2.5 ms
	61000000000 ns 61 s
	EOT
}

@test "documents one a line, raw bytes alone" {
	capture "$tool" stream --json
	is out "$out" "$(printf '{"text":"%d"}\n' 0 1 2)"
	capture "$tool" stream
	is out "$out" "$(printf 'Text: %d\n' 0 1 2)"
	"$tool" raw >bytes
	"$tool" --json raw >bytes-json
	printf 'a\0b' >wanted
	cmp bytes wanted
	cmp bytes-json wanted
}

@test "files: whole, limited, from a pipe, and not there" {
	head -c 100000 /dev/urandom >from
	capture "$tool" file copy from to
	is status "$status" 0
	cmp from to
	is mode "$(stat -c %a to)" 640
	# shellcheck disable=SC2094 # both read only
	"$tool" file copy - - <from | cmp - from
	# shellcheck disable=SC2002,SC2094 # the pipe is the point
	cat from | "$tool" file copy - /dev/stdout | cmp - from
	capture "$tool" file copy from to 100000
	is status "$status" 0
	capture "$tool" file copy from other 99999
	is status "$status" 2
	is err "$(head -n 1 <<<"$err")" "exampletool: reading 'from': it is larger than 97.655 KiB"
	[ ! -e other ]
	# A device that never ends, and a file whose size says nothing.
	capture "$tool" file copy /dev/zero other 1M
	is status "$status" 2
	[ ! -e other ]
	: >empty
	capture "$tool" file copy empty to
	is status "$status" 0
	[ ! -s to ]
	capture "$tool" file copy /proc/self/status to
	is status "$status" 0
	grep -q '^Name:.*exampletool' to
	capture "$tool" file copy nosuch to
	is status "$status" 3
	is err "$err" "exampletool: opening 'nosuch': No such file or directory"
	capture "$tool" file copy . to
	is status "$status" 2
	is err "$err" "exampletool: reading '.': Is a directory"
	capture "$tool" file copy from nosuch/to
	is status "$status" 3
	capture "$tool" file copy from /dev/full
	is status "$status" 2
	is err "$err" "exampletool: writing '/dev/full': No space left on device"
}

@test "a file is replaced completely or not at all" {
	echo new >from
	echo old >to
	chmod 604 to
	ln -s to link
	capture "$tool" file copy from link
	is status "$status" 0
	is content "$(cat to)" new
	is mode "$(stat -c %a to)" 604
	[ -L link ]
	is files "$(ls)" "$(printf '%s\n' err from link out to)"
}

@test "a file that is replaced keeps its owner, or stays" {
	# Below BATS_TEST_TMPDIR nobody else gets in.
	local dir
	dir=$(mktemp -d)
	cp "$tool" "$dir/tool"
	cd "$dir"
	chmod 777 .
	echo new >from
	echo old >to
	chown 65534:65533 to
	chmod 2644 to
	capture ./tool file copy from to
	is status "$status" 0
	is content "$(cat to)" new
	is owner "$(stat -c %u:%g:%a to)" 65534:65533:2644
	# Somebody who may write to the folder, but not give a file away.
	echo old >to
	capture setpriv --reuid 65533 --regid 65533 --clear-groups ./tool file copy from to
	is status "$status" 2
	is err "$(head -n 1 <<<"$err")" "exampletool: writing 'to': Operation not permitted"
	grep -q 'its owner or group cannot be kept' <<<"$err"
	is content "$(cat to)" old
	is owner "$(stat -c %u:%g:%a to)" 65534:65533:2644
	is files "$(echo *)" 'from to tool'
	cd "$BATS_TEST_TMPDIR"
	rm -r "$dir"
}

@test "attributes: trimmed, too long, numbers, writes" {
	printf '42\n' >a
	capture "$tool" attribute a --json
	is out "$(jq -c . <<<"$out")" '{"read":2,"text":"42","number_read":0,"number":42}'
	# exampletool's buffer holds 15 characters
	printf '123456789012345' >a
	capture "$tool" attribute a --json
	is text "$(json .text)" 123456789012345
	printf '1234567890123456' >a
	capture "$tool" attribute a --json
	is read "$(json .read)" -27
	is text "$(json '.text == ""')" true
	capture "$tool" attribute nosuch --json
	is read "$(json .read)" -2
	capture "$tool" attribute a new
	is status "$status" 0
	is content "$(head -c 3 a)" new
	capture "$tool" attribute nosuch new
	is status "$status" 3
	capture "$tool" attribute /dev/full new
	is status "$status" 2
}

@test "a signal ends a loop well" {
	"$tool" wait --json >waiting &
	pid=$!
	until grep -q waiting waiting; do
		kill -0 "$pid"
	done
	kill -TERM "$pid"
	wait "$pid"
	is documents "$(cat waiting)" "$(printf '{"state":"%s"}\n' waiting stopped)"
}

@test "progress on a terminal only" {
	capture "$tool" progress
	is err "$err" ""
	script -qec "$tool progress" /dev/null >terminal </dev/null
	grep -q 'copying \[##* *\] *[0-9]*%' terminal
	# It ends with the line wiped.
	tail -c 4 terminal | cmp - <(printf '\r\033[K')
}

@test "verbose notes go to stderr" {
	capture "$tool" show
	is err "$err" ""
	capture "$tool" --verbose show --json
	is err "$err" "exampletool: looking at nothing"
	json .name >name
}

@test "netlink: dumps, requests, the kernel's words, absence" {
	capture "$tool" families --json
	is status "$status" 0
	json '.families | map(.name) | index("nlctrl") != null' >found
	capture "$tool" families nlctrl
	is out "$out" "$(printf 'NAME\nnlctrl')"
	capture "$tool" families nosuch
	is status "$status" 3
	is err "$err" "exampletool: asking for 'nosuch': No such file or directory"
	is out "$out" ""
	capture "$tool" netlink open nosuch
	is status "$status" 3
	is err "$err" "$(printf '%s\n' \
		"exampletool: looking for the netlink family 'nosuch': this kernel does not have it" \
		"exampletool: hint: load its module: modprobe example_module")"
	capture "$tool" netlink bad --json
	is status "$status" 2
	is errno "$(json .quiet)" -34
	is words "$(json .words)" "Attribute failed policy validation"
	is answer "$(json '.errors[0].answer')" \
		"Attribute failed policy validation (Numerical result out of range)"
	capture "$tool" netlink listen notify
	is status "$status" 0
	capture "$tool" netlink listen nosuch
	is status "$status" 3
}

@test "netlink: a dump that is disturbed is repeated, lost events are told" {
	capture "$tool" families
	calm=$out
	capture "$tool" netlink disturbed 3
	is status "$status" 0
	is err "$err" ""
	is out "$out" "$calm"
	# One that never comes to rest is shown all the same, with a warning.
	capture "$tool" netlink disturbed 1000
	is status "$status" 0
	is out "$out" "$calm"
	is err "$err" "exampletool: warning: what was listed changed meanwhile; some of it may be missing"
	capture "$tool" netlink lose
	is status "$status" 2
	is err "$err" "exampletool: warning: events came faster than they were read; some are lost"
}

@test "completion proposes commands, their second words and options" {
	complete_words() { "$tool" --complete "$@" | tr '\n' ' '; }
	is words "$(complete_words f)" "fail file families "
	is words "$(complete_words net)" "netlink "
	is words "$(complete_words netlink "")" "bad open disturbed lose listen "
	is words "$(complete_words --json netlink o)" "open "
	is words "$(complete_words options --t)" "--text "
	is words "$(complete_words options --text "")" ""
	is words "$(complete_words options --text x --s)" "--size "
	is words "$(complete_words show --ver)" "--verbose --version "
	is words "$(complete_words nosuch "")" ""
	is words "$(complete_words show "")" ""
}
