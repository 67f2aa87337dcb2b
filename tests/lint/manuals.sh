#!/bin/sh
# The manual pages are well-formed, and have every command and option that --help has; so has
# what TAB completes.
# usage: tests/lint/manuals.sh FOLDER-OF-PROGRAMS
set -eu
bin=$1
failed=0
mandoc -T lint -W warning docs/man/*.[158] || failed=1

# help PROGRAM: the help of it and of each of its commands
help() {
	"$bin/$1" --help
	"$bin/$1" --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\).*   .*/\1/p' | while read -r command; do
		"$bin/$1" help $command 2>/dev/null || true
	done
}

for page in docs/man/kasird.8 docs/man/kasir-hq.8 docs/man/kasirctl.1 docs/man/kasir-term.1; do
	program=$(basename "${page%.*}")
	text=$(mandoc -T ascii "$page" | sed 's/.\x08//g')
	for option in $(help "$program" | sed -n 's/^ \{1,\}\(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' |
	    sort -u); do
		case $text in
		*"$option"*) ;;
		*) echo "$page: $option is not in it"; failed=1 ;;
		esac
	done
done
# Commands, as the table gives them to a new page.
for page in docs/man/kasir-hq.8 docs/man/kasirctl.1 docs/man/kasir-term.1; do
	program=$(basename "${page%.*}")
	"$bin/$program" help --man | sed -n 's/^\.It Cm \([a-z -]*[a-z]\).*/\1/p' > "$bin/.commands"
	while read -r command; do
		grep -q "^\.It Cm $command\( \|$\)" "$page" || { echo "$page: $command is not in it"; failed=1; }
	done < "$bin/.commands"
	"$bin/$program" help --man | mandoc -T lint -W warning || failed=1
done
rm -f "$bin/.commands"
for option in $("$bin/kasird" --help | grep -o -e '--[a-z-]*'); do
	grep -q -e "$option" tools/completion/kasird.bash || {
		echo "tools/completion/kasird.bash: $option is not in it"; failed=1; }
done

[ "$failed" -eq 0 ] && echo "$(ls docs/man/*.[158] | wc -l) manual pages"
