#!/bin/sh
# Run cmocka programs; end with one line "N passed, N failed".
# usage: tests/run-unit.sh PROGRAM...
# Tests expect English.
export LC_ALL=C
unset LANGUAGE
passed=0 failed=0
out=$(mktemp)
for t in "$@"; do
	if CMOCKA_MESSAGE_OUTPUT=tap "$t" > "$out" 2>&1; then rc=0; else rc=$?; fi
	# What is skipped (it wants the optional data) is neither; cmocka writes it "not ok N # SKIP".
	p=$(grep -c '^ok ' "$out") s=$(grep -c '^not ok [0-9]* # SKIP' "$out")
	f=$(($(grep -c '^not ok ' "$out") - s))
	# A program that dies or runs nothing is a failure of its own.
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ $((p + s + f)) -eq 0 ] && f=1
	passed=$((passed + p)) failed=$((failed + f))
	if [ "$f" -ne 0 ]; then
		echo "FAIL $t (exit $rc)"
		cat "$out"
	else
		[ "$s" -eq 0 ] && skipped= || skipped=", $s skipped"
		echo "ok   $(basename "$t"): $p$skipped"
	fi
done
rm -f "$out"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
