#!/bin/sh
# Run libFuzzer programs, each for a while; end with one line "N passed, N failed".
# What they find worth keeping goes to CORPUS; the corpora of the source tree are only read.
# usage: tests/fuzz/run.sh SECONDS CORPUS PROGRAM...
seconds=$1 corpus=$2
shift 2
passed=0 failed=0
for program in "$@"; do
	name=$(basename "$program")
	name=${name#fuzz_}
	mkdir -p "$corpus/$name"
	seeds=tests/fuzz/corpus/$name
	[ -d "$seeds" ] || seeds=
	log=$corpus/$name.log
	# shellcheck disable=SC2086 # no seeds: no argument
	if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	    -artifact_prefix="$corpus/$name-" "$corpus/$name" $seeds > "$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
	else
		failed=$((failed + 1))
		echo "FAIL $name"
		tail -n 40 "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
