#!/bin/sh
# A vendor's program gets the functions that the header declares and no other name of ours.
# usage: tests/lint/exports.sh HEADER ARCHIVE SHARED-LIBRARY
declared=$(grep -o 'kasir_terminal_[a-z_]*(' "$1" | grep -v '()' | tr -d '(' | sort -u)
failed=0
check() {
	found=$(sort -u)
	wrong=$(printf '%s\n%s\n' "$declared" "$found" | sort | uniq -u)
	[ -z "$wrong" ] && return
	echo "exports: $1: declared or shown, but not both:" $wrong
	failed=$((failed + 1))
}
nm -g --defined-only "$2" > "$2.names" || exit 1
awk 'NF == 3 { print $3 }' "$2.names" > "$2.sorted"
check "$2" < "$2.sorted"
nm -D --defined-only "$3" > "$2.names" || exit 1
awk 'NF == 3 { print $3 }' "$2.names" > "$2.sorted"
check "$3" < "$2.sorted"
rm -f "$2.names" "$2.sorted"
echo "exports: $(printf '%s\n' "$declared" | grep -c .) functions, $failed failed"
[ "$failed" -eq 0 ]
