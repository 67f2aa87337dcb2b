#!/bin/sh
# Gather what people read into a catalogue's template.
# What stands in tables (titles of columns, summaries of commands and options) is a constant
# there and cannot be marked; it is marked here, in copies that xgettext reads.
# usage: po/extract.sh FOLDER-FOR-COPIES OUTPUT FILE...
set -eu
copies=$1 output=$2
shift 2
rm -rf "$copies"
for f in "$@"; do
	mkdir -p "$copies/${f%/*}"
	sed -E -e 's/\{ ("[a-z0-9_]+"), ("[^"]+"), TABLE_/{ \1, N_(\2), TABLE_/g' \
	    -e "s/\{ (\"[a-z-]+\"), ('.'|0), (\"[A-Z]+\"|NULL), (\"[^\"]+\")( \}|\$)/{ \1, \2, \3, N_(\4)\5/" \
	    -e 's/^(	\{ "[a-z -]+", ("[^"]*"|NULL), [0-9]+, [0-9]+, )("[^"]+"),/\1N_(\3),/' \
	    -e 's/(\.summary = )("[^"]+")/\1N_(\2)/' "$f" > "$copies/$f"
done

# gather INTO KEYWORD...: xgettext takes one argument of a function at a time
gather() {
	into=$1
	shift
	for k in "$@"; do
		set -- "$@" "--keyword=$k"
		shift
	done
	(cd "$copies" && find . -name '*.[ch]' | sed 's|^\./||' | LC_ALL=C sort) |
	    xgettext --directory="$copies" --files-from=- --from-code=UTF-8 --language=C \
	    --add-comments=TRANSLATORS --no-wrap --no-location --package-name=kasird \
	    --foreign-user --keyword "$@" --output="$into"
}
gather "$copies/marked.pot" _ N_ ngettext:1,2 lang_word cli_usage:2 ctl_confirm:3 row_problems_add:3 \
    cli_fail:4 exam_say:5
gather "$copies/steps.pot" cli_fail:3 exam_say:4 command_fail:4
# What kasird answers is translated where it is read: as a whole, so only what has no variables.
gather "$copies/answers.pot" command_fail:5
sed 's/charset=CHARSET/charset=UTF-8/' "$copies/answers.pot" |
    msggrep -v --msgid -e '%' --no-wrap -o "$copies/plain.pot" -
msgcat --use-first --no-wrap --no-location "$copies/marked.pot" "$copies/steps.pot" \
    "$copies/plain.pot" |
    sed -e '/^"POT-Creation-Date:/d' -e 's/charset=CHARSET/charset=UTF-8/' > "$output"
