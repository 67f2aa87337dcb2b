#!/bin/sh
# Install the Debian packages that are missing.
# usage: mk/deps.sh [run|test|lint|cover]...     `run` (build and run) is always included
set -eu

run="gcc make pkg-config protobuf-c-compiler protobuf-compiler libprotobuf-c-dev libsodium-dev
     libssl-dev libsqlite3-dev libmosquitto-dev libconfuse-dev libjansson-dev libsmartcols-dev
     libsystemd-dev libzstd-dev libqrcodegen-dev mosquitto sqlite3 zstd procps util-linux
     gettext"
test="libcmocka-dev python3 python3-paho-mqtt python3-nacl python3-protobuf clang
      libclang-rt-14-dev mosquitto-clients mandoc systemd"
lint="clang-tidy clang-format"
cover="lcov"

want=$run
for set in "$@"; do
	case $set in
	run) ;;
	test) want="$want $test" ;;
	lint) want="$want $lint" ;;
	cover) want="$want $cover" ;;
	*) echo "mk/deps.sh: no such set: $set (run, test, lint, cover)" >&2; exit 64 ;;
	esac
done

missing=
for p in $want; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q ' installed$' ||
	    missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		echo "mk/deps.sh: as root, please: apt-get install$missing" >&2
		exit 77
	}
	sudo=sudo
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $sudo apt-get update -qq &&
    $sudo apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $missing; } \
    > "$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
rm -f "$log"
