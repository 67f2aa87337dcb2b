# shop.sh - a whole shop in a temporary folder, for demo and replay: two brokers, headquarters,
# a store.  Sourced by bash scripts; everything is stopped and removed when they end.
#
#   shop_open BIN CURRENCY EXPONENT    folder, keys, configurations, brokers, headquarters
#   shop_enrol PREFIX N                keys of N terminals, enrolled
#   shop_enrol_one ID                  of one
#   shop_load_rules FILE               a rule set is in force
#   shop_start_store, shop_kill_store  kasird
#   shop_cut_uplink, shop_mend_uplink  headquarters' broker stops answering, goes on

shop_dir= bin= store_pid= hq_pid= broker_pid= wan_pid=
term_options=()

say() { printf '%s\n' "$*"; }
die() { say "failed: $*" >&2; exit 1; }

shop_close() {
	local status=$? pid
	trap - EXIT INT TERM
	for pid in $store_pid $hq_pid $broker_pid $wan_pid $(jobs -p); do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	if [ "$status" -ne 0 ] && [ -n "$shop_dir" ]; then
		say "the end of the logs:" >&2
		tail -n 15 "$shop_dir"/*.log >&2
	fi
	[ -n "${KEEP:-}" ] && say "kept: $shop_dir" || rm -rf "$shop_dir"
	exit "$status"
}

# wait_for WHAT COMMAND...: until COMMAND succeeds, at most 20 seconds
wait_for() {
	local what=$1 i
	shift
	for ((i = 0; i < 400; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	die "$what did not come"
}

# start_broker NAME: listens on a Unix socket and on a free loopback port.  PID in $!
start_broker() {
	local name=$1 port try pid i
	for ((try = 0; try < 20; try++)); do
		port=$((20000 + RANDOM % 30000))
		cat > "$shop_dir/broker/$name.conf" <<-CONF
			listener 0 $shop_dir/broker/$name.sock
			listener $port 127.0.0.1
			allow_anonymous true
			set_tcp_nodelay true
			max_inflight_messages 1000
			max_queued_messages 20000
			max_queued_bytes 67108864
			persistence true
			persistence_location $shop_dir/broker/
			persistence_file $name.db
			log_type warning
			log_type error
		CONF
		mosquitto -c "$shop_dir/broker/$name.conf" > "$shop_dir/$name.log" 2>&1 &
		pid=$!
		for ((i = 0; i < 100; i++)); do
			[ -S "$shop_dir/broker/$name.sock" ] && kill -0 $pid 2>/dev/null &&
			    (exec 3<> /dev/tcp/127.0.0.1/$port) 2>/dev/null &&
			    { broker_started=$pid broker_port=$port; return 0; }
			kill -0 $pid 2>/dev/null || break
			sleep 0.05
		done
		kill $pid 2>/dev/null
		rm -f "$shop_dir/broker/$name.sock"
	done
	die "no broker could be started: $(tail -n 3 "$shop_dir/$name.log")"
}

ctl() { "$bin/kasirctl" -c "$shop_dir/kasird.conf" "$@"; }
hq() { "$bin/kasir-hq" -c "$shop_dir/kasir-hq.conf" "$@"; }

shop_open() {
	bin=$1
	shop_dir=$(mktemp -d "${TMPDIR:-/tmp}/kasird.XXXXXX")
	trap shop_close EXIT
	trap 'exit 130' INT TERM
	# Mosquitto gives up root's rights and still wants its folder.
	[ "$(id -u)" -ne 0 ] || chmod 755 "$shop_dir"
	mkdir -m 700 "$shop_dir/store" "$shop_dir/hq" "$shop_dir/tills"

	mkdir -p "$shop_dir/broker" && chmod 777 "$shop_dir/broker"
	start_broker shop; broker_pid=$broker_started shop_port=$broker_port
	start_broker wan; wan_pid=$broker_started

	cat > "$shop_dir/kasir-hq.conf" <<-CONF
		name = "hq.example"
		data-dir = "$shop_dir/hq"
		broker { socket = "$shop_dir/broker/wan.sock" }
	CONF
	hq keys init > /dev/null || die "headquarters' key"
	cat > "$shop_dir/kasird.conf" <<-CONF
		store = "toko-1"
		operator = "example.com"
		data-dir = "$shop_dir/store"
		control-socket = "$shop_dir/store/control.sock"
		currency = "$2"
		exponent = $3
		broker { socket = "$shop_dir/broker/shop.sock" }
		headquarters {
			socket = "$shop_dir/broker/wan.sock"
			key-file = "$shop_dir/hq/witness.vkey"
		}
	CONF
	ctl keys init > /dev/null || die "the store's key"
	hq store add toko-1 --key "$shop_dir/store/store.vkey" > /dev/null || die "store add"
	shop_start_hq
	shop_start_store
	wait_for "headquarters' first cosignature" cosigning
	term_options=(--broker "127.0.0.1:$shop_port" --store toko-1
	    --store-key "$shop_dir/store/store.vkey" --hq-key "$shop_dir/hq/witness.vkey"
	    --keys "$shop_dir/tills" --outbox "$shop_dir/tills")
}

shop_start_hq() {
	# Not hq(): a function in the background is a shell, and to kill that leaves the program.
	"$bin/kasir-hq" -c "$shop_dir/kasir-hq.conf" run >> "$shop_dir/kasir-hq.log" 2>&1 &
	hq_pid=$!
}

shop_start_store() {
	"$bin/kasird" -c "$shop_dir/kasird.conf" >> "$shop_dir/kasird.log" 2>&1 &
	store_pid=$!
	wait_for "kasird" serving
}

cosigning() { ctl --json status | grep -q '"cosigned_size": *[1-9]'; }
serving() { ctl --json status | grep -q '"state": *"serving"'; }

shop_kill_store() {
	kill -9 "$store_pid"
	wait "$store_pid" 2>/dev/null
	store_pid=
}

shop_stop_store() {
	kill "$store_pid"
	wait "$store_pid" 2>/dev/null
	store_pid=
}

shop_cut_uplink() { kill -STOP "$wan_pid"; }
shop_mend_uplink() { kill -CONT "$wan_pid"; }

shop_enrol() {
	local prefix=$1 n=$2 id
	"$bin/kasir-term" "${term_options[@]}" keys init --terminals "$n" --prefix "$prefix" \
	    > /dev/null || die "terminals' keys"
	for id in $(seq -f "$prefix%03g" "$n"); do
		ctl terminal add "$id" --key "$shop_dir/tills/$id.vkey" > /dev/null || die "enrol $id"
	done
}

shop_enrol_one() {
	"$bin/kasir-term" "${term_options[@]}" keys init "$1" > /dev/null || die "key of $1"
	ctl terminal add "$1" --key "$shop_dir/tills/$1.vkey" > /dev/null || die "enrol $1"
}

shop_load_rules() {
	ctl rules load --yes "$1" > "$shop_dir/rules.log" 2>&1 || die "rules load $1"
}
