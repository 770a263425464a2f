#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# test: vmsrctl without a kernel: recordings and their pictures, metrics read by Prometheus's own tools, top at any width
# where: host
# kernels: any
# timeout: 180

bats_require_minimum_version 1.5.0
load lib.bash

vmsrctl=$build_dir/tools/vmsrctl
parts=$build_dir/selftests/tools/vmsrctl_parts

setup_file() {
	# shellcheck source=selftests/bench/common.sh
	. "$BATS_TEST_DIRNAME/../bench/common.sh"
	install_packages libxml2-utils librsvg2-bin
}

setup() {
	built "$vmsrctl"
	built "$parts"
	export LC_ALL=C.UTF-8
	cd "$BATS_TEST_TMPDIR"
	# Two VMs with 10 W and 5 W for ten seconds, the second with 1 W of overhead in it.
	{
		echo 'vmsr-recording 1 uJ ns'
		echo '# made up'
		echo 'session 1700000000000000000 50000000000 1000000000 boot'
		for ((s = 0; s <= 10; s++)); do
			echo "sample $((50 + s))000000000 1 $((s * 10000000)) 0 0 0 web"
			echo "sample $((50 + s))000000000 2 $((s * 4000000)) $((s * 1000000)) 0 0 a%20<b>"
		done
	} >recording
}

# well SVG: it is XML, and a renderer takes it.
well() {
	xmllint --noout "$1"
	rsvg-convert "$1" -o picture.png
	[ -s picture.png ]
}

@test "a picture of areas: heights, axes, legend" {
	capture "$vmsrctl" plot recording -o areas.svg
	is status "$status" 0
	is err "$err" ""
	well areas.svg
	# 324 pixels are 15 W: the first area ends at 10 W, the second on top of it at 15 W.
	is areas "$(grep -c '<polygon' areas.svg)" 2
	is first "$(sed -nE 's/.*fill="#0072b2" points=" [0-9.]+,([0-9.]+) .*/\1/p' areas.svg)" 152.0
	is second "$(sed -nE 's/.*fill="#e69f00" points=" [0-9.]+,([0-9.]+) .*/\1/p' areas.svg)" 44.0
	grep -q '>15 W<' areas.svg
	grep -q '>22:13:24<' areas.svg
	grep -q '>time (UTC), from 2023-11-14<' areas.svg
	grep -q '>web (1)<title>100 J in all<' areas.svg
	grep -q '>a &lt;b&gt; (2)<title>50 J in all<' areas.svg
}

@test "a picture of lines, on standard output" {
	"$vmsrctl" plot --lines --title 'A & B' --width 600 --height 300 recording >lines.svg
	well lines.svg
	is lines "$(grep -c '<polyline' lines.svg)" 2
	grep -q 'width="600" height="300"' lines.svg
	grep -q '>A &amp; B<' lines.svg
	# 204 pixels are 10 W.
	is second "$(sed -nE 's/.*stroke="#e69f00" points=" [0-9.]+,([0-9.]+) .*/\1/p' lines.svg)" 146.0
	capture "$vmsrctl" plot --width 10 recording
	is status "$status" 1
}

@test "more VMs than colours: the smallest are one" {
	{
		head -n 3 recording
		for t in 50 60; do
			for ((v = 1; v <= 30; v++)); do
				echo "sample ${t}000000000 $v $(((t - 50) * v * 1000000)) 0 0 0 vm$v"
			done
		done
	} >many
	"$vmsrctl" plot many >many.svg
	well many.svg
	is areas "$(grep -c '<polygon' many.svg)" 9
	grep -q '>vm30 (30)<' many.svg
	# 1 to 22, ten seconds each.
	grep -q '>22 others<title>2.530 kJ in all<' many.svg
}

@test "sessions: a gap stays one, a clock set back is told" {
	cp recording two
	sed -n '3,$p' recording | sed 's/^session 1700000000/session 1700000060/' >>two
	"$vmsrctl" plot two >two.svg
	well two.svg
	is areas "$(grep -c '<polygon' two.svg)" 4
	grep -q '>web (1)<title>200 J in all<' two.svg
	cp recording back
	sed -n '3,$p' recording | sed 's/^session 1700000000/session 1600000000/' >>back
	capture "$vmsrctl" plot -o back.svg back
	is status "$status" 0
	is err "$err" "vmsrctl: warning: back: line 26: the clock had been set back; this session is shown right after the one before"
	well back.svg
}

