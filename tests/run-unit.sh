#!/bin/sh
# Run cmocka programs; end with one line "N passed, N failed".
# usage: tests/run-unit.sh PROGRAM...
passed=0 failed=0
out=$(mktemp)
for t in "$@"; do
	if CMOCKA_MESSAGE_OUTPUT=tap "$t" > "$out" 2>&1; then rc=0; else rc=$?; fi
	p=$(grep -c '^ok ' "$out") f=$(grep -c '^not ok ' "$out")
	# A program that dies or runs nothing is a failure of its own.
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$p" -eq 0 ] && [ "$f" -eq 0 ] && f=1
	passed=$((passed + p)) failed=$((failed + f))
	if [ "$f" -ne 0 ]; then
		echo "FAIL $t (exit $rc)"
		cat "$out"
	else
		echo "ok   $(basename "$t"): $p"
	fi
done
rm -f "$out"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
