#!/bin/sh
# What `make install` puts down is complete, and finds itself under any PREFIX.
# Ends with one line "N passed, N failed".
# usage: MAKE=make B=build tests/install.sh
set -u
: "${MAKE:=make}" "${B:=build}"
passed=0 failed=0
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
to=$root/opt/kasir

# proves SENTENCE COMMAND...
proves() {
	sentence=$1
	shift
	if "$@" > "$root/log" 2>&1; then
		passed=$((passed + 1))
		echo "ok - $sentence"
	else
		failed=$((failed + 1))
		echo "not ok - $sentence"
		cat "$root/log"
	fi
}

install_all() {
	umask 077
	$MAKE --no-print-directory B="$B" DESTDIR="$root" PREFIX=/opt/kasir install
}

# Each program is there, says its version, and has its page.
programs_run() {
	for p in kasird kasir-hq kasirctl kasir-term; do
		"$to/bin/$p" --version | grep -F "$(cat VERSION)" || return 1
		ls "$to"/share/man/man[18]/$p.[18] || return 1
	done
	ls "$to/share/man/man5/kasird.conf.5"
}

# What a unit starts is what was installed; what it names is there.
units_point_here() {
	for u in "$to"/lib/systemd/system/*.service; do
		program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$u")
		[ -x "$root$program" ] || { echo "$u: no $program"; return 1; }
		user=$(sed -n 's/^User=//p' "$u")
		grep "^u $user " "$to"/lib/sysusers.d/*.conf || { echo "$u: no user $user"; return 1; }
		state=$(sed -n 's/^StateDirectory=//p' "$u")
		grep "^d /var/lib/$state " "$to"/lib/tmpfiles.d/*.conf || { echo "$u: no $state"; return 1; }
	done
}

# The catalogue is found beside the program, on a system that has no Indonesian locale.
indonesian_is_spoken() {
	LC_ALL=id_ID.UTF-8 "$to/bin/kasirctl" --help | grep -x 'Perintah'
}

# As a shell that loaded the installed files would ask.
tab_completes() {
	for p in kasirctl kasir-hq kasir-term kasird; do
		bash -n "$to/share/bash-completion/completions/$p" || return 1
		complete_in_bash "$p" '--' | grep -x -e --version || return 1
	done
	complete_in_bash kasirctl ter | grep -x terminal &&
	    complete_in_bash kasirctl tx list --type post | grep -x post-void
}

# complete_in_bash PROGRAM WORD...: what TAB offers behind the words
complete_in_bash() {
	PATH="$to/bin:$PATH" bash -c '. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		f=$(complete -p "$1" | sed -n "s/.* -F \([^ ]*\) .*/\1/p")
		if [ -n "$f" ]; then "$f" "$1"; printf "%s\n" "${COMPREPLY[@]}"
		else compgen -W "$(complete -p "$1" | sed "s/.*-W .\(.*\). .*/\1/")" -- "${!#}"; fi' \
	    "$to/share/bash-completion/completions/$1" "$@"
}

rule_sets_are_there() {
	for f in rules/*.conf; do
		"$to/bin/kasirctl" rules check "$to/share/kasir/$f" || return 1
	done
	ls "$to/share/man/man5/kasir-rules.5"
}

# As a shell that loaded the installed files would ask.
tab_completes() {
	for p in kasirctl kasir-hq kasir-term kasird; do
		bash -n "$to/share/bash-completion/completions/$p" || return 1
		complete_in_bash "$p" '--' | grep -x -e --version || return 1
	done
	complete_in_bash kasirctl ter | grep -x terminal &&
	    complete_in_bash kasirctl tx list --type post | grep -x post-void
}

# complete_in_bash PROGRAM WORD...: what TAB offers behind the words
complete_in_bash() {
	PATH="$to/bin:$PATH" bash -c '. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		f=$(complete -p "$1" | sed -n "s/.* -F \([^ ]*\) .*/\1/p")
		if [ -n "$f" ]; then "$f" "$1"; printf "%s\n" "${COMPREPLY[@]}"
		else compgen -W "$(complete -p "$1" | sed "s/.*-W .\(.*\). .*/\1/")" -- "${!#}"; fi' \
	    "$to/share/bash-completion/completions/$1" "$@"
}

examples_are_understood() {
	"$to/bin/kasird" --check-config -c "$to/share/doc/kasird/examples/kasird.conf.example"
}

# Built from what is installed alone, in another folder, as a vendor would.
# usage: vendor_builds LIBRARY-PATH COMPILER-FLAG...
vendor_builds() (
	cd "$root" || exit 1
	export PKG_CONFIG_PATH="$to/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" LD_LIBRARY_PATH="$1"
	shift
	# shellcheck disable=SC2046 # flags are words
	cc -o till "$to/share/doc/kasir-terminal/examples/till.c" "$@" -Wl,--as-needed \
	    $(pkg-config --cflags --libs kasir-terminal) -lmosquitto || exit 1
	# Without arguments it says how it is used, and so has been linked and loaded.
	./till 2>&1 | grep usage
)

messages_compile() {
	protoc -I"$to/share/kasir/proto" --descriptor_set_out=/dev/null "$to"/share/kasir/proto/kasir/v1/*.proto
}

# Links between the documents, and from the README into them, lead somewhere.
documents_are_there() {
	cd "$to/share/doc/kasird" || return 1
	find . -name '*.md' | while read -r page; do
		grep -o '](\([^)#:]*\.md\)' "$page" | sed 's/^](//' | while read -r link; do
			[ -r "$(dirname "$page")/$link" ] || echo "$page: $link"
		done
	done | grep . && return 1
	return 0
}

everyone_may_read() {
	! find "$root/opt" ! -type l ! -perm -444 | grep .
}

no_trace_of_the_build() {
	! grep -rIlF -e "$PWD" -e "$root" -e /usr/local "$to/lib" "$to/include" "$to/share/man"
}

proves "make install ends well" install_all
proves "every program runs and has a manual page" programs_run
proves "units start what was installed, as users and in folders that are made" units_point_here
proves "the example configuration is understood" examples_are_understood
proves "rule sets are there, and are rule sets" rule_sets_are_there
proves "TAB completes commands, options and their values" tab_completes
proves "Indonesian is spoken where LANG asks for it" indonesian_is_spoken
proves "a vendor's till builds from what is installed and runs with the shared library" \
    vendor_builds "$to/lib"
proves "and with the archive, which then is all it needs of ours" \
    vendor_builds "" "$to/lib/libkasir-terminal.a"
proves "the messages compile" messages_compile
proves "no link in the documents leads nowhere" documents_are_there
proves "everyone may read it, whatever the umask" everyone_may_read
proves "nothing names the folder it was built in" no_trace_of_the_build
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