@test "an end as a crash leaves it" {
	for end in 'sample 61000000000 1 11' 'session 17' '\0\0\0\0'; do
		# shellcheck disable=SC2059 # the zero bytes
		{ cat recording; printf "$end"; } >torn
		capture "$vmsrctl" plot torn -o torn.svg
		is "status of $end" "$status" 0
		is "err of $end" "$err" "vmsrctl: warning: torn: line 26 is not whole, as after a crash; it is left out"
	done
	well torn.svg
}

@test "a hostile recording is refused with the line's number" {
	while IFS='|' read -r lines message; do
		{ head -n 4 recording; printf '%b\n' "$lines"; } >bad
		capture "$vmsrctl" plot bad
		is "status of $lines" "$status" 2
		is "out of $lines" "$out" ""
		is "err of $lines" "$(head -n 1 <<<"$err")" "vmsrctl: reading 'bad': line $message"
	done <<-'EOT'
	|5: it begins with '', not with session or sample
	smaple 1|5: it begins with 'smaple', not with session or sample
	# fine\nsample|6: a sample has seven words: time, VM, 2 energies, 2 times, name
	sample 51000000000 1 0 0 0 0 web more|5: a sample has seven words: time, VM, 2 energies, 2 times, name
	sample 51000000000 1 0 0 0 0 web more and more|5: a sample has seven words: time, VM, 2 energies, 2 times, name
	sample 51000000000 1 0 0 0 0|5: a sample has seven words: time, VM, 2 energies, 2 times, name
	sample x 1 0 0 0 0 web|5: the time is 'x', not a number
	sample -1 1 0 0 0 0 web|5: the time is '-1', not a number
	sample 0x10 1 0 0 0 0 web|5: the time is '0x10', not a number
	sample 51000000000  1 0 0 0 web|5: the VM is '', not a number
	sample 51000000000 4294967296 0 0 0 0 web|5: the VM is 4294967296, more than 4294967295
	sample 51000000000 1 18446744073709551616 0 0 0 web|5: the vCPU energy is '18446744073709551616', not a number
	sample 9223372036854775807 1 0 0 0 0 web|5: the time is too late for a date
	sample 50000000000 1 0 0 0 0 web|5: VM 1 was at 50000000000 already, not before 50000000000
	sample 51000000000 1 5 5 5 5 web\nsample 52000000000 1 4 5 5 5 web|6: the vCPU energy of VM 1 went back: 5, 4
	sample 51000000000 1 5 5 5 5 web\nsample 52000000000 1 5 5 5 4 web|6: the overhead time of VM 1 went back: 5, 4
	sample 51000000000 1 0 0 0 0 %|5: the name has a % that two digits do not follow, or %00
	sample 51000000000 1 0 0 0 0 %0|5: the name has a % that two digits do not follow, or %00
	sample 51000000000 1 0 0 0 0 %00|5: the name has a % that two digits do not follow, or %00
	sample 51000000000 1 0 0 0 0 123456789a123456789b123456789c123456789d12345678|5: the name has more than 47 bytes
	sample 51000000000 1 0\0 0 0 0 web|5: it has a zero byte
	session 1 2 3|5: a session has four words: two times, the period, the boot
	session 1 2 0 boot|5: the period is 0
	session 9223372036854775808 2 1 boot|5: the time of day is 9223372036854775808, more than 9223372036854775807
	EOT
	{ head -n 1 recording; echo 'sample 1 1 0 0 0 0 web'; } >bad
	capture "$vmsrctl" plot bad
	is err "$err" "vmsrctl: reading 'bad': line 2: a sample before the first session"
	for first in '' 'vmsr-recording 2 uJ ns' 'vmsr-recording 1 uJ nss' 'vmsr-recording 1 uJ'; do
		printf '%s\n' "$first" >bad
		capture "$vmsrctl" plot bad
		is "status of '$first'" "$status" 2
		is "err of '$first'" "$(head -n 1 <<<"$err")" "vmsrctl: reading 'bad': line 1 is not 'vmsr-recording 1 uJ ns'"
	done
	head -n 5 recording >bad
	capture "$vmsrctl" plot bad
	is status "$status" 2
	is err "$(head -n 1 <<<"$err")" "vmsrctl: drawing 'bad': no VM has two samples of one session"
	capture "$vmsrctl" plot nosuch
	is status "$status" 3
}

@test "the largest numbers that a recording can have" {
	{
		head -n 3 recording
		echo "sample 0 1 0 0 0 0 -"
		echo "sample 7523372036854775807 1 18446744073709551615 18446744073709551615 0 0 -"
		echo "sample 0 2 0 0 0 0 x"
		echo "sample 1 2 18446744073709551615 0 0 0 x"
	} >large
	"$vmsrctl" plot large >large.svg
	well large.svg
	run ! grep -qiE '"[^"]*(nan|inf)' large.svg
}

