/* The wire's parsers: statements, topics, batches, entries, acks and uplink frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "base/text.h"
#include "proof/note.h"
#include "wire/codec.h"
#include "wire/scan.h"
#include "wire/topic.h"

static uint8_t filler[400 * 1024];

static ProtobufCBinaryData
blob(size_t n)
{
	return (ProtobufCBinaryData){ .len = n, .data = filler };
}

static struct hash
hash_filled(uint8_t with)
{
	struct hash h;

	memset(h.b, with, sizeof h.b);
	return h;
}

/* ---- statements ---- */

/* The example of docs/reference/protocol.md, byte for byte. */
static void
the_statement_of_the_documentation_is_made(void **state)
{
	static const char text[] =
	    "kasir.v1/transaction\n"
	    "toko-1/kasa-2\n"
	    "1 118\n"
	    "0192f0c1a2b37c4d8e5f60718293a4b5\n"
	    "unknown\n"
	    "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=\n"
	    "-\n";
	static const uint8_t txn_id[16] = { 0x01, 0x92, 0xf0, 0xc1, 0xa2, 0xb3, 0x7c, 0x4d,
		0x8e, 0x5f, 0x60, 0x71, 0x82, 0x93, 0xa4, 0xb5 };
	struct statement st = { .store = "toko-1", .terminal = "kasa-2", .epoch = 1,
		.sequence = 118, .payload = hash_of(bytes_of_text("hello world")) };
	struct hash h = hash_of(BYTES(text, sizeof text - 1)), made;
	char to[STATEMENT_MAX];

	(void)state;
	memcpy(st.txn_id, txn_id, sizeof txn_id);
	assert_int_equal(statement_format(&st, to), sizeof text - 1);
	assert_string_equal(to, text);
	made = statement_hash(&st);
	assert_memory_equal(&made, &h, sizeof h);
}

/* Its key, signature and message there, too: a stranger checks a terminal against them. */
static void
the_signature_and_message_of_the_documentation_are_made(void **state)
{
	static const char signature[] =
	    "b2302421dbf0d855a30e49df9e21409be931493916c60ba4291ad88b7ab56deb"
	    "bd9ecf8f0fc12e629c3608be5e225e2171ea0de83542fedfcc4348df0eac2809";
	static const char message[] =
	    "0a066b6173612d322265080110761a100192f0c1a2b37c4d8e5f60718293a4b5"
	    "2a0b68656c6c6f20776f726c643240b2302421dbf0d855a30e49df9e21409be9"
	    "31493916c60ba4291ad88b7ab56debbd9ecf8f0fc12e629c3608be5e225e2171"
	    "ea0de83542fedfcc4348df0eac2809";
	uint8_t seed[SEED_LEN], wire[256], sig[SIG_LEN];
	Kasir__V1__TransactionBatch *batch = NULL;
	struct signed_txn txn;
	struct signer *s = NULL;
	struct arena a;
	char hex[2 * SIG_LEN + 1];
	size_t n = sizeof wire;

	(void)state;
	memset(seed, 1, sizeof seed);
	assert_int_equal(signer_open_seed(seed, "toko-1/kasa-2", KEY_ED25519, &s), KAS_OK);
	assert_int_equal(hex_parse(bytes_of_text(message), wire, &n), KAS_OK);
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, n), &a, &batch, NULL), KAS_OK);
	assert_int_equal(batch->n_transactions, 1);
	assert_int_equal(wire_open_txn(batch->transactions[0], "toko-1", "kasa-2", &txn, NULL), KAS_OK);
	assert_true(sig_verify(&signer_vkey(s)->key, BYTES(txn.text, txn.text_n), txn.signature));
	signer_sign(s, BYTES(txn.text, txn.text_n), sig);
	hex_format(BYTES(sig, sizeof sig), hex);
	assert_string_equal(hex, signature);
	arena_fini(&a);
	signer_close(s);
}

