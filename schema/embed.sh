#!/bin/sh
# Print schema/<kind>/NNNN_name.sql as a C table of struct sql_migration.
# usage: schema/embed.sh schema/<kind>
set -eu
kind=$(basename "$1")
echo "/* Made by schema/embed.sh from $1; do not edit. */"
# ISO C promises only 4095 characters in a literal; gcc and clang take any number.
echo '#pragma GCC diagnostic ignored "-Woverlength-strings"'
echo "static const struct sql_migration ${kind}_migrations[] = {"
for f in "$1"/*.sql; do
	printf '\t{ "%s",\n' "$(basename "$f" .sql)"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t  "/' -e 's/$/\\n"/' "$f"
	printf '\t},\n'
done
echo "};"
