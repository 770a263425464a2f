# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the bench's scripts share. Sourced, never run.

bench_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root_dir=$(cd "$bench_dir/../.." && pwd)
export bench_dir root_dir

# Everything expensive lives here, outside the checkout, so that a second
# checkout, or the same one after `git clean`, finds it again.
cache_dir=${CVM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cvm-modules}
mkdir -p "$cache_dir"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 2; }

# locked NAME COMMAND...: two test runs may want the same piece at once.
locked() {
	local name=$1
	shift
	(
		exec 9>"$cache_dir/.lock-$name"
		flock 9
		"$@"
	)
}

# install_packages PACKAGE...: installs what is missing, and only that.
install_packages() {
	local missing=() p
	for p; do
		dpkg-query -W -f='${db:Status-Status}\n' "$p" 2>/dev/null |
			grep -qx installed || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "these packages are missing and only root can install them: ${missing[*]}"
	say "installing ${missing[*]}"
	apt_lists
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		"${missing[@]}" </dev/null >"$cache_dir/apt.log" 2>&1 || {
		tail -n 20 "$cache_dir/apt.log" >&2
		die "apt-get install failed, its whole output is in $cache_dir/apt.log"
	}
}

# apt_lists: `apt-get update`, at most once a day.
apt_lists() {
	local stamp=$cache_dir/.apt-updated
	[ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] && return 0
	apt-get update -q </dev/null >"$cache_dir/apt.log" 2>&1 || {
		tail -n 20 "$cache_dir/apt.log" >&2
		die "apt-get update failed"
	}
	touch "$stamp"
}

# candidate_of PACKAGE: the version that apt would install. Asking apt takes
# seconds, so its answer is kept until its lists change.
candidate_of() {
	local memo answer
	memo=$cache_dir/.candidate-$1-$(stat -c %Y /var/lib/apt/lists | tr '\n' _)
	if [ ! -s "$memo" ]; then
		answer=$(apt-cache policy "$1" | sed -n 's/^  Candidate: //p')
		if [ -z "$answer" ] || [ "$answer" = "(none)" ]; then
			apt_lists
			memo=$cache_dir/.candidate-$1-$(stat -c %Y /var/lib/apt/lists | tr '\n' _)
			answer=$(apt-cache policy "$1" | sed -n 's/^  Candidate: //p')
		fi
		case $answer in
		"" | "(none)") die "apt knows no package $1: is this Debian 12 with its security updates?" ;;
		esac
		rm -f "$cache_dir/.candidate-$1-"*
		printf '%s\n' "$answer" >"$memo"
	fi
	cat "$memo"
}

# apt_source PACKAGE: downloads a source package (not unpacked) into the
# current directory, from the same places as the machine's binary packages,
# whether or not its sources.list names deb-src.
apt_source() (
	set -e
	etc=$(mktemp -d)
	trap 'rm -rf "$etc"' EXIT
	mkdir -p "$etc/parts" "$etc/lists/partial"
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$f" ] || continue
		sed -n 's/^deb /deb-src /p' "$f" >"$etc/parts/$(basename "$f" .list).list"
	done
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -f "$f" ] || continue
		sed 's/^Types:.*/Types: deb-src/' "$f" >"$etc/parts/$(basename "$f")"
	done
	opts=(-q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$etc/parts"
		-o "Dir::State::lists=$etc/lists" -o APT::Sandbox::User=root)
	# A foreign source without source packages must not stop this.
	apt-get "${opts[@]}" update </dev/null >/dev/null 2>&1 || true
	apt-get "${opts[@]}" source --download-only "$1" </dev/null >/dev/null
)

# unpacked PACKAGE: prints where the files of a Debian package are, which is not
# installed: its services do not start.
unpacked() { locked "package-$1" _unpacked "$1"; }
_unpacked() {
	local package=$1 version out
	version=$(candidate_of "$package")
	out=$cache_dir/package-$package-${version//[:+~]/_}
	if [ ! -e "$out" ]; then
		say "fetching $package $version"
		rm -rf "$out.new"
		mkdir -p "$out.new/deb"
		(
			cd "$out.new/deb" || exit
			opts=(-q -o APT::Sandbox::User=root)
			apt-get "${opts[@]}" download "$package=$version" </dev/null >"$cache_dir/apt.log" 2>&1 || {
				rm -f "$cache_dir/.apt-updated"
				apt_lists
				apt-get "${opts[@]}" download "$package=$version" </dev/null >"$cache_dir/apt.log" 2>&1
			}
		) || {
			tail -n 20 "$cache_dir/apt.log" >&2
			die "$package $version cannot be fetched"
		}
		dpkg-deb -x "$out.new"/deb/*.deb "$out.new/root"
		mv "$out.new/root" "$out"
		rm -rf "$out.new"
		keep_newest 2 "package-$package-"
	fi
	printf '%s\n' "$out"
}

# hash_of STRING... -- FILE...: a short key made from words and file contents.
hash_of() {
	local words=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	[ $# -gt 0 ] && shift
	{
		printf '%s\n' "${words[@]}"
		[ $# -eq 0 ] || cat -- "$@"
	} | sha256sum | cut -c1-16
}

# keep_newest N GLOB-PREFIX: old results of earlier keys do not pile up.
keep_newest() {
	local n=$1 prefix=$2
	find "$cache_dir" -maxdepth 1 -name "$prefix*" -printf '%T@ %p\n' | sort -rn |
		tail -n +$((n + 1)) | cut -d' ' -f2- | while IFS= read -r old; do
		rm -rf -- "$old"
	done
}
