#!/bin/sh
# A verifier written from the documents alone, held against kasirctl.  Ends with one line
# "N passed, N failed".
# usage: tests/stranger/run.sh BUILD-FOLDER     KASIR_KEEP=1 keeps the folder
set -eu
b=$1
mkdir -p "$b/gen/py"
protoc -Iproto --python_out="$b/gen/py" proto/kasir/v1/*.proto
KASIR_BIN=$(cd "$b/bin" && pwd)
export KASIR_BIN
export PYTHONPATH="$b/gen/py:tests/scenario" PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-/usr/bin/python3}" tests/stranger/test_stranger.py