static void
a_statement_names_predecessor_and_personal_data_where_there_are_any(void **state)
{
	struct statement st = { .store = "s", .terminal = "t", .epoch = UINT64_MAX,
		.sequence = 0, .previous_known = true, .previous = hash_filled(0),
		.payload = hash_filled(0xff), .has_personal = true, .personal = hash_filled(0) };
	char to[STATEMENT_MAX];

	(void)state;
	statement_format(&st, to);
	assert_string_equal(to,
	    "kasir.v1/transaction\n"
	    "s/t\n"
	    "18446744073709551615 0\n"
	    "00000000000000000000000000000000\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    "//////////////////////////////////////////8=\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
}

static void
the_longest_statement_fits(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz012345";
	struct statement st = { .store = longest, .terminal = longest, .epoch = UINT64_MAX,
		.sequence = UINT64_MAX, .previous_known = true, .has_personal = true };
	char to[STATEMENT_MAX];
	size_t n;

	(void)state;
	assert_int_equal(strlen(longest), NAME_MAX_LEN);
	n = statement_format(&st, to);
	assert_int_equal(n, 21 + 66 + 42 + 33 + 3 * 45);
	assert_int_equal(to[n], '\0');
}

static void
a_refusal_is_signed_with_its_addressee(void **state)
{
	char to[STATEMENT_MAX];
	size_t n = refusal_statement_format("toko-1", "kasa-2", bytes_of_text("hello world"), to);

	(void)state;
	assert_string_equal(to, "kasir.v1/refusals\ntoko-1/kasa-2\n"
	    "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=\n");
	assert_int_equal(n, strlen(to));
}

/* ---- topics ---- */

static void
topics_are_parsed_and_formatted(void **state)
{
	static const struct {
		const char *text;
		enum topic_kind kind;
		const char *store, *terminal;
	} cases[] = {
		{ "kasir/v1/toko-1/kasa-2/tx", TOPIC_TX, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/kasa-2/ack", TOPIC_ACK, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/kasa-2/state", TOPIC_STATE, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/checkpoint", TOPIC_CHECKPOINT, "toko-1", "" },
		{ "kasir/v1/toko-1/up", TOPIC_UP, "toko-1", "" },
		{ "kasir/v1/toko-1/down", TOPIC_DOWN, "toko-1", "" },
		{ "kasir/v1/up/up/tx", TOPIC_TX, "up", "up" },
		{ "kasir/v1/abcdefghijklmnopqrstuvwxyz012345/up", TOPIC_UP,
		    "abcdefghijklmnopqrstuvwxyz012345", "" },
	};
	char text[WIRE_TOPIC_MAX];
	struct topic t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(topic_parse(cases[i].text, &t), KAS_OK);
		assert_int_equal(t.kind, cases[i].kind);
		assert_string_equal(t.store, cases[i].store);
		assert_string_equal(t.terminal, cases[i].terminal);
		topic_format(t.kind, t.store, t.terminal, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
what_is_no_topic_of_ours_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "kasir", "kasir/v1", "kasir/v1/", "kasir/v1//up", "kasir/v1/up",
		"kasir/v2/s/up", "Kasir/v1/s/up", "kasir/v1/s/up/", "kasir/v1/s/down2",
		"kasir/v1/S/up", "kasir/v1/-s/up", "kasir/v1/s/t/up", "kasir/v1/s/tx",
		"kasir/v1/s//tx", "kasir/v1/s/t/tx/x", "kasir/v1/s/t/", "kasir/v1/+/up",
		"kasir/v1/abcdefghijklmnopqrstuvwxyz0123456/up", "/kasir/v1/s/up",
		"kasir/v1/s/t/"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	struct topic t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (topic_parse(cases[i], &t) != KAS_MALFORMED)
			fail_msg("\"%s\" was taken for a topic", cases[i]);
}

/* ---- counting before decoding ---- */

static void
fields_are_counted_without_decoding(void **state)
{
	static const struct {
		const char *what;
		const char *bytes;
		size_t n;
		bool ok;
		size_t count;	/* of field 4 */
	} cases[] = {
		{ "nothing", "", 0, true, 0 },
		{ "two empty messages", "\x22\x00\x22\x00", 4, true, 2 },
		{ "among others", "\x0a\x01x\x22\x00\x10\x96\x01", 8, true, 1 },
		{ "fixed widths", "\x09" "12345678" "\x0d" "1234" "\x22\x00", 16, true, 1 },
		{ "one inside another is not counted", "\x0a\x02\x22\x00", 4, true, 0 },
		{ "cut in a length", "\x22", 1, false, 0 },
		{ "cut in a value", "\x22\x02x", 3, false, 0 },
		{ "a length past the end", "\x22\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, false, 0 },
		{ "a varint too long", "\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, false, 0 },
		{ "a group", "\x23\x24", 2, false, 0 },
		{ "cut in fixed32", "\x0d" "123", 4, false, 0 },
		{ "cut in fixed64", "\x09" "1234567", 8, false, 0 },
	};
	size_t i, count;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		count = 99;
		if (wire_scan_count(BYTES(cases[i].bytes, cases[i].n), 4, &count) != cases[i].ok)
			fail_msg("%s", cases[i].what);
		assert_int_equal(count, cases[i].ok ? cases[i].count : 99);
	}
}

/* ---- batches ---- */

static void
a_batch_holds_at_most_64_transactions(void **state)
{
	uint8_t wire[2 * 65];
	Kasir__V1__TransactionBatch *b = NULL;
	struct arena a;
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < 65; i++) {
		wire[2 * i] = 0x22;
		wire[2 * i + 1] = 0;
	}
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES_NONE, &a, &b, &why), KAS_OK);
	assert_int_equal(b->n_transactions, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, 128), &a, &b, &why), KAS_OK);
	assert_int_equal(b->n_transactions, 64);
	assert_int_equal(wire_decode_batch(BYTES(wire, 130), &a, &b, &why), KAS_RANGE);
	assert_non_null(strstr(why.text, "65 transactions"));
	arena_fini(&a);
}

