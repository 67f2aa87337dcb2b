#!/bin/bash
# A shop that stays open until Ctrl-C, to be gone through by hand (docs/tutorial/a-day.md): brokers,
# headquarters, the store, three registers that sell by themselves, and `front`, which waits for
# somebody to work it.  LINK leads to its folder while it is open.
# usage: tools/demo/open.sh BIN-FOLDER LINK
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shop.sh" || exit 1
[ $# -eq 2 ] || { echo "usage: open.sh BIN-FOLDER LINK" >&2; exit 64; }
bins=$(cd "$1" && pwd) link=$2

# What a person types in another window: the programs by their names, for this shop.
write_env() {
	cat > "$shop_dir/env" <<-ENV
		# In bash:  . $link/env
		cd "$shop_dir"
		export PATH="$bin:\$PATH"
		kasirctl() { command kasirctl -c "$shop_dir/kasird.conf" "\$@"; }
		till() { command kasir-term ${term_options[*]@Q} "\$@"; }
	ENV
}

take_down_sign() { [ "$(readlink "$link")" != "$shop_dir" ] || rm -f "$link"; }

[ ! -e "$link/env" ] || die "a shop is open already: $(readlink "$link")"
say "A shop in a temporary folder: two brokers, headquarters, the store, four registers."
shop_open "$bins" IDR 0
trap 'take_down_sign; shop_close' EXIT
trap 'say ""; say "Closing: nothing is left running."; exit 0' INT TERM HUP
shop_enrol till- 3
shop_enrol_one front
shop_load_rules "$here/warung.conf"
cp "$here/warung.conf" "$here/menu.csv" "$here/cashiers.csv" "$here/accounts.conf" "$shop_dir"
write_env
rm -f "$link" && ln -s "$shop_dir" "$link" || die "$link cannot be made"

cat >> "$shop_dir/kasird.conf" <<-CONF
	receipt {
		name = "Warung Sejahtera"
		address = { "Jl. Melati 5", "Jakarta" }
		tax-number = "01.234.567.8-901.000"
	}
CONF
sell=("$bin/kasir-term" "${term_options[@]}" --json simulate --terminals 3 --patience 86400)
"${sell[@]}" --count 150 --rate 0 > "$shop_dir/term.json" 2> "$shop_dir/term.log" ||
    die "the first sales"
# No function: what is killed in the end must be the program itself.
"${sell[@]}" --duration 10000000 --seed 2 --rate 1 >> "$shop_dir/term.json" \
    2>> "$shop_dir/term.log" &
say ""
say "Open: 150 sales are made, and about one a second comes by itself.  In another window:"
say ""
say "    . $link/env"
say "    kasirctl status"
say ""
say "and so on as docs/tutorial/a-day.md says.  Ctrl-C here closes the shop and removes it."
wait $!
die "the registers stopped"
