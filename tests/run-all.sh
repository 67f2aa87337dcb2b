#!/bin/sh
# Run every suite, each of which ends with "N passed, N failed"; end with their sum.
# usage: MAKE=make B=build tests/run-all.sh
set -u
: "${MAKE:=make}" "${B:=build}"
passed=0 failed=0
jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND...: its lines "N passed, N failed" are added to the sum; without one, or
# when it ends badly though all passed, it has failed.
suite() {
	name=$1
	shift
	began=$(date +%s)
	"$@" > "$log" 2>&1
	status=$?
	p=$(awk '/^[0-9]+ passed, [0-9]+ failed$/ { n += $1 } END { print n + 0 }' "$log")
	f=$(awk '/^[0-9]+ passed, [0-9]+ failed$/ { n += $3 } END { print n + 0 }' "$log")
	if [ "$f" -eq 0 ] && { [ "$p" -eq 0 ] || [ "$status" -ne 0 ]; }; then
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f))
	echo "$name: $p passed, $f failed ($(($(date +%s) - began)) s)"
	[ "$f" -eq 0 ] || grep -Ev '^(ok |  [A-Z]+ +[^ ]+$)' "$log" | tail -n 150
}

# step NAME COMMAND...: one test, which passes when the command does.
step() {
	name=$1
	shift
	suite "$name" sh -c '"$@" && echo "1 passed, 0 failed"' step "$@"
}

mk="$MAKE --no-print-directory -j $jobs"

step "build with gcc" $mk B="$B" CC=gcc all example exports unit-bins
step "build with clang" $mk B="$B/clang" CC=clang all example exports unit-bins
suite "unit tests" $mk B="$B" CC=gcc test-unit
suite "simulation" $mk B="$B" CC=gcc test-sim
suite "scenarios" $mk B="$B" CC=gcc test-scenario
suite "a stranger's verifier" $mk B="$B" CC=gcc test-stranger
suite "install" $mk B="$B" CC=gcc test-install
step "demo" $mk B="$B" CC=gcc demo
suite "address and undefined sanitizers" $mk B="$B" CC=gcc asan
suite "thread sanitizer" $mk B="$B" CC=gcc tsan
step "nothing is left running" sh -c '! pgrep -af "^$(cd "$0/bin" && pwd)/"' "$B"
suite "fuzzers, a second each" $mk B="$B" SECONDS=1 fuzz
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
