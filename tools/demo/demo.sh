#!/bin/bash
# The demo: three registers sell real baskets through a real broker into a real ledger; the
# uplink is cut and the daemon killed in the middle; at the end every sale is accounted for, and
# the day is closed.
# usage: tools/demo/demo.sh BIN-FOLDER [CORD-RECEIPTS]
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shop.sh" || exit 1

terminals=3 wanted=2400
receipts=${2:-} rules=$here/warung.conf
[ -z "$receipts" ] || [ ! -r "$receipts" ] || rules=$here/../../rules/cord.conf

say "A shop in a temporary folder: two brokers, headquarters, the store, $terminals registers."
shop_open "$(cd "$1" && pwd)" IDR 0
shop_enrol till- $terminals
shop_load_rules "$rules"
say "The rules that the sales are judged by: $(basename "$rules")"

# Counted in the files themselves, apart from our programs: payloads stand beside transactions and
# rule sets only.
payloads() { sqlite3 "$1" "SELECT count(*) FROM entry WHERE length(payload) > 0"; }
rule_sets=$(payloads "$shop_dir/store/ledger.db")

if [ -n "$receipts" ] && [ -r "$receipts" ]; then
	n=$(grep -c . "$receipts")
	say "They sell the $n receipts of $receipts, $(((wanted + n - 1) / n)) times over."
	sell=(replay "$receipts" --repeat $(((wanted + n - 1) / n)))
else
	say "No receipts given: they sell $wanted baskets from the generator."
	sell=(simulate --count $wanted)
fi
"$bin/kasir-term" "${term_options[@]}" --json "${sell[@]}" --terminals $terminals \
    --rate 200 --wait-witnessed --patience 40 > "$shop_dir/term.json" 2> "$shop_dir/term.log" &
term_pid=$!

size() { ctl --json status 2>/dev/null | sed -n 's/.*"size": *\([0-9]*\).*/\1/p' | head -n 1; }
cosigned() { ctl --json status 2>/dev/null | sed -n 's/.*"cosigned_size": *\([0-9]*\).*/\1/p' | head -n 1; }
has() { local s; s=$(size); [ "${s:-0}" -ge "$1" ] || ! kill -0 $term_pid 2>/dev/null; }
tell() { printf '  %-52s ledger %6s   cosigned %6s\n' "$1" "$(size)" "$(cosigned)"; }
reach() { local i; for ((i = 0; i < 600; i++)); do has "$1" && return; sleep 0.05; done; die "the sales stand still"; }

reach 300; tell "selling"
shop_cut_uplink; tell "the line to headquarters is cut"
reach 900; tell "selling goes on without it"
shop_kill_store; say "  kill -9 of kasird, in mid-stream"
sleep 1
shop_start_store; tell "kasird is back"
reach 1300; tell "the registers send again what they do not know stored"
shop_mend_uplink; tell "the line to headquarters is back"
reach 2000; tell "headquarters catches up"
wait $term_pid; term=$?
tell "the last sale is cosigned"
ctl day close --reason "the demo's end" --yes > "$shop_dir/z.txt" || die "the day is not closed"
all_cosigned() { [ "$(size)" -eq "$(cosigned)" ]; }
wait_for "headquarters' cosignature of the Z" all_cosigned
tell "the day is closed, and the Z cosigned"

shop_stop_store
kill "$hq_pid"; wait "$hq_pid" 2>/dev/null; hq_pid=
ctl verify > "$shop_dir/verify.log" 2>&1; verify_store=$?
ctl verify --hq "$shop_dir/hq/hq.db" --store toko-1 --key "$shop_dir/store/store.vkey" \
    --hq-key "$shop_dir/hq/witness.vkey" > "$shop_dir/verify-hq.log" 2>&1; verify_hq=$?

in_store=$(($(payloads "$shop_dir/store/ledger.db") - rule_sets))
in_hq=$(($(payloads "$shop_dir/hq/hq.db") - rule_sets))
number() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$shop_dir/term.json" | head -n 1; }
made=$(number made) acked=$(number acked) duplicates=$(number duplicates)
exceptions=$(number exceptions)
: "${made:=0}" "${acked:=0}" "${duplicates:=0}" "${exceptions:=0}"
lost=$((made - in_store))
word() { [ "$1" -eq 0 ] && echo verified || echo "FAILED ($1)"; }

say ""
printf '%-24s %10s\n' made "$made" acked "$acked" "in the ledger" "$in_store" \
    "at headquarters" "$in_hq" lost "$lost" "duplicates answered" "$duplicates" \
    exceptions "$exceptions" "verify, store" "$(word $verify_store)" \
    "verify, headquarters" "$(word $verify_hq)"
say ""
cat "$shop_dir/z.txt"
say ""
[ "$term" -eq 0 ] || die "kasir-term ended with $term: $(tail -n 3 "$shop_dir/term.log")"
[ "$made" -ge 2000 ] || die "only $made sales were made"
[ "$acked" -eq "$made" ] && [ "$in_store" -eq "$made" ] && [ "$in_hq" -eq "$made" ] ||
    die "the columns do not agree"
[ $verify_store -eq 0 ] || { cat "$shop_dir/verify.log"; die "verify, store"; }
[ $verify_hq -eq 0 ] || { cat "$shop_dir/verify-hq.log"; die "verify, headquarters"; }
say "Nothing is lost."
