#!/bin/sh
# clang-tidy over files, two at a time; .clang-tidy says which checks.
# usage: tests/lint/tidy.sh FILE... -- FLAG...
files=
n=0
while [ "$1" != -- ]; do
	files="$files $1"
	n=$((n + 1))
	shift
done
out=$(printf '%s\n' $files | xargs -P2 -I{} clang-tidy --quiet --warnings-as-errors='*' {} "$@" 2>/dev/null)
faults=$(printf '%s\n' "$out" | grep -c -E ': (error|warning): ')
[ "$faults" -eq 0 ] || printf '%s\n' "$out"
echo "tidy: $n files checked, $faults faults"
[ "$faults" -eq 0 ]
