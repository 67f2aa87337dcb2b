#!/bin/sh
# Sum up gcov's counts by folder.  The pages stand in BUILD/html when genhtml is there.
# usage: tests/lint/cover.sh BUILD
build=$1
lcov --quiet --capture --directory "$build/obj" --base-directory . --no-external \
    --output-file "$build/all.info" || exit 1
lcov --quiet --remove "$build/all.info" '*/gen/*' '*/tests/*' --output-file "$build/lines.info" || exit 1
awk -v here="$PWD/" '
/^SF:/ { dir = substr($0, 4); sub(here, "", dir); sub(/\/[^\/]*$/, "", dir) }
/^LF:/ { found[dir] += substr($0, 4); all += substr($0, 4) }
/^LH:/ { hit[dir] += substr($0, 4); ran += substr($0, 4) }
END {
	for (dir in found)
		printf "%-24s %6d lines %5.1f %%\n", dir, found[dir], 100 * hit[dir] / found[dir] | "sort"
	close("sort")
	if (all > 0)
		printf "%-24s %6d lines %5.1f %%\n", "all", all, 100 * ran / all
}' "$build/lines.info"
if command -v genhtml > /dev/null; then
	genhtml --quiet --output-directory "$build/html" "$build/lines.info" && echo "$build/html/index.html"
fi
