#!/bin/sh
# Data goes down the floors; an include points only to a lower floor, or its own.
#   the floors of lib, as the Makefile lists them, lib/terminal/edge right above lib/terminal,
#   daemon/store and daemon/hq (beside each other: neither sees the other), their edge/,
#   their main.c, tools, tests.
# usage: tests/lint/layers.sh "FLOORS"
find lib daemon tools tests -name '*.[ch]' -exec grep -n '^#include "' {} + | awk -v floors="$1" '
function rank_of(path,   dir) {
	dir = path
	sub(/\/[^\/]*$/, "", dir)
	if (dir in rank)
		return rank[dir]
	if (path ~ /^daemon\/(store|hq)\/main\.c$/)
		return top + 3
	if (path ~ /^daemon\/(store|hq)\/edge\//)
		return top + 2
	if (path ~ /^daemon\/(store|hq)\//)
		return top + 1
	if (path ~ /^tools\//)
		return top + 4
	if (path ~ /^(tests|examples)\//)
		return top + 5
	return 0
}
function house(path) {
	return match(path, /^(daemon|tools)\/[^\/]*/) ? substr(path, 1, RLENGTH) : ""
}
# Where the preprocessor finds NAME, included from FILE; generated headers lie below all.
function resolve(name, file,   dir) {
	dir = file
	sub(/[^\/]*$/, "", dir)
	if (name ~ /^kasir\/(v1\/|version)|^schema\//)
		return ""
	if (name ~ /^(daemon|tools|tests|lib)\//)
		return name
	if ((dir name) in known)
		return dir name
	if (("lib/" name) in known)
		return "lib/" name
	if (("tests/" name) in known)
		return "tests/" name
	return "?"
}
function bad(text) {
	print "layers: " text
	failed++
}
BEGIN {
	n = split(floors, floor, " ")
	for (i = 1; i <= n; i++)
		rank[floor[i]] = 2 * i
	rank["lib/terminal/edge"] = rank["lib/terminal"] + 1
	top = 2 * n + 1
	while (("find lib daemon tools tests -name \"*.h\"" | getline h) > 0)
		known[h] = 1
}
{
	split($0, part, ":")
	file = part[1]
	name = $0
	sub(/^[^"]*"/, "", name)
	sub(/".*/, "", name)
	where = file ":" part[2]
	to = resolve(name, file)
	if (!seen[file]++ && rank_of(file) == 0 && file !~ /^proto\//)
		bad(file " stands on no floor")
	if (to == "")
		next
	if (to == "?")
		bad(where ": " name " is not in the tree")
	else if (rank_of(to) > rank_of(file))
		bad(where ": " to " stands on a higher floor")
	else if (house(to) != "" && house(file) != "" && house(to) != house(file))
		bad(where ": " to " belongs to another program")
	count++
}
END {
	printf "layers: %d includes checked, %d failed\n", count, failed
	exit failed > 0
}'
