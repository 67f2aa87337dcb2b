#!/bin/sh
# What needs no taste: no blanks at line ends, tabs for indentation, lines of at most 100
# columns (but for strings, and for the tables in tests), a newline at the end.
# usage: tests/lint/format.sh FILE...
awk '
function bad(text) {
	print "format: " FILENAME ":" FNR ": " text
	failed++
}
function width(line,   i, n, c) {
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		n = c == "\t" ? n - n % 8 + 8 : n + 1
	}
	return n
}
FNR == 1 { data = 0 }
/clang-format off/ { data = 1 }
/[ \t]$/ { bad("blanks at the end of the line") }
/^ {8}/ { bad("indented with blanks") }
/\r/ { bad("a carriage return") }
length($0) > 50 && !data && FILENAME !~ /^tests\// && width($0) > 100 && $0 !~ /"/ { bad("longer than 100 columns") }
END {
	printf "format: %d files checked, %d faults\n", ARGC - 1, failed
	exit failed > 0
}' "$@" || exit 1
for f in "$@"; do
	[ -z "$(tail -c 1 "$f")" ] || { echo "format: $f: no newline at the end"; exit 1; }
done