@test "names survive a recording" {
	"$parts" record >names <<-'EOT'
	1 0 0 0 1000000000 a b%c
	2 0 0 0 1000000000 -
	3 0 0 0 1000000000 \x0a\x1b\xff\x7f
	--
	1 1000000 0 0 2000000000 a b%c
	2 1000000 0 0 2000000000 -
	3 1000000 0 0 2000000000 \x0a\x1b\xff\x7f
	EOT
	is lines "$(wc -l <names)" 8
	"$vmsrctl" plot names >names.svg
	well names.svg
	grep -qF '>a b%c (1)<' names.svg
	grep -qF '>- (2)<' names.svg
	grep -qF '>\x0a\x1b\xff\x7f (3)<' names.svg
}

made_up_vms() {
	cat <<-'EOT'
	1 1500000 250000 1750000 1000000000 web
	7 18446744073709551615 0 0 1000000000 a "b" \x5c\x0a\xff{,}=
	EOT
}

@test "metrics: figures, escapes, and promtool's opinion" {
	# shellcheck source=selftests/bench/common.sh
	. "$BATS_TEST_DIRNAME/../bench/common.sh"
	made_up_vms | "$parts" metrics >made.prom
	grep -qF 'vmsr_vm_energy_joules_total{id="1",name="web",part="vcpu"} 1.500000' made.prom
	grep -qF 'vmsr_vm_energy_joules_total{id="1",name="web",part="overhead"} 0.250000' made.prom
	grep -qF 'vmsr_vm_energy_joules_total{id="7",name="a \"b\" \\\\x0a\\xff{,}=",part="vcpu"} 18446744073709.551615' made.prom
	grep -qF 'vmsr_vm_power_watts{id="1",name="web"} 1.750000' made.prom
	grep -qF 'vmsr_package_read_errors_total{index="0",package="1",die="0"} 3' made.prom
	is "one HELP and TYPE each" "$(grep '^#' made.prom | cut -d' ' -f2,3 | sort | uniq -d)" ""
	promtool=$(unpacked prometheus)/usr/bin/promtool
	"$promtool" check metrics <made.prom
	# It does find mistakes.
	sed '/^# HELP vmsr_vm_vcpus/d' made.prom >unhelpful
	run -3 "$promtool" check metrics <unhelpful
	sed 's/\\"b/"b/' made.prom >unescaped
	run -1 "$promtool" check metrics <unescaped
}

@test "metrics: node_exporter's textfile collector passes them on" {
	# shellcheck source=selftests/bench/common.sh
	. "$BATS_TEST_DIRNAME/../bench/common.sh"
	exporter=$(unpacked prometheus-node-exporter)/usr/bin/prometheus-node-exporter
	mkdir files
	made_up_vms | "$parts" metrics >files/vmsr.prom
	"$exporter" --collector.disable-defaults --collector.textfile --collector.textfile.directory="$PWD/files" \
		--web.disable-exporter-metrics --web.listen-address=127.0.0.1:0 3>&- >exporter.log 2>&1 &
	exporter_pid=$!
	port=
	for ((i = 0; i < 600; i++)); do
		port=$(sed -n 's/.*msg="Listening on" address=127\.0\.0\.1:\([0-9]*\)$/\1/p' exporter.log)
		[ -z "$port" ] || break
		kill -0 "$exporter_pid"
		sleep 0.1
	done
	exec {web}<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$web"
	cat <&"$web" >answer
	exec {web}>&-
	kill "$exporter_pid"
	cat exporter.log
	grep -qF 'node_textfile_scrape_error 0' answer
	grep -qF 'vmsr_vm_energy_joules_total{id="1",name="web",part="vcpu"} 1.5' answer
	grep -qF 'vmsr_vm_power_watts{id="7",name="a \"b\" \\\\x0a\\xff{,}="} 0' answer
	grep -qF '# TYPE vmsr_vm_energy_joules_total counter' answer
}