/* 0x12 is the tag of `checkpoint`: one field of any length fills a batch. */
static void
a_batch_is_at_most_256_KiB_long(void **state)
{
	static uint8_t wire[WIRE_BATCH_MAX + 1];
	Kasir__V1__TransactionBatch *b = NULL;
	size_t n = WIRE_BATCH_MAX - 4;
	struct arena a;
	struct kas_why why;

	(void)state;
	wire[0] = 0x12;
	wire[1] = 0x80 | (n & 0x7f);
	wire[2] = (uint8_t)(0x80 | ((n >> 7) & 0x7f));
	wire[3] = (uint8_t)(n >> 14);
	arena_init(&a, 0);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX), &a, &b, &why), KAS_OK);
	assert_int_equal(b->checkpoint.len, n);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX + 1), &a, &b, &why), KAS_RANGE);
	assert_int_equal(wire_decode_batch(BYTES(wire, WIRE_BATCH_MAX - 1), &a, &b, &why),
	    KAS_MALFORMED);
	arena_fini(&a);
}

static void
a_signed_transaction_is_taken_apart(void **state)
{
	Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
	Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;
	struct signed_txn got;
	struct kas_why why;
	struct hash h;

	(void)state;
	t.epoch = 3;
	t.sequence = 4;
	t.txn_id = blob(16);
	t.previous = blob(32);
	t.payload = blob(100);
	t.signature = blob(64);
	p.salt = blob(16);
	p.data = blob(20);
	t.personal = &p;
	assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
	assert_int_equal(got.st.epoch, 3);
	assert_int_equal(got.st.sequence, 4);
	assert_true(got.st.previous_known && got.st.has_personal);
	h = hash_of(BYTES(filler, 100));
	assert_true(hash_equal(&got.st.payload, &h));
	h = hash_of(BYTES(filler, 36));
	assert_true(hash_equal(&got.st.personal, &h));
	h = statement_hash(&got.st);
	assert_true(hash_equal(&got.hash, &h));
	assert_int_equal(got.text_n, strlen(got.text));
	t.personal = NULL;
	t.previous = blob(0);
	assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
	assert_false(got.st.previous_known || got.st.has_personal);
	assert_int_equal(got.personal.n + got.salt.n, 0);
}

