/* fill_ledger - fill a new ledger with real, signed sales through the real engine and the
 * real disk, without a broker: what the other benchmarks start from.
 * usage: fill_ledger CONFIG ENTRIES TERMINALS [DAYS PRODUCTS]
 * With DAYS, the sales are of so many business days up to today, of PRODUCTS products in 20
 * departments by 8 cashiers, at the hours at which people buy. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/store/edge/ledger_db.h"
#include "daemon/store/engine.h"
#include "edge/clock.h"
#include "edge/config.h"
#include "edge/keyfile.h"
#include "edge/random.h"
#include "kasir/v1/control.pb-c.h"
#include "kasir/v1/terminal.pb-c.h"
#include "report/calendar.h"
#include "tests/support/make_txn.h"
#include "wire/codec.h"
#include "wire/topic.h"

struct till {
	char id[NAME_MAX_LEN + 1];
	struct signer *key;
	uint64_t sequence;
	struct hash last;
};

static struct engine *engine;
static const char *store;
static uint64_t serial;
static uint64_t sales, days, products;	/* how they are spread; days 0: not at all */

static void
die(const char *what, const struct kas_why *why)
{
	fprintf(stderr, "fill_ledger: %s: %s\n", what, why->text);
	exit(EX_SOFTWARE);
}

/* The tills sign for real; checking again what was just signed would only cost time. */
static void
believe(void *ctx, struct sig_job *jobs, size_t n)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < n; i++)
		jobs[i].ok = true;
}

static enum kas_err
drop(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	(void)ctx;
	(void)topic;
	(void)payload;
	(void)retain;
	return KAS_OK;
}

static void
drop_reply(void *ctx, uint64_t token, struct bytes response)
{
	(void)ctx;
	(void)token;
	(void)response;
}

static void
print_line(void *ctx, enum log_level level, const char *sentence)
{
	(void)ctx;
	if (level <= LOG_LVL_WARNING)
		fprintf(stderr, "fill_ledger: %s\n", sentence);
}

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	(void)ctx;
	if (outcome != KAS_OK) {
		fprintf(stderr, "fill_ledger: a flush failed: %s\n", kas_err_text(outcome));
		exit(EX_IOERR);
	}
	engine_on_flushed(engine, outcome);
}

static void
on_reopened(void *ctx, enum kas_err outcome)
{
	(void)ctx;
	engine_on_reopened(engine, outcome);
}

/* Turn until less than everything is staged; WAIT: until all is durable. */
static void
run(struct ledger_db *db, bool wait)
{
	struct pollfd fd = { .fd = ledger_db_fd(db), .events = POLLIN };

	do {
		engine_turn(engine);
		if (poll(&fd, 1, wait ? 100 : 0) > 0)
			ledger_db_dispatch(db);
	} while (wait && !engine_is_idle(engine));
}

static void
enrol(struct ledger_db *db, struct till *t, unsigned n)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalAddRequest add = KASIR__V1__TERMINAL_ADD_REQUEST__INIT;
	struct random_port random = random_system();
	struct buf b;
	char name[80];

	snprintf(t->id, sizeof t->id, "fill-%03u", n);
	snprintf(name, sizeof name, "%s/%s", store, t->id);
	if (signer_generate(&random, name, KEY_ED25519, &t->key) != KAS_OK)
		exit(EX_OSERR);
	add.terminal = t->id;
	add.key = proto_bytes(BYTES(signer_vkey(t->key)->key.b, KEY_LEN));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD;
	q.terminal_add = &add;
	buf_init(&b);
	proto_append(&b, &q.base);
	engine_on_control(engine, n, 0, "root", buf_bytes(&b));
	buf_fini(&b);
	run(db, true);
}

/* Sale N of all, in its place in the year. */
static void
spread(Kasir__V1__Transaction *doc, struct arena *a, uint64_t n, int64_t wall_us)
{
	uint64_t past = days - 1 - n * days / sales, hour = 1 + n * 7 % 12, product;
	int64_t day = wall_us / 86400000000 - (int64_t)past;
	char text[32];
	size_t i;

	doc->business_day = calendar_day(day);
	doc->at_us = (day * 24 + (int64_t)hour) * 3600000000;
	snprintf(text, sizeof text, "kasir-%u", (unsigned)(n % 8));
	doc->cashier = arena_text(a, text);
	for (i = 0; i < doc->n_lines; i++) {
		if (doc->lines[i]->sku[0] == '\0')
			continue;
		product = strtoull(doc->lines[i]->sku, NULL, 10) % products;
		snprintf(text, sizeof text, "sku-%05u", (unsigned)product);
		doc->lines[i]->sku = arena_text(a, text);
		snprintf(text, sizeof text, "goods %u", (unsigned)product);
		doc->lines[i]->name = arena_text(a, text);
		snprintf(text, sizeof text, "rak-%02u", (unsigned)(product % 20));
		doc->lines[i]->department = arena_text(a, text);
	}
}

