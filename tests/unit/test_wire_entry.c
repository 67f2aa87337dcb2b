/* Ledger entries and what stands beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "tests/support/filler.h"
#include "wire/codec.h"

static void
fill_record(Kasir__V1__TransactionRecord *r)
{
	kasir__v1__transaction_record__init(r);
	r->terminal = (char *)"kasa-2";
	r->epoch = r->sequence = 1;
	r->txn_id = filler_blob(16);
	r->payload_hash = filler_blob(32);
	r->signature = filler_blob(64);
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
	EXPECT(NULL, r.previous = filler_blob(32));
	EXPECT(NULL, r.personal_hash = filler_blob(32));
	EXPECT("terminal", r.terminal = (char *)"Kasa");
	EXPECT("terminal", r.terminal = (char *)"");
	EXPECT("epoch", r.epoch = 0);
	EXPECT("epoch", r.epoch = UINT64_MAX);
	EXPECT("sequence", r.sequence = 0);
	EXPECT("txn_id", r.txn_id = filler_blob(15));
	EXPECT("previous", r.previous = filler_blob(31));
	EXPECT("previous", r.previous = filler_blob(33));
	EXPECT("payload_hash", r.payload_hash = filler_blob(0));
	EXPECT("payload_hash", r.payload_hash = filler_blob(33));
	EXPECT("personal_hash", r.personal_hash = filler_blob(1));
	EXPECT("signature", r.signature = filler_blob(63));
	EXPECT("signature", r.signature = filler_blob(65));
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
	added = (Kasir__V1__TerminalAdded){ added.base, (char *)"t", 1, filler_blob(32), NULL };
	OK();
	added.key = filler_blob(31);
	BAD();
	added.key = filler_blob(32);
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
	started.boot_id = filler_blob(16);
	OK();
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED;
	e.store_opened = &o;
	o.origin = (char *)"op/s/1";
	o.store = (char *)"s";
	o.currency = (char *)"IDR";
	o.store_key = filler_blob(32);
	OK();
	o.hq_key = filler_blob(32);
	OK();
	o.hq_key = filler_blob(31);
	BAD();
	o.hq_key = filler_blob(0);
	o.store_key = filler_blob(33);
	BAD();
	o.store_key = filler_blob(32);
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
	Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;
	Kasir__V1__TransactionRecord r;
	struct signed_txn txn;
	struct statement st;
	char text[STATEMENT_MAX];

	(void)state;
	t.epoch = 9;
	t.sequence = 10;
	t.txn_id = filler_blob(16);
	t.payload = filler_blob(5);
	t.signature = filler_blob(64);
	assert_int_equal(wire_open_txn(&t, "s", "kasa-2", &txn, NULL), KAS_OK);
	wire_record_of(&txn.st, txn.signature, &r);
	assert_int_equal(r.previous.len + r.personal_hash.len, 0);
	assert_int_equal(wire_statement_of(&r, "s", &st), KAS_OK);
	statement_format(&st, text);
	assert_string_equal(text, txn.text);
	p.salt = filler_blob(16);
	p.data = filler_blob(1);
	t.personal = &p;
	t.previous = filler_blob(32);
	assert_int_equal(wire_open_txn(&t, "s", "kasa-2", &txn, NULL), KAS_OK);
	wire_record_of(&txn.st, txn.signature, &r);
	assert_int_equal(wire_statement_of(&r, "s", &st), KAS_OK);
	statement_format(&st, text);
	assert_string_equal(text, txn.text);
	assert_true(bytes_equal(bytes_of_proto(r.signature), BYTES(txn.signature, SIG_LEN)));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_decoded_with_totals_even_if_it_has_none),
		cmocka_unit_test(an_event_of_a_later_version_is_kept),
		cmocka_unit_test(a_record_field_of_a_wrong_length_is_named),
		cmocka_unit_test(an_event_with_a_field_of_a_wrong_length_is_refused),
		cmocka_unit_test(a_record_gives_back_the_statement_that_was_signed),
		cmocka_unit_test(what_stands_beside_an_entry_must_be_what_was_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