static void
a_transaction_field_of_a_wrong_length_is_named(void **state)
{
	static const struct {
		const char *names;	/* in the answer; NULL: fine */
		uint64_t epoch, sequence;
		size_t txn_id, previous, payload, signature;
		long salt;		/* -1: no personal data at all */
		size_t data;
	} cases[] = {
		{ NULL, 1, 1, 16, 0, 1, 64, -1, 0 },
		{ NULL, INT64_MAX, INT64_MAX, 16, 32, WIRE_PAYLOAD_MAX, 64, 16, WIRE_PERSONAL_MAX },
		{ NULL, 1, 1, 16, 0, 1, 64, 16, 1 },
		{ "epoch", 0, 1, 16, 0, 1, 64, -1, 0 },
		{ "epoch", (uint64_t)INT64_MAX + 1, 1, 16, 0, 1, 64, -1, 0 },
		{ "sequence", 1, 0, 16, 0, 1, 64, -1, 0 },
		{ "sequence", 1, (uint64_t)INT64_MAX + 1, 16, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 15, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 17, 0, 1, 64, -1, 0 },
		{ "txn_id", 1, 1, 0, 0, 1, 64, -1, 0 },
		{ "previous", 1, 1, 16, 31, 1, 64, -1, 0 },
		{ "previous", 1, 1, 16, 33, 1, 64, -1, 0 },
		{ "payload", 1, 1, 16, 0, 0, 64, -1, 0 },
		{ "payload", 1, 1, 16, 0, WIRE_PAYLOAD_MAX + 1, 64, -1, 0 },
		{ "signature", 1, 1, 16, 0, 1, 63, -1, 0 },
		{ "signature", 1, 1, 16, 0, 1, 65, -1, 0 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 15, 1 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 17, 1 },
		{ "personal.salt", 1, 1, 16, 0, 1, 64, 0, 0 },
		{ "personal.data", 1, 1, 16, 0, 1, 64, 16, 0 },
		{ "personal.data", 1, 1, 16, 0, 1, 64, 16, WIRE_PERSONAL_MAX + 1 },
	};
	struct signed_txn got;
	struct kas_why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
		Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;

		t.epoch = cases[i].epoch;
		t.sequence = cases[i].sequence;
		t.txn_id = blob(cases[i].txn_id);
		t.previous = blob(cases[i].previous);
		t.payload = blob(cases[i].payload);
		t.signature = blob(cases[i].signature);
		if (cases[i].salt >= 0) {
			p.salt = blob((size_t)cases[i].salt);
			p.data = blob(cases[i].data);
			t.personal = &p;
		}
		if (cases[i].names == NULL) {
			assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_OK);
			continue;
		}
		assert_int_equal(wire_open_txn(&t, "s", "t", &got, &why), KAS_MALFORMED);
		if (strncmp(why.text, cases[i].names, strlen(cases[i].names)) != 0)
			fail_msg("case %zu names \"%s\"", i, why.text);
	}
}

/* ---- entries ---- */

static void
fill_record(Kasir__V1__TransactionRecord *r)
{
	kasir__v1__transaction_record__init(r);
	r->terminal = (char *)"kasa-2";
	r->epoch = r->sequence = 1;
	r->txn_id = blob(16);
	r->payload_hash = blob(32);
	r->signature = blob(64);
}

static enum kas_err
decode_again(const Kasir__V1__LedgerEntry *e, struct arena *a, Kasir__V1__LedgerEntry **ret,
    struct kas_why *why)
{
	struct bytes b;

	assert_true(proto_pack(a, &e->base, &b));
	return wire_decode_entry(b, a, ret, why);
}

static void
an_entry_is_decoded_with_totals_even_if_it_has_none(void **state)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT, *got = NULL;
	Kasir__V1__TransactionRecord r;
	struct arena a;
	struct kas_why why;

	(void)state;
	fill_record(&r);
	e.wall_us = 7;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &r;
	arena_init(&a, 0);
	assert_int_equal(decode_again(&e, &a, &got, &why), KAS_OK);
	assert_int_equal(got->wall_us, 7);
	assert_non_null(got->totals);
	assert_int_equal(got->totals->sales, 0);
	assert_int_equal(wire_decode_entry(BYTES_NONE, &a, &got, &why), KAS_MALFORMED);
	assert_int_equal(wire_decode_entry(bytes_of_text("?"), &a, &got, &why), KAS_MALFORMED);
	arena_fini(&a);
}

static void
an_event_of_a_later_version_is_kept(void **state)
{
	/* field 39, a message of two bytes, which no version has yet */
	static const uint8_t wire[] = { 0x08, 0x05, 0xba, 0x02, 0x02, 0x08, 0x01 };
	Kasir__V1__LedgerEntry *got = NULL;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(wire_decode_entry(BYTES(wire, sizeof wire), &a, &got, NULL), KAS_OK);
	assert_int_equal(got->body_case, KASIR__V1__LEDGER_ENTRY__BODY__NOT_SET);
	arena_fini(&a);
}

static void
expect_record(const Kasir__V1__TransactionRecord *r, const char *names)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT, *got = NULL;
	struct statement st;
	struct arena a;
	struct kas_why why = { "" };

	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = (Kasir__V1__TransactionRecord *)(uintptr_t)r;
	arena_init(&a, 0);
	assert_int_equal(decode_again(&e, &a, &got, &why), names ? KAS_MALFORMED : KAS_OK);
	assert_int_equal(wire_statement_of(r, "s", &st), names ? KAS_MALFORMED : KAS_OK);
	if (names != NULL && strstr(why.text, names) == NULL)
		fail_msg("\"%s\" does not name %s", why.text, names);
	arena_fini(&a);
}

