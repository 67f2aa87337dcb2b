#!/bin/bash
# A whole data set through broker, daemon and headquarters; then count and money by type,
# from the file alone, from the store's ledger and from headquarters'.
# usage: tools/demo/replay.sh BIN-FOLDER DATA-FILE
set -u
[ $# -eq 2 ] && [ -r "$2" ] || { echo "usage: replay.sh BIN-FOLDER DATA-FILE (readable)" >&2; exit 64; }
bins=$(cd "$1" && pwd) data=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/demo/shop.sh"

currency=IDR exponent=0 terminals=4 rules=$top/rules/cord.conf
case $data in *online_retail*) currency=GBP exponent=2 rules= ;; esac
shop_open "$bins" $currency $exponent
shop_enrol till- $terminals
[ -z "$rules" ] || shop_load_rules "$rules"
say "Reckoning the file's own totals: $data"
python3 "$top/tests/replay/totals.py" "$data" > "$shop_dir/file.json" || die "totals of the file"
say "Selling it at $terminals registers"
"$bin/kasir-term" "${term_options[@]}" --outbox memory replay "$data" --terminals $terminals \
    --wait-witnessed --patience 300 || die "kasir-term replay"
shop_stop_store
ctl verify || die "verify"
python=/usr/bin/python3
$python "$top/tests/replay/ledger_totals.py" "$top/proto" "$shop_dir/store/ledger.db" \
    > "$shop_dir/store.json" || die "totals of the ledger"
$python "$top/tests/replay/ledger_totals.py" "$top/proto" "$shop_dir/hq/hq.db" toko-1 \
    > "$shop_dir/hq.json" || die "totals of headquarters"
say ""
$python "$top/tests/replay/compare.py" "$shop_dir/file.json" "$shop_dir/store.json" \
    "$shop_dir/hq.json" || die "the totals differ"
case $rules in
*/cord.conf)
	$python "$top/tests/replay/cord.py" "$top/proto" "$shop_dir/store/ledger.db" "$data" ||
	    die "receipts and exceptions"
	;;
esac
