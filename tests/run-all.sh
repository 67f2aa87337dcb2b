#!/bin/sh
# Run every suite, each of which ends with "N passed, N failed"; end with their sum.
# usage: MAKE=make B=build tests/run-all.sh
set -u
: "${MAKE:=make}" "${B:=build}"
passed=0 failed=0
jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND...: its last line is added to the sum; without one it has failed.
suite() {
	name=$1
	shift
	began=$(date +%s)
	"$@" > "$log" 2>&1
	status=$?
	p=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1/p' "$log" | tail -n 1)
	f=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\2/p' "$log" | tail -n 1)
	if [ -z "$p" ] || { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; }; then
		p=${p:-0} f=$((${f:-0} + 1))
	fi
	passed=$((passed + p)) failed=$((failed + f))
	echo "$name: $p passed, $f failed ($(($(date +%s) - began)) s)"
	[ "$f" -eq 0 ] || tail -n 150 "$log"
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
step "demo" $mk B="$B" CC=gcc demo
suite "unit tests, address and undefined" $mk B="$B" asan
suite "unit tests, threads" $mk B="$B" tsan
suite "fuzzers, a second each" $mk B="$B" SECONDS=1 fuzz
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