static void
a_record_field_of_a_wrong_length_is_named(void **state)
{
	Kasir__V1__TransactionRecord r;

	(void)state;
#define EXPECT(names, change) do { fill_record(&r); change; expect_record(&r, names); } while (0)
	EXPECT(NULL, (void)0);
	EXPECT(NULL, r.previous = blob(32));
	EXPECT(NULL, r.personal_hash = blob(32));
	EXPECT("terminal", r.terminal = (char *)"Kasa");
	EXPECT("terminal", r.terminal = (char *)"");
	EXPECT("epoch", r.epoch = 0);
	EXPECT("epoch", r.epoch = UINT64_MAX);
	EXPECT("sequence", r.sequence = 0);
	EXPECT("txn_id", r.txn_id = blob(15));
	EXPECT("previous", r.previous = blob(31));
	EXPECT("previous", r.previous = blob(33));
	EXPECT("payload_hash", r.payload_hash = blob(0));
	EXPECT("payload_hash", r.payload_hash = blob(33));
	EXPECT("personal_hash", r.personal_hash = blob(1));
	EXPECT("signature", r.signature = blob(63));
	EXPECT("signature", r.signature = blob(65));
#undef EXPECT
}

static void
an_event_with_a_field_of_a_wrong_length_is_refused(void **state)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT, *got = NULL;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;
	Kasir__V1__TerminalRevoked revoked = KASIR__V1__TERMINAL_REVOKED__INIT;
	Kasir__V1__Started started = KASIR__V1__STARTED__INIT;
	Kasir__V1__StoreOpened o = KASIR__V1__STORE_OPENED__INIT;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
#define OK() assert_int_equal(decode_again(&e, &a, &got, NULL), KAS_OK)
#define BAD() assert_int_equal(decode_again(&e, &a, &got, NULL), KAS_MALFORMED)
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	e.terminal_added = &added;
	added = (Kasir__V1__TerminalAdded){ added.base, (char *)"t", 1, blob(32), NULL };
	OK();
	added.key = blob(31);
	BAD();
	added.key = blob(32);
	added.epoch = 0;
	BAD();
	added.epoch = 1;
	added.terminal = (char *)"T";
	BAD();
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
	e.terminal_revoked = &revoked;
	BAD();
	revoked.terminal = (char *)"t";
	BAD();
	revoked.epoch = 1;
	OK();
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STARTED;
	e.started = &started;
	BAD();
	started.boot_id = blob(16);
	OK();
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
	e.store_opened = &o;
	o.origin = (char *)"op/s/1";
	o.store = (char *)"s";
	o.currency = (char *)"IDR";
	o.store_key = blob(32);
	OK();
	o.hq_key = blob(32);
	OK();
	o.hq_key = blob(31);
	BAD();
	o.hq_key = blob(0);
	o.store_key = blob(33);
	BAD();
	o.store_key = blob(32);
	o.currency = (char *)"RUPIAH";
	BAD();
	o.currency = (char *)"IDR";
	o.origin = (char *)"";
	BAD();
#undef OK
#undef BAD
	arena_fini(&a);
}

static void
a_record_gives_back_the_statement_that_was_signed(void **state)
{
	Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
	Kasir__V1__TransactionRecord r;
	struct signed_txn txn;
	struct statement st;
	char text[STATEMENT_MAX];

	(void)state;
	t.epoch = 9;
	t.sequence = 10;
	t.txn_id = blob(16);
	t.payload = blob(5);
	t.signature = blob(64);
	assert_int_equal(wire_open_txn(&t, "s", "kasa-2", &txn, NULL), KAS_OK);
	fill_record(&r);
	r.epoch = 9;
	r.sequence = 10;
	r.payload_hash = proto_bytes(hash_bytes(&txn.st.payload));
	assert_int_equal(wire_statement_of(&r, "s", &st), KAS_OK);
	statement_format(&st, text);
	assert_string_equal(text, txn.text);
}

static void
what_stands_beside_an_entry_must_be_what_was_signed(void **state)
{
	struct bytes payload = bytes_of_text("payload"), salt = bytes_of_text("salt"),
	    data = bytes_of_text("data");
	struct hash p = hash_of(payload), s = hash_of_two(salt, data);
	Kasir__V1__TransactionRecord r;
	struct kas_why why;

	(void)state;
	fill_record(&r);
	r.payload_hash = proto_bytes(hash_bytes(&p));
	assert_int_equal(wire_check_hashes(&r, payload, BYTES_NONE, BYTES_NONE, &why), KAS_OK);
	assert_int_equal(wire_check_hashes(&r, data, BYTES_NONE, BYTES_NONE, &why), KAS_CORRUPT);
	assert_int_equal(wire_check_hashes(&r, payload, salt, BYTES_NONE, &why), KAS_CORRUPT);
	r.personal_hash = proto_bytes(hash_bytes(&s));
	assert_int_equal(wire_check_hashes(&r, payload, salt, data, &why), KAS_OK);
	assert_int_equal(wire_check_hashes(&r, payload, data, salt, &why), KAS_CORRUPT);
	assert_int_equal(wire_check_hashes(&r, payload, BYTES_NONE, BYTES_NONE, &why), KAS_CORRUPT);
}

