#!/bin/sh
# What we install is hardened: position-independent, its relocations read-only and bound at
# the start, its stack guarded and not executable, its copies checked (_FORTIFY_SOURCE).
# usage: tests/lint/hardened.sh PROGRAM...
failed=0
lacks() {
	echo "hardened: $program lacks $1"
	failed=$((failed + 1))
}
for program in "$@"; do
	elf=$(readelf -W --file-header --program-headers --dynamic --dyn-syms "$program") || exit 1
	has() { printf '%s\n' "$elf" | grep -Eq -e "$1"; }
	has '\(FLAGS_1\).*PIE' || lacks "a position-independent layout (-fPIE, -pie)"
	has 'GNU_RELRO' || lacks "read-only relocations (-z relro)"
	has '\(FLAGS_1\).*NOW' || lacks "binding at the start (-z now)"
	has 'GNU_STACK .* RW ' || lacks "a stack that is not executable"
	has ' __stack_chk_fail' || lacks "stack guards (-fstack-protector-strong)"
	has ' __[a-z]+_chk(@|$)' || lacks "checked copies (-D_FORTIFY_SOURCE, -O2)"
done
echo "hardened: $# programs checked, $failed faults"
[ "$failed" -eq 0 ]
