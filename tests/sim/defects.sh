#!/bin/sh
# Can the oracle fail?  Each defect, seeded into the real code, must be caught within so many
# seeds, and without one nothing may be.  Ends with one line "N passed, N failed".
# usage: tests/sim/defects.sh SIM-WITH-DEFECTS JOBS
set -u
sim=$1 jobs=$2
seeds=200
passed=0 failed=0

for defect in ack-before-flush dedupe-off resend-dropped ack-unchecked flush-failure-ignored \
    newer-history-ignored evidence-not-kept hq-root-unchecked close-skips-entry \
    exception-counted day-by-date resolution-forgotten pending-forgotten bill-taken-twice \
    x-before-flush; do
	# 0: nothing was found; 1: caught; any other is a fault of the program.
	found=$("$sim" --runs $seeds --base 1 --jobs "$jobs" --first --defect "$defect" 2>&1)
	if [ $? -eq 1 ] && caught=$(echo "$found" | grep -m1 '^seed .* FAILED: '); then
		echo "defect $defect is caught: $caught"
		passed=$((passed + 1))
	else
		echo "defect $defect is NOT caught in $seeds seeds: $found"
		failed=$((failed + 1))
	fi
done
if found=$("$sim" --runs 20 --base 1 --jobs "$jobs" 2>&1); then
	echo "without a defect nothing is"
	passed=$((passed + 1))
else
	echo "without a defect: $found"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