/* ---- acks ---- */

static void
a_proof_is_at_most_64_hashes_of_32_bytes(void **state)
{
	ProtobufCBinaryData hashes[PROOF_MAX + 1];
	struct proof p = { .n = 77 };
	size_t i;

	(void)state;
	for (i = 0; i <= PROOF_MAX; i++)
		hashes[i] = blob(32);
	assert_true(wire_proof_of(NULL, 0, &p));
	assert_int_equal(p.n, 0);
	assert_true(wire_proof_of(hashes, PROOF_MAX, &p));
	assert_int_equal(p.n, PROOF_MAX);
	assert_false(wire_proof_of(hashes, PROOF_MAX + 1, &p));
	hashes[1] = blob(31);
	assert_true(wire_proof_of(hashes, 1, &p));
	assert_false(wire_proof_of(hashes, 2, &p));
	assert_int_equal(p.n, 1);
}

static void
an_ack_message_is_bounded(void **state)
{
	static uint8_t wire[WIRE_ACK_MAX + 1];
	Kasir__V1__AckBatch b = KASIR__V1__ACK_BATCH__INIT, *got = NULL;
	struct arena a;
	struct bytes packed;
	size_t i;

	(void)state;
	arena_init(&a, 0);
	b.refusals = blob(3);
	b.refusals_signature = blob(64);
	assert_true(proto_pack(&a, &b.base, &packed));
	assert_int_equal(wire_decode_ack_batch(packed, &a, &got, NULL), KAS_OK);
	b.refusals_signature = blob(63);
	assert_true(proto_pack(&a, &b.base, &packed));
	assert_int_equal(wire_decode_ack_batch(packed, &a, &got, NULL), KAS_MALFORMED);
	for (i = 0; i + 1 < sizeof wire; i += 2)
		wire[i] = 0x22;		/* empty acks, a quarter of a million */
	assert_int_equal(wire_decode_ack_batch(BYTES(wire, WIRE_ACK_MAX), &a, &got, NULL),
	    KAS_MALFORMED);
	assert_int_equal(wire_decode_ack_batch(BYTES(wire, WIRE_ACK_MAX + 1), &a, &got, NULL),
	    KAS_RANGE);
	arena_fini(&a);
}

/* ---- the uplink ---- */

static enum kas_err
decode_up(Kasir__V1__UplinkUp *up, struct arena *a, struct kas_why *why)
{
	Kasir__V1__UplinkUp *got = NULL;
	struct bytes b;

	assert_true(proto_pack(a, &up->base, &b));
	return wire_decode_up(b, a, &got, why);
}

static void
frames_to_headquarters_are_bounded(void **state)
{
	Kasir__V1__UplinkUp up = KASIR__V1__UPLINK_UP__INIT;
	Kasir__V1__Hello hello = KASIR__V1__HELLO__INIT;
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	struct arena a;
	struct kas_why why;

	(void)state;
	arena_init(&a, 0);
#define EXPECT(e) assert_int_equal(decode_up(&up, &a, &why), e)
	EXPECT(KAS_MALFORMED);		/* neither */
	up.body_case = KASIR__V1__UPLINK_UP__BODY_HELLO;
	up.hello = &hello;
	EXPECT(KAS_MALFORMED);		/* no checkpoint */
	hello.checkpoint = blob(NOTE_MAX);
	EXPECT(KAS_OK);
	hello.checkpoint = blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	hello.checkpoint = hello.cosigned = blob(NOTE_MAX);
	EXPECT(KAS_OK);
	hello.cosigned = blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);

	up.body_case = KASIR__V1__UPLINK_UP__BODY_BATCH;
	up.batch = &batch;
	batch.count = 1;
	batch.raw_size = WIRE_BLOCK_MAX;
	batch.checkpoint = blob(1);
	EXPECT(KAS_OK);
	batch.raw_size++;
	EXPECT(KAS_MALFORMED);
	batch.raw_size = 0;
	EXPECT(KAS_MALFORMED);
	batch.raw_size = 1;
	batch.count = 0;
	EXPECT(KAS_MALFORMED);
	batch.count = 1;
	batch.first = INT64_MAX - 1;
	EXPECT(KAS_OK);
	batch.first++;
	EXPECT(KAS_MALFORMED);
	batch.first = 0;
	batch.checkpoint = blob(0);
	EXPECT(KAS_MALFORMED);
	batch.checkpoint = blob(1);
	batch.block = blob(WIRE_UP_MAX);
	EXPECT(KAS_RANGE);
