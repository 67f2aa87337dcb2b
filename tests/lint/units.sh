#!/bin/sh
# systemd's own opinion of the units, as far as it can be had where the programs are not
# installed.
# usage: tests/lint/units.sh UNIT...
set -u
status=0
for u in "$@"; do
	said=$(systemd-analyze verify "$u" 2>&1 |
	    grep -F "$(basename "$u")" | grep -v -e 'is not executable' -e 'Failed to create' -e 'man ')
	[ -z "$said" ] || { echo "$said"; status=1; }
	systemd-analyze security --offline=yes --threshold=30 "$u" > /dev/null 2>&1 ||
	    { echo "$u: exposure above 3.0"; status=1; }
done
[ "$status" -eq 0 ] && echo "$# units"
exit "$status"
