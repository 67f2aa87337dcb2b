#!/bin/sh
# Real processes against a real broker.  Ends with one line "N passed, N failed".
# usage: tests/scenario/run.sh BUILD-FOLDER [WORD...]   KASIR_KEEP=1 keeps the folders
set -eu
here=$(cd "$(dirname "$0")" && pwd)
b=$1
shift
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$b/gen/py"
protoc -Iproto --python_out="$b/gen/py" proto/kasir/v1/*.proto
KASIR_BIN=$(cd "$b/bin" && pwd)
export KASIR_BIN
# A sanitizer keeps freed memory and is slow: growth is not judged there, and waits are longer.
# What it finds goes to files, so that it is seen whoever started the program and however it ended.
if grep -q -e __asan_init -e __tsan_init "$b/bin/kasird"; then
	KASIR_SANITIZED=1 KASIR_PATIENCE=${KASIR_PATIENCE:-60}
	KASIR_REPORTS=$b/reports
	rm -rf "$KASIR_REPORTS" && mkdir "$KASIR_REPORTS"
	report=log_path=$(cd "$KASIR_REPORTS" && pwd)/report
	ASAN_OPTIONS="$report ${ASAN_OPTIONS:-}" UBSAN_OPTIONS="$report ${UBSAN_OPTIONS:-}"
	TSAN_OPTIONS="$report suppressions=$here/tsan.supp ${TSAN_OPTIONS:-}"
	export KASIR_SANITIZED KASIR_PATIENCE KASIR_REPORTS ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
fi
# Tests expect English.
export LC_ALL=C
unset LANGUAGE
export PYTHONPATH="$b/gen/py" PYTHONDONTWRITEBYTECODE=1
exec "$python" "$here/run.py" "$@"