#undef EXPECT
	arena_fini(&a);
}

static void
answers_of_headquarters_are_bounded(void **state)
{
	Kasir__V1__UplinkDown down = KASIR__V1__UPLINK_DOWN__INIT, *got = NULL;
	Kasir__V1__Held held = KASIR__V1__HELD__INIT;
	Kasir__V1__Refused refused = KASIR__V1__REFUSED__INIT;
	struct arena a;
	struct bytes b;

	(void)state;
	arena_init(&a, 0);
#define EXPECT(e) do { assert_true(proto_pack(&a, &down.base, &b)); \
	assert_int_equal(wire_decode_down(b, &a, &got, NULL), e); } while (0)
	EXPECT(KAS_MALFORMED);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_HELD;
	down.held = &held;
	held.size = INT64_MAX;
	held.cosigned = blob(NOTE_MAX);
	EXPECT(KAS_OK);
	held.size++;
	EXPECT(KAS_MALFORMED);
	held.size = 1;
	held.cosigned = blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	down.body_case = KASIR__V1__UPLINK_DOWN__BODY_REFUSED;
	down.refused = &refused;
	EXPECT(KAS_OK);
	refused.evidence = blob(NOTE_MAX + 1);
	EXPECT(KAS_MALFORMED);
	refused.evidence = blob(WIRE_DOWN_MAX);
	EXPECT(KAS_RANGE);
#undef EXPECT
	arena_fini(&a);
}

struct block_fixture {
	struct arena a;
	struct buf z;
	struct bytes raw;
	Kasir__V1__EntryBatch batch;
};

static void
make_block(struct block_fixture *f, size_t n)
{
	Kasir__V1__EntryBlock block = KASIR__V1__ENTRY_BLOCK__INIT;
	size_t i;

	arena_init(&f->a, 0);
	buf_init(&f->z);
	block.n_entries = n;
	block.entries = arena_alloc(&f->a, n * sizeof block.entries[0]);
	for (i = 0; i < n; i++) {
		block.entries[i] = arena_alloc(&f->a, sizeof *block.entries[i]);
		kasir__v1__stored_entry__init(block.entries[i]);
		block.entries[i]->entry = blob(10 + i);
	}
	assert_true(proto_pack(&f->a, &block.base, &f->raw));
	assert_int_equal(wire_compress_block(f->raw, &f->z), KAS_OK);
	kasir__v1__entry_batch__init(&f->batch);
	f->batch.count = (uint32_t)n;
	f->batch.raw_size = (uint32_t)f->raw.n;
	f->batch.block = proto_bytes(buf_bytes(&f->z));
}

static void
block_fini(struct block_fixture *f)
{
	buf_fini(&f->z);
	arena_fini(&f->a);
}

static void
a_block_comes_back_as_it_was_compressed(void **state)
{
	struct block_fixture f;
	Kasir__V1__EntryBlock *got = NULL;

	(void)state;
	make_block(&f, 3);
	assert_int_equal(wire_open_block(&f.batch, &f.a, &got, NULL), KAS_OK);
	assert_int_equal(got->n_entries, 3);
	assert_int_equal(got->entries[2]->entry.len, 12);
	block_fini(&f);
}

static void
a_block_must_be_what_its_batch_says(void **state)
{
	struct block_fixture f;
	Kasir__V1__EntryBlock *got = NULL;
	Kasir__V1__EntryBatch b;
	struct kas_why why;

	(void)state;
	make_block(&f, 3);
#define REFUSED(change) do { b = f.batch; change; \
	assert_int_equal(wire_open_block(&b, &f.a, &got, &why), KAS_MALFORMED); } while (0)
	REFUSED(b.count = 2);
	REFUSED(b.count = 4);
	REFUSED(b.raw_size--);
	REFUSED(b.raw_size++);
	REFUSED(b.raw_size = 0);
	REFUSED(b.block.len--);
	REFUSED(b.block.len = 0);
	buf_add(&f.z, "x", 1);
	f.batch.block = proto_bytes(buf_bytes(&f.z));
	REFUSED((void)0);		/* a byte too many */
	assert_non_null(strstr(why.text, "after its frame"));
	buf_reset(&f.z);
	assert_int_equal(wire_compress_block(bytes_of_text("\x0a\x05"), &f.z), KAS_OK);
	f.batch.block = proto_bytes(buf_bytes(&f.z));
	f.batch.raw_size = 2;
	REFUSED(b.count = 1);		/* no EntryBlock */
