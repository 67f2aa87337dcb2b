#!/bin/sh
# Each catalogue has a translation of every text in the template, and fits its formats.
# usage: tests/lint/catalogues.sh TEMPLATE CATALOGUE...
set -eu
template=$1
shift
failed=0
for po in "$@"; do
	msgfmt -c -o /dev/null "$po" || failed=1
	msgcmp "$po" "$template" || failed=1
	n=$(msgattrib --translated --no-obsolete "$po" | grep -c '^msgid')
	echo "$po: $((n - 1)) texts"
done
exit "$failed"
