#!/bin/sh
# clang-tidy over files, one at a time on each core; .clang-tidy says which checks.
# usage: tests/lint/tidy.sh FILE... -- FLAG...
files=""
n=0
while [ "$1" != -- ]; do
	files="$files $1"
	n=$((n + 1))
	shift
done
shift
# A line for each file that fails, after what is wrong with it: whatever the reason, even if
# clang-tidy itself dies.
one='f=$1; shift
said=$(clang-tidy --quiet --warnings-as-errors="*" "$f" -- "$@" 2>&1) ||
    { printf "%s\n" "$said" | grep -v "warnings\{0,1\} generated"; echo "tidy: $f fails"; }'
out=$(printf '%s\n' $files | xargs -P "$(nproc)" -I{} sh -c "$one" tidy {} "$@")
status=$?
[ -z "$out" ] || printf '%s\n' "$out"
failed=$(printf '%s\n' "$out" | grep -c '^tidy: .* fails$')
echo "tidy: $n files checked, $failed failed"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