#undef REFUSED
	block_fini(&f);
}

/* 200 MB of zeros take 20 KB compressed. */
static void
a_zip_bomb_is_refused_before_it_goes_off(void **state)
{
	size_t n = (size_t)200 * 1000 * 1000, room = 64 * 1024, z;
	static uint8_t frame[64 * 1024];
	uint8_t *zeros = test_calloc(n, 1);
	Kasir__V1__EntryBatch batch = KASIR__V1__ENTRY_BATCH__INIT;
	Kasir__V1__EntryBlock *got = NULL;
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	struct arena a;

	(void)state;
	arena_init(&a, (size_t)1024 * 1024);
	z = ZSTD_compress(frame, room, zeros, n, 1);
	assert_false(ZSTD_isError(z));
	batch.count = 1;
	batch.block = (ProtobufCBinaryData){ .len = z, .data = frame };
	batch.raw_size = WIRE_BLOCK_MAX;
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	batch.raw_size = (uint32_t)n;	/* honest about it */
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	/* A frame that does not say how much is in it. */
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_contentSizeFlag, 0);
	z = ZSTD_compress2(ctx, frame, room, zeros, n);
	assert_false(ZSTD_isError(z));
	batch.block.len = z;
	batch.raw_size = WIRE_BLOCK_MAX;
	assert_int_equal(wire_open_block(&batch, &a, &got, NULL), KAS_MALFORMED);
	assert_int_equal(a.used, 0);
	ZSTD_freeCCtx(ctx);
	test_free(zeros);
	arena_fini(&a);
}

static void
a_block_of_more_than_256_KiB_is_not_made(void **state)
{
	struct buf z;

	(void)state;
	buf_init(&z);
	assert_int_equal(wire_compress_block(BYTES(filler, WIRE_BLOCK_MAX), &z), KAS_OK);
	buf_reset(&z);
	assert_int_equal(wire_compress_block(BYTES(filler, WIRE_BLOCK_MAX + 1), &z), KAS_RANGE);
	assert_int_equal(wire_compress_block(BYTES_NONE, &z), KAS_RANGE);
	assert_int_equal(z.n, 0);
	buf_fini(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_statement_of_the_documentation_is_made),
		cmocka_unit_test(the_signature_and_message_of_the_documentation_are_made),
		cmocka_unit_test(a_statement_names_predecessor_and_personal_data_where_there_are_any),
		cmocka_unit_test(the_longest_statement_fits),
		cmocka_unit_test(a_refusal_is_signed_with_its_addressee),
		cmocka_unit_test(topics_are_parsed_and_formatted),
		cmocka_unit_test(what_is_no_topic_of_ours_is_refused),
		cmocka_unit_test(fields_are_counted_without_decoding),
		cmocka_unit_test(a_batch_holds_at_most_64_transactions),
		cmocka_unit_test(a_batch_is_at_most_256_KiB_long),
		cmocka_unit_test(a_signed_transaction_is_taken_apart),
		cmocka_unit_test(a_transaction_field_of_a_wrong_length_is_named),
		cmocka_unit_test(an_entry_is_decoded_with_totals_even_if_it_has_none),
		cmocka_unit_test(an_event_of_a_later_version_is_kept),
		cmocka_unit_test(a_record_field_of_a_wrong_length_is_named),
		cmocka_unit_test(an_event_with_a_field_of_a_wrong_length_is_refused),
		cmocka_unit_test(a_record_gives_back_the_statement_that_was_signed),
		cmocka_unit_test(what_stands_beside_an_entry_must_be_what_was_signed),
		cmocka_unit_test(a_proof_is_at_most_64_hashes_of_32_bytes),
		cmocka_unit_test(an_ack_message_is_bounded),
		cmocka_unit_test(frames_to_headquarters_are_bounded),
		cmocka_unit_test(answers_of_headquarters_are_bounded),
		cmocka_unit_test(a_block_comes_back_as_it_was_compressed),
		cmocka_unit_test(a_block_must_be_what_its_batch_says),
		cmocka_unit_test(a_zip_bomb_is_refused_before_it_goes_off),
		cmocka_unit_test(a_block_of_more_than_256_KiB_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
