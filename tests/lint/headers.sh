#!/bin/sh
# Every header compiles alone, with each compiler: whoever includes it needs to know nothing.
# usage: tests/lint/headers.sh HEADER... -- FLAG...
headers=
while [ "$1" != -- ]; do
	headers="$headers $1"
	shift
done
shift
checked=0 failed=0
for cc in gcc clang; do
	for h in $headers; do
		checked=$((checked + 1))
		# Included, not compiled itself: what it defines and does not use is no fault.
		if ! printf '#include "%s"\nextern int header_alone;\n' "$h" |
		    $cc "$@" -std=c11 -fsyntax-only -x c -; then
			echo "headers: $h does not compile alone with $cc"
			failed=$((failed + 1))
		fi
	done
done
echo "headers: $checked checked, $failed failed"
[ "$failed" -eq 0 ]