# top_of WIDTH KEY [reverse]: of three VMs, of which one starts and one ends.
top_of() {
	"$parts" top "$@" <<-'EOT'
	1 1000000 0 1000000 1000000000 web
	2 9000000 0 9000000 1000000000 gone
	3 2000000 0 8000000 1000000000 日本語の名前です
	--
	1 9000000 500000 1 2000000000 web
	3 2000000 100000 100000 2000000000 日本語の名前です
	4 70000000 1 4000000 2000000000 \x1b[31mred
	EOT
}

@test "top: figures, order, history" {
	capture top_of 100 power
	is out "$out" "$(cat <<-'EOT'
	3 VMs, 12.6 W, every 1 s
	    ID NAME                  VCPUS    >WATTS      VCPU  OVERHEAD       ENERGY HISTORY               |
	     1 web                       2     8.500     8.000     0.500        9.5 J                     ▁█|
	     4 \x1b[31mred               2     4.000         -         -         70 J                      ▄|
	     3 日本語の名前です          2     0.100     0.000     0.100        2.1 J                     █▁|
	EOT
	)"
	order() { top_of 100 "$@" | sed -nE 's/^ +([0-9]+) .*/\1/p' | tr '\n' ' '; }
	is vcpu "$(order vcpu)" "1 3 4 "
	is overhead "$(order overhead)" "1 3 4 "
	is energy "$(order energy)" "4 1 3 "
	is name "$(order name)" "4 1 3 "
	is id "$(order id)" "1 3 4 "
	is "id, reversed" "$(order id reverse)" "4 3 1 "
	is "power, reversed" "$(order power reverse)" "3 4 1 "
}

@test "top: every line is as wide as the terminal, whatever its width" {
	for width in {0..22} 31 32 38 42 48 61 62 77 80 99 132 250; do
		top_of "$width" power | tail -n +2 >lines
		while IFS= read -r line; do
			line=${line%|}
			# Each of these takes two columns.
			wide=${line//[^日本語の名前です]/}
			is "width $width of '$line'" "$((${#line} + ${#wide}))" "$width"
		done <lines
	done
	# What matters most stays the longest.
	grep -q WATTS <<<"$(top_of 9 power)"
	grep -qE 'NAME +>WATTS' <<<"$(top_of 20 power)"
}

@test "top: what is no terminal is told so" {
	# Without the module that comes first; the order of the two does not matter.
	capture "$vmsrctl" top --sort nothing
	is status "$status" 1
	is err "$err" "vmsrctl: --sort: 'nothing' is not one of: power, vcpu, overhead, energy, name, id"
}

@test "the name on a VMM's command line" {
	while IFS='|' read -r words name; do
		# shellcheck disable=SC2086 # words
		is "name of '$words'" "$("$parts" name $words)" "$name"
	done <<-'EOT'
	qemu -m 1 -name web -cpu max|web
	qemu -name guest=web,debug-threads=on|web
	qemu -name debug-threads=on,guest=web,process=p|web
	qemu -name web,process=p|web
	qemu -name guest=a,,b,process=p|a,b
	qemu -name process=a,,guest=b|(none)
	qemu -name process=p|(none)
	qemu -name|(none)
	qemu|(none)
	firecracker --id 42 --api-sock s|42
	crosvm --name=box|box
	qemu -name ééééééééééééééééééééééééééééé|ééééééééééééééééééééééé
	EOT
}

@test "a power as people type it" {
	while read -r word uw; do
		is "power of '$word'" "$("$parts" watts "$word")" "$uw"
	done <<-'EOT'
	1 1000000
	12.5 12500000
	007.25 7250000
	0.000001 1
	12.345678 12345678
	18446744073709.551615 18446744073709551615
	18446744073709.551616 no
	18446744073710 no
	184467440737095516160 no
	0 no
	0.000000 no
	1.0000000 no
	1. no
	.5 no
	1.2.3 no
	-1 no
	+1 no
	1e3 no
	0x10 no
	1W no
	EOT
	is "power of nothing" "$("$parts" watts '')" no
}

@test "set, helper, events: what is wrong is told before the kernel is asked" {
	while IFS='|' read -r words message; do
		# shellcheck disable=SC2086 # words
		capture "$vmsrctl" $words
		is "status of '$words'" "$status" 1
		is "err of '$words'" "$(head -n 1 <<<"$err")" "vmsrctl: $message"
	done <<-'EOT'
	set volume 11|'set' does not take 'volume'
	set period soon|MS: 'soon' is not a number
	set period 4294967296|MS: '4294967296' is not between 1 and 4294967295
	set policy fair|POLICY: 'fair' is not one of: capacity, busy, core
	set threshold web|'set threshold' needs 2 arguments
	set threshold web much|WATTS: 'much' is no power
	set threshold web 0|WATTS: '0' is no power
	helper web swtpm|PID: 'swtpm' is not a number
	helper web 0|PID: '0' is not between 1 and 2147483647
	events --count 0|--count: '0' is not between 1 and 4294967295
	EOT
	is "words of set" "$("$vmsrctl" --complete set '' | tr '\n' ' ')" "period policy threshold "
}