static void
sign(struct till *t, struct arena *a, Kasir__V1__SignedTransaction *s, int64_t wall_us,
    const char *currency)
{
	Kasir__V1__Transaction *doc = make_sale(a, serial++);
	struct statement st = { .store = store, .terminal = t->id, .epoch = 1,
		.sequence = ++t->sequence, .previous_known = t->sequence > 1,
		.previous = t->last };
	uint8_t *sig = arena_alloc(a, SIG_LEN), *id = arena_zalloc(a, WIRE_TXN_ID_LEN);
	struct hash *previous = arena_alloc(a, sizeof *previous);
	char text[STATEMENT_MAX];
	struct bytes payload;
	size_t n;
	int i;

	doc->at_us = wall_us;
	doc->currency = arena_text(a, currency);
	if (days > 0)
		spread(doc, a, serial - 1, wall_us);
	if (!proto_pack(a, &doc->base, &payload))
		exit(EX_OSERR);
	st.payload = hash_of(payload);
	for (i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)wall_us / 1000 >> (40 - 8 * i));
	id[6] = 0x70;
	id[8] = 0x80;
	for (i = 0; i < 7; i++)
		id[15 - i] = (uint8_t)(serial >> 8 * i);
	memcpy(st.txn_id, id, sizeof st.txn_id);
	*previous = t->last;
	n = statement_format(&st, text);
	signer_sign(t->key, BYTES(text, n), sig);
	t->last = hash_of(BYTES(text, n));
	kasir__v1__signed_transaction__init(s);
	s->epoch = 1;
	s->sequence = t->sequence;
	s->txn_id = proto_bytes(BYTES(id, WIRE_TXN_ID_LEN));
	if (st.previous_known)
		s->previous = proto_bytes(hash_bytes(previous));
	s->payload = proto_bytes(payload);
	s->signature = proto_bytes(BYTES(sig, SIG_LEN));
}

static void
feed(struct ledger_db *db, struct till *t, unsigned n, int64_t wall_us, const char *currency)
{
	Kasir__V1__TransactionBatch b = KASIR__V1__TRANSACTION_BATCH__INIT;
	Kasir__V1__SignedTransaction items[WIRE_BATCH_TRANSACTIONS_MAX];
	Kasir__V1__SignedTransaction *list[WIRE_BATCH_TRANSACTIONS_MAX];
	char topic[WIRE_TOPIC_MAX];
	struct arena a;
	struct buf out;
	unsigned i;

	arena_init(&a, 0);
	buf_init(&out);
	for (i = 0; i < n; i++) {
		sign(t, &a, &items[i], wall_us, currency);
		list[i] = &items[i];
	}
	b.terminal = t->id;
	b.n_transactions = n;
	b.transactions = list;
	proto_append(&out, &b.base);
	topic_format(TOPIC_TX, store, t->id, topic);
	while (engine_on_message(engine, topic, buf_bytes(&out)) == KAS_FULL)
		run(db, true);
	run(db, false);
	buf_fini(&out);
	arena_fini(&a);
}

int
main(int argc, char **argv)
{
	struct ledger_db_events events = { on_flushed, on_reopened, NULL };
	struct engine_ports ports = { .clock = clock_system(), .random = random_system(),
		.bus = { drop, NULL }, .crew = { believe, NULL }, .control = { drop_reply, NULL },
		.log = { print_line, NULL } };
	struct engine_config config = { .version = "fill" };
	struct store_config file;
	struct ledger_db *db;
	struct till *tills;
	struct kas_why why;
	char path[CONFIG_PATH_MAX], key[CONFIG_PATH_MAX];
	struct clock_reading now;
	struct signer *signer;
	uint64_t target;
	unsigned n, i;

	if (argc != 4 && argc != 6)
		return EX_USAGE;
	target = strtoull(argv[2], NULL, 10);
	n = (unsigned)strtoul(argv[3], NULL, 10);
	if (argc == 6) {
		sales = target;
		days = strtoull(argv[4], NULL, 10);
		products = strtoull(argv[5], NULL, 10);
	}
	if (config_load_store(argv[1], &file, &why) != KAS_OK ||
	    config_path(file.data_dir, CONFIG_LEDGER, path) != KAS_OK ||
	    config_key_path(file.data_dir, CONFIG_STORE_KEY, key) != KAS_OK ||
	    keyfile_load_signer(key, &signer, &why) != KAS_OK)
		die(argv[1], &why);
	if (ledger_db_open(path, &events, &db, &why) != KAS_OK)
		die(path, &why);
	store = file.store;
	config.store = store;
	config.signer = signer;
	memcpy(config.currency, file.currency, sizeof config.currency);
	config.exponent = file.exponent;
	config.rounding = file.rounding;
	ports.store = ledger_db_port(db);
	if (engine_open(&config, &ports, &engine, &why) != KAS_OK)
		die(path, &why);
	run(db, true);
	tills = calloc(n, sizeof *tills);
	for (i = 0; i < n; i++)
		enrol(db, &tills[i], i);
	while (engine_durable_size(engine) + 2048 < target) {
		ports.clock.read(ports.clock.ctx, &now);
		feed(db, &tills[serial / 16 % n], 16, now.wall_us, file.currency);
		if (serial % 100000 < 16)
			fprintf(stderr, "\r%llu of %llu ", (unsigned long long)serial,
			    (unsigned long long)target);
	}
	run(db, true);
	engine_stop(engine);
	run(db, true);
	fprintf(stderr, "\r%llu entries\n", (unsigned long long)engine_durable_size(engine));
	engine_close(engine);
	ledger_db_close(db);
	signer_close(signer);
	return 0;
}
