#!/bin/sh
# The simulator's tests: seeds, the list of seeds that once failed, determinism, and (with the
# second program) the seeded defects.  Ends with one line "N passed, N failed".
# usage: tests/sim/run.sh SIM SIM-WITH-DEFECTS JOBS
set -u
sim=$1 with_defects=$2 jobs=$3
here=$(dirname "$0")
passed=0 failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# Take in the last line of $out, "N passed, N failed"; whatever else it says is shown.
count() {
	sed '$d' "$out"
	if set -- $(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$out") && [ $# -eq 2 ]; then
		passed=$((passed + $1)) failed=$((failed + $2))
	else
		cat "$out"
		failed=$((failed + 1))
	fi
}

echo "simulated seeds 1 to 300"
"$sim" --runs 300 --base 1 --jobs "$jobs" > "$out" 2>&1
count
echo "seeds that once failed"
"$sim" --list "$here/regressions.txt" --jobs "$jobs" > "$out" 2>&1
count
echo "the same seed gives the same trace"
for seed in 2 13 135; do
	if "$sim" --same $seed; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
"$here/defects.sh" "$with_defects" "$jobs" > "$out" 2>&1
count
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
